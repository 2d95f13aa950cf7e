"""Constraints and indexes of the case, with the order of the desk: urgent cases first, then by deadline."""

from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Lower
from django.db.models.lookups import IsNull

from consultations.enums import ENDED, INDEPENDENT, Channel, Identity, Kind, State
from consultations.personal_fields import IDENTIFYING
from kit.records import constraint

IN_CORRECTION = (State.HELD, State.REPORTED, State.COSIGNING, State.FORWARDED)
"""States of a case whose accepted report is being corrected. Report number and closing date stay."""

BEFORE_DIVISION = (State.SUBMITTED, State.INCOMPLETE, State.ENDORSING, State.REGISTERED)
ENDED_EARLY = (State.DECLINED, State.WITHDRAWN)

CONSTRAINTS: list[models.BaseConstraint] = [
    constraint("known_state", Q(state__in=[*State])),
    constraint(
        "has_a_turn_while_open",
        Q(state__in=sorted(ENDED), turn__isnull=True) | ~Q(state__in=sorted(ENDED)) & Q(turn__isnull=False),
    ),
    constraint("applicant_named", ~Q(applicant_name="") & ~Q(subject="") & ~Q(material="")),
    constraint(
        "contact_known_unless_hidden",
        Q(identity=Identity.OPEN)
        & (~Q(phone="") | ~Q(email="") | Q(by_post=True) & ~Q(address="") | Q(anonymised_at__isnull=False))
        | Q(
            identity__in=[Identity.CONFIDENTIAL, Identity.ANONYMOUS],
            **{name: "" for name in IDENTIFYING if name != "applicant_name"},  # that is a placeholder
        ),
    ),
    constraint(
        "helper_is_named_with_relation",
        Q(filled_by="", filled_as="") | ~Q(filled_by="") & ~Q(filled_as=""),
    ),
    constraint("answered_by_post_without_phone_and_email", Q(by_post=False) | Q(phone="", email="")),
    constraint(
        "forwarded_says_by_whom",
        Q(channel=Channel.FORWARD) & ~Q(forwarded_by="") | ~Q(channel=Channel.FORWARD) & Q(forwarded_by=""),
    ),
    constraint("only_complaints_hide_who_complains", Q(identity=Identity.OPEN) | Q(kind=Kind.COMPLAINT)),
    constraint(
        "only_complaints_have_a_complaint_kind",
        Q(complaint_kind="", answer_due__isnull=True, follow_up_due__isnull=True) | Q(kind=Kind.COMPLAINT),
    ),
    constraint("scheduled_has_a_planned_time", ~Q(state=State.SCHEDULED) | Q(planned_at__isnull=False)),
    constraint("other_time_only_of_a_schedule", Q(other_time__isnull=True) | Q(state=State.SCHEDULED)),
    constraint(
        "required_review_written_before_the_session",
        Q(review_awaited=False)
        | Q(
            state__in=[State.ASSIGNED, State.PREPARED, State.SCHEDULED, State.WITHDRAWN],
            needs_review=True,
        ),
    ),
    constraint("minutes_only_of_a_meeting", Q(minutes_awaited=False) | Q(meeting_at__isnull=False)),
    constraint(
        "agenda_number_from_registered_on",
        Q(state__in=[State.SUBMITTED, State.INCOMPLETE, State.WITHDRAWN])
        | Q(agenda__isnull=False)
        | Q(is_independent=True),
    ),
    constraint(
        "no_agenda_number_before_registered",
        ~Q(state__in=[State.SUBMITTED, State.INCOMPLETE]) | Q(agenda__isnull=True),
    ),
    constraint("incomplete_says_what_is_missing", ~Q(state=State.INCOMPLETE) | ~Q(missing="")),
    constraint(
        "division_from_disposed_on",
        Q(state__in=[*BEFORE_DIVISION, *ENDED_EARLY]) | Q(division__isnull=False) | Q(is_independent=True),
    ),
    constraint(
        "officer_from_assigned_on",
        Q(state__in=[*BEFORE_DIVISION, State.DISPOSED, *ENDED_EARLY])
        | Q(officer__isnull=False)
        | Q(is_independent=True),
    ),
    constraint(
        "unratified_assignment_has_an_officer", Q(assignment_unratified=False) | Q(officer__isnull=False)
    ),
    constraint(
        "closed_has_report",
        Q(state=State.CLOSED, closed_at__isnull=False, awaits_ratification=False)
        & (~Q(report_number="") | Q(is_independent=True))
        | ~Q(state=State.CLOSED) & Q(report_number="", closed_at__isnull=True)
        | Q(state__in=IN_CORRECTION, closed_at__isnull=False) & ~Q(report_number=""),
    ),
    constraint(
        "closed_knows_its_first_closing",
        Q(closed_at__isnull=True) | Q(first_closed_at__isnull=False, first_closed_at__lte=F("closed_at")),
    ),
    constraint(
        "ended_knows_its_first_end",
        Q(first_closed_at__isnull=True) & ~Q(state=State.DECLINED) | Q(first_ended_at__isnull=False),
    ),
    constraint(
        "ended_early_says_why",
        Q(state__in=[*ENDED_EARLY]) & ~Q(end_reason="") | ~Q(state__in=[*ENDED_EARLY]) & Q(end_reason=""),
    ),
    constraint(
        "passed_on_only_as_the_end",
        Q(passed_to="", receipt_awaited=False)
        | ~Q(passed_to="") & Q(state=State.DECLINED, is_independent=False),
    ),
    constraint(
        "merged_only_as_the_end",
        Q(merged_into__isnull=True)
        | Q(state=State.WITHDRAWN, agenda__isnull=True, identity=Identity.OPEN) & ~Q(merged_into=F("pk")),
    ),
    constraint(
        "independent_channel_is_apart",
        Q(is_independent=False, outcome="") & ~Q(state=State.EXAMINING)
        | Q(
            is_independent=True,
            kind=Kind.COMPLAINT,
            state__in=sorted(INDEPENDENT),
            agenda__isnull=True,
            division__isnull=True,
            officer__isnull=True,
            visit_at__isnull=True,
            complained_about__isnull=True,
            report_number="",
        ),
    ),
    constraint(
        "independent_channel_is_not_erased_by_the_office",
        Q(is_independent=False)
        | Q(anonymised_at__isnull=True, deletion_asked_at__isnull=True, retained_because=""),
    ),
    constraint(
        "independent_channel_closes_with_an_outcome",
        Q(is_independent=False)
        | Q(state=State.CLOSED) & ~Q(outcome="")
        | ~Q(state=State.CLOSED) & Q(outcome=""),
    ),
    constraint(
        "only_ended_cases_are_anonymised",
        Q(anonymised_at__isnull=True)
        | Q(state__in=sorted(ENDED), deletion_asked_at__isnull=True, retained_because=""),
    ),
    constraint(
        "asked_again_only_about_an_answer",
        Q(asked_again_at__isnull=True) | Q(state=State.CLOSED, ask_until__isnull=False),
    ),
    constraint("only_complaints_are_about_a_refusal", Q(complains_of__isnull=True) | Q(kind=Kind.COMPLAINT)),
    constraint(
        "deletion_asked_only_of_ended_cases", Q(deletion_asked_at__isnull=True) | Q(state__in=sorted(ENDED))
    ),
    constraint(
        "deletion_granted_only_if_asked",
        Q(deletion_granted_at__isnull=True) | Q(deletion_asked_at__isnull=False),
    ),
    constraint("erased_only_if_granted", Q(erase_at__isnull=True) | Q(deletion_granted_at__isnull=False)),
]


class IsUnmarked(Func):
    """1 for normal urgency, else 0.

    It has no parameters: SQLite uses an index on an expression only if the query has the same text.
    """

    template = "CASE WHEN %(expressions)s = 'NORMAL' THEN 1 ELSE 0 END"
    output_field = IntegerField()


MOST_URGENT_FIRST = (IsUnmarked("urgency"), IsNull(F("due_at"), True), "due_at", "since", "id")
"""Cases without a deadline come after the others. In an index, the databases sort NULL differently."""


ENDED_IN_ORDER = sorted(ENDED)
"""Final states in one order, so that the text of a condition is always the same."""

INDEXES = [
    models.Index(fields=["state", "due_at"], name="case_state_due"),
    models.Index(fields=["state", "id"], name="case_state_newest"),
    models.Index(fields=["officer", "id"], name="case_officer_newest"),
    models.Index(fields=["due_at", "since", "id"], name="case_due", condition=Q(due_at__isnull=False)),
    models.Index(fields=["other_time"], name="case_other_time", condition=Q(other_time__isnull=False)),
    models.Index(fields=["visit_at", "state"], name="case_visit_wished", condition=Q(visit_at__isnull=False)),
    models.Index(
        fields=["since", "id"],
        name="case_guest_since",
        condition=Q(state=State.ASSIGNED, channel=Channel.WALK_IN),
    ),
    models.Index(
        fields=["state", "follow_up_due", "division"],
        name="case_state_follow_up_due",
        condition=Q(follow_up_due__isnull=False),
    ),
    models.Index(
        fields=["answer_due", "since", "id"],
        name="case_answer_due",
        condition=Q(answer_due__isnull=False, due_at__isnull=False),
    ),
    models.Index(
        fields=["division", "answer_due", "since", "id"],
        name="case_division_answer_due",
        condition=Q(answer_due__isnull=False, due_at__isnull=False),
    ),
    models.Index(Lower("email"), name="case_email", condition=~Q(email="")),
    models.Index(fields=["phone"], name="case_phone", condition=~Q(phone="")),
    models.Index(
        fields=["id"], name="case_without_code", condition=Q(channel=Channel.WALK_IN, classification="")
    ),
    models.Index(fields=["id"], name="case_answered_by_post", condition=Q(by_post=True)),
    models.Index(fields=["closed_at"], name="case_closed_at", condition=Q(closed_at__isnull=False)),
    models.Index(
        fields=["first_closed_at"], name="case_first_closed_at", condition=Q(first_closed_at__isnull=False)
    ),
    models.Index(
        fields=["first_ended_at"], name="case_first_ended_at", condition=Q(first_ended_at__isnull=False)
    ),
    models.Index(fields=["submitted_at"], name="case_submitted_at"),
    models.Index(fields=["complains_of"], name="case_complaints", condition=Q(complains_of__isnull=False)),
    models.Index(fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)),
    models.Index(fields=["id"], name="case_independent", condition=Q(is_independent=True)),
    models.Index(
        fields=["kind", "since"],
        name="case_stored_since",
        condition=Q(state__in=[*ENDED_IN_ORDER], anonymised_at__isnull=True),
    ),
]
