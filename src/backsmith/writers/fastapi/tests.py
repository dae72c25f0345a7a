"""`tests/`: what a written project proves about itself. Every expected value comes from the design."""

from backsmith.contract import Contract
from backsmith.design.model import Design
from backsmith.writers.fastapi import access_tests, contract_tests, hyperlink_tests, race_tests
from backsmith.writers.fastapi.entity_tests import EntityTests
from backsmith.writers.python.page import printed


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The written tests that depend on the design, by their paths."""
    met = [entity for entity in design.entities if not entity.builtin and entity.whole is None]
    tested = {entity.plural: EntityTests(design, contract, entity) for entity in met}
    pages = {plural: tests.page() for plural, tests in tested.items()}
    return {
        **{f"tests/test_{plural}.py": printed(page) for plural, page in pages.items()},
        **race_tests.files(design, [(tests, pages[plural]) for plural, tests in tested.items()]),
        **access_tests.files(design, contract),
        **contract_tests.files(design, contract),
        **hyperlink_tests.files(design, contract),
    }
