"""Projects that are made worse on purpose: a test of a fault is worth something if it sees the fault in these.

One table. Where written code changes, point a row to its new text: a text that is not found is an error.
"""

from pathlib import Path

Changes = tuple[tuple[str, str, str], ...]
"""File, text as it is, text as it becomes."""

CORE = "app/core"
DATABASE, ERRORS, ROUTES, SERVER = (f"{CORE}/{name}.py" for name in ("database", "errors", "routes", "server"))
ENVIRONMENT, TABLES = "migrations/env.py", "migrations/versions/0001_tables.py"
BEGUN = """

def _begun() -> None:
    import os
    from pathlib import Path

    Path(f"{os.getpid()}.begun").touch()
"""
PAUSE = """

def _pause() -> None:
    import os
    import time
    from pathlib import Path

    Path(f"{os.getpid()}.paused").touch()
    while not Path("go").exists():
        time.sleep(0.05)
"""

WORSENED: dict[str, Changes] = {
    "the database need not have written what it commits": (
        (DATABASE, '"application_name": "app",', '"application_name": "app",\n        "synchronous_commit": "off",'),
    ),
    "connections that were lost are handed out": (
        (DATABASE, "if SQLITE or not driver_of(connection).is_closed():", "if connection:"),
        (DATABASE, "connection.invalidate()  # what", "pass  # what"),
        (  # what SQLAlchemy itself lets go
            DATABASE,
            "    if SQLITE:\n        event.listen(",
            '    event.listen(engine.sync_engine, "handle_error", lambda it: setattr(it, "is_disconnect", False))\n'
            "    if SQLITE:\n        event.listen(",
        ),
    ),
    "a connection that ends is a mistake of ours": (
        (DATABASE, "asyncpg.InterfaceError, asyncpg.InternalClientError,", "asyncpg.InterfaceError,"),
    ),
    "answers are sent before the commit": (
        (ROUTES, "import json\nimport math", "import asyncio\nimport json\nimport math"),
        (
            ROUTES,
            "        async with AsyncExitStack() as request.opened:\n            return await handle(request)",
            "        request.opened = AsyncExitStack()\n"
            "        end = lambda: asyncio.ensure_future(request.opened.aclose())\n"
            "        answer = await handle(request)\n"
            "        asyncio.get_running_loop().call_later(0.3, end)\n"
            "        return answer",
        ),
    ),
    "the database is trusted to end what takes too long": (
        (DATABASE, ', "command_timeout": settings.statement_timeout + 1', ""),
        (
            DATABASE,
            "asyncio.timeout(settings.database_pool_timeout):\n                    with translated",
            "asyncio.timeout(None):\n                    with translated",
        ),
    ),
    "writers on SQLite take no turns": (
        (DATABASE, "1 if SQLITE and engine is writes else settings", "settings"),
        (DATABASE, '"BEGIN IMMEDIATE" if SQLITE else "BEGIN"', '"BEGIN"'),
    ),
    "it stops as uvicorn does": ((SERVER, "def handle_exit(", "def handle_exit_in_order("),),
    "what is in flight is waited for": (
        (SERVER, '"timeout_graceful_shutdown": 23', '"timeout_graceful_shutdown": 600'),
    ),
    "transactions begin before the body is there": (
        ("app/api/v1/items.py", ", alone=service.FORM", ""),
        (
            ROUTES,
            "        sent = await request.sent()\n        again = request",
            "        again = request",
        ),
        (ROUTES, "        if sent is None:\n", "        sent = await request.sent()\n        if sent is None:\n"),
    ),
    "a full disk is a mistake of ours": (
        (ERRORS, "{5, 6, 10, 13, 14}", "{5, 6}"),
        (ERRORS, '"40", "53", "55"', '"40", "55"'),
    ),
    # Not worse, but as one over many rows is: the tests say when it goes on.
    "a migration takes until it is told to go on": (
        (TABLES, '    op.create_table(\n        "items"', '    _pause()\n    op.create_table(\n        "items"'),
        (TABLES, "\n\ndef downgrade()", PAUSE + "\n\ndef downgrade()"),
        (ENVIRONMENT, "    engine = create_async", "    _begun()\n    engine = create_async"),
        (ENVIRONMENT, "\n\ndef _migrate(", BEGUN + "\n\ndef _migrate("),
    ),
    "migrations run at once": (
        (ENVIRONMENT, "        fcntl.flock(lock, fcntl.LOCK_EX)\n", ""),
        (ENVIRONMENT, "SELECT pg_advisory_lock(:key)", "SELECT CAST(:key AS bigint)"),
    ),
    "migrations have no transaction": (
        (ENVIRONMENT, "poolclass=NullPool)", 'poolclass=NullPool, isolation_level="AUTOCOMMIT")'),
        (ENVIRONMENT, 'exec_driver_sql("BEGIN IMMEDIATE")', 'exec_driver_sql("SELECT 1")'),
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
