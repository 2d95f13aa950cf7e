"""What the survey asks: its nine elements (unsur), and the profile of the respondents.

PermenPANRB 14/2017 defines both. Small groups of a profile are pooled.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.enums import Kind
from kit.disclosure import suppressed


@dataclass(frozen=True)
class Element:
    """An element: its name in the regulation, its question, and the labels of the answers 1, 2, 3 and 4."""

    code: str
    name: Promise
    question: Promise
    answers: tuple[Promise, Promise, Promise, Promise]

    @property
    def field(self) -> str:
        """The name of its column in `Answer` and of its form field."""
        return self.code.lower()

    @property
    def choices(self) -> list[tuple[int, Promise]]:
        return list(enumerate(self.answers, start=1))


ELEMENTS: dict[str, Element] = {
    element.code: element
    for element in (
        Element(
            "U1",
            _("Persyaratan"),
            _("Apakah persyaratan yang diminta sesuai dengan pelayanannya?"),
            (_("Tidak sesuai"), _("Kurang sesuai"), _("Sesuai"), _("Sangat sesuai")),
        ),
        Element(
            "U2",
            _("Sistem, mekanisme, dan prosedur"),
            _("Apakah prosedur pelayanan kami mudah?"),
            (_("Tidak mudah"), _("Kurang mudah"), _("Mudah"), _("Sangat mudah")),
        ),
        Element(
            "U3",
            _("Waktu penyelesaian"),
            _("Apakah Anda dilayani dengan cepat?"),
            (_("Tidak cepat"), _("Kurang cepat"), _("Cepat"), _("Sangat cepat")),
        ),
        Element(
            "U4",
            _("Biaya/tarif"),
            _("Berapa biaya yang diminta dari Anda untuk pelayanan ini?"),
            (_("Sangat mahal"), _("Cukup mahal"), _("Murah"), _("Gratis")),
        ),
        Element(
            "U5",
            _("Produk spesifikasi jenis pelayanan"),
            _("Apakah hasil yang Anda terima sesuai dengan standar pelayanan kami?"),
            (
                pgettext_lazy("standar", "Tidak sesuai"),
                pgettext_lazy("standar", "Kurang sesuai"),
                pgettext_lazy("standar", "Sesuai"),
                pgettext_lazy("standar", "Sangat sesuai"),
            ),
        ),
        Element(
            "U6",
            _("Kompetensi pelaksana"),
            _("Apakah petugas kami kompeten, yaitu paham dan mampu membantu?"),
            (_("Tidak kompeten"), _("Kurang kompeten"), _("Kompeten"), _("Sangat kompeten")),
        ),
        Element(
            "U7",
            _("Perilaku pelaksana"),
            _("Apakah petugas kami sopan dan ramah?"),
            (
                _("Tidak sopan dan ramah"),
                _("Kurang sopan dan ramah"),
                _("Sopan dan ramah"),
                _("Sangat sopan dan ramah"),
            ),
        ),
        Element(
            "U8",
            _("Sarana dan prasarana"),
            _("Bagaimana ruang, peralatan, dan sarana pelayanan kami?"),
            (_("Buruk"), _("Cukup"), _("Baik"), _("Sangat baik")),
        ),
        Element(
            "U9",
            _("Penanganan pengaduan, saran, dan masukan"),
            _("Bagaimana kami menangani pengaduan, saran, dan masukan?"),
            (
                _("Tidak ada"),
                _("Ada tetapi tidak berfungsi"),
                _("Berfungsi kurang maksimal"),
                _("Dikelola dengan baik"),
            ),
        ),
    )
}
"""The elements by code, in the order of the regulation."""


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
