"""Projects that are made worse on purpose: a test of a fault is worth something if it sees the fault in these.

One table. Where written code changes, point a row to its new text: a text that is not found is an error.
"""

from pathlib import Path

Changes = tuple[tuple[str, str, str], ...]
"""File, text as it is, text as it becomes."""

DATABASE, SERVER, ENVIRONMENT = "app/core/database.py", "app/core/server.py", "migrations/env.py"

WORSENED: dict[str, Changes] = {
    "the database need not have written what it commits": (
        (DATABASE, '"application_name": "app",', '"application_name": "app",\n        "synchronous_commit": "off",'),
    ),
    "connections that were lost are handed out": (
        (DATABASE, "driver_connection.is_closed()", "driver_connection is None"),
    ),
}


def worsen(project: Path, name: str) -> None:
    """Change a project by a row of the table. ValueError where a text is not there, or is there more than once."""
    for file, old, new in WORSENED[name]:
        path = project / file
        text = path.read_text("utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{name}: {file} has {text.count(old)} times: {old}")
        path.write_text(text.replace(old, new), encoding="utf-8")
