"""Settings: from the environment and from `.env`, checked once, all mistakes at once."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import EmailStr, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

NOT_SECRET = "not-a-secret-only-for-development"
DRIVERS = {
    "postgresql://": "postgresql+asyncpg://",
    "postgres://": "postgresql+asyncpg://",
    "sqlite://": "sqlite+aiosqlite://",
}


class Settings(BaseSettings):
    """Every setting with its default. Seconds are floats; the names in the environment are these in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    environment: Literal["development", "test", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where people reach the application: links in mail begin with it."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics_token: SecretStr | None = Field(
        default=None, description="The bearer token for /metrics; production needs one."
    )

    database_url: str = Field(default="sqlite+aiosqlite:///./case.db", repr=False)
    database_pool: int = Field(default=8, ge=1, le=100, description="Connections of each engine.")
    database_pool_timeout: float = Field(default=3, gt=0)
    statement_timeout: float = Field(default=5, gt=0)

    secret_key: SecretStr = Field(
        default=SecretStr(NOT_SECRET), description="Signs tokens: at least 32 characters, the same in every process."
    )
    admin_email: EmailStr | None = None
    admin_password: SecretStr | None = None

    request_timeout: float = Field(default=30, gt=0, description="For a whole answer; of a stream, for each chunk.")
    header_timeout: float = Field(default=10, gt=0, description="For the line and the headers of a request.")
    body_timeout: float = Field(default=20, gt=0, description="For the body of a request.")
    keep_alive: int = Field(default=20, ge=1)
    drain_timeout: int = Field(
        default=25, ge=1, le=28, description="How long requests in flight may take after SIGTERM."
    )
    body_limit: int = Field(default=1_048_576, ge=1024, description="Bytes.")

    rate_limit: str = Field(default="30/second", pattern=r"^(off|[1-9]\d*/(second|minute|hour|day))$")
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(), description="Whose X-Forwarded-For is believed, and nobody else's."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()

    smtp_host: str | None = Field(default=None, description="Without it, mail is printed to the log.")
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "off"] = "starttls"
    mail_from: str = "case@localhost"

    @field_validator("trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        for plain, driver in DRIVERS.items():
            url = driver + url.removeprefix(plain) if url.startswith(plain) else url
        if not url.startswith(tuple(DRIVERS.values())):
            raise ValueError("has to be postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE")
        return url

    @field_validator("secret_key", "rate_limit", "smtp_host", "public_url", "cors_origins")
    @classmethod
    def _production(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("environment") == "production" and (mistake := _unsafe(info.field_name or "", value)):
            raise ValueError(mistake)
        return value

    @property
    def production(self) -> bool:
        return self.environment == "production"


def _unsafe(name: str, value: object) -> str | None:
    """Why production is refused with this value, and what to do."""
    match name, value:
        case "secret_key", SecretStr() as secret if secret.get_secret_value() == NOT_SECRET or len(secret) < 32:
            return "is the default or shorter than 32 characters: set it to the output of `openssl rand -hex 32`"
        case "rate_limit", "off":
            return "may be off in tests only: set it to a rate such as 30/second"
        case "smtp_host", None:
            return "is not set, so that mail would go to the log: set it to the name of a mail server"
        case "public_url", str() as url if not url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            return "has to begin with https://"
        case "cors_origins", origins if "*" in str(origins):
            return "has to name each origin: take the * out"
    return None


def mistakes(error: ValidationError) -> str:
    """All that is wrong with the settings, one line each, without the values."""
    lines = [f"  {str(line['loc'][0]).upper()} {line['msg'].removeprefix('Value error, ')}" for line in error.errors()]
    return "The settings cannot be used; change them in the environment or in .env:\n" + "\n".join(lines)


def load() -> Settings:
    """The settings of this process. SystemExit, with every mistake, where they cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(mistakes(error)) from None


settings = load()
