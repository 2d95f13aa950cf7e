"""Read dispositions, opinions and meetings; people who may serve a case, and the workload; reminders."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import CharField, Count, Q, Value
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import Party, State
from consultations.identity import get_digits
from consultations.models import Case
from consultations.scheduling.availability import PERIOD_DAYS, list_starts
from consultations.scheduling.models import HALF_HOUR, Absence, Session, Slot, half_hours_between
from consultations.scheduling.queries import current_session, list_running_sessions
from dispositions.addressees import get_addressee
from dispositions.models import (
    MEETING,
    Assignment,
    Disposition,
    Endorsement,
    Meeting,
    Minutes,
    Opinion,
    RelayedOrder,
    StaffReview,
)
from kit import clock
from kit.phones import has_whatsapp
from kit.refusal import Refused
from office.access.invitations import list_without_password
from office.lists import list_active_divisions, list_instructions
from office.models import (
    Appointment,
    Division,
    Instruction,
    Office,
    Role,
    User,
    list_current_appointments,
    list_holders,
)
from office.words import with_words, with_words_lazy
from office.worktime import WorkingTime


@dataclass(frozen=True)
class DivisionLoad:
    """A division, who heads it today, and the number of its open and late cases.

    `share` is `running` in percent of the division with the most open cases. `is_of_official`: its only head
    is the official complained about.
    """

    division: Division
    head: Appointment | None
    running: int
    late: int
    share: int
    is_of_official: bool = False


def current_disposition(case: Case) -> Disposition | None:
    """Return the latest disposition of a case."""
    return case.dispositions.select_related("division").order_by("-at", "-pk").first()


def get_relayed_order(**decision: Disposition | Assignment | None) -> RelayedOrder | None:
    """Return how the secretariat entered a disposition or an assignment for an official, if it did."""
    people = ("case", "given_by", "entered_by", "answered_by", "proof")
    return RelayedOrder.objects.filter(**decision).select_related(*people).first()


def current_endorsement(case: Case) -> Endorsement | None:
    """Return the initials of the Sekretaris that the case has had since its last disposition."""
    latest = case.endorsements.select_related("by", "division").order_by("pk").last()
    disposed = latest and case.dispositions.filter(at__gte=latest.at).exists()
    return None if disposed else latest


def current_review(case: Case) -> StaffReview | None:
    """Return the latest version of the staff review of a case, with its author."""
    return case.staff_reviews.select_related("by").order_by("pk").last()


def current_meeting(case: Case) -> Meeting | None:
    """Return the latest meeting of a case as it was called last."""
    return case.meetings.order_by("pk").last()


def current_minutes(case: Case) -> Minutes | None:
    """Return the latest minutes of the latest meeting, or None if it has none yet."""
    if case.minutes_awaited:
        return None
    minutes = Minutes.objects.filter(meeting__case=case).select_related("meeting", "by")
    return minutes.order_by("pk").last()


def get_planned_session(case: Case) -> Session | None:
    """Return the session that a case is planned for and that has not ended, or None."""
    session = current_session(case)
    return session if session and session.starts_at and not session.finished_at else None


def list_opinions(case: Case, *, only_awaited: bool = False) -> list[Opinion]:
    """Return the opinions that other agencies were asked for, with the person who asked and the answer."""
    opinions = case.opinions.filter(recorded_at=None) if only_awaited else case.opinions.all()
    return list(opinions.select_related("asked_by", "letter").order_by("pk"))


def list_serving_appointments() -> list[Appointment]:
    """Return the appointments that allow serving a walk-in today: officers and heads of active divisions.

    A division without a head is left out, because nobody could forward the report.
    """
    heads = Appointment.objects.current().filter(position__role=Role.DIVISION_HEAD)
    serving = (
        Appointment.objects.current()
        .filter(
            position__role__in=[Role.OFFICER, Role.DIVISION_HEAD],
            position__division__is_active=True,
            position__division__in=heads.values("position__division"),
        )
        .exclude(user__in=list_holders(Role.SUPERVISOR))
    )
    return list(
        serving.select_related("user", "position__division").order_by(
            "position__division__name", "-position__role", "user__name"
        )
    )


def list_eligible_appointments(case: Case) -> list[Appointment]:
    """Return the appointments of all who may serve a case or accompany its officer."""
    excluded = {case.complained_about_id, *list_holders(Role.SUPERVISOR)}
    return [
        row
        for row in list_current_appointments()
        if row.user_id not in excluded and row.position.role != Role.HEAD
    ]


def list_division_loads(official: User | None = None) -> list[DivisionLoad]:
    """Return the active divisions with head and workload. One query, which counts open cases only."""
    divisions = list_active_divisions()
    current = [row for row in list_current_appointments() if row.position.role == Role.DIVISION_HEAD]
    heads = {head.position.division_id: head for head in sorted(current, key=lambda row: -row.pk)}
    cases = Case.objects.filter(division__in=[one.pk for one in divisions], turn__isnull=False).order_by()
    late = Count("pk", filter=Q(due_at__lt=clock.now()))
    counted = cases.values("division").annotate(running=Count("pk"), late=late)
    numbers = {row["division"]: (row["running"], row["late"]) for row in counted}
    most = max((running for running, _late in numbers.values()), default=0)
    loads = []
    for division in divisions:
        running, overdue = numbers.get(division.pk, (0, 0))
        share = 100 * running // most if most else 0
        is_of_official = official is not None and official.heads_alone(division)
        loads.append(DivisionLoad(division, heads.get(division.pk), running, overdue, share, is_of_official))
    return loads


@dataclass(frozen=True)
class Reminder:
    """Links that open a prepared message to an agency, or an empty string without such a contact."""

    whatsapp: str = ""
    mail: str = ""


def get_reminder(opinion: Opinion, *, office: Office) -> Reminder:
    """Return the links for an opinion. The text contains agenda number and days, but not the matter."""
    with translation.override("id"):
        text = _(
            "Yth. %(agency)s. Dengan hormat, kami mengingatkan permintaan pendapat yang kami sampaikan pada "
            "%(asked)s (nomor agenda kami: %(number)s). Jawabannya kami harapkan paling lambat %(due)s. "
            "Terima kasih. %(office)s"
        ) % {
            "agency": get_addressee(opinion.agency),
            "asked": date_format(timezone.localtime(opinion.asked_at), "DATE_FORMAT"),
            "number": opinion.case.agenda,
            "due": date_format(opinion.due, "DATE_FORMAT"),
            "office": office.name,
        }
        subject = _("Permintaan pendapat, nomor agenda %(number)s") % {"number": opinion.case.agenda}
        title, body = quote(subject, safe=""), quote(text, safe="")
        phone, email = get_digits(opinion.phone), quote(opinion.email, safe="@")
    return Reminder(
        whatsapp=f"https://wa.me/{phone}?text={body}" if has_whatsapp(opinion.phone) else "",
        mail=f"mailto:{email}?subject={title}&body={body}" if email else "",
    )


OUTSIDE_DISPOSITION = with_words_lazy(_("Petugas harus berasal dari %(division)s yang menerima disposisi."))
OUTSIDE_CHOSEN_DIVISION = with_words_lazy(_("Petugas harus berasal dari %(division)s yang dipilih."))
ONLY_HEAD = _(
    "%(name)s sekarang satu-satunya %(head)s, jadi tidak ada orang lain yang dapat menerima "
    "laporannya. Pilih orang lain."
)


def eligible_officers(case: Case) -> list[User]:
    """Return the people of the case's division who may serve it, without a query."""
    excluded = {case.complained_about_id, *list_holders(Role.SUPERVISOR)}
    held = (row for row in list_current_appointments() if row.position.division_id == case.division_id)
    return _list_people(row for row in held if case.division_id and row.user_id not in excluded)


def eligible_companions(case: Case) -> list[User]:
    """Return the people of any division who may accompany the officer, without Kepala Dinas and Pengawas."""
    excluded = {case.complained_about_id, *list_holders(Role.HEAD), *list_holders(Role.SUPERVISOR)}
    return _list_people(row for row in list_current_appointments() if row.user_id not in excluded)


def _list_people(appointments: Iterable[Appointment]) -> list[User]:
    """Return the holders by name, each once. They are copies: all requests share the appointments."""
    people = {row.user_id: copy(row.user) for row in appointments}
    return sorted(people.values(), key=lambda user: user.name)


def check_officer(
    officer: User,
    division: Division | None,
    official: User | None,
    *,
    outside: Promise,
    field: str = "officer",
) -> None:
    """Raise Refused if the officer is of another division (`outside`), away now, the official, or a Pengawas.

    Also raise it if the officer is the only Kepala Dinas, because nobody else could accept the report.
    `field` is the form's field of the officer.
    """
    divisions = {row.position.division_id for row in list_current_appointments() if row.user_id == officer.pk}
    if division is None or division.pk not in divisions:
        raise Refused(outside)
    if officer == official:
        _refuse_official()
    if list_holders(Role.HEAD) == {officer.pk}:
        raise Refused(with_words(ONLY_HEAD, name=officer), field=field)
    _refuse_supervisors([officer], field)
    _refuse_absent([officer], field)


def check_companions(companions: Sequence[User], official: User | None) -> None:
    """Raise Refused if a companion is away now, the official complained about, the head or a Pengawas."""
    if official in companions:
        _refuse_official()
    _refuse_supervisors(companions, "companions")
    _refuse_absent(companions, "companions")
    if list_holders(Role.HEAD) & {person.pk for person in companions}:
        raise Refused(with_words_lazy(_("%(head)s tidak dapat menjadi pendamping. Pilih orang lain.")))


def check_headed(division: Division) -> None:
    """Raise Refused if nobody heads the division today, because nobody could forward the report."""
    if not list_holders(Role.DIVISION_HEAD, division):
        raise Refused(
            with_words_lazy(
                _(
                    "%(division_name)s ini belum memiliki %(division_head)s. Pilih petugas dari %(division)s "
                    "lain, atau mintalah administrator menunjuk %(division_head)s."
                )
            )
        )


def check_instructions(texts: Iterable[str]) -> None:
    """Raise Refused if one instruction files the matter (Arsipkan) and another asks for action."""
    action, file = Instruction.Effect.ACTION, Instruction.Effect.FILE
    effects = {one.text: one.effect for one in list_instructions()} | {MEETING: action}
    chosen = {effects[text]: text for text in texts if text in effects}
    if action in chosen and file in chosen:
        sentence = _("“%(file)s” tidak dapat bersama “%(action)s”. Pilih salah satu.")
        values = {"file": chosen[file], "action": chosen[action]}
        raise Refused(sentence % values, field="instructions")


def check_divisions(official: User | None, division: Division, copies: Iterable[Division] = ()) -> None:
    """Raise Refused if the official complained about is the only head of one of the divisions."""
    if official is None:
        return
    if official.heads_alone(division):
        sentence = with_words_lazy(
            _("%(division_head)s ini adalah pejabat yang diadukan. Pilih %(division)s lain.")
        )
        raise Refused(sentence, field="division")
    if headed := next((copied for copied in copies if official.heads_alone(copied)), None):
        sentence = _("%(division_head)s %(copied)s adalah pejabat yang diadukan. Hapus dari tembusan.")
        raise Refused(with_words(sentence, copied=headed), field="copies")


def _refuse_absent(people: Sequence[User], field: str) -> None:
    if absence := Absence.objects.now().filter(person__in=people).select_related("person").first():
        sentence = _("%(name)s sedang berhalangan: %(absence)s. Pilih orang lain.")
        raise Refused(sentence % {"name": absence.person, "absence": absence.summary}, field=field)


def _refuse_supervisors(people: Sequence[User], field: str) -> None:
    """The Pengawas examines how cases are served. The database refuses it too (`list_separations`)."""
    supervisors = list_holders(Role.SUPERVISOR)
    if found := next((person for person in people if person.pk in supervisors), None):
        sentence = _(
            "%(name)s adalah Pengawas, jadi tidak dapat melayani atau mendampingi. Pilih orang lain."
        )
        raise Refused(sentence % {"name": found}, field=field)


def _refuse_official() -> None:
    raise Refused(_("Pejabat yang diadukan tidak boleh menangani pengaduan ini."))


@dataclass(frozen=True)
class Load:
    """A person in one position: open cases and how many are late, sessions of the week, next free half hour.

    `absence` says until when the person is away now, or is an empty string. `has_account` is false if the
    person cannot log in yet, because the invitation was not accepted. `engaged` says what the person has at
    the time that is wished for; it is empty if the person is free, and None if no time is wished for.
    `is_free_now` is false also while the office is closed. `unclosed` is the earlier day of a consultation
    that was never finished.
    """

    appointment: Appointment
    open: int
    late: int
    sessions: int
    free_at: dt.datetime | None
    absence: str
    in_session: bool
    has_account: bool = True
    engaged: str | None = None
    is_free_now: bool = False
    unclosed: dt.date | None = None

    @property
    def is_free_today(self) -> bool:
        return self.free_at is not None and timezone.localdate(self.free_at) == clock.today()


def list_loads(appointments: Iterable[Appointment], case: Case | None = None) -> list[Load]:
    """Return the people by division: first those who are present, and among them the least busy.

    `appointments` have user, position and division loaded. `case` is what they may serve at the time that it
    is wished for. Nine queries for any number of people.
    """
    held = list(appointments)
    people = {one.user_id for one in held}
    wished = get_wished_time(case) if case else None
    engaged = _list_engaged(people, case, wished) if case and wished else None
    cases, reserved = _count_cases(people), _list_reserved(people)
    opens = clock.now()
    closes = clock.midnight(clock.today() + dt.timedelta(days=PERIOD_DAYS))
    absences = Absence.objects.between(opens, closes).filter(person__in=people).by_person()
    begun = list_running_sessions()
    uninvited = set(list_without_password().filter(pk__in=people).values_list("pk", flat=True))
    working = WorkingTime.load()
    starts, is_open = list_starts(working, clock.today(), HALF_HOUR), working.includes(opens, opens)
    now_half = next(half_hours_between(timezone.localtime(opens), opens + HALF_HOUR))
    halves = [half for half in starts if half >= opens]
    sunday = clock.today() + dt.timedelta(days=6 - clock.today().weekday())

    def load(one: Appointment) -> Load:
        slots, away = reserved.get(one.user_id, {}), absences.get(one.user_id, [])
        free = (
            half
            for half in halves
            if half not in slots and not any(absence.touches(half, half + HALF_HOUR) for absence in away)
        )
        absence = next((absence.summary for absence in away if absence.has_begun), "")
        began = begun.get(one.user_id)
        is_in_session = began == clock.today()
        open_cases, late = cases.get(one.user_id, (0, 0))
        return Load(
            appointment=one,
            open=open_cases,
            late=late,
            sessions=len({s for half, s in slots.items() if half.date() <= sunday}),
            free_at=next(free, None),
            absence=absence,
            in_session=is_in_session,
            unclosed=None if is_in_session else began,
            has_account=one.user_id not in uninvited,
            engaged=None if engaged is None else engaged.get(one.user_id, ""),
            is_free_now=is_open and now_half not in slots and not absence and not is_in_session,
        )

    return sorted(map(load, held), key=_by_load)


def _by_load(load: Load) -> tuple[object, ...]:
    division = load.appointment.position.division
    name = (division is None, str(division or ""))
    return (name, bool(load.absence), load.open, load.sessions, load.appointment.user.name)


def _count_cases(people: set[int]) -> dict[int, tuple[int, int]]:
    cases = Case.objects.filter(officer__in=people, turn=Party.OFFICER).order_by()
    late = Count("pk", filter=Q(due_at__lt=clock.now()))
    counted = cases.values("officer").annotate(open=Count("pk"), late=late)
    return {row["officer"]: (row["open"], row["late"]) for row in counted}


def _list_reserved(people: set[int]) -> dict[int, dict[dt.datetime, int]]:
    days = (clock.today(), clock.today() + dt.timedelta(days=PERIOD_DAYS))
    slots = Slot.objects.filter(user__in=people, day__range=days)
    found: dict[int, dict[dt.datetime, int]] = defaultdict(dict)
    for user, day, half, session in slots.values_list("user", "day", "half_hour", "session"):
        found[user][clock.midnight(day) + half * HALF_HOUR] = session
    return found


def get_wished_time(case: Case) -> dt.datetime | None:
    """Return the time that is planned or, before that, wished for. Return None if it has passed."""
    planned = case.planned_at if case.state == State.SCHEDULED else case.visit_at
    moment = case.other_time or planned
    return moment if moment and moment > clock.now() else None


def _list_engaged(people: set[int], case: Case, start: dt.datetime) -> dict[int, str]:
    """Return what these people have at a time, in words, without the session of the case. Make one query."""
    end = start + dt.timedelta(minutes=Office.load().service_minutes)
    local = timezone.localtime(start)
    halves = [
        half.hour * 2 + half.minute // 30 for half in half_hours_between(local, timezone.localtime(end))
    ]
    slots = Slot.objects.filter(user__in=people, day=local.date(), half_hour__in=halves)
    sessions = slots.exclude(session__case=case).values_list(
        "user", "session__starts_at", "session__ends_at", Value("", CharField())
    )
    absences = Absence.objects.between(start, end).filter(person__in=people).order_by()
    away = absences.values_list("person", "starts_at", "ends_at", "reason")  # none of them has ended early
    found = {}
    for person, starts_at, ends_at, reason in sessions.union(away, all=True):
        if reason:
            found[person] = Absence(reason=reason, ends_at=ends_at).summary
        else:
            words = {"from": timezone.localtime(starts_at), "to": timezone.localtime(ends_at)}
            times = {name: time_format(moment) for name, moment in words.items()}
            found.setdefault(person, gettext("sudah ada janji %(from)s–%(to)s") % times)
    return found
