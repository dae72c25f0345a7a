"""Whether the process lives, whether it can serve, and what it counts."""

import asyncio
import hmac
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Header, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import literal, select

from app.config import settings
from app.core.database import reader
from app.core.errors import NotFound, Unavailable
from app.core.routes import problems

router = APIRouter(tags=["health"])


class Phase(StrEnum):
    STARTING, SERVING, STOPPING = "starting", "serving", "stopping"


class Process:
    """The phase of this process's life: the lifespan and the server's signal handler set it."""

    phase = Phase.STARTING


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers. Asks nobody else: restarting it would not help a database."""
    return {"status": "live"}


@router.get("/health/ready", responses=problems(503))
async def ready() -> dict[str, str]:
    """The process may be sent requests: it has started, is not stopping, and reaches its database."""
    if Process.phase is not Phase.SERVING:
        raise Unavailable(f"The process is {Process.phase}.")
    async with asyncio.timeout(settings.database_pool_timeout), reader() as db:
        await db.execute(select(literal(1)))
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
async def metrics(authorization: Annotated[str, Header()] = "") -> Response:
    """What Prometheus reads; in production with METRICS_TOKEN as its bearer token only."""
    token = settings.metrics_token
    expected = f"Bearer {token.get_secret_value()}" if token else authorization
    if (token is None and settings.production) or not hmac.compare_digest(authorization.encode(), expected.encode()):
        raise NotFound()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
