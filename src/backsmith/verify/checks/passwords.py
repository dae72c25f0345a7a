"""Passwords: which may be chosen, what changing one needs and ends, and the code of a mail that is good once."""

from contextlib import suppress

from backsmith.verify.court import STRANGER, Account, Court, codes, status
from backsmith.verify.model import Exchange
from backsmith.verify.signing import auth, session, sign_in
from backsmith.verify.world import PASSWORD, NotMadeError, World, account_without_password

SHORT = ("seven c", "1")
COMMON = ("password", "password123", "PassWord1", "iloveyou2", "qwertyuiop")
LONGEST = 256
CHOSEN = ("another quiet river", "пароль и точка", " spaces at both ends ", "x" * (LONGEST - 1) + "y")


async def passwords(court: Court, world: World) -> None:
    """Choose, change and forget the password of an account of its own."""
    with suppress(NotMadeError):
        account, code = await account_without_password(world, "forgetful")
        await _reset(court, account, code)
        await _chosen(court, account)
        await _changed(court, account)


async def _reset(court: Court, account: Account, code: str) -> None:
    """The code of a mail: good for this, once, and for a password that may be chosen."""
    rule, about, path = "reset-once", "reset_password", auth(court, "password/reset")
    elsewhere = await court.ask(STRANGER, "POST", auth(court, "email/verify"), json_body={"token": code})
    court.expect_status(elsewhere, 422, rule, "verify_email", "a code that is for something else")
    weak = await court.ask(STRANGER, "POST", path, json_body={"token": code, "password": COMMON[0]})
    _said(court, weak, "password-rules", about, "password", ("weak",), "a common password")
    answer = await court.ask(STRANGER, "POST", path, json_body={"token": code, "password": PASSWORD})
    if not court.expect_status(answer, 204, rule, about, "the code of a mail, after a password that was refused"):
        raise NotMadeError
    account.password = PASSWORD
    own = await session(court, account)
    again = await court.ask(STRANGER, "POST", path, json_body={"token": code, "password": "yet another river"})
    _said(court, again, rule, about, "token", ("expired", "credentials"), "a code that was used")
    court.expect(await own.me() == 200, rule, about, "a code that was used has ended a session", again)
    for token, what in (("nonsense", "a word"), ("", "nothing"), ("A" * len(code), "another code")):
        answer = await court.ask(STRANGER, "POST", path, json_body={"token": token, "password": PASSWORD})
        court.expect_status(answer, 422, rule, about, f"{what} in place of a code")


async def _chosen(court: Court, account: Account) -> None:
    rule, about = "password-rules", "change_password"
    own = await session(court, account)
    for password in SHORT:
        answer = await _change(court, own.who, account.password, password)
        _said(court, answer, rule, about, "password", ("too_short", "weak"), f"{len(password)} characters")
    for password in COMMON:
        answer = await _change(court, own.who, account.password, password)
        _said(court, answer, rule, about, "password", ("weak",), "a common password")
    answer = await _change(court, own.who, account.password, "x" * (LONGEST + 1))
    _said(court, answer, rule, about, "password", ("too_long",), f"{LONGEST + 1} characters")
    for password in CHOSEN:
        answer = await _change(court, own.who, account.password, password)
        if court.expect_status(answer, 204, rule, about, f"a password of {len(password)} characters"):
            account.password = password
            answer = await sign_in(court, account.email, password)
            court.expect_status(answer, 200, rule, "token", f"a password of {len(password)} characters")
    cut = await sign_in(court, account.email, account.password[:72])
    court.expect_status(cut, 401, rule, "token", "the first 72 characters of a longer password")


async def _changed(court: Court, account: Account) -> None:
    rule, about = "password-change", "change_password"
    own, other = await session(court, account), await session(court, account)
    wrong = await _change(court, own.who, "not this one", "a river that nobody knows")
    court.expect_status(wrong, (401, 422), rule, about, "without the old password")
    court.expect(await other.me() == 200, rule, about, "a change that was refused has ended a session", wrong)
    answer = await _change(court, STRANGER, account.password, "a river that nobody knows")
    court.expect_status(answer, 401, rule, about, "without a session")
    old = account.password
    answer = await _change(court, own.who, old, PASSWORD)
    if not court.expect_status(answer, 204, rule, about, "with the old password"):
        return
    account.password = PASSWORD
    court.expect(await own.me() == 200, rule, about, "the session that changed it has ended", answer)
    ended = await court.ask(other.who, "GET", auth(court, "me"))
    court.expect_status(ended, 401, rule, about, "another session, after the password was changed")
    court.expect_status(await other.refreshed(), 401, rule, about, "its refresh token")
    court.expect_status(await sign_in(court, account.email, old), 401, rule, "token", "the old password")
    court.expect_status(await sign_in(court, account.email, PASSWORD), 200, rule, "token", "the new password")
    await _moved(court, own.who, account)


async def _moved(court: Court, who: Account, account: Account) -> None:
    """Another address needs the password, and is not answered otherwise where it is taken."""
    path, rule = auth(court, "email/change"), "password-change"
    body = {"email": f"new-{account.email}", "password": "not this one"}
    answer = await court.ask(who, "POST", path, json_body=body)
    court.expect_status(answer, (401, 422), rule, "change_email", "without the password")
    answer = await court.ask(who, "POST", path, json_body=body | {"password": PASSWORD})
    court.expect_status(answer, 202, rule, "change_email", "with the password")
    taken = await court.ask(who, "POST", path, json_body={"email": account.email, "password": PASSWORD})
    same = status(taken) == status(answer) and taken.answer is not None and answer.answer is not None
    same = same and taken.answer.body == answer.answer.body  # type: ignore[union-attr]
    court.expect(same, "enumeration", "change_email", "an address that has an account is told apart", answer, taken)


async def _change(court: Court, who: Account, current: str, password: str) -> Exchange:
    body = {"current": current, "password": password}
    return await court.ask(who, "POST", auth(court, "password/change"), json_body=body)


def _said(
    court: Court, answer: Exchange, rule: str, about: str, field: str, allowed: tuple[str, ...], what: str
) -> None:
    if court.expect_status(answer, 422, rule, about, what):
        said = {code for name, code in codes(answer) if name == field}
        message = f"{what}: {field}: {sorted(said) or 'not named'} in place of {' or '.join(allowed)}"
        court.expect(bool(said & set(allowed)), rule, about, message, answer)
