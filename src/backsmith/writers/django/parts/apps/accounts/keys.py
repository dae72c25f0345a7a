"""API keys: how programs call in the name of an account. A key is shown once, and stored as a hash."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request

from apps.accounts.models import ApiKey
from apps.accounts.serializers import RolesField
from apps.accounts.views import AuthViewSet
from apps.core import tokens
from apps.core.authentication import signed_in
from apps.core.caller import NONE, Caller
from apps.core.endpoints import body, empty
from apps.core.errors import FieldError, Invalid, NotFound
from apps.core.filters import HAS, ORDERED, TEXT, FilterSet
from apps.core.rows import encode
from apps.core.schema import documented, page_of
from apps.core.serializers import CharField, Serializer
from apps.core.shown import Shown


class KeyFilter(FilterSet):
    class Meta:
        model = ApiKey
        fields = {"id": ORDERED, "name": TEXT, "roles": HAS, "created_at": ORDERED}


class KeyCreate(Serializer):
    """A key: its name, and which of the account's roles it has; all that it has now, if not told."""

    name = CharField(min_length=1, max_length=100)
    roles = RolesField(required=False)


def own(caller: Caller) -> Q:
    """one's own"""
    return NONE if caller.id is None else Q(user=caller.id)


class KeyRead(Shown):
    """A key, without what it is known by."""

    roles = RolesField()

    class Meta:
        model = ApiKey
        fields = ("id", "name", "roles", "created_at")
        filters = KeyFilter
        read = own


class KeyMade(serializers.ModelSerializer[ApiKey]):
    """A new key. `key` is sent in `X-API-Key`, and never shown again."""

    roles = RolesField()
    key = serializers.CharField()

    class Meta:
        model = ApiKey
        fields = (*KeyRead.Meta.fields, "key")


class KeyViewSet(AuthViewSet):
    """The own keys."""

    shown = KeyRead

    @documented("list_keys", 401, 403, 422, answer=page_of(KeyRead))
    def list(self, request: Request) -> HttpResponse:
        """The own keys."""
        signed_in(request)
        return self.page()

    @documented("create_key", 400, 401, 403, 413, 415, 422, status=201, request=KeyCreate, answer=KeyMade)
    def create(self, request: Request) -> HttpResponse:
        """Make a key. It can do what its roles allow, for as long as the account has them."""
        account, sent = signed_in(request), body(request, KeyCreate).validated_data
        owner: Any = account.id
        held = sorted(account.roles - {"signed_in"})
        roles, secret = sent.get("roles") or held, tokens.secret()
        if not set(held).issuperset(roles):
            raise Invalid([FieldError("roles", "choice", "A key has only roles that its account has.")])
        made = ApiKey(name=sent["name"], roles=roles, user_id=owner, token_hash=tokens.digest(secret))
        made.save(force_insert=True)
        shown = {"id": made.pk, "name": made.name, "roles": roles, "created_at": made.created_at, "key": secret}
        return HttpResponse(encode(shown), "application/json", 201)

    @documented("delete_key", 401, 403, 404, status=204)
    def destroy(self, request: Request, id: str) -> HttpResponse:
        """Revoke a key, at once."""
        own_keys = ApiKey.objects.allowed(own, signed_in(request))
        if own_keys.filter(pk=int(self.rows.key(id))).delete()[0] == 0:
            raise NotFound("key")
        return empty()


urlpatterns = [
    path("keys", KeyViewSet.as_view({"get": "list", "post": "create"})),
    path("keys/<str:id>", KeyViewSet.as_view({"delete": "destroy"})),
]
