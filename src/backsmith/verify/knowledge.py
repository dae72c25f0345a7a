"""What a judge knows of the rows: a model of the data, and what the blueprint's expressions are worth in it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from backsmith.contract import parameters
from backsmith.contract.parameters import EXPAND_DEPTH
from backsmith.design import types
from backsmith.design.expressions import Expr
from backsmith.design.model import Entity, Field
from backsmith.samples.oracle import Caller, Oracle, UnknownWorthError
from backsmith.verify.court import Account
from backsmith.verify.momentary import momentary
from backsmith.verify.values import from_json
from backsmith.verify.world import World

Row = dict[str, Any]


class Knowledge:
    """Every row that an admin meets, as Python values that refer to each other.

    told: the same rows as they were answered, with the fields that hold values of their own and that time leaves alone.
    """

    def __init__(self, world: World) -> None:
        self.world, self.design = world, world.design
        self.rows: dict[str, dict[Any, Row]] = {}
        self.told: dict[str, dict[Any, Row]] = {}

    async def learn(self) -> "Knowledge":
        """Read all rows anew, as an admin. Parts come with their wholes; deleted rows are not met."""
        found: dict[str, list[Row]] = {entity.name: [] for entity in self.design.entities}
        for entity in self.design.entities:
            if entity.whole is None:
                links = list(self._links(entity))
                query: dict[str, Any] = {"expand": ",".join(links)} if links else {}
                for row in await self.world.rows(entity, **query):
                    self._note(found, entity, row)
        self.told = {name: {row["id"]: self._plain(name, row) for row in rows} for name, rows in found.items()}
        self.rows = {name: {row["id"]: self._typed(name, row) for row in rows} for name, rows in found.items()}
        for name, rows in self.rows.items():
            for row in rows.values():
                self._connect(self.design.entity(name), row)
        for name in self.rows:
            self._invert(self.design.entity(name))
        for name in self.rows:
            self._store(self.design.entity(name))
        return self

    def _links(self, entity: Entity, deep: int = EXPAND_DEPTH) -> Iterator[str]:
        """The links to many that rows come with: their parts with all within these, and what they are paired with."""
        for field in entity.fields:
            if _is_listed(field):
                yield field.name
                if isinstance(field.type, types.Parts) and deep > 1:
                    inner = self._links(self.design.entity(field.type.target), deep - 1)
                    yield from (f"{field.name}.{path}" for path in inner)

    def _plain(self, name: str, row: Row) -> Row:
        entity = self.design.entity(name)
        shown = {field.name for field in parameters.shown(entity) if not isinstance(field.type, types.ToMany)}
        return {key: value for key, value in row.items() if key in shown - momentary(entity)}

    def _note(self, found: dict[str, list[Row]], entity: Entity, row: Row) -> None:
        """Put a row, and the parts that came with it, where they belong."""
        found[entity.name].append(row)
        for field in entity.fields:
            if isinstance(field.type, types.Parts) and field.name in row:
                part = self.design.entity(field.type.target)
                for child in row[field.name]:
                    self._note(found, part, child | {field.type.by: row["id"]})
                row[field.name] = [child["id"] for child in row[field.name]]
            elif isinstance(field.type, types.Many) and field.name in row:
                row[field.name] = [other["id"] for other in row[field.name]]

    def _typed(self, name: str, row: Row) -> Row:
        entity = self.design.entity(name)
        plain = {f.name: f for f in entity.fields if not isinstance(f.type, types.Ref | types.ToMany)}
        plain.pop("id", None)  # ids stay as answers have them
        return {key: from_json(plain[key].type, value) if key in plain else value for key, value in row.items()}

    def _connect(self, entity: Entity, row: Row) -> None:
        """Ids become the rows that they name; what an admin does not meet is known by its id alone."""
        for field in entity.fields:
            if isinstance(field.type, types.Ref) and row.get(field.name) is not None:
                row[field.name] = self._row(field.type.target, row[field.name])
            elif isinstance(field.type, types.Many | types.Parts) and field.name in row:
                row[field.name] = [self._row(field.type.target, id) for id in row[field.name]]
        row.setdefault("deleted_at", None)

    def _row(self, entity: str, id: Any) -> Row:
        return self.rows[entity].get(id) or {"id": id}

    def _invert(self, entity: Entity) -> None:
        for field in entity.fields:
            if isinstance(field.type, types.Inverse):
                by, target = field.type.by, self.rows[field.type.target]
                for row in self.rows[entity.name].values():
                    row[field.name] = [other for other in target.values() if other.get(by) is row]

    def _store(self, entity: Entity) -> None:
        """What no answer shows and the blueprint says how to work out, such as the tenant of a row further away."""
        oracle = self.oracle(self.world.admin)
        for field in entity.fields:
            if field.private and field.set is not None:
                for row in self.rows[entity.name].values():
                    with suppress(UnknownWorthError):
                        row[field.name] = oracle.value(field.set, row)

    # Rules

    def oracle(self, who: Account) -> Oracle:
        """What expressions are worth for a caller."""
        account = None if who.id is None else self._row("User", who.id)
        tenant = self.design.tenant
        named = None if tenant is None or who.tenant is None else self._row(tenant.name, who.tenant)
        return Oracle(self.design, Caller(roles=who.roles, account=account, tenant=named, now=datetime.now(UTC)))

    def allows(self, who: Account, rule: Expr, entity: Entity, row: Row) -> bool:
        """Whether a rule of an entity holds for a caller and a row that is in sight. Raises UnknownWorthError."""
        if "admin" in who.roles:
            return True
        oracle = self.oracle(who)
        within = entity.scope is None or oracle.holds(entity.scope, row)
        return within and oracle.holds(rule, row)

    def readable(self, who: Account, entity: Entity) -> set[Any] | None:
        """The ids of the rows that a caller may read; None where the rules look at what no one is told."""
        try:
            rows = self.rows[entity.name].values()
            return {row["id"] for row in rows if self.sees(who, entity, row)}
        except UnknownWorthError:
            return None

    def sees(self, who: Account, entity: Entity, row: Row) -> bool:
        """Whether a caller may read a row; of a part, where they may read its whole. Raises UnknownWorthError."""
        if entity.whole is not None:
            reference = entity.field(entity.whole)
            assert isinstance(reference.type, types.Ref)
            whole = self.design.entity(reference.type.target)
            if not self.sees(who, whole, row[entity.whole]):
                return False
        return self.allows(who, entity.access.read, entity, row)


def _is_listed(field: Field) -> bool:
    return isinstance(field.type, types.Parts | types.Many) and not field.private
