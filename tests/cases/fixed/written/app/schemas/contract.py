"""Bodies and answers of contracts."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Text


class ContractCreate(Body):
    """What makes a contract."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    number: Annotated[Text, Field(max_length=20)]
    title: Annotated[Text, Field(max_length=255)]


class ContractReplace(Body):
    """What a contract becomes: what is absent returns to its default."""

    read_only: ClassVar = frozenset({"id", "number", "created_at", "updated_at", "version"})
    replaces: ClassVar = True

    title: Annotated[Text, Field(max_length=255)]


class ContractUpdate(Body):
    """What changes in a contract: what is absent stays."""

    read_only: ClassVar = ContractReplace.read_only

    title: Annotated[Text, Field(max_length=255)] = ABSENT


class ContractRead(Answer):
    """A contract."""

    id: int
    number: str
    title: str
    created_at: datetime
    updated_at: datetime
