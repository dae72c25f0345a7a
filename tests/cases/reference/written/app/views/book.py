"""What HTTP shows of books."""

from app.core.views import One, View
from app.models.book import Book
from app.policies import book as policy
from app.views import author

books: View = View(
    Book,
    name="book",
    fields={
        "id": Book.id,
        "title": Book.title,
        "author": Book.author_id,
        "editor": Book.editor_id,
        "created_at": Book.created_at,
        "updated_at": Book.updated_at,
    },
    read=policy.read,
    sort=("author", "editor"),
    links={"author": One(lambda: author.authors), "editor": One(lambda: author.authors)},
)
