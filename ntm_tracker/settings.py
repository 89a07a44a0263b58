"""The one settings file. Everything that differs between installations comes from the environment:

`DATABASE_URL`, `NTM_DATA_DIR` (database, evidence, generated key; default `var/`), `NTM_SECRET_KEY`, `NTM_DEBUG`,
`NTM_ALLOWED_HOSTS`, `NTM_HTTPS` (set behind a TLS proxy), `NTM_PROXIES` (how many proxies stand in front),
`NTM_EVIDENCE_MB` (largest file of evidence), `NTM_BACKUP_DIR` (where backups go), `NTM_PG_BIN` (pg_dump, pg_restore).
"""

import secrets
import sqlite3
from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env("NTM_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """Made at the first start and kept out of the tree, readable by the owner alone."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the mended write-ahead log: 3.51.3 and later, 3.50.7, 3.44.6."""
    mended = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}.get(version[:2], (3, 51, 3))
    return version >= mended


SECRET_KEY = env("NTM_SECRET_KEY", default="") or _secret_key()
DEBUG = env.bool("NTM_DEBUG", default=False)
ALLOWED_HOSTS = env.list("NTM_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = env.bool("NTM_HTTPS", default=False)

INSTALLED_APPS = [
    "ntm_tracker",
    "reports",
    "plans",
    "communes",
    "criteria",
    "accounts",
    "axes",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "ntm_tracker.middleware.AnswerHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ntm_tracker.middleware.AddressGuard",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ntm_tracker.middleware.IdleSession",
    "ntm_tracker.middleware.LoginRequired",
    "ntm_tracker.middleware.Edge",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ntm_tracker.urls"
WSGI_APPLICATION = "ntm_tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ntm_tracker.context_processors.frame",
            ],
            "builtins": ["criteria.templatetags.ntm", "reports.templatetags.boards", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'ntm.sqlite3'}")}
# WAL has a corruption bug before these versions (docs/reliability.md): elsewhere the rollback journal.
SQLITE_WAL_IS_SAFE = wal_is_safe(sqlite3.sqlite_version_info)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Without IMMEDIATE concurrent writers die with "database is locked" (docs/reliability.md).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode={'WAL' if SQLITE_WAL_IS_SAFE else 'DELETE'};"
        "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA cache_size=-20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("NTM_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Backups (manage.py backup): better on another disk. Programs of PostgreSQL are looked for on PATH, or in this folder.
NTM_BACKUP_DIR = Path(env("NTM_BACKUP_DIR", default=str(DATA_DIR / "backups"))).resolve()
NTM_PG_BIN = env("NTM_PG_BIN", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/dang-nhap/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/dang-nhap/"
SESSION_IDLE_SECONDS = env.int("NTM_IDLE_MINUTES", default=60) * 60
SESSION_LONGEST_SECONDS = 12 * 3600
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "ntm_tracker.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Throttle before the hash, by name and address together, so that a stranger cannot lock an officer out.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying again does not start the wait anew
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_IPWARE_PROXY_COUNT = env.int("NTM_PROXIES", default=0) or None
AXES_VERBOSE = False

# Column of the thresholds that a criteria page shows where no unit is asked about (Hà Tĩnh: Bắc Trung Bộ).
NTM_DEFAULT_REGION = env("NTM_DEFAULT_REGION", default="bac_trung_bo")

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # True prints the year as 2.026 and breaks SVG
FORMAT_MODULE_PATH = ["ntm_tracker.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Largest file of evidence; a proxy in front has to let as much through.
NTM_EVIDENCE_MB = env.int("NTM_EVIDENCE_MB", default=20)
# Whatever is uploaded: the largest file, and the largest request, refused while they arrive.
NTM_UPLOAD_MB = max(NTM_EVIDENCE_MB, env.int("NTM_UPLOAD_MB", default=20))
NTM_REQUEST_MB = max(100, NTM_UPLOAD_MB + 10)
FILE_UPLOAD_HANDLERS = [
    "ntm_tracker.uploads.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # an entry sheet sends four fields a row
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Mail, for the daily digest only (manage.py run_due). Without EMAIL_URL none is sent, and the command says so.
NTM_SENDS_MAIL = bool(env("EMAIL_URL", default=""))
if NTM_SENDS_MAIL:
    vars().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("NTM_MAIL_FROM", default="ntm@localhost")
NTM_SITE_URL = env("NTM_SITE_URL", default="").rstrip("/")  # links in mails begin with it
NTM_DIGEST_HOUR = env.int("NTM_DIGEST_HOUR", default=7)  # no mail before this hour of the day

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = env.list("NTM_TRUSTED_ORIGINS", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # What a visitor did wrong is answered, not traced: a tester's run otherwise writes 16,000 lines.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    },
}
