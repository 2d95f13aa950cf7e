"""Every page: axe finds nothing (WCAG 2.2 AA), nothing is wider than the screen."""

import datetime as dt
from typing import Any

import pytest

from consultations.enums import Kind, Party, State
from consultations.intake.uploads import CheckedFile, attach, draw_pictures
from consultations.models import Attachment, Case
from consultations.notes import write_note
from consultations.workflow import TABLE, VERBS
from kit import clock
from office.models import Instruction
from tests.browser.accessibility import BOTH, seen, sent_empty
from tests.browser.conftest import Arrive
from tests.factories import Staff, applicant, case_at, come_due, relayed_at, walk_in_at
from tests.standard.steps import ANSWERS, BEFOREHAND, CALLS, PEOPLE, case_before
from tests.submitting import pdf

pytestmark = [pytest.mark.browser, pytest.mark.release]


PUBLIC = """
/ /ajukan/ /pengaduan/ /lacak/ /standar-layanan/ /statistik/ /privasi/ /aksesibilitas/ /verifikasi/ /masuk/
/akun/password/reset/ /lacak/tautan/
"""
ACCOUNT = """
/akun/2fa/ /akun/2fa/totp/activate/ /akun/password/change/ /akun/sessions/ /akun/email/ /akun/reauthenticate/
/keluar/
"""


def test_pages_that_everybody_may_open(staff: Staff, arrive: Arrive) -> None:
    visitor = arrive()
    assert not seen(visitor, *PUBLIC.split(), languages=BOTH)
    unknown = "/verifikasi/00000000-0000-4000-8000-000000000000/"
    assert not seen(visitor, "/tidak-ada/", unknown, status=404)


def test_forms_of_public_and_counter_with_errors(staff: Staff, arrive: Arrive) -> None:
    visitor, counter, incomplete = arrive(), arrive("sekretariat"), case_at(State.INCOMPLETE, staff)
    link, refused = f"/p/{incomplete.secret}/", case_at(State.DECLINED, staff)
    assert not [
        *sent_empty(visitor, "submit", "/ajukan/"),
        *sent_empty(visitor, "submit", "/pengaduan/"),
        *sent_empty(visitor, "ask_link", "/lacak/tautan/"),
        *sent_empty(visitor, "lookup", "/lacak/"),
        *sent_empty(visitor, "lookup", "/lacak/", code="XXXX-XXXX", phone="0812-3456-7890"),
        *sent_empty(visitor, "login", "/masuk/", login="kadis", password="bukan-sandinya"),
        *sent_empty(visitor, "complete", link + "complete/"),
        *sent_empty(visitor, "withdraw", link + "withdraw/"),
        *sent_empty(visitor, "submit", f"/p/{refused.secret}/adukan/"),
        *sent_empty(counter, "walk_in", "/datang-langsung/"),
        *sent_empty(counter, "receive", "/surat-masuk/"),
    ]


def test_pages_behind_the_secret_link(staff: Staff, arrive: Arrive) -> None:
    visitor = arrive()
    shown = "SUBMITTED", "INCOMPLETE", "SCHEDULED", "CLOSED", "DECLINED", "WITHDRAWN"
    links = {State[name]: f"/p/{case_at(State[name], staff).secret}/" for name in shown}
    submitted, incomplete, scheduled, *_ended = links.values()
    steps = (f"{incomplete}complete/", f"{scheduled}withdraw/", f"{scheduled}ask_time/")
    assert not seen(visitor, *links.values(), f"{submitted}tanda-terima/", *steps, languages=BOTH)
    assert not seen(visitor, f"{links[State.CLOSED]}withdraw/", status=409)


def test_desk_and_lists(staff: Staff, arrive: Arrive) -> None:
    long = "Permohonan-dengan-kata-yang-sangat-panjang-sekali-sehingga-tidak-muat " * 2
    for state in (State.SUBMITTED, State.REGISTERED, State.SCHEDULED, State.FORWARDED, State.CLOSED):
        case_at(state, staff, subject=long[:200])
    walk_in_at(State.ASSIGNED, staff)
    asked = case_at(State.SCHEDULED, staff, subject=long[:200])
    CALLS["ask_time"](asked, staff, applicant(asked))
    lists = ("/meja/", "/permohonan/", "/agenda/", "/kalender/", "/laporan/")
    many = ("ingatkan", "ganti-petugas")
    assert not [
        *seen(arrive("sekretariat"), "/meja/", "/datang-langsung/", "/surat-masuk/"),
        *seen(arrive("kadis"), *lists, "/permohonan/?q=tidak-ada-yang-begini", languages=BOTH),
        *seen(arrive("kadis"), "/permohonan/?q=dasbor&sort=batas"),
        *seen(arrive("kabid"), *(f"/permohonan/{page}/?pilih={asked.code}" for page in many)),
        *seen(arrive("pkd"), "/datang-langsung/", status=403),
        *seen(arrive("petugas"), "/meja/", "/kalender/?mine=1"),
        *seen(arrive("admin"), "/meja/"),
        *seen(arrive("pengawas"), "/catatan-akses/", languages=BOTH),
        *seen(arrive(), *(f"/p/{asked.secret}/{page}" for page in ("", "ask_time/", "yang-melihat/"))),
    ]


def test_case_as_the_office_sees_it(staff: Staff, arrive: Arrive) -> None:
    petugas, pkd = arrive("petugas"), arrive("pkd")
    for_petugas = (State.ASSIGNED, State.SCHEDULED, State.IN_SESSION)
    for_pkd = (State.SUBMITTED, State.INCOMPLETE, State.DECLINED, State.WITHDRAWN)
    closed = case_at(State.CLOSED, staff)
    complaint = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, complained_party="Petugas loket")
    assert not [
        *seen(petugas, case_page(closed), case_page(walk_in_at(State.HELD, staff))),
        *seen(petugas, *(case_page(case_at(state, staff)) for state in for_petugas)),
        *seen(pkd, *(case_page(case_at(state, staff)) for state in for_pkd), case_page(complaint)),
        *seen(pkd, f"{case_page(complaint)}register/"),
        *seen(pkd, f"{case_page(closed)}register/", status=409),
    ]


def test_notes_and_pictures_of_a_case(staff: Staff, arrive: Arrive) -> None:
    petugas, case = arrive("petugas"), case_at(State.ASSIGNED, staff)
    write_note(case, by=staff.kabid, text="Tolong telepon dulu.", mentioned=staff.petugas)
    files = [CheckedFile(pdf(2), "application/pdf", f"surat-{number}.pdf") for number in (1, 2)]
    keys = [attach(case, file, purpose=Attachment.Purpose.MATERIAL, by=None).pk for file in files]
    assert all(draw_pictures.func(key) for key in keys)
    assert not seen(petugas, case_page(case), *(f"/berkas/{key}/lihat/" for key in keys), languages=BOTH)
    assert not sent_empty(petugas, "case-note", f"{case_page(case)}catatan/")
    page = petugas.open(case_page(case))
    page.get_by_text("Tulis catatan untuk rekan").click()
    page.get_by_label("Tulis catatan", exact=True).press_sequentially("Siap @kad")
    page.get_by_role("button", name="Kadis").click()
    page.get_by_role("button", name="Simpan catatan").click()
    assert page.get_by_text("@Kadis").is_visible()
    assert case.notes.latest("pk").text == "Siap"


def case_page(case: Case) -> str:
    return f"/permohonan/{case.code}/"


FREE = {
    "ratify",
    "ratify_assignment",
    "start",
    "undo_start",
    "no_show",
    "endorse",
    "forward",
    "cosign",
    "accept",
}
"""Steps that may be taken with an empty form."""


@pytest.mark.parametrize("actor", PEOPLE)
def test_form_of_each_step(actor: Party, staff: Staff, instruction: Instruction, arrive: Arrive) -> None:
    person, found, walk_in = arrive(PEOPLE[actor]), [], walk_in_at(State.ASSIGNED, staff)
    steps = {step.verb: step.source for step in reversed(TABLE) if step.actor == actor and step.source}
    own = {*BEFOREHAND, "pass_up", "record_receipt", "remind_receiver", "to_consultation"} - {"answer_for"}
    own |= {"decide_deletion_for", "confirm_deletion"}
    first = sorted(steps.keys() & own)
    prepared = {verb: case_before(VERBS[verb], staff) for verb in first}
    # The latest states first: who is in a consultation can hold no other.
    states = sorted({*steps.values()}, key=list(State).index, reverse=True)
    cases = {state: case_at(state, staff) for state in states}
    if actor == Party.OFFICER:
        CALLS["call_meeting"](cases[State.ASSIGNED], staff, staff.petugas)
        Case.objects.filter(pk=cases[State.ASSIGNED].pk).update(meeting_at=clock.now())
        come_due(cases[State.SCHEDULED])
    if actor == Party.TIM_PKD:
        named = steps["name_official"]
        cases[named] = case_at(named, staff, kind=Kind.COMPLAINT)
        with clock.set_to(clock.now() - dt.timedelta(days=40)):
            cases[State.INCOMPLETE] = case_at(State.INCOMPLETE, staff)
    answered = {verb: relayed_at(steps[verb], staff) for verb in steps.keys() & {*ANSWERS}}
    prepared |= {"ratify": walk_in, **answered}
    if "answer_for" in steps:  # its officer has left, so that comes last
        prepared["answer_for"] = case_before(VERBS["answer_for"], staff)
    for verb, state in steps.items():
        page = case_page(prepared.get(verb) or cases[state]) + f"{verb}/"
        found += seen(person, page)
        assert person.form(verb).count() == 1, f"{page} shows no form"
        if verb not in FREE:
            found += sent_empty(person, verb, page, **EMPTIED.get(verb, {}))
    assert not found


EMPTIED: dict[str, dict[str, Any]] = {
    "register": {"classification": ""},
    "amend": {"administration": ""},
    "lapse": {"reason": ""},
    "call_meeting": {"agenda": ""},
    "schedule": {"starts_at": "", "place": ""},
    "reschedule": {"starts_at": "", "place": "", "reason": ""},
    "finish": {"attendees": ""},
    "report": {"results": ""},
    "remind_agency": {"due": ""},
}
"""Fields to empty, because their form opens with a sensible value."""


def test_account_pages(staff: Staff, arrive: Arrive) -> None:
    assert not seen(arrive("kabid"), *ACCOUNT.split())
    assert not seen(arrive(), "/akun/password/reset/done/", "/akun/password/reset/key/x-y/")
