"""Long forms of the office: their drafts, and what was typed survives a session that has expired."""

from typing import Any

import pytest
from django.test import Client

from consultations.enums import Kind, State
from consultations.models import Case, StepDraft
from consultations.steps import PAGES
from consultations.workflow import VERBS
from dispositions import services
from dispositions.models import StaffReview
from kit import clock
from tests.factories import PASSWORD, Staff, case_at, client_of
from tests.sessions import log_in, session_of
from tests.shared_data import each
from tests.submitting import pdf, upload

LONG = {
    *("send_back", "dispose", "decline", "assign", "prepare", "amend", "ask_opinion", "record_opinion"),
    *("call_meeting", "record_minutes", "answer", "finish", "report", "revise", "return"),
    *("endorse", "refer_back", "dispose_for", "assign_for", "pass_on", "pass_up"),
}
TYPED = {name: f"Isi {name}" for name in ("administration", "materials", "equipment", *StaffReview.PARTS)}


@pytest.fixture
def assigned(staff: Staff) -> Case:
    """Return a case for which the officer writes a staff review."""
    case = case_at(State.DISPOSED, staff)
    services.assign(case, by=staff.kabid, officer=staff.petugas, needs_review=True)
    return case


def shown(client: Client, address: str) -> dict[str, Any]:
    form = client.get(address).context["form"]
    return {name: form[name].value() for name in TYPED}


def test_long_forms_have_drafts() -> None:
    assert {verb for verb, page in PAGES.items() if page.form.is_long} == LONG


def test_a_staff_review_is_saved_until_it_is_sent(assigned: Case, staff: Staff) -> None:
    client, address = client_of(staff.petugas), f"/permohonan/{assigned.code}/prepare/"
    answer = client.post(f"{address}draf/", {**TYPED, "advice": "", "window": "a"})
    assert answer["Location"] == address
    assert shown(client, address) == {**TYPED, "advice": ""}
    services.ask_opinion(assigned, by=staff.petugas, agency="Bappeda", question="Setuju?", due=clock.today())
    assert shown(client, address) == {**TYPED, "advice": ""}, "another step leaves the draft alone"
    assert client_of(staff.kabid).post(f"{address}draf/", TYPED).status_code == 403
    assert client.post(f"{address[: -len('prepare/')]}start/draf/").status_code == 404
    assert client.post(address, TYPED).status_code == 302
    assert not StepDraft.objects.exists()


@each("rest", ["", "draf/"])
def test_posted_texts_come_back_after_login(rest: str, assigned: Case, staff: Staff, client: Client) -> None:
    address = f"/permohonan/{assigned.code}/prepare/"
    posted = client.post(address + rest, {**TYPED, "window": "a", "berkas": upload("surat.pdf", pdf())})
    assert posted["Location"] == f"/masuk/?next={address}{rest}"
    entry = {"login": staff.petugas.username, "password": PASSWORD, "next": address + rest}
    assert "Isian Anda tidak hilang" in client.get(posted["Location"]).text
    assert client.post("/masuk/", entry)["Location"] == address + rest
    page = client.get(address + rest, follow=True)
    assert {name: page.context["form"][name].value() for name in TYPED} == TYPED
    if not rest:
        assert set(shown(client, address).values()) == {None}, "shown once"


@each(("verb", "name"), [("amend", "materials"), ("register", "subject"), ("prepare", "materials")])
def test_what_was_typed_replaces_the_record(verb: str, name: str, staff: Staff, client: Client) -> None:
    state = VERBS[verb].source
    assert state
    case = case_at(state, staff, kind=Kind.COMPLAINT)
    by = staff.pkd if verb == "register" else staff.petugas
    address = f"/permohonan/{case.code}/{verb}/"
    client.post(address, {name: "Tulisan baru"})
    client.post("/masuk/", {"login": by.username, "password": PASSWORD})
    assert client.get(address).context["form"][name].value() == "Tulisan baru"
    if PAGES[verb].form.is_long:
        client.post(f"{address}draf/", {name: "Konsep", "window": "a"})
        assert client.get(address).context["form"][name].value() == "Konsep"


def test_a_colleague_at_the_same_computer_sees_nothing_of_it(staff: Staff, client: Client) -> None:
    for by, note in ((staff.petugas, "Operasi"), (staff.elsewhere, "")):
        log_in(client, staff.petugas)
        client.get("/berhalangan/")
        client.cookies.pop("sessionid")
        client.post("/berhalangan/catat/", {"note": "Operasi"})
        log_in(client, by)
        assert (client.get("/berhalangan/catat/").context["form"]["note"].value() or "") == note
    for address in ("/akun/password/change/", "/permohonan/"):  # other input is not stored
        stranger = Client()
        stranger.post(address, {"oldpassword": "rahasia"})
        assert not session_of(stranger).get("unsent")
