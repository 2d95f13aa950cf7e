"""The page of each step: who may open it, when, what it asks, and its answers to invalid input.

No posted value gives a 500 or changes the case.
"""

import datetime as dt
import re
from collections import ChainMap
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from consultations.enums import Kind, Party, State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Case
from consultations.parties import parties, subject_unknown
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from consultations.services import conclude, register, void
from consultations.workflow import DATA_STEPS, TABLE, Step
from dispositions import services as disposition_services
from dispositions.models import StaffReview
from kit import clock
from kit.refusal import Refused
from office.models import Instruction, Office, OpeningHours, User
from reports.forms.items import ItemForm, ItemsField
from tests import submitting
from tests.case_page import read_all
from tests.factories import Staff, applicant, case_at, client_of, independent_case, walk_in_at, working_moment
from tests.shared_data import each
from tests.standard.steps import PEOPLE, TYPED, case_before, typed
from tests.submitting import assert_says, items

STEPS = [step for step in TABLE if step.source and step.actor != Party.APPLICANT]
FIRST_STEPS = [
    next(step for step in STEPS if step.verb == verb) for verb in dict.fromkeys(s.verb for s in STEPS)
]


def actor_of(step: Step, staff: Staff) -> User:
    user: User = getattr(staff, PEOPLE[Party(step.actor)])
    return user


def address(case: Case, verb: str) -> str:
    return f"/permohonan/{case.code}/{verb}/"


PAGE_QUERIES = {"dispose": 13, "assign": 20, "schedule": 19, "report": 16, "accept": 15}
"""Queries of the page of a step. One of `accept` ends the way back of the step before."""

QUERIES = {"assign": 26, "assign_for": 26, "reassign": 30, "schedule": 33, "reschedule": 36, "accept": 39}
QUERIES |= {"refuse_assignment": 29, "refuse_disposition": 27, "no_show": 27, "finish": 27}
QUERIES |= {"split": 28, "merge": 29}
QUERIES |= dict.fromkeys(("pass_on", "pass_up"), 25)
"""Queries of the request that takes each step, with those that begin and end its transactions; 23 for others.

Three of them read, close and open the work items of the case, and as many those of its papers if these move.
One or two read what is announced, and who is away if it is for an officer. Two read the case and store its
entry in the record.

Thirteen steps do more. `assign`, `assign_for` and `reassign` store people, involvements and the search index.
`schedule` and `reschedule` issue two letters, tell who initials them, and check and reserve calendars.
`accept` reserves its number in a transaction of its own, because signing may wait, and drafts the letter to
the applicant. Refusals and `no_show` revoke letters and take the case or the session from all who serve it.
`split` and `merge` take a step on two cases.
"""


@each("step", FIRST_STEPS)
def test_step_is_taken(step: Step, staff: Staff, at_most_queries: Any) -> None:
    case, client = case_before(step, staff), client_of(actor_of(step, staff))
    with at_most_queries(PAGE_QUERIES.get(step.verb, 99)):
        page = client.get(address(case, step.verb))
    assert_says(page, 200, f'data-form="{step.verb}"', str(step.title))
    values = {"version": case.version, **typed(step.verb, staff, case)}
    with at_most_queries(QUERIES.get(step.verb, 23)):
        sent = client.post(address(case, step.verb), values)
    assert sent.status_code == 302, sent.text
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.version) == (step.target, case.version + 1)


@each("step", FIRST_STEPS[::6])
def test_step_of_somebody_else_is_403_or_404(step: Step, staff: Staff) -> None:
    """A sample: all steps share one page. The matrix of all people and steps is that of the services."""
    refuse_others(step, staff)


@pytest.mark.release
@each("step", [step for number, step in enumerate(FIRST_STEPS) if number % 6])
def test_each_other_step_of_somebody_else_is_403_or_404(step: Step, staff: Staff) -> None:
    refuse_others(step, staff)


def refuse_others(step: Step, staff: Staff) -> None:
    """Try one person who sees the case and one who does not.

    Only the Pengawas sees a case in the independent channel. Only Tim PKD sees a new complaint, and a case
    that was merged into another one.
    """
    case = case_before(step, staff)
    others: dict[int, User] = {}
    for user in vars(staff).values():
        if not step.find_taker(parties(user, case)):
            visible = Case.objects.visible_to(user).filter(pk=case.pk).exists()
            others[403 if visible else 404] = user
    is_hidden = case.is_independent or subject_unknown(case) or case.merged_into_id
    assert set(others) == ({404} if is_hidden else {403, 404})
    for status, user in others.items():
        client = client_of(user)
        assert client.get(address(case, step.verb)).status_code == status
        assert client.post(address(case, step.verb), typed(step.verb, staff)).status_code == status
    assert Case.objects.get(pk=case.pk).version == case.version


ALWAYS = ("renew_link", "correct_data", "ratify_assignment", "answer_again", "answer_for", "confirm_deletion")
"""Steps that are possible in CLOSED too, or that nobody of the staff may take in another state."""


@each("step", [step for step in FIRST_STEPS if step.verb not in ALWAYS][::5])
def test_step_that_was_taken_says_so(step: Step, staff: Staff) -> None:
    say_so(step, staff)


@pytest.mark.release
@each("step", [step for step in FIRST_STEPS if step.verb not in ALWAYS])
def test_each_step_that_was_taken_says_so(step: Step, staff: Staff) -> None:
    say_so(step, staff)


def say_so(step: Step, staff: Staff) -> None:
    if step.actor == Party.SUPERVISOR:
        conclude(case := independent_case(), by=staff.pengawas, outcome="Terbukti.")
    elif step in DATA_STEPS or step.is_own:  # they are possible in every state that ended
        case = case_at(State.DISPOSED, staff)
    else:
        case = case_at(State.WITHDRAWN if step.source == State.CLOSED else State.CLOSED, staff)
    client = client_of(actor_of(step, staff))
    sentence = f"tidak dapat dilakukan: permohonan ini sekarang berstatus “{case.get_state_display()}”"
    for answer in (
        client.get(address(case, step.verb)),
        client.post(address(case, step.verb), typed(step.verb, staff)),
    ):
        assert_says(answer, 409, case.wording.speak(sentence))
    assert is_unchanged(case)


def test_what_is_no_step_now_has_no_page(staff: Staff) -> None:
    answer = client_of(staff.petugas).get(address(case_at(State.ASSIGNED, staff), "start"))
    assert_says(answer, 409, "perlu disiapkan dan dijadwalkan")
    case, client = case_at(State.SUBMITTED, staff), client_of(staff.pkd)
    for verb in ("submit", "receive", "walk_in", "complete", "withdraw", "unknown", "9"):
        assert client.get(address(case, verb)).status_code == 404, verb


def test_the_real_time_is_typed_at_the_end(staff: Staff) -> None:
    with clock.set_to(working_moment()):
        case = case_at(State.IN_SESSION, staff)
    recorded = timezone.localtime(case.sessions.get().started_at)
    began, ended = (recorded + dt.timedelta(minutes=minutes) for minutes in (5, 25))
    with clock.set_to(recorded + dt.timedelta(hours=1)):
        times = {"started_at": f"{began:%H:%M}", "finished_at": f"{ended:%H:%M}"}
        answer = client_of(staff.petugas).post(address(case, "finish"), {**typed("finish", staff), **times})
        assert answer.status_code == 302, answer.text
    assert case.sessions.get().minutes == 20


def test_a_forgotten_consultation_is_late_and_its_end_is_asked_for(staff: Staff) -> None:
    with clock.set_to(working_moment()):
        case, minutes = case_at(State.IN_SESSION, staff), Office.load().service_minutes
        assert case.due_at == case.since + dt.timedelta(minutes=minutes)
    with clock.set_to(case.since + dt.timedelta(days=1)):
        client, values = client_of(staff.petugas), typed("finish", staff)
        assert "Belum diselesaikan" in client.get("/meja/").text
        assert_says(client.get(address(case, "finish")), 200, "belum diselesaikan. Tulis kapan selesainya")
        answer = client.post(address(case, "finish"), {**values, "finished_at": ""})
        assert_says(answer, 422, "Tulis jam konsultasi sebenarnya selesai.")
        end = timezone.localtime(case.since + dt.timedelta(minutes=25))
        day = f"{timezone.localtime(case.since):%Y-%m-%d}"
        sent = client.post(address(case, "finish"), {**values, "day": day, "finished_at": f"{end:%H:%M}"})
        assert sent.status_code == 302, sent.text
    assert case.sessions.get().minutes == 26, "it began a minute before"


def test_the_second_taker_reads_who_was_first(staff: Staff) -> None:
    case, client = case_at(State.REGISTERED, staff), client_of(staff.kadis)
    values = {**typed("dispose", staff), "version": case.version, "note": "Ajak camat."}
    assert client.post(address(case, "dispose"), values).status_code == 302
    answer = client.post(address(case, "dispose"), values)
    assert_says(answer, 409, "Pilihan Anda tidak tersimpan.", "Ajak camat.", 'href="/meja/berikutnya/"')
    assert_says(answer, 409, "<b>Didisposisikan</b>: ", staff.kadis.name)


def test_either_now_or_another_time(staff: Staff) -> None:
    case, client = case_at(State.SCHEDULED, staff), client_of(staff.petugas)
    page = client.get(f"{address(case, 'reschedule')}?now=1").text
    assert 'name="starts_at' not in page
    assert 'name="now"' not in client.get(address(case, "reschedule")).text
    answer = client.post(address(case, "reschedule"), {**typed("reschedule", staff), "now": "True"})
    assert_says(answer, 422, "Pilih salah satu: sekarang, atau waktu lain.")
    assert is_unchanged(case)


@each("day", [29, 25])
def test_now_while_the_office_is_closed_needs_a_reason(day: int, staff: Staff) -> None:
    with clock.set_to(MONDAY):
        case, client = case_at(State.SCHEDULED, staff), client_of(staff.petugas)
    sunday_or_night = MONDAY.replace(day=day, hour=22)
    with clock.set_to(sunday_or_night):
        assert "Kantor sedang tutup." in client.get(f"{address(case, 'reschedule')}?now=1").text
        values = {**typed("reschedule", staff), "now": "True"}
        values = {name: value for name, value in values.items() if not name.startswith("starts_at")}
        answer = client.post(address(case, "reschedule"), values)
        assert_says(answer, 422, "Tulis mengapa konsultasi tetap dimulai sekarang.")
        assert is_unchanged(case)
        why = {**values, "closed_reason": "Pemohon datang dari pulau."}
        assert client.post(address(case, "reschedule"), why).status_code == 302
    assert "Pemohon datang dari pulau." in case.history.latest("pk").note


@each("subject, is_cut", [("Mohon penjelasan tentang syarat…", True), ("Syarat bantuan", False)])
def test_tim_pkd_is_told_of_a_subject_that_is_cut(subject: str, is_cut: bool, staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, subject=subject)
    page = client_of(staff.pkd).get(address(case, "register")).text
    assert ("Ringkas dulu: ini potongan kalimat pemohon." in page) == is_cut


def test_who_may_not_open_a_page_is_led_back_to_the_own_desk(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    pages = (
        (client_of(staff.petugas), "/meja-depan/", "/meja/"),
        (Client(), f"/p/{case.secret}/schedule/", "/"),
    )
    for client, page, home in pages:
        response = client.get(page)
        link = f'class="btn btn-primary" href="{home}"'
        assert (response.status_code, link in response.text) == (403, True), page


def test_a_request_for_another_time_is_answered_first(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    assert case.planned_at
    client, later = client_of(staff.petugas), case.planned_at + dt.timedelta(days=1)
    for page in ("/meja/", f"/permohonan/{case.code}/"):
        assert "Jawab permintaan waktu" not in client.get(page).text
    scheduling_services.ask_time(case, by=applicant(case), starts_at=later, reason="Ada panen.")
    desk, page = client.get("/meja/").text, read_all(client, case)
    for shown in (desk, page):
        assert "Jawab permintaan waktu" in shown
    main = re.search(r'class="btn btn-primary" data-verb="(\w+)"', page)
    assert main
    assert main[1] == "reschedule"


def test_stale_page_keeps_what_was_typed(staff: Staff) -> None:
    case, client = case_at(State.SCHEDULED, staff), client_of(staff.petugas)
    typed_before = {**typed("reschedule", staff), "reason": "Alasan yang panjang."}
    companion = {"officer": staff.petugas.pk, "reason": "Pendamping ditambah."}
    client_of(staff.kabid).post(address(case, "reassign"), companion)
    for version in (case.version, "", "0", "-1", "x", "9" * 40, "\0"):
        answer = client.post(address(case, "reschedule"), {**typed_before, "version": version})
        assert_says(answer, 409, "Alasan yang panjang.", f'name="version" value="{case.version + 1}"')
        before, *after = answer.text.split("Permohonan ini sudah berubah")
        assert (len(after), 'data-form="reschedule"' in before) == (1, False), "first and once"
    now = {**typed_before, "version": case.version + 1}
    assert client.post(address(case, "reschedule"), now).status_code == 302


def test_double_booking_keeps_what_was_typed(staff: Staff) -> None:
    first, second = case_at(State.PREPARED, staff), case_at(State.PREPARED, staff)
    client = client_of(staff.petugas)
    client.post(address(first, "schedule"), typed("schedule", staff))
    assert "09.00–09.30" in client.get(address(second, "schedule")).text
    assert_says(client.post(address(second, "schedule"), typed("schedule", staff)), 409, 'value="Aula"')


def test_review_is_asked_for_where_the_division_head_wants_one(staff: Staff) -> None:
    case, client = case_at(State.DISPOSED, staff), client_of(staff.petugas)
    wish = {"officer": staff.petugas.pk, "needs_review": "on", "preparation": "Bawa peta"}
    client_of(staff.kabid).post(address(case, "assign"), wish)
    assert "Bawa peta" in client.get(address(case, "prepare")).text
    answer = client.post(address(case, "prepare"), typed("prepare", staff))
    assert_says(answer, 422, "Isi bagian “IV. Analisis”.")
    review = dict.fromkeys(StaffReview.PARTS, "Isi.")
    assert client.post(address(case, "prepare"), typed("prepare", staff) | review).status_code == 302
    assert case.staff_reviews.get().analysis == "Isi."
    assert client.get(address(case, "amend")).text.count(">\nIsi.</textarea>") == 6
    changed = {**typed("prepare", staff), **review, "analysis": "Isi baru."}
    assert client.post(address(case, "amend"), changed).status_code == 302
    page = read_all(client, case)
    assert "Isi baru." in page
    assert page.count('data-record="earlier-preparation"') == 1
    assert list(case.documents.filter(kind="STAFF_REVIEW").values_list("version", flat=True)) == [1, 2]


def test_disposition_keeps_presets_own_words_and_copies(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    preset = Instruction.objects.create(text="Laporkan hasilnya")
    instructions = {"instructions": [preset.pk], "other_instruction": "Hubungi camat"}
    divisions = {"division": staff.division.pk, "copies": [staff.other_division.pk]}
    data = {**instructions, **divisions, "deadline": working_moment(5).date().isoformat()}
    client_of(staff.kadis).post(address(case, "dispose"), data)
    sheet = case.dispositions.get()
    assert sheet.instructions == ["Laporkan hasilnya", "Hubungi camat"]
    assert sheet.copies == [staff.other_division.name]
    assert_says(client_of(staff.kabid).get(address(case, "assign")), 200, "Hubungi camat", "Saya sendiri")


def test_line_breaks_count_as_one_character(staff: Staff) -> None:
    case, client = case_at(State.SUBMITTED, staff), client_of(staff.pkd)
    long = client.post(address(case, "send_back"), {"missing": f"Surat {'x' * 501}"})
    assert_says(long, 422, "Ada kata yang terlalu panjang. Pisahkan dengan spasi.")
    lines = "\r\n".join([f"https://contoh.go.id/{'x' * 479}", *["x"] * 1750])
    assert client.post(address(case, "send_back"), {"missing": lines}).status_code == 302
    assert Case.objects.get(pk=case.pk).missing == lines.replace("\r\n", "\n")


def test_the_matter_is_read_first_and_the_way_back_shown(staff: Staff) -> None:
    text, kadis = "Mohon penjelasan tata cara pengusulan. " * 40, client_of(staff.kadis)
    case = case_at(State.REGISTERED, staff, material=text, kind=Kind.COMPLAINT, identity="CONFIDENTIAL")
    file = attach(case, CheckedFile(b"png", "image/png", "bukti.png"), purpose="LETTER", by=None)
    page = kadis.get(address(case, "dispose")).text
    assert page.partition("Baca selengkapnya")[0].count("Mohon") < page.count("Mohon") == 40
    reading = page.partition("bukti.png")[0].rpartition("<")[2] + page.partition("bukti.png")[2][:120]
    assert "dibuka bersama identitas pelapor" in reading
    assert f"/berkas/{file.pk}/" not in page
    forwarded = case_at(State.FORWARDED, staff)
    for query in ("", "?antrean=1"):
        link = f'data-verb="return" href="{address(forwarded, "return")}{query}">Kembalikan</a>'
        assert link in kadis.get(f"{address(forwarded, 'accept')}{query}").text


@each("verb", ["hand_back", "recall"])
def test_a_disposition_that_came_back_goes_to_the_same_division_only_if_that_is_meant(
    verb: str, staff: Staff
) -> None:
    case = case_at(State.DISPOSED, staff)
    by = staff.kabid if verb == "hand_back" else staff.kadis
    getattr(disposition_services, verb)(case, by=by, reason="Bukan urusan kami.")
    client, page = client_of(staff.kadis), address(case, "dispose")
    assert "Bukan urusan kami." in client.get("/meja/").text
    assert "Bukan urusan kami." in client.get(page).text
    sent = {"version": case.version, "division": staff.division.pk}
    refused = client.post(page, sent)
    assert (refused.status_code, is_unchanged(case)) == (422, True)
    assert refused.context["form"].errors.keys() == {"same_division"}
    assert client.post(page, sent | {"same_division": "on"}).status_code == 302
    assert Case.objects.get(pk=case.pk).division == staff.division


def test_a_disposition_that_came_back_goes_to_another_division(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    disposition_services.hand_back(case, by=staff.kabid, reason="Bukan urusan kami.")
    sent = {"version": case.version, "division": staff.other_division.pk}
    assert client_of(staff.kadis).post(address(case, "dispose"), sent).status_code == 302


REQUIRED = {
    (State.SUBMITTED, "register"): "classification urgency confidentiality",
    (State.SUBMITTED, "send_back"): "missing",
    (State.REGISTERED, "void"): "reason",
    (State.REGISTERED, "dispose"): "division",
    (State.REGISTERED, "decline"): "reason",
    (State.DISPOSED, "assign"): "officer",
    (State.DISPOSED, "hand_back"): "reason",
    (State.DISPOSED, "recall"): "reason",
    (State.ASSIGNED, "reassign"): "officer reason",
    (State.ASSIGNED, "prepare"): "administration materials",
    (State.PREPARED, "schedule"): "starts_at minutes mode",
    (State.PREPARED, "answer"): "answer",
    (State.SCHEDULED, "reschedule"): "reason",
    (State.IN_SESSION, "finish"): "attendees",
    (State.HELD, "report"): "activities results",
    (State.REPORTED, "revise"): "reason",
    (State.FORWARDED, "return"): "reason",
}
"""The fields that each step needs."""


def client_for(verb: str, staff: Staff) -> Client:
    return client_of(actor_of(next(step for step in FIRST_STEPS if step.verb == verb), staff))


def case_of_each(states: Iterable[State], staff: Staff) -> dict[State, Case]:
    """Return a case in each state. The officer can only be in one session, so that comes last."""
    return {state: case_at(state, staff) for state in sorted({*states}, key=lambda s: s == State.IN_SESSION)}


def is_unchanged(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).version == case.version


NONSENSE = ["\0", "9" * 40, "-1", "0000-01-01T00:00", "99999-01-01", "😀" * 50]


@each("step", FIRST_STEPS[::15])
def test_nonsense_in_any_field_is_never_a_500(step: Any, staff: Staff) -> None:
    post_nonsense(step, staff)


@pytest.mark.release
@each("step", [step for number, step in enumerate(FIRST_STEPS) if number % 15])
def test_nonsense_in_any_field_of_the_other_steps(step: Any, staff: Staff) -> None:
    post_nonsense(step, staff)


def post_nonsense(step: Any, staff: Staff) -> None:
    """Post it in all fields at once, in all that accept it, and a megabyte in each field alone."""
    case, client = case_before(step, staff), client_of(actor_of(step, staff))
    fields = client.get(address(case, step.verb)).context["form"].fields
    good = {"version": case.version, **typed(step.verb, staff)}

    def post(names: Iterable[str], value: str) -> set[str]:
        """Return the fields that refuse the value; a step that was taken is undone."""
        before = transaction.savepoint_create()
        row = dict.fromkeys(ItemForm.base_fields, value[:200_000])
        posted = [items(n, row) if isinstance(fields[n], ItemsField) else {n: value} for n in names]
        answer = client.post(address(case, step.verb), dict(ChainMap(*posted, good)))
        assert answer.status_code in (302, 409, 422), (names, value[:12])
        if answer.status_code == 302:
            transaction.savepoint_rollback(before)
        assert Case.objects.get(pk=case.pk).version == case.version
        return {*answer.context["form"].errors} if answer.status_code == 422 else set()

    for value in NONSENSE:
        accepted = fields.keys() - post(fields, value)
        if post(accepted, value):
            for field in accepted:
                post([field], value)
    for field in fields:
        post([field], "x" * 1_000_000)


@each(
    ("state", "verb", "fields"),
    [
        (State.REGISTERED, "dispose", "division instructions copies"),
        (State.DISPOSED, "assign", "officer companions"),
        (State.SCHEDULED, "reassign", "officer"),
    ],
)
def test_no_forged_id_works(state: State, verb: str, fields: str, staff: Staff) -> None:
    case, client = case_at(state, staff), client_for(verb, staff)
    for forged in (0, -1, 99_999, 2**63, 10**40, "x", "1e3", "1; DROP TABLE"):
        sent = {**typed(verb, staff), **{name: [forged] for name in fields.split()}}
        answer = client.post(address(case, verb), sent)
        assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {*fields.split()}), forged
    assert is_unchanged(case)


@each(("state", "verb"), [(State.DISPOSED, "assign"), (State.SCHEDULED, "reassign")])
def test_who_is_no_officer_or_companion(state: State, verb: str, staff: Staff) -> None:
    case, client = case_at(state, staff), client_of(staff.kabid)
    others = (staff.elsewhere, staff.other_kabid, staff.kadis, staff.admin, staff.expired)
    changes: list[dict[str, Any]] = [{"officer": user.pk} for user in others]
    for change in (*changes, {"companions": [staff.kadis.pk]}):
        answer = client.post(address(case, verb), {**typed(verb, staff), **change})
        assert (answer.status_code, [*answer.context["form"].errors]) == (422, [*change]), change
    offered = answer.context["form"].fields["companions"].records()
    assert (staff.companion in offered, staff.kadis in offered) == (True, False)
    take = getattr(disposition_services, verb)
    reason = {"reason": "Cuti."} if verb == "reassign" else {}
    with pytest.raises(Refused, match="Kepala Dinas tidak dapat menjadi pendamping"):
        take(case, by=staff.kabid, officer=staff.petugas, companions=[staff.kadis], **reason)
    assert is_unchanged(case)


def test_official_complained_about_is_no_choice(staff: Staff) -> None:
    case, official = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT), staff.other_petugas
    data = {**typed("register", staff), "complained_about": official.pk}
    client_of(staff.pkd).post(address(case, "register"), data)
    client_of(staff.kadis).post(address(case, "dispose"), typed("dispose", staff))
    for chosen in ({"officer": official.pk}, {"officer": staff.petugas.pk, "companions": [official.pk]}):
        assert client_of(staff.kabid).post(address(case, "assign"), chosen).status_code == 422


def test_no_division_of_the_official_complained_about_is_chosen(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    register(case, by=staff.pkd, classification="700", complained_about=staff.kabid)
    own, other = staff.division.pk, staff.other_division.pk
    for chosen, field in (({"division": own}, "division"), ({"division": other, "copies": [own]}, "copies")):
        answer = client_of(staff.kadis).post(address(case, "dispose"), chosen)
        assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field])
    assert Case.objects.get(pk=case.pk).state == State.REGISTERED


def test_the_official_is_entered_later_with_a_reason(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT, complained_party="Orang loket")
    client, page = client_of(staff.pkd), address(case, "name_official")
    assert "Menurut pelapor: Orang loket." in client.get(page).text
    data = typed("name_official", staff)
    for field, value, sentence in (
        ("reason", " ", "Tulis dari mana hal ini diketahui."),
        ("complained_about", "", "Ini sudah tercatat."),
        ("complained_about", staff.admin.pk, "Pilih pejabat dari daftar ini."),
        ("complained_about", staff.petugas.pk, "adalah petugas atau pendamping"),
    ):
        answer = client.post(page, {**data, field: value})
        assert answer.status_code == 422
        assert sentence in answer.context["form"].errors[field][0]
    assert client.post(page, {**data, "complained_about": staff.pkd.pk})["Location"] == "/meja/"
    assert client.get(page).status_code == 404


def test_consultation_is_about_no_official(staff: Staff) -> None:
    client, consultation = client_of(staff.pkd), case_at(State.SUBMITTED, staff)
    data = {**typed("register", staff), "complained_about": staff.petugas.pk}
    assert client.post(address(consultation, "register"), data).status_code == 302
    assert Case.objects.get(pk=consultation.pk).complained_about is None
    for case, offered in ((case_at(State.REGISTERED, staff, kind="COMPLAINT"), True), (consultation, False)):
        shown = read_all(client, case)
        assert (address(case, "name_official") in shown) is offered
    assert_says(client.get(address(consultation, "name_official")), 409, "Langkah ini hanya untuk pengaduan.")


def test_what_is_missing_is_said_first_with_links_to_the_fields(
    staff: Staff, subtests: pytest.Subtests
) -> None:
    """Title and error box say so before the form: on a phone the fields are off the screen."""
    cases = case_of_each((state for state, _verb in REQUIRED), staff)
    for (state, verb), names in REQUIRED.items():
        with subtests.test(verb):
            blank = {name: " \r\n\t " if name == "reason" else "" for name in names.split()}
            client = client_for(verb, staff)
            page = client.post(address(cases[state], verb), {**typed(verb, staff), **blank})
            assert_says(page, 422, "<title>Galat: ")
            errors = page.context["form"].errors
            assert errors.keys() == {*names.split()}
            box = page.text.index('class="error-box" role="alert" tabindex="-1" autofocus')
            above = page.text[box : page.text.index(f'data-form="{verb}"')]
            links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', above)
            assert len(links) == sum(map(len, errors.values()))
            for anchor, sentence in links:
                assert f' id="{anchor}"' in page.text
                assert page.text.count(sentence) > 1
            assert is_unchanged(cases[state])


CODES = ("ngawur", "400.", ".9", "400,9", "4000", "400.9 a", "1.2.3.4.5.6.7", "٤٠٠", "\0")
DAYS = tuple(f"{clock.today() + dt.timedelta(days=days)}" for days in (-1, 1000))
TIMES = ("2020-01-01T09:00", "2098-01-01T09:00", "besok pagi", {"starts_at_day": "2026-11-24"})
LINKS = tuple({"mode": "ONLINE", "link": link} for link in ("", "bukan tautan", "javascript:alert(1)"))
UNUSABLE: list[tuple[State, str, str, tuple[Any, ...]]] = [
    (State.SUBMITTED, "register", "classification", CODES),
    (State.REGISTERED, "dispose", "deadline", DAYS),
    (State.PREPARED, "schedule", "starts_at", TIMES),
    (State.PREPARED, "schedule", "minutes", ("31",)),
    (State.PREPARED, "schedule", "mode", ("WRITTEN",)),
    (State.PREPARED, "schedule", "link", LINKS),
    (State.PREPARED, "schedule", "place", ("", {"mode": "ELSEWHERE", "place": ""})),
    (State.IN_SESSION, "finish", "started_at", ("x", {"day": "2020-01-02"})),
    (State.IN_SESSION, "finish", "finished_at", ("25.00",)),
    (State.IN_SESSION, "finish", "day", ("",)),
    (State.PREPARED, "answer", "minutes", ("0", "481", "x")),
    (State.SCHEDULED, "no_show", "note", ("",)),
    (State.HELD, "report", "advice", ({"advice-0-text": ""},)),
]


def test_unusable_input_is_refused_at_its_field(staff: Staff, subtests: pytest.Subtests) -> None:
    cases = case_of_each((state for state, *_rest in UNUSABLE), staff)
    for state, verb, field, values in UNUSABLE:
        client = client_for(verb, staff)
        for value in values:
            change = value if isinstance(value, dict) else {field: value}
            with subtests.test(f"{verb} {change}"):
                answer = client.post(address(cases[state], verb), {**typed(verb, staff), **change})
                assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field])
        assert is_unchanged(cases[state])


MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
CLOSED = ["2026-11-29T09:00", "2026-11-24T23:00", "2026-11-24T11:45", "2026-12-25T09:00"]


@each(("state", "verb"), [(State.PREPARED, "schedule"), (State.SCHEDULED, "reschedule")])
@each("closed", CLOSED)
def test_the_office_receives_nobody_while_it_is_closed(
    state: State, verb: str, closed: str, staff: Staff
) -> None:
    with clock.set_to(MONDAY):
        case, client = case_at(state, staff), client_of(staff.petugas)
        data = {**typed(verb, staff), "starts_at": closed}
        answer = client.post(address(case, verb), data)
        assert answer.status_code == 422
        told = answer.context["form"].errors["starts_at"][0]
        assert told.startswith("Kantor tidak melayani pada waktu ini. Jam layanan: Senin")
        assert is_unchanged(case)
        elsewhere = {**data, "mode": "ELSEWHERE", "place": "Balai desa"}
        assert client.post(address(case, verb), elsewhere).status_code == 302


def test_an_online_session_may_be_in_the_evening_without_place(staff: Staff) -> None:
    with clock.set_to(MONDAY):
        case = case_at(State.PREPARED, staff)
        online = {"starts_at": CLOSED[1], "mode": "ONLINE", "link": "rapat.contoh.go.id/abc"}
        data = {**typed("schedule", staff), **online}
        assert client_of(staff.petugas).post(address(case, "schedule"), data).status_code == 302
    session = current_session(Case.objects.get(pk=case.pk))
    assert session
    assert (session.place, session.link) == ("", "https://rapat.contoh.go.id/abc")


def test_an_office_without_hours_receives_at_any_time(staff: Staff) -> None:
    OpeningHours.objects.all().delete()
    case = case_at(State.PREPARED, staff)
    data = {**typed("schedule", staff), "starts_at": working_moment(4, 23).strftime(TYPED)}
    assert client_of(staff.petugas).post(address(case, "schedule"), data).status_code == 302


def test_session_started_in_the_future_or_before_the_step_before(staff: Staff) -> None:
    case, client = walk_in_at(State.ASSIGNED, staff), client_of(staff.petugas)
    future = {"at": working_moment(1).strftime(TYPED)}
    assert_says(client.post(address(case, "start"), future), 422, "Waktu ini belum tiba.")
    past = {"at": "2020-01-01T09:00"}
    assert_says(client.post(address(case, "start"), past), 409, "lebih awal daripada langkah sebelumnya")


def test_nobody_calls_an_anonymous_complainant(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff, kind=Kind.COMPLAINT, identity="ANONYMOUS")
    data = {**typed("schedule", staff), "mode": "PHONE"}
    answer = client_of(staff.petugas).post(address(case, "schedule"), data)
    assert_says(answer, 422, "Pelapor anonim tidak memberi nomor.")


def test_a_voided_number_leaves_what_was_entered_in_the_form(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    entered = {"classification": "400.10", "confidentiality": "CONFIDENTIAL"}
    register(case, by=staff.pkd, complained_about=staff.kadis, **entered)
    void(case, by=staff.pkd, reason="Salah nomor.")
    form = client_of(staff.pkd).get(address(case, "register")).context["form"]
    assert form["complained_about"].value() == staff.kadis.pk
    assert {name: form[name].value() for name in entered} == entered


def test_what_the_address_says_is_no_answer_of_a_form(staff: Staff) -> None:
    """Fields count from the body only, so that a link cannot fill a form that somebody sends."""
    case, client = case_at(State.REGISTERED, staff), client_for("dispose", staff)
    filled = f"{address(case, 'dispose')}?{urlencode(typed('dispose', staff), doseq=True)}"
    assert client.post(filled, {"version": case.version}).status_code == 422
    assert is_unchanged(case)
    request = submitting.typed()
    assert Client().post(f"/ajukan/?{urlencode(request)}", {"submission_token": uuid4()}).status_code == 422
    found = Client().post(f"/lacak/?{urlencode({'code': case.code, 'phone': '081234567890'})}", {})
    assert (found.status_code, case.secret in found.text) == (422, False)
    assert Case.objects.count() == 1
