"""The command `demo`: fills an empty installation with sample data (data contoh)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils.translation import gettext as _

from consultations.deadlines import list_states
from consultations.models import Case
from office.models import Office
from operations.demo.generate import fill


class Command(BaseCommand):
    help = _("Mengisi pemasangan yang kosong dengan kantor contoh: pegawai, jabatan, dan permohonan.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("Data contoh hanya untuk mencoba Rembuk. Jalankan dengan DEBUG=true."))
        if not fill():
            self.stdout.write(_("Basis data ini sudah berisi. Tidak ada yang diubah."))
            return
        found = dict(Case.objects.values_list("state").annotate(Count("pk")).order_by("state"))
        self.stdout.write(_("Data contoh dibuat: %(count)s permohonan.") % {"count": sum(found.values())})
        for state in list_states(Office.load()):
            self.stdout.write(f"  {found.get(state, 0):3}  {state.label}")
