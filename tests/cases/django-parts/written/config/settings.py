"""Django's settings, made of those of `config.environment`."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.environment import settings

SECRET_KEY = settings.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = ["*"]  # links are made with PUBLIC_URL, never with the host that a request names
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
USE_TZ, TIME_ZONE, USE_I18N = True, "UTC", False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "apps.core",
    "apps.accounts",
    "apps.invoices",
]

MIDDLEWARE = [
    "apps.core.middleware.EdgeMiddleware",
    *(["corsheaders.middleware.CorsMiddleware"] if settings.cors_origins else []),
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",  # these are for the admin site
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
CORS_ALLOWED_ORIGINS = settings.cors_origins
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [
    *("Accept", "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("X-API-Key", "X-CSRF-Token", "X-Request-Id"),
]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
UNFOLD = {"SITE_TITLE": "Case", "SITE_HEADER": "Case", "SITE_URL": "/docs"}
WHITENOISE_USE_FINDERS = True  # each app brings its own: nothing has to be collected


def database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": settings.statement_timeout, "init_command": pragmas}
        name = url.removeprefix("sqlite:///")
        # One file, one process: connections stay, and writers take turns.
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "CONN_MAX_AGE": None, "OPTIONS": options}
    pool = {"min_size": 1, "max_size": settings.database_pool, "timeout": settings.database_pool_timeout}
    limits = {
        "statement_timeout": settings.statement_timeout,
        "idle_in_transaction_session_timeout": settings.request_timeout,
    }
    session = " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in limits.items())
    asked = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": asked.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": pool, "options": session, "application_name": "app", **asked},
    }


DATABASES = {"default": database(settings.database_url)}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "apps.accounts.backends.PasswordRules"}]
PASSWORD_HASHERS = ["apps.core.passwords.PasswordHasher"]
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(settings.public_url))]  # what ends TLS stands between
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = settings.production
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # `EdgeMiddleware` sends what SecurityMiddleware would,
    "security.W002",  # and XFrameOptionsMiddleware;
    "security.W003",  # views are called with tokens; cookies have a CSRF token of their own, and the admin has Django's
    "security.W008",  # what ends TLS sends people there
]
DATA_UPLOAD_MAX_MEMORY_SIZE = settings.body_limit
LOGGING_CONFIG = None  # `core.logs` does that

EMAIL_BACKEND = f"django.core.mail.backends.{'console' if settings.smtp_host is None else 'smtp'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = settings.smtp_host or "", settings.smtp_port
EMAIL_HOST_USER = settings.smtp_user or ""
EMAIL_HOST_PASSWORD = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = settings.smtp_tls == "starttls", settings.smtp_tls == "tls", 10
DEFAULT_FROM_EMAIL = settings.mail_from

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.core.authentication.Authentication"],
    "DEFAULT_PERMISSION_CLASSES": [],  # a rule is a condition of the query: see permissions.py of each app
    "DEFAULT_PARSER_CLASSES": ["apps.core.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.core.negotiation.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "apps.core.schema.Schema",
    "EXCEPTION_HANDLER": "apps.core.errors.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Case",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [],  # words stand where they are sent, with no name of their own
}
