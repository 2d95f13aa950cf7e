"""Indexes of the case."""

from django.db import models
from django.db.models import Q

from consultations.enums import ENDED, Channel, State
from consultations.models.marks import MOST_URGENT_FIRST

ENDED_IN_ORDER = sorted(ENDED)
"""Final states in one order, so that the text of a condition is always the same."""

OPEN = Q(turn__isnull=False)
"""The few cases that wait for somebody. Queries that name a turn use an index of them alone."""

INDEXES = [
    models.Index(fields=["state", "due_at"], name="case_state_due"),
    models.Index(fields=["state", "id"], name="case_state_newest"),
    models.Index("turn", *MOST_URGENT_FIRST, name="case_turn_most_urgent", condition=OPEN),
    models.Index(fields=["division", "turn", "due_at"], name="case_turn_division", condition=OPEN),
    models.Index(fields=["officer", "turn", "division"], name="case_turn_officer", condition=OPEN),
    models.Index(fields=["officer", "id"], name="case_officer_newest"),
    models.Index(fields=["due_at", "since", "id"], name="case_due", condition=Q(due_at__isnull=False)),
    models.Index(*MOST_URGENT_FIRST, name="case_to_ratify", condition=Q(awaits_ratification=True)),
    models.Index(fields=["other_time"], name="case_other_time", condition=Q(other_time__isnull=False)),
    models.Index(fields=["visit_at", "state"], name="case_visit_wished", condition=Q(visit_at__isnull=False)),
    models.Index(fields=["since"], name="case_incomplete_since", condition=Q(state=State.INCOMPLETE)),
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
    models.Index(fields=["closed_at"], name="case_closed_at", condition=Q(closed_at__isnull=False)),
    models.Index(
        fields=["first_closed_at"],
        name="case_first_closed_at",
        condition=Q(first_closed_at__isnull=False),
    ),
    models.Index(fields=["submitted_at"], name="case_submitted_at"),
    models.Index(fields=["id"], name="case_independent", condition=Q(is_independent=True)),
    models.Index(
        fields=["kind", "since"],
        name="case_stored_since",
        condition=Q(state__in=[*ENDED_IN_ORDER], anonymised_at__isnull=True),
    ),
    models.Index(
        fields=["deletion_asked_at"],
        name="case_deletion_asked",
        condition=Q(deletion_asked_at__isnull=False),
    ),
]
