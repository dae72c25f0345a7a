"""Folding a rule for a kind of caller."""

import pytest

import backsmith
from backsmith.contract.model import When
from backsmith.contract.rules import conjunction, fold, rule
from backsmith.design.expressions import And, Anyone, Expr, Or, Role, SignedIn
from backsmith.design.model import Design
from backsmith.design.text import text

BLUEPRINT = """
backend: b
auth: {{roles: [clerk, chief, admin]}}
entities:
  Team:
    fields:
      name: str(20)
      lead: User owner
      members: User[]
    access: {{read: anyone}}
  Thing:
    fields:
      maker: User owner
      helper: User?
      team: Team
      state: draft|done = draft
    access: {{read: {rule}}}
"""


def read(written: str) -> Design:
    result = backsmith.read(BLUEPRINT.format(rule=f'"{written}"'))
    assert result.design is not None, result.diagnostics
    return backsmith.expand(result.design)


def condition(written: str) -> Expr:
    return read(written).entity("Thing").access.read


@pytest.mark.parametrize(
    ("written", "roles", "left"),
    [
        ("anyone", None, "True"),
        ("signed_in", None, "False"),
        ("signed_in", frozenset(), "True"),
        ("clerk", None, "False"),
        ("clerk", frozenset({"clerk"}), "True"),
        ("clerk", frozenset({"chief"}), "False"),
        ("not clerk", frozenset({"chief"}), "True"),
        ("owner", None, "False"),
        ("owner", frozenset(), "maker == user"),
        ("owner or clerk", frozenset({"clerk"}), "True"),
        ("owner or clerk", frozenset({"chief"}), "maker == user"),
        ("owner and state == 'draft'", frozenset(), "maker == user and state == 'draft'"),
        ("owner and state == 'draft'", None, "False"),
        ("state == 'done'", None, "state == 'done'"),
        ("state == 'done' or owner", None, "state == 'done'"),
        ("helper == user", None, "False"),
        ("user in team.members", None, "False"),
        ("user in team.members or chief", frozenset({"clerk"}), "user in team.members"),
        ("any(team.members == user)", frozenset({"clerk"}), "any(team.members == user)"),
        ("clerk and (owner or chief)", frozenset({"clerk"}), "maker == user"),
    ],
)
def test_what_is_left_of_a_rule(written: str, roles: frozenset[str] | None, left: str) -> None:
    folded = fold(condition(written), roles)
    assert (str(folded) if isinstance(folded, bool) else text(folded)) == left


@pytest.mark.parametrize(
    ("written", "grants"),
    [
        ("owner or chief", {"nobody": "never", "owner": "always", "clerk": "own rows", "chief": "always"}),
        ("anyone", {"nobody": "always", "owner": "always", "clerk": "always", "chief": "always"}),
        ("admin", {"nobody": "never", "owner": "never", "clerk": "never", "chief": "never"}),
        ("helper == user", {"nobody": "never", "owner": "some rows", "clerk": "some rows", "chief": "some rows"}),
        ("team.lead == user", {"nobody": "never", "owner": "some rows", "clerk": "some rows", "chief": "some rows"}),
    ],
)
def test_grants(written: str, grants: dict[str, str]) -> None:
    design = read(written)
    found = rule(design, None, design.entity("Thing").access.read)
    assert {each.caller: each.when.value for each in found.grants} == grants | {"admin": "always"}
    assert found.grant("admin").when is When.ALWAYS


def test_a_conjunction_says_everything_once() -> None:
    clerk, chief = Role(name="clerk"), Role(name="chief")
    assert conjunction((Anyone(), clerk)) == clerk
    assert conjunction((clerk, clerk)) == clerk
    assert conjunction((Or(operands=(clerk, chief)), clerk)) == clerk
    assert conjunction((clerk, Role(name="admin"))) == Role(name="admin")
    assert conjunction((And(operands=(clerk, chief)), SignedIn())) == And(operands=(clerk, chief, SignedIn()))
    assert conjunction(()) == Anyone()
