"""What a judge makes in a backend before it asks questions: accounts of every kind, and rows of every entity."""

import re
import secrets
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from backsmith.contract.model import Endpoint, Kind, Property
from backsmith.design import naming, types
from backsmith.design.model import Design, Entity, Field, Given, Move
from backsmith.samples.rows import Samples, tied_fields, unique_sets
from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.model import Exchange
from backsmith.verify.values import to_json

PASSWORD = "a wide and quiet river"
MAIL = 20.0
"""Seconds that a mail may take."""
CODE = re.compile(r"[A-Za-z0-9_-]{43}")
OTHER = " (other)"


class NotMadeError(Exception):
    """What a check needs could not be made; why is a failure or untested already."""


class World:
    """The accounts and rows of one judgement. Everything is made over HTTP, as an admin unless told otherwise.

    people: for each role one account that has exactly this role, and `<first role> (other)`; where there are tenants,
    these are members of `home`, and `foreigner` is a member, with all roles, of `foreign`.
    """

    def __init__(self, court: Court, admin: Account) -> None:
        self.court, self.admin = court, admin
        self.design: Design = court.design
        self.samples = Samples(court.design)
        self.people: dict[str, Account] = {}
        self.foreigner: Account | None = None
        self.home: Any = None
        self.foreign: Any = None
        # A server that others use may have been judged before: what tells rows apart has to be new.
        first = court.random.randrange(1, 900) if court.target.owned else 1 + secrets.randbelow(899)
        self.numbers = count(first * 1000)
        self.made: dict[str, list[Any]] = defaultdict(list)
        """The ids of the rows that were made, by entity."""
        self.shared: dict[str, Any] = {}
        self.abroad: dict[str, Any] = {}
        """The rows to refer to: in the own tenant, and in the other one."""
        self.populated = False
        self.gone: set[Any] = set()
        """The ids of rows that were made and deleted again."""

    # Where things are

    def endpoint(self, entity: Entity, kind: Kind, action: str = "") -> Endpoint | None:
        """The endpoint of this kind; of moves and actions, of this name. None where there is none."""
        for found in self.court.contract.of(entity.name):
            if found.kind is kind and action in ("", found.action):
                return found
        return None

    def path(self, entity: Entity) -> str:
        """The path of the entity's list. A part has none of its own."""
        return f"{self.court.contract.prefix}/{naming.kebab(entity.plural)}"

    def entities(self) -> list[Entity]:
        """The entities with rows of their own that the blueprint names."""
        return [entity for entity in self.design.entities if entity.whole is None and not entity.builtin]

    def callers(self) -> list[Account]:
        """Everybody who asks: a stranger, each role, another owner, an admin."""
        return [STRANGER, *self.people.values(), *([self.foreigner] if self.foreigner else []), self.admin]

    # Accounts

    async def account(self, name: str, *roles: str) -> Account:
        """A new account that is signed in. Raises NotMadeError where its mail cannot be read."""
        court, prefix = self.court, self.court.contract.prefix
        if court.target.mailbox is None:
            court.untested("accounts", name, "other accounts need mail: only a server that is started here has it")
            raise NotMadeError
        answer, body = await self.registered(name, *roles)
        email = body["email"]
        made = Account(name, document(answer)["id"], email, PASSWORD, frozenset(body["roles"]))
        code = await self.code(email)
        reset = {"token": code, "password": PASSWORD}
        await court.ask(STRANGER, "POST", f"{prefix}/auth/password/reset", json_body=reset)
        made.headers = await self.signed_in(email, PASSWORD)
        return made

    async def unused_account(self) -> Any:
        """The id of a new account that nobody uses. Raises NotMadeError."""
        answer, _ = await self.registered("somebody")
        return document(answer)["id"]

    async def registered(self, name: str, *roles: str) -> tuple[Exchange, dict[str, Any]]:
        """The answer to the making of an account, and what was sent. Raises NotMadeError where it is refused."""
        court, user = self.court, self.design.entity("User")
        email = f"{re.sub('[^a-z]+', '-', name.lower()).strip('-')}-{next(self.numbers)}@example.com"
        body = {"email": email, "name": name, "roles": list(roles) or [self.design.auth.roles[0]]}
        schema = court.contract.schema("UserCreate")
        more = {found.name: self.value(user, found) for found in schema.properties if found.name not in body}
        needed = {found.name for found in schema.properties if found.required and not found.read_only}
        body |= {key: value for key, value in more.items() if key in needed}
        answer = await court.ask(self.admin, "POST", f"{court.contract.prefix}/users", json_body=body)
        if not court.expect_status(answer, 201, "accounts", "create_user", "an admin makes an account"):
            raise NotMadeError
        return answer, body

    async def code(self, email: str) -> str:
        """The code in the next mail to an address. Raises NotMadeError where none comes."""
        mailbox = self.court.target.mailbox
        text = await mailbox.take(email, MAIL) if mailbox is not None else None
        found = CODE.findall(text or "")
        if not self.court.expect(bool(found), "accounts", "mail", f"no mail with a code came within {MAIL:.0f} s"):
            raise NotMadeError
        return str(found[-1])

    async def signed_in(self, email: str, password: str) -> dict[str, str]:
        """The headers of a new session. Raises NotMadeError."""
        form = {"username": email, "password": password}
        answer = await self.court.ask(STRANGER, "POST", f"{self.court.contract.prefix}/auth/token", form=form)
        if status(answer) != 200:
            self.court.expect(False, "accounts", "token", f"signing in gave {status(answer)}", answer)
            raise NotMadeError
        return {"Authorization": f"Bearer {document(answer)['access_token']}"}

    # Rows

    def value(self, entity: Entity, sent: Property) -> Any:
        """A JSON value for one property of a body, within its bounds; None for what leads to other rows."""
        field = next((found for found in entity.fields if found.name == sent.name), None)
        if field is None or isinstance(field.type, types.Ref | types.ToMany):
            return None
        numbered = self.samples.numbered(entity, field)
        if numbered is not None:
            return to_json(numbered.of(next(self.numbers)))
        values = self.samples.three(entity, field)
        return to_json(values[0]) if values else None

    async def body(self, entity: Entity, *, full: bool = False, **given: Any) -> dict[str, Any]:
        """A valid body for a new row, with the rows that it refers to. full: what is optional too. given: fields of
        the body as they are to be, in JSON."""
        n = next(self.numbers)
        schema = self.court.contract.schema(f"{entity.name}{'Create' if entity.whole is None else 'Item'}")
        plain = self.samples.solved(entity, {}, full=full, n=n) or self.samples.solved(entity, {}, n=n) or {}
        body: dict[str, Any] = {}
        for sent in schema.properties:
            if sent.read_only or sent.given is Given.CALLER or sent.name in given or sent.name == "id":
                continue
            field = entity.field(sent.name)
            if isinstance(field.type, types.Ref):
                if sent.required or (full and not self._is_single(entity, field)):
                    body[sent.name] = await self.reference(entity, field)
            elif isinstance(field.type, types.Parts):
                if full or sent.required:
                    part = self.design.entity(field.type.target)
                    body[sent.name] = [await self.body(part) for _ in range(2)]
            elif isinstance(field.type, types.Many):
                if full and field.type.target != "User":
                    body[sent.name] = [await self.reference(entity, field)]
            elif plain.get(sent.name) is not None and (full or sent.required or self._matters(entity, field)):
                body[sent.name] = to_json(plain[sent.name])
        return body | given

    def _is_single(self, entity: Entity, field: Field) -> bool:
        """Whether a reference is better left out: to rows of its own kind, or to an account that it has for itself."""
        target = field.type.target if isinstance(field.type, types.Ref) else ""
        return target == entity.name or (target == "User" and (field.name,) in unique_sets(entity))

    def _matters(self, entity: Entity, field: Field) -> bool:
        """Whether a default may not do: an effect would soon break a bound, another row has it, or a check reads it."""
        shifted = (entity.name, field.name) in self.samples.lowered_by_effects | self.samples.raised_by_effects
        checked = field.name in tied_fields(entity)
        taken = field.default is not None and self.samples.numbered(entity, field) is not None
        return shifted or checked or taken

    async def reference(self, entity: Entity, field: Field) -> Any:
        """A row to refer to: the shared one, or one of its own where the reference tells rows apart."""
        assert isinstance(field.type, types.Ref | types.Many)
        target = field.type.target
        if target == "User" and any(field.name in names for names in unique_sets(entity)):
            return await self.unused_account()
        if target == "User":
            return next((who.id for who in self.people.values()), self.admin.id)
        if self.design.tenant is not None and target == self.design.tenant.name:
            return self.home
        if any(field.name in names for names in unique_sets(entity)) or self.samples.others(entity, field):
            return await self.make(self.design.entity(target))
        if target not in self.shared:
            self.shared[target] = await self.make(self.design.entity(target))
        return self.shared[target]

    async def make(self, entity: Entity, *, who: Account | None = None, full: bool = False, **given: Any) -> Any:
        """The id of a new row. Raises NotMadeError, after noting the failure, where it is refused."""
        maker = self.admin.within(self.home) if who is None else who
        body = await self.body(entity, full=full, **given)
        answer = await self.court.ask(maker, "POST", self.path(entity), json_body=body)
        about = f"create_{naming.snake(entity.name)}"
        if not self.court.expect_status(answer, 201, "accepts-valid", about, "a valid body"):
            raise NotMadeError
        id = document(answer)["id"]
        self.made[entity.name].append(id)
        return id

    async def moved(self, entity: Entity, id: Any, state: str) -> None:
        """Bring a row into a state by its moves. Raises NotMadeError where none lead there."""
        row = document(await self.court.ask(self.admin, "GET", f"{self.path(entity)}/{id}"))
        for move in path_of_moves(entity, row[state_field(entity, state)], state):
            await self.move(entity, id, move)

    async def move(self, entity: Entity, id: Any, move: Move) -> None:
        """Make one move as an admin. Raises NotMadeError where it is refused."""
        path = f"{self.path(entity)}/{id}/{naming.kebab(move.name)}"
        body = self.inputs(entity, move)
        answer = await self.court.ask(self.admin, "POST", path, json_body=body or ...)
        if not self.court.expect_status(answer, 200, "moves", f"{move.name} {entity.name}", "an admin moves it"):
            raise NotMadeError

    def inputs(self, entity: Entity, move: Move) -> Mapping[str, Any]:
        """What a move is sent."""
        found = {field.name: self.samples.three(entity, field) for field in move.input}
        return {name: to_json(values[0]) for name, values in found.items() if values}

    async def rows(self, entity: Entity, who: Account | None = None, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list as somebody meets them, page by page; empty where they meet none."""
        found: list[dict[str, Any]] = []
        asked = {"limit": 200, **query}
        while True:
            page = document(await self.court.ask(who or self.admin, "GET", self.path(entity), query=asked))
            if not isinstance(page, dict) or "items" not in page:
                return found
            found += page["items"]
            if page["next"] is None:
                return found
            asked["cursor"] = page["next"]


def state_field(entity: Entity, state: str) -> str:
    """The enum that moves change and that has this word."""
    with_it = (move.field for move in entity.moves if state in (*move.source, move.target))
    return next(with_it, entity.moves[0].field)


def path_of_moves(entity: Entity, start: str, end: str) -> list[Move]:
    """The fewest moves from one state to another. Raises NotMadeError where there are none."""
    paths: list[tuple[str, list[Move]]] = [(start, [])]
    seen = {start}
    for state, path in paths:
        if state == end:
            return path
        for move in entity.moves:
            if state in move.source and move.target not in seen:
                seen.add(move.target)
                paths.append((move.target, [*path, move]))
    raise NotMadeError


async def settled(court: Court) -> World:
    """A world with an admin, and with all other accounts where they can be made. Raises NotMadeError without an
    admin."""
    if court.target.admin is None:
        court.untested("list-access", "everything", "without the sign-in of an admin nothing can be made")
        raise NotMadeError
    email, password = court.target.admin
    admin = Account("admin", None, email, password, frozenset({"admin"}))
    world = World(court, admin)
    admin.headers = await world.signed_in(email, password)
    me = document(await court.ask(admin, "GET", f"{court.contract.prefix}/auth/me"))
    admin.id, admin.roles = me["id"], frozenset(me["roles"])
    with suppress(NotMadeError):
        await _people(world)
    return world


async def _people(world: World) -> None:
    roles = [role for role in world.design.auth.roles if role != "admin"] or ["admin"]
    tenant = world.design.tenant
    if tenant is not None:
        world.home, world.foreign = await world.make(tenant), await world.make(tenant)
        for role in roles:
            world.people[role] = await _member(world, role, world.home, role)
        world.people[roles[0] + OTHER] = await _member(world, roles[0] + OTHER, world.home, roles[0])
        world.foreigner = await _member(world, "foreigner", world.foreign, *roles)
        return
    for role in roles:
        world.people[role] = await world.account(role, role)
    world.people[roles[0] + OTHER] = await world.account(roles[0] + OTHER, roles[0])


async def _member(world: World, name: str, tenant: Any, *roles: str) -> Account:
    """An account that has its roles within a tenant alone."""
    account = await world.account(name)
    membership = world.design.entity("Membership")
    of = next(f.name for f in membership.fields if isinstance(f.type, types.Ref) and f.type.target != "User")
    body = {"user": account.id, of: tenant, "roles": list(roles)}
    answer = await world.court.ask(world.admin, "POST", world.path(membership), json_body=body)
    world.court.expect_status(answer, 201, "accounts", "create_membership", "an admin makes a member")
    account.roles = account.roles | frozenset(roles)
    return account.within(tenant)


async def account_without_password(world: World, name: str, *roles: str) -> tuple[Account, str]:
    """A new account that has no password yet, and the code of the mail to choose one. Raises NotMadeError."""
    if world.court.target.mailbox is None:
        world.court.untested("reset-once", name, "mail cannot be read: only a server that is started here has it")
        raise NotMadeError
    answer, body = await world.registered(name, *roles)
    account = Account(name, document(answer)["id"], body["email"], "", frozenset(body["roles"]))
    return account, await world.code(body["email"])
