"""Values of several fields, which rows keep inside them."""

from typing import Annotated

from pydantic import Field

from app.core.schemas import Body, Text


class Address(Body):
    """Address."""

    street: Annotated[Text, Field(max_length=80)]
    zip: Annotated[Text, Field(max_length=10)] | None = None
