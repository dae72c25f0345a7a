"""Commands for whoever runs the application: `python -m app.cli --help`."""

import argparse
import asyncio
import getpass
import sys

from pydantic import ValidationError

from app.auth.admins import appoint


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.cli")
    parser.add_argument("command", choices=["admin"], help="make an account an admin; asks for its password")
    parser.add_argument("address")
    address = parser.parse_args(arguments).address
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        asyncio.run(appoint(address, password))
    except ValidationError as error:
        print(*{line["msg"] for line in error.errors()}, sep="\n", file=sys.stderr)
        return 1
    print(f"{address} is an admin.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
