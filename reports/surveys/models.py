"""Boxes of answers (ADR 25), who has answered, the follow-up plan and published results of the survey."""

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from consultations.models import Case
from consultations.models.attachments import random_path
from kit import clock
from kit.periods import Period
from kit.records import constraint
from office.models.people import user_field
from reports.surveys.regulation import CODES, ELEMENTS, Element, Result, Service


def service_field() -> "models.CharField[str, str]":
    """Return a column with the service that answers, plans and results are about."""
    return models.CharField(_("layanan"), max_length=12, choices=Service, default=Service.BOTH)


class AnswerBox(models.Model):
    """All answers of a quarter and service (kotak jawaban) in one row, sorted by their content.

    `answers` has nine digits for each answer, U1 to U9, separated by spaces. `profile` counts the
    respondents by part and value, such as `{"sex": {"MALE": 3}}`. `comments` is sorted too, so that neither
    belongs to an answer.

    Separate rows could be joined to their cases: PostgreSQL stores with each row the transaction that wrote
    it, and rows have an order.
    """

    not_recorded = True  # a digest of each answer would tell who gave it

    quarter = models.DateField(_("hari pertama triwulan"))
    service = service_field()
    answers = models.TextField(_("jawaban"), blank=True)
    profile = models.JSONField(_("profil responden"), default=dict, blank=True)
    comments = models.JSONField(_("saran"), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kotak jawaban survei")
        constraints = [
            models.UniqueConstraint(fields=["quarter", "service"], name="one_box_per_quarter_and_service"),
            constraint(
                "each_element_answered_from_1_to_4",
                Q(answers="") | Q(answers__regex=r"^[1-4]{9}(?: [1-4]{9})*$"),
            ),
            constraint("box_of_a_quarter", Q(quarter__day=1, quarter__month__in=(1, 4, 7, 10))),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.service}"

    @property
    def rows(self) -> list[str]:
        """The answers, each as nine digits."""
        return self.answers.split()

    @property
    def n(self) -> int:
        return len(self.rows)

    def add(self, *, elements: Mapping[str, int], profile: Mapping[str, str], comment: str = "") -> None:
        """Put in one answer: `elements` by field name, `profile` by part. Empty values are not counted.

        The caller holds the lock of the row and saves it.
        """
        digits = "".join(str(elements[ELEMENTS[code].field]) for code in CODES)
        self.answers = " ".join(sorted([*self.rows, digits]))
        for part, value in profile.items():
            if value:
                counts: dict[str, Any] = self.profile.setdefault(part, {})
                counts[value] = counts.get(value, 0) + 1
        # The order of keys in JSON would show which value came first.
        self.profile = {part: dict(sorted(counts.items())) for part, counts in sorted(self.profile.items())}
        if comment:
            self.comments = sorted([*self.comments, comment])


class Participation(models.Model):
    """The mark that a case's applicant has answered, or has handed in a paper form.

    It has no time, no answer and no key of its own. The primary key allows one mark for each case.
    """

    not_recorded = True  # a digest would tell when somebody answered

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, verbose_name=_("permohonan"))

    class Meta:
        verbose_name = verbose_name_plural = _("keikutsertaan survei")

    def __str__(self) -> str:
        return str(self.pk)


CHOICES = [(code, ELEMENTS[code].name) for code in CODES]


def photo_path(instance: Any, name: str, *, folder: str) -> str:
    """Return a random path with the extension of the checked picture."""
    return f"{random_path(instance, name, folder=folder)}{Path(name).suffix}"


class PlanItem(models.Model):
    """An item of the follow-up plan (Rencana Tindak Lanjut): one for each of the lowest elements of a result.

    It is public once the result is published, and changes while the work goes on. The status follows from
    `percent` and `due`.
    """

    since = models.DateField(_("dari tanggal"))
    until = models.DateField(_("sampai tanggal"))
    service = service_field()
    element = models.CharField(_("unsur"), max_length=2, choices=CHOICES)
    action = models.TextField(_("tindakan"), max_length=1000)
    responsible = models.CharField(_("penanggung jawab"), max_length=120)
    due = models.DateField(_("target selesai"))
    percent = models.PositiveSmallIntegerField(
        _("kemajuan (%)"), default=0, validators=[MaxValueValidator(100)]
    )
    photo = models.FileField(_("foto"), upload_to=partial(photo_path, folder="plans"), blank=True)
    updated_on = models.DateField(_("diperbarui"), default=clock.today)

    class Meta:
        verbose_name = verbose_name_plural = _("butir rencana tindak lanjut")
        constraints = [
            models.UniqueConstraint(
                fields=["since", "until", "service", "element"], name="one_plan_item_per_element"
            ),
            constraint("plan_item_of_a_period", Q(until__gte=F("since"))),
            constraint("plan_item_up_to_100_percent", Q(percent__lte=100)),
            constraint("plan_item_says_what_and_who", ~Q(action="") & ~Q(responsible="")),
        ]

    def __str__(self) -> str:
        return f"{self.element}: {self.action}"

    @property
    def about(self) -> Element:
        return ELEMENTS[self.element]

    @property
    def sentence(self) -> str:
        """The item in one line, as it is stored with a published result."""
        due = date_format(self.due)
        return f"{self.about}: {self.action} ({self.responsible}, {due})"

    @property
    def photo_name(self) -> str:
        """The file name of the photo for download."""
        return f"foto-tindak-lanjut-{self.about.number}{Path(str(self.photo)).suffix}"

    @property
    def is_done(self) -> bool:
        return self.percent == 100

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.due < clock.today()

    @property
    def status(self) -> str:
        """The status in words."""
        if self.is_done:
            return gettext("Selesai")
        if self.is_late:
            return gettext("Lewat target")
        return gettext("Sedang dikerjakan") if self.percent else gettext("Belum dimulai")


class Publication(models.Model):
    """The published result of a quarter or year, with its analysis and follow-up plan (Laporan SKM).

    `figures` is a `Result` as JSON. A correction is
    published as a new version for the same period.
    """

    since = models.DateField(_("dari tanggal"))
    until = models.DateField(_("sampai tanggal"))
    service = service_field()
    version = models.PositiveSmallIntegerField(_("versi"), default=1)
    figures = models.JSONField(_("angka"))
    analysis = models.TextField(_("analisis"), max_length=4000, blank=True)
    plan = models.TextField(_("rencana tindak lanjut"), max_length=4000)
    published_at = models.DateTimeField(_("diterbitkan"), default=clock.now)
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)

    class Meta:
        verbose_name = verbose_name_plural = _("hasil survei")
        indexes = [models.Index(fields=["-until", "-published_at"], name="publication_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["since", "until", "service", "version"], name="one_result_per_version"
            ),
            constraint("published_period_in_order", Q(until__gte=F("since"))),
            constraint("result_has_a_plan_and_a_publisher", ~Q(plan="") & ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.since} - {self.until} ({self.version})"

    def get_absolute_url(self) -> str:
        return reverse("survey_result", args=[self.pk])

    def same(self) -> "models.QuerySet[Publication]":
        """Return all versions for the period and service of this one."""
        return Publication.objects.filter(since=self.since, until=self.until, service=self.service)

    @property
    def period(self) -> Period:
        return Period.between(self.since, self.until)

    @property
    def about(self) -> Service:
        return Service(self.service)

    @cached_property
    def result(self) -> Result:
        return Result.from_json(self.figures)
