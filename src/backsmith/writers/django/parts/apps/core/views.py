"""What views of entities are made of: lists, exports, items, and the ways to write."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import msgspec
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.viewsets import ViewSetMixin

from apps.core import changes, cursors, export, filters, pagination
from apps.core.authentication import caller_of
from apps.core.caller import Caller, Key, Rule, decided
from apps.core.changes import Change, etag
from apps.core.endpoints import Endpoint
from apps.core.errors import Forbidden, NotFound, Problem, Unauthorized
from apps.core.queries import EXPORT, ITEM, LIST, Query, read_query
from apps.core.rows import Level, Sort, encode, sorts
from apps.core.shown import Rows, Shown, complete


class Page(msgspec.Struct):
    """One page of a list."""

    items: list[Any]
    next: str | None
    total: int | msgspec.UnsetType = msgspec.UNSET


def answer(body: Any, **headers: str) -> HttpResponse:
    return HttpResponse(encode(body), "application/json", headers=headers)


class EntityViewSet(ViewSetMixin, Endpoint):
    """The endpoints of one table, of which `shown` says what is shown."""

    shown: ClassVar[type[Shown]]
    repeatable: ClassVar[bool] = True  # what is made takes an Idempotency-Key
    lookup_field = "id"

    @property
    def rows(self) -> Rows:
        return self.shown.rows

    @property
    def caller(self) -> Caller:
        return caller_of(self.request)

    def creating(self, rule: Rule, verb: str = "create") -> AbstractContextManager[Change]:
        """What makes a row, in one transaction."""
        return changes.creating(self.request, self.rows, rule, verb)

    def changing(self, id: str, rule: Rule, verb: str = "change") -> AbstractContextManager[Change]:
        """What changes a row, in one transaction that holds it."""
        return changes.changing(self.request, self.rows, rule, id, verb)

    def deleting(self, id: str, rule: Rule) -> AbstractContextManager[Change]:
        """What deletes a row, in one transaction that holds it."""
        return changes.changing(self.request, self.rows, rule, id, "delete")

    def restoring(self, id: str, rule: Rule) -> AbstractContextManager[Change]:
        """What brings back a row that was deleted."""
        return changes.changing(self.request, self.rows, rule, id, "restore", trash=True)

    def page(self) -> HttpResponse:
        """One page of a list. Raises Unauthorized, Forbidden, Invalid."""
        self._allow()
        query = self._asked(LIST)
        order = self._order(query)
        found, level = self.found(query), Level(self.rows, self.caller, query.fields, query.expand)
        keys = [level.add(each.column) for each in order]
        page = self._sorted(found, query, order)
        rows = list(level.select(page)[query.offset : query.offset + query.limit + 1])
        more, rows = len(rows) > query.limit, rows[: query.limit]
        items = level.fetch(rows)
        total = found.count() if query.count else msgspec.UNSET
        last = [rows[-1][place] for place in keys] if more else []
        next = cursors.write(last, pagination.bond(self.rows, self.caller, query)) if more else None
        headers = {"Link": pagination.next_link(self.request, next)} if next else {}
        return answer(Page(items, next, total), **headers)

    def found(self, query: Query) -> "QuerySet[Any]":
        """The rows that the caller may see and that are asked for."""
        rules = [self.rows.readable(self.caller)]
        rules += [filters.condition(self.rows, self.caller, each) for each in query.filters]
        rules += [self._searched(query.q)] if query.q is not None else []
        rules += [self.rows.rule(self.caller, name) for name, _ in query.sort]
        found: QuerySet[Any] = self.rows.model.objects.filter(*(rule for rule in rules if not decided(rule)))
        return found

    def _searched(self, text: str) -> Q:
        """What is searched for stands in one of the fields that are searched."""
        found = Q(pk__in=())
        for name in self.rows.search:
            rule, there = self.rows.rule(self.caller, name), Q(**{f"{self.rows.fields[name]}__icontains": text})
            found |= there if decided(rule) else there & rule
        return found

    def _order(self, query: Query) -> list[Sort]:
        order = complete(query.sort) if query.sort else self.rows.list_order
        return sorts(self.rows, self.caller, order, asked=bool(query.sort))

    def _sorted(self, found: "QuerySet[Any]", query: Query, order: Sequence[Sort]) -> "QuerySet[Any]":
        if query.cursor is not None:
            after = pagination.read_cursor(self.rows, self.caller, query, order)
            found = found.filter(pagination.beyond(order, after))
        return found.order_by(*(each.directed for each in order))

    def item(self, id: str) -> HttpResponse:
        """One row. Raises Unauthorized, NotFound, Invalid."""
        return self.row(self.rows.key(id))

    def row(self, key: Key) -> HttpResponse:
        """One row. Raises Unauthorized, NotFound, Invalid."""
        self._allow(NotFound(self.rows.name))
        query = self._asked(ITEM)
        level = Level(self.rows, self.caller, query.fields, query.expand)
        version = level.add("version")
        rule = self.rows.readable(self.caller)
        found = self.rows.model.objects.filter(*([] if decided(rule) else [rule]), pk=key)
        row = next(iter(level.select(found)[:1]), None)
        if row is None:
            raise NotFound(self.rows.name)
        if query.fields or query.expand:
            return answer(level.fetch([row])[0])
        tag = etag(row[version])
        if self.rows.lasting and _has(self.request.headers.get("if-none-match"), tag):
            unchanged = HttpResponse(status=304, headers={"ETag": tag})
            del unchanged.headers["Content-Type"]
            return unchanged
        return answer(level.fetch([row])[0], ETag=tag)

    def exported(self) -> StreamingHttpResponse:
        """All rows of a list, streamed. Raises Unauthorized, Forbidden, Invalid."""
        self._allow()
        query = self._asked(EXPORT)
        return export.stream(self.rows, self.caller, self.found(query), self._order(query), query.format)

    def _asked(self, takes: Sequence[str]) -> Query:
        return read_query(self.rows, self.request.META["QUERY_STRING"].encode(), takes)

    def _allow(self, refusal: Problem | None = None) -> None:
        """Raises Unauthorized, or the refusal (else Forbidden), where the caller can read no row whatever it holds."""
        if decided(self.rows.read(self.caller)) is False:
            raise Unauthorized() if self.caller.id is None else refusal or Forbidden("read these")


def _has(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag, compared weakly (RFC 9110, 13.1.2)."""
    tags = {each.strip().removeprefix("W/") for each in header.split(",")} if header else set()
    return tag in tags or "*" in tags
