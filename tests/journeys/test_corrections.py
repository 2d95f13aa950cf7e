"""The staff corrects what came in wrong: name, contact and subject, before and after the agenda number."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from consultations import services as consultations_services
from consultations.corrections import correct_data, list_corrections
from consultations.enums import Identity, Kind, State
from consultations.models import Case, DataCorrection, HiddenIdentity
from documents.files import read_document
from documents.models import Document
from kit.records import ERASED
from notices import mail, whatsapp
from notices.models import Message, Notice
from notices.texts import whatsapp_text
from office.models import Office, RetentionRule
from tests.case_page import read_all
from tests.factories import DETAILS, ClientOf, Staff, afresh, case_at
from tests.journeys.actor import Actor
from tests.print.documents import issued, store_short_file, words_of
from tests.privacy.test_erasure import list_texts_of_database
from tests.record.conftest import list_findings, store_approval
from tests.shared_data import each
from trust.privacy.erasure import _erase_rows

WHY = "Menurut surat aslinya."
OLD_PHONE, NEW_PHONE = "+6281234567890", "+6281399998888"


def correct(case: Case, staff: Staff, **typed: Any) -> None:
    correct_data(case, by=staff.pkd, reason=WHY, **typed)


@each("state", [State.SUBMITTED, State.ASSIGNED, State.CLOSED])
def test_a_name_is_corrected_before_during_and_after(state: State, staff: Staff, pkd: Actor) -> None:
    case = case_at(state, staff)
    pkd.take("correct_data", case, applicant_name="Siti Benar", subject="Perihal yang benar", reason=WHY)
    case.refresh_from_db()
    assert (case.applicant_name, case.subject, case.state) == ("Siti Benar", "Perihal yang benar", state)
    event = case.history.latest("pk")
    assert (event.verb, event.by, event.note) == ("correct_data", staff.pkd, f"Perihal, Nama. {WHY}")
    stored = DataCorrection.objects.get().content["values"]
    assert stored == {
        "subject": [DETAILS["subject"], "Perihal yang benar"],
        "applicant_name": ["Siti Contoh", "Siti Benar"],
    }


def test_papers_issued_before_stay_and_later_ones_show_the_new_name(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    receipt = issued(case, Document.Kind.RECEIPT)
    store_short_file(receipt)
    before = read_document(receipt)
    correct(case, staff, applicant_name="Siti Benar")
    assert read_document(afresh(receipt)) == before
    consultations_services.void(case, by=staff.pkd, reason="Salah catat.")
    assert "Siti Benar" in words_of("tanda-terima", case)


def test_the_search_finds_the_new_values_only(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.REGISTERED, staff), client_of(staff.pkd)
    correct(case, staff, applicant_name="Zulaikha", organisation="Karangmulyo", phone=NEW_PHONE)
    for typed, is_found in (
        ("Zulaikha", True),
        ("Karangmulyo", True),
        ("081399998888", True),
        ("Siti", False),
    ):
        assert (case.code in client.get("/permohonan/", {"q": typed}).text) is is_found, typed


def test_both_values_are_shown_to_the_staff_and_the_fact_to_the_applicant(
    staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.ASSIGNED, staff)
    correct(case, staff, applicant_name="Siti Benar", phone=NEW_PHONE)
    page = read_all(client_of(staff.pkd), case)
    assert "<del>Siti Contoh</del> → Siti Benar" in page
    assert "<del>0812-3456-7890</del> → 0813-9999-8888" in page
    copied = read_all(client_of(staff.companion), case)
    assert "<del>Siti Contoh</del> → Siti Benar" in copied
    assert "7890" not in copied, "contact is for those with a part in the case"
    own = Client().get(f"/p/{case.secret}/").text
    assert "Diperbaiki Tim PKD pada" in own
    assert "3456-7890" not in own
    assert "Data permohonan diperbaiki (Tim PKD)" in Client().get(f"/p/{case.secret}/data-saya/").text


def test_a_correction_of_the_code_alone_is_not_told_to_the_applicant(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    correct(case, staff, classification="400.9.3")
    assert "Diperbaiki" not in Client().get(f"/p/{case.secret}/").text
    correct(case, staff, subject="Perihal yang benar")
    correct(case, staff, classification="400.9.4")
    assert "Diperbaiki Tim PKD pada" in Client().get(f"/p/{case.secret}/").text


def test_nothing_changed_or_no_contact_left_is_refused(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.REGISTERED, staff), client_of(staff.pkd)
    address, typed = f"/permohonan/{case.code}/correct_data/", {"reason": WHY, "version": "2"}
    assert 'value="0812-3456-7890"' in client.get(address).text
    same = {name: str(getattr(case, name)) for name in ("applicant_name", "organisation", "phone", "subject")}
    answer = client.post(address, {**typed, **same})
    assert "Belum ada yang berubah" in answer.text
    answer = client.post(address, {**typed, **same, "phone": ""})
    assert "jawaban tidak sampai" in answer.text
    assert not DataCorrection.objects.exists()
    assert client.post(address, {**typed, **same, "phone": "", "address": "Jl. Baru 1"}).status_code == 302
    assert afresh(case).by_post
    correct(afresh(case), staff, email="siti@example.id")
    assert not afresh(case).by_post


def test_a_changed_contact_is_told_at_the_old_and_the_new_address(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff, email="lama@example.id")
    Message.objects.all().delete()
    correct(case, staff, phone=NEW_PHONE, email="baru@example.id")
    office = Office.load()
    sent = Message.objects.select_related("notice__case").order_by("pk")
    mails = {mail.compose(one, office=office).to[0]: one for one in sent.filter(channel="EMAIL")}
    numbers = {whatsapp.compose(one, office=office)["to"] for one in sent.filter(channel="WHATSAPP")}
    assert mails.keys() == {"lama@example.id", "baru@example.id"}
    assert numbers == {OLD_PHONE[1:], NEW_PHONE[1:]}
    new, old = (mail.compose(mails[to], office=office).body for to in ("baru@example.id", "lama@example.id"))
    assert case.secret in new
    assert case.secret not in old, "the old address may be a stranger's"
    former = Notice.objects.get(kind="CONTACT_REPLACED")
    assert case.secret not in whatsapp_text(former, with_secret=True, office=office)
    assert case.secret not in str(
        [whatsapp.compose(one, office=office) for one in former.messages.filter(channel="WHATSAPP")]
    )


def test_the_old_number_is_opened_from_the_queue(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)
    correct(case, staff, phone=NEW_PHONE)
    message = Message.objects.get(notice__kind="CONTACT_REPLACED")
    opened = client_of(staff.sekretariat).get(f"/pesan/{message.pk}/whatsapp/")["Location"]
    assert opened.startswith(f"https://wa.me/{OLD_PHONE[1:]}?")
    assert case.secret not in opened


def test_a_corrected_name_alone_tells_nobody(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    correct(case, staff, applicant_name="Siti Benar")
    assert not Notice.objects.filter(kind__in=("CONTACT_CHANGED", "CONTACT_REPLACED")).exists()


def hidden_case(staff: Staff, identity: str) -> Case:
    email = {"email": "pelapor@example.id"} if identity == Identity.CONFIDENTIAL else {}
    return case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=identity, **email)


def test_a_hidden_identity_is_corrected_by_those_who_handle_it_and_shown_to_nobody(
    staff: Staff, client_of: ClientOf
) -> None:
    case = hidden_case(staff, Identity.CONFIDENTIAL)
    form = client_of(staff.pkd).get(f"/permohonan/{case.code}/correct_data/").text
    assert "Siti Contoh" not in form
    correct(case, staff, applicant_name="Siti Rahasia", email="baru@example.id", phone="")
    hidden = HiddenIdentity.objects.get(case=case)
    assert (hidden.name, str(hidden.phone)) == ("Siti Rahasia", OLD_PHONE), "an empty field changes nothing"
    assert "Siti" not in afresh(case).applicant_name
    page = read_all(client_of(staff.pkd), case)
    assert "Siti Rahasia" not in page
    assert "(tidak ditampilkan)" in page
    revealed = client_of(staff.pkd).post(f"/permohonan/{case.code}/identitas/", {"reason": "Menghubungi."})
    assert "<del>Siti Contoh</del> → Siti Rahasia" in revealed.text
    told = Message.objects.filter(notice__kind__in=("CONTACT_CHANGED", "CONTACT_REPLACED"))
    assert {one.channel for one in told} == {"EMAIL"}
    assert told.count() == 2


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_others_correct_the_subject_of_a_hidden_complainant_only(identity: str, staff: Staff) -> None:
    case = hidden_case(staff, identity)
    with pytest.raises(PermissionDenied):
        correct_data(case, by=staff.sekretariat, reason=WHY, applicant_name="Siapa")
    correct_data(case, by=staff.sekretariat, reason=WHY, subject="Perihal yang benar")
    assert afresh(case).subject == "Perihal yang benar"


def test_both_values_are_erased_with_the_case_and_the_record_still_verifies(staff: Staff) -> None:
    case = case_at(State.WITHDRAWN, staff)
    correct(case, staff, applicant_name="Zulaikha", phone=NEW_PHONE)
    _erase_rows(case.pk, store_approval(RetentionRule.Kind.REQUEST, staff.kadis, codes=[case.code]))
    row = DataCorrection.objects.get()
    assert (row.content, row.sha256) == ("", ERASED)
    assert "Zulaikha" not in list_texts_of_database()
    assert list_findings() == []
    assert list_corrections(case, staff.pkd)[0][1] == [
        ("Nama", "(tidak ditampilkan)", "(tidak ditampilkan)"),
        ("No. kontak / WhatsApp", "(tidak ditampilkan)", "(tidak ditampilkan)"),
    ]


def test_values_that_the_role_of_the_application_changed_are_named(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    correct(case, staff, applicant_name="Zulaikha")
    row = DataCorrection.objects.get()
    field: Any = DataCorrection._meta.get_field("content")
    kept, forged = row.content, {**row.content, "values": {"applicant_name": ["Siti Contoh", "Orang Lain"]}}
    for content in (forged, "", "bukan JSON"):
        DataCorrection.objects.update(content=field.encrypt(row, content))
        assert list_findings() == [f"consultations_datacorrection {row.pk}: its values were changed"]
    DataCorrection.objects.update(content=field.encrypt(row, kept))
    assert list_findings() == []
