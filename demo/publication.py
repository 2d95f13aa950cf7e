"""The publication of the demo office's standard, and the position that signs its registers."""

from office.models import Appointment, Office, StandardPublication, User

from .people import Staff


def publish_standard(staff: Staff) -> None:
    """Let the head sign the registers, give the office an address, and list the staff with the standard."""
    signer = Appointment.objects.get(user=staff.head).position
    Office.objects.update(register_signer=signer, email="layanan@dinas.example")
    StandardPublication.objects.update(lists_staff=True)
    officers = [officer.pk for team in staff.teams.values() for officer in team.officers]
    User.objects.filter(pk__in=officers).update(competence="Pelatihan pelayanan konsultasi")
