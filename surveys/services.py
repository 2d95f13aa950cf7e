"""The writes of the surveys: an answer is given or entered, a result is published."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.enums import Party, State
from consultations.models import Case
from consultations.parties import LINK_SHARERS, OFFICE_WIDE, Actor, Applicant, parties
from consultations.workflow import Refused
from office import clock
from office.few import ENOUGH
from office.models import Appointment, Office, Role, User
from surveys import periods
from surveys.disclosure import Days, gives_away
from surveys.models import Answer, Publication
from surveys.results import Result, result
from surveys.signals import result_published

READERS = frozenset(OFFICE_WIDE)
"""Who sees the figures of the survey in the office."""

ENTERING = frozenset(role for role, party in OFFICE_WIDE.items() if party in LINK_SHARERS)
"""Who enters what came in on paper: those who hand out the forms."""

PUBLISHERS = frozenset({Role.TIM_PKD, Role.HEAD})
"""Who publishes a result and reads comments: Tim PKD prepares the survey, the Kepala Dinas answers for it."""

NOT_CLOSED = _("Survei dapat diisi sesudah permohonan ini selesai.")
NOT_SERVED = _("Survei hanya untuk permohonan yang dilayani sampai selesai.")
ANSWERED = _("Survei untuk permohonan ini sudah diisi. Satu permohonan diisi satu kali.")
TOO_FEW_ANSWERED = _(
    "Baru %(n)s jawaban pada periode ini. Hasil dapat diterbitkan mulai %(enough)s jawaban. "
    "Pilih periode yang lebih panjang."
)
NOT_WHOLE = _(
    "Yang dapat diterbitkan hanya hasil satu triwulan, satu semester, atau satu tahun penuh. "
    "Pilih salah satu periode itu."
)
NOT_ENDED = _("Hasil dapat diterbitkan sesudah periode ini berakhir, %(last)s.")
GIVES_AWAY = _(
    "Belum dapat diterbitkan: bila dibandingkan dengan hasil yang sudah terbit (%(published)s), jawaban dari "
    "kurang dari %(enough)s orang dapat dihitung dari selisihnya. Tunggu sampai ada jawaban lagi, lalu "
    "terbitkan periode ini."
)
PUBLISHED_MEANWHILE = _(
    "Hasil periode ini baru saja diterbitkan. Lihat daftar di bawah sebelum menerbitkan versi baru."
)


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
    """Record the one answer of a closed case: the applicant's own, or one on paper that staff enter.

    `elements` are u1 to u9, each 1 to 4. Raises PermissionDenied where `by` is neither the applicant nor one
    of those who hand out the forms (Sekretariat, Tim PKD), Refused where the case is not closed or answered.
    """
    check(case, by=by)
    with transaction.atomic():
        # Held, so that of two answers at once the second is refused, and none meets a case that is reopened.
        held = Case.objects.select_for_update(no_key=True).filter(pk=case.pk, state=State.CLOSED)
        if not held.values("pk"):
            raise Refused(NOT_CLOSED)
        if Answer.objects.filter(case=case).exists():
            raise Refused(ANSWERED)
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


def check(case: Case, *, by: Actor) -> None:
    """Raises PermissionDenied or Refused as `answer()` does; costs a query for closed cases only."""
    if not (LINK_SHARERS | {Party.APPLICANT}) & parties(by, case).keys():
        raise PermissionDenied
    if case.state != State.CLOSED:
        raise Refused(NOT_CLOSED if case.is_open else NOT_SERVED)
    if Answer.objects.filter(case=case).exists():
        raise Refused(ANSWERED)


def publish(*, by: User, since: dt.date, until: dt.date, plan: str, seen: int | None = None) -> Publication:
    """Publish the result of a period with its follow-up plan (Rencana Tindak Lanjut); its figures stay.

    What was published before for the same period stays too: this is its next version. `seen` is the version
    that `by` knew of, so that nobody publishes twice by mistake. Raises PermissionDenied where it is not
    `by`'s, Refused where there is an `obstacle()`.
    """
    publisher = appointment_among(by, PUBLISHERS)
    if publisher is None:
        raise PermissionDenied
    with transaction.atomic():
        list(Office.objects.select_for_update(no_key=True).values("pk"))  # one publishes after the other
        version = version_of(since, until)
        if seen is not None and seen != version:
            raise Refused(PUBLISHED_MEANWHILE)
        figures = result(since, until)
        if sentence := obstacle(since, until, figures):
            raise Refused(sentence)
        publication = Publication.objects.create(
            since=since,
            until=until,
            version=version + 1,
            figures=figures.as_json(),
            plan=plan,
            by=by,
            title=publisher.title,
        )
        result_published.send(Publication, publication=publication)
    return publication


def obstacle(since: dt.date, until: dt.date, figures: Result) -> str:
    """Why the result of a period, with these figures, cannot be published now; empty where it can.

    It is no quarter, half-year or year, has not ended, its figures are not told, or beside what was published
    before they would give away what few answered.
    """
    if not periods.is_whole(since, until):
        return str(NOT_WHOLE)
    if until >= clock.today():
        return NOT_ENDED % {"last": date_format(until)}
    if figures.n < ENOUGH:
        return TOO_FEW_ANSWERED % {"n": figures.n, "enough": ENOUGH}
    if figures.silence:
        return figures.silence
    if others := gives_away((since, until), figures.n, _published_in(since.year)):
        names = ", ".join(periods.name(*days) for days in others)
        return GIVES_AWAY % {"published": names, "enough": ENOUGH}
    return ""


def _published_in(year: int) -> list[tuple[Days, int]]:
    """The published results of a year: first and last day, and how many answered."""
    found = Publication.objects.filter(since__year=year).values_list("since", "until", "figures__n")
    return [((since, until), n) for since, until, n in found]


def version_of(since: dt.date, until: dt.date) -> int:
    """The newest published version for a period; 0 where there is none."""
    found = Publication.objects.filter(since=since, until=until).aggregate(newest=Max("version"))
    return found["newest"] or 0


def appointment_among(user: User, roles: frozenset[Role]) -> Appointment | None:
    """The position with one of these roles that the user holds today, where there is one."""
    return next((a for a in user.current_appointments if Role(a.position.role) in roles), None)
