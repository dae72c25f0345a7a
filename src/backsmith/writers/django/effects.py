"""What changes and moves do to other rows: effects, with the rows that each reaches and by how much."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design.happenings import named_effects, reached
from backsmith.design.model import Design, Effect, Entity
from backsmith.writers.django import names
from backsmith.writers.django.expressions import Compiler
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, call, code, joined, name, quoted
from backsmith.writers.python.page import Named

EFFECT = name("apps.core.effects", "Effect")
F, SUM = name("django.db.models", "F"), name("django.db.models", "Sum")


USED = (
    ("collections.abc", "Mapping"),
    ("typing", "Any"),
    ("django.db.models", "QuerySet"),
    ("apps.core.caller", "Caller"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """A function that answers the rows that an effect changes, and by how much."""

    name: str
    doc: str
    returns: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsPage(Page):
    template: ClassVar[str] = "apps/effects.py.j2"

    phrases: str
    model: str
    amounts: tuple[Amounts, ...]
    effects: tuple[Named, ...]
    """The effects of each change and move, under its name: `PAY`."""
    used: tuple[Code, ...]


def has_effects(entity: Entity) -> bool:
    """Whether anything happens to other rows."""
    return bool(named_effects(entity))


def effects_page(design: Design, entity: Entity) -> EffectsPage:
    """The module of an entity's effects."""
    printer = Printer(design, entity)
    effects = [
        Named(name=called.upper(), code=code("({},)", joined(", ", map(printer.effect, found))))
        for called, found in named_effects(entity)
    ]
    model = name(f"apps.{printer.app}.models", entity.name)
    used = (model, *(name(*each) for each in USED))
    return EffectsPage(
        phrases=names.phrases(entity),
        model=entity.name,
        amounts=tuple(printer.amounts),
        effects=tuple(effects),
        used=used,
    )


class Printer:
    """Prints the effects of one entity. amounts: what effects have in common stands there once."""

    def __init__(self, design: Design, entity: Entity) -> None:
        self.design, self.entity, self.app = design, entity, names.app(design, entity)
        self.amounts: list[Amounts] = []

    def effect(self, effect: Effect) -> Code:
        """`Effect("lines.product.stock -= lines.quantity", products.Product, "stock", "-=", lines_product)`."""
        at = reached(self.design, self.entity, effect)
        last = at.field(effect.target.steps[-1])
        model = names.model(self.design, at, self.app)
        column, operator = quoted(names.column(last)), quoted(effect.operator)
        return call(EFFECT, quoted(effect.text), model, column, operator, self._function(effect))

    def _function(self, effect: Effect) -> str:
        """The name of the function that answers its amounts."""
        returns = self._amounts(effect)
        known = next((each for each in self.amounts if each.returns.text == returns.text), None)
        if known is None:
            over = effect.over.steps if effect.over is not None else ()
            wanted = "_".join((*over, *effect.target.steps)) + "_amounts"
            taken = sum(each.name.startswith(wanted) for each in self.amounts)
            called = f"{wanted}_{taken + 1}" if taken else wanted
            known = Amounts(name=called, doc=effect.text, returns=returns)
            self.amounts.append(known)
        return known.name

    def _amounts(self, effect: Effect) -> Code:
        if effect.over is None:
            compiler = Compiler(self.design, self.entity, self.app)
            rows = code("{}.objects.filter(pk=row.pk)", names.model(self.design, self.entity, self.app))
            value = compiler.amount(effect)
            return code("{}.values(effect__target={}, effect__amount={})", rows, self._target(effect, ""), value)
        compiler = Compiler(self.design, self.entity, self.app, row="row")
        rows, prefix = compiler.gone_over(effect.over)
        value, target = compiler.amount(effect), self._target(effect, prefix)
        if effect.operator == "=":
            return code("{}.values(effect__target={}, effect__amount={}).distinct()", rows, target, value)
        return code("{}.values(effect__target={}).annotate(effect__amount={})", rows, target, call(SUM, value))

    def _target(self, effect: Effect, prefix: str) -> Code:
        """The path to the row that changes."""
        path = (prefix + "__".join(effect.target.steps[:-1])).removesuffix("__")
        return call(F, quoted(path or "pk"))
