"""What the views of signing in and of the own account have in common."""

from rest_framework.request import Request

from apps.core import limits

from apps.core.views import EntityViewSet


class AuthViewSet(EntityViewSet):
    """Endpoints that count for the client's address, whoever signs in. Those that ask who calls count for them too."""

    repeatable = False

    def perform_authentication(self, request: Request) -> None:
        limits.count(request)
