"""All settings. What differs between installations is read from the environment (docs/settings.md)."""

import os
from pathlib import Path
from typing import Any

import environ
from bootstrap_wrapper import get_bootstrap_css_dir
from django.utils.csp import CSP

from config import environment
from config.middleware import HEALTH, MACHINE_PATHS, list_middleware
from kit.logs import configure_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.ENVIRON = environment.read_secrets(os.environ)
PRACTICE, PRACTICE_URL = environment.read_practice(env), env.str("PRACTICE_URL", default="")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-debugging-and-tests" if DEBUG else environ.Env.NOTSET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Keys of the secrets in the database, 32 bytes each. The first encrypts, all decrypt (kit/encryption.py).
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])

# Uploaded files, issued documents and the SQLite database; none beside the code of a wheel (ADR 32).
DATA = ".data" if (BASE_DIR / "pyproject.toml").exists() else Path.home() / ".local/share/rembuk"
DATA_DIR = Path(env.str("REMBUK_DATA", default=str(BASE_DIR / DATA))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

INSTALLED_APPS = [
    "desk",
    "operations.setup",
    "trust.record",
    "trust.archive",
    "trust.privacy",
    "operations",
    "exchange",
    "reports",
    "notices",
    "reports.surveys",
    "documents",
    "dispositions",
    "consultations.intake",
    "consultations.scheduling",
    "consultations.faq",
    "consultations.audit",
    "consultations",
    "office",
    "kit",
    "office.apps.AdministrationConfig",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "kit.apps.StaticFilesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",  # after allauth, whose Indonesian text of "Password" is "Kata sandi"
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tasks_db",
    "phonenumber_field",
]
INSTALLED_APPS += ["operations.demo"] if DEBUG or PRACTICE else []

# `consultations.workflow.transition` calls them in this order, in the transaction of each step.
STEP_RECEIVERS = [
    "consultations.work.update_items",
    "consultations.services.store_involvements_of_step",
    "consultations.search_index.index_step",
    "consultations.scheduling.services.take_back_session",
    "dispositions.services.renew_assignment",
    "dispositions.services.withdraw_endorsement",
    "documents.issuing.issue_documents",
    "reports.services.take_initials_back",
    "reports.follow_ups.update_items",
    "notices.services.delivery.notify_of_step",
    "exchange.webhooks.announce_step",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.navigation.office",
            ],
        },
    }
]

DATABASES = environment.read_databases(env, DATA_DIR)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
MIDDLEWARE = list_middleware(has_metrics=bool(METRICS_TOKEN))

CACHES = environment.read_caches(env)

MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
# Default folder of `manage.py backup`.
BACKUP_DIR = env.str("BACKUP_DIR", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Bytes of a request. A view that takes files or long texts has a higher limit (kit/limits.py). The web
# server refuses what exceeds MAX_BODY_LIMIT.
BODY_LIMIT = 256 * 1024
MAX_BODY_LIMIT = 32 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# Seconds without a heartbeat after which a process counts as dead. Tasks of a dead worker go to another one.
WORKER_SILENT_AFTER = env.int("WORKER_SILENT_AFTER", default=45)
SCHEDULER_SILENT_AFTER = env.int("SCHEDULER_SILENT_AFTER", default=300)
# Seconds without a visitor after which `run_office` ends web server and worker until the next one; 0: never.
SLEEP_AFTER = env.int("SLEEP_AFTER", default=600)

AUTH_USER_MODEL = "office.User"
AUTHENTICATION_BACKENDS = ["office.access.accounts.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "office.access.accounts.OwnWordsValidator"},
    {"NAME": "office.access.accounts.ListedValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_LIST = env.str("PASSWORD_LIST", default="")  # sorted SHA-1 hashes of passwords that are refused
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "office.access.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = False
# To change the address, a user enters the password, and then a code that was sent to the new one.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
PASSWORD_RESET_TIMEOUT = 60 * 60
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = environment.read_rate_limits(env)
FORM_SECONDS = env.int("FORM_SECONDS", default=3)
START_EARLY_MINUTES = env.int("START_EARLY_MINUTES", default=30)
MFA_ADAPTER = "office.access.sessions.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "office.access.sessions.AddPasskeyForm"}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: the office has created the account
MFA_RATE_LIMITS = {"webauthn_login": ACCOUNT_RATE_LIMITS["login"]}
MFA_TOTP_ISSUER = "Rembuk"
# Needs the extra `oidc` and, once, `migrate`.
SOCIALACCOUNT_PROVIDERS, PASSWORD_LOGIN = environment.read_oidc(env)
SOCIALACCOUNT_ADAPTER = "office.access.single_sign_on.SingleSignOnAdapter"
# A link, not a form: the policy `form-action` would also stop redirects to other providers.
SOCIALACCOUNT_LOGIN_ON_GET = True
if SOCIALACCOUNT_PROVIDERS:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
USERSESSIONS_ADAPTER = "consultations.audit.services.SessionsAdapter"

SESSION_ENGINE = "office.access.sessions"
SESSION_HOURS = env.int("SESSION_HOURS", default=10)
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", default=30) * 60
CSRF_COOKIE_HTTPONLY = True
HTTPS = env.bool("HTTPS", default=False)
# Browsers accept such a cookie from this host only, over HTTPS only, and for the whole site.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "config.messages.MessageStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REDIRECT_EXEMPT = [*(f"^{path[1:]}$" for path in HEALTH), MACHINE_PATHS]
# The client's address is this entry of X-Forwarded-For, counted from the right. Those before may be forged.
BEHIND_PROXY = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("BEHIND_PROXY", default=0)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Base of absolute URLs. Issued documents contain it (QR code and text), so do not change it later.
PUBLIC_URL = env.str("PUBLIC_URL", default=f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0]}").rstrip("/")
TRUSTED_NETWORK = env.bool("TRUSTED_NETWORK", default=False)  # for `check --deploy`
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")  # /.well-known/security.txt shows it
X_FRAME_OPTIONS = "SAMEORIGIN"  # pages show their PDFs in a frame
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # X_FRAME_OPTIONS, see above
    "security.W021",  # the preload list of browsers is the decision of the whole domain, e.g. go.id
    "mail.E001",  # without EMAIL_URL messages wait in the outbox: notices.W004 says so
]
SECURE_CSP = {
    "default-src": [CSP.SELF],
    # The nonce allows the <style> element of public pages (ADR 12).
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# `kit/middleware.py` sets and reads this cookie.
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "Asia/Jakarta"  # until `office/worktime.py` activates the office's own
CLOCK_TOLERANCE = env.int("CLOCK_TOLERANCE", default=60)
FORMAT_MODULE_PATH = ["config.formats"]
PHONENUMBER_DEFAULT_REGION = "ID"

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static-built")))
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap/css", get_bootstrap_css_dir())]
# Several web machines share a bucket, e.g. s3://rembuk?endpoint_url=https://s3.example.go.id. boto3 reads the
# credentials. Without it, files are stored in MEDIA_ROOT.
STORAGE_URL = env.str("STORAGE_URL", default="")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "config.storage.PrivateStorage", "OPTIONS": {"url": STORAGE_URL}}
    if STORAGE_URL
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # The user of a proxy reads static files, but no uploaded ones (FILE_UPLOAD_PERMISSIONS).
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
# Serve collected files only, also with DEBUG (bin/demo). `runserver` uses Django's finders as usual.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = False
# Seconds that browsers cache files without a hash in the name (with DEBUG). Hashed names never expire.
WHITENOISE_MAX_AGE = 300
# Images and fonts are compressed already. Source maps take half of the compression time and are rarely read.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "webp", "woff", "woff2")

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CLAMAV_URL = environment.read_scanner(env)
MAILERS = environment.read_mailers(
    env, default="consolemail://" if DEBUG and not PRACTICE else "dummymail://"
)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="rembuk@localhost")

# click: staff sends each WhatsApp message with a tap. cloud: the WhatsApp Business Cloud API sends them.
WHATSAPP = env.str("WHATSAPP", default="click", choices=("click", "cloud"))
WHATSAPP_URL = env.str("WHATSAPP_URL", default="https://graph.facebook.com/v23.0")
WHATSAPP_TOKEN = env.str("WHATSAPP_TOKEN", default="")
WHATSAPP_PHONE_NUMBER_ID = env.str("WHATSAPP_PHONE_NUMBER_ID", default="")
WHATSAPP_APP_SECRET = env.str("WHATSAPP_APP_SECRET", default="")
WHATSAPP_VERIFY_TOKEN = env.str("WHATSAPP_VERIFY_TOKEN", default="")
WHATSAPP_TIMEOUT = env.int("WHATSAPP_TIMEOUT", default=20)  # seconds to wait for an answer
# Push messages to browsers. Without the key they are not offered.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=[])  # may be private, also by http

# Electronic signatures. The passphrase of the key is asked for each signature and never stored.
SIGNER = env.str("SIGNER", default="none", choices=("none", "pkcs12", "bsre"))
SIGNER_TIMEOUT = env.int("SIGNER_TIMEOUT", default=15)  # seconds to wait for other services
SIGNER_PKCS12 = env.str("SIGNER_PKCS12", default="")
SIGNER_TIMESTAMP_URL = env.str("SIGNER_TIMESTAMP_URL", default="")
SIGNER_TRUST_ROOTS = env.str("SIGNER_TRUST_ROOTS", default="")
# Seals of the record. An own key, because its passphrase is stored: a task signs each night.
SEAL_PKCS12 = env.str("SEAL_PKCS12", default="")
SEAL_PASSPHRASE = env.str("SEAL_PASSPHRASE", default="")
SEAL_RECIPIENTS = env.list("SEAL_RECIPIENTS", default=[])
BSRE_URL = env.str("BSRE_URL", default="")
BSRE_USERNAME = env.str("BSRE_USERNAME", default="")
BSRE_PASSWORD = env.str("BSRE_PASSWORD", default="")

# The log hides what follows in an address: secret links. contrib/nginx.conf repeats it.
SECRET_ROUTES = (
    *("ajukan", "akun/password/reset/key", "ekspor", "kalender/langganan", "kiriman", "naskah", "p"),
    *("pengaduan", "surat-keluar", "survei", "tanda-tangan", "undangan", "verifikasi"),
)
LOG_FORMAT = env.str("LOG_FORMAT", default="text", choices=("text", "json"))
LOGGING = configure_logging(env.str("LOG_LEVEL", default="INFO"), LOG_FORMAT)

# Free space of the disk, in megabytes, below which the state of the system needs attention.
MIN_FREE_DISK = env.int("MIN_FREE_DISK", default=1024)
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    from config.sentry import configure_sentry

    configure_sentry(SENTRY_DSN)
