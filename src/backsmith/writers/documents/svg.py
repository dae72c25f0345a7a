"""The diagram of relations as SVG: a box for each entity, with its fields, and a line for each relation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from backsmith.design.model import Design, Entity, Field
from backsmith.design.operations import named
from backsmith.writers.documents.layers import Layout, layout
from backsmith.writers.documents.relations import Link, Relation, entities, relations

WIDTH, HEAD, ROW, FOOT = 236, 30, 19, 8
BETWEEN, GAP, MARGIN = 110, 34, 28

STYLE = """
  .paper { fill: #ffffff }
  .box { fill: #fbfbfc; stroke: #aab2bd }
  .head { fill: #2f4858 }
  .part .head { fill: #6b7f8c }
  .name { fill: #ffffff; font-weight: 600; font-size: 14px }
  .field { fill: #26323a }
  .type { fill: #7b8790 }
  .line { fill: none; stroke: #5c6f7c; stroke-width: 1.4 }
  .many .line, .part .line { stroke-width: 2 }
  .optional .line { stroke-dasharray: 5 4 }
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 12px }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An entity with its place: the left upper corner."""

    entity: Entity
    fields: tuple[Field, ...]
    x: float
    y: float

    @property
    def height(self) -> float:
        return height(self.fields)

    def level(self, field: str) -> float:
        """The height at which the row of a field is."""
        row = next(index for index, each in enumerate(self.fields) if each.name == field)
        return self.y + HEAD + row * ROW + ROW / 2 + 2


def height(fields: Sequence[Field]) -> float:
    """Of a box with these fields."""
    return HEAD + len(fields) * ROW + FOOT


def svg(design: Design) -> str:
    """The diagram as the text of an SVG file, which needs nothing beside it. `design` is as it was written, not
    lowered."""
    drawn = relations(design)
    fields = {entity.name: _rows(entity) for entity in entities(design)}
    heights = {name: height(rows) for name, rows in fields.items()}
    placed = layout(heights, [(each.source, each.target) for each in drawn], GAP)
    boxes = {
        name: Box(entity=design.entity(name), fields=rows, x=_x(placed.columns[name]), y=MARGIN + placed.tops[name])
        for name, rows in fields.items()
    }
    width = max((box.x + WIDTH for box in boxes.values()), default=0) + MARGIN + 26
    depth = max((box.y + box.height for box in boxes.values()), default=0) + MARGIN
    depth = max([depth, *(MARGIN + level + MARGIN for points in placed.bends.values() for _, level in points)])
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{depth:.0f}"'
            f' viewBox="0 0 {width:.0f} {depth:.0f}" role="img">',
            f"<title>{escape(design.name)}</title>",
            f"<style>{STYLE}</style>",
            _MARKERS,
            f'<rect class="paper" width="{width:.0f}" height="{depth:.0f}"/>',
            *(_line(each, boxes, placed) for each in drawn),
            *(line for box in boxes.values() for line in _box(box)),
            "</svg>\n",
        )
    )


_MARKERS = (
    "<defs>"
    '<marker id="one" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="9" markerHeight="9" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path d="M0,1 L10,5 L0,9" fill="none" stroke="#5c6f7c" stroke-width="1.6"/></marker>'
    '<marker id="many" viewBox="0 0 12 12" refX="12" refY="6" markerWidth="13" markerHeight="13" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path d="M12,1 L1,6 L12,11 M1,6 L12,6" fill="none" stroke="#5c6f7c"'
    ' stroke-width="1.4"/></marker>'
    '<marker id="part" viewBox="0 0 14 10" refX="0" refY="5" markerWidth="14" markerHeight="10" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path d="M0,5 L7,1 L14,5 L7,9 Z" fill="#5c6f7c"/></marker>'
    "</defs>"
)


def _rows(entity: Entity) -> tuple[Field, ...]:
    return tuple(field for field in entity.fields if field.name != entity.whole)


def _x(column: int) -> float:
    return MARGIN + column * (WIDTH + BETWEEN)


def _box(box: Box) -> Iterator[str]:
    kind = ' class="part"' if box.entity.whole else ""
    yield f"<g{kind}>"
    yield f'<rect class="box" x="{box.x}" y="{box.y:.1f}" width="{WIDTH}" height="{box.height:.1f}" rx="5"/>'
    x, y = box.x, box.y
    yield f'<path class="head" d="M{x},{y + HEAD:.1f} v-{HEAD - 5} q0,-5 5,-5 h{WIDTH - 10} q5,0 5,5 v{HEAD - 5} z"/>'
    yield f'<text class="name" x="{x + 11}" y="{y + 20:.1f}">{escape(box.entity.name)}</text>'
    for field in box.fields:
        level = box.level(field.name) + 4
        yield f'<text class="field" x="{x + 11}" y="{level:.1f}">{escape(_cut(field.name, 17))}</text>'
        kind = _cut(f"{named(field.type)}{'?' if field.optional else ''}", 16)
        yield f'<text class="type" x="{x + WIDTH - 11}" y="{level:.1f}" text-anchor="end">{escape(kind)}</text>'
    yield "</g>"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _line(relation: Relation, boxes: dict[str, Box], placed: Layout) -> str:
    source, target = boxes[relation.source], boxes[relation.target]
    start, end = (source.x + WIDTH, source.level(relation.field)), (target.x, target.y + HEAD / 2)
    if source.x >= target.x:
        path = _around(start, (target.x + WIDTH, target.y + HEAD / 2))
    else:
        bends = placed.bends.get((relation.source, relation.target), ())
        path = _through(start, [(column, MARGIN + level) for column, level in bends], end)
    classes = f"{relation.link}{' optional' if relation.optional else ''}"
    ends = {Link.ONE: "one", Link.MANY: "many", Link.PART: "many"}[relation.link]
    begins = ' marker-start="url(#part)"' if relation.link is Link.PART else ""
    return f'<g class="{classes}"><path class="line" d="{path}" marker-end="url(#{ends})"{begins}/></g>'


def _through(start: tuple[float, float], bends: Sequence[tuple[int, float]], end: tuple[float, float]) -> str:
    """A smooth line that crosses every column between its ends at the level that was kept free for it."""
    path, (x, y) = f"M{start[0]:.1f},{start[1]:.1f}", start
    stops = [(edge, level) for column, level in bends for edge in (_x(column), _x(column) + WIDTH)]
    for index, (to_x, to_y) in enumerate([*stops, end]):
        flat = index % 2 == 1 and index < len(stops)
        reach = (to_x - x) / 2
        path += (
            f" H{to_x:.1f}"
            if flat
            else f" C{x + reach:.1f},{y:.1f} {to_x - reach:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"
        )
        x, y = to_x, to_y
    return path


def _around(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line that leaves and arrives on the right: to the entity itself, or to one further left."""
    out = max(start[0], end[0]) + 34
    return f"M{start[0]:.1f},{start[1]:.1f} C{out:.1f},{start[1]:.1f} {out:.1f},{end[1]:.1f} {end[0]:.1f},{end[1]:.1f}"
