"""Read groups of settings from the environment, and secrets from files.

`NAME_FILE` names the file of a secret, or the file `NAME` is in the folder CREDENTIALS_DIRECTORY, which
systemd sets for a unit with credentials. Unlike a variable, a file is invisible in the process list and in
child processes.
"""

import os
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

type Databases = dict[str, dict[str, Any]]

SCHEMES = ("postgresql://", "postgres://", "sqlite://")
TIMEOUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
"""Seconds (`tcp_user_timeout`: milliseconds) after which a machine without power or network counts as lost.

Without them, each request waits minutes for it. A query may take longer.
"""


def read_databases(env: Env, folder: Path) -> Databases:
    """Return Django's DATABASES: PostgreSQL if DATABASE_URL names it, else SQLite in `folder`."""
    sqlite = f"sqlite:///{folder / 'rembuk.sqlite3'}"
    default = _parse(env.str("DATABASE_URL", default="") or sqlite)
    if default["ENGINE"].endswith("sqlite3"):
        return {"default": default | _sqlite(Path(default["NAME"]), folder)}
    shared = {
        "OPTIONS": TIMEOUTS | default.get("OPTIONS", {}),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        # Set this behind a pooler in transaction mode, such as PgBouncer.
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DISABLE_SERVER_SIDE_CURSORS", default=False),
    }
    return {"default": default | shared}


def _parse(url: str) -> dict[str, Any]:
    """Return Django's settings of a database. Raise ImproperlyConfigured without the password of the URL."""
    try:
        if not url.startswith(SCHEMES):
            raise ValueError
        return dict(Env.db_url_config(url))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL is no address such as postgresql://rembuk:PASSWORD@host/rembuk. Percent-encode "
            "special characters of the password."
        ) from None


def _sqlite(file: Path, folder: Path) -> dict[str, Any]:
    # SQLite creates its other files with the permissions of this one.
    if not file.exists() and file.parent == folder:
        file.touch(mode=0o600)
    return {
        # With IMMEDIATE, concurrent writers wait (`timeout`, seconds) instead of failing. With FULL, a
        # committed transaction survives a power cut.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
            ),
        },
        # A file, not memory: tests of concurrency open one connection per thread.
        "TEST": {"NAME": folder / "test.sqlite3"},
    }


def read_caches(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's setting CACHES.

    `default` has rate limits and statistics. Without CACHE_URL it is a table, which a migration of the
    office app creates. The rate limits of the login need an entry per network address; Django's default is
    300 entries.
    """
    url = env.str("CACHE_URL", default="dbcache://rembuk_cache?max_entries=10000")
    shared = env.cache_url_config(re.sub("^valkey", "redis", url))
    if shared["BACKEND"].endswith(".DatabaseCache"):
        shared["BACKEND"] = "config.cache.ReportingDatabaseCache"
    elif shared["BACKEND"].endswith(".RedisCache"):
        shared["BACKEND"] = "config.valkey.ValkeyCache"
    # Parts of pages that are the same for all visitors (`kit/cache.py`).
    parts = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {"default": shared, "template_fragments": parts}


def read_mailers(env: Env, default: str) -> dict[str, dict[str, Any]]:
    """Return Django's setting MAILERS. `default` is the address if EMAIL_URL is not set.

    EMAIL_URL is smtp://, smtp+tls:// (port 587), smtp+ssl:// (port 465), filemail:///absolute/folder or
    consolemail://.
    With dummymail:// messages wait in the outbox.
    """
    try:
        email = env.email_url("EMAIL_URL", default=default)
    except (ValueError, ImproperlyConfigured):  # which may show a part of the password
        raise ImproperlyConfigured(
            "EMAIL_URL is no address such as smtp+tls://rembuk:PASSWORD@host:587. Percent-encode special "
            "characters of the password."
        ) from None
    timeout = env.int("MAIL_TIMEOUT", default=20)  # seconds to wait for each answer of the mail server
    mailer: dict[str, Any] = {"BACKEND": email["EMAIL_BACKEND"]}
    if mailer["BACKEND"].endswith(".smtp.EmailBackend"):
        mailer["OPTIONS"] = {
            "host": email["EMAIL_HOST"],
            "port": email["EMAIL_PORT"],
            "username": email["EMAIL_HOST_USER"],
            "password": email["EMAIL_HOST_PASSWORD"],
            "use_tls": email.get("EMAIL_USE_TLS", False),
            "use_ssl": email.get("EMAIL_USE_SSL", False),
            "timeout": timeout,
        }
    elif email["EMAIL_FILE_PATH"]:
        # The library drops the slash before the folder.
        mailer["OPTIONS"] = {"file_path": os.path.join("/", email["EMAIL_FILE_PATH"])}
    return {"default": mailer}


def read_scanner(env: Env) -> str:
    """Return the address of ClamAV's daemon, or an empty text: uploads are not scanned then."""
    url = env.str("CLAMAV_URL", default="")
    if url and not url.startswith(("unix:///", "tcp://")):
        raise ImproperlyConfigured("CLAMAV_URL must be unix:///path/of/clamd.ctl or tcp://host:port.")
    return url


def read_oidc(env: Env) -> tuple[dict[str, Any], bool]:
    """Return the providers for allauth, and whether staff may log in with a password.

    Raise ImproperlyConfigured if nobody could log in.
    """
    issuer = env.str("OIDC_ISSUER", default="").rstrip("/")
    has_passwords = env.bool("PASSWORD_LOGIN", default=True)
    if not issuer and not has_passwords:
        raise ImproperlyConfigured("PASSWORD_LOGIN=false needs OIDC_ISSUER, else nobody can log in.")
    app = {
        "provider_id": "kantor",
        "name": env.str("OIDC_NAME", default="akun pemerintah"),
        "client_id": env.str("OIDC_CLIENT_ID", default="rembuk"),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        # Rembuk reads the ID token only.
        "settings": {
            "server_url": issuer,
            "fetch_userinfo": False,
            "uid_field": "sub",
            "nip_claim": env.str("OIDC_NIP_CLAIM", default="nip"),
        },
    }
    return ({"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}} if issuer else {}), has_passwords


def read_rate_limits(env: Env) -> dict[str, str]:
    """Return the limits by action, as number/period/scope.

    `ip` counts per network address (a whole office may share one), `key` per telephone number (submit) or
    e-mail address (reset_password); for those with `..._anywhere` see `kit/limits.py:may_try`. With passwords
    of 12 characters, 1000 guesses a day are harmless. They need 34 network addresses. Above the limit of
    submit_address or submit_phone, the browser must solve a proof of work. Above the limit of ..._proved as
    well, Tim PKD looks at the request before it becomes a case.
    """
    return {
        "login": "120/m/ip",
        "login_failed": "30/5m/ip,5/5m/key,30/d/key",
        "login_failed_anywhere": "1000/d/key",
        "reset_password": "20/m/ip,5/h/key",
        "lookup_failed": "30/5m/ip,10/15m/key,30/d/key",
        "lookup_failed_anywhere": "1000/d/key",
        "ask_link": "10/h/ip,3/d/key",
        "ask_link_anywhere": "20/d/key",
        "verify": "60/5m/ip",
        "chain": "60/h/ip",
        "own_data": "30/5m/ip",
        "submit_address": env.str("REQUESTS_OF_ADDRESS", default="120/h/ip"),
        "submit_address_proved": "60/h/ip",
        "submit_phone": env.str("REQUESTS_OF_PHONE", default="8/d/key"),
        "submit_phone_proved": "4/d/key",
        "draft_address": "600/h/ip",
        "draft_files_address": "120/h/ip,400/d/ip",  # counted in units of 5 MB
        "held_address": "10/h/ip",
        "calendar_feed": "600/h/ip,60/h/key",
        "unsent": "60/h/ip",  # input stored until somebody has logged in
    }


SECRETS = (
    *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "CACHE_URL", "EMAIL_URL"),
    *("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "BSRE_PASSWORD", "SEAL_PASSPHRASE"),
    *("METRICS_TOKEN", "SENTRY_DSN", "ENCRYPTION_KEYS", "OIDC_CLIENT_SECRET", "VAPID_PRIVATE_KEY"),
)


def read_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment together with the secrets that are in files.

    Raise ImproperlyConfigured if the folder or a file cannot be read, if a file is empty, or if a secret is
    set in two ways.
    """
    values = dict(environ)
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        try:
            os.listdir(folder)
        except FileNotFoundError:  # there is no secret
            pass
        except PermissionError as error:
            raise ImproperlyConfigured(
                f"The folder of secrets {folder} cannot be read by this user. If it was copied from another "
                f"machine, run as root: chgrp -R {os.getgid()} {folder}"
            ) from error
    for name in SECRETS:
        files = _list_files(name, environ)
        ways = [*files, *([name] if environ.get(name) else [])]
        if len(ways) > 1:
            raise ImproperlyConfigured(f"{name} is set in two ways: {' and '.join(ways)}. Remove one.")
        for way, path in files.items():
            values[name] = _read(path, way)
    return values


def _list_files(name: str, environ: Mapping[str, str]) -> dict[str, Path]:
    files = {}
    if path := environ.get(f"{name}_FILE"):
        files[f"{name}_FILE={path}"] = Path(path)
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        credential = Path(folder, name)
        if credential.exists():
            files[f"the file {credential}"] = credential
    return files


def _read(path: Path, way: str) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{way} cannot be read ({type(error).__name__}).") from error
    if not secret:
        raise ImproperlyConfigured(f"{way} is empty.")
    if secret.startswith("$"):  # django-environ would take it for the name of another variable
        raise ImproperlyConfigured(f"{way}: the secret must not start with $.")
    return secret


SHARED = ("DATABASE_URL", "STORAGE_URL", "CACHE_URL")
"""Variables that could name what belongs to the real office. A practice office has all in REMBUK_DATA."""

OUTGOING = (
    *("EMAIL_URL", "WHATSAPP", "SIGNER", "SIGNER_TIMESTAMP_URL", "BSRE_URL", "SENTRY_DSN", "OIDC_ISSUER"),
    *("SEAL_PKCS12", "SEAL_PASSPHRASE", "SEAL_RECIPIENTS", "VAPID_PRIVATE_KEY"),
)
"""Variables that name where something is sent. A practice office ignores them."""


def read_practice(env: Env) -> bool:
    """Return whether this is a practice office, and remove OUTGOING from its environment.

    Raise ImproperlyConfigured if it would share something with another installation.
    """
    if not env.bool("PRACTICE", default=False):
        return False
    if found := [name for name in SHARED if env.ENVIRON.get(name)]:
        raise ImproperlyConfigured(
            f"PRACTICE=true, but {', '.join(found)} is set. A practice office has its database and its files "
            "in a REMBUK_DATA of its own."
        )
    if not env.ENVIRON.get("REMBUK_DATA"):
        raise ImproperlyConfigured("PRACTICE=true needs a REMBUK_DATA of its own.")
    if _holds_real_office(Path(env.ENVIRON["REMBUK_DATA"]) / "rembuk.sqlite3"):
        raise ImproperlyConfigured(
            "PRACTICE=true, but the database in REMBUK_DATA is that of a real office, whose messages would "
            "wait unseen. Name another REMBUK_DATA, or remove PRACTICE."
        )
    for name in OUTGOING:
        env.ENVIRON.pop(name, None)
    return True


def _holds_real_office(path: Path) -> bool:
    """Return whether a database of SQLite has an office or accounts, but no mark of practice (ADR 46)."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:

        def has(table: str, column: str, condition: str = "1") -> bool:
            """Return whether a row meets the condition. Older databases lack the column."""
            found = database.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", [table, column])
            if not found.fetchone():
                return False
            return bool(database.execute(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1").fetchone())  # noqa: S608

        is_practice = has("office_office", "is_practice", "is_practice")
        return not is_practice and (has("office_office", "id") or has("office_user", "id"))
