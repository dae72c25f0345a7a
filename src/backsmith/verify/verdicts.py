"""What the rules let a caller do with a row: the status that must come before any look at state, version and body."""

from backsmith.contract.rules import conjunction, fold
from backsmith.design.expressions import Expr
from backsmith.design.model import Entity
from backsmith.verify.court import STRANGER, Account
from backsmith.verify.knowledge import Knowledge, Row


def is_closed(rule: Expr, who: Account) -> bool:
    """Whether the caller's roles alone make a rule false, whatever the rows hold."""
    if "admin" in who.roles:
        return False
    return fold(rule, None if who is STRANGER else who.roles) is False


def hides(entity: Entity, who: Account) -> bool:
    """Whether the caller's roles alone hide every row: by the rule of who reads, or since a stranger has no tenant."""
    scope, read = entity.scope, entity.access.read
    return is_closed(read if scope is None else conjunction((scope, read)), who)


def refusal(known: Knowledge, who: Account, entity: Entity, row: Row, rule: Expr) -> int | None:
    """401, 404 or 403 where the caller may not do what a rule is about with a row that is there; None where they may.

    Raises UnknownWorthError.
    """
    if who is STRANGER and (hides(entity, who) or is_closed(rule, who)):
        return 401
    if not known.sees(who, entity, row):
        return 404
    return None if known.allows(who, rule, entity, row) else 403


def refusal_of_all(who: Account, rule: Expr) -> int | None:
    """401 or 403 where the caller's roles make a rule false that is about no row yet."""
    if not is_closed(rule, who):
        return None
    return 401 if who is STRANGER else 403
