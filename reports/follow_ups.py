"""Follow-up of recommendations (Tindak Lanjut) by the officer or the Kepala Bidang: the list, the outcome."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from consultations.parties import SERVING, parties
from kit import clock
from kit.forms import OfficeForm, TextField
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
        row.report, row.position = accepted, position
        row.responsible, row.due = item.responsible, item.due
        rows.append(row)
    existing = [row for row in rows if row.pk]
    if is_corrected:
        of_case.filter(done_at=None).exclude(pk__in=[row.pk for row in existing]).delete()
    FollowUp.objects.bulk_update(existing, ["report", "position", "responsible", "due"])
    FollowUp.objects.bulk_create(row for row in rows if row.pk is None)


def record_follow_up(follow_up: FollowUp, *, by: User, outcome: str) -> None:
    """Store the outcome of a recommendation and mark it as done.

    Raise PermissionDenied if `by` does not serve the case, and Refused if it is done or was deleted.
    """
    titles = parties(by, follow_up.case)
    title = next((title for party, title in titles.items() if party in SERVING), None)
    if title is None:
        raise PermissionDenied
    open_row = FollowUp.objects.filter(pk=follow_up.pk, done_at=None)
    if not open_row.update(outcome=outcome, done_by=by, done_title=title, done_at=clock.now()):
        raise Refused(_("Tindak lanjut ini sudah selesai. Muat ulang halaman untuk melihat hasilnya."))
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
