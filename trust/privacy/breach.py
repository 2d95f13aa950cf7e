"""Breaches of personal data: their record, the notice to the applicants concerned, and the pages."""

import datetime as dt
from functools import partial
from typing import Any

from crispy_forms.layout import LayoutObject
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Case
from consultations.secret_link import behind_secret, get_reader
from kit import clock
from kit.form_view import handle_form
from kit.forms import LocalDateField, LocalDateTimeField, OfficeForm, TextField, side_by_side
from kit.middleware import keeps_unsent
from kit.pagination import newest_first
from kit.refusal import Refused
from notices.models import Kind, Notice
from notices.services.delivery import build_applicant_notice, deliver_soon, store
from office import rights
from office.models import User
from office.rights import StaffRequest, requires
from reports.documents.files import PrintedForm
from trust.privacy.models import Breach

MAX_CASES = 5_000
"""Cases of one notice."""

BATCH = 500


def list_concerned(breach: Breach) -> QuerySet[Case]:
    begins, ends = clock.midnight(breach.since), clock.midnight(breach.until + dt.timedelta(days=1))
    return Case.objects.filter(submitted_at__gte=begins, submitted_at__lt=ends, anonymised_at=None)


def list_breaches_of(case: Case) -> QuerySet[Breach]:
    day = timezone.localdate(case.submitted_at)
    return Breach.objects.filter(since__lte=day, until__gte=day).order_by("pk")


def report_breach(*, by: User, **facts: Any) -> Breach:
    """Store a notice with these fields of Breach. After the commit it is sent to the applicants it concerns.

    Raise PermissionDenied if `by` may not, and Refused if the period has no case or more than MAX_CASES. The
    independent channel does not count here, or the refusal would tell of it. Its complainants are notified.
    """
    rights.REPORT_BREACHES.check(by)
    with translation.override("id"):  # titles go on record
        held = by.current_appointments
        title = held[0].title if held else "Administrator"
    breach = Breach(by=by, title=title, at=clock.now(), **facts)
    number = list_concerned(breach).filter(is_independent=False)[: MAX_CASES + 1].count()
    if not number:
        raise Refused(gettext_lazy("Tidak ada permohonan pada waktu ini."), field="since")
    if number > MAX_CASES:
        raise Refused(
            gettext_lazy("Lebih dari %(most)s permohonan. Persempit waktunya.") % {"most": MAX_CASES},
            field="since",
        )
    with transaction.atomic():
        breach.save()
        transaction.on_commit(partial(notify_concerned.enqueue, breach.pk), robust=True)
    return breach


@task()
def notify_concerned(pk: int) -> int:
    """Create the notices of a breach that do not exist yet; return how many. Safe to run twice."""
    breach = Breach.objects.get(pk=pk)
    told = Notice.objects.filter(case=OuterRef("pk"), kind=Kind.BREACH, created_at__gte=breach.at)
    waiting, number, last = list_concerned(breach).filter(~Exists(told)).order_by("pk"), 0, 0
    while cases := list(waiting.filter(pk__gt=last)[:BATCH]):
        last = cases[-1].pk
        notices = [one for case in cases if (one := build_applicant_notice(case, Kind.BREACH))]
        with transaction.atomic():
            if store(notices):
                deliver_soon()
        number += len(notices)
    return number


class BreachForm(OfficeForm):
    """The notice of a breach: what article 46 of UU 27/2022 asks for, and the cases that it concerns."""

    found_at = LocalDateTimeField(label=gettext_lazy("Diketahui"))
    happened_at = LocalDateTimeField(label=gettext_lazy("Terjadi"))
    disclosed = TextField(
        label=gettext_lazy("Data yang terungkap"), help_text=gettext_lazy("Contoh: nama dan nomor telepon.")
    )
    cause = TextField(label=gettext_lazy("Bagaimana terjadinya"))
    handling = TextField(
        label=gettext_lazy("Penanganan dan pemulihan"),
        help_text=gettext_lazy("Yang sudah dilakukan kantor, dan yang sebaiknya dilakukan pemohon."),
    )
    since = LocalDateField(label=gettext_lazy("Permohonan dari tanggal"))
    until = LocalDateField(
        label=gettext_lazy("Permohonan sampai tanggal"),
        help_text=gettext_lazy("Semua pemohon dalam waktu ini diberi tahu."),
    )

    def rows(self) -> list[str | LayoutObject]:
        return [
            side_by_side("happened_at", "found_at"),
            *("disclosed", "cause", "handling"),
            side_by_side("since", "until"),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        happened, found, since, until = (
            data.get(name) for name in ("happened_at", "found_at", "since", "until")
        )
        if found and found > clock.now():
            self.add_error("found_at", ValidationError(gettext_lazy("Waktu ini belum lewat.")))
        if happened and found and happened > found:
            self.add_error(
                "happened_at", ValidationError(gettext_lazy("Kejadiannya tidak mungkin sesudah diketahui."))
            )
        if since and until and since > until:
            self.add_error(
                "until", ValidationError(gettext_lazy("Tanggal terakhir mendahului tanggal pertama."))
            )
        return data


NOTICE = PrintedForm("Pemberitahuan Kegagalan Pelindungan Data Pribadi", "kegagalan-data")


@keeps_unsent
@requires(rights.REPORT_BREACHES)
def breaches(request: StaffRequest) -> HttpResponse:
    """List the notices, newest first, with the form for another one."""

    def act(**entered: Any) -> HttpResponse:
        report_breach(by=request.user, **entered)
        messages.success(request, gettext("Pemberitahuan tersimpan dan dikirim kepada yang terkait."))
        return redirect("breaches")

    shown = ("found_at", "since", "until", "at", "title")
    return handle_form(
        request,
        BreachForm,
        act,
        "privacy/breaches.html",
        lambda form: {"page": newest_first(Breach.objects.all(), request.GET, shown=shown)},
    )


@requires(rights.REPORT_BREACHES)
@require_safe
def breach_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    return _answer(get_object_or_404(Breach.objects.select_related("by"), pk=pk))


@behind_secret
def own_breach(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """Return the notice as PDF to an applicant whom it concerns."""
    breach = get_object_or_404(list_breaches_of(case).select_related("by"), pk=pk)
    record(Act.DOCUMENT, by=get_reader(request, case), case=case, target=f"kegagalan data {pk}")
    return _answer(breach)


def _answer(breach: Breach) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="kegagalan-data-{breach.pk}.pdf"'}
    return HttpResponse(NOTICE.render(breach=breach), content_type="application/pdf", headers=headers)
