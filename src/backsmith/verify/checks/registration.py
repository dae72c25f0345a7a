"""How an account comes to be, and what strangers learn about who has one: nothing, by answer or by time."""

from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

from backsmith.design.model import Register
from backsmith.verify.court import STRANGER, Account, Court, codes, document, status
from backsmith.verify.model import Exchange
from backsmith.verify.signing import auth, opened, sign_in
from backsmith.verify.subjects import account_body
from backsmith.verify.world import PASSWORD, NotMadeError, World

ROUNDS = 8
"""Pairs of questions, one about a known address and one about an unknown one. A failed sign-in counts for an
address that is judged from: at most a hundred in all."""
TELLING = 0.35
"""The part of an answer's time that a difference has to make up before it tells anything."""


async def registration(court: Court, world: World) -> None:
    """Ask for accounts in every way that the blueprint opens, and compare answers about known and unknown addresses."""
    register = world.design.auth.register
    with suppress(NotMadeError):
        if register is Register.OPEN:
            await _open(court, world)
        elif register is Register.INVITE:
            await _invited(court, world)
    closed = auth(court, "register")
    if register is Register.CLOSED:
        answer = await court.ask(STRANGER, "POST", closed, json_body=_body(world, "Register"))
        court.expect_status(answer, 404, "accounts", "register", "registering where nobody can")
    await _enumeration(court, world)


def _body(world: World, schema: str) -> dict[str, Any]:
    if world.design.auth.register is Register.CLOSED:
        return {"email": "somebody@example.com", "name": "Somebody", "password": PASSWORD}
    return account_body(world, schema) | {"password": PASSWORD}


async def _open(court: Court, world: World) -> None:
    rule, path, body = "verification", auth(court, "register"), _body(world, "Register")
    for name, value in (("roles", ["admin"]), ("active", True), ("id", 1)):
        answer = await court.ask(STRANGER, "POST", path, json_body=body | {name: value})
        if court.expect_status(answer, 422, "mass-assignment", "register", f"{name} of one's own choice"):
            said = (name, "read_only") in codes(answer) or (name, "unknown") in codes(answer)
            court.expect(said, "mass-assignment", "register", f"{name} is not named", answer)
    answer = await court.ask(STRANGER, "POST", path, json_body=body)
    if not court.expect_status(answer, 202, rule, "register", "a valid registration"):
        return
    first = await sign_in(court, body["email"], PASSWORD)
    if not world.design.auth.verify:
        court.expect_status(first, 200, rule, "token", "signing in at once, where no address has to be verified")
        return
    court.expect_status(first, 401, rule, "token", "signing in before the address is verified")
    if court.target.mailbox is None:
        court.untested(rule, "verify_email", "mail cannot be read: only a server that is started here has it")
        return
    code = await world.code(body["email"])
    verify = auth(court, "email/verify")
    wrong = await court.ask(STRANGER, "POST", verify, json_body={"token": "nonsense"})
    court.expect_status(wrong, 422, rule, "verify_email", "a word in place of a code")
    answer = await court.ask(STRANGER, "POST", verify, json_body={"token": code})
    court.expect_status(answer, 204, rule, "verify_email", "the code of the mail")
    again = await court.ask(STRANGER, "POST", verify, json_body={"token": code})
    court.expect_status(again, 422, rule, "verify_email", "a code that was used")
    own = opened(court, await sign_in(court, body["email"], PASSWORD))
    me = document(await court.ask(own.who, "GET", auth(court, "me"))) or {}
    right = me.get("roles") == [world.design.auth.roles[0]]
    court.expect(right, "accounts", "register", "a new account does not have the first role alone")


async def _invited(court: Court, world: World) -> None:
    rule, path = "accounts", auth(court, "invitations")
    body = _body(world, "RegisterInvited")
    invitation = {"email": body["email"], "roles": [world.design.auth.roles[0]]}
    for who in (STRANGER, *world.people.values()):
        if "admin" not in who.roles:
            answer = await court.ask(who, "POST", path, json_body=invitation)
            wanted = 401 if who is STRANGER else 403
            court.expect_status(answer, wanted, rule, f"invite as {who.name}", "inviting somebody")
    answer = await court.ask(STRANGER, "POST", auth(court, "register"), json_body=body)
    if court.expect_status(answer, 422, rule, "register", "without an invitation"):
        court.expect(("invitation", "required") in codes(answer), rule, "register", "invitation is not named", answer)
    answer = await court.ask(STRANGER, "POST", auth(court, "register"), json_body=body | {"invitation": "nonsense"})
    court.expect_status(answer, 422, rule, "register", "with a word in place of an invitation")
    answer = await court.ask(world.admin, "POST", path, json_body=invitation)
    if not court.expect_status(answer, 202, rule, "invite", "an admin invites") or court.target.mailbox is None:
        return
    code = await world.code(body["email"])
    other = body | {"invitation": code, "email": f"other-{body['email']}"}
    answer = await court.ask(STRANGER, "POST", auth(court, "register"), json_body=other)
    court.expect_status(answer, 422, rule, "register", "with the invitation of another address")
    answer = await court.ask(STRANGER, "POST", auth(court, "register"), json_body=body | {"invitation": code})
    if court.expect_status(answer, 202, rule, "register", "with an invitation"):
        opened(court, await sign_in(court, body["email"], PASSWORD))
        again = await court.ask(STRANGER, "POST", auth(court, "register"), json_body=body | {"invitation": code})
        court.expect_status(again, 422, rule, "register", "with an invitation that was used")


# Who has an account


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What can be asked about an address by a stranger."""

    operation: str
    form: bool
    body: dict[str, Any]

    async def ask(self, court: Court, email: str) -> Exchange:
        path = auth(court, "password/forgot" if self.operation == "forgot_password" else self.operation)
        name = "username" if self.form else "email"
        body = self.body | {name: email}
        if self.form:
            return await court.ask(STRANGER, "POST", path, form=body)
        return await court.ask(STRANGER, "POST", path, json_body=body)


def _questions(world: World) -> list[Question]:
    found = [
        Question(operation="token", form=True, body={"password": "not this one"}),
        Question(operation="forgot_password", form=False, body={}),
    ]
    if world.design.auth.register is Register.OPEN:
        found.append(Question(operation="register", form=False, body=_body(world, "Register")))
    return found


async def _enumeration(court: Court, world: World) -> None:
    known = list(world.people.values())
    if not known:
        court.untested("enumeration", "everything", "there is no other account")
        return
    for question in _questions(world):
        about = question.operation
        answers = [await question.ask(court, email) for email in (known[0].email, _unknown(world))]
        told = [_shown(answer) for answer in answers]
        same, message = told[0] == told[1], "a known and an unknown address are told apart"
        court.expect(same, "enumeration", about, message, *answers)
        if about == "register" and not world.design.auth.verify:
            court.untested("enumeration-by-time", about, "where no address is verified, the blueprint lets time tell")
            continue
        await _timed(court, world, question, known)


def _unknown(world: World) -> str:
    return f"nobody-{next(world.numbers)}@example.com"


def _shown(answer: Exchange) -> tuple[int, bytes, tuple[str, ...]]:
    """What an answer tells but for what tells every answer apart."""
    if answer.answer is None:
        return 0, b"", ()
    moving = {"x-request-id", "date", "ratelimit"}
    headers = sorted(f"{name}: {value}" for name, value in answer.answer.headers if name not in moving)
    return answer.answer.status, answer.answer.body, tuple(headers)


async def _timed(court: Court, world: World, question: Question, known: list[Account]) -> None:
    """Pairs of questions, in both orders: what they differ by in each, against how much they scatter.

    What a server still does behind an answer, as sending a mail, slows the next one: that is seen in one order alone.
    """
    differences, times = {True: list[float](), False: list[float]()}, list[float]()
    for number in range(ROUNDS):
        pair = [("known", known[number % len(known)].email), ("unknown", _unknown(world))]
        found = {}
        in_order = bool(number % 2)
        for which, email in pair if in_order else reversed(pair):
            answer = await question.ask(court, email)
            if answer.answer is None or status(answer) == 429:
                court.untested("enumeration-by-time", question.operation, "there were too many questions to go on")
                return
            found[which] = answer.answer.seconds
        differences[in_order].append(found["known"] - found["unknown"])
        times += found.values()
    usual, middles = median(times), {order: median(each) for order, each in differences.items()}
    scatter = median(abs(each - middles[order]) for order, all_ in differences.items() for each in all_)
    one, other = sorted(middles.values(), key=abs)
    difference = one if one * other > 0 else 0.0
    about, rule = question.operation, "enumeration-by-time"
    if scatter > TELLING * usual:
        court.untested(rule, about, f"this machine is too noisy: answers of {usual:.3f} s scatter by {scatter:.3f} s")
        return
    message = f"a known address takes {difference * 1000:+.1f} ms of {usual * 1000:.1f} ms"
    court.expect(abs(difference) < TELLING * usual, rule, about, message)
