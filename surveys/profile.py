"""The profile of the respondents, with small groups pooled."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from office.disclosure import suppressed
from surveys.models.answer import Answer

ASKED: dict[str, tuple[Promise, type[TextChoices]]] = {
    "sex": (_("Jenis kelamin"), Answer.Sex),
    "education": (_("Pendidikan"), Answer.Education),
    "occupation": (_("Pekerjaan"), Answer.Occupation),
}
"""The profile questions of PermenPANRB 14/2017: column of `Answer`, label and choices."""

PROFILE: dict[str, tuple[Promise, str, type[TextChoices]]] = {
    "service": (_("Jenis layanan"), "case__kind", Kind),
    **{column: (label, column, values) for column, (label, values) in ASKED.items()},
}
"""The parts of the published profile: label, lookup from `Answer` and choices."""

POOLED, UNKNOWN = "POOLED", "UNKNOWN"
OTHER_LABELS = {POOLED: _("Kelompok kecil, digabung"), UNKNOWN: _("Tidak diisi")}


def pool(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of the groups that occur, with suppressed groups added up as POOLED."""
    shown = {value: count for value, count in counts.items() if count}
    rest = sum(shown.pop(value) for value in suppressed(counts))
    return {**shown, POOLED: rest} if rest else shown


def label_profile(profile: Mapping[str, Mapping[str, int]]) -> list[tuple[Promise, list[tuple[str, int]]]]:
    """Return each part of the profile with its label and its labelled counts.

    A part that consists of small groups only has no counts: their sum is the number of all answers.
    """
    parts = []
    for part, counts in profile.items():
        label, _lookup, values = PROFILE[part]
        labels = {**dict(values.choices), **OTHER_LABELS}
        shown = {} if counts.keys() == {POOLED} else counts
        parts.append((label, [(str(labels[value]), count) for value, count in shown.items()]))
    return parts
