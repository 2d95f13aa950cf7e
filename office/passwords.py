"""Validator for passwords that are long but easy to guess."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from office.models import Office, User

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
