"""Commands for whoever runs the application: `python -m app.cli --help`."""

import argparse
import asyncio
import getpass
import sys

from pydantic import ValidationError

from app.auth.admins import appoint
from app.core.database import dispose


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.cli")
    commands = parser.add_subparsers(dest="command", required=True)
    admin = commands.add_parser("admin", help="make an account with this address an admin; asks for its password")
    admin.add_argument("address")
    options = parser.parse_args(arguments)
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        asyncio.run(_appoint(options.address, password))
    except ValidationError as error:
        print(*{line["msg"] for line in error.errors()}, sep="\n", file=sys.stderr)
        return 1
    print(f"{options.address} is an admin.")
    return 0


async def _appoint(address: str, password: str) -> None:
    try:
        await appoint(address, password)
    finally:
        await dispose()


if __name__ == "__main__":
    sys.exit(main())
