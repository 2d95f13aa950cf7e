"""The mail server, which EMAIL_URL names."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env


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
