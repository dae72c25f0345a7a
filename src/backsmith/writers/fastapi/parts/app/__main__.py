"""`python -m app` serves the application."""

from app.core.server import run

run()
