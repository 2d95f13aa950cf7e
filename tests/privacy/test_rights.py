"""The applicant's rights: *Data saya* with its files, correction, and deletion decided within 72 hours."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Identity, Kind, State
from consultations.models import Case, HiddenIdentity
from consultations.scheduling.whose_work import waiting_for
from consultations.secret_link import create_code_key
from consultations.work import store_items
from desk.waiting import list_waiting
from kit import clock
from kit.records import ERASED
from kit.refusal import Refused
from notices.models import Message, Notice
from tests.factories import DETAILS, ClientOf, Staff, afresh, applicant, case_at
from tests.pages.test_hidden_identity import NAME, hidden_at
from tests.print.reading import text_of
from tests.record.conftest import list_findings
from tests.shared_data import each
from trust.privacy.deletion import ask_deletion, decide_deletion, retain
from trust.privacy.erasure import enqueue_unfinished, erase_approved
from trust.privacy.models import Disposal
from trust.privacy.rights import correct_contact

pytestmark = pytest.mark.same_on_every_database

NEW = {"applicant_name": "Siti Contoh Baru", "phone": "+6281234567891"}


def own_data(case: Case, ending: str = "/") -> str:
    return f"/p/{case.secret}/data-saya{ending}"


def test_the_page_shows_what_is_stored_and_who_looked(case: Case, client_of: ClientOf, staff: Staff) -> None:
    client_of(staff.kabid).get(reverse("case", args=[case.code]))
    text = Client().get(own_data(case)).text
    stored = ["Siti Contoh", "Desa Contoh", "0812-3456-7890", case.material, "surat-siti.pdf", "Laporan"]
    assert [words for words in stored if words not in text] == []
    assert "Kepala Bidang Rehabilitasi Sosial: Permohonan dibuka" in text
    assert staff.kabid.name not in text


def test_the_queries_of_the_page(case: Case, at_most_queries: DjangoAssertNumQueries) -> None:
    client = Client()
    file = {"purpose": "LETTER", "file": "attachments/a", "name": "a.png", "content_type": "image/png"}
    for number in (1, 29):
        for _ in range(number):
            case.attachments.create(**file, size=1, sha256="a")
        client.get(own_data(case))
        # stamp, case, audit log, files, papers, steps, messages, readings, breaches, decision
        with at_most_queries(10):
            client.get(own_data(case))


def test_the_files_say_the_same_as_the_page(case: Case) -> None:
    client = Client()
    answer = client.get(own_data(case, "/json/"))
    parts = {part["title"]: part["facts"] for part in json.loads(answer.content)["parts"]}
    assert {"label": "Nama", "value": DETAILS["applicant_name"]} in parts["Nama dan kontak"]
    values = {fact["label"]: fact["value"] for fact in parts["Permohonan"]}
    assert (values["Materi"], values["Kode lacak"]) == (DETAILS["material"], case.code)
    assert dt.datetime.fromisoformat(values["Disampaikan"]) == case.submitted_at
    assert len(parts["Langkah"]) == case.history.count()
    assert parts["Naskah untuk Anda"]
    pdf = text_of(client.get(own_data(case, "/pdf/")).content)
    for fact in parts["Permohonan"]:
        assert fact["label"] in pdf
    assert DETAILS["applicant_name"] in pdf
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(act=Act.EXPORT, case=case).count() == 2


def test_too_many_files_are_refused(case: Case, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"own_data": "1/m/ip"}  # type: ignore[attr-defined]
    client = Client()
    assert client.get(own_data(case, "/json/")).status_code == 200
    answer = client.get(own_data(case, "/json/"))
    assert answer.status_code == 429
    assert "Terlalu banyak unduhan" in answer.text


def test_the_page_of_a_hidden_complainant_names_nobody(staff: Staff) -> None:
    """Staff who print the receipt know the link."""
    case = hidden_at(State.CLOSED, staff)
    for ending in ("/", "/json/"):
        assert NAME not in Client().get(own_data(case, ending)).text
    assert NAME not in Client().get(f"/p/{case.secret}/correct_contact/").text


def test_name_and_number_are_corrected(case: Case) -> None:
    with pytest.raises(Refused):  # it corrects nothing
        correct_contact(case, by=applicant(case), applicant_name="Siti Contoh", phone=case.phone)
    client, address = Client(), f"/p/{case.secret}/correct_contact/"
    assert 'value="Siti Contoh"' in client.get(address).text
    posted = {"applicant_name": NEW["applicant_name"], "phone": "0812-3456-7891", "version": case.version}
    assert client.post(address, posted).status_code == 302
    case.refresh_from_db()
    assert (case.applicant_name, str(case.phone)) == (NEW["applicant_name"], NEW["phone"])
    note = case.history.latest("pk").note
    assert "diperbaiki" in note
    assert not any(value in note for value in NEW.values())
    assert Case.objects.filter(search_text__names__contains=" baru ").exists()


def test_the_old_number_hears_of_a_new_one(case: Case) -> None:
    """Whoever took the link could else let each later message go to the own number."""
    old = str(case.phone)
    correct_contact(case, by=applicant(case), **NEW)
    messages = Message.objects.filter(notice__case=case, notice__kind="CONTACT_REPLACED")
    assert [message.address for message in messages] == [old]


def test_a_hidden_name_is_corrected_where_it_is_stored(staff: Staff) -> None:
    case = hidden_at(State.SUBMITTED, staff)
    correct_contact(case, by=applicant(case), **NEW)
    hidden = HiddenIdentity.objects.get(case=case)
    assert (hidden.name, str(hidden.phone)) == tuple(NEW.values())
    case.refresh_from_db()
    assert case.applicant_name == "Pelapor dirahasiakan"


@each(("hours", "section"), [(0, "next"), (66, "today"), (73, "late")])
def test_a_request_waits_on_the_desk_of_the_head(hours: int, section: str, case: Case, staff: Staff) -> None:
    morning = clock.midnight(clock.today()) + dt.timedelta(hours=8)
    with clock.set_to(morning):
        Case.objects.filter(pk=case.pk).update(deletion_asked_at=morning)
        store_items([Case.objects.get(pk=case.pk)])
    with clock.set_to(morning + dt.timedelta(hours=hours)):
        (row,) = list_waiting(staff.kadis).rows
        assert row.place.section == section
        assert row.main
        assert row.main.verb == "decide_deletion"
        assert not list_waiting(staff.pkd).rows


def test_a_refusal_tells_the_reason(case: Case, staff: Staff, client_of: ClientOf) -> None:
    ask_deletion(case, by=applicant(case), reason="Urusan saya sudah selesai.")
    head = client_of(staff.kadis)
    address = reverse("step", args=[case.code, "decide_deletion"])
    assert "Urusan saya sudah selesai." in head.get(address).text
    posted = {"decision": "REFUSED", "reason": "Wajib disimpan lima tahun.", "version": case.version}
    assert head.post(address, posted).status_code == 302
    text = Client().get(own_data(case)).text
    assert "Ditolak: data wajib disimpan. Wajib disimpan lima tahun." in text
    assert Notice.objects.filter(case=case, kind="DELETION_DECIDED", recipient=None).exists()
    assert not Disposal.objects.exists()
    case.refresh_from_db()
    assert (case.deletion_asked_at, case.applicant_name) == (None, "Siti Contoh")


def test_a_granted_request_erases_after_seven_days(case: Case, staff: Staff) -> None:
    """Until then the applicant can stop it."""
    ask_deletion(case, by=applicant(case), reason="Urusan saya sudah selesai.")
    decide_deletion(case, by=staff.kadis, decision="GRANTED", reason="Tidak diperlukan lagi.")
    disposal = Disposal.objects.get()
    assert (disposal.rule, disposal.codes, disposal.is_approved) == ("REQUESTED", [case.code], True)
    assert "Sebelum itu Anda dapat menghentikannya." in Client().get(own_data(case)).text
    with clock.set_to(clock.now() + dt.timedelta(days=6, hours=23)):
        assert erase_approved.func(disposal.pk) is False
        assert enqueue_unfinished() == 0
    with clock.set_to(clock.now() + dt.timedelta(days=7, minutes=1)):
        assert enqueue_unfinished() == 1
        assert erase_approved.func(disposal.pk) is True
    case.refresh_from_db()
    assert case.applicant_name == ERASED
    assert list_findings() == []
    assert "Data pribadi Anda sudah dihapus" in Client().get(own_data(case)).text
    assert Client().get(f"/p/{case.secret}/").status_code == 200


@each("by_code", [False, True])
def test_the_applicant_stops_a_deletion(by_code: bool, case: Case, staff: Staff) -> None:
    ask_deletion(case, by=applicant(case), reason="Urusan saya sudah selesai.")
    decide_deletion(case, by=staff.kadis, decision="GRANTED", reason="Tidak diperlukan lagi.")
    key = create_code_key(case) if by_code else case.secret
    page, address = f"/p/{key}/", f"/p/{key}/stop_deletion/"
    shown = Client().get(page).text
    assert 'data-data="granted"' in shown
    assert f'href="{address}"' in shown
    assert 'data-form="stop_deletion"' in Client().get(address).text
    assert Client().post(address, {"version": case.version}).status_code == 302
    assert "Penghapusan dihentikan. Data Anda tetap disimpan." in Client().get(page).text
    own = Client().get(own_data(case)).text
    assert "Penghapusan dihentikan pada" in own
    assert "Dikabulkan" not in own
    stopped = Case.objects.get(pk=case.pk)
    assert (stopped.deletion_asked_at, stopped.deletion_granted_at, stopped.erase_at) == (None, None, None)
    event = stopped.history.latest("pk")
    assert event.title == ("Melalui kode lacak dan nomor" if by_code else "Pemohon")
    with clock.set_to(clock.now() + dt.timedelta(days=30)):
        assert enqueue_unfinished() == 0
        assert erase_approved.func(Disposal.objects.get().pk) is False
    assert Case.objects.get(pk=case.pk).applicant_name == "Siti Contoh"
    ask_deletion(stopped, by=applicant(stopped), reason="Tetap hapus.")  # not erased by the first approval
    with clock.set_to(clock.now() + dt.timedelta(days=30)):
        assert enqueue_unfinished() == 0


def test_a_complaint_is_erased_by_two_officials_and_not_at_once(staff: Staff, client_of: ClientOf) -> None:
    """The head alone cannot erase a complaint: it might be about friends, or about the office."""
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    ask_deletion(case, by=applicant(case), reason="Saya takut.")
    supervisor = client_of(staff.pengawas)
    assert supervisor.get(reverse("case", args=[case.code])).status_code == 404
    decide_deletion(case, by=staff.kadis, decision="GRANTED", reason="Diminta pelapor.")
    disposal = Disposal.objects.get()
    assert (disposal.is_approved, disposal.proposed_by, disposal.decided_by) == (None, staff.kadis, None)
    with clock.set_to(clock.now() + dt.timedelta(days=30)):
        assert erase_approved.func(disposal.pk) is False
        assert "confirm_deletion" in {row.main.verb for row in list_waiting(staff.pengawas).rows if row.main}
        assert not [row for row in list_waiting(staff.kadis).rows if row.case == case]
    assert Notice.objects.filter(case=case, kind="TO_ERASE", recipient=staff.pengawas).exists()
    address = reverse("step", args=[case.code, "confirm_deletion"])
    shown = supervisor.get(address).text
    assert "Saya takut." in shown
    assert "Permintaan pelapor" in shown
    assert client_of(staff.kadis).get(address).status_code == 403
    posted = {"decision": "GRANTED", "reason": "Benar.", "version": afresh(case).version}
    assert supervisor.post(address, posted).status_code == 302
    assert supervisor.get(reverse("case", args=[case.code])).status_code == 404
    with clock.set_to(clock.now() + dt.timedelta(days=7, minutes=1)):
        assert enqueue_unfinished() == 1
        assert erase_approved.func(disposal.pk) is True
    assert afresh(case).applicant_name == ERASED
    assert list_findings() == []


def test_a_case_without_its_result_takes_a_second_official(staff: Staff) -> None:
    case = case_at(State.WITHDRAWN, staff)
    ask_deletion(case, by=applicant(case), reason="Sudah selesai.")
    staff.pengawas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    with pytest.raises(Refused, match="belum memiliki Pengawas"):
        decide_deletion(afresh(case), by=staff.kadis, decision="GRANTED", reason="Ya.")
    assert not Disposal.objects.exists()


def test_a_legal_hold_stops_a_granted_deletion(case: Case, staff: Staff) -> None:
    ask_deletion(case, by=applicant(case), reason="Sudah selesai.")
    decide_deletion(case, by=staff.kadis, decision="GRANTED", reason="Ya.")
    retain(case, by=staff.pkd, reason="Gugatan")
    assert Disposal.objects.get().stopped_at
    assert afresh(case).deletion_asked_at is None


def test_a_retained_case_is_not_granted(case: Case, staff: Staff, client_of: ClientOf) -> None:
    ask_deletion(case, by=applicant(case), reason="Urusan saya sudah selesai.")
    retain(case, by=staff.pkd, reason="Gugatan")
    page = client_of(staff.pkd).get(reverse("case", args=[case.code])).text
    assert 'data-data="asked"' in page
    assert "Gugatan" in page
    with pytest.raises(Refused):
        decide_deletion(case, by=staff.kadis, decision="GRANTED", reason="Ya.")
    assert not Disposal.objects.exists()


def test_an_open_case_offers_correction_and_an_anonymous_one_deletion(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    anonymous = hidden_at(State.CLOSED, staff, identity=Identity.ANONYMOUS)
    for shown, is_open in ((case, True), (anonymous, False)):
        text = Client().get(own_data(shown)).text
        assert ('data-verb="correct_contact"' in text) is is_open
        assert ('data-verb="ask_deletion"' in text) is not is_open
    follow = Client().get(f"/p/{case.secret}/").text
    assert 'data-verb="correct_contact"' not in follow
    assert own_data(case) in follow


def test_who_cannot_see_the_complaint_is_not_asked_about_its_deletion(staff: Staff) -> None:
    """A complaint about the only head: list, notice and decision are for Tim PKD."""
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    ask_deletion(afresh(case), by=applicant(case), reason="Selesai.")
    assert [list(waiting_for(afresh(one))) for one in (staff.pkd, staff.kadis)] == [[case], []]
    told = Notice.objects.filter(case=case, kind="TO_DECIDE").values_list("recipient", flat=True)
    assert [*told] == [staff.pkd.pk]
