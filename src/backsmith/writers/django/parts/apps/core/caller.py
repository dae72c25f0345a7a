"""Who asks, and how a rule speaks of them: as a condition on rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import now

Roles = frozenset[str]
Key = int | UUID

EVERY, NONE = Q(pk__isnull=False), Q(pk__isnull=True)
"""Every row, and no row: what a rule comes to where the caller's roles alone decide.

Neither is anything that Django decides by itself: of a subquery that it takes for empty, it makes a zero.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever asks. `roles` holds `signed_in` for every account, and nothing for a stranger.

    session: the sign-in that they are known by, 0 for an API key; scope: the roles of that key.
    """

    id: Key | None = None
    roles: Roles = frozenset()
    tenant: Key | None = None
    at: datetime = field(default_factory=now)
    session: int = 0
    scope: Roles | None = None

    @property
    def moment(self) -> datetime:
        """The moment of the request, in UTC."""
        return self.at

    @property
    def today(self) -> date:
        """The day of the request, in UTC."""
        return self.moment.date()

    def has(self, *roles: str) -> bool:
        """Whether the caller has one of these roles."""
        return not self.roles.isdisjoint(roles)


Rule = Callable[[Caller], Q]


def granted(caller: Caller, *roles: str) -> Q:
    """Every row for who has one of these roles, and none for others."""
    return EVERY if caller.has(*roles) else NONE


def is_caller(caller: Caller, reference: str) -> Q:
    """The rows whose reference names the caller's account: none for a stranger."""
    return NONE if caller.id is None else Q(**{reference: caller.id})


def decided(rule: Q) -> bool | None:
    """What a rule comes to whatever the row holds; None where that depends on the row."""
    outcomes = [_decided(each) for each in rule.children]
    deciding = rule.connector == Q.OR
    found = deciding if deciding in outcomes else None if None in outcomes else not deciding
    return not found if rule.negated and found is not None else found


def _decided(child: object) -> bool | None:
    if isinstance(child, Q):
        return decided(child)
    return {id(EVERY.children[0]): True, id(NONE.children[0]): False}.get(id(child))
