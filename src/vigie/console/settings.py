"""Django's settings. Importing them writes nothing: `vigie.console.embedded.prepare` does.

From the environment (each also as NAME_FILE): `DATABASE_URL` (PostgreSQL; SQLite without it),
`VIGIE_SECRET_KEY`, `VIGIE_CONSOLE_ADDRESS` (the address people type, https:// behind a proxy),
`VIGIE_CONSOLE_DEAD_MAN` (who hears the console's sign of life), `VIGIE_LOCAL_RECEIVERS` (networks
of the host's own to which messages may go) and `VIGIE_CONSOLE_HOME` (the folder of the embedded
database and its keys, set by `prepare`).
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import dj_database_url

from vigie.console import keys, outgoing

_folder = Path(named) if (named := os.environ.get("VIGIE_CONSOLE_HOME")) else None

DEBUG = False
SECRET_KEY, *SECRET_KEY_FALLBACKS = keys.load(_folder)

# -- Where it answers ---------------------------------------------------------------------------
ADDRESS = urlsplit(keys.given("VIGIE_CONSOLE_ADDRESS") or "http://127.0.0.1:8800")
HTTPS = ADDRESS.scheme == "https"
ALLOWED_HOSTS = [ADDRESS.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{ADDRESS.scheme}://{ADDRESS.netloc}"]
ROOT_URLCONF = "vigie.console.urls"
WSGI_APPLICATION = "vigie.console.wsgi.application"

# -- Secure by default --------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # whoever asks on the host itself speaks no HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the caretaker's other names are not ours to bind
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_100_000  # a whole batch; the API answers 413 before this
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50
SILENCED_SYSTEM_CHECKS = ["security.W005"]  # subdomains: see above

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_tasks",
    "vigie.console.accounts",
    "vigie.console.practices",
    "vigie.console.journal",
    "vigie.console.signing",
    "vigie.console.enrolment",
    "vigie.console.alerts",
    "vigie.console.outflow",
    "vigie.console.intake",
    "vigie.console.checklist",
    "vigie.console.jobs",
    "vigie.console.desk",
    "vigie.console.advice",
    "vigie.console.letters",
    "vigie.console.lessons",
    "vigie.console.incidents",
    "vigie.console.orders",
    "vigie.console.people",
    "vigie.console.notices",
    "vigie.console.api",
]
MIDDLEWARE = [
    "vigie.console.headers.content_security",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vigie.console.practices.scope.only_own_practices",
    "vigie.console.people.gate.by_role",
    "vigie.console.people.seen.written_down",
    "vigie.console.api.looking.written_down",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "desk" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# -- The database: one writer embedded, many on PostgreSQL ----------------------------------------
_EMBEDDED: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(_folder / "console.sqlite3") if _folder else ":memory:",
    "CONN_MAX_AGE": None,  # one thread, one file: opening it again costs more than a batch
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    },
}
_url = keys.given("DATABASE_URL")
POSTGRESQL = bool(_url)
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(_url) if _url else _EMBEDDED}
if POSTGRESQL:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 4, "timeout": 10},
        # A machine says much the same each minute: the server plans such a statement once.
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Who may come in ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},  # ANSSI: twelve characters and more
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "vigie.console.accounts.adapter.NobodySignsUp"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = False
MFA_ADAPTER = "vigie.console.accounts.adapter.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Vigie"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
# Obligatory wherever somebody else could knock; on this machine alone it is offered.
SECOND_FACTOR = ADDRESS.hostname not in {"127.0.0.1", "localhost", "::1"}

# -- Languages and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# -- Static files: served by WhiteNoise from the packages, no collecting --------------------------
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300

# -- The doctor's letter by mail: smtp://name:password@host:587, or smtps://…; nothing without it --
_post = urlsplit(keys.given("VIGIE_MAIL_URL") or "")
LETTERS_BY_MAIL = bool(_post.hostname)
EMAIL_HOST = _post.hostname or "localhost"
EMAIL_PORT = _post.port or (465 if _post.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_post.username or ""), unquote(_post.password or "")
EMAIL_USE_SSL = _post.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and _post.query != "plain"  # plain: a relay on this very machine
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = keys.given("VIGIE_MAIL_FROM") or unquote(_post.username or "vigie@localhost")
# The same server as Apprise writes it: who is told by it need give no more than an address.
_login = f"{_post.username}:{_post.password or ''}@" if _post.username else ""
_way = "ssl" if EMAIL_USE_SSL else "starttls" if EMAIL_USE_TLS else "insecure"
MAIL = (
    f"mailto{'s' if _way != 'insecure' else ''}://{_login}{EMAIL_HOST}:{EMAIL_PORT}"
    f"?from={quote(DEFAULT_FROM_EMAIL)}&mode={_way}"
    if LETTERS_BY_MAIL
    else ""
)
# -- Who is told, and by whom the console is watched ----------------------------------------------
# Receivers on the host's own networks: without this line messages go to public addresses only.
LOCAL_RECEIVERS = outgoing.networks(keys.given("VIGIE_LOCAL_RECEIVERS") or "")
DEAD_MAN = keys.given("VIGIE_CONSOLE_DEAD_MAN") or ""
DUTIES = [
    "vigie.console.desk.duties",
    "vigie.console.jobs.duties",
    "vigie.console.notices.duties",
    "vigie.console.api.duties",
    "vigie.console.letters.duties",
]  # each has EVERY: the names of its returning tasks, and how often

TASKS = {"default": {"BACKEND": "vigie.console.jobs.backend.Leased"}}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"apprise": {"level": "CRITICAL"}},  # it would write addresses into the log
}
