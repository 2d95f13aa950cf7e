"""The guarantees of the database: every constraint is violated once, and the history cannot be changed."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record
from consultations.enums import State
from consultations.faq.models import Question
from consultations.intake.models import RequestDraft
from consultations.models import (
    AgendaEntry,
    Attachment,
    Case,
    Event,
    HiddenIdentity,
    IdentityReveal,
    NumberBook,
    StepDraft,
)
from consultations.scheduling.models import Absence, CalendarFeed, Delegation, Session, Slot
from consultations.scheduling.queries import current_session
from dispositions.models import Disposition, Meeting, Opinion
from exchange.models import System, Webhook, WebhookEvent
from kit import clock, records
from office.models import (
    AccessChange,
    Appointment,
    FactorRequirement,
    Office,
    OpeningHours,
    Position,
    RetentionRule,
    Role,
    Room,
    Season,
    StandardPublication,
    User,
)
from operations.setup.models import MailTest
from reports.documents.files import create_file
from reports.models import Document, Export, FollowUp, Handover, Register, Remark, Report, ReusableAdvice
from reports.surveys.models import AnswerBox, PlanItem, Publication
from tests.factories import Staff, case_at, walk_in_at
from tests.recorded import undone
from trust.ledger.models import Disposal, Erasure, Leaf, Seal
from trust.privacy.models import Breach

CONSTRAINTS: dict[str, tuple[type[models.Model], models.BaseConstraint]] = {
    constraint.name: (model, constraint)
    for model in apps.get_models()
    if "site-packages" not in apps.get_app_config(model._meta.app_label).path
    for constraint in model._meta.constraints
}


def a_case(state: State) -> Case:
    """The case in `state` that the test of the constraints has made."""
    return Case.objects.filter(state=state).earliest("pk")


def at(state: State, /, **columns: Any) -> Callable[[Staff], object]:
    """Spoil columns of a sound case in `state`."""
    return lambda staff: Case.objects.filter(pk=a_case(state).pk).update(**columns)


def spoil(model: type[models.Model], **columns: Any) -> Callable[[Staff], object]:
    """Spoil columns of the one row that a closed case has in a table."""

    def change(staff: Staff) -> None:
        case = a_case(State.CLOSED)
        assert model._default_manager.filter(case=case).update(**columns) == 1

    return change


def issued() -> dict[str, dt.datetime]:
    return {"issued_at": clock.now(), "expires_at": clock.now() + dt.timedelta(days=1)}


def system(**columns: Any) -> Callable[[Staff], System]:
    sound = {"name": "SIMDA", "contact": "Dinas Uji", "reads_cases": True}
    return lambda staff: System.objects.create(
        official=staff.kadis, **{"proposed_by": staff.admin, **sound, **columns}
    )


def webhook_event(**columns: Any) -> Callable[[Staff], WebhookEvent]:
    def add(staff: Staff) -> WebhookEvent:
        webhook = Webhook.objects.first() or Webhook.objects.create(system=system()(staff), secret="x")
        return WebhookEvent.objects.create(webhook=webhook, event=Event.objects.earliest("pk"), **columns)

    return add


def draft(**columns: Any) -> Callable[[Staff], object]:
    sound = {"kind": "CONSULTATION", "language": "id"}
    return lambda staff: RequestDraft.objects.create(token_hash=uuid.uuid4(), **{**sound, **columns})


def draft_file(**columns: Any) -> Callable[[Staff], object]:
    sound = {"field": "letter", "content_type": "application/pdf", "size": 1}
    return lambda staff: RequestDraft.objects.create(
        token_hash=uuid.uuid4(), kind="CONSULTATION"
    ).files.create(**{**sound, **columns})


def event(**columns: Any) -> Callable[[Staff], object]:
    now = clock.now()
    sound = {"number": 1, "verb": "submit", "title": "Pemohon", "target": State.SUBMITTED}
    times = {"happened_at": now, "entered_at": now}
    return lambda staff: a_case(State.SUBMITTED).history.create(**{**sound, **times, **columns})


def a_season() -> Season:
    """The one season of a test."""
    days = {"since": dt.date(2027, 2, 8), "until": dt.date(2027, 3, 9)}
    return Season.objects.get_or_create(name="Ramadan 1448 H", defaults=days)[0]


def hours_again(season: Season | None = None) -> OpeningHours:
    """Hours for Monday, as the office has them already."""
    hours = OpeningHours.objects.get(weekday=0, season=None)
    hours.pk, hours.season = None, season
    hours.save(force_insert=True)
    return hours


def report_again(**columns: Any) -> Callable[[Staff], object]:
    """Add another version to a closed case's report."""

    def add(staff: Staff) -> None:
        accepted = Report.objects.get(case=a_case(State.CLOSED))
        accepted.pk = None
        for column, value in {"number": "lain", "version": 2, **columns}.items():
            setattr(accepted, column, value)
        accepted.save(force_insert=True)

    return add


def report_again_for_another_case(staff: Staff) -> None:
    case, other = Case.objects.filter(state=State.CLOSED)
    Report.objects.filter(case=case).update(number=other.report_number)


def document(**columns: Any) -> Callable[[Staff], object]:
    """Add a valid document and another that differs from it in `columns`."""
    sound = {"kind": "REPORT", "issuer": "Kepala Dinas", "file": "a.pdf", "size": 1, "sha256": "0" * 64}

    def add(staff: Staff) -> None:
        case = a_case(State.SUBMITTED)
        more = {"case": case, "issued_at": clock.now(), **sound}
        Document.objects.create(source_pk=1001, number="1", **more)
        Document.objects.create(**{"source_pk": 1002, "number": "2", **more, **columns})

    return add


def letter_number_twice(staff: Staff) -> None:
    first = Document.objects.get(case=a_case(State.ASSIGNED), kind="ASSIGNMENT")
    sound = {"kind": "SCHEDULE", "issuer": "Kepala Dinas", "issued_at": clock.now(), "version": 2}
    more = {"case": first.case, "source_pk": 1001, "replaces": first}
    Document.objects.create(number=first.number, **sound, **more)


def opinion(staff: Staff) -> None:
    case = a_case(State.ASSIGNED)
    Opinion.objects.create(case=case, agency="A", question="B", due=clock.today(), asked_by=staff.petugas)
    Opinion.objects.update(answer="Tanpa tanggal")


def register(**columns: Any) -> Callable[[Staff], object]:
    sound = {"kind": "RECAP", "since": clock.today(), "until": clock.today(), "title": "Tim PKD"}
    return lambda staff: Register.objects.create(by=staff.pkd, **{**sound, **columns})


def export(**columns: Any) -> Callable[[Staff], object]:
    sound = {"table": "permohonan", "format": "csv", "title": "Tim PKD"}
    return lambda staff: Export.objects.create(by=staff.pkd, **{**sound, **columns})


def handover(**columns: Any) -> Callable[[Staff], object]:
    def hand_over(staff: Staff) -> None:
        sound = {"receiver": "Ani Uji", "title": "Sekretariat", "received_at": clock.now()}
        document = a_case(State.DISPOSED).documents.latest("issued_at")
        Handover.objects.create(by=staff.sekretariat, document=document, **{**sound, **columns})

    return hand_over


def answer_box(answers: str, day: dt.date = dt.date(2026, 10, 1)) -> Callable[[Staff], object]:
    return lambda staff: AnswerBox.objects.create(quarter=day, answers=answers)


def survey_result(**columns: Any) -> Callable[[Staff], object]:
    """Publish a sound result of the survey and another that differs from it in `columns`."""
    day = clock.today()
    sound = {"since": day, "until": day, "figures": {}, "plan": "Perbaiki ruang tunggu.", "title": "Tim PKD"}

    def publish(staff: Staff) -> None:
        Publication.objects.create(by=staff.pkd, **sound)
        Publication.objects.create(**{"by": staff.pkd, "version": 2, **sound, **columns})

    return publish


def plan_item(**columns: Any) -> Callable[[Staff], object]:
    """Add a sound item of a follow-up plan and another that differs from it in `columns`."""
    day = clock.today()
    sound = {"since": day, "until": day, "action": "Tambah kursi.", "responsible": "Sekretariat", "due": day}

    def add(staff: Staff) -> None:
        PlanItem.objects.create(element="U8", **sound)
        PlanItem.objects.create(**{"element": "U1", **sound, **columns})

    return add


def remark_of_nothing(staff: Staff) -> None:
    report = a_case(State.REPORTED).reports.get()
    Remark.objects.create(report=report, section="results", text="", by=staff.kabid, title="Kepala Bidang")


def involved_twice(staff: Staff) -> None:
    a_case(State.ASSIGNED).involvements.create(user=staff.petugas)


def followed_up_twice(staff: Staff) -> None:
    row = a_case(State.CLOSED).follow_ups.get()
    FollowUp.objects.create(case=row.case, report=row.report, position=row.position, text="Sekali lagi")


def second_running_session(staff: Staff) -> None:
    a_case(State.IN_SESSION)
    Session.objects.create(case=a_case(State.PREPARED), officer=staff.petugas, started_at=clock.now())


def second_current_session(staff: Staff) -> None:
    Session.objects.create(case=a_case(State.HELD), officer=staff.petugas)


def slot_twice(staff: Staff) -> None:
    taken = Slot.objects.filter(session=current_session(a_case(State.SCHEDULED))).first()
    assert taken
    other = Session.objects.create(case=a_case(State.PREPARED), officer=staff.petugas)
    Slot.objects.create(session=other, user=taken.user, day=taken.day, half_hour=taken.half_hour)


def slot(**columns: Any) -> Callable[[Staff], object]:
    """Add a sound slot of a room and another that differs from it in `columns`."""

    def add(staff: Staff) -> None:
        session = current_session(a_case(State.SCHEDULED))
        assert session
        room = Room.objects.create(name="Ruang Melati")
        sound = {"session": session, "room": room, "day": clock.today(), "half_hour": 18}
        Slot.objects.create(**sound)
        Slot.objects.create(**{**sound, **columns})

    return add


def attachment_of_any_type(staff: Staff) -> None:
    case = a_case(State.SUBMITTED)
    Attachment.objects.create(case=case, file="x", name="x.html", content_type="text/html", size=1)


def draft_of_a_step_twice(staff: Staff) -> None:
    case = a_case(State.HELD)
    for _ in range(2):
        StepDraft.objects.create(case=case, verb="report", by=staff.petugas)


def entry(**columns: Any) -> Callable[[Staff], object]:
    """Add an entry to the audit log, sound but for these columns."""
    return lambda staff: AuditEntry.objects.create(**{"act": "LOGIN", "user": staff.kadis, **columns})


def appointment_backwards(staff: Staff) -> None:
    day = clock.today()
    position = Position.objects.get(role=Role.HEAD)
    Appointment.objects.create(
        user=staff.admin, position=position, starts=day, ends=day - dt.timedelta(days=1)
    )


def notice(**columns: Any) -> Callable[[Staff], object]:
    """Spoil the one notice to the head that a registered case has."""
    return lambda staff: a_case(State.REGISTERED).notices.filter(kind="TO_DISPOSE").update(**columns)


def collision(**columns: Any) -> Callable[[Staff], object]:
    """Add a sound notice without a step and another that differs from it in `columns`."""

    def add(staff: Staff) -> None:
        notices = a_case(State.REGISTERED).notices
        notices.create(kind="COLLISION", recipient=staff.petugas)
        notices.create(**{"kind": "COLLISION", "recipient": staff.petugas, **columns})

    return add


def notice_twice(staff: Staff) -> None:
    again = a_case(State.REGISTERED).notices.get(kind="TO_DISPOSE")
    again.pk = None
    again.save(force_insert=True)


def applicant_notice_twice(staff: Staff) -> None:
    case = a_case(State.INCOMPLETE)
    case.notices.create(event=case.history.latest("pk"), kind="INCOMPLETE")


def message(**columns: Any) -> Callable[[Staff], object]:
    """Spoil the WhatsApp message to the applicant of an incomplete request."""
    return lambda staff: a_case(State.INCOMPLETE).notices.get(kind="INCOMPLETE").messages.update(**columns)


def message_twice(staff: Staff) -> None:
    sent = a_case(State.INCOMPLETE).notices.get(kind="INCOMPLETE").messages.get()
    sent.pk, sent.key = None, uuid.uuid4()
    sent.save(force_insert=True)


def absence(**columns: Any) -> Callable[[Staff], object]:
    start = clock.now()
    sound = {"starts_at": start, "ends_at": start + dt.timedelta(days=1), "reason": "SICK"}
    return lambda s: Absence.objects.create(person=s.petugas, entered_by=s.petugas, **{**sound, **columns})


def stands_in_for_itself(staff: Staff) -> None:
    held = staff.kadis.appointments.get()
    Delegation.objects.create(absence=absence()(staff), source=held, appointment=held, by=staff.kadis)  # type: ignore[misc]


def notice_of_a_stand_in_twice(staff: Staff) -> None:
    source, held = staff.kadis.appointments.get(), staff.kabid.appointments.get()
    named = Delegation.objects.create(
        absence=absence()(staff),  # type: ignore[misc]
        source=source,
        appointment=held,
        by=staff.kadis,
    )
    for _ in range(2):
        named.notices.create(kind="STANDS_IN", recipient=staff.kadis)


def access_change(**columns: Any) -> Callable[[Staff], object]:
    """Store a change of the access of Tim PKD, proposed by the administrator, with other `columns`."""

    def store(staff: Staff) -> AccessChange:
        people = {name: getattr(staff, columns[name]) for name in PEOPLE_OF_CHANGE if name in columns}
        decided = {"decided_at": clock.now()} if "decided_by" in columns else {}
        sound = {"kind": "CLOSE_ACCOUNT", "user": staff.pkd, "proposed_by": staff.admin}
        return AccessChange.objects.create(
            **{**sound, "expires_at": clock.now(), **decided, **columns, **people}
        )

    return store


PEOPLE_OF_CHANGE = ("user", "proposed_by", "decided_by")


def appointment_proposed_backwards(staff: Staff) -> None:
    position, today = staff.pkd.appointments.get().position, clock.today()
    access_change(kind="APPOINT", position=position, starts=today, ends=today - dt.timedelta(days=1))(staff)


def notice_of_a_change_twice(staff: Staff) -> None:
    change: Any = access_change()(staff)
    for _ in range(2):
        change.notices.create(kind="ACCESS_PROPOSED", recipient=staff.kadis)


def advice(again: bool = False, **columns: Any) -> Callable[[Staff], object]:
    """Add a sound item to the bank with other `columns`, twice if `again`."""

    def add(staff: Staff) -> None:
        sound = {"kind": "ADVICE", "text": "Usulkan.", "topic": "BPJS", "proposed_by": staff.petugas}
        case = a_case(State.ASSIGNED)
        for _n in range(1 + again):
            ReusableAdvice.objects.create(case=case, division=staff.division, **{**sound, **columns})

    return add


def leaf(number: int) -> Leaf:
    return Leaf.objects.create(year=2026, number=number, part=1, key="1", row_hash=b"1", head=b"2")


def seal(days: int = 0, head: str = "ab") -> Seal:
    day = clock.today() + dt.timedelta(days=days)
    return Seal.objects.create(day=day, year=2026, number=7, head=head)


def propose(**columns: Any) -> Disposal:
    """A proposal to erase records."""
    return Disposal.objects.create(
        rule="REQUEST", before=clock.today(), rows=0, proposed_title="Tim PKD", **columns
    )


def report(staff: Staff, **columns: Any) -> Breach:
    """A notice of a breach."""
    moment, day = clock.now(), clock.today()
    sound = {"happened_at": moment, "found_at": moment, "at": moment, "since": day, "until": day}
    texts = {"disclosed": "Nama", "cause": "Salah kirim", "handling": "Ditarik", "title": "Kepala Dinas"}
    return Breach.objects.create(**{**sound, **texts, "by": staff.kadis, **columns})


def decided_by(user: User) -> dict[str, Any]:
    return {"decided_by": user, "decided_title": "Kepala Dinas", "decided_at": clock.now()}


VIOLATIONS: dict[str, Callable[[Staff], object]] = {
    # office
    "one_account_for_each_nip": lambda s: User.objects.update(nip="1" * 18),
    "office_of_a_known_colour": lambda s: Office.objects.update(colour="PINK"),
    "only_one_office": lambda s: Office.objects.create(pk=2, name="Dinas kedua"),
    "division_where_the_role_needs_one": lambda s: Position.objects.create(title="X", role=Role.OFFICER),
    "appointment_ends_after_it_starts": appointment_backwards,
    "appointment_ended_early_by_whom_and_when": lambda s: s.kadis.appointments.update(ended_at=clock.now()),
    "grace_of_at_most_90_days": lambda s: FactorRequirement.objects.create(role="HEAD", grace_days=91),
    "access_change_says_what": access_change(kind="APPOINT"),
    "appointment_proposed_in_order": appointment_proposed_backwards,
    "nobody_proposes_the_own_recovery": access_change(kind="FACTOR", proposed_by="pkd"),
    "access_change_decided_when": access_change(outcome="REFUSED"),
    "access_change_confirmed_by_a_second_person": access_change(outcome="CONFIRMED", decided_by="admin"),
    "opening_hours_in_order": lambda s: OpeningHours.objects.filter(weekday=0).update(closes=dt.time(6)),
    "season_in_order": lambda s: Season.objects.create(
        name="Ramadan", since=dt.date(2027, 3, 9), until=dt.date(2027, 2, 8)
    ),
    "one_set_of_ordinary_hours": lambda s: hours_again(),
    "one_set_of_hours_in_a_season": lambda s: [hours_again(season=a_season()) for _ in range(2)],
    "retention_of_at_least_a_year": lambda s: RetentionRule.objects.create(
        kind="REQUEST", active_years=0, inactive_years=0
    ),
    # the case
    "only_ended_cases_are_anonymised": at(State.HELD, anonymised_at=clock.now()),
    "deletion_asked_only_of_ended_cases": at(State.HELD, deletion_asked_at=clock.now()),
    "known_state": at(State.HELD, state="LOST"),
    "has_a_turn_while_open": lambda s: Case.objects.filter(state=State.CLOSED).update(turn="HEAD"),
    "applicant_named": at(State.SUBMITTED, material=""),
    "contact_known_unless_hidden": at(State.SUBMITTED, phone=""),
    "only_complaints_hide_who_complains": at(
        State.SUBMITTED, identity="ANONYMOUS", phone="", email="", address="", organisation=""
    ),
    "only_complaints_have_a_complaint_kind": at(State.SUBMITTED, complaint_kind="ASPIRATION"),
    "minutes_only_of_a_meeting": at(State.ASSIGNED, minutes_awaited=True),
    "scheduled_has_a_planned_time": at(State.SCHEDULED, planned_at=None),
    "other_time_only_of_a_schedule": at(State.PREPARED, other_time=clock.now()),
    # before it is a case
    "draft_of_a_known_kind": draft(kind="LOST"),
    "draft_in_a_known_language": draft(language="xx"),
    "held_draft_says_why": draft(held_at=clock.now()),
    "only_held_complaints_are_escalated": draft(
        held_at=clock.now(), held_because="Uji", escalated_at=clock.now()
    ),
    "only_complaints_are_independent": draft(is_independent=True),
    "one_draft_per_step_of_a_case": draft_of_a_step_twice,
    "draft_file_of_a_known_field": draft_file(field="lain"),
    "draft_file_of_an_accepted_type": draft_file(content_type="text/html"),
    # who complains
    "hidden_identity_is_known": lambda staff: HiddenIdentity.objects.create(
        case=a_case(State.SUBMITTED), name=""
    ),
    "reveal_says_why": lambda staff: IdentityReveal.objects.create(
        case=a_case(State.SUBMITTED), by=staff.pkd, title="Tim PKD"
    ),
    "agenda_number_from_registered_on": at(State.REGISTERED, agenda=None),
    "no_agenda_number_before_registered": at(State.REGISTERED, state=State.SUBMITTED),
    "incomplete_says_what_is_missing": at(State.INCOMPLETE, missing=""),
    "division_from_disposed_on": at(State.DISPOSED, division=None),
    "officer_from_assigned_on": at(State.ASSIGNED, officer=None),
    "closed_has_report": at(State.CLOSED, report_number=""),
    "closed_knows_its_first_closing": at(State.CLOSED, first_closed_at=None),
    "ended_early_says_why": at(State.DECLINED, end_reason=""),
    "independent_channel_is_apart": at(State.EXAMINING, visit_at=clock.now()),
    "independent_channel_is_not_erased_by_the_office": at(State.EXAMINING, retained_because="Gugatan"),
    "independent_channel_closes_with_an_outcome": at(State.EXAMINING, outcome="Belum selesai."),
    # its records
    "one_book_per_series_and_year": lambda s: [
        NumberBook.objects.create(series="AGENDA", year=2026) for _ in range(2)
    ],
    "numbers_start_at_one_or_later": lambda s: NumberBook.objects.create(series="AGENDA", year=2026, first=0),
    "agenda_number_used_once": lambda s: [AgendaEntry.objects.create(year=2026, number=7) for _ in range(2)],
    "voided_says_of_what_by_whom_when_and_why": lambda s: AgendaEntry.objects.create(
        year=2026, number=7, voided_at=clock.now()
    ),
    "entered_after_it_happened": event(happened_at=clock.now() + dt.timedelta(days=1)),
    "event_says_in_which_position": event(title=""),
    "attachment_of_an_accepted_type": attachment_of_any_type,
    # earlier answers
    "each_text_of_a_case_once_in_the_bank": advice(again=True),
    "reusable_advice_says_something": advice(topic=""),
    "reusable_advice_is_offered_after_its_review": advice(expires_on=dt.date(2027, 1, 1)),
    "frequent_question_is_answered": lambda s: Question.objects.create(
        question="Apa?", division=s.division, published_by=s.kabid
    ),
    # sessions
    "planned_session_ends_after_it_starts": spoil(Session, ends_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "session_finishes_after_it_started": spoil(Session, finished_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "written_answer_without_schedule": spoil(Session, answer="Ya."),
    "cancelled_session_says_why": spoil(Session, cancelled_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC)),
    "officer_in_one_session_at_a_time": second_running_session,
    "one_current_session_per_case": second_current_session,
    "one_session_per_half_hour": slot_twice,
    "one_session_per_room_and_half_hour": slot(),
    "slot_of_a_person_or_a_room": slot(room=None),
    "feed_of_a_person_or_a_room": lambda s: CalendarFeed.objects.create(token_hash="x", created_by=s.kabid),
    "half_hour_of_a_day": slot(half_hour=48),
    "room_only_at_the_office": lambda s: Session.objects.filter(case=a_case(State.SCHEDULED)).update(
        mode="ONLINE", room=Room.objects.create(name="Ruang Melati")
    ),
    "only_one_mail_test": lambda s: MailTest.objects.create(pk=2, recipient="x@kantor.example"),
    # absences
    "absence_ends_after_it_starts": absence(ends_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "absence_for_a_known_reason": absence(reason="LOST"),
    "absence_ended_early_by_whom_and_when": absence(ended_at=clock.now()),
    "nobody_stands_in_for_the_same_appointment": stands_in_for_itself,
    # dispositions and reports
    "ratified_by_whom_when_and_as_what": spoil(Disposition, ratified_title="Kepala Dinas"),
    "report_versions_count_up": report_again(
        version=1, number=None, accepted_by=None, accepted_at=None, accepted_title=""
    ),
    "one_accepted_report_per_case": report_again(),
    "report_number_used_once": report_again_for_another_case,
    "only_an_accepted_report_is_corrected": lambda s: Report.objects.filter(
        case=a_case(State.REPORTED)
    ).update(corrected_at=clock.now()),
    "report_holds_the_product_of_the_standard": spoil(Report, items=[]),
    "meeting_says_where_why_and_with_whom": lambda s: Meeting.objects.create(
        case=a_case(State.ASSIGNED), by=s.petugas, title="Petugas", starts_at=clock.now(), place="Aula"
    ),
    "forwarded_by_whom_and_when": spoil(Report, forwarded_at=None),
    "cosigned_by_whom_and_when": spoil(Report, cosigned_at=clock.now()),
    "accepted_by_whom_when_as_what_under_which_number": spoil(Report, accepted_title=""),
    "remark_says_something": remark_of_nothing,
    "one_follow_up_per_recommendation": followed_up_twice,
    "user_is_involved_once": involved_twice,
    "done_says_what_by_whom_and_when": spoil(FollowUp, outcome="Sudah"),
    "answer_says_what_when_and_who_recorded_it": opinion,
    # notices
    "notice_of_a_known_kind": notice(kind="LOST"),
    "only_staff_read_and_are_reminded": notice(recipient=None, read_at=clock.now()),
    "one_notice_per_step_and_recipient": notice_twice,
    "notice_of_a_step_unless_stepless": collision(kind="SESSION"),
    "one_current_notice_without_a_step": collision(),
    "notice_of_a_case_a_delegation_or_a_change": notice(case=None),
    "one_notice_per_change_and_recipient": notice_of_a_change_twice,
    "one_notice_per_delegation_and_recipient": notice_of_a_stand_in_twice,
    "one_applicant_notice_per_step": applicant_notice_twice,
    "message_by_a_known_channel": message(channel="EMAIL"),
    "message_of_a_known_status": message(status="LOST"),
    "message_rounds_count_from_one": message(round=0),
    "message_being_sent_is_claimed": message(status="SENDING"),
    "sent_message_says_when": message(status="SENT", by_hand=False),
    "unsent_message_says_why": message(status="FAILED"),
    "message_sent_by_hand_says_by_whom": message(status="SENT", sent_at=clock.now()),
    "one_message_per_notice_channel_and_round": message_twice,
    # papers
    "one_document_per_source": document(source_pk=1001),
    "document_number_used_once": document(number="1"),
    "letter_number_used_once": letter_number_twice,
    "number_entered_by_whom_and_when": document(numbered_at=clock.now()),
    "letter_has_its_number_before_its_file": document(kind="ASSIGNMENT", number=""),
    "document_has_file_size_and_hash_or_none_yet": document(sha256=""),
    "later_version_names_what_it_replaces": document(version=2),
    "revoked_document_says_why": document(revoked_at=clock.now()),
    "document_of_a_case_or_a_period": document(case=None),
    "document_says_who_issued_it": document(issuer=""),
    "period_in_order": register(since=clock.today() + dt.timedelta(days=1)),
    "register_of_a_known_kind": register(kind="LOST"),
    "only_one_publication_of_the_standard": lambda staff: StandardPublication.objects.create(pk=2),
    "signed_pledge_says_by_whom_and_when": lambda staff: StandardPublication.objects.create(
        pk=1, pledge_file="office/maklumat.pdf"
    ),
    "handover_says_to_whom_and_by_whom": handover(receiver=""),
    "handover_recorded_after_it_happened": handover(received_at=clock.now() + dt.timedelta(days=1)),
    "export_has_a_file_only_when_finished": export(file="x.csv"),
    "export_in_a_known_format": export(format="pdf"),
    "export_says_in_which_position": export(title=""),
    # the audit log
    "audit_of_a_known_act": entry(act="LOST"),
    "audit_says_which_case": entry(act="CASE"),
    "audit_without_user_of_applicants_and_failed_logins": entry(user=None),
    "audit_address_is_shortened": entry(address="203.0.113.77"),
    # the survey
    "each_element_answered_from_1_to_4": answer_box("444444444 444444445"),
    "box_of_a_quarter": answer_box("444444444", dt.date(2026, 11, 1)),
    "one_plan_item_per_element": plan_item(element="U8"),
    "plan_item_of_a_period": plan_item(since=clock.today() + dt.timedelta(days=1)),
    "plan_item_up_to_100_percent": plan_item(percent=101),
    "plan_item_says_what_and_who": plan_item(responsible=""),
    "published_period_in_order": survey_result(since=clock.today() + dt.timedelta(days=1)),
    "one_result_per_version": survey_result(version=1),
    "result_has_a_plan_and_a_publisher": survey_result(plan=""),
    # other systems
    "system_name_used_once": lambda s: [system(token_hash=str(n), **issued())(s) for n in range(2)],
    "system_token_used_once": lambda s: [
        system(name=str(n), token_hash="x", **issued())(s) for n in range(2)
    ],
    "system_may_do_something": system(reads_cases=False),
    "system_proposed_and_granted_by_two_people": lambda s: system(proposed_by=s.kadis)(s),
    "system_token_expires": system(token_hash="x"),
    "system_revoked_by_whom_and_when": lambda s: system(revoked_by=s.kadis)(s),
    "system_rate_in_bounds": system(rate=0),
    "webhook_has_a_secret": lambda s: Webhook.objects.create(system=system()(s), url="x", secret=""),
    "step_announced_once": lambda s: webhook_event()(s) and webhook_event()(s),
    "webhook_event_of_a_known_status": webhook_event(status="LOST"),
    "webhook_event_being_sent_is_claimed": webhook_event(status="SENDING"),
    "sent_webhook_event_says_when": webhook_event(status="SENT"),
    "failed_webhook_event_says_why": webhook_event(status="FAILED"),
    # the ledger
    "one_leaf_per_number": lambda staff: [leaf(number=7) for _ in range(2)],
    "leaves_are_numbered_from_one": lambda staff: leaf(number=0),
    "one_seal_per_leaf": lambda staff: [seal(days=days) for days in range(2)],
    "seal_has_a_head": lambda staff: seal(head=""),
    "one_open_disposal_per_rule": lambda s: [propose() for _ in range(2)],
    "disposal_decided_by_whom_when_and_how": lambda s: propose(decided_at=clock.now()),
    "only_an_approved_disposal_is_done": lambda s: propose(
        **decided_by(s.kadis), is_approved=False, reason="Belum.", done_at=clock.now()
    ),
    "disposal_decided_by_another_person": lambda s: propose(
        **decided_by(s.kadis), proposed_by=s.kadis, is_approved=True
    ),
    "rejected_disposal_says_why": lambda s: propose(**decided_by(s.kadis), is_approved=False),
    "breach_says_which_data_how_and_what_was_done": lambda s: report(s, disclosed=""),
    "breach_found_after_it_happened_and_told_after_it_was_found": lambda s: report(
        s, happened_at=clock.now() + dt.timedelta(hours=1)
    ),
    "breach_of_a_period": lambda s: report(s, until=clock.today() - dt.timedelta(days=1)),
    "one_erasure_per_part_of_a_row": lambda s: [
        Erasure.objects.create(disposal=disposal, part=1, key="1") for disposal in [propose()] * 2
    ],
}


def test_every_constraint_of_every_model_has_a_violation() -> None:
    assert set(VIOLATIONS) == set(CONSTRAINTS)


def test_the_database_refuses_what_breaks_a_promise(staff: Staff, subtests: pytest.Subtests) -> None:
    records.remove(connection, *records.list_tables())  # they would refuse first
    case_at(State.CLOSED, staff)
    for state in sorted(State, key=lambda state: state == State.IN_SESSION):
        case_at(state, staff)  # the officer can only be in one session, so that comes last
    for name, violate in VIOLATIONS.items():
        with subtests.test(name):
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                violate(staff)
            assert is_named(*CONSTRAINTS[name], str(refusal.value))


def is_named(model: type[models.Model], constraint: models.BaseConstraint, message: str) -> bool:
    """Return whether a message of the database names a constraint. SQLite names columns of unique ones."""
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint):
        columns = {field.name: field.column for field in model._meta.fields}
        return all(f"{model._meta.db_table}.{columns[name]}" in message for name in constraint.fields)
    return constraint.name in message


def test_no_two_cases_share_a_code_a_secret_or_a_submission(staff: Staff, subtests: pytest.Subtests) -> None:
    for field, value in (("code", "code"), ("secret_hash", "hash"), ("submission_hash", uuid.uuid4())):
        with subtests.test(field=field, value=value), undone():
            for _ in range(2):
                case_at(State.SUBMITTED, staff)

            with pytest.raises(IntegrityError), transaction.atomic():
                Case.objects.update(**{field: value})


def test_a_walk_in_cannot_be_closed_before_it_is_ratified(staff: Staff) -> None:
    case = walk_in_at(State.CLOSED, staff)

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(awaits_ratification=True)


CHANGES: dict[str, Callable[[Event], object]] = {
    "save": Event.save,
    "update": lambda event: Event.objects.update(note="lain"),
    "bulk_update": lambda event: Event.objects.bulk_update([event], ["title"]),
    "delete one": lambda event: event.delete(),
    "delete all": lambda event: Event.objects.all().delete(),
}

COLUMNS = ", ".join(str(field.column) for field in Report._meta.local_concrete_fields if field.name != "id")
STATEMENTS = {
    "update": "UPDATE consultations_event SET note = 'lain'",
    "delete": "DELETE FROM consultations_event",
    "upsert": "INSERT INTO consultations_event SELECT * FROM consultations_event WHERE true "
    "ON CONFLICT (id) DO UPDATE SET note = 'lain'",
    "replace": "INSERT OR REPLACE INTO consultations_event SELECT * FROM consultations_event",
    "truncate": "TRUNCATE consultations_event CASCADE",
    "document": "UPDATE reports_document SET issuer = 'lain'",
    "hash of a document": "UPDATE reports_document SET sha256 = 'lain' WHERE sha256 <> ''",
    "report": "UPDATE reports_report SET results = 'lain'",
    "number of a report": "UPDATE reports_report SET number = 'lain' WHERE number IS NOT NULL",
    "delete a report": "DELETE FROM reports_report",
    "replace a report by a new row": f"INSERT OR REPLACE INTO reports_report ({COLUMNS}) "  # noqa: S608
    f"SELECT {COLUMNS} FROM reports_report",
    "replace an accepted report by a draft": "UPDATE OR REPLACE reports_report "
    "SET number = (SELECT max(number) FROM reports_report), accepted_at = at, accepted_by_id = by_id, "
    "accepted_title = title WHERE number IS NULL",
    "replace a document by another": "UPDATE OR REPLACE reports_document "
    "SET rowid = (SELECT min(rowid) FROM reports_document)",
    "appointment": "UPDATE office_appointment SET starts = '2020-01-01'",
    "delete an appointment": "DELETE FROM office_appointment",
    "look at an identity": "UPDATE consultations_identityreveal SET reason = 'lain'",
    "log of exports": "DELETE FROM reports_export",
    "audit log": "UPDATE audit_auditentry SET target = 'lain'",
    "delete the audit log": "DELETE FROM audit_auditentry",
    "empty the audit log": "TRUNCATE audit_auditentry",
    "replace the audit log": "INSERT OR REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry",
    "user of an appointment": "UPDATE office_appointment SET user_id = (SELECT max(id) FROM office_user)",
    "position of an appointment": "UPDATE office_appointment SET position_id = "
    "(SELECT max(id) FROM office_position)",
    "appointment that was ended": "UPDATE office_appointment SET ended_at = NULL, ended_by_id = NULL "
    "WHERE ended_at IS NOT NULL",
}


def history() -> list[tuple[Any, ...]]:
    return list(Event.objects.order_by("pk").values_list())


def test_no_event_is_changed_or_deleted_through_the_orm(staff: Staff, subtests: pytest.Subtests) -> None:
    case_at(State.REGISTERED, staff)
    before = history()
    for name, change in CHANGES.items():
        with subtests.test(name):
            with pytest.raises(DatabaseError, match="history is append-only"), transaction.atomic():
                change(Event.objects.latest("pk"))
            assert history() == before


def test_no_record_is_changed_or_deleted_through_sql(staff: Staff, subtests: pytest.Subtests) -> None:
    other = " OR REPLACE " if connection.vendor == "postgresql" else "TRUNCATE"
    case = case_at(State.CLOSED, staff)
    create_file(case.documents.earliest("issued_at"))
    case.identity_reveals.create(by=staff.petugas, title="Petugas", reason="Menelepon")
    case_at(State.REPORTED, staff)
    export()(staff)
    record(Act.LOGIN, by=staff.kadis)
    staff.expired.appointments.update(ended_at=clock.now(), ended_by=staff.kadis)

    connection.check_constraints()  # PostgreSQL truncates nothing while foreign keys are unchecked
    for name, statement in STATEMENTS.items():
        refusal = pytest.raises(DatabaseError, match="history is append-only")
        if other not in statement:  # of the other database
            with subtests.test(name), refusal, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_a_case_with_a_history_cannot_be_deleted(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)

    with pytest.raises(models.ProtectedError):
        case.delete()
