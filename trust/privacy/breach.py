"""Breaches of personal data: their record, the notice to the applicants concerned, and the pages."""

import datetime as dt
from functools import partial
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import Identity
from consultations.models import Case
from consultations.secret_link import behind_secret, get_reader
from documents.files import PrintedForm
from kit import clock
from kit.form_view import handle_button, handle_form
from kit.forms import LocalDateField, LocalDateTimeField, OfficeForm, TextField, side_by_side
from kit.jobs import enqueue_missing
from kit.middleware import keeps_unsent
from kit.pagination import newest_first
from kit.records import leave_entry
from kit.refusal import Refused
from notices.models import Kind, Notice
from notices.services.delivery import build_applicant_notice, deliver_soon, store
from notices.texts import TEXTS
from office import rights
from office.models import User
from office.rights import StaffRequest, requires
from trust.privacy.models import Breach

MAX_CASES = 5_000
"""Cases of one notice."""

BATCH = 500

DELAY = dt.timedelta(minutes=10)
"""Delay before the notices of a breach are sent. Until then they can be stopped."""


def list_concerned(breach: Breach) -> QuerySet[Case]:
    begins, ends = clock.midnight(breach.since), clock.midnight(breach.until + dt.timedelta(days=1))
    return Case.objects.filter(submitted_at__gte=begins, submitted_at__lt=ends, anonymised_at=None)


def list_breaches_of(case: Case) -> QuerySet[Breach]:
    """Return the breaches that concern a case, without those that can be stopped or were."""
    day = timezone.localdate(case.submitted_at)
    told = Q(notify_at=None) | Q(notify_at__lte=clock.now(), stopped_at=None)
    return Breach.objects.filter(told, since__lte=day, until__gte=day).order_by("pk")


def count_recipients(breach: Breach) -> int:
    """Return how many applicants get the notice. Raise Refused if the period has none or over MAX_CASES.

    The independent channel does not count here, or the number would tell of it. Its complainants are
    notified. Anonymous complainants get no notice.
    """
    cases = list_concerned(breach).filter(is_independent=False)
    if not (number := cases[: MAX_CASES + 1].count()):
        raise Refused(gettext_lazy("Tidak ada permohonan pada waktu ini."), field="since")
    if number > MAX_CASES:
        raise Refused(
            gettext_lazy("Lebih dari %(most)s permohonan. Persempit waktunya.") % {"most": MAX_CASES},
            field="since",
        )
    return cases.exclude(identity=Identity.ANONYMOUS).count()


def report_breach(*, by: User, recipients: int, **facts: Any) -> Breach:
    """Store a notice with these fields of Breach. It is sent after DELAY to the applicants it concerns.

    Raise PermissionDenied if `by` may not, and Refused if `recipients` is not their number, which the user
    has read and typed.
    """
    rights.REPORT_BREACHES.check(by)
    with translation.override("id"):  # titles go on record
        held = by.current_appointments
        title = held[0].title if held else "Administrator"
    now = clock.now()
    breach = Breach(by=by, title=title, at=now, notify_at=now + DELAY, **facts)
    if count_recipients(breach) != recipients:
        raise Refused(
            gettext_lazy("Jumlah ini tidak sama dengan jumlah penerima. Belum ada yang dikirim."),
            field="recipients",
        )
    breach.save()
    return breach


@transaction.atomic
def stop_breach(breach: Breach, *, by: User) -> None:
    """Let nobody be notified of a breach. Raise PermissionDenied if `by` may not, Refused after DELAY."""
    rights.REPORT_BREACHES.check(by)
    if not Breach.objects.select_for_update().get(pk=breach.pk).can_be_stopped:
        raise Refused(gettext_lazy("Pemberitahuan ini sudah dikirim atau sudah dihentikan."))
    Breach.objects.filter(pk=breach.pk).update(stopped_at=clock.now(), stopped_by=by)
    leave_entry(breach)


def enqueue_notices() -> int:
    """Enqueue the notices of breaches whose delay has passed; return how many breaches."""
    due = Breach.objects.filter(notify_at__lte=clock.now(), notified_at=None, stopped_at=None)
    return enqueue_missing(notify_concerned, due.order_by("pk").values_list("pk", flat=True))


@task()
def notify_concerned(pk: int) -> int:
    """Create the notices of a breach that do not exist yet; return how many. Safe to run twice."""
    breach = Breach.objects.get(pk=pk)
    if breach.stopped_at:
        return 0
    told = Notice.objects.filter(case=OuterRef("pk"), kind=Kind.BREACH, created_at__gte=breach.at)
    waiting, number, last = list_concerned(breach).filter(~Exists(told)).order_by("pk"), 0, 0
    while cases := list(waiting.filter(pk__gt=last)[:BATCH]):
        last = cases[-1].pk
        notices = [one for case in cases if (one := build_applicant_notice(case, Kind.BREACH))]
        with transaction.atomic():
            if store(notices):
                deliver_soon()
        number += len(notices)
    if breach.notified_at is None:
        breach.notified_at = clock.now()
        breach.save(update_fields=["notified_at"])
    return number


class BreachForm(OfficeForm):
    """The notice of a breach: what article 46 of UU 27/2022 asks for, and the cases that it concerns."""

    conditional = ("recipients",)

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
    recipients = forms.IntegerField(
        label=gettext_lazy("Ketik jumlah penerima untuk mengirim"),
        required=False,
        min_value=0,
        error_messages={"invalid": gettext_lazy("Tulis jumlahnya dengan angka.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
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
    """List the notices, newest first, with the form for another one.

    A valid form is shown with its text and the number of recipients. It is sent when that number is typed.
    """

    def act(recipients: int | None, **entered: Any) -> HttpResponse:
        if recipients is None and "kirim" in request.POST:
            raise Refused(gettext_lazy("Tulis jumlahnya dengan angka."), field="recipients")
        if recipients is None:
            count_recipients(Breach(**entered))
            form = BreachForm(request.POST)
            if "ubah" in request.POST:
                form = BreachForm(initial=form.typed())
            return render(request, "privacy/breaches.html", {**_list(form), "form": form})
        report_breach(by=request.user, recipients=recipients, **entered)
        messages.success(request, gettext("Pemberitahuan tersimpan. Sepuluh menit lagi terkirim."))
        return redirect("breaches")

    def _list(form: BreachForm) -> dict[str, Any]:
        shown = ("found_at", "since", "until", "at", "title", "notify_at", "stopped_at", "stopped_by__name")
        context: dict[str, Any] = {"page": newest_first(Breach.objects.all(), request.GET, shown=shown)}
        if form.is_bound and not set(form.errors) - {"recipients"}:
            facts = {name: value for name, value in form.cleaned_data.items() if name != "recipients"}
            breach = Breach(**facts)
            context |= {
                "checked": breach,
                "number": count_recipients(breach),
                "sentence": TEXTS[Kind.BREACH].sentence,
            }
        return context

    return handle_form(request, BreachForm, act, "privacy/breaches.html", _list)


@requires(rights.REPORT_BREACHES)
@require_POST
def breach_stop(request: StaffRequest, pk: int) -> HttpResponse:
    breach = get_object_or_404(Breach, pk=pk)
    done = gettext("Pemberitahuan dihentikan. Tidak ada yang dikirim.")
    return handle_button(request, partial(stop_breach, breach, by=request.user), done, "breaches")


@requires(rights.REPORT_BREACHES)
@require_safe
def breach_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    return _answer(get_object_or_404(Breach.objects.select_related("by"), pk=pk))


@behind_secret(opens_by_code=False)
def own_breach(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """Return the notice as PDF to an applicant whom it concerns."""
    breach = get_object_or_404(list_breaches_of(case).select_related("by"), pk=pk)
    record(Act.DOCUMENT, by=get_reader(request, case), case=case, target=f"kegagalan data {pk}")
    return _answer(breach)


def _answer(breach: Breach) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="kegagalan-data-{breach.pk}.pdf"'}
    return HttpResponse(NOTICE.render(breach=breach), content_type="application/pdf", headers=headers)
