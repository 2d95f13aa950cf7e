"""The self-assessment by question, and public consultation forums, for assessors."""

from functools import partial

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.history import random_path
from kit import clock
from kit.records import constraint
from office.models.people import user_field

BEST = 5


class AssessmentQuestion(models.Model):
    """A question of an assessment form, with the office's own score (penilaian mandiri).

    Ombudsman: Penilaian Maladministrasi (Peraturan Ombudsman 61/2025). PEKPPP: PermenPANRB 29/2022. The
    questions are summaries, and data: each year has its own forms. `files` names files of the folder of
    evidence, one in a line.
    """

    class Form(models.TextChoices):
        OMBUDSMAN = "OMBUDSMAN", _("Ombudsman")
        PEKPPP = "PEKPPP", _("PEKPPP")

    form = models.CharField(_("formulir"), max_length=10, choices=Form)
    aspect = models.CharField(_("dimensi atau aspek"), max_length=80)
    number = models.PositiveSmallIntegerField(_("urutan"), unique=True)
    text = models.CharField(_("pertanyaan"), max_length=300)
    files = models.TextField(_("berkas bukti"), blank=True)
    score = models.PositiveSmallIntegerField(
        _("nilai sendiri"), null=True, blank=True, validators=[MaxValueValidator(BEST)]
    )
    gap = models.TextField(_("yang masih kurang"), max_length=1000, blank=True)
    responsible = models.CharField(_("penanggung jawab"), max_length=120, blank=True)
    due = models.DateField(_("target selesai"), null=True, blank=True)
    scored_by = user_field(_("dinilai oleh"), null=True, blank=True)
    scored_on = models.DateField(_("tanggal penilaian"), null=True, blank=True)

    class Meta:
        verbose_name = _("pertanyaan penilaian")
        verbose_name_plural = _("pertanyaan penilaian")
        ordering = ["number"]
        constraints = [
            constraint("score_up_to_five", Q(score__isnull=True) | Q(score__lte=BEST)),
            constraint(
                "score_says_by_whom_and_when",
                Q(score__isnull=True, scored_by__isnull=True, scored_on__isnull=True)
                | Q(score__isnull=False, scored_by__isnull=False, scored_on__isnull=False),
            ),
            constraint(
                "score_below_the_best_says_what_is_missing",
                Q(score__isnull=True)
                | Q(score=BEST)
                | ~Q(gap="") & ~Q(responsible="") & Q(due__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        return self.files.split()


class Forum(models.Model):
    """A public consultation forum (Forum Konsultasi Publik, PermenPANRB 16/2017) with its minutes.

    Rows are append-only, enforced by database triggers.
    """

    is_append_only = True

    held_on = models.DateField(_("tanggal"))
    topic = models.CharField(_("yang dibahas"), max_length=200)
    participants = models.TextField(_("peserta"), max_length=4000)
    outcome = models.TextField(_("kesepakatan"), max_length=4000)
    minutes = models.FileField(_("berita acara"), upload_to=partial(random_path, folder="forums"))
    sha256 = models.CharField(max_length=64)
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("forum konsultasi publik")
        ordering = ["-held_on", "-pk"]
        constraints = [
            constraint(
                "forum_says_what_who_and_the_outcome",
                ~Q(topic="") & ~Q(participants="") & ~Q(outcome="") & ~Q(minutes="") & ~Q(title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on}: {self.topic}"
