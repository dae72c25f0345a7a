"""Bodies and answers of contacts."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.phones import PhoneText
from app.core.schemas import ABSENT, Answer, Body, EmailText, IpText, SlugText, Text
from app.core.values import UrlText


class ContactCreate(Body):
    """What makes a contact."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    name: Annotated[Text, Field(max_length=255)]
    nick: Annotated[Text, Field(max_length=20)] | None = None
    about: Text | None = None
    mail: EmailText | None = None
    site: UrlText | None = None
    slug: SlugText
    phone: PhoneText | None = None
    address: IpText | None = None


class ContactReplace(ContactCreate):
    """What a contact becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ContactUpdate(Body):
    """What changes in a contact: what is absent stays."""

    read_only: ClassVar = ContactCreate.read_only

    name: Annotated[Text, Field(max_length=255)] = ABSENT
    nick: Annotated[Text, Field(max_length=20)] | None = ABSENT
    about: Text | None = ABSENT
    mail: EmailText | None = ABSENT
    site: UrlText | None = ABSENT
    slug: SlugText = ABSENT
    phone: PhoneText | None = ABSENT
    address: IpText | None = ABSENT


class ContactRead(Answer):
    """A contact."""

    id: int
    name: str
    nick: str | None
    about: str | None
    mail: str | None
    site: str | None
    slug: str
    phone: str | None
    address: str | None
    created_at: datetime
    updated_at: datetime
