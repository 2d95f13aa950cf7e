"""The guarantees of the database: every constraint is violated once, and the history cannot be changed."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record
from consultations.enums import State
from consultations.faq.models import Question
from consultations.intake.models import DraftFile, RequestDraft
from consultations.models import (
    AgendaEntry,
    Attachment,
    Case,
    CaseNote,
    DataCorrection,
    Event,
    GivenRequirement,
    HiddenIdentity,
    IdentityReveal,
    NumberBook,
    StepDraft,
)
from consultations.scheduling.models import Absence, CalendarFeed, Delegation, Session, Slot
from consultations.scheduling.queries import current_session
from dispositions.models import Disposition, Meeting, Minutes, Opinion, RelayedOrder, Transfer
from documents.models import Document, Handover, PaperEvent, PaperRule, Register, StandingOrder
from documents.types import TYPES_BY_KIND
from exchange.models import System, Webhook, WebhookEvent
from kit import clock, records
from notices.models import Notice, PushSubscription
from office.models import (
    AccessChange,
    ClassificationCode,
    FactorRequirement,
    Office,
    OpeningHours,
    Position,
    Requirement,
    RetentionRule,
    Role,
    Room,
    Season,
    StandardPublication,
    StandardStep,
    User,
)
from operations.setup.models import MailTest
from reports.models import Enquiry, Export, FollowUp, Remark, Report, ReusableAdvice
from reports.surveys.models import AnswerBox, PlanItem, Publication
from tests.factories import Staff, appoint, case_at, walk_in_at
from tests.shared_data import each
from trust.privacy.models import ArchiveTransfer, ArchiveTransferItem, Breach, Disposal, DisposalAct
from trust.record.entries import chain_entries
from trust.record.models import Entry

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


def add(model: type[models.Model], /, **columns: Any) -> Callable[[Staff], Any]:
    """Add a row that is sound but for these columns."""
    return lambda staff: model._default_manager.create(**{**SOUND[model](staff), **columns})


def add_two(model: type[models.Model], /, **columns: Any) -> Callable[[Staff], Any]:
    """Add a sound row and another that differs from it in these columns."""
    return lambda staff: [add(model)(staff), add(model, **{**OTHER.get(model, {}), **columns})(staff)]


def add_again(row: models.Model, /, **columns: Any) -> None:
    """Add another row with the columns of this one, but for these."""
    for column, value in {"pk": None, **columns}.items():
        setattr(row, column, value)
    row.save(force_insert=True)


ADVICE = {"kind": "ADVICE", "text": "Usulkan.", "topic": "BPJS"}
BREACH = {"disclosed": "Nama", "cause": "Salah kirim", "handling": "Ditarik", "title": "Kepala Dinas"}
PAPER = {"kind": "REPORT", "issuer": "Kepala Dinas", "source_pk": 1001, "number": "1"}
FILE = {"file": "a.pdf", "size": 1, "sha256": "0" * 64}
DRAFT_FILE = {"field": "letter", "content_type": "application/pdf", "size": 1}
CHANGE = {"kind": "CLOSE_ACCOUNT"}
EVENT = {"number": 1, "verb": "submit", "title": "Pemohon", "target": State.SUBMITTED}
GIVEN = {"way": "WORD", "given_title": "Kepala Dinas", "entered_title": "Sekretariat"}
OPINION = {"agency": "A", "question": "B"}
PLAN_ITEM = {"element": "U8", "action": "Tambah kursi.", "responsible": "Sekretariat"}
RESULT = {"figures": {}, "plan": "Perbaiki ruang tunggu.", "title": "Tim PKD"}
TRANSFER = {"institution": "Inspektorat", "reason": "Wewenangnya.", "title": "Kepala Dinas"}
SYSTEM = {"name": "SIMDA", "contact": "Dinas Uji", "reads_cases": True}


ACT = {"number": 1, "verb": "appoint", "title": "Tim PKD", "letter": "1", "issuer": "Kepala Dinas"}
ACT |= {"text": "Ani Uji", "file": "surat.pdf", "sha256": "0" * 64}
EXECUTION = {"number": 5, "verb": "execute", "law_witness": "A", "law_title": "B"}
RECEIVED = {"received_by": "A", "received_title": "B", "letter": "1", "file": "x", "sha256": "0" * 64}


def received(staff: Staff, **columns: Any) -> dict[str, Any]:
    by = {"done_by": staff.pkd, "done_title": "Tim PKD", "done_at": clock.now(), "is_done": True}
    return {**RECEIVED, **by, "dated": clock.today(), **columns}


def at_now(*columns: str) -> dict[str, dt.datetime]:
    return dict.fromkeys(columns, clock.now())


def period() -> dict[str, dt.date]:
    return {"since": clock.today(), "until": clock.today()}


def by_officer(staff: Staff, column: str) -> dict[str, Any]:
    return {"case": a_case(State.ASSIGNED), column: staff.petugas}


def absence(staff: Staff) -> dict[str, Any]:
    times = {"starts_at": clock.now(), "ends_at": clock.now() + dt.timedelta(days=1)}
    return {"person": staff.petugas, "entered_by": staff.petugas, "reason": "SICK", **times}


SOUND: dict[type[models.Model], Callable[[Staff], dict[str, Any]]] = {
    Absence: absence,
    AccessChange: lambda s: {**CHANGE, "user": s.pkd, "proposed_by": s.admin, **at_now("expires_at")},
    AgendaEntry: lambda s: {"year": 2026, "number": 7},
    AnswerBox: lambda s: {"quarter": dt.date(2026, 10, 1), "answers": "444444444"},
    Attachment: lambda s: {
        "case": a_case(State.SUBMITTED),
        "purpose": "PHOTO",
        "file": "x",
        "name": "x.png",
        "content_type": "image/png",
        "size": 1,
    },
    AuditEntry: lambda s: {"act": "LOGIN", "user": s.kadis},
    Breach: lambda s: {**BREACH, **period(), **at_now("happened_at", "found_at", "at"), "by": s.kadis},
    Delegation: lambda s: {
        "absence": add(Absence)(s),
        "source": s.kadis.appointments.get(),
        "by": s.kadis,
        "appointment": s.kabid.appointments.get(),
    },
    DisposalAct: lambda s: {**ACT, "disposal": add(Disposal)(s), "by": s.pkd, "dated": clock.today()},
    Disposal: lambda s: {"rule": "REQUEST", "before": clock.today(), "rows": 0, "proposed_title": "Tim PKD"},
    Document: lambda s: {**PAPER, **FILE, "case": a_case(State.SUBMITTED), **at_now("issued_at")},
    DraftFile: lambda s: {**DRAFT_FILE, "draft": add(RequestDraft)(s)},
    Enquiry: lambda s: {"case": a_case(State.CLOSED), "question": "Bagaimana?"},
    Event: lambda s: {**EVENT, "case": a_case(State.SUBMITTED), **at_now("happened_at", "entered_at")},
    Export: lambda s: {"table": "permohonan", "format": "csv", "title": "Tim PKD", "by": s.pkd},
    Handover: lambda s: {
        "receiver": "Ani Uji",
        "by": s.sekretariat,
        "title": "Sekretariat",
        "received_at": clock.now(),
        "document": a_case(State.DISPOSED).documents.latest("issued_at"),
    },
    Notice: lambda s: {"case": a_case(State.REGISTERED), "kind": "COLLISION", "recipient": s.petugas},
    NumberBook: lambda s: {"series": "AGENDA", "year": 2026},
    Opinion: lambda s: {**OPINION, "due": clock.today(), **by_officer(s, "asked_by")},
    PaperEvent: lambda s: {
        "document": a_case(State.SCHEDULED).documents.get(kind="ASSIGNMENT"),
        "verb": "print",
        "by": s.pkd,
        "title": "Tim PKD",
        "source": "SIGNATURE",
        "target": "SIGNATURE",
    },
    PaperRule: lambda s: {"kind": "SCHEDULE"},
    PlanItem: lambda s: {**PLAN_ITEM, **period(), "due": clock.today()},
    Publication: lambda s: {**RESULT, **period(), "by": s.pkd},
    Register: lambda s: {"kind": "RECAP", "title": "Tim PKD", "by": s.pkd, **period()},
    RequestDraft: lambda s: {"token_hash": uuid.uuid4(), "kind": "CONSULTATION", "language": "id"},
    RelayedOrder: lambda s: {
        **GIVEN,
        **at_now("given_at", "entered_at"),
        "case": a_case(State.CLOSED),
        "disposition": Disposition.objects.filter(case=a_case(State.CLOSED)).latest("pk"),
        "given_by": s.kadis,
        "entered_by": s.sekretariat,
    },
    ReusableAdvice: lambda s: {**ADVICE, "division": s.division, **by_officer(s, "proposed_by")},
    Transfer: lambda s: {**TRANSFER, "case": a_case(State.DECLINED), "by": s.kadis},
    ArchiveTransfer: lambda s: {
        "kind": "MOVE",
        "rows": 1,
        "receiver": "Unit Kearsipan",
        "by": s.pkd,
        "title": "A",
    },
    ArchiveTransferItem: lambda s: {
        "transfer": add(ArchiveTransfer)(s),
        "kind": "MOVE",
        "case": a_case(State.CLOSED),
    },
    Slot: lambda s: {
        "session": current_session(a_case(State.SCHEDULED)),
        "day": clock.today(),
        "half_hour": 18,
        "room": Room.objects.get_or_create(name="Ruang Melati")[0],
    },
    StandingOrder: lambda s: {
        "kind": "SCHEDULE",
        "signer": "DIVISION_HEAD",
        "number": "800/1",
        "dated": clock.today(),
        "by": s.kadis,
        "title": "Kepala Dinas",
    },
    CaseNote: lambda s: {"case": a_case(State.HELD), "by": s.petugas, "text": "x"},
    StepDraft: lambda s: {"case": a_case(State.HELD), "verb": "report", "by": s.petugas},
    System: lambda s: {"official": s.kadis, "proposed_by": s.admin, **SYSTEM},
    WebhookEvent: lambda s: {
        "webhook": Webhook.objects.first() or Webhook.objects.create(system=add(System)(s), secret="x"),
        "event": Event.objects.earliest("pk"),
    },
}
"""Columns of a sound row of each table."""

OTHER: dict[type[models.Model], dict[str, Any]] = {
    Document: {"source_pk": 1002, "number": "2"},
    PlanItem: {"element": "U1"},
    Publication: {"version": 2},
    System: {"name": "SIMPEG"},
}
"""What distinguishes a second sound row from the first."""


def issued() -> dict[str, dt.datetime]:
    return {"issued_at": clock.now(), "expires_at": clock.now() + dt.timedelta(days=1)}


def decided_by(user: User) -> dict[str, Any]:
    return {"decided_by": user, "decided_title": "Kepala Dinas", "decided_at": clock.now()}


def answered_by(user: User) -> dict[str, Any]:
    answer = {"answered_title": "Kepala Dinas", "is_ratified": True}
    return {"answered_by": user, **answer, **at_now("answered_at")}


def backwards() -> dict[str, dt.date]:
    return {"starts": clock.today(), "ends": clock.today() - dt.timedelta(days=1)}


def hours_again(season: Season | None = None) -> None:
    """Add hours for Monday, as the office has them already."""
    add_again(OpeningHours.objects.get(weekday=0, season=None), season=season)


def hours_of_a_season_twice(staff: Staff) -> None:
    season = Season.objects.create(name="Ramadan", since=dt.date(2027, 2, 8), until=dt.date(2027, 3, 9))
    for _ in range(2):
        hours_again(season)


def report_again(**columns: Any) -> Callable[[Staff], object]:
    """Add another version to a closed case's report."""
    more = {"number": "lain", "version": 2, **columns}
    return lambda staff: add_again(Report.objects.get(case=a_case(State.CLOSED)), **more)


def report_again_for_another_case(staff: Staff) -> None:
    case, other = Case.objects.filter(state=State.CLOSED)
    Report.objects.filter(case=case).update(number=other.report_number)


def letter_number_twice(staff: Staff) -> None:
    first = Document.objects.get(case=a_case(State.SCHEDULED), kind="ASSIGNMENT")
    Document.objects.filter(pk=first.pk).update(number="400.9/1/X/2026")
    same = {"case": first.case, "number": "400.9/1/X/2026"}
    add(Document, **same, kind="REJECTION", version=2, replaces=first)(staff)


def followed_up_twice(staff: Staff) -> None:
    row = a_case(State.CLOSED).follow_ups.get()
    FollowUp.objects.create(case=row.case, report=row.report, position=row.position, text="Sekali lagi")


def slot_twice(staff: Staff) -> None:
    taken = Slot.objects.filter(session=current_session(a_case(State.SCHEDULED))).first()
    assert taken
    other = Session.objects.create(case=a_case(State.PREPARED), officer=staff.petugas)
    add_again(taken, session=other)


def notice(**columns: Any) -> Callable[[Staff], object]:
    """Spoil the one notice to the head that a registered case has."""
    return lambda staff: a_case(State.REGISTERED).notices.filter(kind="TO_DISPOSE").update(**columns)


def notices_of(owner: Any, kind: str, staff: Staff) -> None:
    """Add the same notice twice."""
    for _ in range(2):
        owner.notices.create(kind=kind, recipient=staff.kadis)


def message(**columns: Any) -> Callable[[Staff], object]:
    """Spoil the WhatsApp message to the applicant of an incomplete request."""
    return lambda staff: applicant_notice().messages.update(**columns)


def subscription(**owner: Any) -> PushSubscription:
    return PushSubscription.objects.create(endpoint="https://push.example/1", keys={}, **owner)


def applicant_notice() -> Notice:
    return a_case(State.INCOMPLETE).notices.get(kind="INCOMPLETE")


VIOLATIONS: dict[str, Callable[[Staff], object]] = {
    # office
    "one_account_for_each_nip": lambda s: User.objects.update(nip="1" * 18),
    "office_of_a_known_colour": lambda s: Office.objects.update(colour="PINK"),
    "menu_of_a_known_level": lambda s: Office.objects.update(menu_level=4),
    "pattern_tells_numbers_and_years_apart": lambda s: Office.objects.update(number_pattern="{number}"),
    "code_has_a_name": lambda s: ClassificationCode.objects.create(code="400.9"),
    "only_one_office": lambda s: Office.objects.create(pk=2, name="Dinas kedua"),
    "division_where_the_role_needs_one": lambda s: Position.objects.create(title="X", role=Role.OFFICER),
    "appointment_ends_after_it_starts": lambda s: s.kadis.appointments.update(**backwards()),
    "appointment_ended_early_by_whom_and_when": lambda s: s.kadis.appointments.update(ended_at=clock.now()),
    "order_has_number_and_date": lambda s: appoint(s.kabid, Role.HEAD, acting="Plh.", order_number="7"),
    "proposed_order_has_number_and_date": lambda s: add(
        AccessChange,
        kind="APPOINT",
        position=s.kadis.appointments.get().position,
        starts=clock.today(),
        order_date=clock.today(),
    )(s),
    "grace_of_at_most_90_days": lambda s: FactorRequirement.objects.create(role="HEAD", grace_days=91),
    "access_change_says_what": add(AccessChange, kind="APPOINT"),
    "appointment_proposed_in_order": lambda s: add(
        AccessChange, kind="APPOINT", position=s.pkd.appointments.get().position, **backwards()
    )(s),
    "nobody_proposes_the_own_recovery": lambda s: add(AccessChange, kind="FACTOR", proposed_by=s.pkd)(s),
    "access_change_decided_when": add(AccessChange, outcome="REFUSED"),
    "access_change_confirmed_by_a_second_person": lambda s: add(
        AccessChange, outcome="CONFIRMED", decided_by=s.admin, decided_at=clock.now()
    )(s),
    "opening_hours_in_order": lambda s: OpeningHours.objects.filter(weekday=0).update(closes=dt.time(6)),
    "season_in_order": lambda s: Season.objects.create(
        name="Ramadan", since=dt.date(2027, 3, 9), until=dt.date(2027, 2, 8)
    ),
    "one_set_of_ordinary_hours": lambda s: hours_again(),
    "one_set_of_hours_in_a_season": hours_of_a_season_twice,
    "one_retention_of_a_class": lambda s: [
        RetentionRule.objects.create(kind="REQUEST", active_years=1, inactive_years=1) for _ in range(2)
    ],
    "only_cases_are_retained_by_class": lambda s: RetentionRule.objects.create(
        kind="FILES", classification="400", active_years=1, inactive_years=1
    ),
    "fate_that_the_kind_can_have": lambda s: RetentionRule.objects.create(
        kind="AUDIT", fate="PERMANENT", active_years=1, inactive_years=1
    ),
    "retention_of_at_least_a_year": lambda s: RetentionRule.objects.create(
        kind="REQUEST", active_years=0, inactive_years=0
    ),
    # the case
    "only_ended_cases_are_anonymised": at(State.HELD, anonymised_at=clock.now()),
    "asked_again_only_about_an_answer": at(State.HELD, asked_again_at=clock.now()),
    "deletion_asked_only_of_ended_cases": at(State.HELD, deletion_asked_at=clock.now()),
    "deletion_granted_only_if_asked": at(State.CLOSED, deletion_granted_at=clock.now()),
    "erased_only_if_granted": at(State.CLOSED, deletion_asked_at=clock.now(), erase_at=clock.now()),
    "known_state": at(State.HELD, state="LOST"),
    "one_open_item_of_a_kind": lambda s: add_again(a_case(State.HELD).work_items.open().steps().get()),
    "work_done_by_somebody_is_done": lambda s: a_case(State.HELD).work_items.open().update(done_by=s.petugas),
    "person_waited_for_is_named": lambda s: a_case(State.HELD).work_items.open().update(user=None),
    "division_waited_for_is_named": lambda s: a_case(State.HELD).work_items.open().update(division=None),
    "has_a_turn_while_open": lambda s: Case.objects.filter(state=State.CLOSED).update(turn="HEAD"),
    "applicant_named": at(State.SUBMITTED, material=""),
    "contact_known_unless_hidden": at(State.SUBMITTED, phone=""),
    "answered_by_post_without_phone_and_email": at(State.SUBMITTED, by_post=True),
    "helper_is_named_with_relation": at(State.SUBMITTED, filled_by="Budi"),
    "forwarded_says_by_whom": at(State.SUBMITTED, channel="FORWARD"),
    "only_complaints_hide_who_complains": at(
        State.SUBMITTED, identity="ANONYMOUS", phone="", email="", address="", organisation=""
    ),
    "merged_only_as_the_end": at(State.SUBMITTED, merged_into=models.F("pk")),
    "passed_on_only_as_the_end": at(State.REGISTERED, passed_to="Inspektorat"),
    "only_complaints_have_a_complaint_kind": at(State.SUBMITTED, complaint_kind="ASPIRATION"),
    "minutes_only_of_a_meeting": at(State.ASSIGNED, minutes_awaited=True),
    "required_review_written_before_the_session": at(State.HELD, review_awaited=True, needs_review=True),
    "scheduled_has_a_planned_time": at(State.SCHEDULED, planned_at=None),
    "other_time_only_of_a_schedule": at(State.PREPARED, other_time=clock.now()),
    # before it is a case
    "draft_of_a_known_kind": add(RequestDraft, kind="LOST"),
    "draft_in_a_known_language": add(RequestDraft, language="xx"),
    "held_draft_says_why": add(RequestDraft, held_at=clock.now()),
    "only_held_complaints_are_escalated": add(
        RequestDraft, held_at=clock.now(), held_because="Uji", escalated_at=clock.now()
    ),
    "only_complaints_are_independent": add(RequestDraft, is_independent=True),
    "one_draft_per_step_of_a_case": add_two(StepDraft),
    "note_says_something": add(CaseNote, text=""),
    "draft_file_of_a_known_field": add(DraftFile, field="lain"),
    "draft_file_of_an_accepted_type": add(DraftFile, content_type="text/html"),
    # who complains
    "hidden_identity_is_known": lambda staff: HiddenIdentity.objects.create(
        case=a_case(State.SUBMITTED), name=""
    ),
    "correction_says_what_and_by_whom": lambda staff: DataCorrection.objects.create(
        case=a_case(State.SUBMITTED), by=staff.pkd, title="", corrected="phone", sha256="0" * 64
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
    "ended_knows_its_first_end": at(State.DECLINED, first_ended_at=None),
    "ended_early_says_why": at(State.DECLINED, end_reason=""),
    "only_complaints_are_about_a_refusal": lambda s: at(
        State.DECLINED, complains_of=case_at(State.DECLINED, s)
    )(s),
    "independent_channel_is_apart": at(State.EXAMINING, visit_at=clock.now()),
    "independent_channel_is_not_erased_by_the_office": at(State.EXAMINING, retained_because="Gugatan"),
    "independent_channel_closes_with_an_outcome": at(State.EXAMINING, outcome="Belum selesai."),
    # its records
    "one_book_per_series_and_year": add_two(NumberBook),
    "numbers_start_at_one_or_later": add(NumberBook, first=0),
    "agenda_number_used_once": add_two(AgendaEntry),
    "office_number_entered_by_whom_and_when": add(AgendaEntry, office_number="9"),
    "voided_says_of_what_by_whom_when_and_why": add(AgendaEntry, voided_at=clock.now()),
    "entered_after_it_happened": add(Event, happened_at=clock.now() + dt.timedelta(days=1)),
    "event_says_in_which_position": add(Event, title=""),
    "attachment_of_an_accepted_type": lambda s: Attachment.objects.create(
        case=a_case(State.SUBMITTED), file="x", name="x.html", content_type="text/html", size=1
    ),
    "removal_says_when_and_by_whom": add(Attachment, file="", **at_now("removed_at")),
    "only_files_of_a_session_are_removed": lambda s: add(
        Attachment, file="x", removed_by=s.petugas, **at_now("removed_at")
    )(s),
    "inert_copy_has_its_hash": add(Attachment, inert_copy="x"),
    # earlier answers
    "each_text_of_a_case_once_in_the_bank": add_two(ReusableAdvice),
    "reusable_advice_says_something": add(ReusableAdvice, topic=""),
    "reusable_advice_is_offered_after_its_review": add(ReusableAdvice, expires_on=dt.date(2027, 1, 1)),
    "frequent_question_is_answered": lambda s: Question.objects.create(
        question="Apa?", division=s.division, published_by=s.kabid
    ),
    # sessions
    "planned_session_ends_after_it_starts": spoil(Session, ends_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "session_finishes_after_it_started": spoil(Session, finished_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "written_answer_without_schedule": spoil(Session, answer="Ya."),
    "cancelled_session_says_why": spoil(Session, cancelled_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC)),
    "arrival_says_who_noted_it_and_when_the_guest_came": spoil(Session, arrival="CAME"),
    "officer_in_one_session_at_a_time": lambda s: Session.objects.create(
        case=a_case(State.PREPARED), officer=s.petugas, started_at=clock.now()
    ),
    "one_current_session_per_case": lambda s: Session.objects.create(
        case=a_case(State.HELD), officer=s.petugas
    ),
    "one_session_per_half_hour": slot_twice,
    "one_session_per_room_and_half_hour": add_two(Slot),
    "slot_of_a_person_or_a_room": add(Slot, room=None),
    "feed_of_a_person_or_a_room": lambda s: CalendarFeed.objects.create(token_hash="x", created_by=s.kabid),
    "half_hour_of_a_day": add(Slot, half_hour=48),
    "room_only_at_the_office": lambda s: Session.objects.filter(case=a_case(State.SCHEDULED)).update(
        mode="ONLINE", room=Room.objects.create(name="Ruang Melati")
    ),
    "only_one_mail_test": lambda s: MailTest.objects.create(pk=2, recipient="x@kantor.example"),
    # absences
    "absence_ends_after_it_starts": add(Absence, ends_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "absence_for_a_known_reason": add(Absence, reason="LOST"),
    "absence_ended_early_by_whom_and_when": add(Absence, ended_at=clock.now()),
    "nobody_stands_in_for_the_same_appointment": lambda s: add(
        Delegation, appointment=s.kadis.appointments.get()
    )(s),
    # dispositions and reports
    "ratified_by_whom_when_and_as_what": spoil(Disposition, ratified_title="Kepala Dinas"),
    "relayed_one_decision": add(RelayedOrder, disposition=None),
    "relayed_paper_has_its_sheet": add(RelayedOrder, way="PAPER"),
    "relayed_after_it_was_given": add(RelayedOrder, given_at=clock.now() + dt.timedelta(days=1)),
    "relayed_by_another": lambda s: add(RelayedOrder, given_by=s.sekretariat)(s),
    "answered_by_another": lambda s: add(RelayedOrder, **answered_by(s.sekretariat))(s),
    "answered_by_whom_when_and_how": lambda s: add(
        RelayedOrder, **{**answered_by(s.kadis), "is_ratified": None}
    )(s),
    "unratified_assignment_has_an_officer": at(State.DISPOSED, assignment_unratified=True),
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
    "minutes_say_who_led_as_what_until_when": lambda s: Minutes.objects.create(
        meeting=Meeting.objects.create(
            case=a_case(State.ASSIGNED),
            by=s.petugas,
            title="Petugas",
            starts_at=clock.now(),
            place="Aula",
            agenda="Data",
            invited="Dinas Contoh",
        ),
        by=s.petugas,
        title="Petugas",
        led_by=s.kabid,
        ended_at=clock.now(),
        attendees="Siti",
        discussion="Dibahas.",
        conclusion="Dipadankan.",
    ),
    "forwarded_by_whom_and_when": spoil(Report, forwarded_at=None),
    "cosigned_by_whom_and_when": spoil(Report, cosigned_at=clock.now()),
    "accepted_by_whom_when_as_what_under_which_number": spoil(Report, accepted_title=""),
    "remark_says_something": lambda s: Remark.objects.create(
        report=a_case(State.REPORTED).reports.get(), section="results", by=s.kabid, title="Kepala Bidang"
    ),
    "one_follow_up_per_recommendation": followed_up_twice,
    "user_is_involved_once": lambda s: a_case(State.ASSIGNED).involvements.create(user=s.petugas),
    "one_unanswered_enquiry_per_case": add_two(Enquiry),
    "enquiry_asks_something": add(Enquiry, question=""),
    "enquiry_answered_by_whom_and_when": add(Enquiry, answer="Ya."),
    "done_says_what_by_whom_and_when": spoil(FollowUp, outcome="Sudah"),
    "answer_says_what_when_and_who_recorded_it": add(Opinion, answer="Tanpa tanggal"),
    "receipt_says_who_when_and_as_what": add(Transfer, receiver_name="Rina Contoh"),
    "only_staff_read_and_are_reminded": notice(recipient=None, read_at=clock.now()),
    "one_notice_per_step_and_recipient": lambda s: add_again(
        a_case(State.REGISTERED).notices.get(kind="TO_DISPOSE")
    ),
    "notice_of_a_step_unless_stepless": add(Notice, kind="SESSION"),
    "one_current_notice_without_a_step": add_two(Notice),
    "reminder_says_who_sent_it": notice(kind="REMINDER"),
    "notice_of_a_case_a_delegation_or_a_change": notice(case=None),
    "one_notice_per_change_and_recipient": lambda s: notices_of(add(AccessChange)(s), "ACCESS_PROPOSED", s),
    "one_notice_per_delegation_and_recipient": lambda s: notices_of(add(Delegation)(s), "STANDS_IN", s),
    "one_applicant_notice_per_step": lambda s: add_again(applicant_notice()),
    "message_by_a_known_channel": message(channel="EMAIL"),
    "message_of_a_known_status": message(status="LOST"),
    "message_rounds_count_from_one": message(round=0),
    "message_being_sent_is_claimed": message(status="SENDING"),
    "sent_message_says_when": message(status="SENT", by_hand=False),
    "unsent_message_says_why": message(status="FAILED"),
    "message_sent_by_hand_says_by_whom": message(status="SENT", sent_at=clock.now()),
    "one_message_per_notice_channel_and_round": lambda s: add_again(
        applicant_notice().messages.get(), key=uuid.uuid4()
    ),
    "push_subscription_of_a_user_or_a_case": lambda s: subscription(user=s.kadis, case=a_case(State.CLOSED)),
    "one_push_subscription_per_user": lambda s: [subscription(user=s.kadis) for _twice in range(2)],
    "one_push_subscription_per_case": lambda s: [subscription(case=a_case(State.CLOSED)) for _twice in "12"],
    # papers
    "one_version_per_source": add_two(Document, source_pk=1001),
    "document_number_used_once": add_two(Document, number="1"),
    "letter_number_used_once": letter_number_twice,
    "number_entered_by_whom_and_when": add(Document, number="", numbered_at=clock.now()),
    "letter_has_its_number_before_its_file": add(Document, kind="ASSIGNMENT", number=""),
    "document_has_file_size_and_hash_or_none_yet": add(Document, sha256=""),
    "later_version_names_what_it_replaces": add(Document, version=2),
    "revoked_document_says_why": add(Document, revoked_at=clock.now()),
    "document_of_a_case_or_a_period": add(Document, case=None),
    "document_says_who_issued_it": add(Document, issuer=""),
    "paper_signed_by_whom_when_and_how": add(Document, way="HAND"),
    "paper_in_a_superiors_name_is_signed": add(Document, signer_role="HEAD"),
    "signer_answers_for_a_scan_once": add(Document, confirmed_at=clock.now()),
    "waiting_paper_says_whose_turn": add(Document, turn="HEAD"),
    "printed_original_has_hash_and_moment": add(Document, original_sha256="0"),
    "printed_paper_names_its_signer": add(Document, printed_title="Kepala Dinas"),
    "one_standing_order_per_kind": add_two(StandingOrder),
    "standing_order_for_deputies": add(StandingOrder, signer="OFFICER"),
    "standing_order_is_written": add(StandingOrder, number=""),
    "standing_order_ended_by_whom_and_when": add(StandingOrder, ended_at=clock.now()),
    "paper_event_says_in_which_position": add(PaperEvent, title=""),
    "period_in_order": add(Register, since=clock.today() + dt.timedelta(days=1)),
    "only_one_publication_of_the_standard": lambda staff: StandardPublication.objects.create(pk=2),
    "signed_pledge_says_by_whom_and_when": lambda staff: StandardPublication.objects.create(
        pk=1, pledge_file="office/maklumat.pdf"
    ),
    "given_requirement_says_which": lambda staff: GivenRequirement.objects.create(
        case=a_case(State.SUBMITTED), text=""
    ),
    "standard_step_of_a_known_stage": lambda staff: StandardStep.objects.create(
        number=1, text="Langkah", stage=10
    ),
    "standard_step_without_stage_has_a_title": lambda staff: StandardStep.objects.create(
        number=1, text="Langkah"
    ),
    "requirement_asks_for_something_known": lambda staff: Requirement.objects.create(
        number=1, text="KTP", asks="LOST"
    ),
    "handover_says_to_whom_and_by_whom": add(Handover, receiver=""),
    "handover_recorded_after_it_happened": add(Handover, received_at=clock.now() + dt.timedelta(days=1)),
    "export_has_a_file_only_when_finished": add(Export, file="x.csv"),
    "export_in_a_known_format": add(Export, format="pdf"),
    "export_says_in_which_position": add(Export, title=""),
    # the audit log
    "audit_of_a_known_act": add(AuditEntry, act="LOST"),
    "audit_says_which_case": add(AuditEntry, act="CASE"),
    "audit_without_user_of_applicants_and_failed_logins": add(AuditEntry, user=None),
    "audit_address_is_shortened": add(AuditEntry, address="203.0.113.77"),
    # the survey
    "each_element_answered_from_1_to_4": add(AnswerBox, answers="444444444 444444445"),
    "one_box_per_quarter_and_service": add_two(AnswerBox, answers="333333333"),
    "box_of_a_quarter": add(AnswerBox, quarter=dt.date(2026, 11, 1)),
    "one_plan_item_per_element": add_two(PlanItem, element="U8"),
    "plan_item_of_a_period": add(PlanItem, since=clock.today() + dt.timedelta(days=1)),
    "plan_item_up_to_100_percent": add(PlanItem, percent=101),
    "plan_item_says_what_and_who": add(PlanItem, responsible=""),
    "published_period_in_order": add(Publication, since=clock.today() + dt.timedelta(days=1)),
    "one_result_per_version": add_two(Publication, version=1),
    "result_has_a_plan_and_a_publisher": add(Publication, plan=""),
    # other systems
    "system_name_used_once": add_two(System, name="SIMDA"),
    "system_token_used_once": lambda s: [
        add(System, name=str(n), token_hash="x", **issued())(s) for n in range(2)
    ],
    "system_may_do_something": add(System, reads_cases=False),
    "system_proposed_and_granted_by_two_people": lambda s: add(System, proposed_by=s.kadis)(s),
    "system_token_expires": add(System, token_hash="x"),
    "system_revoked_by_whom_and_when": lambda s: add(System, revoked_by=s.kadis)(s),
    "system_rate_in_bounds": add(System, rate=0),
    "webhook_address_used_once": lambda s: [
        Webhook.objects.create(system=system, url="x", secret="x") for system in [add(System)(s)] * 2
    ],
    "webhook_has_a_secret": lambda s: Webhook.objects.create(system=add(System)(s), url="x", secret=""),
    "step_announced_once": add_two(WebhookEvent),
    "webhook_event_of_a_known_status": add(WebhookEvent, status="LOST"),
    "webhook_event_being_sent_is_claimed": add(WebhookEvent, status="SENDING"),
    "sent_webhook_event_says_when": add(WebhookEvent, status="SENT"),
    "failed_webhook_event_says_why": add(WebhookEvent, status="FAILED"),
    # lists of records
    "one_open_disposal_per_rule": add_two(Disposal),
    "disposal_decided_by_whom_when_and_how": add(Disposal, decided_at=clock.now()),
    "only_an_approved_disposal_is_done": lambda s: add(
        Disposal, **decided_by(s.kadis), is_approved=False, reason="Belum.", done_at=clock.now()
    )(s),
    "only_a_request_is_stopped": add(Disposal, stopped_at=clock.now()),
    "disposal_decided_by_another_person": lambda s: add(
        Disposal, **decided_by(s.kadis), proposed_by=s.kadis, is_approved=True
    )(s),
    "rejected_disposal_says_why": lambda s: add(Disposal, **decided_by(s.kadis), is_approved=False)(s),
    "one_act_of_a_number": lambda s: add_again(add(DisposalAct)(s)),
    "acts_of_destruction_in_order": add(DisposalAct, number=2),
    "act_has_its_scanned_letter": add(DisposalAct, sha256=""),
    "act_names_number_and_author_of_its_letter": add(DisposalAct, issuer=""),
    "panel_has_members_and_an_opinion": add(DisposalAct, text=""),
    "execution_has_two_witnesses": add(
        DisposalAct, **EXECUTION, supervision_witness="A", supervision_title="B"
    ),
    "one_open_transfer_per_kind": add_two(ArchiveTransfer),
    "transfer_of_a_known_kind": add(ArchiveTransfer, kind="LOST"),
    "transfer_says_to_whom_and_by_whom": add(ArchiveTransfer, receiver=""),
    "transfer_done_by_whom_when_and_how": add(ArchiveTransfer, done_at=clock.now()),
    "received_transfer_has_its_signed_minutes": lambda s: add(ArchiveTransfer, **received(s, received_by=""))(
        s
    ),
    "hand_over_has_a_package": lambda s: add(ArchiveTransfer, kind="HAND_OVER", **received(s))(s),
    "cancelled_transfer_says_why": lambda s: add(ArchiveTransfer, **received(s, is_done=False))(s),
    "case_transferred_once_of_a_kind": lambda s: add_again(add(ArchiveTransferItem)(s)),
    "breach_says_which_data_how_and_what_was_done": add(Breach, disclosed=""),
    "breach_found_after_it_happened_and_told_after_it_was_found": add(
        Breach, happened_at=clock.now() + dt.timedelta(hours=1)
    ),
    "breach_stopped_by_somebody_or_notified": add(Breach, stopped_at=clock.now()),
    "breach_of_a_period": add(Breach, until=clock.today() - dt.timedelta(days=1)),
    # the record
    "entry_in_the_chain_has_a_hash": lambda s: Entry.objects.create(kind="case", key="1", number=1),
}


def test_every_constraint_of_every_model_has_a_violation() -> None:
    assert set(VIOLATIONS) == set(CONSTRAINTS)


def test_the_database_refuses_what_breaks_a_promise(staff: Staff, subtests: pytest.Subtests) -> None:
    records.remove(
        connection, *(model._meta.db_table for model in records.list_models())
    )  # they would refuse first
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


@pytest.mark.differs_by_database
@each(("field", "value"), [("code", "code"), ("secret_hash", "hash"), ("submission_hash", uuid.uuid4())])
def test_no_two_cases_share_a_code_a_secret_or_a_submission(field: str, value: object, staff: Staff) -> None:
    for _ in range(2):
        case_at(State.SUBMITTED, staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(**{field: value})


def test_a_walk_in_cannot_be_closed_before_it_is_ratified(staff: Staff) -> None:
    case = walk_in_at(State.CLOSED, staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(awaits_ratification=True)


def alter(event: Event) -> Event:
    event.title = "lain"
    return event


CHANGES: dict[str, Callable[[Event], object]] = {
    "save": lambda event: alter(event).save(),
    "update": lambda event: Event.objects.update(note="lain"),
    "bulk_update": lambda event: Event.objects.bulk_update([alter(event)], ["title"]),
    "delete one": lambda event: event.delete(),
    "delete all": lambda event: Event.objects.all().delete(),
}

COLUMNS = ", ".join(str(field.column) for field in Report._meta.local_concrete_fields if field.name != "id")
STATEMENTS = {
    "update": "UPDATE consultations_event SET note = 'lain'",
    "delete": "DELETE FROM consultations_event",
    "upsert": "INSERT INTO consultations_event SELECT * FROM consultations_event WHERE true "
    "ON CONFLICT (id) DO UPDATE SET note = 'lain'",
    "entry": "UPDATE record_entry SET digest = 'lain'",
    "place of an entry": "UPDATE record_entry SET hash = 'lain'",
    "delete entries": "DELETE FROM record_entry",
    "act on a paper": "UPDATE reports_paperevent SET title = 'lain'",
    "delete an act on a paper": "DELETE FROM reports_paperevent",
    "audit log": "UPDATE audit_auditentry SET target = 'lain'",
    "delete the audit log": "DELETE FROM audit_auditentry",
}


def test_kinds_of_notices_and_papers_are_those_of_the_code(staff: Staff) -> None:
    """No migration names them. A saved kind is one of the code, and each kind of paper has its type."""
    case_at(State.CLOSED, staff)
    state = MigrationLoader(None).project_state().models
    of_kinds: tuple[type[models.Model], ...] = (Notice, Document, Register, PaperRule, StandingOrder)
    for model in of_kinds:
        kind: Any = model._meta.get_field("kind")
        stored = set(model._default_manager.values_list("kind", flat=True))
        assert stored <= {value for value, _label in kind.flatchoices}
        assert not state[model._meta.app_label, model._meta.model_name or ""].fields["kind"].choices
        with pytest.raises(ValueError, match="LOST"), transaction.atomic():
            model._default_manager.update(kind="LOST")
        with pytest.raises(ValueError, match="LOST"), transaction.atomic():
            model._default_manager.bulk_create([model(kind="LOST")])
    assert set(TYPES_BY_KIND) == set(Document.Kind.values)
    with pytest.raises(ValueError, match="DISPOSITION"), transaction.atomic():
        add(PaperRule, kind="DISPOSITION")(staff)


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
    case = case_at(State.CLOSED, staff)
    record(Act.LOGIN, by=staff.kadis)
    paper = case.documents.latest("issued_at")
    PaperEvent.objects.create(document=paper, by=staff.pkd, verb="print", title="Tim PKD", target=paper.state)
    chain_entries()
    for name, statement in STATEMENTS.items():
        refusal = pytest.raises(DatabaseError, match="history is append-only")
        with subtests.test(name), refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_case_with_a_history_cannot_be_deleted(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    with pytest.raises(models.ProtectedError):
        case.delete()
