"""`links` in answers: where a row is, where it leads, and what its reader may do with it as it stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from fastapi import Request, Response
from sqlalchemy import ColumnElement, and_, case, null, true, type_coerce

from app.core.caller import Caller, Roles, decided
from app.core.export import stream
from app.core.plans import Build, Found, Level
from app.core.queries import EXPORT, read_query
from app.core.schemas import Answer
from app.core.types import Document
from app.core.views import Many, One, Policy, View

Method = Literal["GET", "POST", "PATCH", "DELETE"]


class Hyperlink(Answer):
    """An address, and the method to call it with."""

    href: str
    method: Method


def always(row: Any) -> ColumnElement[bool]:
    """in any state"""
    return true()


@dataclass(frozen=True)
class Step:
    """What can be done with a row: how, where below its own path, by whom, and in which state of the row."""

    method: Method
    path: str
    rule: Policy
    when: Callable[[Any], ColumnElement[bool]] = always


@dataclass(frozen=True)
class Hyperlinks:
    """The links of the rows of one table: where they are, for whom, and what can be done with them.

    A link stands in an answer only where its reader may follow it. Where a row leads elsewhere, the reader may follow
    the link as far as their roles tell; the row beyond has a rule of its own.
    """

    path: str
    read: Policy
    steps: Mapping[str, Step]

    def __call__(self, row: Any) -> ColumnElement[Any]:
        return type_coerce(null(), Document())

    def build(self, level: Level, view: View, row: Any) -> Build:
        """What makes the links of one of a statement's rows."""
        key = level.add(view.column("id", row))
        own = list(self._own(level.roles, view, row))
        fixed = [link for link in own if decided(link.told)]
        asked = [(link, level.add(link.told)) for link in own if decided(link.told) is None]
        leads = [(link, level.add(link.told)) for link in self._leads(level.roles, view, row)]

        def links(values: Sequence[Any], _: Found) -> dict[str, Any]:
            here = f"{self.path}/{values[key]}"
            beyond = {link.name: _to(f"{link.path}{values[at]}") for link, at in leads if values[at] is not None}
            offered = [*fixed, *(link for link, place in asked if values[place])]
            return beyond | {link.name: _to(here + link.path, link.method) for link in offered}

        return links

    def _own(self, roles: Roles, view: View, row: Any) -> Iterator["_Link"]:
        """The links to the row itself, each with the condition under which it is there."""
        met = and_(self.read(roles, row), true() if view.live is None else view.live(row))
        yield _Link("self", "GET", "", met)
        for name, step in self.steps.items():
            yield _Link(name, step.method, step.path, and_(met, step.rule(roles, row), step.when(row)))

    def _leads(self, roles: Roles, view: View, row: Any) -> Iterator["_Link"]:
        """The links to other rows, each with the column that ends its path."""
        for name, link in view.links.items():
            beyond = link.view()
            there = beyond.fields.get("links")
            if not isinstance(there, Hyperlinks) or decided(there.read(roles, beyond.model)) is False:
                continue
            if isinstance(link, One):
                rule, column = view.rule(roles, name, row), view.column(name, row)
                yield _Link(name, "GET", f"{there.path}/", column if decided(rule) else case((rule, column)))
            elif isinstance(link, Many):
                field = next(field for field, found in beyond.fields.items() if found is link.by)
                yield _Link(name, "GET", f"{there.path}?{field}=", view.column("id", row))


class LinkedView(View):
    """A view whose answers have `links`: a field of that name holds its `Hyperlinks`."""

    def made(self, level: Level, row: Any, names: Sequence[str], key: int) -> list[tuple[int, int, Build]]:
        links = self.fields["links"]
        if not isinstance(links, Hyperlinks) or "links" not in names:
            return []
        return [(names.index("links"), key, links.build(level, self, row))]

    async def export(self, caller: Caller, request: Request) -> Response:
        """All rows of a list without their links."""
        self.allow(caller)
        query = read_query(self, request.scope["query_string"], EXPORT)
        query.fields = tuple(name for name in self.fields if name != "links")
        return await stream(self, caller, query)


class _Link(NamedTuple):
    name: str
    method: Method
    path: str
    told: ColumnElement[Any]


def _to(href: str, method: Method = "GET") -> dict[str, str]:
    return {"href": href, "method": method}
