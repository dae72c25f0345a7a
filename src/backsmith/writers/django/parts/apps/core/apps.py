"""The app that every project has: its connections know what its expressions ask of them."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from apps.core import sqlite


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        """Prepare each new connection, and make the lookups known."""
        connection_created.connect(sqlite.prepare, dispatch_uid="apps.core.sqlite")
        from apps.core import sql  # noqa: F401  # its lookups are known once it is loaded
