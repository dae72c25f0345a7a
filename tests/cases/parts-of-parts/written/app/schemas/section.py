"""Bodies and answers of sections, within what they are parts of."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Key, Parts, Text
from app.schemas.question import QuestionItem, QuestionRead


class SectionItem(Body):
    """A section within the body of what it is a part of: with `id` it changes, without it is a new one."""

    read_only: ClassVar = frozenset({"survey", "created_at", "updated_at", "version"})
    needed: ClassVar = ("title",)

    id: Key = ABSENT
    title: Annotated[Text, Field(max_length=255)] = ABSENT
    questions: Parts[QuestionItem] = []


class SectionRead(Answer):
    """A section."""

    id: int
    title: str
    created_at: datetime
    updated_at: datetime
    questions: list[QuestionRead] = ABSENT
