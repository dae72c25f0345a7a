"""`python manage.py serve`: the application in one process, as in production."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.admins import ensure_admin
from apps.core import logs, server, startup
from apps.core.health import Phase, Process
from apps.work import worker
from config.environment import settings
from config.wsgi import application


class Command(BaseCommand):
    help = "Serve the application until it is told to stop."
    requires_system_checks: list[str] = []

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Serve once the database is as this version needs it; at the end let jobs finish."""
        logs.configure(settings.log_level, json=settings.production)
        try:
            with startup.only_process():
                startup.check()
                ensure_admin()
                worker.start()
                Process.phase = Phase.SERVING
                server.run(application)
                Process.phase = Phase.STOPPING
                worker.stop()
                server.end()
        except startup.CannotStart as reason:
            sys.exit(str(reason))
