"""System checks of keys, passwords and connections (`manage.py check`, some with `--deploy`)."""

import ipaddress
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core import checks

PLAIN_SCHEMES = ("http", "redis", "valkey", "tcp")
SECURE_MODES = ("require", "verify-ca", "verify-full")
"""Values of `sslmode` with which PostgreSQL never answers in clear text."""


def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Report entries of ENCRYPTION_KEYS that are no keys of 32 bytes. The entry itself is not shown."""
    return [
        checks.Error(
            f"Entry {number} of ENCRYPTION_KEYS is not a key.",
            hint="Create one as docs/secrets.md says.",
            id="office.E001",
        )
        for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1)
        if not _is_key(key)
    ]


def check_key_of_its_own(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if the key follows from SECRET_KEY, which changes for other reasons."""
    if settings.ENCRYPTION_KEYS:
        return []
    return [
        checks.Warning(
            "ENCRYPTION_KEYS is not set. Hidden identities, secret links and second factors are encrypted "
            "with a key that follows from SECRET_KEY: without it they cannot be read any more.",
            hint="Create a key, restart, and run rotate_encryption (docs/secrets.md).",
            id="office.W001",
        )
    ]


def check_password_list(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if passwords are not compared with those of known breaches."""
    if settings.PASSWORD_LIST and not Path(settings.PASSWORD_LIST).is_file():
        return [checks.Error("PASSWORD_LIST names no file.", id="office.E004")]
    if settings.PASSWORD_LIST or not settings.PASSWORD_LOGIN:
        return []
    return [
        checks.Warning(
            "PASSWORD_LIST is not set. A password of a known breach is accepted if Django's list lacks it.",
            hint="Store such a list on the server (docs/operations.md).",
            id="office.W002",
        )
    ]


def check_connections(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse plain connections to other machines in production, unless TRUSTED_NETWORK is set."""
    if settings.TRUSTED_NETWORK:
        return []
    return [
        checks.Error(
            f"{name} is reached over the network without encryption.",
            hint="Encrypt the connection (docs/operations.md, Several machines), or set TRUSTED_NETWORK=true "
            "if nobody else uses the network between the machines.",
            id="office.E003",
        )
        for name in list_plain_connections()
    ]


def check_certificates(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if another machine could pretend to be the database."""
    return [
        checks.Warning(
            f"The certificate of the database {name!r} is not compared with its name.",
            hint="Use sslmode=verify-full with sslrootcert (docs/operations.md, Several machines).",
            id="office.W003",
        )
        for name, database in settings.DATABASES.items()
        if database.get("OPTIONS", {}).get("sslmode") in ("require", "verify-ca")
    ]


def list_plain_connections() -> Iterator[str]:
    """Yield the setting of each service on another machine whose connection is not encrypted."""
    for database in settings.DATABASES.values():
        mode = database.get("OPTIONS", {}).get("sslmode", "")
        if _is_elsewhere(database.get("HOST", "")) and mode not in SECURE_MODES:
            yield "DATABASE_URL"
    mail = settings.MAILERS["default"].get("OPTIONS", {})
    if _is_elsewhere(mail.get("host", "")) and not (mail["use_tls"] or mail["use_ssl"]):
        yield "EMAIL_URL"
    (storage,) = parse_qs(urlsplit(settings.STORAGE_URL).query).get("endpoint_url", [""])
    providers = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    addresses = {
        "CACHE_URL": settings.CACHES["default"].get("LOCATION", ""),
        "STORAGE_URL": storage,
        "CLAMAV_URL": settings.CLAMAV_URL,
        "OIDC_ISSUER": providers[0]["settings"]["server_url"] if providers else "",
        "BSRE_URL": settings.BSRE_URL if settings.SIGNER == "bsre" else "",
        "SENTRY_DSN": settings.SENTRY_DSN,
    }
    for name, address in addresses.items():
        parts = urlsplit(address)
        if parts.scheme in PLAIN_SCHEMES and _is_elsewhere(parts.hostname or ""):
            yield name


def _is_elsewhere(host: str) -> bool:
    """Return whether a host is another machine. A path is a socket of this one."""
    if not host or host.startswith("/") or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def _is_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
