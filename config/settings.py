"""Every setting of the project. What varies by machine is an environment variable."""

from datetime import timedelta
from pathlib import Path

from corsheaders.defaults import default_headers

from config import env, unfold

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / ".local")
env.addresses(DATA_DIR / "addresses.json")

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "*")

INSTALLED_APPS = [
    "config",
    "openapi",
    "transfers",
    "oauth",
    "orders",
    "catalog",
    "customers",
    "annotations",
    "activity",
    "anonymization",
    "organizations",
    "jsonapi",
    "unfold.apps.BasicAppConfig",
    "config.adminsite.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework_json_api",
]

MIDDLEWARE = [
    "config.shortway.ShortWay",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "config.cards.RefuseCards",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# Storefronts in browsers: tokens travel in a header, so that no cookie can be abused from afar.
CORS_URLS_REGEX = r"^/(api|oauth/(token|revoke|tokeninfo)|\.well-known)(/|$)"
CORS_ALLOWED_ORIGINS = env.names("CORS_ALLOWED_ORIGINS", "")
CORS_ALLOW_ALL_ORIGINS = not CORS_ALLOWED_ORIGINS
CORS_EXPOSE_HEADERS = ["ETag", "Idempotent-Replayed", "Location", "Retry-After"]
CORS_ALLOW_HEADERS = [*default_headers, "if-match", "if-none-match", "idempotency-key"]

# A proxy that ends TLS in front, and that overwrites X-Forwarded-* headers of strangers.
BEHIND_PROXY = env.boolean("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
USE_X_FORWARDED_HOST = BEHIND_PROXY
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_PROXY

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
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

DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organizations.User"

PASSWORD_HASHERS = [
    "organizations.passwords.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
# Straight from the packages, so that there is no collectstatic to forget.
WHITENOISE_USE_FINDERS = True

# Dates as 2026-03-15 11:39, whatever the language.
FORMAT_MODULE_PATH = ["config.formats"]
LOGIN_REDIRECT_URL = "admin:index"
UNFOLD = unfold.UNFOLD
ADMIN_NAVIGATION = unfold.NAVIGATION
ADMIN_CARDS = unfold.CARDS

# Packages besides the apps that the OpenAPI document describes, where they are there.
OPENAPI_PACKAGES = ["compat"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
# The largest request body that is read, in bytes.
MAX_BODY_BYTES = 1_048_576

# Warnings and errors of everybody, to the terminal or the file that the supervisor gave.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_values": {"()": "config.logs.WithoutValues"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["without_values"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

REDIS_URL = env.redis("REDIS_URL")

CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_CONCURRENCY = env.integer("WORKER_CONCURRENCY", 2, low=1, high=64)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Seconds that running tasks get to finish before they go back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2
# Celery closes the database connection around every task unless told how often to keep it.
CELERY_DB_REUSE_MAX = 1000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Ringing a broker that is down is given up at once: the sweeper does not need the bell.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# Who rings for workers; imported by the first ring, because web servers rarely do.
CELERY_APP = "config.celery.app"

# Requests for tokens per minute and address; 0 for any number.
OAUTH_TOKEN_RATE = env.integer("OAUTH_TOKEN_RATE", 300)

# The public domain: tokens are issued by https://auth.<DOMAIN>, links start with
# https://<slug>.<DOMAIN>/api when a request arrives under it.
DOMAIN = env.text("DOMAIN", "clientele.test")

# Customers' pictures: a folder, or a bucket where django-storages is installed, whose credentials
# are found as Amazon's tools find them.
PICTURES_BUCKET = env.text("PICTURES_BUCKET", "")
PICTURES_ENDPOINT = env.text("PICTURES_ENDPOINT", "")
STORAGES: dict[str, dict[str, object]] = {
    "pictures": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": PICTURES_BUCKET,
            "endpoint_url": PICTURES_ENDPOINT or None,
            "location": "pictures",
            "default_acl": "private",
        },
    }
    if PICTURES_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "pictures", "file_permissions_mode": 0o600},
    },
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Mails land in DATA_DIR/mail until they are sent by Django's SMTP backend or one of Anymail's:
# anymail.backends.mailgun.EmailBackend takes ANYMAIL_MAILGUN_API_KEY, and so on.
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "customers.mailbox.Mailbox")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"noreply@{DOMAIN}")
ANYMAIL = env.prefixed("ANYMAIL_")
# How long the link in a mail confirms an e-mail.
EMAIL_CONFIRMATION_LIFETIME = env.seconds("EMAIL_CONFIRMATION_SECONDS", timedelta(hours=24))

# How long a customer has to choose a new password once they have asked for it.
PASSWORD_RESET_LIFETIME = env.seconds("PASSWORD_RESET_SECONDS", timedelta(hours=1))
# Requests to /customers per minute and secret key; 0 for any number.
CUSTOMERS_RATE = env.integer("CUSTOMERS_RATE", 15_000)

# How long a customer can change their mind before the data is erased, unless the
# organization says otherwise.
ANONYMIZATION_GRACE = env.seconds("ANONYMIZATION_GRACE_SECONDS", timedelta(hours=24))
# A worker that is silent for this long has died; another may take over its request.
ANONYMIZATION_LEASE = env.seconds("ANONYMIZATION_LEASE_SECONDS", timedelta(seconds=30))
# The same for the order of a subscription.
RENEWAL_LEASE = env.seconds("RENEWAL_LEASE_SECONDS", timedelta(seconds=30))

# Callbacks may go to private and loopback addresses, and to any port: for development, and where
# all who may make webhooks may also reach what stands beside this server.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.boolean("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)
# A worker that is silent for this long has died; another may tell what it was telling.
WEBHOOK_LEASE = env.seconds("WEBHOOK_LEASE_SECONDS", timedelta(seconds=30))
# How long the log of callbacks is kept, and what nobody could be told of.
WEBHOOK_LOG_KEPT = timedelta(days=env.integer("WEBHOOK_LOG_DAYS", 30, low=1, high=3650))

# How long a worker stays with one import, export or cleanup before others get their turn.
TRANSFER_SLICE = timedelta(seconds=2)
# How long a file that was exported can be downloaded.
EXPORT_LIFETIME = env.seconds("EXPORT_LIFETIME_SECONDS", timedelta(hours=24))
