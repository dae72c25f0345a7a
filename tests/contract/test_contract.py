"""The contract of whole designs: endpoints, parameters, bodies, answers."""

from functools import cache
from pathlib import Path

import pytest

import backsmith
from backsmith.contract.model import Comparing, Contract, Kind, Place
from backsmith.contract.parameters import OPERATORS
from backsmith.design import types
from backsmith.design.model import Given

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


@cache
def contract_of(name: str) -> Contract:
    path = next(path for path in EXAMPLES if path.stem == name)
    return of(path.read_text())


def of(blueprint: str) -> Contract:
    result = backsmith.read(blueprint)
    assert result.design is not None, result.diagnostics
    return backsmith.contract_of(result.design)


@pytest.fixture(params=[path.stem for path in EXAMPLES])
def contract(request: pytest.FixtureRequest) -> Contract:
    return contract_of(request.param)


def test_operations_and_paths_are_said_once(contract: Contract) -> None:
    operations = [endpoint.operation for endpoint in contract.endpoints]
    paths = [(endpoint.method, endpoint.path) for endpoint in contract.endpoints]
    assert len(set(operations)) == len(operations)
    assert len(set(paths)) == len(paths)


def test_every_schema_that_is_named_exists_and_is_used(contract: Contract) -> None:
    names = {schema.name for schema in contract.schemas}
    used = {endpoint.body.schema for endpoint in contract.endpoints if endpoint.body}
    used |= {answer.schema for endpoint in contract.endpoints for answer in endpoint.answers if answer.schema}
    used |= {each.schema for schema in contract.schemas for each in schema.properties if each.schema}
    assert used == names


def test_every_endpoint_has_a_rule_for_every_kind_of_caller(contract: Contract) -> None:
    for endpoint in contract.endpoints:
        assert [grant.caller for grant in endpoint.rule.grants] == list(contract.callers), endpoint.operation


def test_parameters_of_the_path_are_named_in_it(contract: Contract) -> None:
    for endpoint in contract.endpoints:
        named = {parameter.name for parameter in endpoint.parameters if parameter.place is Place.PATH}
        assert named == ({"id"} if "{id}" in endpoint.path else set()), endpoint.operation


def test_query_parameters_are_said_once(contract: Contract) -> None:
    for endpoint in contract.endpoints:
        assert len(set(endpoint.query)) == len(endpoint.query), endpoint.operation


def test_the_endpoints_of_the_shops_orders() -> None:
    orders = [(e.operation, e.method, e.path, e.kind.value) for e in contract_of("shop").of("Order")]
    assert orders == [
        ("list_orders", "GET", "/api/v1/orders", "list"),
        ("export_orders", "GET", "/api/v1/orders/export", "export"),
        ("get_order", "GET", "/api/v1/orders/{id}", "item"),
        ("create_order", "POST", "/api/v1/orders", "create"),
        ("update_order", "PATCH", "/api/v1/orders/{id}", "update"),
        ("replace_order", "PUT", "/api/v1/orders/{id}", "replace"),
        ("delete_order", "DELETE", "/api/v1/orders/{id}", "delete"),
        ("pay_order", "POST", "/api/v1/orders/{id}/pay", "move"),
        ("ship_order", "POST", "/api/v1/orders/{id}/ship", "move"),
        ("cancel_order", "POST", "/api/v1/orders/{id}/cancel", "move"),
        ("refund_order", "POST", "/api/v1/orders/{id}/refund", "move"),
    ]


def test_parts_have_no_endpoints_and_kept_rows_can_be_restored() -> None:
    shop = contract_of("shop")
    assert list(shop.of("OrderLine")) == []
    restore = shop.endpoint("restore_product")
    assert (restore.path, restore.rule.text, restore.kind) == ("/api/v1/products/{id}/restore", "staff", Kind.RESTORE)
    assert [e.operation for e in shop.endpoints if e.kind is Kind.RESTORE] == ["restore_product"]


def test_history_is_for_those_who_may_read() -> None:
    tracker = contract_of("tracker")
    history = tracker.endpoint("task_history")
    assert history.rule == tracker.endpoint("get_task").rule
    assert history.success.schema == "HistoryRead"
    assert history.success.page


def test_actions_on_a_row_and_on_all() -> None:
    clinic = contract_of("clinic")
    remind, slots = clinic.endpoint("remind_visit"), clinic.endpoint("free_slots_visits")
    assert (remind.path, remind.body and remind.body.schema) == ("/api/v1/visits/{id}/remind", "RemindVisit")
    assert (slots.path, slots.success.schema) == ("/api/v1/visits/free-slots", "FreeSlotsVisitResult")
    assert remind.answer(501).status == slots.answer(501).status == 501


def test_moves_with_input_have_a_body_and_others_have_none() -> None:
    shop = contract_of("shop")
    assert shop.endpoint("pay_order").body is None
    refund = shop.endpoint("refund_order").body
    assert refund is not None
    assert [each.name for each in shop.schema(refund.schema).properties] == ["reason"]


def test_writing_takes_keys_and_versions() -> None:
    shop = contract_of("shop")

    def headers(operation: str) -> set[str]:
        return {each.name for each in shop.endpoint(operation).parameters if each.place is Place.HEADER}

    assert headers("create_order") == {"Idempotency-Key"}
    assert headers("update_order") == headers("delete_order") == {"If-Match"}
    assert headers("pay_order") == {"If-Match", "Idempotency-Key"}


def test_a_tenant_is_named_in_a_header_everywhere_below_it() -> None:
    tracker = contract_of("tracker")
    endpoint = tracker.endpoint("create_task")
    assert "X-Tenant" in {parameter.name for parameter in endpoint.parameters}
    assert endpoint.rule.within == "Workspace"
    assert tracker.endpoint("list_users").rule.within is None


# What can be asked of a list


def test_every_type_says_how_it_can_be_filtered_by() -> None:
    found = (each for each in vars(types).values() if isinstance(each, type) and issubclass(each, types.Type))
    every = set(found) - {types.Type, types.Null}
    assert set(OPERATORS) == every


def test_filters_go_through_two_references_and_no_further() -> None:
    names = {found.name for found in contract_of("courses").endpoint("list_enrolments").filters}
    assert {"course", "course__code", "course__department__name", "course__teacher__name"} <= names
    assert max(name.count("__") for name in names) == 2


def test_filters_by_type() -> None:
    found = {each.name: each for each in contract_of("shop").endpoint("list_products").filters}
    assert set(found["price"].operators) == set(Comparing) - {Comparing.CONTAINS, Comparing.ISNULL}
    assert Comparing.CONTAINS in found["name"].operators
    assert Comparing.ISNULL in found["description"].operators
    assert found["tags"].parameters == ("tags",)
    assert found["category"].parameters == ("category", "category__ne", "category__in")
    assert found["category"].type == types.BigInt()


def test_private_fields_are_in_no_answer_filter_sort_or_expansion() -> None:
    machines = contract_of("machines")
    endpoint = machines.endpoint("list_machines")
    assert not [name for name in endpoint.query if "secret" in name or "version" in name]
    assert "secret" not in {each.name for each in machines.schema("MachineRead").properties}
    choices = [name for parameter in endpoint.parameters for name in parameter.choices]
    assert "secret" not in choices
    assert "secret" in {each.name for each in machines.schema("MachineCreate").properties}


def test_sorting_is_for_what_an_index_serves() -> None:
    rooms = contract_of("rooms")
    sort = next(each for each in rooms.endpoint("list_rooms").parameters if each.name == "sort")
    assert set(sort.choices) == {"id", "building", "seats", "hourly", "created_at", "updated_at"}
    assert sort.downward
    assert sort.default == "-id"


def test_expansions_are_three_deep_at_most() -> None:
    expand = next(each for each in contract_of("shop").endpoint("list_orders").parameters if each.name == "expand")
    assert set(expand.choices) == {
        "customer",
        "lines",
        "lines.product",
        "lines.product.category",
        "lines.product.tags",
    }
    deep = next(each for each in contract_of("courses").endpoint("list_courses").parameters if each.name == "expand")
    assert "prerequisites.prerequisites.prerequisites" in deep.choices
    assert max(path.count(".") for path in deep.choices) == 2


def test_search_is_there_where_fields_are_searched() -> None:
    shop = contract_of("shop")
    assert "q" in shop.endpoint("list_products").query
    assert "q" not in shop.endpoint("list_orders").query


# Bodies and answers


def test_what_nobody_sends_is_read_only() -> None:
    create = contract_of("shop").schema("OrderCreate")
    given = {each.name: each.given for each in create.properties}
    assert given["total"] is given["id"] is given["status"] is given["created_at"] is Given.SERVER
    assert given["customer"] is Given.CALLER
    assert given["note"] is Given.CLIENT
    assert [each.name for each in create.properties if each.required] == []


def test_what_is_sent_once_is_read_only_afterwards() -> None:
    tracker = contract_of("tracker")
    assert not tracker.schema("TaskCreate").property("project").read_only
    assert tracker.schema("TaskCreate").property("project").required
    assert tracker.schema("TaskUpdate").property("project").read_only
    assert tracker.schema("TaskReplace").property("project").read_only


def test_changing_requires_nothing_and_replacing_what_making_does() -> None:
    shop = contract_of("shop")
    assert [each.name for each in shop.schema("ProductUpdate").properties if each.required] == []
    required = ["sku", "name", "price", "category"]
    for ending in ("Create", "Replace"):
        assert [each.name for each in shop.schema(f"Product{ending}").properties if each.required] == required


def test_parts_are_written_with_their_whole() -> None:
    shop = contract_of("shop")
    lines = shop.schema("OrderCreate").property("lines")
    assert (lines.schema, lines.many) == ("OrderLineItem", True)
    item = {each.name: each.given for each in shop.schema("OrderLineItem").properties}
    assert item["id"] is Given.CLIENT
    assert item["order"] is item["price"] is Given.SERVER


def test_a_reference_is_its_id_or_the_row_or_null() -> None:
    category = contract_of("shop").schema("ProductRead").property("category")
    assert (category.schema, category.nullable, category.many) == ("CategoryRead", True, False)


def test_fields_that_not_everybody_reads_may_be_absent_and_say_who_does() -> None:
    notes = contract_of("clinic").schema("PatientRead").property("notes")
    assert not notes.required
    assert notes.rule is not None
    assert notes.rule.text == "doctor"
    assert notes.rule.grant("nurse").when.value == "never"


# Accounts


@pytest.mark.parametrize(
    ("register", "there", "absent"),
    [
        ("open", {"register"}, {"invite"}),
        ("invite", {"register", "invite"}, set[str]()),
        ("closed", set[str](), {"register", "invite"}),
    ],
)
def test_who_may_make_an_account(register: str, there: set[str], absent: set[str]) -> None:
    contract = of(
        f"backend: b\nauth: {{roles: [guest], register: {register}}}\nentities: {{A: {{fields: {{n: int}}}}}}\n"
    )
    operations = {endpoint.operation for endpoint in contract.endpoints}
    assert there <= operations
    assert not absent & operations
    assert {"token", "refresh", "logout", "get_me", "verify_email"} <= operations


def test_accounts_are_neither_deleted_nor_replaced() -> None:
    operations = [endpoint.operation for endpoint in contract_of("shop").of("User")]
    assert operations == ["list_users", "get_user", "create_user", "update_user"]
    assert contract_of("shop").schema("UserCreate").property("active").read_only
    assert not contract_of("shop").schema("UserUpdate").property("active").read_only


LINKED = """
backend: linked
auth: {roles: [customer, staff, admin]}
api: {links: true}
entities:
  Order:
    fields:
      customer: User owner
      status: draft|paid = draft
      lines: Line[] part
    access: {read: owner, create: customer}
    moves: {pay: {from: draft, to: paid, by: owner}}
  Line:
    fields: {quantity: int}
"""


def test_links_are_those_of_rows_with_a_path_of_their_own() -> None:
    contract = of(LINKED)
    names = [link.name for link in contract.schema("OrderLinks").properties]
    assert names == ["self", "update", "delete", "pay", "customer"]
    assert contract.schema("OrderRead").property("links").schema == "OrderLinks"
    assert contract.schema("OrderCreate").property("links").read_only
    assert "links" not in {each.name for each in contract.schema("LineRead").properties}
    fields = next(each for each in contract.endpoint("get_order").parameters if each.name == "fields")
    assert "links" in fields.choices
