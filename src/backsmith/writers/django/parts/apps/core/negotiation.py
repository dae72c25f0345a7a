"""How a request says what it sends and wants: there is one way to answer, and one to read each kind of body."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class Negotiation(BaseContentNegotiation):
    """Answers are JSON, whatever `Accept` says; bodies are read by their type, JSON by all that end with it."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = request.content_type.partition(";")[0].strip().lower()
        kind = "application/json" if kind.endswith("+json") else kind  # RFC 6839, 3.1
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        found = next(iter(renderers))
        return found, found.media_type
