"""The application: its endpoints, and what happens between start and stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from app.api.v1 import accounts, memberships, transfers, users
from app.api.v1 import docs as docs_
from app.api.v1 import logs as logs_
from app.api.v1 import routes as routes_
from app.api.v1 import settings as settings_
from app.api.v1 import tenants as tenants_
from app.auth import endpoints as auth
from app.auth import tenants
from app.auth.admins import ensure_admin
from app.config import settings
from app.core import docs, errors, health, limits, logs, middleware, routes, startup
from app.core.database import dispose
from app.core.health import Phase, Process
from app.work import worker


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Serve once the database is as this version needs it; at the end let jobs finish and close all connections."""
    logs.configure(settings.log_level, json=settings.production)
    try:
        with startup.only_process():
            await startup.check()
            await ensure_admin()
            async with worker.running():
                Process.phase = Phase.SERVING
                yield
                Process.phase = Phase.STOPPING
    finally:
        await dispose()


def create_app() -> FastAPI:
    """The application with all that surrounds it."""
    title, version = "Names", "v1"
    app = docs.Documented(title=title, version=version, lifespan=lifespan, telemetry=middleware.TELEMETRY)
    api = APIRouter(prefix="/api/v1", dependencies=[Depends(tenants.header)])
    api.include_router(auth.router, dependencies=[Depends(limits.by_address)])
    entities = [
        entity.router
        for entity in (accounts, docs_, logs_, memberships, routes_, settings_, tenants_, transfers, users)
    ]
    routes.include(app, api.prefix, entities, api.dependencies)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(docs.router)
    errors.install(app)
    middleware.install(app)
    return app


app = create_app()
