"""`links` in answers: where a row is, where it leads, and what its reader may do with it as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from django.db.models import Case, F, Q, When
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from apps.core.caller import EVERY, Caller, Rule, decided
from apps.core.rows import Build, Found, Level, met, reached
from apps.core.shown import Assembled, Many, One, Rows

Method = Literal["GET", "POST", "PATCH", "DELETE"]


class Hyperlink(serializers.Serializer[Any]):
    """An address, and the method to call it with."""

    href = serializers.CharField()
    method = serializers.ChoiceField(choices=["GET", "POST", "PATCH", "DELETE"])


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done with a row: how, where below its own path, by whom, and in which state of the row."""

    method: Method
    path: str
    rule: Rule
    when: Q = EVERY


class Hyperlinks(Assembled):
    """The links of the rows of one table: where they are, for whom, and what can be done with them.

    A link stands in an answer only where its reader may follow it. Where a row leads elsewhere, the reader may follow
    the link as far as their roles tell; the row beyond has a rule of its own.
    """

    def __init__(self, path: str, read: Rule, steps: Mapping[str, Step]) -> None:
        super().__init__()
        self.path, self.read, self.steps = path, read, steps

    def build(self, level: Level, rows: Rows, prefix: str) -> Build:
        """What makes the links of one of a statement's rows."""
        key = level.add(f"{prefix}{rows.keyed.attname}")
        own = [(link, decided(link.rule)) for link in self._own(rows, level.caller)]
        fixed = [link for link, outcome in own if outcome]
        asked = [(link, level.held(rows, prefix, link.rule)) for link, outcome in own if outcome is None]
        leads = list(self._leads(level, rows, prefix))

        def links(row: Sequence[Any], _: Found) -> dict[str, Any]:
            here = f"{self.path}/{row[key]}"
            beyond = {name: _to(f"{path}{row[place]}") for name, path, place in leads if row[place] is not None}
            offered = [*fixed, *(link for link, place in asked if row[place])]
            return beyond | {link.name: _to(here + link.path, link.method) for link in offered}

        return links

    def _own(self, rows: Rows, caller: Caller) -> Iterator["_Link"]:
        """The links to the row itself, each with the rule under which it is there."""
        read = self.read(caller) & (EVERY if rows.live is None else rows.live())
        yield _Link("self", "GET", "", read)
        for name, step in self.steps.items():
            yield _Link(name, step.method, step.path, read & step.rule(caller) & step.when)

    def _leads(self, level: Level, rows: Rows, prefix: str) -> Iterator[tuple[str, str, int]]:
        """The links to other rows: their names, their paths, and where in a row the ends of these stand."""
        for name, link in rows.links.items():
            there = next((each for each in link.rows.assembled.values() if isinstance(each, Hyperlinks)), None)
            rule = rows.rule(level.caller, name)
            if there is None or False in (decided(there.read(level.caller)), decided(rule)):
                continue
            if isinstance(link, One):
                column = reached(rows, prefix, name)
                shown = column if decided(rule) else Case(When(met(rows, prefix, rule), then=F(column)))
                yield name, f"{there.path}/", level.add(shown)
            elif isinstance(link, Many):
                yield name, f"{there.path}?{link.by}=", level.add(f"{prefix}{rows.keyed.attname}")

    def names(self, rows: Rows) -> Iterator[str]:
        """All that a row may lead to."""
        yield from ("self", *self.steps)
        yield from (name for name, link in rows.links.items() if isinstance(link, One | Many) and link.rows.assembled)


class _Link(NamedTuple):
    name: str
    method: Method
    path: str
    rule: Q


def _to(href: str, method: Method = "GET") -> dict[str, str]:
    return {"href": href, "method": method}


class _Schema(OpenApiSerializerFieldExtension):
    target_class = Hyperlinks

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """An object with the links that a row may have."""
        hyperlinks: Hyperlinks = self.target
        rows: Rows = self.target.parent.rows
        link = auto_schema.resolve_serializer(Hyperlink, direction).ref
        schema = {"type": "object", "properties": dict.fromkeys(hyperlinks.names(rows), link)}
        name = f"{rows.model.__name__}Links"
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, object=rows.model, schema=schema)
        auto_schema.registry.register_on_missing(component)
        return component.ref
