"""Citizens who ask to be called back (Minta dibantu): their form, the duty of the Sekretariat, its end.

The Sekretariat calls within `Office.call_back_hours` and fills in the form of the counter with the citizen.
The request ends when that form is stored, or without one.
"""

import datetime as dt
from contextlib import suppress
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, F, Q, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultations import workflow
from consultations.enums import Channel
from consultations.intake.models import Callback
from consultations.models import Case
from kit import clock
from kit.encryption import make_legible
from kit.form_view import handle_button
from kit.forms import PhoneField, check_name, line_field, radio_field
from kit.limits import Use, consume
from kit.phones import is_ordinary, readable
from kit.refusal import Refused
from office import rights
from office.models import Office, User
from office.rights import StaffRequest, requires
from office.worktime import WorkingTime

RETENTION = dt.timedelta(days=7)
"""Time for which a request is stored after it is done."""

UNDONE_RETENTION = dt.timedelta(days=30)
"""Time for which a request is stored that nobody does."""

MAX_SHOWN = 10
MAX_DAYS = 30
"""Days within which a morning or afternoon of working time is found."""


def ask(*, name: str, phone: Any, when: str) -> Callback:
    """Store that a citizen wants to be called back."""
    return Callback.objects.create(name=name, phone=str(phone), when=when, due_at=get_due(when))


def get_due(when: str, *, since: dt.datetime | None = None) -> dt.datetime | None:
    """Return the moment until which the office calls, or None if it has no working hours.

    The office's term begins with the next working time, or with the next morning or afternoon, `since` a
    moment or from now on.
    """
    work, now = WorkingTime.load(), since or clock.now()
    halves = {Callback.When.MORNING: 0, Callback.When.AFTERNOON: 1}
    begins = now
    if when in halves:
        days = (timezone.localdate(now) + dt.timedelta(days=n) for n in range(MAX_DAYS))
        wished = (list(work.spans(day))[halves[Callback.When(when)]] for day in days if work.is_open(day))
        begins = next((max(now, opens) for opens, closes in wished if closes > now), now)
    return work.add_minutes(begins, Office.load().call_back_hours * 60)


def list_callbacks(user: User) -> list[Callback]:
    """Return the MAX_SHOWN most urgent citizens to call, each with the `number` of all; nobody for others."""
    if not rights.CALL_BACK.is_held_by(user):
        return []
    waiting = Callback.objects.filter(done_at=None).annotate(number=Window(Count("pk")))
    return make_legible(waiting.order_by(F("due_at").asc(nulls_last=True), "pk")[:MAX_SHOWN])


def finish(callback: Callback, *, by: User) -> None:
    """Store that a request is done.

    Raise PermissionDenied unless the user may enter what is asked by telephone, and Refused until the
    service opens or if a colleague was faster.
    """
    if not _waiting(callback, by).update(done_at=clock.now(), done_by=by):
        raise Refused(DONE % {"name": callback.name})


DONE = gettext_lazy("Permintaan %(name)s baru saja diselesaikan rekan Anda.")
CALLED = gettext_lazy("Panggilan %(name)s ini sudah dicatat.")


def postpone(callback: Callback, *, seen: str, by: User) -> None:
    """Store that nobody answered: the office calls again on the next working day. Otherwise as `finish()`.

    `seen` is the number of tries that the page showed: a second tap for the same call changes nothing.
    """
    waiting = _waiting(callback, by).filter(tries=callback.tries)
    due = get_due(callback.when, since=clock.midnight(clock.today() + dt.timedelta(days=1)))
    if seen == str(callback.tries) and waiting.update(due_at=due, tries=F("tries") + 1):
        return
    is_done = Callback.objects.filter(pk=callback.pk, done_at__isnull=False).exists()
    raise Refused((DONE if is_done else CALLED) % {"name": callback.name})


def _waiting(callback: Callback, by: User) -> QuerySet[Callback]:
    rights.CALL_BACK.check(by)
    workflow.check("receive", Case(), by=by)
    return Callback.objects.filter(pk=callback.pk, done_at=None)


def check_ordinary(phone: Any) -> None:
    """Raise ValidationError for a number abroad, of a satellite or at a high price."""
    if not is_ordinary(phone):
        raise forms.ValidationError(_("Tulis nomor HP atau telepon rumah Indonesia."))


def delete_old_callbacks() -> int:
    """Delete the requests that were done RETENTION ago or made UNDONE_RETENTION ago; return how many."""
    now = clock.now()
    is_done, is_undone = Q(done_at__lt=now - RETENTION), Q(done_at=None, asked_at__lt=now - UNDONE_RETENTION)
    return Callback.objects.filter(is_done | is_undone).delete()[0]


class CallbackForm(forms.Form):
    """Name, number and time of a citizen who wants to be called back."""

    name = line_field(
        gettext_lazy("Nama Anda"),
        150,
        missing=gettext_lazy("Tulis nama Anda."),
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        help_text=gettext_lazy("Contoh: 0812-3456-7890. Petugas menelepon nomor ini."),
        validators=[check_ordinary],
    )
    when = radio_field(
        gettext_lazy("Kapan sebaiknya kami menelepon?"),
        Callback.When,
        missing=gettext_lazy("Pilih salah satu waktu."),
        initial=Callback.When.ANY,
    )
    homepage = forms.CharField(
        label=gettext_lazy("Jangan diisi"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The form (`minta-dibantu/`), and after it when the office calls.

    Answer 503 until the service opens, 422 for an invalid form and 429 after too many requests. What a
    program sends is not stored, and gets the same answer.
    """
    if not Office.load().is_open:
        return render(request, "intake/closed.html", status=503)
    form, status = CallbackForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        is_program = bool(form.cleaned_data.pop("homepage"))
        if is_program or consume(request, Use("callback", str(form.cleaned_data["phone"]))):
            due = get_due(form.cleaned_data["when"]) if is_program else ask(**form.cleaned_data).due_at
            return render(request, "intake/callback_asked.html", {"due": due})
        form.add_error(None, _("Permintaan Anda sudah kami terima. Tunggu telepon kami."))
        status = 429
    elif form.is_bound:
        status = 422
    return render(request, "intake/callback.html", {"form": form}, status=status)


@require_POST
@requires(rights.CALL_BACK)
def done(request: StaffRequest, pk: int) -> HttpResponse:
    """Finish a callback without a request, or call again if nobody answered. Redirect to the desk."""
    (found,) = make_legible([get_object_or_404(Callback, pk=pk)])
    if "lagi" in request.POST:
        act = partial(postpone, found, seen=request.POST["lagi"], by=request.user)
        sentence = _("%(name)s ditelepon lagi pada hari kerja berikutnya.")
    else:
        act, sentence = partial(finish, found, by=request.user), _("Permintaan %(name)s selesai.")
    return handle_button(request, act, sentence % {"name": found.name}, "desk")


def get_initial(request: StaffRequest) -> dict[str, Any] | None:
    """Return what the form of the counter begins with while this citizen is called."""
    found = _find_called(request)
    if found is None:
        return None
    return {"applicant_name": found.name, "phone": readable(found.phone), "channel": Channel.PHONE}


def finish_written(request: StaffRequest) -> None:
    """Finish the callback whose request is stored now. A colleague may have finished it meanwhile."""
    if found := _find_called(request):
        with suppress(Refused):
            finish(found, by=request.user)


def _find_called(request: StaffRequest) -> Callback | None:
    key = request.GET.get("telepon", "")
    if not (
        rights.CALL_BACK.is_held_by(request.user) and key.isascii() and key.isdecimal() and len(key) < 19
    ):
        return None
    return Callback.objects.filter(pk=key, done_at=None).first()
