"""Fields with a rule of their own for who may write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

from app.core.caller import Roles
from app.core.changes import ROW, Change
from app.core.errors import FieldError, Forbidden
from app.core.forms import Form, Rule
from app.core.schemas import Body


@dataclass(frozen=True, eq=False)
class GuardedForm(Form):
    """A form with rules for single fields: `guarded`."""

    guarded: Mapping[str, Rule] = field(default_factory=dict, kw_only=True)

    async def kept(self, change: Change, body: Body) -> frozenset[str]:
        row = (await change.db.execute(_rules(self, change.caller.roles), change.values)).mappings().one()
        refused = frozenset(name for name in row if not row[name])
        if names := sorted(refused & body.model_fields_set):
            errors = [FieldError(name, "forbidden", "You may not write this field.") for name in names]
            raise Forbidden(f"write {', '.join(names)}", errors)
        return refused


@lru_cache(1024)
def _rules(form: GuardedForm, roles: Roles) -> Select[Any]:
    rules: list[Any] = [rule(roles).label(name) for name, rule in form.guarded.items()]
    return select(*rules).where(form.view.model.id == ROW)
