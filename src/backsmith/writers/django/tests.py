"""`tests/`: what a written project proves about itself, in the words of Django."""

from backsmith.contract import Contract
from backsmith.design.model import Design
from backsmith.writers.django import factories, names
from backsmith.writers.django.dialect import DIALECT, factory
from backsmith.writers.django.synchronous import synchronous
from backsmith.writers.python import tests


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The written tests that depend on the design, by their paths."""
    classes = {names.module(entity): f"{factory(entity)}.create" for entity in design.entities}
    written = tests.files(design, contract, DIALECT)
    found = {path: synchronous(text, classes) for path, text in written.items()}
    return found | factories.files(design, contract)
