"""What the demo shows of trust: the independent channel, rights over personal data, a change of access."""

import datetime as dt

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import Applicant
from consultations.services import conclude
from intake.services import submit
from office import access_changes, clock
from office.models import AccessChange, Position, Role, User
from privacy.rights import Decision, ask_deletion, correct_contact, decide_deletion, release, retain

from .people import Staff

OBSERVED = (
    (
        "Petugas loket meminta uang jasa",
        "Petugas di loket meminta Rp50.000 agar saya didahulukan.",
    ),
    ("Rapat dijadwalkan pada jam layanan", "Loket tutup dua jam setiap Senin karena rapat pimpinan."),
)
"""Subject and text of complaints about those who would handle them."""

OUTCOME = "Jadwal rapat dipindahkan ke sore hari, dan loket sekarang buka sepanjang jam layanan."


def complain_to_the_supervisor() -> None:
    """Send two complaints to the Pengawas, who has closed one of them."""
    supervisor = User.objects.get(appointments__position__role=Role.SUPERVISOR)
    for days, (subject, material) in enumerate(OBSERVED, start=2):
        with clock.set_to(clock.now() - dt.timedelta(days=days)):
            case = submit(
                kind=Kind.COMPLAINT,
                is_independent=True,
                applicant_name=f"Pelapor Contoh {days}",
                phone=f"+62812345678{days:02}",
                subject=subject,
                material=material,
                complained_party="Sekretariat",
            )
    with clock.set_to(clock.now() - dt.timedelta(hours=2)):
        conclude(case, by=supervisor, outcome=OUTCOME)


def exercise_rights(staff: Staff) -> None:
    """Let applicants correct a number and ask for the deletion of their data, and Tim PKD retain cases."""
    closed = Case.objects.filter(state=State.CLOSED, kind=Kind.CONSULTATION, channel="ONLINE").order_by("pk")
    for case, exercise in zip(closed, (_correct, _ask, _ask_in_vain, _hold, _hold_for_a_while), strict=False):
        exercise(case, staff)


def _correct(case: Case, staff: Staff) -> None:
    phone = f"{case.phone}"[:-2] + "07"
    correct_contact(case, by=Applicant(case.secret), applicant_name=case.applicant_name, phone=phone)


def _ask(case: Case, staff: Staff) -> None:
    ask_deletion(case, by=Applicant(case.secret), reason="Urusan saya sudah selesai.")


def _ask_in_vain(case: Case, staff: Staff) -> None:
    _ask(case, staff)
    reason = "Laporannya wajib disimpan sampai masa retensinya berakhir."
    decide_deletion(case, by=staff.head, decision=Decision.REFUSED, reason=reason)


def _hold(case: Case, staff: Staff) -> None:
    retain(case, by=staff.pkd, reason="Diminta Inspektorat untuk pemeriksaan.")


def _hold_for_a_while(case: Case, staff: Staff) -> None:
    _hold(case, staff)
    release(case, by=staff.pkd, reason="Pemeriksaan Inspektorat selesai.")


def propose_an_appointment(staff: Staff) -> None:
    """Let the administrator propose an officer for Tim PKD. The Kepala Dinas decides."""
    position = Position.objects.filter(role=Role.TIM_PKD).earliest("pk")
    access_changes.propose(
        AccessChange.Kind.APPOINT,
        staff.teams["PMD"].officers[1],
        by=User.objects.get(is_superuser=True),
        position=position,
        starts=clock.today() + dt.timedelta(days=7),
    )
