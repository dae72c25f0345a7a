"""Whatever stands in a blueprint, the answer is a design or diagnostics with places: never a traceback."""

import json
import os
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from backsmith.design.json import from_json, to_json
from backsmith.design.support import unsupported
from backsmith.diagnostics.model import Severity
from backsmith.diagnostics.terminal import render
from backsmith.features import lower
from backsmith.readers.blueprint import read_blueprint

NAME = "backend.yaml"
ROOT = Path(__file__).parents[1]
SOUND = [path.read_text() for path in sorted((ROOT / "examples").glob("*.yaml"))]
BROKEN = [
    path.read_bytes().decode(errors="replace")
    for path in sorted((ROOT / "tests" / "cases").glob("broken-*/backend.yaml"))
]

WORDS = re.findall(
    r"\S+",
    """
    str text int bigint float decimal(10,2) decimal(3,9) money bool date time datetime duration uuid email url slug
    phone ip json file image str(80) str[] int[] Product Order Product[] Order[] Line[] User User[] Size Nothing
    draft|paid a|b|c ? unique index search private readonly owner fixed part by was default set on delete cascade
    null restrict = >= <= > < == ~ /^[a-z]+$/ /( 0 1 -1 1.5 99999999999 'x' "y" name price lines lines.price
    product.price product.name user user.name now today owner anyone signed_in admin staff customer status
    input.note sum(lines.price) count(lines) any(lines.price) min(lines.price) coalesce(price,0) days(7) lower(name)
    and or not in + - * / ( ) , . status=='draft' True None id created_at parent parent.name all max avg upper
    length hours minutes is != [ ] { } | tags labels 'x' in
    """,
)

line = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)
quoted = line.map(lambda text: json.dumps(text, ensure_ascii=False))
name = st.sampled_from(
    ["name", "price", "lines", "status", "parent", "product", "tags", "labels", "total", "id", "user", "x_1"]
)
fields = st.dictionaries(name, quoted, min_size=1, max_size=6)
rules = st.dictionaries(st.sampled_from(["read", "create", "update", "delete", "write", "fields"]), quoted, max_size=3)
move = st.fixed_dictionaries(
    {"from": quoted, "to": quoted},
    optional={"by": quoted, "do": quoted, "field": name, "input": st.just("{note: str}")},
)


def runs(examples: int) -> settings:
    """The same examples in every run; other ones, and ten times as many, with `BACKSMITH_EXPLORE=1`."""
    explore = bool(os.environ.get("BACKSMITH_EXPLORE"))
    return settings(max_examples=examples * (10 if explore else 1), deadline=None, derandomize=not explore)


def block(values: dict[str, str], indent: int) -> str:
    """A mapping of YAML."""
    return "".join(f"\n{' ' * indent}{key}: {value}" for key, value in values.items())


@st.composite
def entity(draw: st.DrawFn) -> str:
    """An entity that is sound in shape, and random in what it says."""
    parts = [f"    fields:{block(draw(fields), 6)}", f"    access:{block(draw(rules), 6) or ' {}'}"]
    moves = draw(st.dictionaries(st.sampled_from(["pay", "ship", "delete"]), move, max_size=2))
    if moves:
        parts.append("    moves:" + "".join(f"\n      {key}:{block(value, 8)}" for key, value in moves.items()))
    for key in draw(st.lists(st.sampled_from(["unique", "index", "no_overlap"]), unique=True, max_size=2)):
        parts.append(f"    {key}: [[{', '.join(draw(st.lists(name, max_size=3)))}]]")
    for key in draw(
        st.lists(st.sampled_from(["checks", "order", "sortable", "source", "was", "ids", "plural"]), unique=True)
    ):
        parts.append(f"    {key}: {draw(quoted)}")
    for key in draw(st.lists(st.sampled_from(["tenant", "history", "soft_delete"]), unique=True)):
        parts.append(f"    {key}: true")
    return "\n".join(parts)


@st.composite
def blueprint(draw: st.DrawFn) -> str:
    """A blueprint of random entities."""
    names = draw(st.lists(st.sampled_from(["Product", "Order", "Line", "User", "Membership"]), min_size=1, unique=True))
    entities = "\n".join(f"  {each}:\n{draw(entity())}" for each in names)
    roles = draw(st.lists(st.sampled_from(["customer", "staff", "admin", "user", "name"]), min_size=1))
    return f"backend: shop\nauth: {{roles: [{', '.join(roles)}]}}\ntypes: {{Size: s|m|l}}\nentities:\n{entities}\n"


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A blueprint of a person, with a few changes that a person, or a disk, might make."""
    text = draw(st.sampled_from(SOUND + BROKEN))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        new = draw(
            st.one_of(
                st.sampled_from(["", "\n", " ", "  ", "\t", ":", ": ", "[", "}", "&a ", "*a", "#", "'", "|"]), line
            )
        )
        text = text[:start] + new + text[end:]
    return text


def check(text: str | bytes) -> None:
    """What holds of every answer."""
    read = read_blueprint(text, NAME)
    errors = [each for each in read.diagnostics if each.severity is Severity.ERROR]
    assert (read.design is None) == bool(errors)
    shown = text if isinstance(text, str) else text.decode(errors="replace")
    assert len(render(read.diagnostics, {NAME: shown})) >= len(read.diagnostics)
    for each in read.diagnostics:
        assert each.origin is not None, each
        assert each.origin.source == NAME
        assert 1 <= each.origin.line <= shown.count("\n") + 2, each
        assert each.origin.column >= 1
    if read.design is not None:
        unsupported(read.design)
        lowered = lower(read.design)
        for design in (read.design, lowered):
            again = from_json(json.loads(json.dumps(to_json(design))))
            assert again.value == design, again.diagnostics


@runs(100)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_of_random_text(text: str | bytes) -> None:
    check(text)


@runs(150)
@given(blueprint())
def test_of_random_entities(text: str) -> None:
    check(text)


@runs(150)
@given(mutated())
def test_of_changed_blueprints(text: str) -> None:
    check(text)


@runs(150)
@given(line, line)
def test_of_random_lines(first: str, second: str) -> None:
    check(
        "backend: shop\nentities:\n  Product:\n    fields:\n      name: str\n      price: money\n"
        f"      parent: Product?\n      x: {json.dumps(first)}\n    access:\n      read: {json.dumps(second)}\n"
    )
