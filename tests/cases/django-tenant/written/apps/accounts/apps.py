"""The app of accounts, which tells who calls and for which tenant."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        """From now on a caller enters a tenant."""
        from apps.accounts import tenants  # noqa: F401  # callers enter a tenant once it is loaded
