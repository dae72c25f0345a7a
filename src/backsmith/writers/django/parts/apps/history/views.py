"""The changes of a row over HTTP."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from apps.core import cursors, queries
from apps.core.caller import Caller, Key, decided
from apps.core.errors import NotFound, Unauthorized
from apps.core.rows import encode
from apps.core.shown import Parts, Rows, everyone
from apps.core.sql import truth
from apps.core.views import Page, answer
from apps.history.changes import wholes
from apps.history.models import HistoryEntry


@extend_schema_field({})
class Anything(serializers.JSONField):
    """A value of any field."""


@extend_schema_field({"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]})
class AnyKey(serializers.JSONField):
    """The id of a row, of whichever kind."""


class FieldChange(serializers.Serializer[Any]):
    """What became of one field: `field` is its path, `comments.7.text` for one of a part."""

    field = serializers.CharField()
    old = Anything()
    new = Anything()


class HistoryRead(serializers.Serializer[Any]):
    """One change: by whom (null for a stranger), what was done, and what became of which field."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    user = AnyKey()
    action = serializers.CharField()
    changes = FieldChange(many=True)


def page(rows: Rows, caller: Caller, id: Key, request: Request) -> HttpResponse:
    """The changes of a row that the caller may read, the latest first; for admins also of one that is deleted.

    Raises Unauthorized, NotFound, Invalid.
    """
    if decided(rows.read(caller)) is False:
        raise Unauthorized() if caller.id is None else NotFound(rows.name)
    query = queries.read_plain(request.META["QUERY_STRING"].encode(), queries.HISTORY)
    exists = rows.model.objects.filter(rows.readable(caller), pk=id).exists()
    if not exists and not caller.has("admin"):
        raise NotFound(rows.name)
    table = rows.model._meta.db_table
    bond = encode((table, id, caller.id, sorted(caller.roles)))
    found = HistoryEntry.objects.filter(entity=table, row=str(id)).order_by("-id")
    if query.cursor is not None:
        found = found.filter(id__lt=cursors.read(query.cursor, [int], bond)[0])
    entries = list(found.values("id", "created_at", "user", "action", "changes")[: query.limit + 1])
    if not entries and not exists:
        raise NotFound(rows.name)
    more, entries = len(entries) > query.limit, entries[: query.limit]
    sight = None if caller.has("admin") else Sight(caller).of(rows, {id: ""}, "")
    shown = [_shown(entry, sight) for entry in entries]
    return answer(Page(shown, cursors.write([entries[-1]["id"]], bond) if more else None))


def _shown(entry: Mapping[str, Any], sight: "Sight | None") -> dict[str, Any]:
    user = entry["user"]
    return {
        "id": entry["id"],
        "at": entry["created_at"],
        "user": int(user) if user is not None and user.isdecimal() else user,
        "action": entry["action"],
        "changes": [each for each in entry["changes"] if sight is None or sight.shows(each["field"])],
    }


class Sight:
    """Which paths a caller sees. guarded: those with a rule, without the ids of parts; seen: those where it holds."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.guarded: set[str] = set()
        self.seen: set[str] = set()

    def of(self, rows: Rows, places: dict[Key, str], at: str) -> "Sight":
        """Ask the rules of these rows, each at its path, and of their parts. Of what is gone, none holds."""
        if rows.narrow is not everyone:
            self.guarded.add(at.removesuffix("."))
        self.guarded |= {f"{at}{name}" for name in rows.rules}
        rules = {f"rule__{name}": truth(rows.rule(self.caller, name)) for name in rows.rules}
        there = rows.model.objects.filter(rows.narrow(self.caller), pk__in=list(places))
        for id, *held in there.annotate(**rules).values_list("pk", *rules):
            self.seen.add(places[id].removesuffix("."))
            self.seen |= {f"{places[id]}{name}" for name, holding in zip(rows.rules, held, strict=True) if holding}
        for name, link in rows.links.items():
            if isinstance(link, Parts):
                whole = wholes(link, list(places))
                self.of(link.rows, {id: f"{places[whole[id]]}{name}.{id}." for id in whole}, f"{at}{name}.")
        return self

    def shows(self, path: str) -> bool:
        """Whether what became of the field at this path is told."""
        steps = path.split(".")
        ends = [*range(2, len(steps), 2), len(steps)]
        return all(".".join(steps[:end:2]) not in self.guarded or ".".join(steps[:end]) in self.seen for end in ends)
