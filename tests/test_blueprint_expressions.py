"""The language of expressions: what each says, what it is worth, and where its mistakes stand."""

import pytest

from backsmith.design import expressions as e
from backsmith.design import types as t
from backsmith.design.check import Use, condition, effect, expression, value
from backsmith.design.expressions import Expr
from backsmith.design.model import Design, Field
from backsmith.design.text import text
from backsmith.diagnostics.passage import Passage
from backsmith.readers.blueprint import read_blueprint

PROJECTS = """
backend: projects
auth: {roles: [worker, lead, admin]}
types: {Size: s|m|l}
entities:
  User:
    fields: {team: Team?, limit_of: money = 100}
  Team:
    fields: {name: str}
  Client:
    fields: {name: str, mail: email, since: date, rate: "decimal(8,3)?"}
  Tag:
    fields: {name: slug unique}
  Project:
    fields:
      title: str(200)
      note: text?
      client: Client
      parent: Project?
      lead: User owner
      members: User[]
      tags: Tag[]
      labels: str[]
      tasks: Task[] part
      budget: money
      weight: float
      size: Size = m
      state: open|closed = open
      urgent: bool = False
      starts_at: datetime
      ends_at: datetime?
      due_on: date
      slot: duration
  Task:
    fields:
      title: str
      hours: int
      done: bool = False
      assignee: User?
      price: money
"""


@pytest.fixture(scope="module")
def design() -> Design:
    read = read_blueprint(PROJECTS, "projects.yaml")
    assert read.design is not None, read.diagnostics
    return read.design


def read(design: Design, source: str, use: Use = Use.RULE) -> Expr:
    found = expression(source, design, "Project", use)
    assert found.value is not None, found.diagnostics
    return found.value


EXACT = t.Decimal(precision=12, scale=2)

WORTH = [
    # source, its normal form (None: the same), type, may be null
    ("anyone", None, t.Bool(), False),
    ("signed_in and not worker", None, t.Bool(), False),
    ("owner or (lead and urgent)", "owner or lead and urgent", t.Bool(), False),
    ("(owner or worker) and urgent", None, t.Bool(), False),
    ("not (owner or worker)", None, t.Bool(), False),
    ("true or NONE == note", "True or None == note", t.Bool(), False),
    ("state == 'open'", None, t.Bool(), False),
    ("state in ['open', 'closed']", "state in ('open', 'closed')", t.Bool(), False),
    ("state not in ('open',)", None, t.Bool(), False),
    ("not state in ('open',)", "state not in ('open',)", t.Bool(), False),
    ("size == 's' or 'm' == size", None, t.Bool(), False),
    ("lead == user", None, t.Bool(), False),
    ("lead == user.id", None, t.Bool(), False),
    ("id != parent", None, t.Bool(), False),
    ("user in members", None, t.Bool(), False),
    ("user in tasks.assignee", None, t.Bool(), False),
    ("'urgent' in labels", None, t.Bool(), False),
    ("'sale' in tags.name", None, t.Bool(), False),
    ("user.team.name == client.name", None, t.Bool(), False),
    ("any(members == user)", None, t.Bool(), False),
    ("any(tasks.done and tasks.hours > 3)", None, t.Bool(), False),
    ("all(tasks.done)", None, t.Bool(), False),
    ("any(members.team.name == 'x')", None, t.Bool(), False),
    ("note is None", "note == None", t.Bool(), False),
    ("note is not None", "note != None", t.Bool(), False),
    ("0 < budget <= 10", "0 < budget and budget <= 10", t.Bool(), False),
    ("created_at < now - days(7)", None, t.Bool(), False),
    ("due_on + days(1) <= today", None, t.Bool(), False),
    ("note", None, t.Text(), True),
    ("client.name", None, t.Text(length=255), False),
    ("parent.title", None, t.Text(length=200), True),
    ("client.rate", None, t.Decimal(precision=8, scale=3), True),
    ("user", None, t.Ref(targets=("User",)), True),
    ("user.limit_of", None, EXACT, True),
    ("title + ' ' + client.name", None, t.Text(length=456), False),
    ("lower(title)", None, t.Text(length=200), False),
    ("length(note)", None, t.Int(), True),
    ("coalesce(note, title)", None, t.Text(), False),
    ("coalesce(client.rate, 0)", None, t.Decimal(precision=14, scale=3), False),
    ("count(tasks)", None, t.BigInt(), False),
    ("count(tasks.assignee)", None, t.BigInt(), False),
    ("sum(tasks.hours)", None, t.BigInt(), False),
    ("sum(tasks.hours * tasks.price)", None, t.Decimal(precision=28, scale=2), False),
    ("avg(tasks.hours)", None, t.Decimal(precision=16, scale=6), True),
    ("avg(tasks.price)", None, t.Decimal(precision=18, scale=8), True),
    ("min(tasks.title)", None, t.Text(length=255), True),
    ("max(tasks.hours) + 1", None, t.BigInt(), True),
    ("sum(tasks.hours) / count(tasks)", None, t.Decimal(precision=25, scale=6), True),
    ("budget + 1", None, t.Decimal(precision=13, scale=2), False),
    ("budget * client.rate", None, t.Decimal(precision=20, scale=5), True),
    ("budget / 3", None, t.Decimal(precision=20, scale=8), False),
    ("1 / 3", None, t.Decimal(precision=16, scale=6), False),
    ("-(budget - 1.50)", None, t.Decimal(precision=13, scale=2), False),
    ("budget - (1 - 2)", None, t.Decimal(precision=22, scale=2), False),
    ("budget - 1 - 2", None, t.Decimal(precision=14, scale=2), False),
    ("weight * 2", None, t.Float(), False),
    ("ends_at - starts_at", None, t.Duration(), True),
    ("starts_at + slot * 2", None, t.DateTime(), False),
    ("due_on - client.since", None, t.Duration(), False),
    ("hours(36)", None, t.Duration(), False),
    ("hours(48)", "days(2)", t.Duration(), False),
    ("days(length(title))", None, t.Duration(), False),
    ("-7", None, t.Int(), False),
    ("3_000_000_000", "3000000000", t.BigInt(), False),
    ("1.50", None, t.Decimal(precision=3, scale=2), False),
    ("'it\\'s'", None, t.Text(length=4), False),
    ('"open"', "'open'", t.Text(length=4), False),
    ("'größe' + title", None, t.Text(length=205), False),
]


@pytest.mark.parametrize(("source", "normal", "kind", "nullable"), WORTH, ids=[source for source, *_ in WORTH])
def test_what_an_expression_is_worth(
    design: Design, source: str, normal: str | None, kind: t.Type, nullable: bool
) -> None:
    found = read(design, source)
    assert (found.type, found.may_be_null) == (kind, nullable)
    assert text(found) == (normal or source)
    assert read(design, text(found)) == found


def test_paths_inside_of_aggregates_start_at_their_rows(design: Design) -> None:
    found = read(design, "sum(tasks.assignee.limit_of)")
    assert isinstance(found, e.Aggregate)
    assert found.over.steps == ("tasks",)
    assert found.operand == e.Path(entity="Task", steps=("assignee", "limit_of"), type=EXACT, may_be_null=True)


def test_a_role_that_is_a_field_too_is_the_role_where_a_condition_stands(design: Design) -> None:
    assert read(design, "lead and urgent") == e.And(
        operands=(e.Role(name="lead"), e.Path(entity="Project", steps=("urgent",), type=t.Bool()))
    )
    compared = read(design, "lead == user")
    assert isinstance(compared, e.Compare)
    assert compared.left == e.Path(entity="Project", steps=("lead",), type=t.Ref(targets=("User",)))


MISTAKES = [
    # source, code, the text that is marked
    ("titel == 'x'", "unknown-name", "titel"),
    ("client.nam == 'x'", "unknown-name", "nam"),
    ("title.name == 'x'", "no-fields", "name"),
    ("state == 'opn'", "unknown-word", "'opn'"),
    ("state == open", "unknown-name", "open"),
    ("'ü' == title and client.näme == 'x'", "unknown-name", "näme"),
    ("title and urgent", "not-a-condition", "title"),
    ("budget == weight", "wrong-type", "budget == weight"),
    ("lead == title", "wrong-type", "lead == title"),
    ("lead < user", "wrong-type", "lead < user"),
    ("starts_at > today", "wrong-type", "starts_at > today"),
    ("due_on > '2020-01-01'", "wrong-type", "'2020-01-01'"),
    ("title * 2 == title", "wrong-type", "title * 2"),
    ("starts_at + 7 > now", "wrong-type", "starts_at + 7"),
    ("tasks.hours > 3", "many-rows", "tasks.hours"),
    ("sum(budget) > 3", "not-many", "budget"),
    ("sum(tasks.hours * budget) > 3", "outer-path", "budget"),
    ("sum(tasks.hours * count(tags)) > 3", "not-many", "sum(tasks.hours * count(tags))"),
    ("any(tasks.hours)", "not-a-condition", "tasks.hours"),
    ("sum(tasks.title) > 3", "wrong-type", "tasks.title"),
    ("user in title", "not-many", "title"),
    ("title in members", "wrong-type", "title"),
    ("user in user.team", "user-to-many", "user.team"),
    ("'admin' in user.roles", "user-to-many", "user.roles"),
    ("round(budget) > 3", "unknown-function", "round"),
    ("lower(title, note) == 'x'", "wrong-arguments", "lower(title, note)"),
    ("lower(text=title) == 'x'", "wrong-arguments", "title"),
    ("title.lower() == 'x'", "unknown-function", "title.lower"),
    ("budget % 2 == 0", "not-in-language", "budget % 2"),
    ("title[0] == 'x'", "not-in-language", "title[0]"),
    ("f'{title}' == 'x'", "not-in-language", "f'{title}'"),
    ("budget / 0 > 1", "division-by-zero", "0"),
    ("budget > 99999999999999999999", "too-large", "99999999999999999999"),
    ("slot > days(99999999)", "too-large", "days(99999999)"),
    ("title = 'x'", "syntax", "="),
    ("title == 'x", "syntax", "'"),
    ("urgent # really", "syntax", "# really"),
    ("now + 1e3 > now", "not-in-language", "1e3"),
]


@pytest.mark.parametrize(("source", "code", "marked"), MISTAKES, ids=[source for source, *_ in MISTAKES])
def test_where_a_mistake_stands(design: Design, source: str, code: str, marked: str) -> None:
    found = expression(source, design, "Project", Use.RULE)
    if code == "not-a-condition":
        found = condition(source, design, "Project", Use.RULE)
    assert found.value is None
    first = found.diagnostics[0]
    assert first.origin is not None
    start, end = first.origin.column - 1, (first.origin.end or first.origin.column + 1) - 1
    assert (first.code, source[start:end]) == (code, marked)


def test_several_mistakes_are_told_at_once(design: Design) -> None:
    found = expression("titel == 'x' and client.nam == 'y' or lower(budget) == 'z'", design, "Project", Use.RULE)
    assert [each.code for each in found.diagnostics] == ["unknown-name", "unknown-name", "wrong-type"]


def test_places_are_those_of_the_source(design: Design) -> None:
    passage = Passage(text="titel == 'x'", source="projects.yaml", line=7, column=12)
    (only,) = expression(passage, design, "Project", Use.RULE).diagnostics
    assert only.origin is not None
    assert (only.origin.source, only.origin.line, only.origin.column, only.origin.end) == ("projects.yaml", 7, 12, 17)


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("worker", Use.COMPUTED),
        ("owner", Use.VALUE),
        ("user == lead", Use.CHECK),
        ("now > starts_at", Use.CHECK),
        ("client.name == 'x'", Use.CHECK),
        ("count(tasks) > 0", Use.CHECK),
        ("user in members", Use.CHECK),
        ("input.x == 3", Use.RULE),
    ],
)
def test_words_that_mean_nothing_somewhere(design: Design, source: str, use: Use) -> None:
    found = expression(source, design, "Project", use)
    assert found.diagnostics[0].code in ("word-not-here", "not-own-row")


# Values in fields


@pytest.mark.parametrize(
    ("field", "source", "code"),
    [
        (Field(name="x", type=t.Int()), "1", None),
        (Field(name="x", type=t.Int()), "budget", "wrong-type"),
        (Field(name="x", type=EXACT), "1 / 3", None),
        (Field(name="x", type=EXACT), "weight", "wrong-type"),
        (Field(name="x", type=t.Float()), "budget", None),
        (Field(name="x", type=t.Text(length=100)), "title", "too-long"),
        (Field(name="x", type=t.Text()), "title", None),
        (Field(name="x", type=t.Text()), "note", "may-be-null"),
        (Field(name="x", type=t.Text(), optional=True), "note", None),
        (Field(name="x", type=t.Email()), "title", "wrong-type"),
        (Field(name="x", type=t.Email()), "client.mail", None),
        (Field(name="x", type=t.Enum(words=("a", "b"))), "a", None),
        (Field(name="x", type=t.Enum(words=("a", "b"))), "'c'", "unknown-word"),
        (Field(name="x", type=t.Enum(words=("s", "m", "l", "xl"))), "size", None),
        (Field(name="x", type=t.Ref(targets=("User",))), "user", None),
        (Field(name="x", type=t.Ref(targets=("Team",))), "user", "wrong-type"),
        (Field(name="x", type=t.DateTime()), "now", None),
        (Field(name="x", type=t.Date()), "now", "wrong-type"),
        (Field(name="x", type=t.Duration()), "days(2)", None),
        (Field(name="x", type=EXACT), "1.005", "too-precise"),
        (Field(name="x", type=EXACT), "99999999999", "too-large"),
        (Field(name="x", type=t.Slug()), "'Not a slug'", "wrong-type"),
        (Field(name="x", type=t.Ip()), "'::1'", None),
    ],
)
def test_what_fits_into_a_field(design: Design, field: Field, source: str, code: str | None) -> None:
    found = value(source, design, "Project", field, Use.VALUE)
    assert [each.code for each in found.diagnostics] == ([code] if code else [])


# Effects


def test_an_effect_over_many_rows(design: Design) -> None:
    found = effect("tasks.assignee.limit_of -= tasks.price * tasks.hours", design, "Project").value
    assert found is not None
    assert found.over is not None
    assert (found.operator, found.over.steps, found.over.at) == ("-=", ("tasks",), "Task")
    assert (found.target.entity, found.target.steps) == ("Task", ("assignee", "limit_of"))
    assert text(found.value, found.over.steps) == "tasks.price * tasks.hours"


def test_an_effect_on_the_row_itself_with_an_input(design: Design) -> None:
    found = effect("note = input.reason", design, "Project", (Field(name="reason", type=t.Text(length=200)),)).value
    assert found is not None
    assert found.over is None
    assert found.value == e.Input(name="reason", type=t.Text(length=200))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("tasks.hours *= 2", "not-an-effect"),
        ("tasks.hours", "not-an-effect"),
        ("note = 'x'; title = 'y'", "syntax"),
        ("tasks = 3", "effect-target"),
        ("id = 3", "effect-target"),
        ("lead = user", "effect-target"),
        ("title -= 1", "wrong-type"),
        ("budget -= note", "wrong-type"),
        ("title = note", "too-long"),
        ("tasks.assignee.limit_of = tasks.price", "ambiguous-effect"),
        ("tasks.hours -= budget", "outer-path"),
        ("budget = worker", "word-not-here"),
        ("a = b = 3", "not-an-effect"),
    ],
)
def test_what_is_no_effect(design: Design, source: str, code: str) -> None:
    found = effect(source, design, "Project")
    assert found.value is None
    assert found.diagnostics[0].code == code
