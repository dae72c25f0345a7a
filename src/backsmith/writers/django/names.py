"""What the things of a design are called in a written project."""

from backsmith.design.model import Design, Entity, Field
from backsmith.design.types import Many, Ref
from backsmith.writers.python.code import Code, Import, code
from backsmith.writers.python.names import module as module
from backsmith.writers.python.names import phrase as phrase
from backsmith.writers.python.names import phrases as phrases

ACCOUNTS = "accounts"
"""The app of those who sign in."""

TAKEN = frozenset(
    {
        *("admin", "auth", "contenttypes", "humanize", "messages", "postgres", "sessions", "sites", "staticfiles"),
        *("accounts", "config", "core", "tests"),
    }
)
"""Labels of Django's own apps and of those that every project has."""

MODULES = frozenset({"fields", "models", "permissions", "computed", "settings", "caller", "core", "now"})
"""Names that the modules of every app use for something else."""


def primary(design: Design, entity: Entity) -> Entity:
    """The entity that an app is about: of a part, its whole."""
    if entity.whole is None:
        return entity
    whole = entity.field(entity.whole).type
    assert isinstance(whole, Ref)
    return primary(design, design.entity(whole.target))


def app(design: Design, entity: Entity) -> str:
    """The label of the entity's app: `orders`, also for the lines of orders."""
    found = primary(design, entity)
    if found.name == "User":
        return ACCOUNTS
    return f"{design.name.replace('-', '_')}_{found.plural}" if found.plural in TAKEN else found.plural


def apps(design: Design) -> dict[str, tuple[Entity, ...]]:
    """The entities of each app, that which the app is about first; apps in the order of their entities."""
    found: dict[str, list[Entity]] = {}
    for entity in design.entities:
        if entity.source is None:
            found.setdefault(app(design, entity), []).append(entity)
    return {
        label: tuple(sorted(entities, key=lambda entity: entity != primary(design, entity)))
        for label, entities in found.items()
    }


def alias(label: str, design: Design | None = None) -> str:
    """What the models of another app are imported as: `tasks`, unless a function of the design may be called so."""
    functions = {
        called
        for entity in (design.entities if design is not None else ())
        for called in (
            *(move.name for move in entity.moves),
            *(action.name for action in entity.actions),
            *(field.name for field in entity.fields if field.computed is not None),
        )
    }
    return f"{label}_models" if label in MODULES | functions else label


def sibling(within: str, label: str, module_: str, design: Design | None = None) -> Code:
    """A module of an app, as the modules of the app `within` name it: `models`, `products_computed`."""
    if label == within:
        return Code(module_, frozenset({Import(f"apps.{label}", module_)}))
    called = alias(label, design) if module_ == "models" else f"{label}_{module_}"
    return Code(called, frozenset({Import(f"apps.{label}", module_, called)}))


def model(design: Design, entity: Entity, within: str) -> Code:
    """The class of an entity, as the modules of the app `within` name it: `models.Order`, `products.Product`."""
    return code("{}.{}", sibling(within, app(design, entity), "models", design), entity.name)


def label(design: Design, entity: Entity) -> str:
    """The class of an entity, as fields name it: `orders.Order`."""
    return f"{app(design, entity)}.{entity.name}"


def function(design: Design, entity: Entity, called: str) -> str:
    """A function about an entity in a module of its app: `read`, and `order_line_read` for a part."""
    return called if primary(design, entity) == entity else f"{module(entity)}_{called}"


def column(field: Field) -> str:
    """The column of a stored field, which is also the attribute that holds a key: `category_id`."""
    return f"{field.name}_id" if isinstance(field.type, Ref) else field.name


def pairs_table(entity: Entity, field: Field) -> str:
    """The table of a many-to-many field."""
    return f"{module(entity)}_{field.name}"


def pairs_class(entity: Entity, field: Field) -> str:
    """The class of such a table: `ProductTags`."""
    return entity.name + "".join(part.capitalize() for part in field.name.split("_"))


def pair_fields(entity: Entity, field: Field) -> tuple[str, str]:
    """Its references: to the row that has the field, and to the row that it leads to."""
    assert isinstance(field.type, Many)
    here, there = module(entity), module(field.type.target)
    return here, f"other_{there}" if here == there else there
