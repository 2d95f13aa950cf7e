"""Complaints in the office: forms, what presses on the desk, what nobody completed, where else to turn."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import localdate
from pytest_django.asserts import assertContains

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case, HiddenIdentity
from consultations.parties import hidden_from_head, is_hidden_from_head, is_without_head, without_head
from consultations.search import find
from consultations.work import store_items
from desk.waiting import list_waiting
from dispositions import services as dispositions_services
from kit import clock
from office.models import Role
from reports.forms.report import get_initial_texts
from tests.factories import Staff, appoint, case_at, client_of, independent_case, make_user
from tests.pages.test_hidden_identity import addresses_of, text_of
from tests.pages.test_steps_counter import LETTER
from tests.print.documents import words_of
from tests.shared_data import each
from tests.standard.steps import typed
from tests.submitting import send, typed as submission

DAY = dt.timedelta(days=1)
WEDNESDAY = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)
"""A day with working days before and after it: what is counted in working days needs them."""


def complaint(staff: Staff, **registered: Any) -> Case:
    """Return a registered complaint, to be answered within 14 working days by default."""
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, subject="Uang rokok di loket")
    details = {"classification": "700", "complaint_kind": "NO_SUPERVISION", **registered}
    consultations_services.register(case, by=staff.pkd, **details)
    return case


def due(case: Case, **columns: Any) -> Case:
    Case.objects.filter(pk=case.pk).update(**columns)
    case.refresh_from_db()
    store_items([case])
    return case


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.text


@pytest.mark.release
def test_before_the_agenda_no_page_tells_anybody_but_tim_pkd_of_a_complaint(staff: Staff) -> None:
    """Sent back, so that a message to its applicant waits in the queue; and once with a number, voided."""
    sent_back = case_at(State.INCOMPLETE, staff, kind=Kind.COMPLAINT, subject="Uang rokok di loket")
    voided = complaint(staff)
    consultations_services.void(voided, by=staff.pkd, reason="Salah nomor.")
    own = {f"/permohonan/{case.code}/" for case in (sent_back, voided)}
    addresses = {*addresses_of(sent_back), *addresses_of(voided)}
    links = {at for at in addresses if sent_back.secret in at or voided.secret in at}
    for reader in (staff.kadis, staff.sekretariat, staff.pkd):
        client = client_of(reader)
        pages = {address: text_of(client, address) for address in addresses - links}
        pages["search"] = text_of(client, "/permohonan/", q="rokok")
        told = {at for at, text in pages.items() if sent_back.subject in text}
        if reader == staff.pkd:
            assert {"search", *own} <= told
        else:
            assert told == set()
            assert {client.get(address).status_code for address in own} == {404}
    assert sent_back.code in page(client_of(staff.pkd), "/pesan/")
    assert voided.code in page(client_of(staff.pkd), "/agenda/")


def test_a_complaint_is_agendaed_with_its_kind(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    client, address = client_of(staff.pkd), f"/permohonan/{case.code}/register/"
    form = page(client, address)
    last = date_format(clock.today() + 60 * DAY)
    assert f"Selesai paling lambat {last} (60 hari kerja, paling lama 60 hari)." in form
    missing = client.post(address, {**typed("register", staff), "complaint_kind": ""})
    assertContains(missing, "Pilih klasifikasi pengaduan.", status_code=422)
    entered = {**typed("register", staff), "complaint_kind": "SUPERVISION", "lapor_number": "LP-77"}
    assert client.post(address, entered).status_code == 302
    case.refresh_from_db()
    assert (case.complaint_kind, case.lapor_number) == ("SUPERVISION", "LP-77")
    shown = page(client, f"/permohonan/{case.code}/")
    assert "hari kerja lagi" in shown
    assert "LP-77" in shown
    assert "LP-77" in page(Client(), f"/p/{case.secret}/")
    assert "hari kerja lagi" in page(client, "/permohonan/")


def test_the_agenda_book_tells_the_subject_of_a_consultation_but_not_of_a_complaint(staff: Staff) -> None:
    send(Client(), "/pengaduan/", submission())
    assert Case.objects.get().subject == "Pengaduan pelayanan"
    told = {"subject": "Budi memungut uang", "letter_number": "1/2026"}
    case, client = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, **told), client_of(staff.pkd)
    address = f"/permohonan/{case.code}/register/"
    form = client.get(address).context["form"]
    letter = {"subject": "Pengaduan pelayanan", "letter_number": "1/2026", "letter_date": None}
    assert {name: form[name].value() for name in letter} == letter
    written = {"subject": "Layanan loket", "letter_number": "2/2026", "letter_date": clock.today()}
    assert client.post(address, {**typed("register", staff), **written}).status_code == 302
    assert Case.objects.values(*written).get(pk=case.pk) == written
    assert find(Case.objects.all(), "loket").keys == [case.pk]
    assert not find(Case.objects.all(), "memungut").keys
    consultation = case_at(State.SUBMITTED, staff)
    form = client.get(f"/permohonan/{consultation.code}/register/").context["form"]
    assert (form["subject"].value(), "complaint_kind" in form.fields) == (consultation.subject, False)


NAMES = {"OPEN": "Budi Contoh", "CONFIDENTIAL": "Pelapor dirahasiakan", "ANONYMOUS": "Pelapor anonim"}


@each(("identity", "name"), NAMES.items())
def test_a_complaint_by_letter_may_hide_who_complains(identity: str, name: str, staff: Staff) -> None:
    sent = {**LETTER, "kind": "COMPLAINT", "identity": identity, "lapor_number": "LP-9"}
    assert client_of(staff.sekretariat).post("/surat-masuk/", sent).status_code == 302
    case = Case.objects.get()
    assert (case.applicant_name, case.lapor_number) == (name, "LP-9")
    hidden = [row.name for row in HiddenIdentity.objects.all()]
    assert hidden == ["Budi Contoh"] * (identity == "CONFIDENTIAL")
    assert case.documents.get(kind="RECEIPT")


def test_only_complainants_hide_and_who_is_anonymous_needs_no_name_nor_number(staff: Staff) -> None:
    client = client_of(staff.sekretariat)
    sent = {**LETTER, "kind": "COMPLAINT", "applicant_name": "", "phone": ""}
    assert client.post("/surat-masuk/", {**sent, "identity": "CONFIDENTIAL"}).status_code == 422
    assert client.post("/surat-masuk/", {**sent, "identity": "ANONYMOUS"}).status_code == 302
    refused = client.post("/surat-masuk/", {**LETTER, "identity": "CONFIDENTIAL"})
    assertContains(refused, "Hanya pelapor pengaduan yang dapat dirahasiakan atau anonim.", status_code=422)
    assert page(client, "/pengaduan/").count("Tidak perlu diisi bila anonim.") == 2
    assert "bila anonim" not in page(client, "/ajukan/")


@each("identity", ["CONFIDENTIAL", "ANONYMOUS"])
def test_a_hidden_complainant_completes_and_withdraws_like_any(identity: str, staff: Staff) -> None:
    case = case_at(State.INCOMPLETE, staff, kind=Kind.COMPLAINT, identity=identity)
    link = f"/p/{case.secret}/"
    assert Client().post(f"{link}complete/", {"note": "Bukti menyusul."}).status_code == 302
    assert Client().post(f"{link}withdraw/", {"reason": "Sudah selesai."}).status_code == 302
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN


def test_hints_name_the_next_contact_as_days_run_out(staff: Staff) -> None:
    with clock.set_to(WEDNESDAY):
        case = complaint(staff)
        dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
        dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas)
        due(case, answer_due=clock.today() - DAY)
        told = {
            "petugas": "Sampaikan sebab keterlambatan kepada Kepala Bidang.",
            "kabid": "Sampaikan sebab keterlambatan kepada Kepala Dinas.",
            "pkd": "Sampaikan keterlambatan ini kepada Kepala Dinas dan beri tahu pelapor.",
            "kadis": "mintalah bantuan Inspektorat Daerah.",
        }
        for name, sentence in told.items():
            client = client_of(getattr(staff, name))
            assert sentence in page(client, f"/permohonan/{case.code}/"), name
            assert sentence in page(client, "/meja/"), name
        for name in ("sekretariat", "other_petugas", "other_kabid"):
            desk = page(client_of(getattr(staff, name)), "/meja/")
            assert "hampir atau sudah lewat waktu" not in desk, name
        assert 'data-hint="late"' not in page(client_of(staff.sekretariat), f"/permohonan/{case.code}/")
        assert "lapor.go.id" in page(Client(), f"/p/{case.secret}/")
        listed = {-1: "lewat 1 hari kerja", 0: "tidak ada hari kerja lagi", 7: "hari kerja lagi"}
        for days, words in listed.items():
            due(case, answer_due=clock.today() + days * DAY)
            assert words in page(client_of(staff.pkd), f"/permohonan/{case.code}/")


def test_a_complaint_about_the_only_head_is_passed_on(staff: Staff) -> None:
    case = complaint(staff, complained_about=staff.kadis)
    sentence = "Teruskan dengan surat kepada Sekretaris Daerah atau Inspektorat Daerah"
    told = "meneruskannya kepada Sekretaris Daerah atau Inspektorat Daerah, lalu memberi tahu Anda."
    applicants = page(Client(), f"/p/{case.secret}/")
    assert told in applicants
    assert "Sedang ditangani oleh" not in applicants
    for address in (f"/permohonan/{case.code}/", "/meja/"):
        assert sentence in page(client_of(staff.pkd), address), address
    for name in ("kadis", "sekretariat", "kabid"):
        assert case.code not in page(client_of(getattr(staff, name)), "/meja/"), name
    deputy = make_user("plh")
    appoint(deputy, Role.HEAD, acting="Plh.")
    for address in (f"/permohonan/{case.code}/", "/meja/"):
        assert sentence not in page(client_of(staff.pkd), address), address
    assert case.code not in page(client_of(staff.pkd), "/meja/")
    assert case.code in page(client_of(deputy), "/meja/")
    assert told not in page(Client(), f"/p/{case.secret}/")


def test_the_forms_show_the_official_and_do_not_offer_the_own_division(staff: Staff) -> None:
    """A form for several cases offers all divisions, and marks the complaints among them."""
    case, _other = complaint(staff, complained_about=staff.kabid), case_at(State.REGISTERED, staff)
    official = f"Pejabat yang diadukan: <b>{staff.kabid}</b>"
    own = f'name="copies" value="{staff.division.pk}"'
    kadis = client_of(staff.kadis)
    form = page(kadis, f"/permohonan/{case.code}/dispose/")
    assert official in form
    assert re.findall(r'name="division" value="(\d+)"[^>]* disabled>', form) == [str(staff.division.pk)]
    assert f'name="copies" value="{staff.other_division.pk}"' in form
    assert own not in form
    several = page(kadis, "/meja/sekaligus/dispose/")
    assert own in several
    assert " disabled" not in several
    marked = [">Pengaduan</span>" in row for row in several.split('<label class="check" data-case')[1:]]
    assert sorted(marked) == [False, True]
    kadis.post(f"/permohonan/{case.code}/dispose/", {"division": staff.other_division.pk})
    assert official in page(client_of(staff.other_kabid), f"/permohonan/{case.code}/assign/")


def test_the_form_says_who_reads_a_complaint_from_the_first_moment(staff: Staff) -> None:
    """And so it is: before its number Tim PKD alone, then others of the office without the official."""
    form = " ".join(page(Client(), "/pengaduan/").split())
    assert "Sampai dicatat, hanya Tim PKD membacanya. Pejabat yang diadukan sesudahnya pun tidak." in form
    case, everybody = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT), vars(staff).values()

    def list_readers() -> list[object]:
        return [one for one in everybody if Case.objects.visible_to(one).exists()]

    assert list_readers() == [staff.pkd]
    consultations_services.register(
        case, by=staff.pkd, classification="700", complained_about=staff.sekretaris
    )
    assert {staff.pkd, staff.kadis, staff.sekretariat} == set(list_readers())


def test_the_receipt_of_a_complaint_says_where_one_about_the_head_goes(staff: Staff) -> None:
    where = "Pengaduan tentang Kepala Dinas tidak dibaca dan tidak diputuskan olehnya"
    for kind, says_so in ((Kind.COMPLAINT, True), (Kind.CONSULTATION, False)):
        case = case_at(State.SUBMITTED, staff, kind=kind)
        for words in (page(Client(), f"/p/{case.secret}/tanda-terima/"), words_of("tanda-terima", case)):
            assert (where in words) == says_so


def test_complaints_without_a_head_are_in_the_queue_of_tim_pkd(staff: Staff) -> None:
    """From its agenda number to a deputy's appointment, also while its report waits for acceptance."""
    forwarded = due(case_at(State.FORWARDED, staff, kind=Kind.COMPLAINT), complained_about=staff.kadis)
    registered = complaint(staff, complained_about=staff.kadis)
    due(case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT), complained_about=staff.kadis)
    rows = list_waiting(staff.pkd).rows
    assert {(row.case, row.main.verb) for row in rows if row.main} == {
        (forwarded, "pass_up"),
        (registered, "pass_up"),
    }
    pkd = client_of(staff.pkd)
    assert page(pkd, "/meja/").count('data-verb="pass_up"') == 2
    assert pkd.get("/meja/berikutnya/").headers["Location"].split("?")[0].endswith("/pass_up/")
    about_tim_pkd = due(registered, complained_about=staff.pkd)
    assert about_tim_pkd.code not in page(pkd, "/meja/")


def test_where_the_head_may_act_is_the_same_rule_in_sql(staff: Staff) -> None:
    people = (None, staff.kadis, staff.petugas, staff.pengawas)
    for kind in Kind:
        for person in people:
            due(case_at(State.REGISTERED, staff, kind=kind), complained_about=person)
        case_at(State.SUBMITTED, staff, kind=kind)
    independent_case()
    for heads in (1, 2):
        if heads == 2:
            appoint(make_user("plh"), Role.HEAD, acting="Plh.")
        cases = list(Case.objects.all())
        for rule, matching in ((is_without_head, without_head()), (is_hidden_from_head, hidden_from_head())):
            expected = {case.pk for case in cases if rule(case)}
            assert set(Case.objects.filter(matching).values_list("pk", flat=True)) == expected, rule
            assert bool(expected) is (heads == 1 or rule is is_hidden_from_head)


def test_what_nobody_completed_is_closed_from_the_desk(staff: Staff) -> None:
    case = case_at(State.INCOMPLETE, staff, kind=Kind.COMPLAINT)
    client = client_of(staff.pkd)
    assert 'data-verb="lapse"' not in page(client, "/meja/")
    due(case, since=clock.now() - 30 * DAY)
    assert 'data-verb="lapse"' not in page(client, "/meja/")
    due(case, since=clock.now() - 31 * DAY)
    assert f"/permohonan/{case.code}/lapse/" in page(client, "/meja/")
    assert 'data-verb="lapse"' not in page(client_of(staff.kadis), "/meja/")
    client.cookies["language"] = "en"
    form = page(client, f"/permohonan/{case.code}/lapse/")
    assert "Pengaduan tidak dilengkapi dalam 30 hari (UU 25/2009, pasal 44)." in form
    reason = {"reason": "Pelapor tidak menanggapi."}
    assert client.post(f"/permohonan/{case.code}/lapse/", reason).status_code == 302
    assert "Pelapor tidak menanggapi." in page(Client(), f"/p/{case.secret}/")
    assert 'data-verb="lapse"' not in page(client, "/meja/")


@each("many", [1, 3])
def test_the_desk_costs_the_same_for_one_and_for_many_complaints(
    many: int, staff: Staff, at_most_queries: Any
) -> None:
    for _ in range(many):
        due(complaint(staff), answer_due=clock.today() - DAY)
        due(case_at(State.INCOMPLETE, staff), since=clock.now() - 30 * DAY)
    client = client_of(staff.pkd)
    page(client, "/meja/")
    with at_most_queries(15):
        text = page(client, "/meja/")
    assert text.count('data-hint="late"') == many
    assert text.count('data-verb="lapse"') == many


def test_a_pressing_complaint_is_on_the_desk_once(staff: Staff) -> None:
    """If it waits for the user, it is a row with a hint. If not, it is in the panel."""
    case = complaint(staff)
    assert 'data-hint="' not in page(client_of(staff.pkd), f"/permohonan/{case.code}/")
    assert 'data-hint="elsewhere"' not in page(Client(), f"/p/{case.secret}/")
    due(case, follow_up_due=clock.today())
    assert 'data-hint="elsewhere"' not in page(Client(), f"/p/{case.secret}/")
    for user, hint, in_panel in (
        (staff.kadis, "Giliran Anda: Disposisikan.", False),
        (staff.pkd, "Ingatkan Kepala Dinas, yang sekarang mendapat giliran.", True),
    ):
        desk = page(client_of(user), "/meja/")
        assert desk.count(f'data-case="{case.code}"') == desk.count('data-hint="soon"') == 1, user
        assert hint in desk.partition(f'data-case="{case.code}"')[2], user
        assert ('id="pengaduan-mendesak"' in desk) is in_panel, user


def test_a_closed_complaint_says_when_and_its_report_begins_in_its_words(staff: Staff) -> None:
    day = clock.today()
    case = due(case_at(State.CLOSED, staff, kind=Kind.COMPLAINT), answer_due=day, follow_up_due=day)
    assert case.closed_at
    texts = get_initial_texts(case)
    assert not re.search("permohonan|konsultasi|saran|masukan", " ".join(texts.values()), re.IGNORECASE)
    assert texts["general"] == f"Pelapor menyampaikan pengaduan perihal “{case.subject}”."
    shown = page(client_of(staff.pkd), f"/permohonan/{case.code}/")
    assert "paling lambat" not in shown
    assert f"<dt>Selesai</dt><dd>{date_format(localdate(case.closed_at))}</dd>" in shown
