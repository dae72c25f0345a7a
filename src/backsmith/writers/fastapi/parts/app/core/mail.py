"""Sending mail: by SMTP, or to the console where no server is set."""

import smtplib
import ssl
import sys
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate

from anyio import to_thread

from app.config import settings

TIMEOUT = 10.0


async def send(to: str, subject: str, text: str, *, id: object) -> None:
    """Send a message. `id` is the same whenever it is tried again, so that mail systems can tell. Raises OSError."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Date"], message["Message-ID"] = formatdate(), f"<{id}@{settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    await to_thread.run_sync(deliver, message)


def _by_smtp(message: EmailMessage) -> None:
    place, context = (settings.smtp_host or "", settings.smtp_port), ssl.create_default_context()
    if settings.smtp_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(*place, timeout=TIMEOUT)
    with server:
        if settings.smtp_tls == "starttls":
            server.starttls(context=context)
        if settings.smtp_user is not None and settings.smtp_password is not None:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)


def _to_console(message: EmailMessage) -> None:
    print(f"--- mail to {message['To']}: {message['Subject']}\n{message.get_content()}---", file=sys.stderr, flush=True)


deliver: Callable[[EmailMessage], None] = _to_console if settings.smtp_host is None else _by_smtp
