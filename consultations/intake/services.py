"""Steps 1 and 2 as services: submit, receive, complete and withdraw a request, or for the applicant."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils import translation

from consultations.complaints import get_independent_columns, get_refusal_columns
from consultations.enums import Channel, Identity, IdentityCheck, Kind, RequestedBy
from consultations.identity import get_public_columns, store_identity
from consultations.intake.requirements import Given, store_given
from consultations.intake.uploads import CheckedFile, anonymise, attach
from consultations.models import Attachment, Case
from consultations.parties import Actor, Applicant
from consultations.scheduling.availability import reserve_time
from consultations.scheduling.services import cancel_session
from consultations.workflow import Transition, transition
from kit import clock
from office.models import User


def submit(
    *,
    kind: str = Kind.CONSULTATION,
    letter: CheckedFile | None = None,
    materials: Sequence[CheckedFile] = (),
    requirements: Sequence[Given] = (),
    submission_hash: UUID | None = None,
    identity: str = Identity.OPEN,
    at: dt.datetime | None = None,
    note: str = "",
    claim: Callable[[Case], None] | None = None,
    **details: Any,
) -> Case:
    """Step 1: create the case of a request or complaint that came in online.

    `details` are the applicant's columns of `Case`. Without a `letter` the system makes the official one.
    A moderated request passes in `at` when it was sent and in `note` who accepted it. `claim` is called in
    the transaction and takes what the case uses up. Raise IntegrityError if another case has this
    `submission_hash` (`drafts.create_once()`), and Refused if a hidden complainant's file cannot be
    anonymised, if `claim` raises it, or if there is no Pengawas for a complaint in the independent channel.
    `complains_of` is the refused case if the complaint is about a refusal.
    """
    case = _make_case(
        details, kind=kind, channel=Channel.ONLINE, submission_hash=submission_hash, at=at, identity=identity
    )
    letter = anonymise(identity, letter, Attachment.Purpose.LETTER)
    materials = [one for file in materials if (one := anonymise(identity, file, Attachment.Purpose.MATERIAL))]
    with transition("submit", case, by=Applicant(case.secret), at=at, note=note):
        if claim:
            claim(case)
        store_identity(case, details)
        if letter:
            attach(case, letter, purpose=Attachment.Purpose.LETTER, by=None)
        for file in materials:
            attach(case, file, purpose=Attachment.Purpose.MATERIAL, by=None)
        store_given(case, requirements, by=None)
    return case


def receive(
    *,
    by: User,
    channel: str = Channel.LETTER,
    kind: str = Kind.CONSULTATION,
    letter: CheckedFile | None = None,
    requirements: Sequence[Given] = (),
    at: dt.datetime | None = None,
    identity: str = Identity.OPEN,
    **details: Any,
) -> Case:
    """Step 1: create the case of a request that reached the office in another way than online.

    It is a paper letter, a visitor without urgency, a call, a message, or what another institution forwarded.
    Raise Refused if the time of the visit has passed or is full by now, or if there is no Pengawas for a
    complaint in the independent channel.
    """
    case = _make_case(details, kind=kind, channel=channel, at=at, identity=identity)
    letter = anonymise(identity, letter, Attachment.Purpose.LETTER)
    with transition("receive", case, by=by, at=at):
        if case.visit_at:
            reserve_time(case.visit_at, case, field="visit_at")
        store_identity(case, details)
        if letter:
            attach(case, letter, purpose=Attachment.Purpose.LETTER, by=by)
        store_given(case, requirements, by=by)
    return case


def _make_case(details: dict[str, Any], *, at: dt.datetime | None, identity: str, **columns: Any) -> Case:
    """Return the case, not stored yet. Add columns that follow from the others to `details`."""
    submitted_at = at or clock.now()
    is_reachable = bool(details.get("phone") or details.get("email"))
    details["by_post"] = not is_reachable and identity != Identity.ANONYMOUS
    if refused := details.get("complains_of"):
        details |= get_refusal_columns(refused, details)
    if details.get("is_independent"):
        details |= get_independent_columns(submitted_at)
    public = get_public_columns(identity, details)
    return Case(submitted_at=submitted_at, identity=identity, **columns, **public)


def complete(
    case: Case,
    *,
    by: Actor,
    material: str = "",
    visit_at: dt.datetime | None = None,
    file: CheckedFile | None = None,
    requirements: Sequence[Given] = (),
    note: str = "",
) -> None:
    """Step 2: add what was missing; the case goes back to Tim PKD.

    Raise Refused if the new time of the visit is full by now.
    """
    completion = Attachment.Purpose.COMPLETION
    file = anonymise(case.identity, file, completion)
    with transition("complete", case, by=by, note=note) as taken:
        if visit_at:
            reserve_time(visit_at, case, field="visit_at")
        if file:
            attach(case, file, purpose=completion, by=None)
        store_given(case, requirements, by=None)
        taken.change(missing="", material=material or case.material, visit_at=visit_at or case.visit_at)


def withdraw(case: Case, *, by: Actor, reason: str) -> None:
    """End the case at the applicant's wish, before the consultation has begun."""
    with transition("withdraw", case, by=by, note=reason) as taken:
        _end(taken, reason)


def withdraw_for(case: Case, *, by: User, requested_by: str, checked_with: str, reason: str) -> None:
    """End the case as the applicant asked the office to.

    `requested_by` (RequestedBy) and `checked_with` (IdentityCheck) go on record.
    """
    with translation.override("id"):  # the note goes on record
        checked = f"Identitas diperiksa: {IdentityCheck(checked_with).label}"
        note = f"{RequestedBy(requested_by).label}: {reason} ({checked})"
    with transition("withdraw_for", case, by=by, note=note) as taken:
        _end(taken, reason)


def _end(taken: Transition, reason: str) -> None:
    cancel_session(taken.case, reason=reason)
    taken.change(end_reason=reason, awaits_ratification=False, assignment_unratified=False, other_time=None)
