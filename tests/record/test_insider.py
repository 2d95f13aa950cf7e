"""What an insider with the database's password does, and that `verify_record` finds it (docs/insider.md)."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import F, Model

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record
from consultations.enums import State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import AgendaEntry, Attachment, Case, Event, NumberBook
from consultations.scheduling.models import Session
from dispositions import services as dispositions_services
from dispositions.models import Assignment, Disposition
from documents.models import Document, PaperEvent
from kit import clock, records
from kit.records import leave_entry
from notices.models import Message, Notice
from office.models import Appointment, Office, Position, Role, User
from reports.models import Report
from tests.factories import Staff, case_at
from tests.print.documents import store_short_file
from tests.record.conftest import list_findings
from tests.submitting import pdf
from trust.record.entries import chain_entries, leave_missing_entries
from trust.record.heads import make_tonight
from trust.record.models import START, Entry, Head

pytestmark = pytest.mark.differs_by_database

DAY = dt.timedelta(days=1)


@pytest.fixture
def office_at_work(staff: Staff) -> Staff:
    """Two closed cases with papers and uploads, one that waits, and the heads of two nights."""
    with clock.set_to(clock.now() - DAY):
        for state in (State.CLOSED, State.CLOSED, State.REGISTERED):
            case = case_at(state, staff)
            attach(case, CheckedFile(pdf(), "application/pdf", "surat.pdf"), purpose="LETTER", by=None)
            leave_entry(case)
        for document in Document.objects.filter(sha256=""):
            store_short_file(document)
        factor = Authenticator.objects.create(user=staff.kadis, type="totp", data={"secret": "x"})
        leave_entry(factor)
        record(Act.CASE, by=staff.petugas, case=case)
        assert make_tonight()
    case_at(State.SUBMITTED, staff)
    assert make_tonight()
    assert list_findings() == []
    return staff


@contextmanager
def past_the_triggers(*models: type[Model]) -> Iterator[None]:
    """Drop the triggers of tables, and create them again, as the owner of the tables can."""
    tables = [model._meta.db_table for model in models]
    records.remove(connection, *tables)
    yield
    records.install(connection, *tables)


def first() -> Any:
    return Case.objects.earliest("pk")


def second() -> Any:
    return Case.objects.order_by("pk")[1]


def sql(statement: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def rewrite_a_case_and_its_event(staff: Staff) -> None:
    with past_the_triggers(Event):
        Case.objects.filter(pk=first().pk).update(division=staff.other_division)
        Event.objects.filter(case=first(), verb="dispose").update(note="Ke bidang lain")


def swap_two_papers(staff: Staff) -> None:
    one, other = Document.objects.filter(case__in=[first(), second()], kind="REPORT").order_by("case")
    swapped = ("file", "sha256", "size")
    values = [{name: getattr(paper, name) for name in swapped} for paper in (one, other)]
    Document.objects.filter(pk=one.pk).update(**values[1])
    Document.objects.filter(pk=other.pk).update(**values[0])


def move_a_row_to_another_case(staff: Staff) -> None:
    Attachment.objects.filter(case=first()).update(case=second())


def raise_own_rights_and_lower_them_again(staff: Staff) -> None:
    """The step in between is a genuine one, with its entry. The appointment is gone afterwards."""
    head = Position.objects.get(role=Role.HEAD)
    raised = Appointment(user=staff.petugas, position=head, starts=clock.today() - DAY)
    Appointment.objects.bulk_create([raised])
    petugas = User.objects.get(pk=staff.petugas.pk)
    case = Case.objects.get(state=State.REGISTERED)
    dispositions_services.dispose(case, by=petugas, division=staff.division, note="")
    Appointment.objects.filter(pk=raised.pk)._raw_delete("default")


def copy_a_session(staff: Staff) -> None:
    session = Session.objects.filter(case=first()).latest("pk")
    session.pk, session.case = None, second()
    session.cancelled_at, session.cancel_reason = clock.now(), "Batal"
    Session.objects.bulk_create([session])


def give_an_encrypted_value_of_another_row(staff: Staff) -> None:
    sql(
        "UPDATE consultations_case SET secret = (SELECT secret FROM consultations_case WHERE id = %s) "
        "WHERE id = %s",
        first().pk,
        second().pk,
    )


def set_back_a_sequence(staff: Staff) -> None:
    if connection.vendor == "sqlite":
        sql("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'consultations_event'")
    else:
        sql("SELECT setval(pg_get_serial_sequence('consultations_event', 'id'), 1)")


def delete_the_newest_entries(staff: Staff) -> None:
    """Delete those of today with the head, so that the chain ends where it did yesterday."""
    with past_the_triggers(Entry):
        Head.objects.filter(day=clock.today()).delete()
        Entry.objects.filter(number__gt=Head.objects.get().number).delete()


def make_the_chain_again() -> None:
    with past_the_triggers(Entry):
        previous = START
        for number, entry in enumerate(Entry.objects.order_by("pk"), start=1):
            entry.number = number
            entry.hash = previous = entry.link(previous)
            Entry.objects.filter(pk=entry.pk).update(number=None, hash=None)
            Entry.objects.filter(pk=entry.pk).update(number=number, hash=previous)


def edit_and_write_its_entry(staff: Staff) -> None:
    """The entry of the edited case is replaced by one that fits, and all hashes are made again."""
    Case.objects.filter(pk=first().pk).update(subject="Lain")
    leave_entry(first())
    new = Entry.objects.latest("pk")
    with past_the_triggers(Entry):
        old = Entry.objects.filter(kind="case", key=str(first().pk), number__isnull=False).latest("pk")
        facts = {"digest": new.digest, "salt": new.salt, "groups": new.groups}
        Entry.objects.filter(pk=new.pk).delete()
        Entry.objects.filter(pk=old.pk).update(**facts)
    make_the_chain_again()


def edit_and_replace_the_digest(staff: Staff) -> None:
    Case.objects.filter(pk=first().pk).update(subject="Lain")
    leave_entry(first())
    new = Entry.objects.latest("pk")
    with past_the_triggers(Entry):
        old = Entry.objects.filter(kind="case", key=str(first().pk), number__isnull=False).latest("pk")
        facts = {"digest": new.digest, "salt": new.salt, "groups": new.groups}
        Entry.objects.filter(pk=new.pk).delete()
        Entry.objects.filter(pk=old.pk).update(**facts)


def forge_an_event(staff: Staff) -> None:
    event = Event.objects.filter(case=first()).latest("pk")
    event.pk, event.note, event.source = None, "palsu", event.target
    Event.objects.bulk_create([event])


def delete_an_event(staff: Staff) -> None:
    Message.objects.filter(notice__case=first()).delete()
    Notice.objects.filter(case=first()).delete()
    with past_the_triggers(Event):
        Event.objects.filter(case=first()).latest("pk").delete()


def delete_the_entries_of_a_case(staff: Staff) -> None:
    case = Case.objects.latest("pk")
    Case.objects.filter(pk=case.pk).update(subject="Lain")
    with past_the_triggers(Entry):
        Entry.objects.filter(kind="case", key=str(case.pk)).delete()


def write_an_audit_entry_for_another(staff: Staff) -> None:
    with past_the_triggers(AuditEntry):
        AuditEntry.objects.filter(act=Act.CASE).update(user=staff.pkd)


def delete_an_audit_entry(staff: Staff) -> None:
    with past_the_triggers(AuditEntry):
        AuditEntry.objects.filter(act=Act.CASE).delete()


def give_a_paper_event_to_another_paper(staff: Staff) -> None:
    event = PaperEvent.objects.create(
        document=Document.objects.filter(case=first(), kind="SCHEDULE").latest("issued_at"),
        verb="print",
        by=staff.pkd,
        title="Tim PKD",
        source="SIGNATURE",
        target="SIGNATURE",
    )
    leave_entry(event)
    with past_the_triggers(PaperEvent):
        other = Document.objects.filter(case=second(), kind="SCHEDULE").latest("issued_at")
        PaperEvent.objects.filter(pk=event.pk).update(document=other)


def replace_a_file(staff: Staff) -> None:
    """The file and its hash, so that both agree."""
    file = Attachment.objects.filter(case=first()).earliest("pk")
    other = Attachment.objects.filter(case=second()).earliest("pk")
    Attachment.objects.filter(pk=file.pk).update(file=other.file, sha256="ab" * 32)


def change_a_file(staff: Staff) -> None:
    document = Document.objects.filter(case=first()).exclude(sha256="").latest("issued_at")
    with document.file.storage.open(str(document.file), "wb") as file:
        file.write(b"%PDF-1.7 lain")


def drop_a_trigger(staff: Staff) -> None:
    records.remove(connection, Event._meta.db_table)


def give_oneself_the_administration(staff: Staff) -> None:
    User.objects.filter(pk=staff.petugas.pk).update(is_staff=True, is_superuser=True)


def take_away_a_second_factor(staff: Staff) -> None:
    Authenticator.objects.filter(user=staff.kadis)._raw_delete("default")


def sign_the_head_anew(staff: Staff) -> None:
    head = Head.objects.latest("day")
    Head.objects.filter(pk=head.pk).update(number=head.number - 1, hash="cd" * 32)


def insert_a_head_of_tomorrow(staff: Staff) -> None:
    last = Head.objects.latest("day")
    facts = {"number": last.number, "hash": last.hash, "previous": last.fingerprint}
    Head.objects.create(day=clock.today() + DAY, **facts)


def update(model: type[Model], **columns: object) -> Callable[[Staff], object]:
    """Return an edit of the rows of the first case."""

    def edit(staff: Staff) -> None:
        with past_the_triggers(*([model] if model is Event else [])):
            assert model._base_manager.filter(case=first()).update(**columns)

    return edit


EDITS: dict[str, tuple[Callable[[Staff], object], str]] = {
    "rewrite a case and its event": (rewrite_a_case_and_its_event, "consultations.Case, consultations.Event"),
    "swap two papers": (swap_two_papers, "documents.Document changed"),
    "move a row to another case": (move_a_row_to_another_case, "consultations.Attachment changed"),
    "raise own rights and lower them": (raise_own_rights_and_lower_them_again, "nobody of this name was"),
    "copy a session": (copy_a_session, "scheduling.Session changed"),
    "an encrypted value of another row": (give_an_encrypted_value_of_another_row, "secret"),
    "set back a sequence": (set_back_a_sequence, "set back to 1"),
    "delete the newest entries": (delete_the_newest_entries, "no act has left it"),
    "edit, write its entry and chain again": (edit_and_write_its_entry, "the chain has another hash"),
    "edit and replace the digest": (edit_and_replace_the_digest, "the chain is broken here"),
    "forge an event": (forge_an_event, "consultations.Event changed"),
    "delete the last event": (delete_an_event, "its state is not the end of its history"),
    "delete the entries of a case": (delete_the_entries_of_a_case, "no act has left it"),
    "an audit entry for another": (write_an_audit_entry_for_another, "audit.AuditEntry changed"),
    "delete an audit entry": (delete_an_audit_entry, "audit.AuditEntry changed"),
    "give a paper event to another": (give_a_paper_event_to_another_paper, "documents.PaperEvent changed"),
    "replace a file and its hash": (replace_a_file, "consultations.Attachment changed"),
    "change a file": (change_a_file, "was changed"),
    "drop a trigger": (drop_a_trigger, "missing or disabled"),
    "give oneself the administration": (give_oneself_the_administration, "office.User changed"),
    "take away a second factor": (take_away_a_second_factor, "mfa.Authenticator changed"),
    "change a head": (sign_the_head_anew, "the chain has another hash"),
    "a head of tomorrow": (insert_a_head_of_tomorrow, "its day has not come"),
    "change a password": (
        lambda s: User.objects.filter(pk=s.kadis.pk).update(password="!x"),
        "office.User changed",
    ),
    "move a last day": (
        lambda s: Appointment.objects.filter(user=s.expired).update(ends=clock.today() + DAY),
        "office.Appointment changed",
    ),
    "take an agenda number away": (
        lambda s: AgendaEntry.objects.filter(case=second()).update(number=F("number") + 50),
        "agenda numbers",
    ),
    "set back the number book": (
        lambda s: NumberBook.objects.exclude(series="AGENDA").update(taken=0),
        "number book of",
    ),
    "change the office": (lambda s: Office.objects.update(phone="081"), "office.Office changed"),
    "the author of a step": (update(Event, title="Orang lain"), "consultations.Event changed"),
    "the text of a report": (update(Report, results="Lain"), "reports.Report changed"),
    "the division of a disposition": (update(Disposition, note="Lain"), "dispositions.Disposition changed"),
    "the note of an assignment": (update(Assignment, preparation="x"), "dispositions.Assignment changed"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found(name: str, office_at_work: Staff) -> None:
    edit, expected = EDITS[name]
    edit(office_at_work)
    found = list_findings()
    assert any(expected in text for text in found), found


def test_there_are_at_least_25_edits() -> None:
    assert len(EDITS) >= 25


def test_a_head_from_outside_finds_a_record_that_was_made_again(office_at_work: Staff) -> None:
    """Chain and heads agree with each other, and with an edited case: only what left the house tells."""
    mailed = Head.objects.latest("day")
    Case.objects.filter(pk=first().pk).update(subject="Lain")
    with past_the_triggers(Entry):
        Entry.objects.all().delete()
        Head.objects.all().delete()
    leave_missing_entries()
    assert chain_entries()
    assert make_tonight()
    assert list_findings() == []
    assert list_findings(copies={mailed.number: mailed.hash})
