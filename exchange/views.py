"""Pages of other systems (Sistem lain), the API, and the sheet for SP4N-LAPOR!."""

import io
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from ninja.responses import NinjaJSONEncoder

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import State
from consultations.queries import get_visible_case, of_visible_case
from exchange import systems as services, webhooks
from exchange.api.problems import STATUSES
from exchange.api.v1 import get_schema
from exchange.forms import ReplayForm, SystemForm, TokenForm, WebhookForm
from exchange.lapor import may_hand_over, write_sheet
from exchange.models import System, Webhook, WebhookEvent
from exchange.systems import list_systems, may_see_systems
from kit.form_view import handle_form
from kit.pagination import newest_first, parse_key
from kit.refusal import Refused
from kit.table import CONTENT_TYPES
from office import rights
from office.rights import StaffRequest, requires

MAX_SHOWN = 100
"""Latest systems of the list."""

HEADER = f"Authorization: Bearer {services.TOKEN_START}…"


@require_safe
def systems(request: StaffRequest) -> HttpResponse:
    """List the systems that the user proposed, grants or administers. Answer 404 to others."""
    if not may_see_systems(request.user):
        raise Http404
    context = {
        "systems": list_systems(request.user)[:MAX_SHOWN],
        "proposes": rights.CHANGE_ACCESS.is_held_by(request.user),
    }
    return render(request, "exchange/systems.html", context)


@requires(rights.CHANGE_ACCESS)
@reauthentication_required
def propose_system(request: StaffRequest) -> HttpResponse:

    def act(**entered: Any) -> HttpResponse:
        system = services.propose(System(**entered), by=request.user)
        sentence = _("Tercatat. Berlaku setelah %(official)s menerbitkan tokennya.")
        messages.success(request, sentence % {"official": system.official})
        return redirect("system_access", system.pk)

    return handle_form(request, partial(SystemForm, by=request.user), act, "exchange/propose.html")


@require_safe
def system(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a system may do, and what the user can do about it."""
    found = _get_system(request, pk)
    return render(request, "exchange/system.html", _get_context(request, found))


@require_POST
def issue_token(request: StaffRequest, pk: int) -> HttpResponse:
    """Issue a token and show it once. Answer 403 to others than the responsible official."""
    found = _get_system(request, pk)
    if found.official_id != request.user.pk:
        raise PermissionDenied
    return _issue_token(request, found)


@reauthentication_required
def _issue_token(request: StaffRequest, system: System) -> HttpResponse:
    def act(days: int) -> HttpResponse:
        return _show_secret(request, system, token=services.issue_token(system, by=request.user, days=days))

    return _handle(request, system, "token_form", TokenForm, act)


@require_POST
def revoke_system(request: StaffRequest, pk: int) -> HttpResponse:
    services.revoke(_get_system(request, pk), by=request.user)
    messages.success(request, _("Dicabut. Token dan webhook sistem ini tidak berlaku lagi."))
    return redirect("system_access", pk)


@require_POST
def add_webhook(request: StaffRequest, pk: int) -> HttpResponse:
    """Set a webhook and show its secret once. Answer 403 to others than the responsible official."""
    found = _get_system(request, pk)
    if found.official_id != request.user.pk:
        raise PermissionDenied
    return _add_webhook(request, found)


@reauthentication_required
def _add_webhook(request: StaffRequest, system: System) -> HttpResponse:
    def act(**entered: Any) -> HttpResponse:
        return _show_secret(request, system, secret=webhooks.set_webhook(system, by=request.user, **entered))

    return _handle(request, system, "webhook_form", WebhookForm, act)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: StaffRequest, pk: int, hook_pk: int) -> HttpResponse:
    """Show what was sent to an address, with the answers. POST stops it, or sends past steps once more."""
    hook = get_object_or_404(_get_system(request, pk).webhooks.select_related("system"), pk=hook_pk)
    if "stop" in request.POST:
        webhooks.stop_webhook(hook, by=request.user)
        messages.success(request, _("Webhook dihentikan."))
        return redirect("webhook", pk, hook_pk)
    if "event" in request.POST:
        announced = get_object_or_404(_list_shown(request, hook), pk=parse_key(request.POST["event"]))
        return _send_again(request, hook, partial(webhooks.resend, announced, by=request.user))

    def act(**entered: Any) -> HttpResponse:
        return _send_again(request, hook, partial(webhooks.replay, hook, by=request.user, **entered))

    return handle_form(
        request, ReplayForm, act, "exchange/webhook.html", lambda _form: _describe_webhook(request, hook)
    )


def _send_again(request: HttpRequest, hook: Webhook, send: Callable[[], int]) -> HttpResponse:
    try:
        messages.success(request, _("%(number)s kejadian akan dikirim ulang.") % {"number": send()})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("webhook", hook.system_id, hook.pk)


def _list_shown(request: StaffRequest, hook: Webhook) -> QuerySet[WebhookEvent]:
    """Return what was sent about cases that the reader may see."""
    return hook.events.filter(of_visible_case(request.user, "event__case"))


def _describe_webhook(request: StaffRequest, hook: Webhook) -> dict[str, Any]:
    rows = WebhookEvent.objects.select_related("event__case")
    return {
        "system": hook.system,
        "hook": hook,
        "states": [State(state).label for state in hook.states],
        "sent": _count(hook),
        "page": newest_first(_list_shown(request, hook), request.GET, rows=rows),
    }


def _get_system(request: StaffRequest, pk: int) -> System:
    return get_object_or_404(list_systems(request.user), pk=pk)


def _show_secret(request: HttpRequest, system: System, **secret: str) -> HttpResponse:
    response = render(request, "exchange/secret.html", {"system": system, **secret})
    response["Cache-Control"] = "private, no-store"
    return response


def _handle(
    request: StaffRequest, system: System, name: str, form: type[Form], act: Callable[..., HttpResponse]
) -> HttpResponse:
    return handle_form(
        request, form, act, "exchange/system.html", lambda bound: _get_context(request, system, {name: bound})
    )


def _get_context(
    request: StaffRequest, system: System, bound: dict[str, Form] | None = None
) -> dict[str, Any]:
    return {
        "system": system,
        "is_official": system.official_id == request.user.pk,
        "hooks": system.webhooks.order_by("pk"),
        "token_form": TokenForm(),
        "webhook_form": WebhookForm(),
        "form": None,
        **(bound or {}),
    }


def _count(hook: Webhook) -> dict[str, Any]:
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


@require_safe
def lapor_sheet(request: StaffRequest, code: str) -> HttpResponse:
    """Return the sheet of a complaint. Answer 404 unless the user handles it."""
    case = get_visible_case(request.user, code)
    if not may_hand_over(request.user, case):
        raise Http404
    file = io.BytesIO()
    with translation.override("id"):
        write_sheet(case, file)
    record(Act.EXPORT, by=request.user, case=case, target="lembar SP4N-LAPOR!")
    headers = {
        "Content-Disposition": f'attachment; filename="lapor-{case.code}.xlsx"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(file.getvalue(), content_type=CONTENT_TYPES["xlsx"], headers=headers)


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(get_schema(), encoder=NinjaJSONEncoder)


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show the operations with their parameters, fields and answers, from the same description."""
    schema = json.loads(json.dumps(get_schema(), cls=NinjaJSONEncoder))
    context = {
        "info": schema["info"],
        "header": HEADER,
        "operations": _list_operations(schema),
        "problems": [(status, *known) for status, known in STATUSES.items()],
    }
    return render(request, "exchange/documentation.html", context)


def _list_operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "anchor": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "parameters": [_describe(p, schema) for p in operation["parameters"]] + _list_fields(operation),
            "answer": _find_answer(operation, schema),
            "errors": [(s, p["description"]) for s, p in operation["responses"].items() if int(s) >= 400],
        }
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _describe(parameter: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
    names = [kind["$ref"].rpartition("/")[2] for kind in kinds if "$ref" in kind]
    values = [value for name in names for value in schema["components"]["schemas"][name]["enum"]]
    return {
        "name": parameter["name"],
        "is_required": parameter["required"],
        "text": parameter.get("description") or ", ".join(values),
    }


def _list_fields(operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("multipart/form-data", {}).get("schema", {"properties": {}})
    return [
        {
            "name": name,
            "is_required": name in schema["required"],
            "text": f"{field['title']}. {field.get('description', '')}".strip(),
        }
        for name, field in schema["properties"].items()
    ]


def _find_answer(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    answers = [each for status, each in operation["responses"].items() if int(status) < 300]
    contents: dict[str, Any] = answers[-1].get("content", {})
    media_type = next(iter(contents), "")
    found = contents.get(media_type, {}).get("schema", {})
    is_list = found.get("type") == "array"
    reference = (found.get("items", {}) if is_list else found).get("$ref", "")
    model = schema["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return {"media_type": media_type, "is_list": is_list, "names": list(model.get("properties", {}))}
