"""The settings: what is refused, all at once, and without the values."""

from pathlib import Path

import pytest

from config.environment import NOT_SECRET, Settings, load
from config.settings import database

GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 32,
    "SMTP_HOST": "mail.example.com",
    "PUBLIC_URL": "https://example.com",
    "RATE_LIMIT": "10/second",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no .env
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load()


def test_development_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    assert not settings.production
    assert settings.database_url.startswith("sqlite:///")


def test_production_with_all_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, **GOOD).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", NOT_SECRET),
        ("SECRET_KEY", "k" * 31),
        ("SECRET_KEY", ""),
        ("RATE_LIMIT", "off"),
        ("SMTP_HOST", ""),
        ("PUBLIC_URL", "http://example.com"),
        ("CORS_ORIGINS", "https://a.example.com, *"),
    ],
)
def test_production_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SystemExit) as caught:
        read(monkeypatch, **GOOD | {name: value})
    (line,) = str(caught.value).splitlines()[1:]
    assert line.startswith(f"  {name} ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://user:hunter2@db/shop"),
        ("RATE_LIMIT", "hunter2"),
        ("PORT", "hunter2"),
        ("TRUSTED_PROXIES", "hunter2"),
        ("REQUEST_TIMEOUT", "0"),
        ("ENVIRONMENT", "hunter2"),
        ("ADMIN_EMAIL", "hunter2"),
    ],
)
def test_what_cannot_be_used(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SystemExit) as caught:
        read(monkeypatch, **{name: value})
    said = str(caught.value)
    assert f"  {name} " in said
    assert "hunter2" not in said


def test_all_mistakes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENVIRONMENT": "production", "PORT": "x", "RATE_LIMIT": "off"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        load()
    assert all(name in str(caught.value) for name in ("PORT", "RATE_LIMIT"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_database_by_its_address(scheme: str) -> None:
    found = database(f"{scheme}://u%40x:p%2F1@db:6543/shop?host=/run/postgresql&sslmode=require")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        *("shop", "u@x", "p/1", "/run/postgresql", "6543")
    ]
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_database_in_a_file() -> None:
    found = database("sqlite:///x.db")
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", "x.db")


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, CORS_ORIGINS="https://a.example, https://b.example", TRUSTED_PROXIES="10.0.0.0/8,::1")
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SECRET_KEY="hunter2" * 6, DATABASE_URL="postgresql://u:hunter2@db/shop")
    assert "hunter2" not in repr(settings)
