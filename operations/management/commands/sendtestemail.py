"""Command that sends a test mail. Django's own also succeeds if no mail leaves this machine."""

import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from notices.mail import NotSent, is_address, send_text


class Command(BaseCommand):
    help = _("Mengirim surel uji ke satu alamat, dan mengatakan mengapa gagal.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help=_("Alamat penerima."))

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        if not is_address(email):
            raise CommandError(_("Alamat surel tidak sah."))
        subject = _("Surel uji dari Rembuk di %(machine)s") % {"machine": socket.gethostname()}
        try:
            send_text(subject, _("Jika Anda membaca ini, pengiriman surel berhasil.") + "\n", email)
        except NotSent as error:
            raise CommandError(str(error)) from error
        sentence = _("Surel uji diterima server surel untuk %(email)s. Periksa kotak masuk dan folder spam.")
        self.stdout.write(sentence % {"email": email})
