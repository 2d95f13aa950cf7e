"""The profile of the respondents, with small groups pooled."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from office.disclosure import suppressed


class Sex(TextChoices):
    MALE = "MALE", _("Laki-laki")
    FEMALE = "FEMALE", _("Perempuan")


class Age(TextChoices):
    BELOW_20 = "0", _("di bawah 20 tahun")
    FROM_20 = "20", _("20-29 tahun")
    FROM_30 = "30", _("30-39 tahun")
    FROM_40 = "40", _("40-49 tahun")
    FROM_50 = "50", _("50-59 tahun")
    FROM_60 = "60", _("60 tahun ke atas")


class Education(TextChoices):
    PRIMARY = "SD", _("SD")
    JUNIOR = "SMP", _("SMP")
    SENIOR = "SMA", _("SMA")
    BACHELOR = "S1", _("Diploma atau S1")
    MASTER = "S2", _("S2")
    DOCTOR = "S3", _("S3")


class Occupation(TextChoices):
    CIVIL_SERVANT = "PNS", _("PNS")
    MILITARY = "TNI", _("TNI")
    POLICE = "POLRI", _("Polri")
    EMPLOYEE = "SWASTA", _("Swasta")
    SELF_EMPLOYED = "WIRAUSAHA", _("Wirausaha")
    OTHER = "LAINNYA", _("Lainnya")


ASKED: dict[str, tuple[Promise, type[TextChoices]]] = {
    "sex": (_("Jenis kelamin"), Sex),
    "age": (_("Usia"), Age),
    "education": (_("Pendidikan"), Education),
    "occupation": (_("Pekerjaan"), Occupation),
}
"""The profile questions of PermenPANRB 14/2017, with label and choices. All are optional."""

PROFILE: dict[str, tuple[Promise, type[TextChoices]]] = {"service": (_("Jenis layanan"), Kind), **ASKED}
"""The parts of the published profile. The service is that of the cases, the rest was asked."""

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
        label, values = PROFILE[part]
        labels = {**dict(values.choices), **OTHER_LABELS}
        shown = {} if counts.keys() == {POOLED} else counts
        parts.append((label, [(str(labels[value]), count) for value, count in shown.items()]))
    return parts
