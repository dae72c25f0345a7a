"""Accounts over HTTP, for those who manage them. What people do with their own is in `apps.accounts.account`."""

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from apps.accounts import accounts, permissions, services
from apps.accounts.serializers import UserCreate, UserRead, UserUpdate

from apps.core.schema import documented, page_of
from apps.core.views import EntityViewSet


class UserViewSet(EntityViewSet):
    """Accounts."""

    shown = UserRead

    @documented("list_users", 401, 403, 422, answer=page_of(UserRead))
    def list(self, request: Request) -> HttpResponse:
        """Accounts: admin."""
        return self.page()

    @documented("get_user", 401, 403, 404, 422, answer=UserRead)
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        """One account: admin."""
        return self.item(id)

    @documented("create_user", 400, 401, 403, 409, 415, 422, status=201, request=UserCreate, answer=UserRead)
    def create(self, request: Request) -> HttpResponse:
        """Make an account: admin. A mail lets its owner set a password."""
        with self.creating(permissions.create) as change:
            body = change.body(UserCreate)
            services.create(change, body)
            accounts.invite(change, body)
            return change.created()

    @documented("update_user", 400, 401, 403, 404, 409, 412, 415, 422, request=UserUpdate, answer=UserRead)
    def partial_update(self, request: Request, id: str) -> HttpResponse:
        """Change an account, its roles, or whether it is active: admin. An admin is always left."""
        with self.changing(id, permissions.update) as change:
            body = change.body(UserUpdate)
            accounts.check_admins(change, body)
            services.update(change, body)
            accounts.lock_out(change, body)
            return change.done()


urlpatterns = [
    path("users", UserViewSet.as_view({"get": "list", "post": "create"})),
    path("users/<str:id>", UserViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
]
