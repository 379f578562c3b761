"""Django's settings, driven by the environment (see environment.py)."""

import gc
import sys
from typing import Any

import environ
from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.settings.environment import ROOT, read

# Until all is loaded (config.apps): nothing of it is garbage, and looking for some was a fifth of every start.
gc.disable()

COUNTERSIGN = read()

DEBUG = COUNTERSIGN.debug
SECRET_KEY = COUNTERSIGN.secret_key or ""
CORPORA_DIR = COUNTERSIGN.corpora_dir

# --- apps: which schema holds whose tables ---------------------------------------------------
BOTH_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "accounts",
    "audit",
]
SHARED_APPS = [
    "tenants",  # these before django_tenants: its commands are replaced by ours
    "portal",
    "django_tenants",
    "dispatch",
    "ai.catalog",
    "observability",
    "stack",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_cotton.apps.SimpleAppConfig",
    "django_structlog",
    "csp",
    "django.contrib.staticfiles",
    *BOTH_APPS,
]
TENANT_APPS = [
    *BOTH_APPS,
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "gateway",
    "notify",
    "mail",
    "crm",
    "ai",
    "ai.evaluation",
    "approvals",
    "knowledge",
    "workflows",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS), "config"]

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
PUBLIC_SCHEMA_NAME = "public"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
ROOT_URLCONF = "config.urls_tenant"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database: the owner makes and migrates, the app's login only works ------------------------
# These commands run with the owner's login and without tenants' roles; everything else is the app.
OWNER_COMMANDS = {
    *("migrate", "migrate_schemas", "create_tenant", "seed_demo", "provisioner", "prune_audit", "erase_colleague"),
}
AS_OWNER = len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS


def _database(url: str | None, *, tenant_roles: bool) -> dict[str, Any]:
    found: dict[str, Any] = dict(environ.Env.db_url_config(url)) if url else {"NAME": ""}
    options: dict[str, Any] = {
        **found.get("OPTIONS", {}),
        "tenant_roles": tenant_roles,
        "application_name": "countersign",
        # Django's default, none, would also turn off what dispatch.connection.rows_prepared asks for.
        "prepare_threshold": 5,
    }
    return found | {"ENGINE": "tenants.backend", "CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


DATABASES = {
    "default": _database(
        COUNTERSIGN.database_owner_url if AS_OWNER else COUNTERSIGN.database_url, tenant_roles=not AS_OWNER
    )
}
APP_ROLE = environ.Env.db_url_config(COUNTERSIGN.database_url)["USER"] if COUNTERSIGN.database_url else ""
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

# --- broker and cache ----------------------------------------------------------------------------
REDIS_URL = COUNTERSIGN.redis_url or ""
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://") + ("?db=1" if "+socket" in REDIS_URL else "/1"),
        # It is asked in every request: one that does not answer must not hold them up, and is not asked again.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)},
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# By default Celery would close the database's connection around each wake-up; CONN_MAX_AGE renews it.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A request whose wake-up cannot be sent goes on: by default it would try again for six seconds.
    "max_retries": 1,
    "interval_start": 0.1,
}

# --- web -----------------------------------------------------------------------------------------
# The table of domains is the list of allowed hosts: TenantMiddleware answers 404 to any other.
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = [
    "portal.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.delivery.StaticFilesMiddleware",
    "portal.delivery.CompressedPagesMiddleware",
    "tenants.middleware.TenantMiddleware",
    "gateway.middleware.QueryMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.support.SupportReadsOnly",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.workspace",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
WSGI_APPLICATION = "config.wsgi.application"
STATIC_URL = "/static/"
STATIC_ROOT = None  # served from where the apps keep them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.delivery.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- signing in: a tenant's people through allauth, operators through the admin's own form ---------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
    "tenants.support.SupportBackend",
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_ADAPTER = "portal.adapters.PeopleAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # what the login method asks for; there is no page for it
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has reached its address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = True
# Of failed attempts: by address, and by account. Whoever signs in is counted more loosely.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
# Behind the proxy that ends TLS, the address of who asks is the one that it has seen.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if COUNTERSIGN.behind_tls else 0
MFA_ADAPTER = "portal.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
PASSWORD_RESET_TIMEOUT = 3600
ANONYMOUS_USER_NAME = None  # nobody has rights without having signed in

# --- safety ----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# A session belongs to one host: a wider cookie would carry one tenant's session to another's.
SESSION_COOKIE_DOMAIN = None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# TLS ends at the proxy in front; on a bare `localhost` there is none.
BEHIND_TLS = COUNTERSIGN.behind_tls
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "en-au"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# --- API -----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["gateway.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["gateway.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gateway.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "gateway.openapi.Schema",
    "EXCEPTION_HANDLER": "gateway.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Countersign",
    "DESCRIPTION": "The API of one tenant: mail, runs, approvals, records, ledger.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "ApprovalStatus": "approvals.models.ApprovalStatus",
        "AppointmentStatus": "crm.models.AppointmentStatus",
        "CallOutcome": "ai.models.CallOutcome",
        "DeliveryStatus": "notify.models.DeliveryStatus",
        "DocumentStatus": "knowledge.models.DocumentStatus",
        "EffectStatus": "workflows.models.EffectStatus",
        "ErasureStatus": "workflows.models.ErasureStatus",
        "EnquiryStatus": "crm.models.EnquiryStatus",
        "FallbackKind": "ai.fallbacks.FallbackKind",
        "KindEnum": "notify.models.EndpointKind",
        "ListingStatus": "crm.models.ListingStatus",
        "MessageStatus": "mail.models.Status",
        "RejectionKind": "approvals.models.RejectionKind",
        "RunStatus": "workflows.models.RunStatus",
        "StepStatus": "workflows.models.StepStatus",
        "VersionStatus": "workflows.models.VersionStatus",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- logs ------------------------------------------------------------------------------------------------
LOGGING_CONFIG = "observability.logs.configure"
LOGGING = {"level": COUNTERSIGN.log_level}
LOG_LEVEL = COUNTERSIGN.log_level
SENTRY_DSN = COUNTERSIGN.sentry_dsn
