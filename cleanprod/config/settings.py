"""One settings file; what differs between installations comes from the environment."""

from cleanprod.config import env, files
from cleanprod.foundation.engine.home import Home

HOME = Home.from_environment()
DEMO = HOME.is_demo
SECRET_KEY = env.text("CLEANPROD_SECRET_KEY") or HOME.secret_key()
DEBUG = env.flag("CLEANPROD_DEBUG")
ALLOWED_HOSTS = env.words("CLEANPROD_HOSTS", ("127.0.0.1", "localhost", "[::1]", "testserver"))
CSRF_TRUSTED_ORIGINS = env.words("CLEANPROD_ORIGINS")
BEHIND_TLS = env.flag("CLEANPROD_TLS")

INSTALLED_APPS = [
    "cleanprod.faces.cli",
    "cleanprod.faces.portal",
    "cleanprod.faces.desk",
    "cleanprod.insight.bulletins",
    "cleanprod.insight.yearly",
    "cleanprod.insight.statistics",
    "cleanprod.stages.calendar",
    "cleanprod.stages.dispatch",
    "cleanprod.stages.review",
    "cleanprod.stages.results",
    "cleanprod.stages.accuracy",
    "cleanprod.stages.submissions",
    "cleanprod.stages.disclosures",
    "cleanprod.stages.materials",
    "cleanprod.stages.hearings",
    "cleanprod.stages.remarks",
    "cleanprod.stages.scoring",
    "cleanprod.stages.performance",
    "cleanprod.stages.measures",
    "cleanprod.stages.candidates",
    "cleanprod.stages.notices",
    "cleanprod.stages.registration",
    "cleanprod.stages.experts",
    "cleanprod.stages.phases",
    "cleanprod.stages.planning",
    "cleanprod.stages.audits",
    "cleanprod.stages.programme",
    "cleanprod.foundation.obligations",
    "cleanprod.foundation.rulebook",
    "cleanprod.foundation.documents",
    "cleanprod.foundation.intake",
    "cleanprod.foundation.organisations",
    "cleanprod.foundation.accounts",
    "cleanprod.foundation.notifications",
    "cleanprod.foundation.attachments",
    "cleanprod.foundation.drafts",
    "cleanprod.foundation.web",
    "cleanprod.foundation.trail",
    "cleanprod.foundation.territory",
    "cleanprod.foundation.engine",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cleanprod.foundation.accounts.middleware.session_limits",
    "cleanprod.foundation.accounts.middleware.codes",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "cleanprod.foundation.organisations.middleware.standing",
    "cleanprod.foundation.drafts.middleware.taken_forms",
    "cleanprod.foundation.attachments.middleware.refused_files",
    "cleanprod.foundation.web.middleware.refusals",
]

ROOT_URLCONF = "cleanprod.config.urls"
WSGI_APPLICATION = "cleanprod.config.wsgi.application"

CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "cleanprod.foundation.web.context.furniture",
    "cleanprod.foundation.accounts.context.links",
    "cleanprod.faces.desk.context.menu",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "cleanprod.foundation.web.jinja.environment",
            "context_processors": CONTEXT_PROCESSORS,
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS[:3]},
    },
]

DATABASES = {"default": HOME.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "cleanprod.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False  # the cookie ends with the browser
ACCOUNT_RATE_LIMITS = False  # lockout counters live in the database, see accounts
ACCOUNT_FORMS = {
    "login": "cleanprod.foundation.accounts.forms.SignInForm",
    "reauthenticate": "cleanprod.foundation.accounts.forms.ConfirmForm",
    "change_password": "cleanprod.foundation.accounts.forms.ChangePasswordForm",
    "reset_password": "cleanprod.foundation.accounts.forms.ResetRequestForm",
    "reset_password_from_key": "cleanprod.foundation.accounts.forms.NewPasswordForm",
}
MFA_FORMS = {
    "authenticate": "cleanprod.foundation.accounts.forms.CodeForm",
    "reauthenticate": "cleanprod.foundation.accounts.forms.ConfirmCodeForm",
    "activate_totp": "cleanprod.foundation.accounts.forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "cleanprod"
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "cleanprod.foundation.accounts.adapter.MFAAdapter"
SIGN_IN_POLICY = {
    "failures": env.number("CLEANPROD_SIGN_IN_FAILURES", 5),
    # Where a whole office goes out through one address, the operator may raise this.
    "address_failures": env.number("CLEANPROD_ADDRESS_FAILURES", 5),
    "lock_minutes": env.number("CLEANPROD_LOCK_MINUTES", 15),
    "idle_minutes": env.number("CLEANPROD_IDLE_MINUTES", 30),
    "absolute_hours": env.number("CLEANPROD_SESSION_HOURS", 12),
    "confirm_minutes": env.number("CLEANPROD_CONFIRM_MINUTES", 10),
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = SIGN_IN_POLICY["confirm_minutes"] * 60
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("CLEANPROD_PROXIES", 1 if BEHIND_TLS else 0)
PASSWORD_RESET_TIMEOUT = 3600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_AGE = SIGN_IN_POLICY["absolute_hours"] * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "cleanprod.foundation.web.errors.stale"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = HOME.static
STORAGES = {
    "default": files.storage(HOME.files),
    "staticfiles": {"BACKEND": "cleanprod.foundation.web.storage.StaticStorage"},
}
FILE_DRAFTS = HOME.files  # what is on its way into a bucket
SCANNER = env.address("CLEANPROD_CLAMD")
SCANNER_SECONDS = env.number("CLEANPROD_CLAMD_SECONDS", 60)
UPLOAD_MAX_BYTES = env.number("CLEANPROD_UPLOAD_MAX_MB", 200) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("CLEANPROD_SMTP_HOST") and not DEMO
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.text("CLEANPROD_SMTP_HOST")
EMAIL_PORT = env.number("CLEANPROD_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("CLEANPROD_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("CLEANPROD_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("CLEANPROD_SMTP_TLS")
EMAIL_TIMEOUT = 20
SMS_BACKEND = env.text(
    "CLEANPROD_SMS_BACKEND", "cleanprod.foundation.notifications.channels.Console"
)
DEFAULT_FROM_EMAIL = env.text("CLEANPROD_MAIL_FROM", "cleanprod@localhost")

# Larger workbooks only on the command line, where --max-rows raises the limit.
INTAKE_MAX_ROWS = env.number("CLEANPROD_INTAKE_MAX_ROWS", 20_000)
INTAKE_MAX_BYTES = env.number("CLEANPROD_INTAKE_MAX_MB", 20) * 1024 * 1024
PROVINCE_CODE = env.text("CLEANPROD_PROVINCE", "440000")
PAPER_FONTS = env.text("CLEANPROD_FONTS")  # a folder with the office's own 仿宋, tried first

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.text("CLEANPROD_LOG_LEVEL", "WARNING")},
}
