"""The endpoints of signing in and of the own account."""

from fastapi import APIRouter, Depends

from app.auth import account, keys, registration, sessions
from app.core.limits import by_address

router = APIRouter(prefix="/auth", tags=["auth"], dependencies=[Depends(by_address)])
for part in (account, keys, registration, sessions):
    router.include_router(part.router)
