"""The command `demo`: fills an empty installation with sample data (data contoh)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from consultations.models import Case
from consultations.secretary import list_states
from office.models import FactorRequirement, Office, User
from operations.demo.generate import (
    complain_to_the_supervisor,
    exercise_rights,
    generate,
    propose_an_appointment,
    publish_standard,
    record_absences,
    share_knowledge,
)
from operations.demo.people import create_staff
from operations.demo.scenarios import SCENARIOS, Scenario


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


@transaction.atomic
def fill(scenarios: Iterable[Scenario] = SCENARIOS) -> bool:
    """Create the demo in one transaction. Return False if the database already has accounts."""
    if User.objects.exists():
        return False
    call_command("setup_office", verbosity=0)
    FactorRequirement.objects.update(is_required=False)  # visitors log in with the published password
    staff = create_staff()
    publish_standard(staff)
    generate(staff, scenarios)
    record_absences(staff)
    share_knowledge(staff)
    exercise_rights(staff)
    complain_to_the_supervisor()
    propose_an_appointment(staff)
    return True
