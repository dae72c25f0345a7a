"""`tests/`: what a written project proves about itself. Every expected value comes from the design."""

from backsmith.contract import Contract
from backsmith.design.model import Design
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests import access, hyperlinks, races
from backsmith.writers.python.tests import contract as documented
from backsmith.writers.python.tests.dialect import Dialect
from backsmith.writers.python.tests.entity import EntityTests


def files(design: Design, contract: Contract, dialect: Dialect) -> dict[str, str]:
    """The written tests that depend on the design, by their paths."""
    met = [entity for entity in design.entities if not entity.builtin and entity.whole is None]
    tested = {entity.plural: EntityTests(design, contract, entity, dialect) for entity in met}
    pages = {plural: tests.page() for plural, tests in tested.items()}
    return {
        **{f"tests/test_{plural}.py": printed(page) for plural, page in pages.items()},
        **races.files(design, [(tests, pages[plural]) for plural, tests in tested.items()], dialect),
        **access.files(design, contract, dialect),
        **documented.files(design, contract),
        **hyperlinks.files(design, contract),
    }
