"""What HTTP shows of authors."""

from app.computed import author as computed
from app.core.views import Many, View
from app.models.author import Author
from app.models.book import Book
from app.policies import author as policy
from app.views import book

authors: View = View(
    Author,
    name="author",
    fields={
        "id": Author.id,
        "name": Author.name,
        "book_count": computed.book_count,
        "created_at": Author.created_at,
        "updated_at": Author.updated_at,
    },
    read=policy.read,
    lasting=False,
    links={"books": Many(lambda: book.books, Book.author_id)},
)
