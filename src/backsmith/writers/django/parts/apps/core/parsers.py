"""JSON bodies, read strictly: nothing that readers disagree about."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from apps.core.errors import BadJson

DEPTH = 64  # how deep a document may be nested


class JSONParser(BaseParser):
    """A document without names that stand twice, NaN, lone surrogates, or too many levels."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises BadJson."""
        body: bytes = stream.read()
        try:
            found = json.loads(body.decode(), object_pairs_hook=_members, parse_float=_finite, parse_constant=_finite)
            if b"\\u" in body:
                json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
            # No document is nested deeper than it has brackets, so that most need no walk.
            if body.count(b"[") + body.count(b"{") > DEPTH and _depth(found) > DEPTH:
                raise RecursionError
        except RecursionError:
            raise BadJson("The document is nested too deeply.") from None
        except ValueError:
            raise BadJson("The body is no JSON document that every reader would read alike.") from None
        return found


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice")
    return members


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("no finite number")
    return number


def _depth(item: Any) -> int:
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return 1 + max(map(_depth, inner), default=-1)
