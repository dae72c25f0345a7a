"""Servers that are broken on purpose: each patch of a written project's code, and the rule that must name it.

A patch names a text of the written project that stands there once. Where the code has been reshaped, the test of the
patches says which text is missing: point the patch to the new place.
"""

from dataclasses import dataclass
from pathlib import Path

CHANGES, PLANS, VIEWS = "app/core/changes.py", "app/core/plans.py", "app/core/views.py"
ORDERS, ITEMS = "app/policies/order.py", "app/policies/item.py"

Edit = tuple[str, str, str]
"""A file (or a pattern that one file matches), a text that stands in it once, and what it becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One way to be broken, the check that is asked about it, and the rule that must not hold."""

    name: str
    check: str
    rule: str
    edits: tuple[Edit, ...]
    backend: str = "stand"
    postgres: bool = False


def one(name: str, check: str, rule: str, file: str, old: str, new: str, backend: str = "stand") -> Break:
    """A break of one edit."""
    return Break(name=name, check=check, rule=rule, edits=((file, old, new),), backend=backend)


BROKEN: tuple[Break, ...] = (
    # Who sees what
    one(
        *("no rule on expanded rows", "access", "expand-access", PLANS),
        "rule = view.read(self.roles, other)",
        "rule = other.id == other.id",
    ),
    one(
        *("no rule on expanded lists", "access", "expand-access", VIEWS),
        "return self.view().readable(roles, row)",
        "return true()",
    ),
    one(
        *("no rule on exports", "access", "export-access", VIEWS),
        "return await export.stream(self, caller, query)",
        'return await export.stream(self, Caller(caller.id, caller.roles | {"admin"}, caller.tenant), query)',
    ),
    one(
        *("totals count hidden rows", "access", "total-access", PLANS),
        "select_from(self.shape.view.model).where(*self._conditions())",
        "select_from(self.shape.view.model)",
    ),
    one(
        *("no rule on one item", "access", "unseen-is-404", VIEWS),
        "plan_of(Shape(self, caller.roles, query.fields, query.expand, one=True))",
        'plan_of(Shape(self, caller.roles | {"admin"}, query.fields, query.expand, one=True))',
    ),
    one(
        *("a hidden field is shown", "access", "field-access", "app/views/item.py"),
        'rules={"cost": policy.read_cost}',
        "rules={}",
    ),
    one(
        *("no tenant", "access", "list-access", "app/policies/note.py"),
        'return and_(granted(roles, "signed_in"), note.team_id == TENANT)',
        'return granted(roles, "signed_in")',
        "teams",
    ),
    one(
        *("rows of other tenants can be named", "creations", "tenants", "app/policies/label.py"),
        'return and_(granted(roles, "signed_in"), label.team_id == TENANT)',
        'return granted(roles, "signed_in")',
        "teams",
    ),
    # Probing
    one(
        *("no rule on filters through references", "probing", "no-probing", PLANS),
        "exists(select(other.id).where(there, target.readable(roles, other), inner))",
        "exists(select(other.id).where(there, inner))",
    ),
    one(
        *("a hidden field is filtered by", "probing", "no-probing", PLANS),
        "return and_(rule, _compared(view.column(name, row), view.kinds[name], asked))",
        "return _compared(view.column(name, row), view.kinds[name], asked)",
    ),
    one(
        *("a hidden field is sorted by", "probing", "no-probing", PLANS),
        "conditions += [view.rule(roles, name, view.model) for name, _ in shape.order]",
        "conditions += []",
    ),
    one(
        *("a history without rules", "probing", "history", "app/core/history.py"),
        'return all(".".join(steps[:end:2]) not in self.guarded or ".".join(steps[:end]) in self.seen for end in ends)',
        "return bool(ends)",
    ),
    # Who may change
    one(
        *("403 for what is not there", "permissions", "update-access", CHANGES),
        "raise NotFound(self.view.name)",
        "raise self.forbidden",
    ),
    one(
        *("no rule of a move", "permissions", "move-access", ORDERS),
        'return granted(roles, "admin", "staff")',
        "return true()",
    ),
    one(
        *("no rule of updating", "permissions", "update-access", ORDERS),
        'return or_(granted(roles, "admin"), and_(is_caller(roles, order.customer_id), order.state == "draft"))',
        "return or_(is_caller(roles, order.customer_id), order.id > 0)",
    ),
    one(
        *("no rule of deleting", "permissions", "delete-access", ORDERS),
        'return granted(roles, "admin")\n',
        "return true()\n",
    ),
    one(
        *("no rule of creating", "creations", "create-access", ORDERS),
        'return granted(roles, "admin", "customer")',
        'return granted(roles, "signed_in")',
    ),
    one(
        *("a field without its rule of writing", "creations", "field-access", "app/core/guards.py"),
        "refused = frozenset(name for name in row if not row[name])",
        "refused = frozenset[str]()",
    ),
    one(
        *("the part of another whole", "creations", "parts", "app/core/parts.py"),
        'self._refuse(child.at("id"), "not_found", MISSING)',
        "pass",
    ),
    one(
        *("deleted rows in lists", "creations", "soft-delete", ITEMS),
        "return item.deleted_at.is_(None)",
        "return true()",
    ),
    # Lists
    one(
        *("no tie-break", "lists", "pages", "app/core/queries.py"),
        'if "id" in dict(order) else (*order, ("id", order[-1][1]))',
        'if "id" in dict(order) else order',
    ),
    one(
        *("a cursor off by one", "lists", "pages", VIEWS),
        "[rows[-1][place] for place in plan.keys]",
        "[rows[-2:][0][place] for place in plan.keys]",
    ),
    one(*("nulls first", "lists", "sorts", PLANS), "each.nulls_last()", "each.nulls_first()"),
    one(*("lte is lt", "lists", "filters", PLANS), '"lte": le', '"lte": lt'),
    one(
        *("ne without nulls", "lists", "filters", PLANS),
        "return column.is_distinct_from(value)",
        "return column != value",
    ),
    one(
        *("contains by case", "lists", "filters", "app/core/sql.py"),
        "func.instr(func.casefold(text), func.casefold(part)) > 0",
        "func.instr(text, part) > 0",
    ),
    one(
        *("cursors for everybody", "lists", "cursors", VIEWS),
        "return encode((self.model.__tablename__, query.asked, sorted(caller.roles), caller.id, caller.tenant))",
        "return encode((self.model.__tablename__, query.asked))",
    ),
    one(
        *("formulas in exports", "exports", "exports", "app/core/export.py"),
        'return f"\'{value}" if FORMULA.match(value) else value',
        "return value",
    ),
    # Moves
    one(
        *("a move from any state", "moves", "moves", CHANGES),
        "raised(view.model).where(state.in_(source)).values(",
        "raised(view.model).values(",
    ),
    one(
        *("an effect twice", "moves", "effects", "app/services/order.py"),
        "await apply(change, PAY_EFFECTS)",
        "await apply(change, PAY_EFFECTS + PAY_EFFECTS)",
    ),
    one(
        *("an effect without its bound", "moves", "broken-bounds", "migrations/versions/*.py"),
        '        CheckConstraint("stock >= 0", name="items_stock_min"),\n',
        "",
    ),
    # Races
    one(
        *("more than there is", "races", "race-stock", "migrations/versions/*.py"),
        '        CheckConstraint("stock >= 0", name="items_stock_min"),\n',
        "",
    ),
    Break(
        name="looked at first, done later",
        check="races",
        rule="race-moves",
        postgres=True,
        edits=(
            (CHANGES, ".with_for_update(of=model, key_share=not deleting)", ""),
            (CHANGES, "model.id == ROW, model.version == VERSION, met", "model.id == ROW, met"),
            (CHANGES, "raised(view.model).where(state.in_(source)).values(", "raised(view.model).values("),
            (
                CHANGES,
                "        with told(effect=state.key):\n",
                "        if self.row[state.key] not in source:\n            raise problem\n"
                "        with told(effect=state.key):\n",
            ),
        ),
    ),
    one(
        *("an ETag that ignores parts", "versions", "etag", CHANGES),
        "            await self.run(statement, bound({**self.row, **values}))\n",
        "            if values:\n                await self.run(statement, bound({**self.row, **values}))\n",
    ),
    one(*("no If-Match", "versions", "if-match", CHANGES), "raise PreconditionFailed()", "pass"),
    one(
        *("an answer that is not stored", "repeats", "idempotency", CHANGES),
        "await self.claim.store(self.db, response)",
        "pass",
    ),
    one(
        *("the key of anybody", "repeats", "idempotency", "app/core/idempotency.py"),
        'owned = f"{who}\\0{caller.tenant}',
        'owned = f"{caller.tenant}',
    ),
    one(
        *("a key that means nothing", "repeats", "race-idempotency", "app/core/idempotency.py"),
        'if key is None or request.method != "POST":',
        'if key is None or request.method == "POST":',
    ),
)


def broken(project: Path, fault: Break) -> None:
    """Break a written project. Raises ValueError where a text is not there, or there twice."""
    for file, old, new in fault.edits:
        (path,) = project.glob(file)
        text = path.read_text()
        if text.count(old) != 1:
            raise ValueError(f"{fault.name}: {file} has {text.count(old)} times: {old}")
        path.write_text(text.replace(old, new))
