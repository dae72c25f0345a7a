"""Sending mail, by the backend that the settings name: SMTP, or the console where no server is set."""

from django.core.mail import EmailMessage

from config.environment import settings


def send(to: str, subject: str, text: str, *, id: object) -> None:
    """Send a message. `id` is the same whenever it is tried again, so that mail systems can tell. Raises OSError."""
    headers = {"Message-ID": f"<{id}@{settings.mail_from.rpartition('@')[2]}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, settings.mail_from, [to], headers=headers).send()
