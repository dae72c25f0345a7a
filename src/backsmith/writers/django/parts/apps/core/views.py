"""What views of entities are made of: lists, exports, items, and the ways to write."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.viewsets import ViewSetMixin

from apps.core import changes, cursors, export, pagination, plans
from apps.core.authentication import caller_of
from apps.core.caller import Caller, Key, Rule, decided
from apps.core.changes import Change, etag
from apps.core.endpoints import Endpoint
from apps.core.errors import Forbidden, NotFound, Problem, Unauthorized
from apps.core.queries import EXPORT, ITEM, LIST, Query, read_query
from apps.core.rows import encode
from apps.core.shown import Rows, Shown


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
        order = plans.order(self.rows, self.caller, query.sort)
        after = None
        if query.cursor is not None:
            after = pagination.read_cursor(self.rows, self.caller, query, order)
        plan, values = plans.page(self.rows, self.caller, query, after), plans.page_values(self.caller, query, after)
        rows = plan.statement.rows(values)
        more, rows = len(rows) > query.limit, rows[: query.limit]
        items = plan.level.fetch(rows, values)
        total = msgspec.UNSET if plan.count is None else sum(count for (count,) in plan.count.rows(values))
        last = [rows[-1][place] for place in plan.keys] if more else []
        next = cursors.write(last, pagination.bond(self.rows, self.caller, query)) if more else None
        headers = {"Link": pagination.next_link(self.request, next)} if next else {}
        return answer(Page(items, next, total), **headers)

    def item(self, id: str) -> HttpResponse:
        """One row. Raises Unauthorized, NotFound, Invalid."""
        return self.row(self.rows.key(id))

    def row(self, key: Key) -> HttpResponse:
        """One row. Raises Unauthorized, NotFound, Invalid."""
        self._allow(NotFound(self.rows.name))
        query = self._asked(ITEM)
        plan = plans.item(self.rows, self.caller, query.fields, query.expand)
        if (found := plan.read(self.caller, key)) is None:
            raise NotFound(self.rows.name)
        item, version = found
        if query.fields or query.expand:
            return answer(item)
        tag = etag(version)
        if self.rows.lasting and _has(self.request.headers.get("if-none-match"), tag):
            unchanged = HttpResponse(status=304, headers={"ETag": tag})
            del unchanged.headers["Content-Type"]
            return unchanged
        return answer(item, ETag=tag)

    def exported(self) -> StreamingHttpResponse:
        """All rows of a list, streamed. Raises Unauthorized, Forbidden, Invalid."""
        self._allow()
        query = self._asked(EXPORT)
        found = plans.found(self.rows, self.caller, query, query.filters)
        order = plans.sorted_by(self.rows, self.caller, query.sort)
        return export.stream(self.rows, self.caller, found, order, query.format)

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
