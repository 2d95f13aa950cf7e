"""The report: sections, items, versions, remarks; follow-ups (Tindak Lanjut), reused advice (Bank saran)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.models.search import as_indexed
from kit import clock
from kit.records import constraint
from office.models import Division
from office.models.people import user_field
from office.words import word


class ReportQuerySet(models.QuerySet["Report"]):
    def in_force(self) -> "ReportQuerySet":
        """Return the accepted versions that no accepted correction has replaced: one for each case."""
        return self.filter(accepted_at__isnull=False, corrected_at=None)


@dataclass(frozen=True)
class Item:
    """One item of a report. A recommendation may have a responsible person and a due date.

    `source` is where the text was taken over from: the code of a case, `bank-7` in the bank, or "".
    """

    class Kind(TextChoices):
        ADVICE = "ADVICE", _("Saran")
        SUGGESTION = "SUGGESTION", _("Masukan")
        CONSIDERATION = "CONSIDERATION", _("Pertimbangan")
        SOLUTION = "SOLUTION", _("Solusi")
        RECOMMENDATION = "RECOMMENDATION", _("Rekomendasi")

    kind: Kind
    text: str
    responsible: str = ""
    due: dt.date | None = None
    source: str = ""

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Item":
        """Read one row of `Report.items`."""
        due = dt.date.fromisoformat(row["due"]) if row.get("due") else None
        return cls(cls.Kind(row["kind"]), row["text"], row.get("responsible", ""), due, row.get("source", ""))

    def to_json(self) -> dict[str, str]:
        """Return a row of `Report.items`, without empty fields."""
        return {name: str(value) for name, value in vars(self).items() if value or name == "text"}


FIELD_OF: dict[Item.Kind, str] = {
    Item.Kind.ADVICE: "advice",
    Item.Kind.SUGGESTION: "suggestions",
    Item.Kind.CONSIDERATION: "considerations",
    Item.Kind.SOLUTION: "solutions",
    Item.Kind.RECOMMENDATION: "recommendations",
}
KIND_OF_FIELD = {name: kind for kind, name in FIELD_OF.items()}
PRODUCT = tuple(KIND_OF_FIELD)
"""Fields for items. Together they are the product of the published standard."""

PARTS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("A. Pendahuluan"), ("general", "purpose", "scope", "basis")),
    (_("B. Kegiatan yang dilaksanakan"), ("activities",)),
    (_("C. Hasil yang dicapai"), ("results",)),
    (_("D. Simpulan dan saran"), ("conclusion", *PRODUCT)),
    (_("E. Penutup"), ("closing",)),
)
"""Parts of the report: heading and sections. A section is a text of `Report` or a kind of item."""

OUTCOME = frozenset({"results", *PRODUCT})
"""Sections with the outcome of the consultation."""

SECTIONS = tuple(name for _heading, names in PARTS for name in names)
TEXTS = tuple(name for name in SECTIONS if name not in PRODUCT)


class Report(models.Model):
    """One version of the report (Laporan Hasil Konsultasi). A revision is stored as a new version."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="reports")
    version = models.PositiveSmallIntegerField(_("versi"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="reports"
    )
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("disampaikan"), default=clock.now)

    general = models.TextField(_("1. Umum"), blank=True)
    purpose = models.TextField(_("2. Maksud dan tujuan"), blank=True)
    scope = models.TextField(_("3. Ruang lingkup"), blank=True)
    basis = models.TextField(_("4. Dasar"), blank=True)
    activities = models.TextField(_("Kegiatan yang dilaksanakan"))
    results = models.TextField(_("Hasil yang dicapai"))
    conclusion = models.TextField(_("Simpulan"), blank=True)
    items = models.JSONField(_("saran, masukan, pertimbangan, solusi, rekomendasi"), default=list)
    closing = models.TextField(_("Penutup"), blank=True)

    forwarded_by = user_field(_("paraf"), null=True)
    forwarded_at = models.DateTimeField(_("diteruskan"), null=True)
    cosigned_by = user_field(_("paraf koordinasi"), null=True)
    cosigned_at = models.DateTimeField(_("paraf koordinasi diberikan"), null=True)
    accepted_by = user_field(_("diterima oleh"), null=True)
    accepted_at = models.DateTimeField(_("diterima"), null=True)
    accepted_title = models.CharField(_("diterima selaku"), max_length=210, blank=True)
    number = models.CharField(_("nomor laporan"), max_length=100, null=True)
    corrected_at = models.DateTimeField(_("diralat"), null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("laporan hasil konsultasi")
        indexes = [
            models.Index(
                fields=["accepted_at"], name="report_accepted_at", condition=Q(accepted_at__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="report_versions_count_up"),
            models.UniqueConstraint(
                fields=["case"],
                name="one_accepted_report_per_case",
                condition=Q(accepted_at__isnull=False, corrected_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["number"],
                name="report_number_used_once",
                condition=Q(number__isnull=False, corrected_at__isnull=True),
            ),
            constraint(
                "only_an_accepted_report_is_corrected",
                Q(corrected_at__isnull=True) | Q(accepted_at__isnull=False),
            ),
            constraint("report_holds_the_product_of_the_standard", ~Q(results="") & ~Q(items=[])),
            constraint(
                "forwarded_by_whom_and_when",
                Q(forwarded_by__isnull=True, forwarded_at__isnull=True)
                | Q(forwarded_by__isnull=False, forwarded_at__isnull=False),
            ),
            constraint(
                "cosigned_by_whom_and_when",
                Q(cosigned_by__isnull=True, cosigned_at__isnull=True)
                | Q(cosigned_by__isnull=False, cosigned_at__isnull=False),
            ),
            constraint(
                "accepted_by_whom_when_as_what_under_which_number",
                Q(accepted_by__isnull=True, accepted_at__isnull=True, accepted_title="", number__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, number__isnull=False)
                & ~Q(accepted_title=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.case_id} v{self.version}"

    def list_items(self, kind: Item.Kind) -> list[Item]:
        """Return the items of one kind in their written order."""
        return [Item.from_json(row) for row in self.items if row["kind"] == kind]

    @property
    def text(self) -> str:
        """The searchable text of the report: results, conclusion and items."""
        return " ".join([self.results, self.conclusion, *(row["text"] for row in self.items)])

    @property
    def product(self) -> list[tuple[Item.Kind, list[Item]]]:
        """Items grouped by kind, without empty kinds, in the order of the published standard."""
        return [(kind, items) for kind in Item.Kind if (items := self.list_items(kind))]


def label_of(name: str) -> Any:
    """Return the translatable label of a section."""
    if kind := KIND_OF_FIELD.get(name):
        return kind.label
    column: Any = Report._meta.get_field(name)
    return column.verbose_name


class Remark(models.Model):
    """A change that a reviewer asks for in one section of a report (Catatan Perbaikan)."""

    report = models.ForeignKey(Report, models.PROTECT, verbose_name=_("laporan"), related_name="remarks")
    section = models.CharField(_("bagian"), max_length=20)
    text = models.TextField(_("catatan"))
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("catatan perbaikan")
        constraints = [constraint("remark_says_something", ~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.section}"


class FollowUp(models.Model):
    """One recommendation of an accepted report: responsible person, due date, outcome."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="follow_ups")
    report = models.ForeignKey(Report, models.PROTECT, verbose_name=_("laporan"), related_name="follow_ups")
    position = models.PositiveSmallIntegerField(_("butir"))
    text = models.TextField(_("rekomendasi"))
    responsible = models.CharField(_("penanggung jawab"), max_length=150, blank=True)
    due = models.DateField(_("paling lambat"), null=True)
    outcome = models.TextField(_("hasil tindak lanjut"), blank=True)
    done_by = user_field(_("dicatat oleh"), null=True)
    done_title = models.CharField(_("selaku"), max_length=210, blank=True)
    done_at = models.DateTimeField(_("selesai"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("tindak lanjut")
        indexes = [
            models.Index(fields=["due", "id"], name="follow_up_due", condition=Q(done_at__isnull=True)),
            models.Index(fields=["id"], name="follow_up_done", condition=Q(done_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["report", "position"], name="one_follow_up_per_recommendation"),
            constraint(
                "done_says_what_by_whom_and_when",
                Q(outcome="", done_by__isnull=True, done_title="", done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False) & ~Q(outcome="") & ~Q(done_title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text[:40]}"

    @property
    def is_late(self) -> bool:
        """Whether it is open after its due date."""
        return self.done_at is None and self.due is not None and self.due < clock.today()


class Enquiry(models.Model):
    """A further question of the applicant about the answer, and its answer in writing (Tanya Lagi)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="enquiries")
    question = models.TextField(_("pertanyaan"))
    asked_at = models.DateTimeField(_("ditanyakan"), default=clock.now)
    answer = models.TextField(_("jawaban"), blank=True)
    answered_by = user_field(_("dijawab oleh"), null=True)
    answered_title = models.CharField(_("selaku"), max_length=210, blank=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("pertanyaan lanjutan")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="one_unanswered_enquiry_per_case", condition=Q(answered_at__isnull=True)
            ),
            constraint("enquiry_asks_something", ~Q(question="")),
            constraint(
                "enquiry_answered_by_whom_and_when",
                Q(answer="", answered_by__isnull=True, answered_title="", answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answer="")
                & ~Q(answered_title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.question[:40]}"


class ReusableAdvice(models.Model):
    """An item of an accepted report for use in other cases, without what only its case says.

    The head of its division reviews it. It is offered until `expires_on`. Without this day it was rejected.
    """

    is_own_subject = True  # shared among officers

    kind = models.CharField(_("jenis"), max_length=14, choices=Item.Kind)
    text = models.TextField(_("saran"))
    topic = models.CharField(_("topik"), max_length=80)
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=word("division"), related_name="reusable_advice"
    )
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name=_("dari permohonan"), related_name="reusable_advice"
    )
    proposed_by = user_field(_("diusulkan oleh"))
    proposed_at = models.DateTimeField(_("diusulkan"), default=clock.now)
    reviewed_by = user_field(_("ditinjau oleh"), null=True)
    reviewed_at = models.DateTimeField(_("ditinjau"), null=True)
    expires_on = models.DateField(_("berlaku sampai"), null=True)
    words = models.TextField(editable=False, help_text=_("Kata-kata topik dan saran, untuk pencarian"))

    class Meta:
        verbose_name = _("saran yang dapat dipakai lagi")
        verbose_name_plural = _("bank saran")
        indexes = [models.Index(fields=["division", "expires_on"], name="advice_division_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["case", "text"], name="each_text_of_a_case_once_in_the_bank"),
            constraint("reusable_advice_says_something", ~Q(text="") & ~Q(topic="")),
            constraint(
                "reusable_advice_is_offered_after_its_review",
                Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                | Q(reviewed_by__isnull=True, reviewed_at__isnull=True, expires_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.text[:40]}"

    def index(self) -> None:
        """Set the words under which it is found."""
        self.words = as_indexed(self.topic, self.text)


class DailyFigures(models.Model):
    """Arrivals and completions of one day, and the open cases at the last computation on that day.

    `flow` is a `DayFlow` by division. `standing` is a `Standing`, empty for days without a computation. Both
    are stored as JSON (daily_figures.py). The row of a day is computed again and again: a case may be entered
    late or move to another division.
    """

    not_recorded = True  # computed from the cases

    day = models.DateField(_("tanggal"), primary_key=True)
    computed_at = models.DateTimeField(_("dihitung"), default=clock.now)
    flow = models.JSONField(_("masuk dan selesai"), default=dict)
    standing = models.JSONField(_("keadaan"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("angka harian")

    def __str__(self) -> str:
        return self.day.isoformat()
