"""The command line. It parses, calls and prints, and decides nothing; what is heavy is imported by the command that
needs it."""

import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from backsmith import __version__
from backsmith.doors.exits import Exit

app = typer.Typer(
    name="backsmith",
    help="A compiler for backends: a blueprint in, a complete FastAPI or Django project out that is yours.",
    epilog="Exit codes: 0 done, 1 the blueprint has mistakes, 2 usage, "
    "3 this machine (installing, git, ports, databases), 4 the gate failed, 5 a server breaks its contract.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Blueprint = Annotated[Path, typer.Argument(metavar="FILE", help="The blueprint.")]
Python = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH", help="The Python of a prepared environment, in place of installing ($BACKSMITH_PYTHON)."
    ),
]
DEFAULT = Path("backend.yaml")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backsmith {__version__}")
        raise typer.Exit


@app.callback()
def backsmith(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    pass


@app.command()
def new(
    name: Annotated[Path, typer.Argument(metavar="NAME", help="The folder that is made.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="The blueprint; without it, a small commented one to start from."),
    ] = None,
    framework: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="fastapi or django, in place of what the blueprint says."),
    ] = None,
    python: Python = None,
    git: Annotated[bool, typer.Option(help="Make a repository with a first commit.")] = True,
    install: Annotated[bool, typer.Option(help="Install what the project needs, into its own .venv.")] = True,
    gate: Annotated[bool, typer.Option(help="Run the project's gate, and keep its evidence.")] = True,
) -> None:
    """Write a project, install it, prove it by its gate."""
    from backsmith.doors import writing

    _end(lambda: writing.new(name, source, framework, python=python, git=git, install=install, gate=gate))


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Where to serve; 0 takes a free port.", min=0, max=65535)] = 8000,
    postgres: Annotated[
        bool, typer.Option("--postgres", help="On an embedded PostgreSQL, or on that of DATABASE_URL.")
    ] = False,
    project: Annotated[Path, typer.Option(metavar="FOLDER", help="The written project.")] = Path(),
    python: Python = None,
) -> None:
    """Migrate and serve a written project on 127.0.0.1, until Ctrl-C."""
    from backsmith.doors import serving

    _end(lambda: serving.up(project, port=port, postgres=postgres, python=python))


@app.command()
def explain(
    file: Blueprint = DEFAULT,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the relations into this file too.")] = None,
) -> None:
    """Tell what a blueprint means, and who may do what."""
    from backsmith.doors import reading

    _end(lambda: reading.explain(file, svg))


@app.command()
def validate(
    file: Blueprint = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="For tools.")] = False,
) -> None:
    """Look for mistakes in a blueprint, and write nothing."""
    from backsmith.doors import reading

    _end(lambda: reading.validate(file, as_json=json))


@app.command()
def verify(
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="A running server; without it, the project's own is started.")
    ] = None,
    blueprint: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The blueprint; that of the project without it.")
    ] = None,
    project: Annotated[Path, typer.Option(metavar="FOLDER", help="The written project.")] = Path(),
    admin: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL", help="An admin of the URL; the password is asked for, or $BACKSMITH_ADMIN_PASSWORD."
        ),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="This check alone; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(help="What is chosen at random is chosen by it.")] = 0,
    postgres: Annotated[bool, typer.Option("--postgres", help="Start it on an embedded PostgreSQL.")] = False,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="The report for tools; `-` prints it.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="The report for CI.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="The report for people.")] = None,
    python: Python = None,
) -> None:
    """Judge a running server by what its blueprint promises. It makes rows and accounts: never in production."""
    from backsmith.doors import verifying

    files = verifying.Files(json=json, junit=junit, html=html)
    server = verifying.Server(url=url, admin=admin, project=project, postgres=postgres, python=python)
    _end(lambda: verifying.run(server, blueprint, only=only or [], seed=seed, files=files))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the language, for editors."""
    from backsmith.doors import reading

    _end(lambda: reading.schema())


@app.command()
def design(
    file: Blueprint = DEFAULT,
    only: Annotated[str | None, typer.Option(metavar="WHICH", help="`written` or `lowered`; both without it.")] = None,
) -> None:
    """Print the design as JSON, before and after the passes."""
    from backsmith.doors import reading

    _end(lambda: reading.design(file, only))


def main() -> NoReturn:
    """Run the command, and end with its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    app()
    sys.exit(Exit.DONE)


def _end(command: Callable[[], Exit]) -> NoReturn:
    """Run a command, and end as it does. What does not work is told, with what to do next."""
    from backsmith.project.failure import Failure, Refused

    try:
        code = command()
    except Failure as failure:
        from backsmith.doors.console import console, tell_failure

        tell_failure(failure, console(stderr=True))
        code = Exit.USAGE if isinstance(failure, Refused) else Exit.MACHINE
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except Exception:
        traceback.print_exc()
        typer.echo("\nThis is a mistake in backsmith, not in yours: please report it with the blueprint.", err=True)
        code = Exit.BUG
    raise typer.Exit(code)


def _terminated(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
