"""Work items: what waits is a row, opened and closed by steps, and whom it waits for is decided today."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db.models import Q

from consultations.enums import Kind, PaperTurn, Party, State, Task
from consultations.intake import drafts
from consultations.intake.models import RequestDraft
from consultations.intake.submission import reject
from consultations.models import Case, WorkItem
from consultations.scheduling.models import Absence
from consultations.scheduling.receivers import move_deadlines
from consultations.scheduling.whose_work import waiting_for, waits_for
from consultations.services import register, send_back
from consultations.work import store_items
from desk import lines
from desk.lines import list_late_elsewhere
from dispositions.relayed_orders import refuse_assignment, refuse_disposition
from dispositions.services import ask_opinion, dispose, reassign
from dispositions.transfers import remind_receiver
from documents.life import list_papers, must_submit
from documents.models import Document
from documents.signing_desk import give_back, submit
from kit import clock
from kit.rules import holds
from office.models import Role, User
from tests.factories import Staff, afresh, appoint, away, case_at, client_of, relayed_at, walk_in_at
from tests.shared_data import each
from tests.standard.conftest import MONDAY
from tests.standard.steps import values
from trust.record.derived import check_work

pytestmark = pytest.mark.usefixtures("monday")

DAY = dt.timedelta(days=1)


def kinds(case: Case) -> list[str]:
    return sorted(case.work_items.open().steps().values_list("kind", flat=True))


def verbs_on_desk(user: User, case: Case) -> list[str]:
    """The verbs that the desk of somebody offers for a case."""
    groups = client_of(user).get("/meja/").context["desk"]["groups"]
    rows = [row for group, _lines in groups for row in group.rows if row.case == case]
    return [row.main.verb for row in rows if row.main]


def test_a_step_does_what_waited_and_opens_what_waits_next(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    (first,) = case.work_items.all()
    assert (first.kind, first.party, first.since, first.due_at) == (
        *("register", Party.TIM_PKD),
        *(case.since, case.due_at),
    )
    register(case, by=staff.pkd, classification="400.9")
    first.refresh_from_db()
    assert (first.done_by, first.done_at) == (staff.pkd, clock.now())
    (second,) = case.work_items.open()
    assert (second.kind, second.party) == ("dispose", Party.HEAD)
    assert second.opened_by == case.history.latest("pk")


def test_what_was_sent_back_waits_for_the_applicant_and_later_for_tim_pkd(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    send_back(case, by=staff.pkd, missing="Surat kuasa.")
    assert kinds(case) == ["complete", "lapse"]
    assert case not in waiting_for(afresh(staff.pkd))
    with clock.set_to(MONDAY + 60 * DAY):
        assert case in waiting_for(afresh(staff.pkd))
        assert verbs_on_desk(afresh(staff.pkd), case) == ["lapse"]


def test_a_reminder_is_done_and_waits_again(staff: Staff) -> None:
    case = case_at(State.DECLINED, staff, kind=Kind.COMPLAINT)
    assert kinds(case) == []
    Case.objects.filter(pk=case.pk).update(passed_to="Inspektorat", receipt_awaited=True)
    case.refresh_from_db()
    remind_receiver(case, by=staff.sekretariat, note="Telepon.")
    (item,) = case.work_items.open().steps()
    assert (item.kind, item.party) == ("remind_receiver", Party.SECRETARIAT)
    assert item.since > clock.now()


@each(("return_in", "is_hers"), [(1, True), (0, False)])
def test_the_case_of_an_absent_officer_waits_for_the_head_of_the_division(
    return_in: int, is_hers: bool, staff: Staff
) -> None:
    case = case_at(State.ASSIGNED, staff)
    case.work_items.open().update(due_at=MONDAY + DAY)
    away(staff.petugas, 0, return_in)
    absence = Absence.objects.get()
    assert (absence.until > MONDAY + DAY) is is_hers
    for head in (staff.kabid, staff.other_kabid):
        assert (case in waiting_for(afresh(head))) is (is_hers and head == staff.kabid)
    if is_hers:
        assert verbs_on_desk(afresh(staff.kabid), case) == ["reassign"]
        assert "berhalangan atau tidak lagi bertugas" in client_of(staff.kabid).get("/meja/").text


def test_guests_of_an_ill_officer_wait_for_the_head_of_the_division(staff: Staff) -> None:
    guests = [walk_in_at(State.ASSIGNED, staff) for _ in range(3)]
    assert not set(guests) & set(waiting_for(afresh(staff.kabid)))
    away(staff.petugas, 0, 0)
    head = afresh(staff.kabid)
    assert set(guests) <= set(waiting_for(head))
    assert {(*verbs_on_desk(head, guest),) for guest in guests} == {("reassign",)}


def test_the_case_of_an_officer_who_has_left_waits_for_the_head_of_the_division(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    staff.petugas.appointments.update(ends=MONDAY.date() - DAY)
    assert case not in waiting_for(afresh(staff.petugas))
    assert verbs_on_desk(afresh(staff.kabid), case) == ["reassign"]


def test_several_guests_who_were_served_are_one_line(staff: Staff) -> None:
    guests = [walk_in_at(State.HELD, staff) for _ in range(3)]
    page = client_of(staff.kadis).get("/meja/")
    (today,) = (group for group, _lines in page.context["desk"]["groups"] if group.served)
    assert (today.section, today.rows, len(today.served)) == ("today", [], 3)
    assert page.text.count("data-served") == 1
    assert all(guest.code in page.text for guest in guests)


def test_a_letter_waits_again_when_its_case_has_a_division_again(staff: Staff) -> None:
    """The head refuses a disposition while a letter of the officer waits for initials of the division."""
    case = relayed_at(State.ASSIGNED, staff)
    ask_opinion(case, by=staff.petugas, **values("ask_opinion", staff, case))
    letter = Document.objects.get(case=case, kind="OPINION_REQUEST")
    if letter.state == Document.State.DRAFT:
        submit(letter, by=staff.petugas, text=letter.text)
    letter.refresh_from_db()
    assert letter.turn == Role.DIVISION_HEAD
    items = case.work_items.open().filter(subject=str(letter.pk))
    assert items.get().division == staff.division
    refuse_disposition(case, by=staff.kadis, reason="Bukan disposisi saya.")
    assert not items.exists()
    dispose(case, by=staff.kadis, division=staff.division)
    assert items.get().division == staff.division
    assert list(check_work()) == []


def test_a_returned_letter_waits_for_the_officer_of_today(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    ask_opinion(case, by=staff.petugas, **values("ask_opinion", staff, case))
    letter = Document.objects.get(case=case, kind="OPINION_REQUEST")
    give_back(letter, by=staff.kabid, reason="Salah alamat.")
    assert [*list_papers(afresh(staff.petugas), PaperTurn.REWORK, is_over=False)] == [letter]
    reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.", companions=[])
    assert [*list_papers(afresh(staff.petugas), PaperTurn.REWORK, is_over=False)] == []
    assert [*list_papers(afresh(staff.other_petugas), PaperTurn.REWORK, is_over=False)] == [letter]
    assert list(check_work()) == []


def test_a_returned_letter_of_a_case_without_an_officer_waits_for_the_head_of_the_division(
    staff: Staff,
) -> None:
    """The officer, whose assignment the head refused, does not see the case any more."""
    case = relayed_at(State.ASSIGNED, staff)
    ask_opinion(case, by=staff.petugas, **values("ask_opinion", staff, case))
    letter = Document.objects.get(case=case, kind="OPINION_REQUEST")
    give_back(letter, by=staff.kabid, reason="Salah alamat.")
    assert [*list_papers(afresh(staff.petugas), PaperTurn.REWORK, is_over=False)] == [letter]
    refuse_assignment(case, by=staff.kabid, reason="Bukan penugasan saya.")
    letter.refresh_from_db()
    assert [*list_papers(afresh(staff.petugas), PaperTurn.REWORK, is_over=False)] == []
    assert [*list_papers(afresh(staff.kabid), PaperTurn.REWORK, is_over=False)] == [letter]
    assert must_submit(letter, by=afresh(staff.kabid))
    assert list(check_work()) == []


def test_an_anonymised_case_waits_for_nothing(staff: Staff) -> None:
    case = case_at(State.DECLINED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(passed_to="Inspektorat", receipt_awaited=True)
    store_items([Case.objects.get()])
    assert kinds(case) == ["remind_receiver"]
    Case.objects.update(anonymised_at=clock.now())
    assert len(list(check_work())) == 1
    case.work_items.steps().delete()
    assert list(check_work()) == []


def test_the_desk_has_a_line_for_each_kind_of_work_that_is_no_step() -> None:
    assert {*Task, *PaperTurn} == {kind for line in lines.LINES for kind in line.kinds}


def test_many_items_of_a_kind_hide_no_other(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_READ", 5)
    monkeypatch.setattr(lines, "MAX_COUNTED", 4)
    draft = RequestDraft.objects.create(pk=uuid4(), kind=Kind.COMPLAINT)
    waiting = {"kind": Task.SEND, "party": Party.SECRETARIAT, "since": clock.now()}
    sent = [WorkItem(subject=str(number), **waiting) for number in range(9)]
    WorkItem.objects.bulk_create(sent)
    drafts.hold(draft, "Uji")
    assert {"unsent", "held"} <= {line.name for line in lines.list_lines(staff.pkd, waits_for(staff.pkd))}


def test_a_held_draft_waits_for_tim_pkd_and_a_rejected_complaint_for_the_head(staff: Staff) -> None:
    draft = RequestDraft.objects.create(pk=uuid4(), kind=Kind.COMPLAINT)
    drafts.hold(draft, "Uji")
    assert list_mine(staff.pkd) == [("draft", str(draft.held_key))]
    assert list_mine(staff.kadis) == list_mine(staff.pengawas) == []
    reject([draft.held_key], by=staff.pkd)
    assert list_mine(staff.kadis) == [("draft", str(draft.held_key))]
    assert list_mine(staff.pkd) == []
    assert list(check_work()) == []
    WorkItem.objects.things().delete()
    assert list(check_work()) == [f"draft {draft.held_key}: its work item is not what it waits for"]
    drafts.delete(RequestDraft.objects.all())
    assert list(check_work()) == []


def list_mine(user: User) -> list[tuple[str, str]]:
    mine = WorkItem.objects.waiting().filter(waits_for(afresh(user)), case=None)
    return [*mine.values_list("kind", "subject")]


def test_a_late_turn_of_an_officer_who_left_is_counted_once(staff: Staff) -> None:
    """It is a row of the head of the division, and none of those that wait for somebody else."""
    case = case_at(State.ASSIGNED, staff)
    case.work_items.open().update(due_at=MONDAY - DAY)
    assert [
        item.case for item in list_late_elsewhere(afresh(staff.kabid), waits_for(afresh(staff.kabid)))
    ] == [case]
    staff.petugas.appointments.update(ends=MONDAY.date() - DAY)
    head = afresh(staff.kabid)
    assert [*list_late_elsewhere(head, waits_for(head))] == []
    assert verbs_on_desk(afresh(staff.kabid), case) == ["reassign"]


def test_an_item_moves_with_the_deadlines(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    item = case.work_items.open().get()
    WorkItem.objects.update(due_at=None)
    move_deadlines.func()
    item.refresh_from_db()
    case.refresh_from_db()
    assert item.due_at == case.due_at is not None


@pytest.mark.differs_by_database
def test_a_rule_says_the_same_of_one_item_and_of_all(staff: Staff) -> None:
    """The walks compare the rules in use for random people and cases; here are other ways to write one."""
    complaint = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=complaint.pk).update(complained_about=staff.kadis)
    case_at(State.ASSIGNED, staff)
    appoint(staff.petugas, Role.HEAD, acting="Plh.")
    items = list(WorkItem.objects.open().select_related("case"))
    rules = [
        *(Q(), ~Q(), Q(due_at=None), ~Q(due_at=None), Q(due_at__gt=MONDAY), ~Q(due_at__lte=MONDAY)),
        *(Q(user=staff.petugas), ~Q(user=staff.petugas), Q(case__complained_about=staff.kadis)),
        *(~Q(case__complained_about=staff.kadis), Q(case__complained_about__isnull=True)),
        *(Q(kind__in=["dispose"]) | Q(party="OFFICER"), ~(Q(kind="dispose") & Q(party="HEAD"))),
        *(~Q(user__in=[staff.petugas.pk]), Q(user__in=[]), Q(since__lt=MONDAY) | Q(since__gte=MONDAY)),
        *(waits_for(afresh(one)) for one in (staff.kadis, staff.pkd, staff.petugas, staff.kabid)),
    ]
    for rule in rules:
        found = set(WorkItem.objects.open().filter(rule))
        assert found == {item for item in items if holds(rule, item)}, rule


@each("rule", [Q(kind="a") ^ Q(kind="b"), Q(kind__startswith="a")])
def test_a_rule_that_cannot_be_asked_of_one_record_is_an_error(rule: Q) -> None:
    with pytest.raises(ValueError, match=r"XOR|startswith"):
        holds(rule, WorkItem(kind="a"))
