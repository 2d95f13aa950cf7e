"""The case behind its secret link: what its applicant sees in each state, and may do."""

import datetime as dt
import re
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from consultations import services as consultations_services
from consultations.enums import BEFORE_SESSION, State
from consultations.intake import services as intake_services
from consultations.models import Attachment, Case
from consultations.progress import progress
from consultations.scheduling import services as scheduling_services
from consultations.workflow import VERBS
from desk.views.applicant_case import JUST_NOW
from dispositions import services as dispositions_services
from kit import clock
from office.models import Office
from tests.case_page import read_all
from tests.factories import Staff, applicant, case_at, client_of, walk_in_at, wished_moment, working_moment
from tests.many_cases import case_in_each_state
from tests.pages.test_public_request import BAD_FILES
from tests.shared_data import each
from tests.submitting import assert_says, image, pdf, send, stored_files, typed, upload

DONE_UP_TO = {
    **dict.fromkeys((State.SUBMITTED, State.INCOMPLETE), 1),
    **dict.fromkeys((State.ENDORSING, State.REGISTERED), 2),
    State.DISPOSED: 3,
    State.ASSIGNED: 4,
    State.PREPARED: 5,
    **dict.fromkeys((State.SCHEDULED, State.IN_SESSION), 6),
    **dict.fromkeys((State.HELD, State.REPORTED, State.COSIGNING, State.FORWARDED), 7),
}
TURN = {
    State.SUBMITTED: "Tim PKD",
    State.INCOMPLETE: "Pemohon",
    **dict.fromkeys((State.ENDORSING, State.COSIGNING), "Sekretaris"),
    **dict.fromkeys((State.REGISTERED, State.FORWARDED), "Kepala Dinas"),
    **dict.fromkeys((State.DISPOSED, State.REPORTED), "Kepala Bidang"),
}


WITH_SESSION = (State.HELD, State.REPORTED, State.COSIGNING, State.FORWARDED)
QUERIES = {
    **dict.fromkeys((State.SCHEDULED, State.IN_SESSION), 9),
    **dict.fromkeys(WITH_SESSION, 8),
    State.CLOSED: 9,
}
"""Queries of the page by state. All states need 6: case, audit log, history, documents, attachments and the
stamp. Some need the days for a reply, the session, companions, the report or the survey."""


def statuses(case: Case) -> str:
    """One letter for each of the nine steps: Done, Current, Ahead, Skipped."""
    return "".join(stage.status[0].upper() for stage in progress(case, case.history.all()))


def in_words(case: Case, **typed: Any) -> dict[str, Any]:
    return {"version": case.version, **typed}


def page(case: Case, rest: str = "") -> str:
    return Client().get(f"/p/{case.secret}/{rest}").text


@each("state", DONE_UP_TO)
def test_a_case_on_its_way_has_done_some_steps_and_waits_for_one(state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    stages = progress(case, case.history.all())
    current = DONE_UP_TO[state] + 1 if DONE_UP_TO[state] != 7 else 9
    for stage in stages:
        expected = "done" if stage.number <= DONE_UP_TO[state] else "ahead"
        expected = "skipped" if stage.number == 8 else expected
        assert stage.status == ("current" if stage.number == current else expected)
        assert bool(stage.done_at and stage.by) == (expected == "done")
    assert stages[current - 1].by == TURN.get(state, "Petugas")


def test_steps_are_skipped_by_an_end_or_an_urgent_walk_in_and_undone_by_a_step_back(staff: Staff) -> None:
    assert statuses(case_at(State.CLOSED, staff)) == "DDDDDDDSD"
    assert statuses(case_at(State.DECLINED, staff)) == "DDUUUUUSU"
    assert statuses(case_at(State.WITHDRAWN, staff)) == "DUUUUUUSU"
    assert statuses(walk_in_at(State.CLOSED, staff)) == "DDDDSSDDD"
    assert statuses(walk_in_at(State.IN_SESSION, staff)) == "DDDDSSCDA"
    case = walk_in_at(State.ASSIGNED, staff)
    assert statuses(case) == "DDDDSSCDA"
    dispositions_services.prepare(case, by=staff.petugas, administration="Daftar", materials="Pedoman")
    assert statuses(case) == "DDDDDCADA"
    case = case_at(State.DISPOSED, staff)
    dispositions_services.hand_back(case, by=staff.kabid, reason="Bukan bidang kami.")
    assert statuses(case) == "DDCAAAASA"
    consultations_services.void(case, by=staff.pkd, reason="Salah catat.")
    assert statuses(case) == "DCAAAAASA"


def test_the_page_shows_every_state_to_the_holder_of_the_link(
    staff: Staff, client: Client, at_most_queries: Any, subtests: pytest.Subtests
) -> None:
    staff.petugas.name = "Nama Rahasia, S.Sos."
    staff.petugas.save()
    Office.objects.update(names_officer=False)
    for state, case in case_in_each_state(staff):
        with subtests.test(state.value):
            with at_most_queries(QUERIES.get(state, 8)):
                answer = client.get(f"/p/{case.secret}/")
            assert answer.status_code == 200
            page = answer.text
            assert f'data-case="{case.code}"' in page
            assert f'data-state="{state}"' in page
            assert str(state.label) in page
            assert page.count("data-number=") == 9
            assert ('data-verb="withdraw"' in page) == (state in BEFORE_SESSION)
            assert ('data-verb="complete"' in page) == (state == State.INCOMPLETE)
            assert "/laporan.pdf" not in page
            assert "/surat-permohonan.pdf" in page
            assert staff.petugas.name not in page


def test_a_withdrawn_request_says_where_it_ended(staff: Staff) -> None:
    shown = page(case_at(State.WITHDRAWN, staff))
    assert shown.count("Tidak sampai ke langkah ini") == 7
    assert shown.count("Tidak diperlukan") == 1


def test_a_long_history_costs_no_query(staff: Staff, client: Client, at_most_queries: Any) -> None:
    case = case_at(State.SUBMITTED, staff, letter=None)
    for _round in range(15):
        consultations_services.send_back(case, by=staff.pkd, missing="Surat.")
        intake_services.complete(case, by=applicant(case), note="Sudah.")
    with at_most_queries(7):
        client.get(f"/p/{case.secret}/")


def test_what_concerns_the_applicant_is_shown(staff: Staff) -> None:
    incomplete = page(case_at(State.INCOMPLETE, staff))
    assert "Lampirkan surat resmi." in incomplete
    assert "Sekarang giliran Anda." in incomplete
    assert "Bukan kewenangan dinas." in page(case_at(State.DECLINED, staff))
    assert "Sudah selesai di desa." in page(case_at(State.WITHDRAWN, staff))
    letter = {"letter_number": "140/21/DS/2026", "letter_date": dt.date(2026, 11, 20)}
    contact = {"address": "Jl. Melati 2", "email": "siti@contoh.id", "complained_party": "Loket satu"}
    typed = page(case_at(State.SUBMITTED, staff, kind="COMPLAINT", **letter, **contact))
    for text in ("140/21/DS/2026", "20 November 2026", *contact.values()):
        assert text in typed


def test_the_schedule_is_shown_until_it_is_cancelled(staff: Staff) -> None:
    case, by = case_at(State.PREPARED, staff), staff.petugas
    online = {"mode": "ONLINE", "link": "https://rapat.example/abc", "note": "Bawa KK"}
    scheduling_services.schedule(case, by=by, starts_at=working_moment(5, hour=10), **online)
    for shown in ("10.00–10.30 WIB", 'href="https://rapat.example/abc"', "Bawa KK"):
        assert shown in page(case)
    moved = {"reason": "Petugas sakit.", "place": "Ruang B"}
    scheduling_services.reschedule(case, by=by, starts_at=working_moment(6, 13), **moved)
    for shown in ("13.00–13.30 WIB", *moved.values()):
        assert shown in page(case)
    intake_services.withdraw(case, by=applicant(case), reason="Sudah selesai.")
    assert "13.00–13.30" not in page(case)


def test_own_files_are_listed_and_the_system_makes_no_second_letter(staff: Staff, client: Client) -> None:
    send(client, "/ajukan/", typed(letter=upload("surat.pdf", pdf())))
    case = Case.objects.get()
    assert "/surat-permohonan.pdf" not in page(case) + page(case, "tanda-terima/")
    assert f"/p/{case.secret}/berkas/{case.attachments.get().pk}/" in page(case)


def test_the_receipt_holds_code_link_qr(staff: Staff, client: Client, at_most_queries: Any) -> None:
    case = case_at(State.SUBMITTED, staff)
    own = f"/p/{case.secret}/"
    with at_most_queries(4):  # case, audit log, papers, stamp
        receipt = client.get(f"{own}tanda-terima/").text
    link = f'href="{own}">https://layanan.example{own}<'
    for part in (case.code, link, "<svg", "<title>", "/tanda-terima.pdf"):
        assert part in receipt
    assert "style=" not in receipt
    for unknown in (f"/p/{case.code}/", f"/p/{case.secret.swapcase()}/", f"{own}hapus/"):
        assert client.get(unknown).status_code == client.post(unknown).status_code == 404, unknown
    assert client.put(f"{own}withdraw/").status_code == 405


def test_withdrawing_ends_the_case_once(staff: Staff, client: Client, at_most_queries: Any) -> None:
    case = case_at(State.PREPARED, staff)
    address, stale = f"/p/{case.secret}/withdraw/", in_words(case, reason="Sudah selesai.")
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment())
    for data in (stale, {**stale, "version": "\0x"}):
        answer = client.post(address, data)
        assert_says(answer, 409, "berubah sejak halaman ini dibuka")
    with at_most_queries(4):  # case, audit log, sessions, stamp
        form = client.get(address).text
    assert 'data-form="withdraw"' in form
    assert client.post(address, in_words(case, reason=" ")).status_code == 422
    answer = client.post(address, in_words(case, reason="Sudah selesai."))
    assert answer["Location"] == f"/p/{case.secret}/"
    assert_says(client.post(address, in_words(case, reason="Sekali lagi.")), 409, "Sekali lagi.")
    case.refresh_from_db()
    assert (case.state, case.end_reason) == (State.WITHDRAWN, "Sudah selesai.")
    assert case.history.filter(verb="withdraw").count() == 1
    assert client.get(address).status_code == 409


def test_completing_brings_the_case_back_to_tim_pkd(staff: Staff, client: Client) -> None:
    case = case_at(State.INCOMPLETE, staff)
    address = f"/p/{case.secret}/complete/"
    assert_says(client.get(address), 200, "Lampirkan surat resmi.", case.material)
    unchanged = in_words(case, material=case.material)
    assert_says(client.post(address, unchanged), 422, "Belum ada yang dilengkapi")
    past = in_words(case, visit_at="2020-01-01T09:00", note="Catatan saya")
    assert_says(client.post(address, past), 422, "Waktu ini sudah lewat.", "Catatan saya")
    sheets = [upload("ktp.jpg", image("JPEG")), upload("kk.png", image("PNG")), upload("surat.pdf", pdf(2))]
    now = {"material": "Materi yang jelas", "visit_at": f"{wished_moment():%Y-%m-%dT%H:%M}", "note": "Sudah."}
    assert client.post(address, in_words(case, file=sheets, **now)).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.material) == (State.SUBMITTED, "Materi yang jelas")
    assert case.visit_at == wished_moment()
    file = case.attachments.get(purpose=Attachment.Purpose.COMPLETION)
    assert (file.name, file.content_type) == ("ktp.pdf", "application/pdf")
    with pikepdf.open(file.file.path) as joined:
        assert len(joined.pages) == 4
    assert client.post(address, in_words(case, note="Lagi")).status_code == 409


@each("bad", ["half a PDF"])
def test_a_bad_file_completes_nothing(staff: Staff, client: Client, settings: Any, bad: str) -> None:
    case, (name, content, sentence) = case_at(State.INCOMPLETE, staff), BAD_FILES[bad]
    sent = in_words(case, file=upload(name, content), note="Ini")
    assert_says(client.post(f"/p/{case.secret}/complete/", sent), 422, sentence)
    case.refresh_from_db()
    assert case.state == State.INCOMPLETE
    assert not stored_files(settings)


def test_after_an_error_the_good_files_are_named_to_be_chosen_again(staff: Staff, client: Client) -> None:
    case, sheet = case_at(State.INCOMPLETE, staff), image("PNG")

    def post(*names: str, **more: Any) -> Any:
        files = [upload(name, b"MZ" if name == "program.pdf" else sheet) for name in names]
        return client.post(f"/p/{case.secret}/complete/", in_words(case, file=files, **more))

    refused = post("ktp saya.png", "program.pdf", "kk.png").text
    assert "program.pdf: Berkas ini bukan PDF" in refused
    assert re.findall(r"<li>([\w .]+\.(?:png|pdf))</li>", refused) == ["ktp saya.png", "kk.png"]
    assert "<li>kk.png</li>" in post("kk.png", visit_at="2020-01-01T09:00").text
    assert_says(post(*(f"{number}.png" for number in range(6))), 422, "Paling banyak 5 berkas.")
    assert not case.attachments.exclude(purpose=Attachment.Purpose.LETTER).exists()


def test_who_ended_a_case_and_when_closes_its_steps(staff: Staff) -> None:
    for state, ended in (
        (State.DECLINED, ("Permohonan ditolak", "Kepala Dinas")),
        (State.WITHDRAWN, ("Permohonan ditarik", "Pemohon")),
    ):
        case = case_at(state, staff)
        end = page(case).split('<li data-status="ended"')[1].split("</li>")[0]
        for words in (*ended, date_format(timezone.localtime(case.since), "DATETIME_FORMAT")):
            assert words in end
    for state in (State.SCHEDULED, State.CLOSED):
        assert '<li data-status="ended"' not in page(case_at(state, staff))


@each(
    ("state", "verb", "sent", "sentence"),
    [
        (State.INCOMPLETE, "complete", {"note": "Sudah."}, "Kelengkapan Anda sudah kami terima."),
        (State.SUBMITTED, "withdraw", {"reason": "Selesai."}, "Penarikan Anda sudah kami terima."),
    ],
)
def test_an_applicants_step_is_confirmed_for_some_minutes_without_a_cookie(
    state: State, verb: str, sent: dict[str, str], sentence: str, staff: Staff, client: Client
) -> None:
    case = case_at(state, staff)
    assert sentence not in page(case)
    answer = client.post(f"/p/{case.secret}/{verb}/", in_words(case, **sent), follow=True)
    assert sentence in answer.text
    assert not {"messages", "sessionid"} & client.cookies.keys()
    with clock.set_to(clock.now() + JUST_NOW):
        assert sentence not in page(case)
    if verb == "complete":
        case.refresh_from_db()
        consultations_services.register(case, by=staff.pkd, classification="400.9")
        assert sentence not in page(case), "the office has acted since"


@each(("number", "read"), [("+6281234567890", "0812-3456-7890"), ("+6591234567", "+65 9123 4567")])
def test_a_number_of_another_country_keeps_its_code(
    number: str, read: str, staff: Staff, client: Client
) -> None:
    case = case_at(State.SUBMITTED, staff, phone=number)
    assert read in page(case)
    assert read in read_all(client_of(staff.pkd), case)
    assert read in client.post("/ajukan/", typed(phone=number), follow=True).text


def test_after_an_error_title_and_focus_say_so(staff: Staff, client: Client) -> None:
    case = case_at(State.SUBMITTED, staff)
    for address, sent in (
        (f"/p/{case.secret}/withdraw/", in_words(case)),
        ("/ajukan/", typed(material="")),
        ("/pengaduan/", typed(material="")),
        ("/lacak/", {}),
    ):
        for page, is_wrong in ((client.get(address), False), (client.post(address, sent), True)):
            content = page.text
            error = "Tidak ditemukan:" if address == "/lacak/" else "Belum terkirim:"
            assert (error in content.split("<title>")[1].split("</title>")[0]) == is_wrong
            assert (' tabindex="-1" autofocus>' in content) == is_wrong


def test_the_advice_is_text_and_the_officer_has_a_name(staff: Staff) -> None:
    Office.objects.update(shares_report=True)
    text, scheduled = page(case_at(State.CLOSED, staff)), case_at(State.SCHEDULED, staff)
    assert text.index("Usulkan melalui musyawarah desa.") < text.index("laporan.pdf")
    assert "Perbarui data setiap triwulan." in text
    assert "petugas Anda, didampingi Companion" in page(scheduled)
    Office.objects.update(names_officer=False)
    assert "petugas Anda" not in page(scheduled)


def test_only_the_applicants_own_steps_are_open(staff: Staff, client: Client) -> None:
    case = case_at(State.REGISTERED, staff)
    own = {"withdraw": 200, "correct_contact": 200}
    own |= dict.fromkeys(("complete", "ask_time", "ask_deletion", "stop_deletion", "ask_again"), 409)
    own |= dict.fromkeys(("submit", "receive", "walk_in", "split_off"), 404)
    for verb in VERBS:
        assert client.get(f"/p/{case.secret}/{verb}/").status_code == own.get(verb, 403), verb
    for verb, status in {**own, "register": 403, "accept": 403}.items():
        sent = client.post(f"/p/{case.secret}/{verb}/")
        assert sent.status_code == (422 if status == 200 else status), verb
    case.refresh_from_db()
    assert (case.state, case.history.count()) == (State.REGISTERED, 2)
