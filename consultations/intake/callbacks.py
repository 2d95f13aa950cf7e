"""Citizens who ask to be called back (Minta dibantu): their form, the duty of the Sekretariat, its end.

The Sekretariat calls within `Office.call_back_hours` and fills in the form of the counter with the citizen.
"""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultations import workflow
from consultations.enums import Channel
from consultations.intake.models import Callback
from consultations.models import Case
from kit import clock
from kit.forms import PhoneField, check_name, line_field, radio_field
from kit.limits import Use, consume
from kit.phones import readable
from office.models import Office, Role, User
from office.rights import StaffRequest
from office.worktime import WorkingTime

RETENTION = dt.timedelta(days=7)
"""Time for which a request is stored after it is done."""

MAX_SHOWN = 10
MAX_DAYS = 30
"""Days within which a morning or afternoon of working time is found."""


def ask(*, name: str, phone: Any, when: str) -> Callback:
    """Store that a citizen wants to be called back."""
    return Callback.objects.create(name=name, phone=str(phone), when=when, due_at=get_due(when))


def get_due(when: str) -> dt.datetime | None:
    """Return the moment until which the office calls, or None if it has no working hours.

    The office's term begins with the next working time, or with the next morning or afternoon.
    """
    work, now = WorkingTime.load(), clock.now()
    halves = {Callback.When.MORNING: 0, Callback.When.AFTERNOON: 1}
    begins = now
    if when in halves:
        days = (clock.today() + dt.timedelta(days=n) for n in range(MAX_DAYS))
        wished = (list(work.spans(day))[halves[Callback.When(when)]] for day in days if work.is_open(day))
        begins = next((max(now, opens) for opens, closes in wished if closes > now), now)
    return work.add_minutes(begins, Office.load().call_back_hours * 60)


def list_callbacks(user: User) -> list[Callback]:
    """Return the citizens whom the Sekretariat has to call, the most urgent first; nobody for others."""
    if Role.SECRETARIAT not in user.roles:
        return []
    waiting = Callback.objects.filter(done_at=None)
    return list(waiting.order_by(F("due_at").asc(nulls_last=True), "pk")[:MAX_SHOWN])


def finish(callback: Callback, *, by: User) -> bool:
    """Store that a citizen was called. Return False if a colleague was faster.

    Raise PermissionDenied unless the user may enter what is asked by telephone.
    """
    workflow.check("receive", Case(), by=by)
    waiting = Callback.objects.filter(pk=callback.pk, done_at=None)
    return bool(waiting.update(done_at=clock.now(), done_by=by))


def delete_done() -> int:
    """Delete the requests that were done RETENTION ago; return how many."""
    return Callback.objects.filter(done_at__lt=clock.now() - RETENTION).delete()[0]


class CallbackForm(forms.Form):
    """Name, number and time of a citizen who wants to be called back."""

    name = line_field(
        gettext_lazy("Nama Anda"),
        150,
        missing=gettext_lazy("Tulis nama Anda."),
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(help_text=gettext_lazy("Contoh: 0812-3456-7890. Petugas menelepon nomor ini."))
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
def done(request: StaffRequest, pk: int) -> HttpResponse:
    """Finish a callback. Redirect to the form of the counter, filled in, or to the desk without a request."""
    found = Callback.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    finish(found, by=request.user)
    return redirect("desk" if "tanpa" in request.POST else f"{reverse('receive')}?telepon={pk}")


def get_initial(request: StaffRequest) -> dict[str, Any] | None:
    """Return what the form of the counter begins with after a call that this user has finished."""
    key = request.GET.get("telepon", "")
    mine = Callback.objects.filter(done_by=request.user)
    found = mine.filter(pk=key).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None
    if found is None:
        return None
    return {"applicant_name": found.name, "phone": readable(found.phone), "channel": Channel.PHONE}
