"""`python -m backsmith` is the command `backsmith`."""

from backsmith.doors.cli import main

main()
