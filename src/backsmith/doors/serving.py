"""The command that serves a written project."""

from pathlib import Path

from backsmith.doors.console import Progress, console
from backsmith.doors.exits import Exit
from backsmith.project import up as projects
from backsmith.project.up import Options, Serving


def up(project: Path, *, port: int, postgres: bool, python: Path | None) -> Exit:
    """Migrate and serve until Ctrl-C; tell where."""
    out = console(stderr=True)
    progress = Progress(out)

    def ready(serving: Serving) -> None:
        out.print(f"{serving.name} serves on {serving.address}", style="bold green")
        out.print(f"  documents  {serving.address}/docs")
        out.print(f"  database   {serving.database}")
        out.print("  Ctrl-C ends it")

    try:
        ended = projects.up(project.resolve(), Options(port=port, postgres=postgres, python=python), progress, ready)
    finally:
        progress.stop()
    return Exit.DONE if ended == 0 else Exit.MACHINE
