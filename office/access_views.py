"""Pages of the changes of access: the list, a proposal, and its decision by a second person."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kit.refusal import Refused
from office import access_changes as changes
from office.access_changes import Kind
from office.access_forms import FORMS, DecisionForm
from office.models import AccessChange, Office, Role, User, list_holders
from office.signals import access_changes_opened

MAX_SHOWN = 50
"""Latest proposals of each part of the list."""


@require_safe
def access_changes(request: HttpRequest) -> HttpResponse:
    """List the changes that the user may see: those that wait, then the latest others."""
    user = cast(User, request.user)
    visible = changes.visible_changes(user)
    access_changes_opened.send(AccessChange, by=user)
    takes_part = changes.may_take_part(user)
    context = {
        "waiting": changes.list_open(visible)[:MAX_SHOWN],
        "past": changes.list_past(visible)[:MAX_SHOWN],
        "takes_part": takes_part,
        "is_alone": takes_part and not (Office.load().is_open and changes.has_had_others(user)),
        "lacks_supervisor": takes_part and not list_holders(Role.SUPERVISOR),
        "kinds": [(name, kind.label) for name, (kind, _form) in FORMS.items()],
    }
    return render(request, "office/access_changes.html", context)


@require_http_methods(["GET", "POST"])
def propose_access(request: HttpRequest, name: str) -> HttpResponse:
    """Propose a change of one kind. Answer 403 to users who take no part in changes of access."""
    _check_part(request)
    if name not in FORMS:
        raise Http404
    return _propose_access(request, name)


@reauthentication_required
def _propose_access(request: HttpRequest, name: str) -> HttpResponse:
    by = cast(User, request.user)
    kind, form_class = FORMS[name]
    chosen = {field: request.GET[field] for field in ("user", "appointment") if field in request.GET}
    form = form_class(request.POST or None, kind=kind, by=by, initial=chosen)
    if form.is_valid():
        try:
            change = changes.propose(kind, by=by, **form.what)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _announce(request, change)
            return redirect("access_changes")
    context = {"form": form, "kind": kind, "at_once": kind == Kind.CLOSE_ACCOUNT}
    return render(request, "office/propose_access.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def access_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal to those who decide, with the buttons of the decision."""
    _check_part(request)
    return _access_change(request, pk)


@reauthentication_required
def _access_change(request: HttpRequest, pk: int) -> HttpResponse:
    by = cast(User, request.user)
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


def _check_part(request: HttpRequest) -> None:
    if not changes.may_take_part(cast(User, request.user)):
        raise PermissionDenied


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
