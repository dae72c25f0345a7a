"""Structured logs: one JSON object a line in production, readable lines elsewhere, each with its request's id."""

import logging
import sys
from functools import lru_cache

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET = ("password", "secret", "token", "authorization", "cookie", "api_key", "body")
"""What no line may hold, whatever the value."""


def configure(level: str, *, json: bool) -> None:
    """Send all logs of this process to its standard output, those of libraries too."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
        redacted,
    ]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, rendered] if json else [*shared, console],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory() if json else structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=json,
    )
    _take_over(level, shared, structlog.processors.JSONRenderer() if json else console)


def _take_over(level: str, shared: list[Processor], renderer: Processor) -> None:
    """Let the logs of libraries, made by `logging`, look the same."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    levels = logging.getLevelNamesMapping()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], level=max(levels[level.upper()], logging.INFO), force=True)


def redacted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The event without secrets that somebody logged by mistake."""
    for name in event:
        if _secret(name):
            event[name] = "[redacted]"
    return event


@lru_cache(1024)
def _secret(name: str) -> bool:
    return any(secret in name.lower() for secret in SECRET)


def rendered(logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    """The event as JSON."""
    return _encode(event)


_encode = msgspec.json.Encoder(enc_hook=str).encode
