"""Who asks, and how a policy speaks of them: by bound values, so that one statement serves every caller."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, true
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import AsBoolean, BooleanClauseList, False_, Grouping, True_
from sqlalchemy.sql.operators import or_

from app.core.database import now
from app.core.types import Day, UtcDateTime

Roles = frozenset[str]
Key = int | UUID

# No column has a name with two underscores, so that these stand beside the values of any statement.
ID: BindParameter[Any] = bindparam("caller__id", None)  # the caller's account; null for a stranger
TENANT: BindParameter[Any] = bindparam("caller__tenant", None)  # the tenant that the request is about
NOW: BindParameter[datetime] = bindparam("caller__now", None, UtcDateTime, callable_=now)  # the moment of the request
TODAY: BindParameter[date] = bindparam("caller__today", None, Day, callable_=lambda: now().date())  # in UTC


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks. `roles` holds `signed_in` for every account, and nothing for a stranger."""

    id: Key | None = None
    roles: Roles = frozenset()
    tenant: Key | None = None
    moment: datetime = field(default_factory=now)

    @property
    def bound(self) -> dict[str, Any]:
        """What every statement is bound to."""
        return {
            "caller__id": self.id,
            "caller__tenant": self.tenant,
            "caller__now": self.moment,
            "caller__today": self.moment.date(),
        }


def granted(roles: Roles, *names: str) -> ColumnElement[bool]:
    """Whether the caller has one of these roles."""
    return true() if roles.intersection(names) else false()


def is_caller(roles: Roles, column: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` names the caller's account: never for a stranger, and not where it is null."""
    if "signed_in" not in roles:
        return false()
    return and_(column.is_not(None), column == ID) if getattr(column, "nullable", True) else column == ID


def decided(rule: ColumnElement[Any]) -> bool | None:
    """What a rule comes to for these roles whatever the row holds; None where that depends on the row."""
    match rule:
        case True_() | False_():
            return isinstance(rule, True_)
        case AsBoolean() | Grouping():
            return decided(rule.element)  # type: ignore[arg-type]  # a column's, since the rule is one
        case BooleanClauseList():
            outcomes, deciding = [decided(each) for each in rule.clauses], rule.operator is or_
            return deciding if deciding in outcomes else None if None in outcomes else not deciding
    return None
