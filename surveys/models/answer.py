"""The answer of an applicant: one for each case."""

from functools import reduce
from operator import and_
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock
from surveys.elements import ELEMENTS


def _element(code: str) -> Any:
    element = ELEMENTS[code]
    return models.PositiveSmallIntegerField(cast(Any, element.name), choices=element.choices)


class Answer(models.Model):
    """A completed questionnaire (kuesioner SKM) of a closed case.

    Rows are append-only, enforced by database triggers. The profile (sex, education, occupation) is defined
    by PermenPANRB 14/2017 and optional. No page shows a single answer. An export lists the elements of each
    answer and nothing else. Comments are shown without their case.
    """

    is_append_only = True

    class Sex(models.TextChoices):
        MALE = "MALE", _("Laki-laki")
        FEMALE = "FEMALE", _("Perempuan")

    class Education(models.TextChoices):
        PRIMARY = "SD", _("SD")
        JUNIOR = "SMP", _("SMP")
        SENIOR = "SMA", _("SMA")
        BACHELOR = "S1", _("Diploma atau S1")
        MASTER = "S2", _("S2")
        DOCTOR = "S3", _("S3")

    class Occupation(models.TextChoices):
        CIVIL_SERVANT = "PNS", _("PNS")
        MILITARY = "TNI", _("TNI")
        POLICE = "POLRI", _("Polri")
        EMPLOYEE = "SWASTA", _("Swasta")
        SELF_EMPLOYED = "WIRAUSAHA", _("Wirausaha")
        OTHER = "LAINNYA", _("Lainnya")

    class Channel(models.TextChoices):
        ONLINE = "ONLINE", _("Daring")
        PAPER = "PAPER", _("Formulir kertas")

    case = models.OneToOneField(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="answer")
    u1 = _element("U1")
    u2 = _element("U2")
    u3 = _element("U3")
    u4 = _element("U4")
    u5 = _element("U5")
    u6 = _element("U6")
    u7 = _element("U7")
    u8 = _element("U8")
    u9 = _element("U9")
    sex = models.CharField(_("jenis kelamin"), max_length=6, choices=Sex, blank=True)
    education = models.CharField(_("pendidikan"), max_length=3, choices=Education, blank=True)
    occupation = models.CharField(_("pekerjaan"), max_length=9, choices=Occupation, blank=True)
    comment = models.TextField(_("saran"), max_length=1000, blank=True)
    channel = models.CharField(_("cara mengisi"), max_length=6, choices=Channel)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("dimasukkan oleh"),
        null=True,
        related_name="+",
        help_text=_("Kosong: pemohon sendiri"),
    )
    answered_at = models.DateTimeField(_("dijawab"), default=clock.now)

    class Meta:
        verbose_name = _("jawaban survei")
        verbose_name_plural = _("jawaban survei")
        constraints = [
            models.CheckConstraint(
                name="each_element_answered_from_1_to_4",
                condition=reduce(and_, (Q(**{f"{e.field}__range": (1, 4)}) for e in ELEMENTS.values())),
            ),
            models.CheckConstraint(
                name="paper_answer_says_who_entered_it",
                condition=Q(channel="ONLINE", entered_by__isnull=True)
                | Q(channel="PAPER", entered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="respondent_of_a_known_profile",
                condition=Q(
                    sex__in=["", "MALE", "FEMALE"],
                    education__in=["", "SD", "SMP", "SMA", "S1", "S2", "S3"],
                    occupation__in=["", "PNS", "TNI", "POLRI", "SWASTA", "WIRAUSAHA", "LAINNYA"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
