"""Guessing passwords: after ten failures for an account it is 429, whatever the password and whether there is one."""

from contextlib import suppress

from backsmith.verify.court import Court, codes, status
from backsmith.verify.signing import sign_in
from backsmith.verify.world import NotMadeError, World

ALLOWED = 10
WINDOW = 15 * 60
RULE = "throttling"


async def throttling(court: Court, world: World) -> None:
    """Fail to sign in to an account of its own, and to one that is not there."""
    with suppress(NotMadeError):
        account = await world.account("guessed")
        await _fail(court, account.email, "an account")
        answer = await sign_in(court, account.email, account.password)
        court.expect_status(answer, 429, RULE, "token", "the right password after too many failures")
    unknown = f"nobody-{next(world.numbers)}@example.com"
    await _fail(court, unknown, "an address without an account")
    answer = await sign_in(court, world.admin.email, world.admin.password)
    court.expect_status(answer, 200, RULE, "token", "another account, from the same address")


async def _fail(court: Court, email: str, what: str) -> None:
    """Fail as often as is allowed, and once more."""
    found = []
    for _ in range(ALLOWED + 1):
        answer = await sign_in(court, email, "not this one")
        found.append(status(answer))
    wanted = [401] * ALLOWED + [429]
    message = f"{what}: failures are answered {found}"
    if not court.expect(found == wanted, RULE, "token", message, answer) or answer.answer is None:
        return
    after = answer.answer.header("retry-after") or ""
    right = after.isdecimal() and 0 < int(after) <= WINDOW
    court.expect(right, RULE, "token", f"Retry-After is {after or 'not there'}", answer)
    court.expect(("", "rate") in codes(answer), RULE, "token", "the code is not `rate`", answer)
