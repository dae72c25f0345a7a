"""What every table has."""

from typing import Self, TypeVar

from django.db import models
from django.utils.timezone import now

from apps.core.caller import Caller, Rule, decided

T = TypeVar("T", bound=models.Model)


class RuledQuerySet(models.QuerySet[T]):
    """Rows, narrowed to those that a rule allows."""

    def allowed(self, rule: Rule, caller: Caller) -> Self:
        """The rows for which the rule holds."""
        condition = rule(caller)
        return self if decided(condition) else self.filter(condition)


class Index(models.Index):
    """An index whose name may be as long as PostgreSQL takes it."""

    max_name_length = 63


class Kept(models.Model):
    """When a row was made and last changed (UTC), and how often: `version` is its ETag."""

    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(default=now, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Row(Kept):
    """A row whose key is a number that is never given twice."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


class Pair(models.Model):
    """A row of a many-to-many link."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


from apps.core.idempotency import IdempotencyKey  # noqa: E402, F401  # Django finds models here
from apps.core.jobs import Job  # noqa: E402, F401  # it is a row, as above
