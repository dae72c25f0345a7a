"""The pages of written tests: their templates are those of projects on asyncio."""

from pathlib import Path
from typing import ClassVar

from backsmith.writers.python import page

TEMPLATES = Path(__file__).parent / "templates"


class Page(page.Page):
    """What one of the templates prints."""

    __slots__ = ()
    folder: ClassVar[Path] = TEMPLATES
