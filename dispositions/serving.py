"""People and divisions that may serve a case: who is offered, and what is refused."""

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.scheduling.models import Absence
from dispositions.models import MEETING
from kit.refusal import Refused
from office.lists import list_instructions
from office.models import (
    Appointment,
    Division,
    Instruction,
    Role,
    User,
    list_current_appointments,
    list_current_holders,
    list_holders,
)
from office.words import with_words, with_words_lazy


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


OUTSIDE_DISPOSITION = with_words_lazy(_("Petugas harus berasal dari %(division)s yang menerima disposisi."))
OUTSIDE_CHOSEN_DIVISION = with_words_lazy(_("Petugas harus berasal dari %(division)s yang dipilih."))


def eligible_officers(case: Case) -> list[User]:
    """Return the people of the case's division who may serve it, without a query."""
    excluded = {case.complained_about_id, *list_holders(Role.SUPERVISOR)}
    return [
        user
        for user in list_current_holders()
        if user.pk not in excluded
        and case.division_id
        and case.division_id in (held.position.division_id for held in user.current_appointments)
    ]


def eligible_companions(case: Case) -> list[User]:
    """Return the people of any division who may accompany the officer, without Kepala Dinas and Pengawas."""
    excluded = {case.complained_about_id, *list_holders(Role.HEAD), *list_holders(Role.SUPERVISOR)}
    return [user for user in list_current_holders() if user.pk not in excluded]


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
        sentence = _(
            "%(name)s sekarang satu-satunya %(head)s, jadi tidak ada orang lain yang dapat menerima "
            "laporannya. Pilih orang lain."
        )
        raise Refused(with_words(sentence, name=officer), field=field)
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
