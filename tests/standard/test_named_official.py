"""Step 2: the official that a complaint is about is entered after registration, or refused."""

import pytest

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import parties
from consultations.scheduling.whose_work import waiting_for
from dispositions import services as dispositions_services
from kit.refusal import Refused
from notices.models import Notice
from office.models import Role, User
from tests.factories import Staff, afresh, appoint, case_at, make_user, walk_in_at
from tests.shared_data import each
from tests.world import undone

NAMED = """
               pkd kadis sekretariat kabid     other_kabid petugas  other_petugas companion
REGISTERED     x   x     x           x         x           x        x             x
DISPOSED       x   x     x           recall    x           x        x             x
ASSIGNED       x   x     x           deputy    x           reassign x             reassign
PREPARED       x   x     x           deputy    x           reassign x             reassign
SCHEDULED      x   x     x           deputy    x           reassign x             reassign
IN_SESSION     x   x     x           deputy    x           reassign x             reassign
HELD           x   x     x           deputy    x           reassign x             reassign
REPORTED       x   x     x           deputy    x           served   x             x
FORWARDED      x   x     x           deputy    x           served   x             x
"""
"""x: this person can be entered as the official complained about. Else: what must come first."""

OFFICIALS, *LINES = (line.split() for line in NAMED.strip().splitlines())
ROWS = [(state, dict(zip(OFFICIALS, marks, strict=True))) for state, *marks in LINES]

SENTENCES = {
    "recall": "Lebih dahulu Kepala Dinas menarik disposisi itu (langkah “Tarik disposisi”)",
    "deputy": "Mintalah administrator menunjuk Plh. Kepala Bidang lebih dahulu.",
    "reassign": "Mintalah Kepala Bidang menggantinya lebih dahulu (langkah “Ganti petugas”).",
    "served": "petugas tidak dapat diganti lagi sesudah laporannya disampaikan.",
}


def named(case: Case, official: User | None, staff: Staff) -> Case:
    """Return the case after Tim PKD has entered the official that it is about."""
    reason = "Dari bukti pelapor."
    consultations_services.name_official(case, by=staff.pkd, complained_about=official, reason=reason)
    return afresh(case)


def outcome(case: Case, official: User, staff: Staff) -> str:
    """What comes of entering the official, as a mark of the table; who is entered is shut out."""
    try:
        case = named(case, official, staff)
    except Refused as refusal:
        return next(mark for mark, sentence in SENTENCES.items() if sentence in str(refusal))
    assert case not in Case.objects.visible_to(official)
    assert parties(official, case) == {}
    return "x"


@each(("state", "expected"), ROWS)
def test_exactly_these_officials_can_be_entered(state: str, expected: dict[str, str], staff: Staff) -> None:
    case, found = case_at(State(state), staff, kind=Kind.COMPLAINT), {}
    for name in expected:
        with undone():
            found[name] = outcome(afresh(case), afresh(getattr(staff, name)), staff)
    assert found == expected


def test_the_entered_official_loses_sight_and_nobody_is_notified(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff, kind=Kind.COMPLAINT)
    told = Notice.objects.count()
    case = named(case, staff.kadis, staff)
    assert case.complained_about == staff.kadis
    assert case not in Case.objects.visible_to(afresh(staff.kadis))
    event = case.history.latest("pk")
    assert (event.verb, event.note, event.title) == ("name_official", "Dari bukti pelapor.", "Tim PKD")
    assert Notice.objects.count() == told
    with pytest.raises(Refused, match="sudah tercatat"):
        named(case, staff.kadis, staff)


def test_a_wrong_name_is_corrected_and_that_person_sees_the_complaint_again(staff: Staff) -> None:
    case = named(case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT), staff.kadis, staff)
    case = named(case, staff.sekretariat, staff)
    assert case in Case.objects.visible_to(afresh(staff.kadis))
    assert case not in Case.objects.visible_to(afresh(staff.sekretariat))
    case = named(case, None, staff)
    assert case in Case.objects.visible_to(afresh(staff.sekretariat))
    notes = set(case.history.filter(verb="name_official").values_list("note", flat=True))
    assert notes == {"Dari bukti pelapor."}, "the line itself names nobody: who is cleared will read it"


def test_each_way_out_leads_to_the_name(staff: Staff) -> None:
    disposed = case_at(State.DISPOSED, staff, kind=Kind.COMPLAINT)
    dispositions_services.recall(disposed, by=staff.kadis, reason="Ke bidang lain.")
    assert named(disposed, staff.kabid, staff).complained_about == staff.kabid
    assigned = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT)
    dispositions_services.reassign(assigned, by=staff.kabid, officer=staff.other_petugas, reason="Pembagian.")
    assert named(assigned, staff.petugas, staff).complained_about == staff.petugas
    reported = case_at(State.REPORTED, staff, kind=Kind.COMPLAINT)
    deputy = make_user("plh")
    appoint(deputy, Role.DIVISION_HEAD, staff.division, acting="Plh.")
    assert named(reported, staff.kabid, staff).complained_about == staff.kabid
    assert reported in waiting_for(deputy)


def test_who_serves_in_person_hears_of_both(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff, kind=Kind.COMPLAINT)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.kabid)
    with pytest.raises(Refused) as refusal:
        named(case, staff.kabid, staff)
    assert SENTENCES["deputy"] in str(refusal.value)
    assert SENTENCES["reassign"] in str(refusal.value)


def test_an_urgent_visitor_complains_about_an_official_too(staff: Staff) -> None:
    case = named(walk_in_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT), staff.kadis, staff)
    assert case not in waiting_for(afresh(staff.kadis))
