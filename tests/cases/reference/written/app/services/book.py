"""What happens when books are made and changed: the place for hand-written rules."""

from app.core.changes import Change
from app.core.forms import Form
from app.schemas.book import BookCreate, BookReplace, BookUpdate
from app.views.author import authors
from app.views.book import books

FORM = Form(books, references={"author": authors, "editor": authors})


async def create(change: Change, body: BookCreate) -> None:
    """Make a book."""
    await change.insert(FORM, body)


async def update(change: Change, body: BookUpdate | BookReplace) -> None:
    """Change a book."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a book."""
    await change.delete()
