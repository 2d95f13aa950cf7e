"""Secrets from files. `NAME_FILE` names the file, or the file `NAME` is in the folder CREDENTIALS_DIRECTORY.

systemd sets CREDENTIALS_DIRECTORY for a unit with credentials. The units of Rembuk set it themselves.
Unlike a variable of the environment, a file is invisible in the process list and in child processes.
"""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "REPLICA_URL", "CACHE_URL", "EMAIL_URL"),
    *("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "BSRE_PASSWORD", "SEAL_PASSPHRASE"),
    *("METRICS_TOKEN", "SENTRY_DSN", "ENCRYPTION_KEYS", "OIDC_CLIENT_SECRET"),
)


def read_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment together with the secrets that are in files.

    Raise ImproperlyConfigured if a file is missing or empty, or if a secret is set in two ways.
    """
    values = dict(environ)
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
