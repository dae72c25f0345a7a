"""Sending mail: by SMTP to a server, or to the console."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from smtplib import SMTPException
from typing import Any

import pytest
from django.core.mail import BadHeaderError
from django.test import override_settings

from apps.core import mail
from config.environment import settings


class Post(socketserver.ThreadingTCPServer):
    """A mail server for one message at a time: `said` holds the commands, `got` the messages."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.said: list[str] = []
        self.got: list[str] = []


class Connection(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            self.server.said.append(line)
            word = line.split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.server.got.append("".join(iter(self.line, "")))
            self.say({"EHLO": "250-post\r\n250 AUTH PLAIN", "AUTH": "235 ok", "QUIT": "221 bye"}.get(word, "250 ok"))

    def line(self) -> str:
        """The next line of a message; nothing at its end."""
        line = self.rfile.readline().decode()
        return "" if line == ".\r\n" else line.removeprefix(".")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def by_smtp(port: int, **changes: Any) -> override_settings:
    """Settings by which mail goes to a server at this port."""
    said = {"HOST": "127.0.0.1", "PORT": port, "USE_TLS": False, "USE_SSL": False, "TIMEOUT": 1, **changes}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return override_settings(EMAIL_BACKEND=backend, **{f"EMAIL_{name}": value for name, value in said.items()})


def test_by_smtp(post: Post) -> None:
    with by_smtp(post.server_address[1]):
        mail.send("ada@example.org", "Grüße", "Ein Fluß\n.\nEnde\n", id="7")
    (text,) = post.got
    message = message_from_string(text, policy=default)
    assert (message["To"], str(message["Subject"])) == ("ada@example.org", "Grüße")
    assert message["From"] == settings.mail_from
    assert message["Message-ID"].startswith("<7@")
    assert message["Date"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert "rcpt to:<ada@example.org>" in [line.lower() for line in post.said]  # newer Pythons shout
    assert not any(line.startswith("AUTH") for line in post.said)


def test_signing_in_to_the_server(post: Post) -> None:
    with by_smtp(post.server_address[1], HOST_USER="app", HOST_PASSWORD="secret"):
        mail.send("ada@example.org", "Hello", "Hello\n", id="7")
    assert "AUTH PLAIN AGFwcABzZWNyZXQ=" in post.said


@pytest.mark.parametrize("tls", ["USE_TLS", "USE_SSL"])
def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(post: Post, tls: str) -> None:
    with by_smtp(post.server_address[1], **{tls: True}), pytest.raises((OSError, SMTPException)):
        mail.send("ada@example.org", "Hello", "Hello\n", id="7")
    assert post.got == []


def test_to_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend"):
        mail.send("ada@example.org", "Hello", "The code is abc\n", id="7")
    printed = capsys.readouterr().out
    assert "To: ada@example.org" in printed
    assert "The code is abc" in printed


def test_a_line_break_makes_no_header() -> None:
    with pytest.raises(BadHeaderError):
        mail.send("ada@example.org\nBcc: eve@example.org", "Hello", "Hello\n", id="7")
