"""Rules about who may serve a case, for forms and services.

A complaint is not handled by the official it is about (PermenPANRB 62/2018).
"""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import Refused
from office.models import Appointment, Division, Role, User
from scheduling.models import Absence

OUTSIDE_DISPOSITION = _("Petugas harus berasal dari bidang yang menerima disposisi.")
OUTSIDE_CHOSEN_DIVISION = _("Petugas harus berasal dari bidang yang dipilih.")
ONLY_HEAD = _(
    "%(name)s sekarang satu-satunya Kepala Dinas, jadi tidak ada orang lain yang dapat menerima laporannya. "
    "Pilih orang lain."
)


def eligible_officers(case: Case) -> QuerySet[User]:
    """Return the people of the case's division who may serve it."""
    people = User.objects.of_division(case.division) if case.division else User.objects.none()
    return people.exclude(pk=case.complained_about_id)


def eligible_companions(case: Case) -> QuerySet[User]:
    """Return the people of any division who may accompany the officer: everybody but the Kepala Dinas."""
    heads = Appointment.objects.current().filter(position__role=Role.HEAD)
    return User.objects.in_office().exclude(pk=case.complained_about_id).exclude(pk__in=heads.values("user"))


def check_officer(
    officer: User,
    division: Division | None,
    official: User | None,
    *,
    outside: Promise,
    field: str = "officer",
) -> None:
    """Raise Refused if the officer is of another division (`outside`), is away now, or is the official.

    Also raise it if the officer is the only Kepala Dinas, because nobody else could accept the report.
    `field` is the form's field of the officer.
    """
    if division is None or not User.objects.of_division(division).contains(officer):
        raise Refused(outside)
    if officer == official:
        _refuse_official()
    heads = Appointment.objects.current().filter(position__role=Role.HEAD)
    if set(heads.values_list("user", flat=True)) == {officer.pk}:
        raise Refused(ONLY_HEAD % {"name": officer}, field=field)
    _refuse_absent([officer], field)


def check_companions(companions: Sequence[User], official: User | None) -> None:
    """Raise Refused if a companion is away now, is the official complained about, or is the Kepala Dinas."""
    if official in companions:
        _refuse_official()
    _refuse_absent(companions, "companions")
    heads = Appointment.objects.current().filter(position__role=Role.HEAD)
    if companions and heads.filter(user__in=companions).exists():
        raise Refused(_("Kepala Dinas tidak dapat menjadi pendamping. Pilih orang lain."))


def check_headed(division: Division) -> None:
    """Raise Refused if nobody heads the division today, because nobody could forward the report."""
    if not User.objects.heads_of(division).exists():
        raise Refused(
            _(
                "Bidang ini belum memiliki Kepala Bidang. Pilih petugas dari bidang lain, atau mintalah "
                "administrator menunjuk Kepala Bidang."
            )
        )


def check_divisions(official: User | None, division: Division, copies: Iterable[Division] = ()) -> None:
    """Raise Refused if the official complained about is the only head of one of the divisions."""
    if official is None:
        return
    if official.heads_alone(division):
        sentence = _("Kepala Bidang ini adalah pejabat yang diadukan. Pilih bidang lain.")
        raise Refused(sentence, field="division")
    if headed := next((copied for copied in copies if official.heads_alone(copied)), None):
        sentence = _("Kepala Bidang %(division)s adalah pejabat yang diadukan. Hapus dari tembusan.")
        raise Refused(sentence % {"division": headed}, field="copies")


def _refuse_absent(people: Sequence[User], field: str) -> None:
    if absence := Absence.objects.now().filter(person__in=people).select_related("person").first():
        sentence = _("%(name)s sedang berhalangan: %(absence)s. Pilih orang lain.")
        raise Refused(sentence % {"name": absence.person, "absence": absence.summary}, field=field)


def _refuse_official() -> None:
    raise Refused(_("Pejabat yang diadukan tidak boleh menangani pengaduan ini."))
