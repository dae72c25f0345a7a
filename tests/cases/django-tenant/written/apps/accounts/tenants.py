"""Which tenant a request is about: the one that `X-Tenant` names, or the only one that the account belongs to."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.authentication import ENTER
from apps.core.caller import Caller, is_caller
from apps.core.errors import NotFound, Unauthorized
from apps.core.schema import EVERYWHERE
from apps.memberships.models import Membership

TENANT: Any = next(field for field in Membership._meta.concrete_fields if field.is_relation and field.name != "user")


def enter(request: Request, caller: Caller) -> Caller:
    """The caller within the tenant, with their roles there. Raises NotFound where they are no member."""
    named = request.headers.get("x-tenant")
    if caller.id is None:
        if named is not None:
            raise Unauthorized()
        return caller
    of_account = Membership.objects.filter(is_caller(caller, "user"))
    if named is not None:
        of_account = of_account.filter(**{TENANT.attname: _id(named)})
    found = list(of_account.values_list(TENANT.attname, "roles")[:2])
    if named is not None and not found:
        if "admin" not in caller.roles:
            raise NotFound("tenant")
        return replace(caller, tenant=_id(named))
    if len(found) != 1:
        return caller
    tenant, own = found[0]
    roles = frozenset(own) if caller.scope is None else caller.scope.intersection(own)
    return replace(caller, tenant=tenant, roles=caller.roles | roles)


def _id(text: str) -> Any:
    """The id that a header names. Raises NotFound for what is none."""
    try:
        found = TENANT.target_field.to_python(text)
    except (ValidationError, ValueError):
        raise NotFound("tenant") from None
    if isinstance(found, int) and not 0 < found < 2**63:
        raise NotFound("tenant")
    return found


ENTER.append(enter)
EVERYWHERE.append(
    OpenApiParameter("X-Tenant", str, OpenApiParameter.HEADER, description="The id of the tenant that this is about.")
)
