"""Read dispositions, opinions and meetings, the workload of divisions, and links that remind an agency."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.identity import get_digits
from consultations.models import Case
from dispositions.models import Disposition, Endorsement, Meeting, Minutes, Opinion, Preparation, StaffReview
from kit import clock
from kit.phones import has_whatsapp
from office.lists import list_active_divisions
from office.models import Appointment, Division, Office, Role, list_current_appointments


@dataclass(frozen=True)
class DivisionLoad:
    """A division, who heads it today, and the number of its open and late cases.

    `share` is `running` in percent of the division with the most open cases.
    """

    division: Division
    head: Appointment | None
    running: int
    late: int
    share: int


def current_disposition(case: Case) -> Disposition | None:
    """Return the latest disposition of a case."""
    return case.dispositions.select_related("division").order_by("-at", "-pk").first()


def current_endorsement(case: Case) -> Endorsement | None:
    """Return the initials of the Sekretaris that the case has had since its last disposition."""
    latest = case.endorsements.select_related("by", "division").order_by("pk").last()
    disposed = latest and case.dispositions.filter(at__gte=latest.at).exists()
    return None if disposed else latest


def current_preparation(case: Case) -> Preparation | None:
    """Return the latest checklist of a case."""
    return case.preparations.order_by("pk").last()


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


def list_opinions(case: Case, *, only_awaited: bool = False) -> list[Opinion]:
    """Return the opinions that other agencies were asked for, with the person who asked and the answer."""
    opinions = case.opinions.filter(recorded_at=None) if only_awaited else case.opinions.all()
    return list(opinions.select_related("asked_by", "letter").order_by("pk"))


def list_serving_appointments() -> list[Appointment]:
    """Return the appointments that allow serving a walk-in today: officers and heads of active divisions.

    A division without a head is left out, because nobody could forward the report.
    """
    heads = Appointment.objects.current().filter(position__role=Role.DIVISION_HEAD)
    serving = Appointment.objects.current().filter(
        position__role__in=[Role.OFFICER, Role.DIVISION_HEAD],
        position__division__is_active=True,
        position__division__in=heads.values("position__division"),
    )
    return list(
        serving.select_related("user", "position__division").order_by(
            "position__division__name", "-position__role", "user__name"
        )
    )


def list_eligible_appointments(case: Case) -> list[Appointment]:
    """Return the appointments of all who may serve a case or accompany its officer."""
    return [
        row
        for row in list_current_appointments()
        if row.user_id != case.complained_about_id and row.position.role != Role.HEAD
    ]


def list_division_loads() -> list[DivisionLoad]:
    """Return the active divisions with head and workload. One query, which counts open cases only."""
    divisions = list_active_divisions()
    current = [row for row in list_current_appointments() if row.position.role == Role.DIVISION_HEAD]
    heads = {head.position.division_id: head for head in sorted(current, key=lambda row: -row.pk)}
    numbers = {division: (running, late) for division, running, late in _count_open(divisions)}
    most = max((running for running, _late in numbers.values()), default=0)
    loads = []
    for division in divisions:
        running, late = numbers.get(division.pk, (0, 0))
        share = 100 * running // most if most else 0
        loads.append(DivisionLoad(division, heads.get(division.pk), running, late, share))
    return loads


def _count_open(divisions: Iterable[Division]) -> Iterable[tuple[int, int, int]]:
    is_late = Q(due_at__lt=clock.now())
    cases = Case.objects.filter(division__in=[one.pk for one in divisions], turn__isnull=False).order_by()
    numbers = cases.values("division").annotate(running=Count("pk"), late=Count("pk", filter=is_late))
    return numbers.values_list("division", "running", "late")


@dataclass(frozen=True)
class Reminder:
    """Links that open a prepared message to an agency, or an empty string without such a contact."""

    whatsapp: str = ""
    mail: str = ""


@translation.override("id")
def get_reminder(opinion: Opinion, *, office: Office) -> Reminder:
    """Return the links for an opinion. The text contains agenda number and days, but not the matter."""
    text = _(
        "Yth. %(agency)s. Dengan hormat, kami mengingatkan permintaan pendapat yang kami sampaikan pada "
        "%(asked)s (nomor agenda kami: %(number)s). Jawabannya kami harapkan paling lambat %(due)s. "
        "Terima kasih. %(office)s"
    ) % {
        "agency": opinion.agency,
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
