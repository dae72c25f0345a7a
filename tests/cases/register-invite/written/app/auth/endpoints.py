"""The endpoints of signing in and of the own account."""

from fastapi import APIRouter

from app.auth import account, invitations, keys, sessions

router = APIRouter(prefix="/auth", tags=["auth"])
for part in (account, invitations, keys, sessions):
    router.include_router(part.router)
