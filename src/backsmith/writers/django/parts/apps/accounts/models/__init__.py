"""Accounts, and what signing in leaves in the database."""

from apps.accounts.models.credentials import ApiKey, Failure, Session, Ticket
from apps.accounts.models.user import User

__all__ = ["ApiKey", "Failure", "Session", "Ticket", "User"]
