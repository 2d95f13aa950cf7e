"""The page of each step: who may open it, when, and what it asks."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from consultations.enums import Kind, Party, State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Case
from consultations.parties import parties
from consultations.scheduling.queries import current_session
from consultations.services import conclude
from consultations.steps import PAGES
from consultations.workflow import DATA_STEPS, TABLE, Step
from kit import clock
from office.models import Instruction, User
from tests.factories import ClientOf, Staff, case_at, independent_case, working_moment
from tests.shared_data import each
from tests.standard.steps import case_before, typed

STEPS = [step for step in TABLE if step.source and step.actor != Party.APPLICANT]
FIRST_STEPS = [
    next(step for step in STEPS if step.verb == verb) for verb in dict.fromkeys(s.verb for s in STEPS)
]


def actor_of(step: Step, staff: Staff) -> User:
    actors = {
        Party.SECRETARIAT: staff.sekretariat,
        Party.TIM_PKD: staff.pkd,
        Party.SECRETARY: staff.sekretaris,
        Party.HEAD: staff.kadis,
        Party.DIVISION_HEAD: staff.kabid,
        Party.OFFICER: staff.petugas,
        Party.SUPERVISOR: staff.pengawas,
    }
    return actors[Party(step.actor)]


def address(case: Case, verb: str) -> str:
    return f"/permohonan/{case.code}/{verb}/"


def test_every_verb_of_the_office_on_a_case_has_its_page() -> None:
    assert {step.verb for step in STEPS} <= PAGES.keys()


QUERIES = {"assign": 20, "reassign": 25, "schedule": 21, "reschedule": 25, "accept": 26}
"""Queries of the request that takes each step, with those that begin and end its transactions; 17 for others.

Five steps do more. `assign` and `reassign` issue a numbered letter, and store people, involvements and the
search index. `schedule` and `reschedule` issue one, and check and reserve calendars. `accept` reserves its
number in a transaction of its own, because signing may wait.
"""


@each("step", FIRST_STEPS)
def test_step_opens_for_its_actor_and_is_taken(
    step: Step,
    staff: Staff,
    client_of: ClientOf,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    case, client = case_before(step, staff), client_of(actor_of(step, staff))
    page = client.get(address(case, step.verb))
    assert page.status_code == 200
    assert f'data-form="{step.verb}"' in page.content.decode()
    assert str(step.title) in page.content.decode()
    values = {"version": case.version, **typed(step.verb, staff)}
    with django_assert_num_queries(QUERIES.get(step.verb, 17)):
        sent = client.post(address(case, step.verb), values)
    assert sent.status_code == 302, sent.content.decode()
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.version) == (step.target, case.version + 1)


@each("step", FIRST_STEPS)
def test_step_of_somebody_else_is_403_or_404(step: Step, staff: Staff, client_of: ClientOf) -> None:
    """One person who sees the case and one who does not; the matrix of all people is that of the services.

    Nobody but the Pengawas sees a case in the independent channel.
    """
    case = case_before(step, staff)
    others: dict[int, User] = {}
    for user in vars(staff).values():
        if step.actor not in parties(user, case):
            visible = Case.objects.visible_to(user).filter(pk=case.pk).exists()
            others[403 if visible else 404] = user
    assert set(others) == ({404} if case.is_independent else {403, 404})
    for status, user in others.items():
        client = client_of(user)
        assert client.get(address(case, step.verb)).status_code == status
        assert client.post(address(case, step.verb), typed(step.verb, staff)).status_code == status
    assert Case.objects.get(pk=case.pk).version == case.version


def test_step_that_was_taken_says_so(staff: Staff, client_of: ClientOf) -> None:
    """All in turn on four cases, which each of them leaves as they were."""
    cases = {state: case_at(state, staff) for state in (State.REGISTERED, State.WITHDRAWN, State.CLOSED)}
    conclude(examined := independent_case(), by=staff.pengawas, outcome="Terbukti.")
    for step in FIRST_STEPS:
        if step.verb == "renew_link":  # it is possible in every state
            continue
        if step.actor == Party.SUPERVISOR:
            case = examined
        elif step in DATA_STEPS:  # they are possible in every state that ended
            case = cases[State.REGISTERED]
        else:
            case = cases[State.WITHDRAWN if step.source == State.CLOSED else State.CLOSED]
        client = client_of(actor_of(step, staff))
        page = client.get(address(case, step.verb))
        sent = client.post(address(case, step.verb), typed(step.verb, staff))
        for answer in (page, sent):
            assert answer.status_code == 409, step.verb
            sentence = (
                f"tidak dapat dilakukan: permohonan ini sekarang berstatus “{case.get_state_display()}”"
            )
            assert sentence in answer.content.decode(), step.verb
        assert Case.objects.get(pk=case.pk).version == case.version


def test_session_of_an_ordinary_case_does_not_start_unprepared(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff)
    answer = client_of(staff.petugas).get(address(case, "start"))
    assert answer.status_code == 409
    assert "perlu disiapkan dan dijadwalkan" in answer.content.decode()


@each("verb", ["submit", "receive", "walk_in", "complete", "withdraw", "unknown", "9"])
def test_verb_without_page_is_404(verb: str, staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff)
    assert client_of(staff.pkd).get(address(case, verb)).status_code == 404


def test_the_real_time_is_typed_at_the_end(staff: Staff, client_of: ClientOf) -> None:
    with clock.set_to(working_moment()):
        case = case_at(State.IN_SESSION, staff)
    recorded = timezone.localtime(case.sessions.get().started_at)
    began, ended = (recorded + dt.timedelta(minutes=minutes) for minutes in (5, 25))
    with clock.set_to(recorded + dt.timedelta(hours=1)):
        times = {"started_at": f"{began:%H:%M}", "finished_at": f"{ended:%H:%M}"}
        answer = client_of(staff.petugas).post(address(case, "finish"), {**typed("finish", staff), **times})
        assert answer.status_code == 302, answer.content.decode()
    assert case.sessions.get().minutes == 20


def test_stale_page_keeps_what_was_typed(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.SCHEDULED, staff), client_of(staff.petugas)
    old = {"version": case.version, **typed("reschedule", staff), "reason": "Alasan yang panjang."}
    client_of(staff.kabid).post(
        address(case, "reassign"), {"officer": staff.petugas.pk, "reason": "Pendamping ditambah."}
    )
    answer = client.post(address(case, "reschedule"), old)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Permohonan ini sudah berubah sejak halaman ini dibuka" in page
    assert "Alasan yang panjang." in page
    assert f'name="version" value="{case.version + 1}"' in page
    assert client.post(address(case, "reschedule"), {**old, "version": case.version + 1}).status_code == 302


@each("version", ["", "0", "-1", "x", "9" * 40, "\0"])
def test_forged_version_changes_nothing(version: str, staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff)
    data = {**typed("register", staff), "version": version}
    assert client_of(staff.pkd).post(address(case, "register"), data).status_code == 409
    assert Case.objects.get(pk=case.pk).state == State.SUBMITTED


def test_double_booking_is_a_sentence(staff: Staff, client_of: ClientOf) -> None:
    first, second = case_at(State.PREPARED, staff), case_at(State.PREPARED, staff)
    client = client_of(staff.petugas)
    assert client.post(address(first, "schedule"), typed("schedule", staff)).status_code == 302
    page = client.get(address(second, "schedule")).content.decode()
    assert "09.00–09.30" in page
    answer = client.post(address(second, "schedule"), typed("schedule", staff))
    assert answer.status_code == 409
    assert "sudah memiliki jadwal lain pada waktu itu" in answer.content.decode()
    assert 'value="Aula"' in answer.content.decode()
    assert current_session(Case.objects.get(pk=second.pk)) is None


def test_review_is_asked_for_where_the_division_head_wants_one(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.DISPOSED, staff)
    client_of(staff.kabid).post(
        address(case, "assign"),
        {"officer": staff.petugas.pk, "needs_review": "on", "preparation": "Bawa peta"},
    )
    client = client_of(staff.petugas)
    assert "Bawa peta" in client.get(address(case, "prepare")).content.decode()
    answer = client.post(address(case, "prepare"), typed("prepare", staff))
    assert answer.status_code == 422
    assert "Isi bagian “IV. Analisis”." in answer.content.decode()
    review = dict.fromkeys(("problem", "assumptions", "facts", "analysis", "conclusion", "advice"), "Isi.")
    assert client.post(address(case, "prepare"), typed("prepare", staff) | review).status_code == 302
    assert case.staff_reviews.get().analysis == "Isi."
    page = client.get(address(case, "amend")).content.decode()
    assert page.count(">\nIsi.</textarea>") == 6
    changed = {**typed("prepare", staff), **review, "analysis": "Isi baru."}
    assert client.post(address(case, "amend"), changed).status_code == 302
    page = client.get(f"/permohonan/{case.code}/").content.decode()
    assert "Isi baru." in page
    assert page.count('data-record="earlier-preparation"') == 1
    assert list(case.documents.filter(kind="STAFF_REVIEW").values_list("version", flat=True)) == [1, 2]


def test_disposition_keeps_presets_own_words_and_copies(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)
    preset = Instruction.objects.create(text="Laporkan hasilnya")
    client_of(staff.kadis).post(
        address(case, "dispose"),
        {
            "division": staff.division.pk,
            "instructions": [preset.pk],
            "other_instruction": "Hubungi camat",
            "copies": [staff.other_division.pk],
            "deadline": working_moment(5).date().isoformat(),
        },
    )
    sheet = case.dispositions.get()
    assert sheet.instructions == ["Laporkan hasilnya", "Hubungi camat"]
    assert sheet.copies == [staff.other_division.name]
    page = client_of(staff.kabid).get(address(case, "assign")).content.decode()
    assert "Hubungi camat" in page
    assert "Saya sendiri" in page


def test_line_breaks_count_as_one_character(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff)
    lines = "\r\n".join(["x"] * 2000)
    assert client_of(staff.pkd).post(address(case, "send_back"), {"missing": lines}).status_code == 302
    assert Case.objects.get(pk=case.pk).missing == lines.replace("\r\n", "\n")


@each(
    ("verb", "state", "name", "queries"),
    [
        ("dispose", State.REGISTERED, "kadis", 13),
        ("assign", State.DISPOSED, "kabid", 18),
        ("schedule", State.PREPARED, "petugas", 19),
        ("report", State.HELD, "petugas", 16),
        ("accept", State.FORWARDED, "kadis", 14),
    ],
)
def test_queries_of_a_step_page(
    verb: str,
    state: State,
    name: str,
    queries: int,
    staff: Staff,
    client_of: ClientOf,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    case, client = case_at(state, staff), client_of(getattr(staff, name))
    with django_assert_num_queries(queries):
        client.get(address(case, verb))


def test_the_matter_is_read_before_the_decision(staff: Staff, client_of: ClientOf) -> None:
    text = "Mohon penjelasan tata cara pengusulan. " * 40
    case = case_at(State.REGISTERED, staff, material=text, kind=Kind.COMPLAINT, identity="CONFIDENTIAL")
    file = attach(case, CheckedFile(b"png", "image/png", "bukti.png"), purpose="LETTER", by=None)
    page = client_of(staff.kadis).get(f"/permohonan/{case.code}/dispose/").text
    assert page.partition("Baca selengkapnya")[0].count("Mohon") < page.count("Mohon") == 40
    reading = page.partition("bukti.png")[0].rpartition("<")[2] + page.partition("bukti.png")[2][:120]
    assert "dibuka bersama identitas pelapor" in reading
    assert f"/berkas/{file.pk}/" not in page


def test_the_way_back_stands_beside_the_acceptance(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.FORWARDED, staff)
    for query in ("", "?antrean=1"):
        page = client_of(staff.kadis).get(f"/permohonan/{case.code}/accept/{query}").text
        assert f'data-verb="return" href="/permohonan/{case.code}/return/{query}">Kembalikan</a>' in page
