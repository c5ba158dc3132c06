"""Django settings, read from typed environment variables that fail loudly.

Defaults of this installation may stand in ``$REGULARS_HOME/regulars.env``. Every variable is
listed in docs/reference/settings.md; a test holds the two together.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from regulars.base import environment
from regulars.base.brand import Brand
from regulars.base.secret_files import kept_secret
from regulars.server.ledger.address import ledger_address

REGULARS_HOME: Path = environment.folder("REGULARS_HOME", Path("var"))
environment.read_defaults(REGULARS_HOME / "regulars.env")
REGULARS_LAKE: Path = REGULARS_HOME / "lake"
REGULARS_BRAND = Brand(
    name=environment.text("REGULARS_BRAND_NAME", "Regulars"),
    zone=environment.text("REGULARS_ZONE", "Asia/Shanghai"),
    currency=environment.text("REGULARS_CURRENCY", "CNY"),
    region=environment.text("REGULARS_REGION", "CN"),
)
# The measures with this installation's options; jobs on lower floors find them by this path.
REGULARS_PRODUCERS = "regulars.server.measures.brand_producers"
# A rule (see docs/reference/rules.md) for who refused to be approached; "" is nobody.
REGULARS_REFUSED_RULE: str = environment.text("REGULARS_REFUSED_RULE", "")
# Groups of attributes that are told of members who agreed: social, sensitive.
REGULARS_TOLD_GROUPS: list[str] = environment.choices(
    "REGULARS_TOLD_GROUPS", ("social", "sensitive")
)
REGULARS_BLOCKED_IDENTIFIERS: list[str] = environment.words("REGULARS_BLOCKED_IDENTIFIERS")

DEBUG = environment.boolean("REGULARS_DEBUG", default=False)
SECRET_KEY = environment.text("REGULARS_SECRET_KEY", "") or kept_secret(
    REGULARS_HOME / "secrets" / "django.key", lambda: secrets.token_urlsafe(48)
)
ALLOWED_HOSTS = environment.words("REGULARS_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = environment.boolean("REGULARS_HTTPS", default=False)
CSRF_TRUSTED_ORIGINS = environment.words("REGULARS_TRUSTED_ORIGINS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "regulars.console.views.errors.stale"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "regulars.apps.accounts",
    "regulars.apps.catalog",
    "regulars.apps.ingest",
    "regulars.apps.members",
    "regulars.apps.tags",
    "regulars.apps.audiences",
    "regulars.api",
    "regulars.console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "regulars.api.door.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "regulars.console.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "regulars.apps.accounts.middleware.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "regulars.server.urls"
WSGI_APPLICATION = "regulars.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "regulars.console.context_processors.frame",
            ],
        },
    }
]

REGULARS_LEDGER = ledger_address(REGULARS_HOME)
DATABASES = {"default": REGULARS_LEDGER.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "console:overview"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

LANGUAGE_CODE = environment.text("REGULARS_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "console" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = REGULARS_BRAND.zone
FIRST_DAY_OF_WEEK = 1

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: the files are served straight from the packages
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": environment.text("REGULARS_LOG_LEVEL", "WARNING").upper(),
    },
}
