"""The profile of the respondents: what is asked of them, and how small groups are hidden in it."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from office.few import untold
from surveys.models import Answer

ASKED: dict[str, tuple[Promise, type[TextChoices]]] = {
    "sex": (_("Jenis kelamin"), Answer.Sex),
    "education": (_("Pendidikan"), Answer.Education),
    "occupation": (_("Pekerjaan"), Answer.Occupation),
}
"""What PermenPANRB 14/2017 asks of a respondent: column of the answer, what it is called, its values."""

PROFILE: dict[str, tuple[Promise, str, type[TextChoices]]] = {
    "service": (_("Jenis layanan"), "case__kind", Kind),
    **{column: (label, column, values) for column, (label, values) in ASKED.items()},
}
"""What is told of the respondents: what each part is called, its column and its values."""

POOLED, UNKNOWN = "POOLED", "UNKNOWN"
OTHER_LABELS = {POOLED: _("Kelompok kecil, digabung"), UNKNOWN: _("Tidak diisi")}


def pooled(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts of the groups that there are, with those that may not be told put together."""
    shown = {value: count for value, count in counts.items() if count}
    rest = sum(shown.pop(value) for value in untold(counts))
    return {**shown, POOLED: rest} if rest else shown


def in_words(profile: Mapping[str, Mapping[str, int]]) -> list[tuple[Promise, list[tuple[str, int]]]]:
    """The profile part by part: what it is called, its values with how many there are.

    A part of small groups only has no values: the sum of all says nothing.
    """
    shown = []
    for part, counts in profile.items():
        label, _column, values = PROFILE[part]
        if counts.keys() == {POOLED}:
            counts = {}
        words = {**dict(values.choices), **OTHER_LABELS}
        shown.append((label, [(str(words[value]), count) for value, count in counts.items()]))
    return shown
