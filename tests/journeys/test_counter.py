"""Cases that begin at the Sekretariat: an urgent visitor (step 8), and a paper letter."""

from consultations.enums import Channel, State
from consultations.models import Attachment, Case
from tests.factories import Staff, take_a_minute
from tests.journeys.actor import Actor
from tests.journeys.test_nine_steps import report_text

VISITOR = {"applicant_name": "Budi Contoh", "phone": "0813 1111 2222"}


def urgent_visitor(sekretariat: Actor, staff: Staff) -> Case:
    served_by = f"{staff.division.pk}-{staff.petugas.pk}"
    page = sekretariat.take_from_desk("walk_in", **VISITOR, subject="Warga terlantar", served_by=served_by)
    case = Case.objects.get()
    assert f"Kode lacak: {case.code}" in page
    assert page.count("Cetak tanda terima") == 2  # with the steps, and with the documents
    return case


def test_urgent_visitor_is_served_at_once_and_ratified_later(
    staff: Staff, sekretariat: Actor, kadis: Actor, kabid: Actor, petugas: Actor
) -> None:
    case = urgent_visitor(sekretariat, staff)
    assert case.agenda
    assert (case.state, case.agenda.number, case.awaits_ratification) == (State.ASSIGNED, 1, True)
    petugas.take("start", case)
    kadis.take("ratify", case, note="Disahkan.")
    case.refresh_from_db()
    assert (case.state, case.awaits_ratification) == (State.IN_SESSION, False)
    assert case.dispositions.get().ratified_by == staff.kadis
    assert "ratify" not in kadis.offered(case)


def test_accepting_the_report_ratifies_too(
    staff: Staff, sekretariat: Actor, kadis: Actor, kabid: Actor, petugas: Actor
) -> None:
    case = urgent_visitor(sekretariat, staff)
    petugas.take("start", case)
    petugas.take("finish", take_a_minute(case), attendees="Budi Contoh")
    petugas.take("report", case, results="Ditampung sementara.", **{"solutions-0-text": "Rujuk ke panti."})
    kabid.take("forward", case)
    page = kadis.client.get(f"/permohonan/{case.code}/accept/").content.decode()
    assert "sekaligus mengesahkan" in page
    kadis.take("accept", case)
    case.refresh_from_db()
    assert (case.state, case.awaits_ratification) == (State.CLOSED, False)
    assert case.dispositions.get().ratified_by == staff.kadis
    assert "Rujuk ke panti." in report_text(kadis, case)


def test_paper_letter_comes_in(staff: Staff, sekretariat: Actor, pkd: Actor) -> None:
    letter = {"letter_number": "140/21/DS/2026", "subject": "Konsultasi", "material": "Anggaran desa."}
    sekretariat.take_from_desk("receive", **VISITOR, **letter)
    case = Case.objects.get()
    assert (case.state, case.channel) == (State.SUBMITTED, Channel.LETTER)
    assert case.letter_number == "140/21/DS/2026"
    assert not Attachment.objects.exists()
    assert pkd.offered(case) == [
        *("register", "send_back", "split", "to_complaint", "merge", "withdraw_for", "correct_data"),
    ]
