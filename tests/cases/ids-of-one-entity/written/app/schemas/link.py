"""Bodies and answers of links."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.core.schemas import ABSENT, Answer, Body, Parts
from app.core.values import UrlText
from app.schemas.click import ClickItem, ClickRead


class LinkCreate(Body):
    """What makes a link."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    url: UrlText
    clicks: Parts[ClickItem] = []


class LinkReplace(LinkCreate):
    """What a link becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class LinkUpdate(Body):
    """What changes in a link: what is absent stays."""

    read_only: ClassVar = LinkCreate.read_only

    url: UrlText = ABSENT
    clicks: Parts[ClickItem] = ABSENT


class LinkRead(Answer):
    """A link."""

    id: UUID
    url: str
    created_at: datetime
    updated_at: datetime
    clicks: list[ClickRead] = ABSENT
