"""Steps 1 and 2: how a request comes in, is sent back, completed or withdrawn."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from consultations.complainant_identity import get_public_columns, store_identity
from consultations.enums import Channel, Identity, Kind
from consultations.models import Attachment, Case
from consultations.parties import Actor, Applicant
from consultations.search_index import index_case
from consultations.workflow import transition
from intake.uploads import CheckedFile, attach, without_name
from office import clock
from office.models import User
from scheduling.availability import take_place


def submit(
    *,
    kind: str = Kind.CONSULTATION,
    letter: CheckedFile | None = None,
    materials: CheckedFile | None = None,
    submission_token: UUID | None = None,
    identity: str = Identity.OPEN,
    at: dt.datetime | None = None,
    note: str = "",
    **details: Any,
) -> Case:
    """Step 1: an applicant hands in a request (or complaint) online and gets its secret link.

    `details` are the applicant's columns of `Case`. Without `letter` the system makes the official letter
    from what was typed. The same `submission_token` again gives the same case (double click, reload).
    Of a complainant whose `identity` is hidden the case keeps no name and no contact.
    Where an official has looked at it before it came in, `at` is when it was sent and `note` says who it was.
    """
    case = Case(
        kind=kind,
        channel=Channel.ONLINE,
        submission_token=submission_token,
        submitted_at=at or clock.now(),
        identity=identity,
        **get_public_columns(identity, details),
    )
    if sent_before := _sent_before(submission_token):
        return sent_before
    letter = without_name(identity, letter, Attachment.Purpose.LETTER)
    materials = without_name(identity, materials, Attachment.Purpose.MATERIAL)
    try:
        with transition("submit", case, by=Applicant(case.secret), at=at, note=note):
            store_identity(case, details)
            _take_in(case, letter=letter, materials=materials, by=None)
    except IntegrityError:
        if sent_before := _sent_before(submission_token):
            return sent_before
        raise
    return case


def _sent_before(token: UUID | None) -> Case | None:
    return Case.objects.filter(submission_token=token).first() if token else None


def receive(
    *,
    by: User,
    channel: str = Channel.LETTER,
    kind: str = Kind.CONSULTATION,
    letter: CheckedFile | None = None,
    at: dt.datetime | None = None,
    identity: str = Identity.OPEN,
    **details: Any,
) -> Case:
    """Step 1: the secretariat takes in a paper letter, or a visitor whose matter is not urgent.

    Of a complainant whose `identity` is hidden the case keeps no name and no contact.
    """
    kept = get_public_columns(identity, details)
    case = Case(kind=kind, channel=channel, submitted_at=at or clock.now(), identity=identity, **kept)
    letter = without_name(identity, letter, Attachment.Purpose.LETTER)
    with transition("receive", case, by=by, at=at):
        store_identity(case, details)
        _take_in(case, letter=letter, materials=None, by=by)
    return case


def _take_in(
    case: Case, *, letter: CheckedFile | None, materials: CheckedFile | None, by: User | None
) -> None:
    for file, purpose in ((letter, Attachment.Purpose.LETTER), (materials, Attachment.Purpose.MATERIAL)):
        if file:
            attach(case, file, purpose=purpose, by=by)
    index_case(case)


def complete(
    case: Case,
    *,
    by: Actor,
    material: str = "",
    visit_at: dt.datetime | None = None,
    file: CheckedFile | None = None,
    note: str = "",
) -> None:
    """Step 2: the applicant adds what was missing; the case goes back to Tim PKD.

    Raises Refused where the new time of the visit is full by now.
    """
    completion = Attachment.Purpose.COMPLETION
    file = without_name(case.identity, file, completion)
    with transition("complete", case, by=by, note=note) as taken:
        if visit_at:
            take_place(visit_at, case, field="visit_at")
        if file:
            attach(case, file, purpose=completion, by=None)
        taken.change(missing="")
        taken.change(material=material or case.material)
        taken.change(visit_at=visit_at or case.visit_at)


def withdraw(case: Case, *, by: Actor, reason: str) -> None:
    """The applicant takes the request back, at any time before the consultation has begun."""
    with transition("withdraw", case, by=by, note=reason) as taken:
        if case.session:
            case.session.cancel(reason)
        taken.change(end_reason=reason)
        taken.change(awaits_ratification=False)
        taken.change(other_time=None)
