"""Webhooks: set, stop and replay them, store announcements of steps, deliver them.

An announcement reaches its receiver at least once, always with the same identifier. Receivers compare it. It
is sent over HTTPS, signed by the convention of Standard Webhooks.
"""

import base64
import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import standardwebhooks
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Model, Q, QuerySet
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consultations.models import Case, Event
from consultations.step_row import WAY_BACK
from consultations.workflow import TAKE_BACK, can_be_taken_back
from exchange.api.access import list_visible_cases
from exchange.models import System, Webhook, WebhookEvent, get_last_moment
from exchange.systems import check_may_end, record_change
from kit import clock
from kit.cache import remembered
from kit.outbox import NotSent, Outbox
from kit.outgoing import NotReached, check_url, read_host, send_request
from kit.refusal import Refused
from office.models import User

TIMEOUT = 10
"""Seconds for connection, request and answer together."""


class NotAccepted(NotSent):
    """The receiver did not accept the announcement. The message is a sentence for the office.

    `answer` is the status of HTTP, or None without an answer.
    """

    def __init__(self, sentence: str, answer: int | None = None) -> None:
        super().__init__(sentence)
        self.answer = answer


class NoAnswer(NotAccepted):
    """The receiver cannot be reached, or does not answer in time: nothing else is sent to it for a while."""


class Unseen(NotAccepted):
    """The system no longer sees the case."""


class Gone(NotAccepted):
    """The receiver wants no announcements any more (status 410)."""


def post(url: str, *, key: str, payload: Mapping[str, Any], secret: str) -> int:
    """Send an announcement and return the status of the answer. Raise NotAccepted unless it is 2xx in time.

    Redirects are not followed, and the body of the answer is not read.
    """
    body, at = json.dumps(payload, separators=(",", ":")), clock.now().astimezone(dt.UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Rembuk",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(secret).sign(key, at, body),
    }
    try:
        status, _answer = send_request("POST", url, body=body.encode(), headers=headers, timeout=TIMEOUT)
    except Refused as refusal:
        raise NotAccepted(str(refusal)) from refusal
    except NotReached as error:
        raise NoAnswer(_("Penerima tidak dapat dihubungi atau tidak menjawab.")) from error
    if status == 410:
        raise Gone(_("Penerima menjawab bahwa alamat ini tidak dipakai lagi (410)."), status)
    if not 200 <= status < 300:
        raise NotAccepted(_("Penerima menjawab dengan status %(status)s.") % {"status": status}, status)
    return status


TYPE = "case.step_taken"


@remembered
def list_webhooks() -> list[Webhook]:
    """Return all webhooks that are not stopped, with their systems and officials."""
    return list(Webhook.objects.filter(stopped_at=None).select_related("system__official").order_by("pk"))


def announce_step(case: Case, event: Event, record: Model | None = None, **more: Any) -> None:
    """Store the announcements in the transaction of the step; deliver them after commit (STEP_RECEIVERS).

    A step that is taken back (`record`) is not announced. Raise Refused if it has been.
    """
    if event.verb == TAKE_BACK and isinstance(record, Event):
        announced = WebhookEvent.objects.filter(event=record)
        announced.filter(status=WebhookEvent.Status.WAITING).delete()
        if announced.exists():  # a worker may have claimed it meanwhile
            raise Refused(_("Langkah ini sudah diberitahukan kepada sistem lain, jadi tetap berlaku."))
    elif store_events(case, event):
        deliver_soon()


def store_events(case: Case, event: Event) -> int:
    """Store one announcement for each webhook that wants the step and sees the case. Return their number.

    Without webhooks this makes no query. Otherwise it makes three, however many they are. The step before
    cannot be taken back any more, so that its announcements need not wait: they arrive in order.
    """
    webhooks = [w for w in list_webhooks() if w.system.is_usable and _wants(w, event)]
    if case.is_independent or not webhooks:
        return 0
    now = clock.now()
    held = WebhookEvent.objects.filter(event__case=case, status=WebhookEvent.Status.WAITING, due_at__gt=now)
    WebhookEvent.objects.filter(pk__in=held.values("pk"), attempts=0).update(due_at=now)
    sees = [Exists(list_visible_cases(_copy(webhook.system)).filter(pk=case.pk)) for webhook in webhooks]
    answers = Case.objects.filter(pk=case.pk).values_list(*sees).get()
    seeing = [webhook for webhook, answer in zip(webhooks, answers, strict=True) if answer]
    due_at = now + WAY_BACK if can_be_taken_back(event) else now
    return len(
        WebhookEvent.objects.bulk_create(
            WebhookEvent(webhook=w, event=event, kind=case.kind, due_at=due_at) for w in seeing
        )
    )


def _wants(webhook: Webhook, event: Event) -> bool:
    return not webhook.states or (event.target in webhook.states and event.source != event.target)


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
            "kind": announced.kind,
            "state": event.target,
            "step": event.number,
            "verb": event.verb,
            "happened_at": _format(event.happened_at),
        },
    }


def _format(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
"""Delay after each failed attempt. The last one repeats until the announcement fails (`fails_at`)."""


class Announcements(Outbox[WebhookEvent]):
    model = WebhookEvent
    related = ("webhook", "event__case")
    unexpected = NotAccepted
    pausing = (NoAnswer,)

    def list_due(self) -> QuerySet[WebhookEvent]:
        """Return what may be sent now. What a stopped or revoked system would get waits until it fails."""
        now = clock.now()
        is_wanted = Q(webhook__stopped_at=None, webhook__system__revoked_at=None)
        is_wanted &= Q(webhook__system__expires_at__gt=now)
        return WebhookEvent.objects.filter(is_wanted | Q(fails_at__lte=now), self.waiting, due_at__lte=now)

    def send(self, row: WebhookEvent) -> dict[str, Any]:
        if row.fails_at <= clock.now():
            raise NotAccepted(_explain_unsent(row))
        webhook = row.webhook
        if not list_visible_cases(webhook.system).filter(pk=row.event.case_id).exists():
            raise Unseen(_("Sistem ini tidak boleh lagi melihat permohonan itu."))
        answer = post(webhook.url, key=str(row.key), payload=get_payload(row), secret=webhook.secret)
        Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=False).update(failing_since=None)
        return {"answer": answer}

    def fail(self, row: WebhookEvent, error: NotSent) -> dict[str, Any]:
        now, webhook = clock.now(), Webhook.objects.filter(pk=row.webhook_id)
        answer = {"answer": getattr(error, "answer", None)}
        if isinstance(error, Gone):
            webhook.update(stopped_at=now)
        if row.fails_at <= now or isinstance(error, Gone | Unseen):
            return {"status": WebhookEvent.Status.FAILED, **answer}
        webhook.filter(failing_since=None).update(failing_since=now)
        delay = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
        return {"due_at": min(now + delay, row.fails_at), **answer}

    def match_receiver(self, row: WebhookEvent) -> Q:
        return Q(webhook=row.webhook_id)


def _explain_unsent(row: WebhookEvent) -> str:
    if row.webhook.stopped_at is None and not row.webhook.system.is_usable:
        return _("Token sistem ini tidak berlaku lagi sebelum terkirim.")
    return row.reason or _("Webhook dihentikan sebelum terkirim.")


OUTBOX = Announcements()

deliver = OUTBOX.deliver
"""Send due announcements and return how many were accepted."""


@task()
def deliver_events() -> int:
    return deliver()


def deliver_soon() -> None:
    """Ask a worker to deliver after commit. If that fails, the scheduler delivers."""
    transaction.on_commit(deliver_events.enqueue, robust=True)


SECRET_START = "whsec_"  # noqa: S105 -- how each secret begins (Standard Webhooks)

KEPT = dt.timedelta(days=90)
"""Time for which announcements can be read and replayed."""

MAX_WEBHOOKS = 5
"""Addresses of a system that are not stopped."""

S = WebhookEvent.Status


def set_webhook(system: System, *, by: User, url: str, states: Sequence[str] = ()) -> str:
    """Send the steps of visible cases to `url` from now on. Return the new secret, which is shown once.

    With `states`, only steps that lead there are sent. An address that the system has already gets a new
    secret and these states. Raise PermissionDenied unless `by` is the official of the system, Refused if the
    address is not allowed or the system has MAX_WEBHOOKS others.
    """
    if system.official != by:
        raise PermissionDenied
    if not system.is_usable:
        raise Refused(_("Terbitkan dulu token sistem ini."))
    check_url(url)
    secret = SECRET_START + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        System.objects.select_for_update(no_key=True).get(pk=system.pk)
        if system.webhooks.filter(stopped_at=None).exclude(url=url).count() >= MAX_WEBHOOKS:
            sentence = _("Satu sistem memiliki paling banyak %(most)s webhook. Hentikan dahulu yang lama.")
            raise Refused(sentence % {"most": MAX_WEBHOOKS}, field="url")
        values = {"secret": secret, "states": [*states], "stopped_at": None, "failing_since": None}
        Webhook.objects.update_or_create(system=system, url=url, defaults=values)
        record_change(
            system, f"webhook ke {read_host(url)}", by=by
        )  # its path may be a secret of the receiver
    return secret


def stop_webhook(webhook: Webhook, *, by: User) -> None:
    """Announce nothing more. Raise PermissionDenied unless `by` is the official or changes access."""
    check_may_end(webhook.system, by)
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, stopped_at=None).update(stopped_at=clock.now()):
            record_change(webhook.system, f"webhook ke {read_host(webhook.url)} dihentikan", by=by)


def replay(webhook: Webhook, *, by: User, since: dt.date) -> int:
    """Send all announcements since a day once more, with the same identifiers. Return their number.

    Raise PermissionDenied unless `by` is the official or changes access, and Refused if the webhook is
    stopped or the token of its system is not valid.
    """
    since = max(since, clock.today() - KEPT)
    return _send_again(webhook, Q(created_at__gte=clock.midnight(since)), by=by)


def resend(announced: WebhookEvent, *, by: User) -> int:
    """Send one announcement once more, as `replay()` does. Return 0 if it waits already."""
    return _send_again(announced.webhook, Q(pk=announced.pk), by=by)


def _send_again(webhook: Webhook, chosen: Q, *, by: User) -> int:
    check_may_end(webhook.system, by)
    if not webhook.is_running:
        raise Refused(
            _("Webhook ini dihentikan atau tokennya tidak berlaku lagi, jadi tidak ada yang dikirim ulang.")
        )
    ended = webhook.events.filter(chosen, status__in=[S.SENT, S.FAILED])
    with transaction.atomic():
        number = ended.update(
            status=S.WAITING, attempts=0, due_at=clock.now(), fails_at=get_last_moment(), reason=""
        )
        record_change(webhook.system, f"{number} kejadian dikirim ulang", by=by)
        deliver_soon()
    return number


def fail_waiting() -> int:
    """Give up what waits, for a place that shall not announce it. Return the number."""
    with translation.override("id"):  # stored reasons are Indonesian
        reason = _("Tidak dikirim: sudah ada sebelum cadangan dipulihkan")
        waiting = WebhookEvent.objects.filter(status=S.WAITING)
        return waiting.update(status=S.FAILED, reason=reason)


def renew_waiting() -> int:
    """Let announcements that waited in a copy wait no shorter than new ones. Return the number."""
    waiting = WebhookEvent.objects.filter(status=S.WAITING)
    return waiting.update(due_at=clock.now(), fails_at=get_last_moment())


def delete_old_events() -> int:
    """Delete announcements that are older than KEPT; return their number."""
    old = WebhookEvent.objects.filter(created_at__lt=clock.now() - KEPT)
    return old.delete()[0]
