"""Follow-up of recommendations (Tindak Lanjut) by the officer or the Kepala Bidang: the list, the outcome."""

import datetime as dt
from collections.abc import Iterable, Iterator

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import END_OF_DAY
from consultations.enums import Party, Task
from consultations.models import Case, Event, WorkItem
from consultations.parties import SERVING, parties
from consultations.work import replace_items
from kit import clock
from kit.forms import OfficeForm, TextField
from kit.records import leave_entry
from kit.refusal import Refused
from office.models import User
from reports.models import FollowUp, Report
from reports.models.report import Item


def replace_follow_ups(accepted: Report) -> None:
    """Follow up the recommendations of an accepted report, and no older ones of its case.

    After a correction, the row and outcome of a recommendation with the same text are preserved. Other
    rows are deleted unless they are done.
    """
    of_case = FollowUp.objects.filter(case=accepted.case_id)
    is_corrected = accepted.case.first_closed_at is not None
    by_text = {row.text: row for row in of_case} if is_corrected else {}
    rows = []
    for position, item in enumerate(accepted.list_items(Item.Kind.RECOMMENDATION), start=1):
        row = by_text.pop(item.text, None) or FollowUp(case=accepted.case, text=item.text)
        row.case, row.report, row.position = accepted.case, accepted, position
        row.responsible, row.due = item.responsible, item.due
        rows.append(row)
    existing = [row for row in rows if row.pk]
    if is_corrected:
        of_case.filter(done_at=None).exclude(pk__in=[row.pk for row in existing]).delete()
    FollowUp.objects.bulk_update(existing, ["report", "position", "responsible", "due"])
    FollowUp.objects.bulk_create(row for row in rows if row.pk is None)
    _store_items(accepted.case, rows, is_first=not is_corrected)


SOON = dt.timedelta(days=7)
"""From this long before its due day, a recommendation waits for the people who serve the case."""


def list_items(rows: Iterable[FollowUp]) -> Iterator[WorkItem]:
    """Yield the work items of open recommendations with a day, not saved."""
    for row in rows:
        case, due = row.case, row.due
        if row.done_at or due is None or case.anonymised_at:
            continue
        yield WorkItem(
            case=case,
            kind=Task.FOLLOW_UP,
            subject=str(row.pk),
            party=Party.OFFICER if case.officer_id else Party.DIVISION_HEAD,
            division_id=case.division_id,
            user_id=case.officer_id,
            urgency=case.urgency,
            since=clock.midnight(due - SOON),
            due_at=dt.datetime.combine(due, END_OF_DAY, timezone.get_current_timezone()),
        )


def _store_items(
    case: Case, rows: Iterable[FollowUp], *, is_first: bool = False, by: User | None = None
) -> None:
    """Open and close the work items of a case. `is_first` says that it has none yet."""
    present = WorkItem.objects.open().filter(case=case, kind=Task.FOLLOW_UP)
    replace_items(present.none() if is_first else present, list_items(rows), by=by)


def update_items(*, case: Case, event: Event, **more: object) -> None:
    """Let the recommendations of a corrected case wait for its people of today (one of STEP_RECEIVERS)."""
    if case.first_closed_at is not None and case.is_open:
        _store_items(case, case.follow_ups.all())


def record_follow_up(follow_up: FollowUp, *, by: User, outcome: str) -> None:
    """Store the outcome of a recommendation and mark it as done.

    Raise PermissionDenied if `by` does not serve the case, and Refused if it is done or was deleted.
    """
    titles = parties(by, follow_up.case)
    title = next((title for party, title in titles.items() if party in SERVING), None)
    if title is None:
        raise PermissionDenied
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=follow_up.case_id)
        open_row = FollowUp.objects.filter(pk=follow_up.pk, done_at=None)
        if not open_row.update(outcome=outcome, done_by=by, done_title=title, done_at=clock.now()):
            raise Refused(_("Tindak lanjut ini sudah selesai. Muat ulang halaman untuk melihat hasilnya."))
        _store_items(case, case.follow_ups.all(), by=by)
        leave_entry(case)
    follow_up.refresh_from_db()


class FollowUpForm(OfficeForm):
    outcome = TextField(
        label=_("Hasil tindak lanjut"),
        help_text=_("Contoh: data sudah diperbarui pada 12 November dan dilaporkan kepada pendamping."),
        error_messages={"required": _("Tulis apa yang sudah dilakukan dan hasilnya.")},
    )


class FollowUpFilter(django_filters.FilterSet):
    """Filter follow-ups by progress (`?show=`). Without a valid choice the open ones are listed."""

    class Choice(TextChoices):
        OPEN = "open", _("Belum selesai")
        LATE = "late", _("Lewat batas waktu")
        DONE = "done", _("Selesai")

    show = django_filters.ChoiceFilter(choices=Choice.choices)

    @property
    def choice(self) -> Choice:
        return self.Choice((self.is_valid() and self.form.cleaned_data["show"]) or self.Choice.OPEN)

    def filter_queryset(self, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        if self.choice == self.Choice.DONE:
            return queryset.filter(done_at__isnull=False)
        open_ones = queryset.filter(done_at=None)
        return open_ones.filter(due__lt=clock.today()) if self.choice == self.Choice.LATE else open_ones
