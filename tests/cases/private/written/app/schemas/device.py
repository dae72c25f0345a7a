"""Bodies and answers of devices."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Text


class DeviceCreate(Body):
    """What makes a device."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    name: Annotated[Text, Field(max_length=255)]
    secret: Annotated[Text, Field(max_length=40)]


class DeviceReplace(DeviceCreate):
    """What a device becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class DeviceUpdate(Body):
    """What changes in a device: what is absent stays."""

    read_only: ClassVar = DeviceCreate.read_only

    name: Annotated[Text, Field(max_length=255)] = ABSENT
    secret: Annotated[Text, Field(max_length=40)] = ABSENT


class DeviceRead(Answer):
    """A device."""

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
