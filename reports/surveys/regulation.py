"""The survey of PermenPANRB 14/2017: its nine elements (unsur), the profile of respondents, and its result.

The satisfaction index (Indeks Kepuasan Masyarakat, IKM) is computed with exact fractions and rounded once, at
the end. Figures are shown after the last day for answers: a reader who saw figures before and after a case is
marked as answered could compute its answer.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from django.db.models import TextChoices
from django.utils.formats import date_format, localize
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from consultations.enums import Kind
from kit import clock
from kit.disclosure import MIN_GROUP_SIZE, suppressed
from kit.periods import Period


@dataclass(frozen=True)
class Element:
    """An element: its name in the regulation, its question, and the labels of the answers 1, 2, 3 and 4.

    `code` is the key of stored answers and figures. Pages and papers show `number`.
    """

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

    @property
    def number(self) -> str:
        """Its number in the regulation, such as U8."""
        return f"U{list(ELEMENTS).index(self.code) + 1}"

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


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
        Element(
            "U8",
            _("Sarana dan prasarana"),
            _("Bagaimana ruang, peralatan, dan sarana pelayanan kami?"),
            (_("Buruk"), _("Cukup"), _("Baik"), _("Sangat baik")),
        ),
    )
}
"""The elements by code, in the order of the regulation. The last two exchanged places; codes never change."""

CODES = sorted(ELEMENTS)
"""The codes in the order of stored answers."""


class Service(TextChoices):
    """The service of an index.

    A quarter with answers from before each service had an index of its own has one for BOTH: an answer does
    not tell to which service it belongs.
    """

    CONSULTATION = Kind.CONSULTATION.value, _("Konsultasi")
    COMPLAINT = Kind.COMPLAINT.value, _("Pengaduan")
    BOTH = "BOTH", _("Konsultasi dan pengaduan")


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


DAYS_TO_ANSWER = 14
"""Days after the end of a quarter on which its cases can still be answered."""


def closes_on(period: Period) -> dt.date:
    """Return the last day on which answers of a quarter or year are accepted."""
    return period.until + dt.timedelta(days=DAYS_TO_ANSWER)


def is_closed(period: Period) -> bool:
    """Return whether the period accepts no more answers."""
    return closes_on(period) < clock.today()


WEIGHT = Fraction(1, 9)
"""The weight of each element. A weight of 0.111 would limit the index to 99.90."""

SCALE = 25
"""Factor from answers (1 to 4) to the index (25 to 100)."""


@dataclass(frozen=True)
class Grade:
    """A grade of service quality (mutu pelayanan) with the lowest index that earns it."""

    letter: str
    label: Promise
    lowest: Decimal


GRADES: dict[str, Grade] = {
    grade.letter: grade
    for grade in (
        Grade("A", _("Sangat Baik"), Decimal("88.31")),
        Grade("B", _("Baik"), Decimal("76.61")),
        Grade("C", _("Kurang Baik"), Decimal("65.00")),
        Grade("D", _("Tidak Baik"), Decimal("25.00")),
    )
}
"""The grades by letter, best first."""


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """Round a value of at least 0; a half is rounded up."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


def mean(total: int, n: int) -> Fraction:
    """Return the mean of an element (Nilai Rata-Rata, NRR) from the sum of `n` answers."""
    return Fraction(total, n)


def get_index(totals: Mapping[str, int], n: int) -> Decimal:
    """Return the index of `n` answers, 25.00 to 100.00. `totals` are the sums by element code."""
    return half_up(sum((mean(totals[code], n) * WEIGHT for code in ELEMENTS), Fraction()) * SCALE)


def get_grade(index: Decimal) -> Grade:
    """Return the grade of an index that is rounded to two decimals."""
    return next(grade for grade in GRADES.values() if index >= grade.lowest)


def sample_size(population: int) -> int:
    """Return the required number of respondents (Krejcie and Morgan: chi-square 3.841, P 0.5, error 0.05)."""
    if population < 1:
        return 0
    spread = Fraction(3841, 1000) * Fraction(1, 4)
    return int(half_up(spread * population / (Fraction(25, 10_000) * (population - 1) + spread), places=0))


def list_lowest(totals: Mapping[str, int]) -> list[str]:
    """Return the codes of the three elements with the lowest means, lowest first."""
    return sorted(ELEMENTS, key=lambda code: totals[code])[:3]


@dataclass(frozen=True)
class ElementMean:
    """The mean answer (NRR) of one element, 1 to 4."""

    element: Element
    mean: Decimal

    @property
    def label(self) -> str:
        return str(self.element)

    @property
    def weighted(self) -> str:
        """The mean times its weight (NRR tertimbang), with three decimals."""
        return localize(half_up(Fraction(self.mean) * WEIGHT, places=3))

    @property
    def share(self) -> Decimal:
        """The mean in percent of the best one."""
        return self.mean * 25

    @property
    def text(self) -> str:
        return localize(self.mean)


@dataclass(frozen=True)
class Result:
    """The figures of a quarter or year.

    `n` applicants answered, of `population` whose cases were closed or refused in the period. `sample` is the
    required number. The other figures are suppressed if there are too few answers, and up to the last day for
    answers (`open_until`). Then `index` is 0, the rest is empty. `means` and `lowest` use element codes.
    `profile` has counts by part and value, small groups pooled.
    """

    n: int
    population: int
    sample: int
    index: Decimal = Decimal(0)
    letter: str = ""
    means: Mapping[str, Decimal] = field(default_factory=dict)
    lowest: tuple[str, ...] = ()
    profile: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    open_until: dt.date | None = None

    @property
    def grade(self) -> Grade | None:
        """The grade, or None if the figures are suppressed."""
        return GRADES.get(self.letter)

    @property
    def suppressed_because(self) -> str:
        """Why the figures are suppressed, as a sentence; empty if they are not."""
        if self.grade:
            return ""
        if self.open_until:
            return gettext("Angka ditampilkan sesudah survei periode ini ditutup, %(last)s.") % {
                "last": date_format(self.open_until)
            }
        if not self.n:
            return gettext("Belum ada jawaban pada periode ini.")
        if self.n < MIN_GROUP_SIZE:
            return gettext(
                "Jawaban belum cukup. Hasil ditampilkan mulai 5 jawaban, supaya tidak seorang pun dikenali."
            )
        return gettext(
            "Hasil setahun ditampilkan bila setiap triwulannya mempunyai paling sedikit 5 jawaban."
        )

    @property
    def is_census(self) -> bool:
        """Whether all of the population answered."""
        return self.n == self.population > 0

    @property
    def rate(self) -> Decimal:
        """The response rate in percent, 0.0 to 100.0."""
        return half_up(Fraction(self.n * 100, self.population), places=1) if self.population else Decimal(0)

    @property
    def fills_sample(self) -> bool:
        return 0 < self.n >= self.sample

    @property
    def elements(self) -> list[ElementMean]:
        return [ElementMean(element, self.means[code]) for code, element in ELEMENTS.items() if self.means]

    @property
    def lowest_elements(self) -> list[ElementMean]:
        return [ElementMean(ELEMENTS[code], self.means[code]) for code in self.lowest]

    @property
    def groups(self) -> list[tuple[Promise, list[tuple[str, int]]]]:
        """The parts of the profile with labels."""
        return label_profile(self.profile)

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON types; decimals become strings."""
        means = {code: str(mean) for code, mean in self.means.items()}
        figures = asdict(self) | {"index": str(self.index), "means": means, "lowest": list(self.lowest)}
        del figures["open_until"]  # no result of an open period is stored
        return figures

    @classmethod
    def from_json(cls, figures: Mapping[str, Any]) -> "Result":
        """Return the result that `to_json()` was called on."""
        means = {code: Decimal(mean) for code, mean in figures["means"].items()}
        decimals = {"index": Decimal(figures["index"]), "means": means, "lowest": tuple(figures["lowest"])}
        return cls(**{**figures, **decimals})
