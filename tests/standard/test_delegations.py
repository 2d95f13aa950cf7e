"""Stand-ins (Plh., Plt.): who names them, whom the rules allow, chains, ends, and what both heads see."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import Kind, Party, State
from consultations.intake.uploads import CheckedFile
from consultations.models import Case
from consultations.parties import parties
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.absences import delegate, end_absence, end_delegation, list_vacancies
from consultations.scheduling.models import Absence, Delegation
from consultations.scheduling.whose_work import waiting_for
from desk.absences import get_absence_page
from dispositions import services as dispositions_services
from documents import signing_desk
from documents.models import Document
from documents.numbers import get_titles
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.services.occasions import notify_of_ended_delegations
from office.models import Appointment, Role, User
from tests.factories import ORDER, Staff, afresh, appoint, away, case_at
from tests.print.documents import words_of
from tests.print.reading import text_of
from tests.shared_data import each
from tests.standard.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")


def on(day: int) -> dt.datetime:
    """Nine o'clock so many days after that Monday."""
    return MONDAY + dt.timedelta(days=day)


def source(person: User) -> Appointment:
    """The person's newest appointment."""
    return person.appointments.latest("pk")


def stand_in(absence: Absence, to: User, of: Appointment | None = None) -> Delegation:
    return delegate(absence, by=absence.person, source=of or source(absence.person), to=to, **ORDER)


def told(kind: str) -> set[str]:
    """The people who have a notice of this kind about a delegation."""
    return set(Notice.objects.filter(kind=kind, case=None).values_list("recipient__username", flat=True))


@pytest.mark.differs_by_database
def test_a_chain_of_two_follows_the_dates(staff: Staff) -> None:
    """The Kepala Dinas is absent from Tuesday to Friday, the acting holder on Wednesday and Thursday."""
    case = case_at(State.REGISTERED, staff)
    week = away(staff.kadis, 1, 4)
    first = stand_in(week, staff.kabid)
    middle = away(staff.kabid, 2, 3)
    titles = {vacancy.source.title for vacancy in list_vacancies(middle)}
    assert titles == {"Plh. Kepala Dinas", "Kepala Bidang Rehabilitasi Sosial"}
    second = stand_in(middle, staff.other_kabid, of=first.appointment)
    assert (second.appointment.starts, second.appointment.ends) == (on(2).date(), on(3).date())
    assert told("STANDS_IN") == {"kadis", "kabid", "other_kabid"}

    acts = {}
    for day in range(6):
        with clock.set_to(on(day)):
            people = (afresh(person) for person in (staff.kabid, staff.other_kabid))
            acts[day] = [case in waiting_for(person) for person in people]
    no, kabid, both = [False, False], [True, False], [True, True]
    assert acts == {0: no, 1: kabid, 2: both, 3: both, 4: kabid, 5: no}
    with clock.set_to(on(2)):
        dispositions_services.dispose(case, by=afresh(staff.other_kabid), division=staff.division)
    assert case.dispositions.get().title == "Plh. Kepala Dinas"
    with clock.set_to(on(5)):
        for head, absence in ((staff.kadis, week), (staff.kabid, middle), (staff.other_kabid, middle)):
            (event,) = get_absence_page(absence, afresh(head))["meanwhile"]
            assert (event.verb, event.by) == ("dispose", staff.other_kabid)
        assert not parties(afresh(staff.other_kabid), case)
        Case.objects.filter(pk=case.pk).update(kind=Kind.COMPLAINT, complained_about=staff.other_kabid)
        assert not get_absence_page(middle, afresh(staff.other_kabid))["meanwhile"]
        assert [notify_of_ended_delegations(), notify_of_ended_delegations()] == [2, 0]
    assert told("STOOD_IN") == {"kadis", "kabid", "other_kabid"}


@each("way", ["delegation", "absence"])
def test_an_early_end_takes_the_chain_along_at_once(way: str, staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    week = away(staff.kadis, 0, 4)
    first = stand_in(week, staff.kabid)
    stand_in(away(staff.kabid, 0, 3), staff.other_kabid, of=first.appointment)
    assert case in waiting_for(afresh(staff.other_kabid))
    with clock.set_to(MONDAY + dt.timedelta(hours=1)):
        by = staff.kadis if way == "delegation" else staff.sekretariat
        if way == "delegation":
            end_delegation(first, by=by)
        else:
            end_absence(week, by=by)
        for person in (staff.kabid, staff.other_kabid):
            assert case not in waiting_for(afresh(person))
        with pytest.raises(Refused):
            end_delegation(first, by=staff.kadis)
    ended = Appointment.objects.filter(ended_at__isnull=False)
    assert [(one.ended_by, one.last_day) for one in ended] == 2 * [(by, MONDAY.date())]
    assert told("STOOD_IN") == {"kadis", "kabid", "other_kabid"}


def test_both_heads_may_decide_and_letters_are_signed_by_the_acting_one(staff: Staff) -> None:
    """The first decision counts. The order (Surat Perintah) is printed under the acting head's name."""
    first, second = (case_at(State.REGISTERED, staff) for _ in range(2))
    case = case_at(State.PREPARED, staff)
    named = stand_in(away(staff.kadis, 0, 4), staff.kabid)
    for one, by in ((first, staff.kadis), (second, afresh(staff.kabid))):
        dispositions_services.dispose(one, by=by, division=staff.division)
        again = Case.objects.get(pk=one.pk)
        with pytest.raises(Refused):
            dispositions_services.dispose(again, by=staff.kadis, division=staff.division)
    scheduling_services.schedule(case, by=staff.petugas, starts_at=on(1))
    order = "Surat Perintah Nomor 800/7/SP/2026 tanggal 5 Januari 2026"
    assert named.appointment.order == order
    for one, slug, signer in (
        (first, "lembar-disposisi", "Kepala Dinas, Kadis"),
        (second, "lembar-disposisi", f"Plh. Kepala Dinas, Kabid {order}"),
        (case, "pemberitahuan-jadwal", f"Plh. Kepala Dinas, Kabid {order}"),
        (case, "surat-tugas", f"Plh. Kepala Dinas, Kabid {order}"),
    ):
        words = words_of(slug, one)
        assert signer in words
        assert (order in words) == ("Plh." in signer)


def test_a_letter_names_the_official_of_the_day_of_its_printing(staff: Staff) -> None:
    """The acting head signs the paper of a draft from before, and the scan is stored after the absence."""
    letter = Document.objects.get(case=case_at(State.SCHEDULED, staff), kind="SCHEDULE")
    signing_desk.initial(letter, by=staff.kabid)
    stand_in(away(staff.kadis, 0, 4), staff.other_kabid)
    original = signing_desk.print_original(letter, by=staff.sekretariat)
    printed = text_of(original)
    assert "Plh. Kepala Dinas" in printed
    assert "Surat Perintah Nomor 800/7/SP/2026" in printed
    with clock.set_to(on(7)):
        scan = CheckedFile(original, "application/pdf", "surat.pdf")
        signing_desk.record_scan(letter, by=staff.sekretariat, pages=[scan])
    assert (letter.signed_by, letter.signed_title) == (staff.other_kabid, "Plh. Kepala Dinas")


def test_a_stand_in_has_an_order(staff: Staff) -> None:
    absence = away(staff.kadis, 0, 4)
    for missing in ({"order_number": ""}, {"order_date": None}):
        with pytest.raises(Refused, match="Isi nomor dan tanggal Surat Perintah"):
            delegate(
                absence,
                by=staff.kadis,
                source=source(staff.kadis),
                to=staff.kabid,
                **{**ORDER, **missing},
            )


def test_only_the_head_or_the_kepala_dinas_names_a_stand_in(staff: Staff) -> None:
    absence, may = away(staff.kabid, 1, 1), set()
    of_head = {"source": source(staff.kadis), "to": staff.kabid, **ORDER}
    of_division = {"source": source(staff.kabid), "to": staff.other_kabid, **ORDER}
    for name, by in vars(staff).items():
        try:
            named = delegate(absence, by=afresh(by), **of_division)
        except PermissionDenied:
            continue
        may.add(name)
        end_delegation(named, by=by)
    assert may == {"kabid", "kadis"}
    with pytest.raises(PermissionDenied):
        delegate(away(staff.kadis, 1, 1), by=staff.sekretariat, **of_head)


def test_the_office_rules_and_absences_limit_who_stands_in(staff: Staff) -> None:
    absence = away(staff.kadis, 1, 3)
    away(staff.other_kabid, 3, 5)
    staff.kabid.appointments.update(ends=on(2).date())
    (vacancy,) = list_vacancies(absence)
    assert [one.user for one in vacancy.candidates] == [staff.other_kabid]
    staff.kabid.appointments.update(ends=on(3).date())
    (vacancy,) = list_vacancies(absence)
    found = [(one.user, bool(one.obstacle)) for one in vacancy.candidates]
    assert found == [(staff.kabid, False), (staff.other_kabid, True)]
    for person in (staff.petugas, staff.other_kabid, staff.kadis):
        with pytest.raises(Refused):
            stand_in(absence, person)
    stand_in(absence, staff.kabid)
    for other in (absence, away(staff.petugas, 1, 1)):
        with pytest.raises(Refused):
            stand_in(other, staff.kabid)


def test_a_position_that_has_ended_needs_no_stand_in(staff: Staff) -> None:
    """The stand-in of Monday was away since Monday, and enters it on Wednesday."""
    first = stand_in(away(staff.kadis, 0, 0), staff.kabid)
    with clock.set_to(on(2)):
        absence = away(staff.kabid, -2, 1)
        assert first.appointment not in [vacancy.source for vacancy in list_vacancies(absence)]
        with pytest.raises(Refused):
            stand_in(absence, staff.other_kabid, of=first.appointment)


def test_an_officer_who_stands_in_serves_as_officer(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    appoint(staff.petugas, Role.DIVISION_HEAD, staff.division, acting="Plh.")
    officer = "Petugas Rehabilitasi Sosial"
    assert parties(afresh(staff.petugas), case) == {
        Party.OFFICER: officer,
        Party.DIVISION_HEAD: "Plh. Kepala Bidang Rehabilitasi Sosial",
    }
    assert get_titles(clock.today(), [staff.petugas]) == {staff.petugas.pk: officer}
