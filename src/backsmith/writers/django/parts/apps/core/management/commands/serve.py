"""`python manage.py serve`: the application in one process, as in production."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.core import server


class Command(BaseCommand):
    help = "Serve the application until it is told to stop."

    def handle(self, *arguments: Any, **options: Any) -> None:
        from config.wsgi import application  # is made when it is asked for

        server.run(application)
