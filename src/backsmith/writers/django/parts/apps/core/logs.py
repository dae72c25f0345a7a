"""Structured logs: one JSON object a line in production, readable lines elsewhere, each with its request's id."""

import logging
import re
import sys
from functools import lru_cache

import msgspec
import structlog
from structlog.contextvars import merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper, add_log_level, format_exc_info
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

log: FilteringBoundLogger = structlog.get_logger()
SECRET = re.compile("password|secret|token|authorization|cookie|api_key|body", re.IGNORECASE)  # is never written
ENCODER = msgspec.json.Encoder(enc_hook=str)


def configure(level: str, *, json: bool) -> None:
    """Send all logs of this process to its standard output, those of libraries too."""
    shared: list[Processor] = [merge_contextvars, add_log_level, TimeStamper("iso", utc=True), redacted]
    if json:
        shared.append(format_exc_info)
        renderer: Processor = JSONRenderer(lambda event, **_: ENCODER.encode(event).decode())
    else:
        plain, colors = structlog.dev.plain_traceback, sys.stdout.isatty()
        renderer = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)
    wrapper = structlog.make_filtering_bound_logger(level)
    structlog.configure([*shared, renderer], wrapper_class=wrapper, cache_logger_on_first_use=json)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    for told in ("django.request", "django.server"):  # the line of `core.middleware` says it
        logging.getLogger(told).setLevel(logging.CRITICAL)
    least = max(logging.getLevelNamesMapping()[level.upper()], logging.INFO)
    logging.basicConfig(handlers=[handler], level=least, force=True)


def redacted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The event without secrets that somebody logged by mistake."""
    return {name: "[redacted]" if _is_secret(name) else value for name, value in event.items()}


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return SECRET.search(name) is not None
