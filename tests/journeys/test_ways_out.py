"""Ways out of the main way, as the applicant sees them."""

from consultations.enums import Identity, Kind, State
from consultations.scheduling.models import Slot
from tests.factories import Staff, afresh, case_at, sign_papers
from tests.journeys.actor import Actor


def test_declined_with_a_reason_that_the_applicant_reads(
    staff: Staff, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.REGISTERED, staff)
    kadis.take("decline", case, reason="Bukan kewenangan dinas ini.")
    case.refresh_from_db()
    assert (case.state, case.end_reason, case.due_at) == (State.DECLINED, "Bukan kewenangan dinas ini.", None)
    assert case.agenda
    assert "Bukan kewenangan dinas ini." in applicant.client.get(f"/p/{case.secret}/").text
    assert kadis.offered(case) == []


def test_an_anonymous_complaint_is_answered_in_writing(
    staff: Staff, petugas: Actor, kabid: Actor, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.PREPARED, staff, kind=Kind.COMPLAINT, identity=Identity.ANONYMOUS, visit_at=None)
    answer, read = "Loket sudah kami perbaiki.\nTerima kasih.", []

    def page() -> str:
        read.append(applicant.client.get(f"/p/{case.secret}/").text)
        return read[-1]

    assert "Petugas menanggapi pengaduan Anda." in page()
    petugas.take("answer", case, answer=answer)
    assert "Jawaban untuk Anda sudah ditulis." in page()
    form = petugas.form(f"/permohonan/{case.code}/report/", "report")
    assert answer.split()[0] in form.values["results"][0]
    petugas.take("report", case, **{"solutions-0-text": "Loket diperbaiki."})
    kabid.take("forward", case)
    assert "Sesudah itu suratnya ditandatangani dan tampil di halaman ini." in page()
    kadis.take("accept", case)
    page()
    assert answer not in "".join(read)
    sign_papers(case, staff)
    assert answer in page()
    assert "Dijawab tertulis" in page()
    assert "Temui petugas" not in "".join(read)
    session = afresh(case).sessions.get()
    assert (session.mode, session.starts_at, session.minutes) == ("WRITTEN", None, None)
    assert not Slot.objects.exists()
