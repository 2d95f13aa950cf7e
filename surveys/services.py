"""Writes of the survey: answers and publications."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.enums import Party, State
from consultations.models import Case
from consultations.parties import LINK_SHARERS, OFFICE_WIDE, Actor, Applicant, parties
from consultations.workflow import Refused
from office.models import Appointment, Office, Role, User
from office.periods import Period
from surveys.models import Answer, Publication
from surveys.queries import get_newest_version, get_result
from surveys.result import Result
from surveys.signals import result_published

READERS = frozenset(OFFICE_WIDE)
"""Roles that see the results of the survey in the office."""

ENTERING = frozenset(role for role, party in OFFICE_WIDE.items() if party in LINK_SHARERS)
"""Roles that enter answers from paper."""

PUBLISHERS = frozenset({Role.TIM_PKD, Role.HEAD})
"""Roles that publish results and read comments."""

NOT_CLOSED = _("Survei dapat diisi sesudah permohonan ini selesai.")
NOT_SERVED = _("Survei hanya untuk permohonan yang dilayani sampai selesai.")
ANSWERED = _("Survei untuk permohonan ini sudah diisi. Satu permohonan diisi satu kali.")
NOT_OFFERED = _("Hasil survei ditampilkan per triwulan atau tahun. Pilih salah satu di atas.")
NOT_ENDED = _("Hasil dapat diterbitkan sesudah periode ini berakhir, %(last)s.")
PUBLISHED_MEANWHILE = _(
    "Hasil periode ini baru saja diterbitkan. Lihat daftar di bawah sebelum menerbitkan versi baru."
)


class AlreadyAnswered(Refused):
    """The survey of the case has been answered."""


def answer(
    case: Case,
    *,
    by: Actor,
    sex: str = "",
    education: str = "",
    occupation: str = "",
    comment: str = "",
    **elements: int,
) -> Answer:
    """Store the answer of a closed case, given by its applicant or entered from paper by staff.

    `elements` are u1 to u9, each 1 to 4. Raises as `check_unanswered()` does.
    """
    check_unanswered(case, by=by)
    with transaction.atomic():
        # The second of two simultaneous answers waits for this lock, and so does a reopening of the case.
        locked = Case.objects.select_for_update(no_key=True).filter(pk=case.pk, state=State.CLOSED)
        if not locked.values("pk"):
            raise Refused(NOT_CLOSED)
        if Answer.objects.filter(case=case).exists():
            raise AlreadyAnswered(ANSWERED)
        return Answer.objects.create(
            case=case,
            sex=sex,
            education=education,
            occupation=occupation,
            comment=comment,
            channel=Answer.Channel.ONLINE if isinstance(by, Applicant) else Answer.Channel.PAPER,
            entered_by=None if isinstance(by, Applicant) else by,
            **elements,
        )


def check_unanswered(case: Case, *, by: Actor) -> None:
    """Check that `by` can answer the survey of the case. Costs one query if the case is closed.

    Raises PermissionDenied if `by` is neither the applicant nor staff who hand out forms (Sekretariat, Tim
    PKD). Raises Refused if the case is not closed, AlreadyAnswered if it has an answer.
    """
    if not (LINK_SHARERS | {Party.APPLICANT}) & parties(by, case).keys():
        raise PermissionDenied
    if case.state != State.CLOSED:
        raise Refused(NOT_CLOSED if case.is_open else NOT_SERVED)
    if Answer.objects.filter(case=case).exists():
        raise AlreadyAnswered(ANSWERED)


def publish(*, by: User, period: Period, plan: str, seen: int | None = None) -> Publication:
    """Publish the result of a quarter or year with its follow-up plan (Rencana Tindak Lanjut).

    Earlier publications of the period remain; this one is the next version. `seen` is the version that
    `by` saw last, so that nobody publishes twice by mistake. Raises PermissionDenied, or Refused if there is
    an obstacle (see `get_obstacle()`).
    """
    publisher = get_appointment(by, PUBLISHERS)
    if publisher is None:
        raise PermissionDenied
    with transaction.atomic():
        list(Office.objects.select_for_update(no_key=True).values("pk"))  # serialises publications
        newest = get_newest_version(period)
        version = newest.version if newest else 0
        if seen is not None and seen != version:
            raise Refused(PUBLISHED_MEANWHILE)
        result = get_result(period)
        if obstacle := get_obstacle(period, result):
            raise Refused(obstacle)
        publication = Publication.objects.create(
            since=period.since,
            until=period.until,
            version=version + 1,
            figures=result.to_json(),
            plan=plan,
            by=by,
            title=publisher.title,
        )
        result_published.send(Publication, publication=publication)
    return publication


def get_obstacle(period: Period, result: Result) -> str:
    """Return why the result of a period cannot be published now, as a sentence; empty if it can."""
    if not period.quarters:
        return str(NOT_OFFERED)
    if not period.is_over:
        return NOT_ENDED % {"last": date_format(period.until)}
    return result.suppressed_because


def get_appointment(user: User, roles: frozenset[Role]) -> Appointment | None:
    """Return the user's present appointment with one of these roles, if there is one."""
    return next((a for a in user.current_appointments if Role(a.position.role) in roles), None)
