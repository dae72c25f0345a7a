"""Each pass over a design: what it adds, and what it leaves alone."""

import pytest

from backsmith.design.expressions import Compare, Expr, Owner, Path, Tenant, User
from backsmith.design.model import Design, Entity, Given
from backsmith.design.rewrite import rewrite
from backsmith.design.text import text
from backsmith.design.types import BigInt, Uuid
from backsmith.features import PASSES, lower
from backsmith.features.tenant import tenant_paths
from backsmith.readers.blueprint import read_blueprint

TRACKER = """
backend: tracker
auth: {roles: [member, lead, admin]}
entities:
  Workspace: {fields: {name: str}, tenant: true, access: {read: member}}
  Project:
    fields: {workspace: Workspace, key: str(8) unique, lead: "User?"}
    access: {read: member}
  Task:
    fields:
      project: Project
      reporter: User owner
      title: str unique
      comments: Comment[] part
    access: {read: owner or lead, update: owner and title != 'done'}
    unique: [[project, title], [title, reporter]]
    soft_delete: true
    history: true
  Comment:
    fields: {text: text}
    access: {read: owner}
  Country: {fields: {code: str(2) unique}, access: {read: anyone}}
"""


def written(source: str = TRACKER) -> Design:
    result = read_blueprint(source, "backend.yaml")
    assert not result.diagnostics
    assert result.design is not None
    return result.design


@pytest.fixture(scope="module")
def design() -> Design:
    return lower(written())


def names(entity: Entity) -> list[str]:
    return [field.name for field in entity.fields]


def test_lowering_twice_is_lowering_once(design: Design) -> None:
    assert lower(design) is design


def test_every_pass_is_a_page_of_the_manual() -> None:
    for feature in PASSES:
        page = feature.__doc__ or ""
        missing = [word for word in ("What:", "Why:", "Changes:") if word not in page]
        assert not missing, (feature.__name__, missing)


def test_every_entity_has_key_moments_and_version(design: Design) -> None:
    for entity in design.entities:
        assert names(entity)[0] == "id"
        assert {"created_at", "updated_at", "version"} <= set(names(entity))
        assert all(entity.field(name).given is Given.SERVER for name in ("id", "created_at", "updated_at", "version"))
        assert entity.field("version").private


@pytest.mark.parametrize(("api", "type_"), [("", BigInt()), ("api: {ids: uuid7}\n", Uuid())])
def test_the_key_follows_the_setting(api: str, type_: object) -> None:
    lowered = lower(written(f"backend: x\n{api}entities:\n  Note: {{fields: {{title: str}}}}\n"))
    assert lowered.entity("Note").field("id").type == type_


def test_no_rule_says_owner_any_more(design: Design) -> None:
    def visit(expr: Expr) -> Expr:
        assert not isinstance(expr, Owner)
        return expr

    for entity in design.entities:
        for rule in (entity.access.read, entity.access.create, entity.access.update, entity.access.delete):
            rewrite(rule, visit)


def test_owner_is_a_comparison_and_stored_from_the_caller(design: Design) -> None:
    task = design.entity("Task")
    assert text(task.access.read) == "reporter == user or lead"
    assert isinstance(task.field("reporter").set, User)
    assert task.field("reporter").given is Given.CALLER


def test_a_part_belongs_to_the_owner_of_its_whole(design: Design) -> None:
    rule = design.entity("Comment").access.read
    assert isinstance(rule, Compare)
    assert isinstance(rule.left, Path)
    assert rule.left.steps == ("task", "reporter")


def test_tenant_paths_are_the_shortest_required_ones() -> None:
    assert tenant_paths(written()) == {
        "Project": ("workspace",),
        "Task": ("project", "workspace"),
        "Comment": ("task", "project", "workspace"),
        "Membership": ("workspace",),
    }


def test_a_direct_reference_to_the_tenant_is_stored_from_the_request(design: Design) -> None:
    workspace = design.entity("Project").field("workspace")
    assert isinstance(workspace.set, Tenant)
    assert workspace.given is Given.SERVER


def test_a_distant_tenant_becomes_a_hidden_reference(design: Design) -> None:
    workspace = design.entity("Task").field("workspace")
    assert workspace.private
    assert isinstance(workspace.set, Path)
    assert workspace.set.steps == ("project", "workspace")


def test_scoped_and_shared_entities(design: Design) -> None:
    scoped = {entity.name for entity in design.entities if entity.scope is not None}
    assert scoped == {"Workspace", "Project", "Task", "Comment"}


def test_uniqueness_is_within_the_tenant(design: Design) -> None:
    def unique(name: str) -> list[tuple[str, ...]]:
        return [constraint.fields for constraint in design.entity(name).unique]

    assert unique("Project") == [("workspace", "key")]
    # (project, title) keeps to one tenant already: a project belongs to one.
    assert unique("Task") == [("workspace", "title"), ("project", "title"), ("workspace", "title", "reporter")]
    assert unique("Country") == []
    assert design.entity("Country").field("code").unique


def test_soft_delete_counts_live_rows_only(design: Design) -> None:
    task = design.entity("Task")
    assert "deleted_at" in names(task)
    assert task.trash is not None
    assert text(task.trash) == "deleted_at != None"
    assert [constraint.where and text(constraint.where) for constraint in task.unique] == ["deleted_at == None"] * 3


def test_history_goes_to_the_parts(design: Design) -> None:
    assert {entity.name for entity in design.entities if entity.history} == {"Task", "Comment"}
