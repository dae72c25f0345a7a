"""What people read about a design: its text, and its drawing."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import backsmith
from backsmith.design.model import Design
from backsmith.writers.documents.explain import explain
from backsmith.writers.documents.layers import layout
from backsmith.writers.documents.relations import Link, entities, relations
from backsmith.writers.documents.svg import svg

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def design(request: pytest.FixtureRequest) -> Design:
    result = backsmith.read(request.param.read_text())
    assert result.design is not None, result.diagnostics
    return result.design


def test_every_entity_and_field_is_told(design: Design) -> None:
    sections = {section.title: section.body for section in explain(design, backsmith.contract_of(design))}
    assert list(sections)[1:] == ["Entities", "Endpoints", "Who may do what", "Relations"]
    for entity in design.entities:
        if not entity.builtin:
            assert entity.name in sections["Entities"]
            assert all(field.name in sections["Entities"] for field in entity.fields if field.name != entity.whole)


def test_every_move_stands_in_the_matrix(design: Design) -> None:
    matrix = explain(design, backsmith.contract_of(design))[3].body
    for entity in design.entities:
        for name in [move.name for move in entity.moves] + [action.name for action in entity.actions]:
            assert f" {name} " in matrix


def test_the_drawing_holds_every_entity_and_relation(design: Design) -> None:
    drawing = ElementTree.fromstring(svg(design))
    space = "{http://www.w3.org/2000/svg}"
    names = [each.text for each in drawing.iter(f"{space}text") if each.get("class") == "name"]
    assert names == [entity.name for entity in entities(design)]
    lines = [each for each in drawing.iter(f"{space}path") if each.get("class") == "line"]
    assert len(lines) == len(relations(design))
    assert svg(design) == svg(design)


def test_relations_say_how_they_lead() -> None:
    result = backsmith.read(next(path for path in EXAMPLES if path.stem == "shop").read_text())
    assert result.design is not None
    assert [(each.source, each.field, each.target, each.link) for each in relations(result.design)] == [
        ("Category", "parent", "Category", Link.ONE),
        ("Product", "category", "Category", Link.ONE),
        ("Product", "tags", "Tag", Link.MANY),
        ("Order", "customer", "User", Link.ONE),
        ("Order", "lines", "OrderLine", Link.PART),
        ("OrderLine", "product", "Product", Link.ONE),
    ]


HEIGHTS = {"a": 30.0, "b": 50.0, "c": 20.0, "d": 40.0}


@pytest.mark.parametrize(
    "edges",
    [
        [],
        [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")],
        [("a", "b"), ("a", "c"), ("a", "d"), ("b", "d"), ("c", "d")],
        [("a", "b"), ("b", "a")],
        [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")],
    ],
)
def test_nodes_stand_apart_and_edges_lead_forward(edges: list[tuple[str, str]]) -> None:
    placed = layout(HEIGHTS, edges, gap=10)
    for column in set(placed.columns.values()):
        names = sorted((name for name in HEIGHTS if placed.columns[name] == column), key=placed.tops.__getitem__)
        for above, below in pairwise(names):
            assert placed.tops[below] - placed.tops[above] - HEIGHTS[above] >= 10 - 0.01
    turned = [1 for a, b in edges if a != b and placed.columns[a] >= placed.columns[b]]
    assert len(turned) <= (1 if len(edges) in (2, 4) else 0)
    assert min(placed.tops.values()) == 0


def test_an_edge_over_several_columns_has_a_point_in_each_between() -> None:
    placed = layout(HEIGHTS, [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")], gap=10)
    assert [column for column, _ in placed.bends["a", "d"]] == [1, 2]
