"""A complaint from its submission to another institution, and about the head of the office."""

import datetime as dt
import re

from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling.whose_work import list_waited_for, waiting_for
from dispositions.models import Transfer
from documents.models import Document
from kit import clock
from office.models import Appointment, Office, Role
from reports.transfers import get_transfer_status
from tests.factories import Staff, afresh, appoint, case_at, client_of, pass_on, sign_papers
from tests.journeys.actor import Actor
from tests.print.documents import words_of
from tests.shared_data import each

DAY = dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
RECEIPT = {"receipt_number": "700/12", "receiver_name": "Rina Contoh", "receiver_position": "Sekretaris"}
ASKED = {"institution": "Inspektorat Daerah", "address": "Jalan Contoh 1", "reason": "Ini wewenangnya."}


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return re.sub(r"\s+", " ", response.text)


def test_a_complaint_is_passed_on_and_its_receipt_is_recorded(
    staff: Staff, pkd: Actor, kadis: Actor, sekretariat: Actor, applicant: Actor
) -> None:
    with clock.set_to(MONDAY):
        case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, subject="Uang rokok")
        entered = {"classification": "700", "complaint_kind": "SUPERVISION", "subject": "Pelayanan loket"}
        pkd.take("register", case, **entered)
        assert Case.objects.get().answer_due == dt.date(2027, 1, 22)
    link = f"/p/{case.secret}/"
    with clock.set_to(MONDAY + 2 * DAY):
        kadis.take("pass_on", case, **ASKED)
        case.refresh_from_db()
        assert (case.state, case.turn, case.receipt_awaited) == (State.DECLINED, None, True)
        again = kadis.client.get(f"/permohonan/{case.code}/pass_on/")
        assertContains(again, "berstatus “Diteruskan ke instansi lain”", status_code=409)
        assertContains(again, "Kembali ke pengaduan", status_code=409)
        assert "suratnya menunggu tanda tangan" in page(applicant.client, link)
    with clock.set_to(MONDAY + 3 * DAY):
        sign_papers(case, staff, kind=Document.Kind.TRANSFER)
        send_letter(case, sekretariat)
    with clock.set_to(MONDAY + 10 * DAY):
        followed = page(applicant.client, link)
        assert "Diteruskan kepada Inspektorat Daerah" in followed
        assert "3 hari, diteruskan 26 November 2026" in followed
        assert "7 hari, belum dinyatakan diterima" in followed
        assert "/surat-penerusan.pdf" in followed
        assert "Ombudsman" in followed
        assert "Ditolak" not in followed
        assert "7 hari, belum dinyatakan diterima" in page(kadis.client, f"/permohonan/{case.code}/")
        record(case, sekretariat)
        followed = page(applicant.client, link)
    assert "diterima sesudah 6 hari" in followed
    assert "700/12" in followed
    assert "Rina Contoh, Sekretaris" in followed
    assert not Case.objects.get().receipt_awaited
    assert case.notices.filter(kind="RECEIVED_THERE").count() == 1
    assert Case.objects.get().agenda, "it keeps its number"


def send_letter(case: Case, sekretariat: Actor) -> None:
    """Send the signed letter, which waits on the desk of the Sekretariat. The register says how it left."""
    letter = case.documents.get(kind=Document.Kind.TRANSFER)
    assert letter.state == Document.State.ISSUED, "the institution does not see the page of the complainant"
    assert 'data-unsent="1"' in page(sekretariat.client, "/meja/")
    sent = sekretariat.client.post(f"/tanda-tangan/{letter.pk}/send/", {"dispatch": "COURIER"})
    assert sent.status_code == 302
    letter.refresh_from_db()
    assert letter.state == Document.State.SENT
    register = page(sekretariat.client, "/naskah/buku-surat-keluar/")
    assert "diantar" in register
    assert "halaman pemohon" not in register


def record(case: Case, sekretariat: Actor) -> None:
    """Enter once that the other institution confirmed the receipt by letter or call."""
    assert case.material in words_of("surat-penerusan", case)
    address = f"/permohonan/{case.code}/record_receipt/"
    transfer = Transfer.objects.get(case=case)
    tomorrow = {**RECEIPT, "received_on": f"{clock.today() + DAY}"}
    late = sekretariat.client.post(address, tomorrow)
    assertContains(late, "tidak boleh lebih dari hari ini", status_code=422)
    day_before = f"{timezone.localdate(transfer.at) - DAY}"
    early = sekretariat.client.post(address, {**RECEIPT, "received_on": day_before})
    assertContains(early, "tidak boleh sebelum diteruskan", status_code=422)
    sekretariat.take("record_receipt", case, **RECEIPT, received_on="2026-12-02")
    sekretariat.client.post(address, {**RECEIPT, "received_on": "2026-12-02", "receiver_name": "Orang lain"})
    transfer.refresh_from_db()
    assert transfer.receiver_name == "Rina Contoh"


REMIND = 'data-verb="remind_receiver"'


def test_an_unconfirmed_one_is_on_the_desk_of_the_sekretariat_until_somebody_reminds(
    staff: Staff, kadis: Actor, sekretariat: Actor
) -> None:
    Office.objects.update(transfer_days=5)
    with clock.set_to(MONDAY):
        case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
        kadis.take("pass_on", case, **ASKED)
    with clock.set_to(MONDAY + 5 * DAY):
        assert REMIND not in page(sekretariat.client, "/meja/")
    with clock.set_to(MONDAY + 6 * DAY):
        assert f"/permohonan/{case.code}/remind_receiver/" in page(sekretariat.client, "/meja/")
        assert REMIND not in page(kadis.client, "/meja/")
        sekretariat.take("remind_receiver", case, note="Telepon bagian umum.")
        assert REMIND not in page(sekretariat.client, "/meja/")
    with clock.set_to(MONDAY + 12 * DAY):
        assert REMIND in page(sekretariat.client, "/meja/")
        sekretariat.take("record_receipt", case, **RECEIPT, received_on=f"{clock.today()}")
        assert REMIND not in page(sekretariat.client, "/meja/")
    assert Transfer.objects.get().recorded_by == staff.sekretariat


def test_a_complaint_about_the_only_head_is_passed_up_in_the_name_of_the_sekretaris(
    staff: Staff, pkd: Actor, kadis: Actor
) -> None:
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    assert pkd.client.get(f"/permohonan/{case.code}/pass_up/").status_code == 409
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    case.refresh_from_db()
    pkd.take("pass_up", case, **{**ASKED, "institution": "Sekretaris Daerah"})
    letter = Document.objects.get(kind=Document.Kind.TRANSFER)
    assert (letter.signer_role, letter.issued_by) == (Role.SECRETARY, staff.sekretaris)
    sign_papers(case, staff, kind=Document.Kind.TRANSFER)
    letter.refresh_from_db()
    assert letter.signed_by == staff.sekretaris
    words = words_of("surat-penerusan", case)
    assert "Yth. Sekretaris Daerah" in words
    assert str(staff.kadis) not in words
    assert kadis.client.get(f"/permohonan/{case.code}/").status_code == 404
    status = get_transfer_status(Case.objects.get())
    assert status
    assert status.days_here == status.days_there == 0


def test_without_a_sekretaris_tim_pkd_signs_what_it_passes_up(staff: Staff, pkd: Actor) -> None:
    """The letter waited for ever for a signer before, while the case was closed."""
    ends = clock.today() - DAY
    Appointment.objects.filter(position__role=Role.SECRETARY).update(ends=ends)
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    pkd.take("pass_up", Case.objects.get(), **{**ASKED, "institution": "Sekretaris Daerah"})
    assert case.code in page(pkd.client, "/tanda-tangan/")
    sign_papers(case, staff, kind=Document.Kind.TRANSFER)
    letter = Document.objects.get(kind=Document.Kind.TRANSFER)
    assert (letter.signed_by, letter.issuer) == (staff.pkd, "Tim PKD")


@each("state", [State.REGISTERED, State.FORWARDED])
def test_a_complaint_about_the_only_head_waits_for_tim_pkd(
    state: State, staff: Staff, client: Client
) -> None:
    """Page, stages, reminder and main step say so, until the office has another head."""
    case = case_at(state, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    case = Case.objects.get()
    followed = page(client, f"/p/{case.secret}/")
    assert "Menunggu Tim PKD" in followed
    assert "Menunggu Kepala Dinas" not in followed
    assert 'aria-current="step"> <b>Teruskan tanpa Kepala Dinas</b>' in followed
    seen = page(client_of(staff.pkd), f"/permohonan/{case.code}/")
    assert "Anda, Tim PKD" in seen
    assert 'class="btn btn-primary" data-verb="pass_up"' in seen
    assert "Ingatkan Kepala Dinas" not in seen
    assert list_waited_for([case]) == {case.pk: [staff.pkd]}
    assert [case in waiting_for(person) for person in (staff.pkd, staff.kadis)] == [True, False]
    appoint(staff.sekretaris, Role.HEAD, acting="Plh.")
    assert "Menunggu Kepala Dinas" in page(client, f"/p/{case.secret}/")
    assert "Anda, Tim PKD" not in page(client_of(staff.pkd), f"/permohonan/{case.code}/")
    assert list_waited_for([case]) == {case.pk: [staff.sekretaris]}
    people = map(afresh, (staff.pkd, staff.sekretaris))
    assert [Case.objects.get() in waiting_for(person) for person in people] == [False, True]


def test_a_hidden_complainant_stays_hidden_from_the_other_institution(staff: Staff, kadis: Actor) -> None:
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity="CONFIDENTIAL")
    kadis.take("pass_on", case, **ASKED)
    words = words_of("surat-penerusan", case)
    assert "Pelapor dirahasiakan" in words
    assert not [one for one in (case.address, case.organisation, case.phone) if one and str(one) in words]


def test_a_request_that_is_the_business_of_another_office_is_forwarded_by_letter(
    staff: Staff, kadis: Actor, sekretariat: Actor, applicant: Actor
) -> None:
    with clock.set_to(MONDAY):
        case = case_at(State.REGISTERED, staff)
        kadis.take("pass_on", case, **{**ASKED, "institution": "Dinas Pendidikan Provinsi Contoh"})
        sign_papers(case, staff, kind=Document.Kind.TRANSFER)
    case.refresh_from_db()
    assert (case.state, case.passed_to) == (State.DECLINED, "Dinas Pendidikan Provinsi Contoh")
    assert case.end_reason.startswith("Permohonan ini diteruskan kepada Dinas Pendidikan")
    letter = words_of("surat-penerusan", case)
    assert "Penerusan Permohonan Konsultasi" in letter
    assert "engaduan" not in letter
    assert "Pemohon (sebagai pemberitahuan)" in letter
    followed = page(applicant.client, f"/p/{case.secret}/")
    assert "/surat-penerusan.pdf" in followed, "the applicant gets a copy"
    assert "Permohonan ini diteruskan ke instansi lain" in followed
    with clock.set_to(MONDAY + 10 * DAY):
        record(case, sekretariat)
    assert "Rina Contoh, Sekretaris" in page(applicant.client, f"/p/{case.secret}/")


def test_a_letter_that_is_signed_after_the_receipt_turns_no_clock_back(
    staff: Staff, sekretariat: Actor
) -> None:
    with clock.set_to(MONDAY):
        case = case_at(State.REGISTERED, staff)
        pass_on(case, by=staff.kadis)
    with clock.set_to(MONDAY + 3 * DAY):
        received = f"{clock.today() - DAY}"
        sekretariat.take("record_receipt", case, **RECEIPT, received_on=received)
        sign_papers(case, staff, kind=Document.Kind.TRANSFER)
        status = get_transfer_status(Case.objects.get())
    assert status
    assert (status.days_here, status.days_there) == (2, 0)
