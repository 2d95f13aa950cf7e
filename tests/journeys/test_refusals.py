"""A citizen who is not content with a refusal complains about it; whoever refused handles nothing of it."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consultations.enums import Identity, Kind, State
from consultations.intake.refusals import complain
from consultations.intake.services import receive
from consultations.models import Case, HiddenIdentity
from consultations.services import name_official, register
from consultations.workflow import list_open_steps
from kit import clock
from kit.refusal import Refused
from office.models import Appointment, Role
from tests.factories import DETAILS, Staff, case_at, client_of, decline
from tests.submitting import pdf

REASON = "Surat kabupaten menyatakan urusan ini wewenang provinsi."
PERSON = ("applicant_name", "applicant_position", "organisation", "phone", "email", "identity", "language")


def send(case: Case, **more: object) -> Case:
    """Send the complaint from the applicant's page and return it."""
    answer = Client().post(f"/p/{case.secret}/adukan/", {"reason": REASON, **more})
    assert answer.status_code == 302, answer.content.decode()
    complaint = Case.objects.get(complains_of=case)
    assert answer["Location"] == f"/p/{complaint.secret}/tanda-terima/"
    return complaint


def end_role(role: Role) -> None:
    for held in Appointment.objects.filter(position__role=role):
        held.ends = clock.today() - dt.timedelta(days=1)
        held.save()


def test_the_pengawas_handles_a_complaint_about_a_refusal_of_the_head(staff: Staff) -> None:
    refused = case_at(State.DECLINED, staff)
    assert f"/p/{refused.secret}/adukan/" in Client().get(f"/p/{refused.secret}/").text
    complaint = send(refused, file=SimpleUploadedFile("surat.pdf", pdf(), "application/pdf"))
    assert (complaint.kind, complaint.state, complaint.material) == (Kind.COMPLAINT, State.EXAMINING, REASON)
    assert complaint.is_independent
    assert [getattr(complaint, name) for name in PERSON] == [getattr(refused, name) for name in PERSON]
    assert complaint.attachments.count() == 1
    address = f"/permohonan/{complaint.code}/"
    for user in (staff.kadis, staff.pkd, staff.sekretariat, staff.kabid, staff.petugas):
        assert client_of(user).get(address).status_code == 404
    page = client_of(staff.pengawas).get(address).text
    assert refused.subject in page
    assert refused.end_reason in page
    assert f"/permohonan/{refused.code}/" not in page
    assert client_of(staff.pengawas).get(f"/permohonan/{refused.code}/").status_code == 404
    assert {step.verb for step in list_open_steps(staff.pengawas, complaint)} >= {"conclude", "refer_up"}


def test_the_page_tells_nobody_in_the_office_that_there_is_a_complaint(staff: Staff) -> None:
    refused = case_at(State.DECLINED, staff)
    own = f"/p/{refused.secret}/"
    before = {user: client_of(user).get(f"/permohonan/{refused.code}/").text for user in (staff.sekretariat,)}
    complaint = send(refused)
    for user, page in before.items():
        after = client_of(user).get(f"/permohonan/{refused.code}/").text
        assert ("adukan" in page, complaint.code in after) == ("adukan" in after, False)
    assert complaint.code not in Client().get(own).text
    answer = Client().post(f"{own}adukan/", {"reason": REASON})
    assert answer.status_code == 409
    assert complaint.secret not in answer.text
    assert Case.objects.filter(complains_of=refused).count() == 1


def test_without_a_pengawas_nobody_who_refused_sees_or_handles_it(staff: Staff) -> None:
    refused = case_at(State.DECLINED, staff)
    end_role(Role.SUPERVISOR)
    complaint = send(refused)
    assert (complaint.state, complaint.complained_about) == (State.SUBMITTED, staff.kadis)
    more: dict[str, Any] = {"complaint_kind": "SUPERVISION", "complained_about": staff.petugas}
    register(complaint, by=staff.pkd, classification="400.9", **more)
    complaint.refresh_from_db()
    assert complaint.complained_about == staff.kadis
    for other in (None, staff.petugas):
        with pytest.raises(Refused):
            name_official(complaint, by=staff.pkd, complained_about=other, reason="Keliru.")
    assert client_of(staff.kadis).get(f"/permohonan/{complaint.code}/").status_code == 404
    assert "pass_up" in {step.verb for step in list_open_steps(staff.pkd, complaint)}


def test_the_refusal_of_a_former_head_goes_the_usual_way_without_that_official(staff: Staff) -> None:
    refused = case_at(State.DECLINED, staff)
    end_role(Role.HEAD)
    complaint = send(refused)
    assert (complaint.state, complaint.is_independent) == (State.SUBMITTED, False)
    assert complaint.complained_about == staff.kadis
    told: dict[str, Any] = {"is_independent": True, "complained_party": "Kepala yang lama"}
    asked = receive(by=staff.sekretariat, kind=Kind.COMPLAINT, complains_of=refused, **DETAILS, **told)
    assert (asked.state, asked.complained_party) == (State.EXAMINING, "Kepala yang lama")


@pytest.mark.parametrize("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_a_hidden_complainant_stays_hidden(identity: Identity, staff: Staff) -> None:
    refused = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=identity)
    decline(refused, by=staff.kadis)
    complaint = send(refused)
    assert complaint.identity == identity
    assert DETAILS["applicant_name"] not in complaint.applicant_name
    names = [hidden.name for hidden in HiddenIdentity.objects.filter(case=complaint)]
    assert names == ([DETAILS["applicant_name"]] if identity == Identity.CONFIDENTIAL else [])
    assert complain(refused, reason=REASON) == complaint  # nobody in the office has this link


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REGISTERED, State.CLOSED, State.WITHDRAWN])
def test_there_is_nothing_to_complain_about_without_a_refusal(state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    assert "adukan" not in Client().get(f"/p/{case.secret}/").text
    assert Client().post(f"/p/{case.secret}/adukan/", {"reason": REASON}).status_code == 302
    with pytest.raises(Refused):
        complain(case, reason=REASON)
    assert not Case.objects.exclude(complains_of=None).exists()


def test_the_reason_must_be_written(staff: Staff) -> None:
    refused = case_at(State.DECLINED, staff)
    assert Client().post(f"/p/{refused.secret}/adukan/", {"reason": " "}).status_code == 422
    assert not Case.objects.exclude(complains_of=None).exists()


def test_the_sekretariat_records_a_letter_about_a_refusal(staff: Staff) -> None:
    refused = case_at(State.DECLINED, staff)
    client = client_of(staff.sekretariat)
    address = f"/surat-masuk/?adukan={refused.code}"
    assert address in client.get(f"/permohonan/{refused.code}/").text
    assert refused.code in client.get(address).text
    typed = {
        "kind": "COMPLAINT",
        "channel": "LETTER",
        "applicant_name": "Contoh Sari",
        "phone": "081234567890",
        "subject": "Penolakan",
        "material": REASON,
        "identity": "OPEN",
    }
    wrong = {**typed, "complains_of": case_at(State.REGISTERED, staff).code}
    assert client.post(address, wrong).status_code == 422
    assert (
        client.post(address, {**typed, "kind": "CONSULTATION", "complains_of": refused.code}).status_code
        == 422
    )
    assert client.post(address, {**typed, "complains_of": refused.code.lower()}).status_code == 302
    complaint = Case.objects.get(complains_of=refused)
    assert complaint.is_independent
    assert client.get(f"/permohonan/{complaint.code}/").status_code == 404
