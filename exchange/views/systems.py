"""Pages of other systems (Sistem lain): the list, a proposal, tokens, webhooks."""

from http import HTTPStatus
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms import ReplayForm, SystemForm, TokenForm, WebhookForm
from exchange.models import System, Webhook, WebhookEvent
from exchange.queries import list_systems, may_see_systems
from exchange.services import systems as services
from exchange.services import webhooks
from kit.refusal import Refused
from office import access_changes
from office.models import User

MAX_SHOWN = 100
"""Latest systems of the list."""


@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """List the systems that the user proposed, grants or administers. Answer 404 to others."""
    user = cast(User, request.user)
    if not may_see_systems(user):
        raise Http404
    context = {
        "systems": list_systems(user)[:MAX_SHOWN],
        "proposes": access_changes.may_take_part(user),
    }
    return render(request, "exchange/systems.html", context)


@require_http_methods(["GET", "POST"])
def propose_system(request: HttpRequest) -> HttpResponse:
    """Propose a system. Answer 403 to users who take no part in changes of access."""
    if not access_changes.may_take_part(cast(User, request.user)):
        raise PermissionDenied
    return _propose_system(request)


@reauthentication_required
def _propose_system(request: HttpRequest) -> HttpResponse:
    by = cast(User, request.user)
    form = SystemForm(request.POST or None, by=by)
    if form.is_valid():
        try:
            system = services.propose(form.save(commit=False), by=by)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            sentence = _("Tercatat. Berlaku setelah %(official)s menerbitkan tokennya.")
            messages.success(request, sentence % {"official": system.official})
            return redirect("system_access", system.pk)
    return render(request, "exchange/propose.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def system(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a system may do, and what the user can do about it."""
    return _show(request, _get_system(request, pk))


@require_POST
def issue_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a token and show it once. Answer 403 to others than the responsible official."""
    found = _get_system(request, pk)
    if found.official_id != request.user.pk:
        raise PermissionDenied
    return _issue_token(request, found)


@reauthentication_required
def _issue_token(request: HttpRequest, system: System) -> HttpResponse:
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token = services.issue_token(system, by=cast(User, request.user), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return _show_secret(request, system, token=token)
    return _show(request, system, token_form=form)


@require_POST
def revoke_system(request: HttpRequest, pk: int) -> HttpResponse:
    """End the access of a system at once."""
    services.revoke(_get_system(request, pk), by=cast(User, request.user))
    messages.success(request, _("Dicabut. Token dan webhook sistem ini tidak berlaku lagi."))
    return redirect("system_access", pk)


@require_POST
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the webhook (official only), stop it, or announce past steps once more."""
    found = _get_system(request, pk)
    if "stop" in request.POST:
        webhooks.stop_webhook(found, by=cast(User, request.user))
        messages.success(request, _("Webhook dihentikan."))
        return redirect("system_access", pk)
    if "replay" in request.POST:
        return _replay(request, found)
    if found.official_id != request.user.pk:
        raise PermissionDenied
    return _set_webhook(request, found)


def _replay(request: HttpRequest, system: System) -> HttpResponse:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _show(request, system, replay_form=form)
    number = webhooks.replay(system, by=cast(User, request.user), **form.cleaned_data)
    messages.success(request, _("%(number)s kejadian akan dikirim ulang.") % {"number": number})
    return redirect("system_access", system.pk)


@reauthentication_required
def _set_webhook(request: HttpRequest, system: System) -> HttpResponse:
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            secret = webhooks.set_webhook(system, by=cast(User, request.user), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("url" if refusal.field else None, str(refusal))
        else:
            return _show_secret(request, system, secret=secret)
    return _show(request, system, webhook_form=form)


def _get_system(request: HttpRequest, pk: int) -> System:
    """Return a system that the user may see. Raise Http404 otherwise."""
    return get_object_or_404(list_systems(cast(User, request.user)), pk=pk)


def _show_secret(request: HttpRequest, system: System, **secret: str) -> HttpResponse:
    """Show a token or a secret, once."""
    response = render(request, "exchange/secret.html", {"system": system, **secret})
    response["Cache-Control"] = "private, no-store"
    return response


def _show(request: HttpRequest, system: System, **bound: Form) -> HttpResponse:
    """Show the page of a system, with the form that has errors."""
    is_official = system.official_id == request.user.pk
    context = {
        "system": system,
        "is_official": is_official,
        "hook": (hook := getattr(system, "webhook", None)),
        "sent": _count(hook) if hook else None,
        "token_form": TokenForm(),
        "webhook_form": WebhookForm(initial={"url": hook.url if hook else ""}),
        "replay_form": ReplayForm(),
        "form": next(iter(bound.values()), None),
        **bound,
    }
    status = HTTPStatus.UNPROCESSABLE_CONTENT if bound else HTTPStatus.OK
    return render(request, "exchange/system.html", context, status=status)


def _count(hook: Webhook) -> dict[str, Any]:
    """Return the numbers of a webhook's announcements, and what the last failures say."""
    S = WebhookEvent.Status  # noqa: N806
    waiting, failed = Q(status__in=[S.WAITING, S.SENDING]), Q(status=S.FAILED)
    return hook.events.aggregate(
        sent=Count("pk", filter=Q(status=S.SENT)),
        waiting=Count("pk", filter=waiting),
        failed=Count("pk", filter=failed),
        last_sent_at=Max("sent_at"),
        waiting_since=Min("created_at", filter=waiting & Q(attempts__gt=0)),
        why=Max("reason", filter=failed | waiting),
    )
