"""What the database works out of authors."""

from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce
from sqlalchemy.orm import aliased

from app.models.author import Author
from app.models.book import Book


def book_count(author: type[Author] = Author) -> ColumnElement[int]:
    """count(books)"""
    book = aliased(Book)
    return type_coerce(
        select(func.count()).select_from(book).where(book.author_id == author.id).scalar_subquery(), BigInteger
    )
