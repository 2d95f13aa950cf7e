"""Store what is announced of a step, in its transaction, and say what an announcement contains."""

from copy import copy
from typing import Any

from django.db.models import Exists
from django.utils import timezone

from consultations.models import Case, Event
from exchange.models import System, WebhookEvent
from exchange.queries import list_visible_cases, list_webhooks

TYPE = "case.step_taken"


def store_events(case: Case, event: Event) -> int:
    """Store one announcement for each webhook whose system sees the case. Return their number.

    Without webhooks this makes no query. Otherwise it makes two, however many they are.
    """
    webhooks = [webhook for webhook in list_webhooks() if webhook.system.is_usable]
    if case.is_independent or not webhooks:
        return 0
    sees = [Exists(list_visible_cases(_copy(webhook.system)).filter(pk=case.pk)) for webhook in webhooks]
    answers = Case.objects.filter(pk=case.pk).values_list(*sees).get()
    seeing = [webhook for webhook, answer in zip(webhooks, answers, strict=True) if answer]
    return len(WebhookEvent.objects.bulk_create(WebhookEvent(webhook=w, event=event) for w in seeing))


def _copy(system: System) -> System:
    """Return a copy with an official of its own: users remember their positions, systems are shared."""
    own = copy(system)
    own.official = copy(system.official)
    return own


def get_payload(announced: WebhookEvent) -> dict[str, Any]:
    """Return the content: code, state, step and moments, no personal data. It is the same in each attempt."""
    event = announced.event
    return {
        "id": str(announced.key),
        "type": TYPE,
        "timestamp": _format(event.entered_at),
        "data": {
            "code": event.case.code,
            "kind": event.case.kind,
            "state": event.target,
            "step": event.number,
            "verb": event.verb,
            "happened_at": _format(event.happened_at),
        },
    }


def _format(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
