"""Sessions: refreshing, signing out, and the same by cookies for browsers."""

import asyncio
from contextlib import suppress
from http.cookies import SimpleCookie

from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.model import Exchange
from backsmith.verify.signing import auth, exchanged, opened, session, sign_in
from backsmith.verify.world import NotMadeError, World

AT_ONCE = 5


async def sessions(court: Court, world: World) -> None:
    """Begin, renew and end sessions of an account of its own."""
    account = next(iter(world.people.values()), world.admin)
    for check in (_rotated, _raced, _signed_out, _cookies):
        with suppress(NotMadeError):
            await check(court, account)


async def _rotated(court: Court, account: Account) -> None:
    rule, about = "refresh-rotation", "refresh"
    first = await session(court, account)
    answer = await first.refreshed()
    if not court.expect_status(answer, 200, rule, about, "the newest refresh token"):
        return
    second = opened(court, answer)
    court.expect(second.refresh != first.refresh, rule, about, "the refresh token stays the same", answer)
    court.expect(await second.me() == 200, rule, about, "the new access token is not good", answer)
    used = await first.refreshed()
    court.expect_status(used, 401, rule, about, "a refresh token that was used")
    answer = await second.refreshed()
    court.expect_status(answer, 401, rule, about, "the newest refresh token, after an older one was used")
    ended = await court.ask(second.who, "GET", auth(court, "me"))
    court.expect_status(ended, 401, rule, about, "the session, after an older refresh token was used")


async def _raced(court: Court, account: Account) -> None:
    """Of many at once one is answered: whoever has a copy cannot go on beside its owner."""
    first = await session(court, account)
    answers = await asyncio.gather(*(exchanged(court, first.refresh) for _ in range(AT_ONCE)))
    good = sum(status(answer) == 200 for answer in answers)
    message = f"of {AT_ONCE} uses at once {good} are answered"
    court.expect(good <= 1, "refresh-rotation", "refresh", message, *answers)


async def _signed_out(court: Court, account: Account) -> None:
    rule, about = "logout", "logout"
    own, other = await session(court, account), await session(court, account)
    answer = await court.ask(own.who, "POST", auth(court, "logout"))
    court.expect_status(answer, 204, rule, about, "signing out")
    court.expect_status(await court.ask(own.who, "GET", auth(court, "me")), 401, rule, about, "the session afterwards")
    court.expect_status(await own.refreshed(), 401, rule, about, "its refresh token afterwards")
    still = await court.ask(other.who, "GET", auth(court, "me"))
    court.expect_status(still, 200, rule, about, "another session of the same account")
    answer = await court.ask(STRANGER, "POST", auth(court, "logout"))
    court.expect_status(answer, 401, rule, about, "signing out without a session")


# Cookies


class Browser:
    """Somebody with cookies. `csrf`: what a change has to carry."""

    def __init__(self, court: Court, answer: Exchange) -> None:
        self.court, self.answer = court, answer
        headers = answer.answer.headers if answer.answer is not None else ()
        self.set = [value for name, value in headers if name == "set-cookie"]
        self.cookies: dict[str, str] = {}
        for line in self.set:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        found = document(answer)
        self.csrf = str(found.get("csrf_token")) if isinstance(found, dict) else ""

    async def ask(self, method: str, path: str, csrf: str | None = None, **how: object) -> Exchange:
        """Ask with the cookies, and with this token."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if csrf is not None:
            headers["X-CSRF-Token"] = csrf
        who = Account("browser", headers=headers)
        return await self.court.ask(who, method, auth(self.court, path), **how)  # type: ignore[arg-type]


async def _cookies(court: Court, account: Account) -> None:
    rule, about = "cookies", "token"
    browser = Browser(court, await sign_in(court, account.email, account.password, query={"cookies": True}))
    if not court.expect_status(browser.answer, 200, rule, about, "signing in with cookies"):
        return
    _attributes(court, browser)
    answer = await browser.ask("GET", "me")
    court.expect_status(answer, 200, rule, about, "reading by cookie")
    other = Browser(court, await sign_in(court, account.email, account.password, query={"cookies": True}))
    for csrf, what in (
        (None, "without a CSRF token"),
        ("nonsense", "with a wrong one"),
        (other.csrf, "with another's"),
    ):
        answer = await browser.ask("PATCH", "me", csrf, json_body={})
        court.expect_status(answer, 403, rule, "update_me", f"a change by cookie {what}")
        answer = await browser.ask("POST", "refresh", csrf)
        court.expect_status(answer, 403, rule, "refresh", f"refreshing by cookie {what}")
        answer = await browser.ask("POST", "logout", csrf)
        court.expect_status(answer, 403, rule, "logout", f"signing out by cookie {what}")
    answer = await browser.ask("PATCH", "me", browser.csrf, json_body={})
    court.expect_status(answer, 200, rule, "update_me", "a change by cookie with its CSRF token")
    renewed = Browser(court, await browser.ask("POST", "refresh", browser.csrf))
    if court.expect_status(renewed.answer, 200, rule, "refresh", "refreshing by cookie"):
        answer = await renewed.ask("POST", "logout", renewed.csrf)
        if court.expect_status(answer, 204, rule, "logout", "signing out by cookie"):
            left = Browser(court, answer)
            taken = renewed.cookies.keys() <= left.cookies.keys() and not any(left.cookies.values())
            court.expect(taken, rule, "logout", "the cookies are not taken back", answer)
        court.expect_status(await renewed.ask("GET", "me"), 401, rule, "logout", "the session afterwards")


def _attributes(court: Court, browser: Browser) -> None:
    """Scripts see the CSRF token alone, and other sites send nothing."""
    rule, about, answer = "cookies", "token", browser.answer
    found = document(answer) or {}
    shown = sorted({"access_token", "refresh_token"} & {name for name, value in found.items() if value})
    court.expect(not shown, rule, about, f"the answer shows {shown} beside the cookies", answer)
    court.expect(bool(browser.csrf), rule, about, "there is no CSRF token in the answer", answer)
    court.expect(len(browser.set) >= 2, rule, about, "there are no cookies", answer)
    for line in browser.set:
        name, words = line.partition("=")[0], line.lower().replace(" ", "").split(";")
        is_csrf = browser.cookies.get(name) == browser.csrf
        court.expect("httponly" in words or is_csrf, rule, about, f"{name} is not HttpOnly", answer)
        strict = "samesite=lax" in words or "samesite=strict" in words
        court.expect(strict, rule, about, f"{name} is sent by other sites", answer)
        bound = not any(word.startswith("domain=") for word in words)
        court.expect(bound, rule, about, f"{name} goes to other hosts", answer)
        if court.target.url.startswith("https:"):
            court.expect("secure" in words, rule, about, f"{name} is not Secure", answer)
