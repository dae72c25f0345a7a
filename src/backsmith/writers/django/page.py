"""The pages of this writer: its templates."""

from functools import partial
from pathlib import Path
from typing import ClassVar

from backsmith.writers.python import page

TEMPLATES = Path(__file__).parent / "templates"


class Page(page.Page):
    """What one of this writer's templates prints."""

    __slots__ = ()
    folder: ClassVar[Path] = TEMPLATES


rendered = partial(page.rendered, TEMPLATES)
