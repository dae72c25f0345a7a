"""Sending mail: by SMTP to a server, or to the console."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from smtplib import SMTPException
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from app.config import settings
from app.core import mail


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
        while line := self.rfile.readline().decode().strip():
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


def by_smtp(monkeypatch: pytest.MonkeyPatch, port: int, **changes: Any) -> None:
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "off", "smtp_user": None, "smtp_password": None}
    monkeypatch.setattr(mail, "settings", SimpleNamespace(**settings.model_dump() | given | changes))
    monkeypatch.setattr(mail, "deliver", mail._by_smtp)


async def test_by_smtp(monkeypatch: pytest.MonkeyPatch, post: Post) -> None:
    by_smtp(monkeypatch, post.server_address[1])
    await mail.send("ada@example.org", "Grüße", "Ein Fluß\n.\nEnde\n", id="7")
    (text,) = post.got
    message = message_from_string(text, policy=default)
    assert (message["To"], str(message["Subject"])) == ("ada@example.org", "Grüße")
    assert message["From"] == settings.mail_from
    assert message["Message-ID"].startswith("<7@")
    assert message["Date"]
    assert "rcpt to:<ada@example.org>" in [line.lower() for line in post.said]  # newer Pythons shout
    assert not any(line.startswith("AUTH") for line in post.said)


async def test_signing_in_to_the_server(monkeypatch: pytest.MonkeyPatch, post: Post) -> None:
    by_smtp(monkeypatch, post.server_address[1], smtp_user="app", smtp_password=SecretStr("secret"))
    await mail.send("ada@example.org", "Hello", "Hello\n", id="7")
    assert "AUTH PLAIN AGFwcABzZWNyZXQ=" in post.said


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, post: Post, tls: str
) -> None:
    by_smtp(monkeypatch, post.server_address[1], smtp_tls=tls)
    monkeypatch.setattr(mail, "TIMEOUT", 1.0)
    with pytest.raises((OSError, SMTPException)):
        await mail.send("ada@example.org", "Hello", "Hello\n", id="7")
    assert post.got == []


async def test_to_the_console(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "deliver", mail._to_console)
    await mail.send("ada@example.org", "Hello", "The code is abc\n", id="7")
    printed = capsys.readouterr().err
    assert "ada@example.org: Hello" in printed
    assert "The code is abc" in printed


async def test_a_line_break_makes_no_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        await mail.send("ada@example.org\nBcc: eve@example.org", "Hello", "Hello\n", id="7")
