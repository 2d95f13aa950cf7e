"""The work item: a row for each thing that waits for somebody."""

from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Party, Urgency
from consultations.models.case import Case
from consultations.models.case_constraints import MOST_URGENT_FIRST
from consultations.models.history import Event
from kit import clock
from kit.records import constraint
from office.models import Division
from office.models.people import user_field
from office.words import word

if TYPE_CHECKING:
    from office.models import User

OPEN = Q(done_at__isnull=True)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> "WorkItemQuerySet":
        """Return what is not done, also what only waits from a later moment on."""
        return self.filter(OPEN)

    def steps(self) -> "WorkItemQuerySet":
        """Return those that wait for a step of the case."""
        return self.filter(subject="")

    def things(self) -> "WorkItemQuerySet":
        """Return those that wait for something else: a paper, a recommendation, a held draft, a list."""
        return self.exclude(subject="")

    def waiting(self) -> "WorkItemQuerySet":
        """Return what waits now."""
        return self.filter(OPEN, since__lte=clock.now())


class WorkItem(models.Model):
    """A thing that waits for a party of a case (pekerjaan).

    The term is that of the Workflow Management Coalition. `kind` is the verb of the step that is waited for,
    or else a `PaperTurn` or `Task`, whose thing has the key `subject`; a paper also has its `paper_kind`.
    `division` is that of the case, and `user` its officer if the item waits for the officer. Without a party
    it waits for `user` alone. `barred` is who may not do it. Who that is today is decided when the row is
    read (`scheduling/whose_work.py`). It waits from `since` on, which can be ahead.
    """

    not_recorded = True  # follows from the case; verify_record computes it again

    kind = models.CharField(_("pekerjaan"), max_length=20)
    # The type says that a case exists, because rows of the desk for steps are most of the readers. Because it
    # can be NULL, databases start from the few open items, and not from all cases.
    case = cast(
        "models.ForeignKey[Case, Case]",
        models.ForeignKey(
            Case, models.PROTECT, verbose_name=_("permohonan"), null=True, related_name="work_items"
        ),
    )
    subject = models.CharField(_("mengenai"), max_length=40, blank=True)
    paper_kind = models.CharField(_("jenis naskah"), max_length=20, blank=True)
    party = models.CharField(_("yang ditunggu"), max_length=13, choices=Party, blank=True)
    division: "models.ForeignKey[Division | None, Division | None]" = models.ForeignKey(
        Division, models.PROTECT, verbose_name=word("division"), null=True, db_index=False, related_name="+"
    )
    user: "models.ForeignKey[User | None, User | None]" = user_field(_("petugas"), null=True, db_index=False)
    barred = user_field(_("tidak boleh oleh"), null=True, db_index=False)
    urgency = models.CharField(_("tingkat urgensi"), max_length=12, choices=Urgency, default=Urgency.NORMAL)
    since = models.DateTimeField(_("sejak"))
    due_at = models.DateTimeField(_("batas waktu"), null=True)
    # A database trigger refuses to delete events, so Django need not look for items.
    opened_by = models.ForeignKey(
        Event, models.DO_NOTHING, verbose_name=_("sejak langkah"), null=True, db_index=False, related_name="+"
    )
    done_at = models.DateTimeField(_("selesai"), null=True)
    done_by = user_field(_("diselesaikan oleh"), null=True, db_index=False)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("pekerjaan")
        indexes = [
            models.Index("party", *MOST_URGENT_FIRST, name="work_of_party", condition=OPEN),
            models.Index("division", "party", *MOST_URGENT_FIRST, name="work_of_division", condition=OPEN),
            models.Index("user", *MOST_URGENT_FIRST, name="work_of_user", condition=OPEN),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "subject"], condition=OPEN, name="one_open_item_of_a_kind"
            ),
            constraint("work_done_by_somebody_is_done", Q(done_by=None) | Q(done_at__isnull=False)),
            constraint(
                "person_waited_for_is_named", ~Q(party__in=["", Party.OFFICER]) | Q(user__isnull=False)
            ),
            constraint(
                "division_waited_for_is_named",
                ~Q(party__in=[Party.DIVISION_HEAD, Party.OFFICER]) | Q(division__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"
