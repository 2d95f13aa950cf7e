"""Fixtures of the ledger's tests: a record with all sealed tables, and edits past the triggers."""

import datetime as dt
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.core.files.base import ContentFile

from consultations import services as consultations_services
from consultations.audit.models import Act
from consultations.audit.services import record as record_act
from consultations.corrections import correct_data
from consultations.enums import Kind, State
from consultations.intake import sorting
from consultations.intake.requirements import Given, store_given
from consultations.intake.uploads import CheckedFile, attach, create_inert_copy
from consultations.models import Attachment, Case
from consultations.scheduling.models import Absence, Delegation
from consultations.taking_back import take_back
from dispositions import meetings, objections, relayed_orders, services as dispositions_services, transfers
from documents import signing_desk
from documents.models import Document, Handover, PaperEvent, StandingOrder
from kit import clock
from office.access import changes
from office.models import Appointment, FactorRequirement, Position, RetentionRule, Role, StaffCheck, User
from reports import enquiries
from reports.models import Report
from reports.services import record_attendance
from tests.factories import (
    ORDER,
    WAY,
    Staff,
    applicant,
    case_at,
    give_orders,
    pass_on,
    relayed_at,
    sign_papers,
    working_moment,
)
from tests.print.documents import store_short_file
from tests.submitting import image, pdf
from tests.world import repeat, without_triggers
from trust.ledger.chain import append_leaves
from trust.ledger.models import (
    ArchiveTransfer,
    ArchiveTransferItem,
    AuditDeletion,
    Disposal,
    DisposalAct,
    Erasure,
    Seal,
    SealingStart,
    WitnessedSeal,
)
from trust.ledger.services import make_seal
from trust.ledger.verification import Verification

LETTER = CheckedFile(pdf(), "application/pdf", "surat.pdf")
PHOTO = CheckedFile(image("PNG"), "image/png", "foto.png")

COPY = (
    "INSERT INTO consultations_event "
    "(id, verb, title, source, target, happened_at, entered_at, note, by_id, case_id, number) "
    "SELECT 1000000000, verb, title, target, target, happened_at, entered_at, 'palsu', by_id, case_id, "
    "number + 1 FROM consultations_event WHERE id = (SELECT max(id) FROM consultations_event)"
)
"""Inserts a forged event."""


def store_approval(rule: str, head: User, **columns: Any) -> Disposal:
    """Store a proposal to erase that the head has approved; `columns` replaces or adds some.

    Archives are approved so in an office that was upgraded.
    """
    approved = {
        "is_of_old_rule": rule in RetentionRule.ARCHIVES,
        "before": clock.today(),
        "rows": 1,
        "proposed_title": "Tim PKD",
        "decided_by": head,
        "decided_title": "Kepala Dinas",
        "decided_at": clock.now(),
        "is_approved": True,
    }
    return Disposal.objects.create(rule=rule, **{**approved, **columns})


def take_steps(staff: Staff) -> Case:
    """Take the steps of a case to its end, and return it. Take others beside; end an appointment.

    The case has a PDF and its inert copy; a photograph was removed.
    """
    closed = case_at(State.HELD, staff)
    record_attendance(closed, by=staff.petugas, photos=[PHOTO])
    record_attendance(closed, by=staff.petugas, removed=[closed.attachments.get().pk])
    attach(closed, LETTER, purpose=Attachment.Purpose.MATERIAL, by=None)
    store_given(closed, [Given("KTP"), Given("KK", PHOTO)], by=None)
    create_inert_copy.func(closed.attachments.get(purpose=Attachment.Purpose.MATERIAL).pk)
    for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
        WAY[state](closed, staff)
    Report.objects.filter(case=closed).update(corrected_at=clock.now())
    for number in ("pertama", "kedua"):
        enquiries.ask_again(closed, by=applicant(closed), question=f"Pertanyaan {number}")
        enquiries.answer_again(closed, by=staff.petugas, answer=f"Jawaban {number}")
    for number in ("pertama", "kedua"):
        refused = case_at(State.DECLINED, staff)
        objections.file_objection_for(refused, by=staff.sekretariat, reason=f"Alasan {number}")
        objections.decide_objection(refused, by=staff.kadis, is_granted=True, decision=f"Putusan {number}")
    for number in ("pertama", "kedua"):
        mixed = case_at(State.SUBMITTED, staff)
        sorting.split(mixed, by=staff.pkd, subject=f"Urusan {number}", material="Isi", reason="Dua urusan")
        sorting.to_complaint(mixed, by=staff.pkd, reason="Tentang pungutan")
    for name in ("Siti Benar", "Siti Contoh"):
        correct_data(closed, by=staff.pkd, applicant_name=name, reason=f"Menurut KTP: {name}")
    wrong = case_at(State.REGISTERED, staff)
    consultations_services.void(wrong, by=staff.pkd, reason="Tercatat dua kali")
    endorsed = case_at(State.ENDORSING, staff)
    dispositions_services.endorse(endorsed, by=staff.sekretaris)
    take_back(endorsed, by=staff.sekretaris)
    returned = case_at(State.DISPOSED, staff)
    consultations_services.enter_office_number(returned, by=staff.pkd, office_number="81/TU")
    dispositions_services.hand_back(returned, by=staff.kabid, reason="Bukan bidang kami.")
    relayed_orders.ratify(relayed_at(State.ASSIGNED, staff), by=staff.kadis)
    letter = Document.objects.get(case=case_at(State.SCHEDULED, staff), kind="SCHEDULE")
    signing_desk.give_back(letter, by=staff.kabid, reason="Tulis ruangnya.")
    signing_desk.submit(letter, by=staff.petugas, text="Ruang Melati.")
    signing_desk.initial(letter, by=staff.kabid)
    assert letter.case
    sign_papers(letter.case, staff, kind="SCHEDULE")
    give_orders(staff, Role.DIVISION_HEAD)
    for order in StandingOrder.objects.order_by("pk"):
        signing_desk.end_order(order, by=staff.kadis)
    for document in Document.objects.filter(sha256=""):
        signed = {"verb": "sign", "source": "SIGNATURE", "target": "SENT"} if document.is_unsigned else {}
        store_short_file(document)
        if signed:
            by = {"by": document.signed_by, "title": document.signed_title}
            PaperEvent.objects.create(document=document, **signed, **by)
    ended = Appointment.objects.latest("pk")
    ended.ended_at, ended.ended_by = clock.now(), staff.admin
    ended.save(update_fields=["ended_at", "ended_by"])
    record_act(Act.ACCESS, by=staff.admin, target=f"pemangku jabatan {ended.pk} diakhiri")
    return closed


def keep_orders(staff: Staff) -> None:
    """Store two dispositions with a copy, two initials of the Sekretaris, a meeting and its minutes."""
    for number in ("pertama", "kedua"):
        case = case_at(State.ENDORSING, staff)
        dispositions_services.endorse(case, by=staff.sekretaris, note=f"Usul {number}")
        given: dict[str, Any] = {
            "division": staff.division,
            "copies": [staff.other_division],
            "note": f"Pesan {number}",
        }
        dispositions_services.dispose(case, by=staff.kadis, **given)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, companions=[staff.companion])
    for number in ("pertama", "kedua"):
        held: dict[str, Any] = {
            "starts_at": working_moment(3),
            "place": "Aula",
            "agenda": number,
            "invited": "Dinas Contoh",
        }
        meetings.call_meeting(case, by=staff.petugas, **held)
    at = clock.now() - dt.timedelta(hours=1)
    with without_triggers():
        case.meetings.update(starts_at=at)
    Case.objects.filter(pk=case.pk).update(meeting_at=at)
    case.refresh_from_db()
    for number in ("pertama", "kedua"):
        text: dict[str, Any] = {
            "attendees": "Siti",
            "discussion": "Dibahas.",
            "conclusion": f"Simpulan {number}",
        }
        meetings.record_minutes(case, by=staff.petugas, led_by=staff.kabid, ended_at=clock.now(), **text)


def keep_archive(staff: Staff, case: Case) -> None:
    """Store two acts on a list of archives, and a move and a hand-over of a case that were received."""
    by = {"by": staff.pkd, "title": "Tim PKD"}
    scan = {"letter": "1", "dated": clock.today(), "sha256": hashlib.sha256(LETTER.content).hexdigest()}
    listed = {"before": clock.today(), "codes": [case.code], "rows": 1, "proposed_title": "Tim PKD"}
    disposal = Disposal.objects.create(rule="REQUEST", proposed_by=staff.pkd, **listed)
    for number, verb in enumerate(("appoint", "consider"), start=1):
        file = ContentFile(LETTER.content, name=LETTER.name)
        facts = {"number": number, "verb": verb, "issuer": "Panitia", "text": "Siti, Arsiparis"}
        DisposalAct.objects.create(disposal=disposal, file=file, **facts, **scan, **by)
    for kind in ArchiveTransfer.Kind:
        done = {"done_by": staff.pkd, "done_title": "Tim PKD", "done_at": clock.now(), "is_done": True}
        done |= {"received_by": "Fitri", "received_title": "Arsiparis", "package_sha256": "ab" * 32, **scan}
        done |= {"file": ContentFile(LETTER.content, name=LETTER.name)}
        of_list = {"codes": [case.code], "rows": 1, "receiver": "Unit Kearsipan"}
        transfer = ArchiveTransfer.objects.create(kind=kind, **of_list, **done, **by)
        ArchiveTransferItem.objects.create(transfer=transfer, kind=kind, case=case)


@pytest.fixture
def record(staff: Staff, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Staff:
    """A record with rows of all parts, two seals, and nothing in the queue. Its files are copied too."""
    files, kept = Path(settings.MEDIA_ROOT), tmp_path_factory.getbasetemp() / "files_of_the_record"
    shutil.copytree(kept, files, dirs_exist_ok=True) if kept.exists() else None
    repeat("record", lambda: make_record(staff))
    shutil.copytree(files, kept, dirs_exist_ok=True)
    return staff


def make_record(staff: Staff) -> None:
    closed = take_steps(staff)
    for act in (Act.CASE, Act.LINK, Act.DOCUMENT):
        record_act(act, by=staff.kadis, case=closed, target=closed.code)
    for year in (2001, 2002):
        AuditDeletion.objects.create(first_kept=year, rows=0)
    for rule in ("FILES", "MESSAGES"):
        disposal = store_approval(rule, staff.kadis, proposed_by=staff.pkd)
        Erasure.objects.create(disposal=disposal, part=1, key=f"{rule} of nobody")
    keep_archive(staff, closed)
    for text in ("admin: administrator", "sisipan: administrator"):
        StaffCheck.objects.create(by=staff.kadis, shown=text)
    new_admin = changes.propose(changes.Kind.GRANT_ADMIN, staff.sekretaris, by=staff.admin)
    changes.confirm(new_admin, by=staff.kadis)
    changes.propose(changes.Kind.CLOSE_ACCOUNT, staff.expired, by=staff.admin)
    head = Position.objects.get(role=Role.DIVISION_HEAD, division=staff.division)
    for number, person in enumerate((staff.companion, staff.elsewhere), start=1):
        order = {**ORDER, "order_number": f"800/{number}/SP/2026"}
        acting = {"position": head, "starts": clock.today() - dt.timedelta(days=9), **order}
        proposed = changes.propose(changes.Kind.APPOINT, person, by=staff.admin, acting="Plh.", **acting)
        changes.confirm(proposed, by=staff.kadis)
        changes.propose(changes.Kind.APPOINT, staff.petugas, by=staff.admin, acting="Plt.", **acting)
    for role in (Role.TIM_PKD, Role.OFFICER):
        needed = {"value": FactorRequirement(role=role, is_required=True).value}
        changes.confirm(
            changes.propose(changes.Kind.FACTOR_RULE, staff.admin, by=staff.admin, **needed), by=staff.kadis
        )
    for person in (staff.pkd, staff.kadis):
        factor = Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
        authenticator_added.send(Authenticator, request=None, user=person, authenticator=factor)
    SealingStart.objects.create(parts=[])
    keep_orders(staff)
    case_at(State.REPORTED, staff)
    for _ in range(2):
        passed_on = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
        pass_on(passed_on, by=staff.kadis)
        receipt = {"receiver_name": "Rina Contoh", "receiver_position": "Sekretaris"}
        transfers.record_receipt(passed_on, by=staff.sekretariat, received_on=clock.today(), **receipt)
    letter = Document.objects.filter(case=closed)[0]
    held = list(Appointment.objects.order_by("pk"))
    for number in range(2):
        names = {"person": staff.kabid, "entered_by": staff.kabid, "reason": "LEAVE"}
        away = Absence.objects.create(
            starts_at=clock.now(), ends_at=clock.now() + dt.timedelta(days=2), **names
        )
        Delegation.objects.create(absence=away, source=held[0], appointment=held[number + 1], by=staff.kadis)
        Handover.objects.create(
            document=letter, receiver=f"Siti {number}", received_at=clock.now(), by=staff.pkd, title="Tim PKD"
        )
    Absence.objects.filter(pk=away.pk).update(ended_at=clock.now(), ended_by=staff.kabid)
    for number in (1, 2):
        facts = {"origin": "https://lain.example", "result": "FOLLOWS", "text": f"segel {number}"}
        WitnessedSeal.objects.create(day=clock.today(), year=2026, number=number, head="ab" * 32, **facts)
    append_leaves()
    with clock.set_to(clock.now() - dt.timedelta(days=1)):
        first = make_seal()
    assert first
    case_at(State.SUBMITTED, staff)
    append_leaves()
    Seal.objects.filter(pk=first.pk).update(signature="c2FsYWg=", time_stamp="c2FsYWg=")
    append_leaves()
    assert make_seal()
    append_leaves()


def list_findings(**options: Any) -> list[str]:
    """Return the findings, without those on signatures, which the tests of certificates make valid."""
    found = Verification(**options).run()
    return [text for text in found if "its signature" not in text and "its time" not in text]
