"""`manage.py admin ADDRESS`: make an account an admin."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import admins
from apps.core.errors import Invalid


class Command(BaseCommand):
    help = "make an account an admin; asks for its password"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            admins.appoint(address, password)
        except Invalid as refused:
            raise CommandError("\n".join(error.message for error in refused.errors)) from None
        self.stdout.write(f"{address} is an admin.")
