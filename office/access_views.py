"""Pages of the changes of access: the list, a proposal, and its decision by a second person."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kit.form_view import handle_form
from kit.refusal import Refused
from office import access_changes as changes
from office import rights
from office.access_changes import Kind
from office.access_forms import FORMS, DecisionForm
from office.models import AccessChange, Office, Role, list_holders
from office.rights import StaffRequest, requires
from office.signals import access_changes_opened

MAX_SHOWN = 50
"""Latest proposals of each part of the list."""


@require_safe
def access_changes(request: StaffRequest) -> HttpResponse:
    """List the changes that the user may see: those that wait, then the latest others."""
    visible = changes.visible_changes(request.user)
    access_changes_opened.send(AccessChange, by=request.user)
    takes_part = rights.CHANGE_ACCESS.is_held_by(request.user)
    context = {
        "waiting": changes.list_open(visible)[:MAX_SHOWN],
        "past": changes.list_past(visible)[:MAX_SHOWN],
        "takes_part": takes_part,
        "is_alone": takes_part and not (Office.load().is_open and changes.has_had_others(request.user)),
        "lacks_supervisor": takes_part and not list_holders(Role.SUPERVISOR),
        "kinds": [(name, kind.label) for name, (kind, _form) in FORMS.items()],
    }
    return render(request, "office/access_changes.html", context)


@requires(rights.CHANGE_ACCESS)
def propose_access(request: StaffRequest, name: str) -> HttpResponse:
    """Propose a change of one kind."""
    if name not in FORMS:
        raise Http404
    return _propose_access(request, name)


@reauthentication_required
def _propose_access(request: StaffRequest, name: str) -> HttpResponse:
    kind, form_class = FORMS[name]

    def act(**entered: Any) -> HttpResponse:
        _announce(request, changes.propose(kind, by=request.user, **entered))
        return redirect("access_changes")

    make = partial(form_class, kind=kind, by=request.user)
    chosen = {field: request.GET[field] for field in ("user", "appointment") if field in request.GET}
    context = {"kind": kind, "at_once": kind == Kind.CLOSE_ACCOUNT}
    return handle_form(request, make, act, "office/propose_access.html", context, initial=chosen)


@requires(rights.CHANGE_ACCESS)
@reauthentication_required
def access_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a proposal to those who decide, with the buttons of the decision."""
    by = request.user
    change = get_object_or_404(changes.visible_changes(by), pk=pk)
    refuses = request.POST.get("decision") == "refuse"
    form = DecisionForm(None if refuses else request.POST or None, change=change)
    if request.method == "POST" and (refuses or form.is_valid()):
        decide = changes.refuse if refuses else changes.confirm
        try:
            _announce(request, decide(change, by=by))
            return redirect("access_changes")
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("access_change", pk)
    context = {"change": change, "form": form, "objection": changes.get_objection(change, by)}
    return render(request, "office/access_change.html", context, status=422 if form.errors else 200)


def _announce(request: HttpRequest, change: AccessChange) -> None:
    """Tell the user what happened. A replaced address gets a mail: notices go to the new one."""
    if change.outcome == changes.Outcome.REFUSED:
        messages.info(request, _("Usulan ditolak. Tidak ada yang berubah."))
    elif change.is_open:
        messages.info(request, _("Usulan tercatat. Berlaku setelah orang kedua menyetujuinya."))
    else:
        messages.success(request, _("Berlaku: %(change)s") % {"change": change.summary})
        if change.kind == Kind.EMAIL and change.before:
            context = {"from_email": change.before, "to_email": change.value}
            get_adapter(request).send_notification_mail(
                "account/email/email_changed", change.user, context, change.before
            )
