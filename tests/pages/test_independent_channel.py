"""The independent channel: its way from the form to the result, and that nobody else learns of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertContains

from consultations import services as consultations_services
from consultations.audit.models import Act
from consultations.audit.services import record, visible_entries
from consultations.enums import Identity, Kind, State
from consultations.intake import submission
from consultations.intake.models import RequestDraft
from consultations.intake.uploads import CheckedFile
from consultations.models import AgendaEntry, Attachment, Case, KnownWord, SearchText
from consultations.parties import list_supervisors, parties
from consultations.scheduling.whose_work import waiting_for
from consultations.search import find
from consultations.workflow import list_open_steps
from documents.models import Document, Register
from documents.registers.book import BOOKS
from kit import clock, records
from kit.periods import Period
from kit.refusal import Refused
from notices.models import Message, Notice
from notices.queries import messages_in_reach
from notices.texts import render_to_staff
from office.models import Office, Role, User
from reports.statistics.figures import compute_figures
from reports.surveys.queries import has_open_survey, surveyed_in
from reports.surveys.regulation import Service
from tests.case_page import read_all
from tests.factories import Staff, appoint, case_at, client_of, independent_case
from tests.pages.test_hidden_identity import addresses_of, text_of
from tests.pages.test_steps_counter import LETTER
from tests.shared_data import each
from tests.submitting import pdf, send, typed, upload

STORY: dict[str, Any] = {
    "subject": "Kolibri di laci Kepala Dinas",
    "material": "Kepala Dinas menerima amplop bergambar kolibri.",
    "applicant_name": "Marsinah Kolibri",
    "complained_party": "Kepala Dinas Kolibri",
}
OFFICE = [field.name for field in fields(Staff) if field.name != "pengawas"]
ELSEWHERE = "Kantor ini belum memiliki Pengawas"


def with_file(**details: Any) -> Case:
    letter = CheckedFile(pdf(), "application/pdf", "kolibri.pdf")
    return independent_case(**STORY, letter=letter, email="marsinah@contoh.id", **details)


@pytest.fixture
def case(staff: Staff) -> Case:
    return with_file()


def form(**changes: Any) -> dict[str, Any]:
    """Return what a complainant types who chooses the channel: no letter, and a visit that is not needed."""
    return {**typed(no_letter="", visit_at=""), **STORY, "is_independent": "on", **changes}


def conclude(case: Case, staff: Staff) -> None:
    consultations_services.conclude(case, by=staff.pengawas, outcome="Terbukti; kolibri dikembalikan.")


def test_the_way_from_the_form_to_the_result(staff: Staff, client: Client) -> None:
    check = client.post("/pengaduan/", form())["Location"]
    text = client.get(check).text
    assert "Kirim hanya kepada Pengawas" in text
    answer = client.post(check)
    case = Case.objects.get()
    assert answer["Location"] == f"/p/{case.secret}/tanda-terima/"
    found = (case.state, case.is_independent, case.agenda, case.complaint_kind)
    assert found == (State.EXAMINING, True, None, "SUPERVISION")
    assert case.due_at
    own_page = client.get(f"/p/{case.secret}/").text
    assert "Kantor ini tidak melihat pengaduan Anda" in own_page
    assert "Ada pertanyaan?" not in own_page
    assert "hubungi Sekretariat" not in client.get(f"/p/{case.secret}/yang-melihat/").text

    pengawas, address = client_of(staff.pengawas), f"/permohonan/{case.code}/"
    for page in ("/meja/", "/permohonan/", address):
        assert case.subject in pengawas.get(page).text, page
    assert pengawas.post(f"{address}refer_up/", {"office": "", "reason": "x"}).status_code == 422
    referred = {"office": "Inspektorat Jenderal", "address": "Jakarta", "reason": "Mengenai Kepala Dinas."}
    assert pengawas.post(f"{address}refer_up/", referred).status_code == 302
    followed = client.get(f"/p/{case.secret}/").text
    assert "Inspektorat Jenderal, Jakarta" in followed
    assert pengawas.post(f"{address}conclude/", {"outcome": "Terbukti; sudah ditegur."}).status_code == 302
    followed = client.get(f"/p/{case.secret}/").text
    assert "Terbukti; sudah ditegur." in followed
    assert "Survei" not in followed.split("<main")[1].split("</main>")[0]
    case.refresh_from_db()
    assert (case.state, case.report_number) == (State.CLOSED, "")
    assert [event.verb for event in case.history.order_by("pk")] == ["submit", "refer_up", "conclude"]


def test_the_complainant_can_withdraw_and_the_pengawas_can_decline(staff: Staff, client: Client) -> None:
    declined, withdrawn = independent_case(**STORY), independent_case(**STORY)
    consultations_services.dismiss(declined, by=staff.pengawas, reason="Sudah diperiksa.")
    assert client.post(f"/p/{withdrawn.secret}/withdraw/", {"reason": "Sudah selesai."}).status_code == 302
    for case, reason in ((declined, "Sudah diperiksa."), (withdrawn, "Sudah selesai.")):
        assert reason in client.get(f"/p/{case.secret}/").text
        assert not list_open_steps(staff.pengawas, Case.objects.get(pk=case.pk))


LISTS = (
    *("/meja/", "/permohonan/", "/agenda/", "/laporan/", "/kalender/", "/pesan/", "/pemberitahuan/"),
    *("/dasbor/", "/catatan-akses/", "/register/", "/tindak-lanjut/", "/arsip/", "/kiriman/", "/statistik/"),
)


def test_no_page_tells_the_head(case: Case, staff: Staff) -> None:
    """The rules are tried for everybody below, and all pages for all before a release."""
    own = {f"/permohonan/{case.code}/", f"/permohonan/{case.code}/conclude/"}
    crawl("kadis", case, staff, {*LISTS, *own, *addresses_of(case)[::6]})


@pytest.mark.release
@each("name", OFFICE)
def test_no_page_tells_anybody_of_the_office(name: str, case: Case, staff: Staff) -> None:
    crawl(name, case, staff)


def crawl(name: str, case: Case, staff: Staff, pages: Iterable[str] = ()) -> None:
    """Open each address of the site, with the keys of the case, its file, its notice and its events."""
    record(Act.CASE, by=staff.pengawas, case=case)
    if name == "kadis":
        conclude(case, staff)
    client, file = client_of(getattr(staff, name)), f"/berkas/{case.attachments.get().pk}/"
    crawled = [at for at in pages or addresses_of(case) if case.secret not in at]
    searches = (f"/permohonan/?q={case.code}", "/permohonan/?q=amplop", "/agenda/?q=amplop")
    for address in (*crawled, file, *searches):
        told = text_of(client, address).replace(address, "").lower()
        assert "kolibri" not in told, address
        assert case.secret.lower() not in told, address
        if case.code not in address:
            assert case.code.lower() not in told, address
    own = [at for at in crawled if at.startswith(f"/permohonan/{case.code}/")]
    assert {client.get(at).status_code for at in (*own, file)} <= {403, 404, 405}
    assert client.get(f"/permohonan/{case.code}/").status_code == 404


def test_the_pengawas_reads_it_on_the_same_pages(case: Case, staff: Staff) -> None:
    """The crawl above would find it: it finds it for the Pengawas."""
    client, pages = client_of(staff.pengawas), ("/meja/", "/permohonan/", f"/permohonan/{case.code}/")
    assert {*pages} <= {*addresses_of(case)}
    assert [page for page in pages if case.subject not in text_of(client, page)] == []
    assert client.get(f"/berkas/{case.attachments.get().pk}/").status_code == 200
    assert visible_entries(staff.pengawas).filter(case=case).exists()
    assert not visible_entries(staff.kadis).filter(case=case).exists()


@pytest.mark.differs_by_database
@each("name", OFFICE)
def test_it_is_no_step_and_no_work_of_anybody_of_the_office(name: str, case: Case, staff: Staff) -> None:
    user = getattr(staff, name)
    assert parties(user, case) == {}
    assert list_open_steps(user, case) == []
    assert not Case.objects.visible_to(user).exists()
    assert not waiting_for(user).exists()
    assert not messages_in_reach(user).exists()
    assert not Attachment.objects.filter(case__in=Case.objects.visible_to(user)).exists()


def test_an_ordinary_complaint_stays_in_the_office(case: Case, staff: Staff, client: Client) -> None:
    send(client, "/pengaduan/", typed(**STORY))
    ordinary = Case.objects.latest("pk")
    assert (ordinary.state, ordinary.is_independent) == (State.SUBMITTED, False)
    assert ordinary in Case.objects.visible_to(staff.pkd)
    assert {*Case.objects.visible_to(staff.pengawas)} == {case}
    assert parties(staff.pengawas, case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)) == {}


@each("role", [role for role in Role if role != Role.SUPERVISOR])
def test_nobody_gains_it_by_a_second_position(role: Role, case: Case, staff: Staff) -> None:
    """A stand-in of the Pengawas, and a Pengawas who stands in for somebody else, are of the office."""
    division = staff.division if role in (Role.DIVISION_HEAD, Role.OFFICER) else None
    appoint(staff.pengawas, role, division, acting="Plh.")
    pengawas = User.objects.get(pk=staff.pengawas.pk)
    assert case not in Case.objects.visible_to(pengawas)
    assert parties(pengawas, case) == {}
    assert pengawas.pk not in list_supervisors()
    with pytest.raises(PermissionDenied):
        consultations_services.conclude(case, by=pengawas, outcome="Tidak ada apa-apa.")


def test_nothing_that_a_pengawas_opened_opens_for_an_administrator_who_is_one(
    case: Case, staff: Staff
) -> None:
    """An administrator is one of the office, and sees no case.

    Both hold the same position, although the database refuses it. What the process remembers must not decide
    by positions alone.
    """
    refusing = [one for one in records.list_declared(connection) if one.name.startswith("apart")]
    records.drop(connection, refusing)
    appoint(staff.admin, Role.SUPERVISOR)
    administrator = User.objects.get(pk=staff.admin.pk)
    assert case not in Case.objects.visible_to(administrator)
    assert parties(administrator, case) == {}
    assert list_supervisors() == {staff.pengawas.pk}
    pengawas, admin = client_of(staff.pengawas), client_of(administrator)
    pages = ("/meja/", "/permohonan/", f"/permohonan/{case.code}/", "/catatan-akses/")
    file = f"/berkas/{case.attachments.get().pk}/"
    for _again in range(2):
        assert all(case.code in text_of(pengawas, address) for address in pages)
        assert pengawas.get(file).status_code == 200
        for address in pages:
            told = text_of(admin, address)
            assert case.code not in told.replace(address, ""), address
            assert case.subject not in told, address
        assert {admin.get(at).status_code for at in (pages[2], file)} == {404}


def test_it_is_in_no_register_no_figure_no_survey_and_no_index(staff: Staff) -> None:
    today = clock.today()
    before = compute_figures(Period("", today, today))
    case = with_file()
    conclude(case, staff)
    for kind, book in BOOKS.items():
        for by in (staff.kadis, staff.pkd, staff.pengawas):
            register = Register(kind=kind, since=today, until=today, by=by, title="Uji", at=clock.now())
            assert not book.list_rows(register).exists(), kind
            assert not book.has_rows_about(by, register), kind
    assert compute_figures(Period("", today, today)) == before
    assert not Case.objects.filter(surveyed_in(Period("", today, today), Service.BOTH)).exists()
    assert not has_open_survey(case)
    for model in (Document, AgendaEntry, SearchText):
        assert not model._default_manager.exists(), model
    assert not KnownWord.objects.filter(word="kolibri").exists()
    assert not find(Case.objects.all(), "kolibri").keys


@each("table", ["permohonan", "agenda", "register-pengaduan", "catatan-akses"])
@each("name", ["pkd", "kadis"])
def test_no_export_has_it(table: str, name: str, case: Case, staff: Staff) -> None:
    record(Act.CASE, by=staff.pengawas, case=case)
    days = {"since": clock.today(), "until": clock.today()}
    response = client_of(getattr(staff, name)).post(f"/ekspor/{table}.csv", days, follow=True)
    content = response.getvalue() if response.streaming else response.content
    assert case.code.encode() not in content
    assert b"olibri" not in content


def test_only_the_pengawas_is_notified_and_no_mail_tells_the_story(staff: Staff) -> None:
    User.objects.update(email="kantor@contoh.id")
    case = with_file()
    notices = Notice.objects.filter(case=case, recipient__isnull=False)
    assert [(notice.recipient, notice.kind) for notice in notices] == [(staff.pengawas, "TO_EXAMINE")]
    mail = render_to_staff(notices[0], office=Office.load())
    assert "olibri" not in mail.subject + mail.text
    channels = {*Message.objects.values_list("channel", flat=True)}
    assert channels == {"EMAIL"}, "no WhatsApp sent by the office"
    conclude(case, staff)
    assert not Message.objects.filter(by_hand=True).exists()


def test_a_held_complaint_waits_for_the_pengawas(staff: Staff, client: Client) -> None:
    """Neither Tim PKD nor the head sees or decides on it; name and files open after it was accepted."""
    data = form(homepage="x", letter=upload("kolibri.pdf", pdf()))
    link = send(client, "/pengaduan/", data)["Location"]
    assert "Pengawas memeriksanya pada jam kerja" in client.get(link).text
    draft = RequestDraft.objects.get()
    for name in ("pkd", "kadis", "sekretariat"):
        office = client_of(getattr(staff, name))
        assert office.get(f"/kiriman/{draft.held_key}/").status_code in (403, 404)
        assert "olibri" not in office.get("/kiriman/").text
        assert "/kiriman/" not in office.get("/meja/").text
    assert submission.reject([draft.held_key], by=staff.pkd) == 0
    pengawas, address = client_of(staff.pengawas), f"/kiriman/{draft.held_key}/"
    assert 'data-held="1"' in pengawas.get("/meja/").text
    assert address in pengawas.get("/kiriman/").text
    shown = pengawas.get(address).text
    assert "amplop bergambar" in shown
    assert "Marsinah" not in shown
    assert pengawas.get(f"{address}berkas/{draft.files.get().pk}/").status_code == 403
    case_page = pengawas.post(address)["Location"]
    assert "Marsinah" in pengawas.get(case_page).text
    assert Case.objects.get().history.get().note.endswith("diterima oleh Pengawas, Pengawas.")

    send(client, "/pengaduan/", form(homepage="x"))
    draft = RequestDraft.objects.get()
    answer = pengawas.post("/kiriman/", {"draft": str(draft.held_key)}, follow=True)
    assert "Kiriman yang tidak diterima langsung dihapus." in answer.text
    assert not RequestDraft.objects.exists()


def test_without_a_pengawas_the_form_says_where_to_go(staff: Staff, client: Client) -> None:
    check = client.post("/pengaduan/", form())["Location"]
    appoint(staff.pengawas, Role.TIM_PKD)  # a Pengawas who serves in the office is none
    assertContains(client.post(check), ELSEWHERE, status_code=422)
    staff.pengawas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    answer = client.post("/pengaduan/", form())
    assertContains(answer, ELSEWHERE, status_code=422)
    assert "lapor.go.id" in answer.text.split(ELSEWHERE)[1]
    assert "amplop bergambar" in answer.text, "what was typed is still there"
    Office.objects.update(higher_office="Inspektorat Jenderal", higher_office_address="Jl. Contoh 9, Jakarta")
    assert "Inspektorat Jenderal, Jl. Contoh 9, Jakarta" in client.post("/pengaduan/", form()).text
    assert not Case.objects.exists()
    with pytest.raises(Refused):
        independent_case(**STORY)


def test_the_counter_logs_it_and_sees_it_no_more(staff: Staff) -> None:
    client = client_of(staff.sekretariat)
    assert "Anda membacanya hanya selama mengetik." in client.get("/surat-masuk/").text
    data = {**LETTER, **STORY, "kind": "COMPLAINT", "is_independent": "on"}
    answer = client.post("/surat-masuk/", data)
    case = Case.objects.get()
    assert (case.state, answer["Location"]) == (State.EXAMINING, "/meja/")
    desk = client.get("/meja/").text
    assert "Sejak sekarang hanya Pengawas yang dapat membukanya." in desk
    assert case.code not in desk
    assert client.get(f"/permohonan/{case.code}/").status_code == 404
    assert case in Case.objects.visible_to(staff.pengawas)
    ordinary = client.post("/surat-masuk/", {**data, "kind": "CONSULTATION"})
    assert "Hanya pengaduan yang dapat dikirim kepada Pengawas." in ordinary.text


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_a_hidden_complainant_stays_hidden(identity: str, staff: Staff) -> None:
    case, client = with_file(identity=identity), client_of(staff.pengawas)
    assert "Marsinah" not in read_all(client, case)
    revealed = client.post(f"/permohonan/{case.code}/identitas/", {"reason": "Meminta bukti."})
    assert ("Marsinah" in revealed.text) is (identity == Identity.CONFIDENTIAL)


@each("count", [1, 30])
def test_pages_of_the_pengawas_cost_the_same_for_one_and_for_many(
    count: int, staff: Staff, at_most_queries: Any
) -> None:
    for _ in range(count):
        independent_case(**STORY)
    client = client_of(staff.pengawas)
    for address, number in {"/meja/": 5, "/permohonan/": 4}.items():
        client.get(address)
        with at_most_queries(number):
            assert client.get(address).status_code == 200
