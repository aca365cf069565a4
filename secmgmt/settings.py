"""One settings file, driven by environment variables (docs/operations.md lists them all).

Without any variable the product runs embedded: SQLite, Celery over the file system, local files,
``DEBUG`` on and loopback only.  With ``DEBUG=0`` a missing or sample secret stops the start.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", True)
DEMO = env.bool("DEMO", False)
SAMPLE_SECRETS = ("development-only-secret-key-never-for-production", "change-me", "sample", "secret")
SECRET_KEY = env.str("SECRET_KEY", SAMPLE_SECRETS[0] if DEBUG else "")
# Key for what must be unreadable in the database and its dumps (TOTP seeds, phone numbers, webhook keys).
FIELD_KEY = env.str("FIELD_KEY", SAMPLE_SECRETS[0] if DEBUG else "")
FIELD_KEYS_OLD = env.list("FIELD_KEYS_OLD", default=[])  # still read after a change of FIELD_KEY
FIELD_CIPHER = env.str("FIELD_CIPHER", "aes")  # or sm4
if not DEBUG:
    for name, value in (("SECRET_KEY", SECRET_KEY), ("FIELD_KEY", FIELD_KEY)):
        if len(value) < 32 or value in SAMPLE_SECRETS or value.startswith("change-me"):
            raise ImproperlyConfigured(
                f"{name} is missing, shorter than 32 characters or a sample value; production does not "
                f"start with it. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
    if DEMO:
        raise ImproperlyConfigured("DEMO=1 opens one-click sign-in and is refused when DEBUG is off.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Addresses of reverse proxies whose X-Forwarded-For is believed; empty: REMOTE_ADDR only.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Where the administrators' pages may be reached from (8.1.4.4 c); empty: anywhere.
ADMIN_NETWORKS = env.list("ADMIN_NETWORKS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_filters",
    "ninja",
    "secmgmt.core",
    "secmgmt.accounts",
    "secmgmt.portal",
    "assets",
    "assessments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "secmgmt.core.middleware.RequestContext",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "secmgmt.core.middleware.BodyLimit",  # after who asks is known, before anything reads the body
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "secmgmt.accounts.middleware.LoginPolicy",
    "secmgmt.core.middleware.Refusals",
]

ROOT_URLCONF = "secmgmt.urls"
WSGI_APPLICATION = "secmgmt.wsgi.application"
FORM_RENDERER = "secmgmt.core.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "secmgmt.core.context.shell",
            ],
            "builtins": ["secmgmt.core.templatetags.ui"],
        },
    }
]

VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'secmgmt.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if env.str("REDIS_URL", ""):
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.str("REDIS_URL")}

# Files: random names outside the web root, never served by the web server.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Collected by whoever installs, read by the service's user: not as closed as what people upload.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
if env.str("S3_BUCKET", ""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT", None),
            "default_acl": "private",
            "querystring_auth": True,
        },
    }
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 20 * 1024 * 1024)
UPLOAD_MAX_FILES_PER_OBJECT = env.int("UPLOAD_MAX_FILES_PER_OBJECT", 50)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

AUTH_USER_MODEL = "accounts.User"
SCOPE_NODE_MODEL = "accounts.OrgUnit"
AUTHENTICATION_BACKENDS = ["secmgmt.accounts.backends.PolicyBackend"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "secmgmt.accounts.passwords.PolicyValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "secmgmt.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # ours are counted in the database before the password is checked
MFA_ADAPTER = "secmgmt.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ACCOUNT_FORMS = {
    "login": "secmgmt.accounts.authforms.LoginForm",
    "change_password": "secmgmt.accounts.authforms.ChangePasswordForm",
    "reauthenticate": "secmgmt.accounts.authforms.ConfirmForm",
}
MFA_FORMS = {
    "authenticate": "secmgmt.accounts.authforms.AuthenticateForm",
    "reauthenticate": "secmgmt.accounts.authforms.ReauthenticateForm",
    "activate_totp": "secmgmt.accounts.authforms.ActivateTOTPForm",
    "deactivate_totp": "secmgmt.accounts.authforms.DeactivateTOTPForm",
}
ACCOUNT_SESSION_REMEMBER = False
MFA_TOTP_ISSUER = "等保管理系统"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "secmgmt.core.middleware.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
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

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["secmgmt.formats"]

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))

# Background work: the message carries only a job's id; the row in core.Job is the job.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://localhost/")
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "secmgmt")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue = VAR_DIR / "queue"
    for part in ("messages", "processed", "control"):
        (_queue / part).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "processed_folder": str(_queue / "processed"),
        "control_folder": str(_queue / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 60, "unacked_restore_throttle": 1}
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", 30)
JOB_SWEEP_SECONDS = env.int("JOB_SWEEP_SECONDS", 10)
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "core.sweep_jobs", "schedule": JOB_SWEEP_SECONDS},
    "anchor-audit": {"task": "core.anchor_audit", "schedule": 3600.0},
    "housekeeping": {"task": "core.housekeeping", "schedule": 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULER = "secmgmt.beat:MemoryScheduler"

# Reminders by e-mail; without EMAIL_HOST there are only the notices in the site.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "secmgmt@localhost")
SITE_URL = env.str("SITE_URL", "").rstrip("/")  # https://host, for the links in mails

AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", 365)
AUDIT_ANCHOR_FILE = Path(env.str("AUDIT_ANCHOR_FILE", str(VAR_DIR / "audit-anchor.log")))
DIGEST_ALGORITHM = env.str("DIGEST_ALGORITHM", "sm3")
REPORT_FONT = env.str("REPORT_FONT", "")
ORGANIZATION_NAME = env.str("ORGANIZATION_NAME", "市网络安全和信息化领导小组")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "secmgmt.core.logs.formatter"}},
    "filters": {"short": {"()": "secmgmt.core.logs.Short"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["short"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING" if DEBUG else "INFO")},
}
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # the backend of guardian knows neither validity nor paths

LOCAL = DEBUG  # on this machine only: nothing of production is asked for
if DEMO:
    # A visitor is shown the product's own page when something is missing or goes wrong, not Django's.
    DEBUG, WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = False, True, True
