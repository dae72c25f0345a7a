"""Answers that name each other, completed once all of them are there."""

from app.schemas.author import AuthorRead
from app.schemas.book import BookRead

ANSWERS = (AuthorRead, BookRead)

for answer in ANSWERS:
    answer.model_rebuild(_types_namespace={each.__name__: each for each in ANSWERS})
