"""Each way out of the main way, and each way back into it."""

from consultations.enums import Identity, Kind, State
from consultations.models import AgendaEntry, Case
from scheduling.models import Slot
from tests.factories import Staff, case_at, working_moment
from tests.journeys.actor import Actor

TYPED = "%Y-%m-%dT%H:%M"


def test_sent_back_and_completed(staff: Staff, pkd: Actor, applicant: Actor) -> None:
    case = case_at(State.SUBMITTED, staff)
    pkd.take("send_back", case, missing="Lampirkan surat resmi.")
    assert case_now(case).state == State.INCOMPLETE
    applicant.take_as_applicant("complete", case, material="Materi yang lebih lengkap.")
    assert case_now(case).state == State.SUBMITTED
    assert case_now(case).material == "Materi yang lebih lengkap."
    assert pkd.offered(case) == ["register", "send_back", "withdraw_for"]


def test_voided_number_stays_in_the_book(staff: Staff, pkd: Actor) -> None:
    case = case_at(State.REGISTERED, staff)
    pkd.take("void", case, reason="Tercatat dua kali.")
    pkd.take("register", case, classification="400.10")
    book = AgendaEntry.objects.order_by("number").values_list("number", "void_reason")
    assert [*book] == [(1, "Tercatat dua kali."), (2, "")]
    assert str(case_now(case).agenda).startswith("2/")
    assert case_now(case).classification == "400.10"


def test_declined_with_a_reason_that_the_applicant_reads(
    staff: Staff, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.REGISTERED, staff)
    kadis.take("decline", case, reason="Bukan kewenangan dinas ini.")
    assert case_now(case).state == State.DECLINED
    answer = applicant.client.get(f"/p/{case.secret}/")
    assert "Bukan kewenangan dinas ini." in answer.content.decode()
    assert kadis.offered(case) == []


def test_handed_back_leaves_the_division(staff: Staff, kabid: Actor, kadis: Actor) -> None:
    case = case_at(State.DISPOSED, staff)
    desk = kabid.take("hand_back", case, reason="Urusan bidang lain.")
    assert "Disposisi dikembalikan" in desk
    assert kabid.client.get(f"/permohonan/{case.code}/").status_code == 404
    kadis.take("dispose", case, division=str(staff.other_division.pk))
    assert case_now(case).division == staff.other_division


def test_reassigned(staff: Staff, kabid: Actor) -> None:
    case = case_at(State.SCHEDULED, staff)
    kabid.take("reassign", case, officer=str(staff.other_petugas.pk), reason="Petugas cuti.")
    assert case_now(case).officer == staff.other_petugas


def test_rescheduled_keeps_the_old_session_on_record(staff: Staff, petugas: Actor) -> None:
    case = case_at(State.SCHEDULED, staff)
    later = working_moment(5, 10)
    petugas.take("reschedule", case, reason="Permintaan pemohon.", starts_at=later.strftime(TYPED))
    assert case.sessions.get(cancelled_at__isnull=False).cancel_reason == "Permintaan pemohon."
    assert case.sessions.get(cancelled_at__isnull=True).starts_at == later


def test_no_show_waits_for_a_new_time(staff: Staff, petugas: Actor) -> None:
    case = case_at(State.SCHEDULED, staff)
    petugas.take("no_show", case, note="Tidak dapat dihubungi.")
    assert case_now(case).state == State.PREPARED
    petugas.take("schedule", case, starts_at=working_moment(4).strftime(TYPED))
    assert case_now(case).state == State.SCHEDULED


def test_an_anonymous_complaint_is_answered_in_writing(
    staff: Staff, petugas: Actor, kabid: Actor, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.PREPARED, staff, kind=Kind.COMPLAINT, identity=Identity.ANONYMOUS, visit_at=None)
    answer, read = "Loket sudah kami perbaiki.\nTerima kasih.", []

    def page() -> str:
        read.append(applicant.client.get(f"/p/{case.secret}/").content.decode())
        return read[-1]

    assert "Petugas menanggapi pengaduan Anda." in page()
    petugas.take("answer", case, answer=answer)
    assert "Jawaban untuk Anda sudah ditulis." in page()
    assert (
        answer.split()[0] in petugas.form(f"/permohonan/{case.code}/report/", "report").values["results"][0]
    )
    petugas.take("report", case, solutions="Loket diperbaiki.")
    kabid.take("forward", case)
    assert "Sesudah diterima, jawaban tampil di halaman ini." in page()
    assert answer not in "".join(read)
    kadis.take("accept", case)
    assert answer in page()
    assert "Dijawab tertulis" in page()
    assert "Temui petugas" not in "".join(read)
    session = case_now(case).sessions.get()
    assert (session.mode, session.starts_at, session.minutes) == ("WRITTEN", None, None)
    assert not Slot.objects.exists()


def test_revised_report_is_a_new_version_of_the_text_before(
    staff: Staff, kabid: Actor, petugas: Actor
) -> None:
    case = case_at(State.REPORTED, staff)
    kabid.take("revise", case, reason="Lengkapi rekomendasi.")
    page = petugas.client.get(f"/permohonan/{case.code}/report/").content.decode()
    assert "Lengkapi rekomendasi." in page
    petugas.take("report", case, recommendations="Perbarui data setiap bulan.")
    first, second = case_now(case).reports.order_by("version")
    assert (first.version, second.version) == (1, 2)
    assert second.results == first.results
    assert [item["text"] for item in second.items if item["kind"] == "RECOMMENDATION"] == [
        "Perbarui data setiap bulan."
    ]


def test_returned_report_is_forwarded_again(staff: Staff, kadis: Actor, kabid: Actor) -> None:
    case = case_at(State.FORWARDED, staff)
    kadis.take("return", case, reason="Periksa dasar hukumnya.")
    assert case_now(case).state == State.REPORTED
    assert "Periksa dasar hukumnya." in kabid.client.get(f"/permohonan/{case.code}/forward/").content.decode()
    kabid.take("forward", case)
    assert case_now(case).state == State.FORWARDED


def test_withdrawn_by_the_applicant(staff: Staff, applicant: Actor) -> None:
    case = case_at(State.SCHEDULED, staff)
    applicant.take_as_applicant("withdraw", case, reason="Sudah selesai di desa.")
    assert case_now(case).state == State.WITHDRAWN
    assert staff.petugas.slots.count() == 0


def case_now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
