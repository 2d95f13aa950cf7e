"""The office's own words for its head, teams, divisions and villages, and its time zone.

Texts have placeholders for these words, so that each office reads its own (ADR 42):

- Python: `with_words(_("Teruskan ke %(head)s"))`, or `word("head")` for the word alone.
- Templates: `{% blocktranslate with head=word.head %}Teruskan ke {{ head }}{% endblocktranslate %}`.

A word of `SUGGESTIONS` has an English text. Any other word is the same in both languages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, gettext, gettext_lazy, gettext_noop as _

from kit.cache import is_in_request

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Zone(models.TextChoices):
    """The time zones of Indonesia. Names of the members are the official abbreviations."""

    WIB = "Asia/Jakarta", gettext_lazy("Waktu Indonesia Barat (WIB)")
    WITA = "Asia/Makassar", gettext_lazy("Waktu Indonesia Tengah (WITA)")
    WIT = "Asia/Jayapura", gettext_lazy("Waktu Indonesia Timur (WIT)")


SUGGESTIONS = {
    "head": (
        *(_("Kepala Dinas"), _("Kepala Badan"), _("Kepala Kantor")),
        *(_("Camat"), _("Kepala Distrik"), _("Lurah")),
    ),
    "agenda_team": (_("Tim PKD"), _("Tim Pengelola Pengaduan"), _("Sekretariat")),
    "secretariat": (_("Sekretariat"), _("Bagian Umum"), _("Tata Usaha")),
    "secretary": (_("Sekretaris"), _("Sekretaris Camat"), _("Sekretaris Distrik"), _("Kepala Tata Usaha")),
    "division_name": (_("Bidang"), _("Seksi"), _("Bagian")),
    "division_head": (_("Kepala Bidang"), _("Kepala Seksi"), _("Kepala Bagian")),
    "village": (_("desa"), _("kampung"), _("nagari"), _("gampong"), _("kelurahan")),
    "matters": (_("persoalan sosial atau urusan desa"), _("persoalan sosial atau urusan kampung")),
}
"""Usual choices for each word, by its name. An office may enter any other word."""

CHOSEN = tuple(SUGGESTIONS)
"""Words that the office chooses: `Office.word_<name>`."""

KNOWN = frozenset(text for texts in SUGGESTIONS.values() for text in texts)
"""Words with an English text."""


@dataclass(frozen=True)
class Words:
    """The words in one language. Placeholders of texts are named like the fields.

    `division_name` is the word for a division as a title (Bidang), `division` that word within a sentence.
    `teams` names the front desk and the team that keeps the agenda, or one name if they are the same.
    `agenda_role` is the name of the agenda team's role, different from the front desk's in any case.
    """

    head: str
    agenda_team: str
    secretariat: str
    secretary: str
    division_name: str
    division_head: str
    village: str
    matters: str
    division: str
    teams: str
    agenda_role: str
    zone: str
    zone_name: str


def get_words() -> Words:
    """Return the office's words in the active language.

    Outside a request, task, job or `in_office`, return the default words: system checks and migrations read
    labels of fields and must not need the database.
    """
    own = _list_own(_sources[0].load()) if is_in_request() else _load_default()
    return _translate(own, get_language())


def with_words(message: str | Promise, **values: Any) -> str:
    """Return a text with the office's words and `values` in its placeholders."""
    return str(message) % {**vars(get_words()), **values}


def _get_word(name: str) -> str:
    return str(getattr(get_words(), name))


with_words_lazy = cast("Callable[..., _StrPromise]", lazy(with_words, str))
"""Like `with_words`, evaluated when it is shown: for labels of models, forms and steps."""

word = cast("Callable[[str], _StrPromise]", lazy(_get_word, str))
"""Return one word, evaluated when it is shown."""

type Own = tuple[str, ...]
"""The zone, then the words of `CHOSEN`, as the office has entered them."""


_sources: list[type[Any]] = []


def source_of_words[M: models.Model](model: type[M]) -> type[M]:
    """Read the words from this model (class decorator): from its `load()`, or from its defaults."""
    _sources.append(model)
    return model


@lru_cache(maxsize=1)
def _load_default() -> Own:
    return _list_own(_sources[0]())


def _list_own(office: Any) -> Own:
    return (office.zone, *(getattr(office, f"word_{name}") for name in CHOSEN))


@lru_cache(maxsize=16)
def _translate(own: Own, _language: str | None) -> Words:
    zone = Zone(own[0])
    words = {
        name: gettext(text) if text in KNOWN else text for name, text in zip(CHOSEN, own[1:], strict=True)
    }
    if words["agenda_team"] == words["secretariat"]:
        teams, agenda_role = words["secretariat"], gettext("%(agenda_team)s (buku agenda)") % words
    else:
        teams, agenda_role = gettext("%(secretariat)s dan %(agenda_team)s") % words, words["agenda_team"]
    return Words(
        **words,
        division=words["division_name"].lower(),
        teams=teams,
        agenda_role=agenda_role,
        zone=zone.name,
        zone_name=str(zone.label),
    )
