"""Validators for passwords that are long but easy to guess, or known from a breach."""

import hashlib
import logging
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from office.models import Office, User

logger = logging.getLogger(__name__)

WORD = re.compile(r"[^\W_]{4,}")
REPEATED = re.compile(r"(.+?)\1+")
MAX_LENGTH = 128
"""Characters that are examined. The search for repetitions takes quadratic time."""


class OwnWordsValidator:
    """Refuse passwords made of the names of user and office, or of one part that is repeated.

    Own words have at least four characters. They are the words of username, name, NIP and e-mail address; of
    name, unit code, city and government of the office; and `rembuk`. Without them, and with each repetition
    counted once, `min_length` characters must remain. `petugas3petugas3` has none left for the user
    `petugas3`, and 8 for others.
    """

    def __init__(self, min_length: int = 9) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.casefold()[:MAX_LENGTH]
        for word in sorted(self._words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(REPEATED.sub(r"\1", rest)) < self.min_length:
            raise ValidationError(
                _(
                    "Kata sandi ini mudah ditebak karena memuat nama Anda, nama kantor, atau bagian yang "
                    "diulang."
                ),
                code="password_own_words",
            )

    def get_help_text(self) -> str:
        return _("Kata sandi tidak boleh dibentuk dari nama Anda, nama kantor, atau bagian yang diulang.")

    def _words(self, user: User | None) -> set[str]:
        office = Office.load()
        texts = ["rembuk", office.name, office.unit_code, office.city, office.government]
        if user is not None:
            texts += [user.username, user.name, user.nip or "", user.email]
        return {
            part
            for word in WORD.findall(" ".join(texts).casefold())
            for part in (word, word.rstrip("0123456789"))
            if len(part) > 3
        }


class ListedValidator:
    """Refuse passwords that the file PASSWORD_LIST contains, e.g. those of known breaches.

    Each line starts with the SHA-1 of a password (40 capital hexadecimal digits). The lines are sorted, as in
    the download of Have I Been Pwned. No password leaves the server. Without a file, every password passes.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if not settings.PASSWORD_LIST:
            return
        try:
            is_listed = _is_listed(password, Path(settings.PASSWORD_LIST))
        except OSError:  # the person can do nothing about it; `check --deploy` reports the file
            logger.exception("PASSWORD_LIST cannot be read")
            return
        if is_listed:
            raise ValidationError(
                _("Kata sandi ini pernah bocor dari situs lain. Pilih yang lain."), code="password_listed"
            )

    def get_help_text(self) -> str:
        return _("Kata sandi tidak boleh pernah bocor dari situs lain.")


def _is_listed(password: str, path: Path) -> bool:
    """Search the file by halves: it may have a billion lines. `low` is always the start of a line."""
    sought = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, path.stat().st_size
    with path.open("rb") as lines:
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle > low:
                lines.readline()  # the rest of a line
            start, digest = lines.tell(), lines.readline()[:40]
            if start < high and digest == sought:
                return True
            if start < high and digest < sought:
                low = lines.tell()
            else:
                high = middle
    return False
