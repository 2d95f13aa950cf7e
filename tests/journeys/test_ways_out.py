"""Ways out of the main way and back into it, as the applicant and the reviewers see them."""

from consultations.enums import Identity, Kind, State
from consultations.models import Case
from consultations.scheduling.models import Slot
from tests.factories import Staff, case_at
from tests.journeys.actor import Actor


def test_sent_back_and_completed(staff: Staff, pkd: Actor, applicant: Actor) -> None:
    case = case_at(State.SUBMITTED, staff)
    pkd.take("send_back", case, missing="Lampirkan surat resmi.")
    assert case_now(case).state == State.INCOMPLETE
    applicant.take_as_applicant("complete", case, material="Materi yang lebih lengkap.")
    assert case_now(case).state == State.SUBMITTED
    assert case_now(case).material == "Materi yang lebih lengkap."
    assert pkd.offered(case) == ["register", "send_back", "withdraw_for"]


def test_declined_with_a_reason_that_the_applicant_reads(
    staff: Staff, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.REGISTERED, staff)
    kadis.take("decline", case, reason="Bukan kewenangan dinas ini.")
    assert case_now(case).state == State.DECLINED
    answer = applicant.client.get(f"/p/{case.secret}/")
    assert "Bukan kewenangan dinas ini." in answer.content.decode()
    assert kadis.offered(case) == []


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
    petugas.take("report", case, **{"solutions-0-text": "Loket diperbaiki."})
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
    petugas.take("report", case, **{"recommendations-0-text": "Perbarui data setiap bulan."})
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


def case_now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
