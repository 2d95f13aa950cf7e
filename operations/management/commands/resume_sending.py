"""Command that lets this place send: after a restore or a move, the office goes on here."""

import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Min

from exchange import webhooks
from exchange.models import WebhookEvent
from exchange.systems import list_unannounced
from kit import clock, place
from kit.clock import format_moment
from notices.models import Message
from notices.services.delivery import OUTBOX, cancel_waiting
from office.worktime import in_office


class Command(BaseCommand):
    help = (
        "Lets this place send mail, WhatsApp and push messages, announcements and seals. A restored or moved "
        "copy sends nothing before. Stop the other place first: two that send write to people twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("machine", help="Name of this machine, as `hostname` prints it.")
        parser.add_argument(
            "--waiting",
            choices=["send", "drop"],
            help="What happens to messages that wait. `drop` if the other place has sent them meanwhile.",
        )

    @in_office()
    def handle(self, *args: Any, machine: str, waiting: str | None, **options: Any) -> None:
        if machine != socket.gethostname():
            raise CommandError(f"This machine is called {socket.gethostname()}. Nothing was changed.")
        if not place.is_copy():
            self.stdout.write("This place sends already. Nothing was changed.")
            return
        for outbox in (OUTBOX, webhooks.OUTBOX):
            outbox.release_claims()  # of workers at the place of the backup
        messages = Message.objects.filter(OUTBOX.waiting).order_by()
        number = messages.count() + WebhookEvent.objects.filter(webhooks.OUTBOX.waiting).count()
        number += list_unannounced().count()
        if number:
            since = messages.aggregate(since=Min("notice__created_at"))["since"]
            oldest = f", the oldest message since {format_moment(since)}" if since else ""
            self.stdout.write(f"{number} messages and announcements wait{oldest}.")
            waiting = waiting or ask()
        with transaction.atomic():
            if waiting == "drop":
                cancel_waiting()
                webhooks.fail_waiting()
                list_unannounced().update(notified_at=clock.now())  # the desk shows them
            else:
                webhooks.renew_waiting()
            place.take_place(machine)
        done = {"drop": " What waited was dropped.", "send": " What waited is sent now."} if number else {}
        self.stdout.write(f"{machine} sends from now on.{done.get(waiting or '', '')}")


def ask() -> str:
    """Ask whether to send or drop the messages that wait. Raise CommandError if nobody can answer."""
    if not sys.stdin.isatty():
        raise CommandError("Say what happens to them: --waiting=send or --waiting=drop.")
    answer = ""
    while answer not in ("send", "drop"):
        answer = input("If the other place has sent them meanwhile, drop them. send or drop? ").strip()
    return answer
