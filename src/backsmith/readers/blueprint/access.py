"""Who may do what: the `access` of an entity, and the rules of moves and actions."""

from backsmith.design.check import Use, condition
from backsmith.design.expressions import Anyone, Expr, Role
from backsmith.design.model import Access, Design, Entity, FieldAccess
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.keys import known_keys, mapping, text
from backsmith.readers.blueprint.nodes import Mapping, Node

ACTIONS = ("read", "create", "update", "delete")
KEYS = (*ACTIONS, "write", "fields")
ADMIN = Role(name="admin")
"""The rule of what nobody wrote a rule for."""

ADMIN_ALONE = Access(read=ADMIN, create=ADMIN, update=ADMIN, delete=ADMIN)
AS_THE_WHOLE = Access(read=Anyone(), create=Anyone(), update=Anyone(), delete=Anyone())
"""A part adds nothing to the rules of its whole."""


def read_rule(node: Node | None, design: Design, entity: str, what: str, report: Report) -> Expr | None:
    """A rule about the rows of an entity."""
    found = text(node, what, report)
    if found is None:
        return None
    read = condition(found, design, entity, Use.RULE)
    report.extend(read.diagnostics)
    return read.value


def read_access(node: Node | None, design: Design, entity: Entity, places: dict[str, Origin], report: Report) -> Access:
    """The rules of an entity; what is not named is for admins. Where the create rule stands joins `places`."""
    base = AS_THE_WHOLE if entity.whole else ADMIN_ALONE
    rules = mapping(node, "access", report, "write `access: {read: anyone, write: staff}`")
    if rules is None:
        return base
    known_keys(rules, KEYS, "access", report)
    if entity.whole:
        _narrowing_only(rules, entity, report)
    created = rules.get("create") or rules.get("write")
    if created is not None:
        places[f"{entity.name}.access.create"] = created.origin
    write = read_rule(rules.get("write"), design, entity.name, "a rule", report)
    found = {name: read_rule(rules.get(name), design, entity.name, "a rule", report) for name in ACTIONS}
    return Access(
        read=found["read"] or base.read,
        create=found["create"] or write or base.create,
        update=found["update"] or write or base.update,
        delete=found["delete"] or write or base.delete,
        fields=_fields(rules.get("fields"), design, entity, report),
        origin=rules.origin,
    )


def _narrowing_only(rules: Mapping, entity: Entity, report: Report) -> None:
    for key, _ in rules:
        if key.text in ("create", "update", "delete", "write"):
            message = f"{entity.name} is a part: whoever may write its whole may write it"
            report.error("part-access", message, key.origin, "leave it out; only `read` and `fields` narrow a part")


def _fields(node: Node | None, design: Design, entity: Entity, report: Report) -> tuple[FieldAccess, ...]:
    found: list[FieldAccess] = []
    for key, value in mapping(node, "access.fields", report) or ():
        rules = mapping(value, f"the access of `{key.text}`", report, "write `{read: staff, write: staff}`")
        if rules is None:
            continue
        known_keys(rules, ("read", "write"), f"the access of `{key.text}`", report)
        read, write = (read_rule(rules.get(name), design, entity.name, "a rule", report) for name in ("read", "write"))
        found.append(FieldAccess(field=key.text, read=read, write=write, origin=key.origin))
    return tuple(found)
