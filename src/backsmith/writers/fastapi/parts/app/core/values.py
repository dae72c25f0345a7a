"""What few bodies hold: addresses and documents."""

import re
from typing import Annotated, Any

import msgspec
from pydantic import AnyHttpUrl, Field, Strict, TypeAdapter, WithJsonSchema

from app.core.schemas import reads_as

ADDRESS: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)
NUL = re.compile(rb"(?<!\\)(\\\\)*\\u0000")


def _url(text: str) -> str:
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ValueError
    ADDRESS.validate_python(text)
    return text


def _document(value: Any) -> Any:
    if NUL.search(msgspec.json.encode(value)):  # PostgreSQL cannot keep it
        raise ValueError
    return value


UrlText = Annotated[
    str,
    Strict(),
    Field(max_length=2048),
    reads_as("an absolute http or https address", _url),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": 2048}),
]
JsonValue = Annotated[Any, reads_as("a document without NUL characters", _document)]
