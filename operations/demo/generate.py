"""Generate the demo: the cases in order of time, and what the office does beside them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import cycle
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q

from consultations.enums import IdentityCheck, Kind, State
from consultations.faq import services as faq
from consultations.intake.services import submit
from consultations.intake.uploads import CheckedFile
from consultations.models import Case
from consultations.parties import Applicant
from consultations.scheduling.absences import delegate, record_absence
from consultations.scheduling.arrivals import PENDING, can_confirm, confirm, note_arrival
from consultations.scheduling.models import Absence, Session
from consultations.services import conclude
from documents import signing_desk
from documents.files import create_document_file
from documents.issuing import record_handover
from documents.life import issue_as_before
from documents.models import TO_INSTITUTION, DispatchWay, Document
from documents.models.document import UNSIGNED, DocumentQuerySet
from documents.numbering import number_letter
from kit import clock
from kit.refusal import Refused
from notices.models import Message, Notice
from office import models as office
from office.access import changes
from office.worktime import WorkingTime
from operations.demo.case_run import CaseRun, subtract_minutes
from operations.demo.people import Staff, create_staff
from operations.demo.scenarios import SCENARIOS, Scenario
from operations.demo.steps import take
from operations.demo.surveys import publish
from operations.demo.topics import COMPLAINTS, CONSULTATIONS
from reports import advice as advice_bank
from reports.advice import YEAR
from reports.models import ReusableAdvice
from reports.models.report import Item
from trust.privacy import deletion
from trust.privacy.deletion import Decision, release, retain
from trust.privacy.rights import correct_contact


def record_absences(staff: Staff) -> None:
    """Let an officer be on leave from today on, and the Kepala Dinas travel next Monday to Wednesday."""
    _record(staff.teams["DAYASOS"].officers[1], Absence.Reason.LEAVE, first=0, days=3)
    monday = 7 - clock.today().weekday()
    journey = _record(staff.head, Absence.Reason.TRAVEL, first=monday, days=3)
    deputy = staff.teams["LINJAMSOS"].head
    day = clock.today()
    held, number = staff.head.current_appointments[0], f"800.1.11.1/34/BKPSDM/{day.year}"
    delegate(journey, by=staff.head, source=held, to=deputy, order_number=number, order_date=day)


def _record(person: office.User, reason: str, *, first: int, days: int) -> Absence:
    starts_at = clock.midnight(clock.today() + dt.timedelta(days=first))
    ends_at = starts_at + dt.timedelta(days=days)
    return record_absence(by=person, person=person, starts_at=starts_at, ends_at=ends_at, reason=reason)


MOST = 3
"""Cases of a division that give advice and questions. The advice of the last one waits for its review."""


def share_knowledge(staff: Staff) -> None:
    """Let each division propose and offer advice, and publish questions with their answers."""
    for team in staff.teams.values():
        closed = Case.objects.filter(state=State.CLOSED, kind=Kind.CONSULTATION, division=team.division)
        by_subject = {case.subject: case for case in closed.order_by("-pk")}
        for number, case in enumerate([*by_subject.values()][:MOST], start=1):
            items = advice_bank.list_items(case)
            advice_bank.propose(case, by=team.head, items=items[:1], topic=case.subject[:80])
            question = f"{case.subject}: apa yang perlu saya lakukan?"
            answers = [item.text for item in items if item.kind in (Item.Kind.ADVICE, Item.Kind.SOLUTION)]
            faq.publish(by=team.head, question=question, answer="\n".join(answers), cases=[case])
            for advice in ReusableAdvice.objects.filter(case=case) if number < MOST else []:
                day = clock.today() + YEAR
                advice_bank.review(advice, by=team.head, text=advice.text, topic=advice.topic, expires_on=day)


def publish_standard(staff: Staff) -> None:
    """Let the head sign the registers, give the office an address, and list the staff with the standard."""
    signer = office.Appointment.objects.get(user=staff.head).position
    office.Office.objects.update(register_signer=signer, email="layanan@dinas.example")
    ppid = {"ppid_name": "PPID Pelaksana Dinas", "ppid_hours": "Senin-Jumat 09.00-15.00"}
    pdp = {"pdp_name": str(staff.pkd), "pdp_title": "Tim PKD", "pdp_contact": "pdp@dinas.example"}
    office.StandardPublication.objects.update(lists_staff=True, **ppid, **pdp)
    officers = [officer.pk for team in staff.teams.values() for officer in team.officers]
    office.User.objects.filter(pk__in=officers).update(competence="Pelatihan pelayanan konsultasi")


OBSERVED = {
    "Petugas loket meminta uang jasa": "Petugas di loket meminta Rp50.000 agar saya didahulukan.",
    "Rapat dijadwalkan pada jam layanan": "Loket tutup dua jam setiap Senin karena rapat pimpinan.",
}
"""Subject and text of complaints about those who would handle them."""

OUTCOME = "Jadwal rapat dipindahkan ke sore hari, dan loket sekarang buka sepanjang jam layanan."


def complain_to_the_supervisor() -> None:
    """Send two complaints to the Pengawas, who has closed one of them."""
    supervisor = office.User.objects.get(appointments__position__role=office.Role.SUPERVISOR)
    for days, (subject, material) in enumerate(OBSERVED.items(), start=2):
        with clock.set_to(clock.now() - dt.timedelta(days=days)):
            case = submit(
                kind=Kind.COMPLAINT,
                is_independent=True,
                applicant_name=f"Pelapor Contoh {days}",
                phone=f"+62812345678{days:02}",
                subject=subject,
                material=material,
                complained_party="Sekretariat",
            )
    with clock.set_to(clock.now() - dt.timedelta(hours=2)):
        conclude(case, by=supervisor, outcome=OUTCOME)


def exercise_rights(staff: Staff) -> None:
    """Let applicants correct a number and ask for the deletion of their data, and Tim PKD retain cases."""
    closed = Case.objects.filter(state=State.CLOSED, kind=Kind.CONSULTATION, channel="ONLINE").order_by("pk")
    for case in closed[:1]:
        applicant, phone = Applicant(case.secret), f"{case.phone}"[:-2] + "07"
        correct_contact(case, by=applicant, applicant_name=case.applicant_name, phone=phone)
    for case in closed[1:3]:
        deletion.ask_deletion(case, by=Applicant(case.secret), reason="Urusan saya sudah selesai.")
    for case in closed[2:3]:
        reason = "Laporannya wajib disimpan sampai masa retensinya berakhir."
        deletion.decide_deletion(case, by=staff.head, decision=Decision.REFUSED, reason=reason)
    for case in closed[3:5]:
        retain(case, by=staff.pkd, reason="Diminta Inspektorat untuk pemeriksaan.")
    for case in closed[4:5]:
        release(case, by=staff.pkd, reason="Pemeriksaan Inspektorat selesai.")
    # Two officials grant what was asked at the counter, and the applicant thinks better of it.
    supervisor = office.User.objects.get(appointments__position__role=office.Role.SUPERVISOR)
    reason, seen = "Pemohon tidak lagi memerlukan layanan ini.", IdentityCheck.IDENTITY_CARD
    for case in Case.objects.filter(state=State.WITHDRAWN, merged_into=None).order_by("pk")[:1]:
        deletion.ask_deletion_for(case, by=staff.secretariat, checked_with=seen, reason=reason)
        deletion.decide_deletion(case, by=staff.head, decision=Decision.GRANTED, reason=reason)
        deletion.confirm_deletion(case, by=supervisor, decision=Decision.GRANTED, reason=reason)
        deletion.stop_deletion(case, by=Applicant(case.secret))


def propose_an_appointment(staff: Staff) -> None:
    """Let the administrator propose an officer for Tim PKD. The Kepala Dinas decides."""
    position = office.Position.objects.filter(role=office.Role.TIM_PKD).earliest("pk")
    officer, by = staff.teams["PMD"].officers[1], office.User.objects.get(is_superuser=True)
    starts = clock.today() + dt.timedelta(days=7)
    changes.propose(office.AccessChange.Kind.APPOINT, officer, by=by, position=position, starts=starts)


INITIAL, SIGN = "(paraf)", "(tanda tangan)"
"""In place of a verb: the letters of a case are initialled, and signed."""

INITIALLED_AFTER, SIGNED_AFTER = dt.timedelta(hours=3), (dt.timedelta(hours=4), dt.timedelta(days=4))
"""Letters are signed soon or late, so that some of the last days still wait."""

OLD = dt.timedelta(days=8)
"""Age of letters from before the signature desk. They are issued as an upgraded office has them, which takes
no time: each printing and scan takes a second.
"""


def generate(staff: Staff, scenarios: Iterable[Scenario]) -> None:
    """Take the steps of all scenarios up to now, in order of time, so that agenda numbers rise with it."""
    until = clock.now()
    office.Office.objects.update(counts_letters=True)  # nobody enters numbers here
    queue = [(run.opens_at, run.number, run.scenario.verbs[0], run) for run in _runs(staff, scenarios)]
    heapify(queue)
    while queue:
        moment, number, verb, run = heappop(queue)
        if moment > until:
            continue
        with clock.set_to(moment):
            if verb in (INITIAL, SIGN):
                is_old = moment < until - OLD
                act = issue_unsigned if is_old else initial_papers if verb == INITIAL else sign_papers
                act(run)
                continue
            try:
                take(run, verb)
            except Refused:
                if verb != "start":
                    raise
                # The officer is still in another session.
                heappush(queue, (moment + MINUTES, number, verb, run))
                continue
            if list_unsigned(run).exists():
                heappush(queue, (moment + INITIALLED_AFTER, number, INITIAL, run))
                heappush(queue, (moment + SIGNED_AFTER[number % 2], number, SIGN, run))
            if run.ahead:
                when, following = run.pop_next_step()
                heappush(queue, (when, number, following, run))
    mark_old_messages(staff)
    publish(staff)


def list_unsigned(run: CaseRun) -> DocumentQuerySet:
    papers = Document.objects.in_force().filter(case=run.case, state__in=UNSIGNED)
    return papers.order_by("issued_at", "pk")


def issue_unsigned(run: CaseRun) -> None:
    """Issue the letters of the case with their numbers, as before they had to be signed."""
    for paper in list_unsigned(run):
        number_letter(paper)
        issue_as_before(paper)
        transaction.on_commit(partial(create_document_file.enqueue, str(paper.pk)))
        hand_over(paper, run)


def initial_papers(run: CaseRun) -> None:
    """Let the letters of the case be submitted and initialled."""
    for paper in list_unsigned(run):
        if paper.state == Document.State.DRAFT and paper.drafted_by:
            signing_desk.submit(paper, by=paper.drafted_by, text=paper.text)
        if paper.state == Document.State.INITIALS:
            signing_desk.initial(paper, by=run.team.head)


def sign_papers(run: CaseRun) -> None:
    """Let the letters of the case be printed, signed by hand, and scanned, and those to agencies be sent."""
    by = run.staff.secretariat
    for paper in list_unsigned(run).filter(state=Document.State.SIGNATURE):
        scan = CheckedFile(signing_desk.print_original(paper, by=by), "application/pdf", "surat.pdf")
        signing_desk.record_scan(paper, by=by, pages=[scan])
        if paper.state == Document.State.ISSUED and run.number % 5:
            signing_desk.send(paper, by=by, dispatch=DispatchWay.COURIER)
            hand_over(paper, run)


def hand_over(paper: Document, run: CaseRun) -> None:
    """Let a messenger bring a letter to its institution."""
    if paper.kind in TO_INSTITUTION:
        by, now = run.staff.secretariat, clock.now()
        record_handover(paper, by=by, receiver="Bagian Umum", received_at=now)


def _runs(staff: Staff, scenarios: Iterable[Scenario]) -> Iterator[CaseRun]:
    work = WorkingTime.load()
    present = subtract_minutes(clock.now(), 0, work)
    complaints, consultations = cycle(COMPLAINTS), cycle(CONSULTATIONS)
    urgent = cycle([topic for topic in CONSULTATIONS if topic.is_urgent])
    for number, scenario in enumerate(scenarios, start=1):
        if scenario.is_complaint:
            topic = next(complaints)
        else:
            topic = next(urgent if scenario.verbs[0] == "walk_in" else consultations)
        yield CaseRun(number, scenario, topic, staff, work, present)


@transaction.atomic
def fill(scenarios: Iterable[Scenario] = SCENARIOS) -> bool:
    """Create the demo in one transaction. Return False if the database already has accounts."""
    if office.User.objects.exists():
        return False
    call_command("setup_office", verbosity=0)
    office.FactorRequirement.objects.update(is_required=False)  # visitors log in with the published password
    staff = create_staff()
    publish_standard(staff)
    generate(staff, scenarios)
    record_absences(staff)
    share_knowledge(staff)
    exercise_rights(staff)
    complain_to_the_supervisor()
    mark_old_messages(staff)
    propose_an_appointment(staff)
    receive_guests(staff)
    return True


def receive_guests(staff: Staff) -> None:
    """Let every other applicant answer that they will come, and the guests of this hour be there."""
    now = clock.now()
    soon = now + dt.timedelta(minutes=30)
    sessions = Session.objects.filter(mode=Session.Mode.OFFICE, **PENDING).select_related("case")
    for session in sessions.filter(starts_at__gt=now - dt.timedelta(minutes=30)).order_by("starts_at"):
        if session.starts_at and session.starts_at < soon:
            with suppress(Refused):  # the office may be closed
                note_arrival(session, by=staff.secretariat, arrival=Session.Arrival.CAME)
        elif session.case_id % 2 and can_confirm(session.case, session):
            confirm(session.case)


TWO_DAYS, A_DAY, A_MOMENT = 900, 420, 5
"""Working minutes after which a notice was read, a person has sent a message, and a mail has left."""

MINUTES = dt.timedelta(minutes=5)
"""After these a message has left or a case is tried again. A notice is read after twice as many."""


def mark_old_messages(staff: Staff) -> None:
    """Mark old messages as sent and old notices as read.

    Mail counts as sent after a moment. Messages sent by hand (WhatsApp) wait almost a working day, unread
    notices two. A message cancelled long after its due time counts as sent: an office would have sent it
    before.
    """
    work, now = WorkingTime.load(), clock.now()
    waits = (TWO_DAYS, A_DAY, A_MOMENT)
    two_days_ago, yesterday, just_now = (subtract_minutes(now, minutes, work) for minutes in waits)
    sent = {"status": Message.Status.SENT, "sent_at": F("due_at") + MINUTES, "reason": ""}
    for by_hand, due in ((True, yesterday), (False, just_now)):
        more: dict[str, Any] = {"handled_by": staff.secretariat} if by_hand else {"attempts": 1}
        waiting = Q(status=Message.Status.WAITING, due_at__lt=due)
        cancelled = Q(status=Message.Status.CANCELLED, notice__superseded_at__gt=F("due_at") + MINUTES)
        Message.objects.filter(waiting | cancelled, by_hand=by_hand).update(**sent, **more)
    to_staff = Notice.objects.filter(recipient__isnull=False, read_at=None)
    to_staff = to_staff.filter(Q(created_at__lt=two_days_ago) | Q(superseded_at__isnull=False))
    to_staff.update(read_at=F("created_at") + 2 * MINUTES)
