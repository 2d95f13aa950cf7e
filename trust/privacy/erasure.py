"""Erasure of personal data: what is due, which columns and files go, and what remains (ADR 41).

Each function may run again after it was interrupted. The rows of a case are erased in one transaction. Its
files are deleted after it, and only then do their rows forget the names. Approved disposals are executed in
the background, and repeated after a restore.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from django.tasks import task

from consultations import models as consultations
from consultations.audit.models import AuditEntry
from consultations.enums import ENDED
from consultations.personal_fields import PERSONAL, Erased
from consultations.scheduling.models import Session
from consultations.search_index import get_texts
from dispositions import models as dispositions
from exchange.models import SubmittedCase
from kit import clock
from kit.jobs import enqueue_missing
from kit.records import ERASED
from notices.models import Message, Notice
from office.models import RetentionRule, Role, User, list_holders
from office.models.profile import Years, list_retention
from reports.models import Document, Enquiry, FollowUp, Handover, PaperEvent, Remark, Report
from trust.ledger.chain import OF_CASES, RowKey, store_erasures, to_key
from trust.ledger.models import Disposal
from trust.ledger.parts import FILE, PARTS, UPLOAD_NAME

MAX_ROWS = 500
"""Records of one proposal. The rest is due for the next one."""

KINDS_WITH_NAMES = (
    *("AGENDA_BOOK", "GUEST_BOOK", "COMPLAINTS", "OBJECTIONS", "OUTGOING", "EXPEDITION", "RECAP"),
)
"""Printed registers that name applicants."""

Kind = RetentionRule.Kind
KIND_OF_CASES = {Kind.REQUEST: "CONSULTATION", Kind.COMPLAINT: "COMPLAINT"}


@dataclass(frozen=True)
class Due:
    """Records of one kind that are due: their rule, the day before which they ended, their number."""

    kind: RetentionRule.Kind
    years: Years
    before: dt.date
    number: int

    @property
    def counted(self) -> str:
        """The number, up to MAX_ROWS."""
        return f"{MAX_ROWS}+" if self.number > MAX_ROWS else str(self.number)


def get_due(kind: str) -> Due:
    years = list_retention()[kind]
    before = get_first_kept_day(years.total)
    number = list_due(kind, before)[: MAX_ROWS + 1].count()
    return Due(Kind(kind), years, before, number)


def get_first_kept_day(years: int) -> dt.date:
    """Return the day so many years ago: what ended before it is due."""
    today = clock.today()
    day = min(today.day, 28) if today.month == 2 else today.day
    return today.replace(year=today.year - years, day=day)


def list_due(kind: str, before: dt.date) -> QuerySet[Any]:
    """Return the records of one kind that ended before a day, the oldest first."""
    limit = clock.midnight(before)
    if kind in KIND_OF_CASES:
        return _list_cases().filter(kind=KIND_OF_CASES[Kind(kind)], since__lt=limit).order_by("since", "pk")
    if kind == Kind.FILES:
        files = consultations.Attachment.objects.filter(case=OuterRef("pk")).exclude(file="")
        return _list_cases().filter(Exists(files), since__lt=limit).order_by("since", "pk")
    if kind == Kind.MESSAGES:
        of_office = Q(case=None) | Q(case__is_independent=False)
        return Notice.objects.filter(of_office, created_at__lt=limit).order_by("pk")
    if kind == Kind.REGISTERS:
        printed = Document.objects.filter(kind__in=KINDS_WITH_NAMES, case=None, erased_at=None)
        return printed.filter(issued_at__lt=limit).order_by("issued_at", "pk")
    return AuditEntry.objects.filter(at__lt=clock.midnight(before.replace(month=1, day=1))).order_by("pk")


def list_erasable() -> QuerySet[consultations.Case]:
    """Return the ended cases of the office with personal data, without those that are retained.

    The independent channel is none of the office's business: a list of codes would tell of it (ADR 38).
    """
    return consultations.Case.objects.filter(
        state__in=sorted(ENDED),
        anonymised_at=None,
        retained_because="",
        is_independent=False,
        objection_due=None,
    )


def _list_cases() -> QuerySet[consultations.Case]:
    """Return the cases that may be proposed for erasure.

    A complaint about the present head waits for another one: nobody decides on a complaint about oneself.
    """
    return list_erasable().exclude(complained_about__in=list_holders(Role.HEAD))


def list_codes(kind: str, before: dt.date) -> list[str]:
    """Return the codes of the first MAX_ROWS records; none for kinds without codes."""
    if kind in (Kind.MESSAGES, Kind.AUDIT):
        return []
    field = "pk" if kind == Kind.REGISTERS else "code"
    return [str(code) for code in list_due(kind, before).values_list(field, flat=True)[:MAX_ROWS]]


@dataclass(frozen=True)
class Texts:
    """Columns of a model. `paths` lead from a row to its case."""

    model: type[Model]
    names: str
    paths: tuple[str, ...] = ("case",)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.names.split())

    def of(self, case: consultations.Case) -> Q:
        """Match the rows of a case that have a text."""
        of_case, filled = Q(pk__in=[]), Q(pk__in=[])
        for path in self.paths:
            of_case |= Q((path, case))
        for column in self.columns:
            filled |= ~Q((column, ""))
        return of_case & filled


TEXTS = (
    Texts(consultations.Event, "note"),
    Texts(consultations.AgendaEntry, "void_reason", ("case", "voided_case")),
    Texts(consultations.Attachment, "name"),
    Texts(consultations.IdentityReveal, "reason"),
    Texts(consultations.Objection, "reason decision"),
    Texts(consultations.DataCorrection, "content sha256"),
    Texts(dispositions.Endorsement, "note"),
    Texts(dispositions.Disposition, "note"),
    Texts(dispositions.Assignment, "preparation reason"),
    Texts(dispositions.Preparation, "administration materials equipment"),
    Texts(dispositions.Opinion, "agency question phone email answer letter_number"),
    Texts(dispositions.Transfer, "reason receiver_name receipt_note"),
    Texts(dispositions.Meeting, "place agenda invited"),
    Texts(dispositions.Minutes, "attendees discussion conclusion", ("meeting__case",)),
    Texts(dispositions.StaffReview, "problem assumptions facts analysis conclusion advice"),
    Texts(Session, "place link answer attendees overrun_reason cancel_reason"),
    Texts(Report, "general purpose scope basis activities results conclusion closing"),
    Texts(Remark, "text", ("report__case",)),
    Texts(FollowUp, "text responsible outcome"),
    Texts(Enquiry, "question answer"),
    Texts(Document, "text"),
    Texts(PaperEvent, "note", ("document__case",)),
    Texts(Handover, "receiver", ("document__case",)),
    Texts(SubmittedCase, "sent_hash"),
)
"""Texts that are replaced by ERASED if they are not empty."""

EMPTIED = frozenset({"phone", "email", "link", "sent_hash", "content"})
"""Columns that become empty instead, because they hold an address, a number or a hash."""


def anonymise(case: consultations.Case, disposal: Disposal) -> None:
    """Erase the personal data of a case that `list_erasable()` has. Do nothing for other cases."""
    _erase_rows(case.pk, disposal)
    if consultations.Case.objects.filter(pk=case.pk, anonymised_at__isnull=False).exists():
        delete_attachments(consultations.Attachment.objects.filter(case=case))
        delete_documents(Document.objects.filter(case=case))


@transaction.atomic
def _erase_rows(pk: int, disposal: Disposal) -> None:
    case = list_erasable().select_for_update(no_key=True).filter(pk=pk).first()
    if case is None:
        return
    sealed = [key for texts in TEXTS for key in _erase_texts(texts, case)]
    sealed += mark_documents(Document.objects.filter(case=case))
    _erase_items(case)
    Message.objects.filter(notice__case=case).delete()
    Notice.objects.filter(case=case).delete()
    consultations.HiddenIdentity.objects.filter(case=case).delete()
    consultations.StepDraft.objects.filter(case=case).delete()
    consultations.Case.objects.filter(pk=pk).update(
        **dict.fromkeys((field.name for field in PERSONAL if field.erased == Erased.EMPTY), ""),
        **{field.name: _get_erased(field.name) for field in PERSONAL if field.erased == Erased.MARK},
        deletion_asked_at=None,
        asked_again_at=None,
        anonymised_at=clock.now(),
        version=F("version") + 1,
    )
    case.refresh_from_db()
    consultations.SearchText.objects.filter(case=case).update(**{**get_texts(case), "report": ""})
    store_erasures(disposal, sealed)


def _erase_texts(texts: Texts, case: consultations.Case) -> Iterator[RowKey]:
    rows = texts.model._base_manager.filter(texts.of(case))
    parts = [part for part in PARTS if part.model is texts.model and {*part.columns} & {*texts.columns}]
    keys = list(rows.values_list("pk", flat=True)) if parts else []
    rows.update(**{column: _get_erased(column) for column in texts.columns})
    yield from ((part.number, to_key(key)) for part in parts for key in keys)


def _get_erased(column: str) -> models.Case | str:
    if column in EMPTIED:
        return ""
    return models.Case(When(Q((column, "")), then=Value("")), default=Value(ERASED))


def _erase_items(case: consultations.Case) -> None:
    """Erase the items of the reports. Their kinds stay, because statistics count them."""
    for report in Report.objects.filter(case=case):
        items = [{"kind": item["kind"], "text": ERASED} for item in report.items]
        Report.objects.filter(pk=report.pk).update(items=items)


def mark_documents(documents: QuerySet[Document]) -> list[RowKey]:
    """Mark documents as erased; return the sealed parts that name their files."""
    found = documents.filter(erased_at=None)
    keys = [(FILE.number, to_key(pk)) for pk in found.values_list("pk", flat=True)]
    found.update(erased_at=clock.now())
    return keys


def delete_documents(documents: QuerySet[Document]) -> int:
    """Delete the files of erased documents; return how many existed. The rows keep the hashes."""
    found = documents.filter(erased_at__isnull=False).exclude(sha256="", original_sha256="")
    return _delete_files(name for names in found.values_list("file", "original") for name in names if name)


def delete_attachments(attachments: QuerySet[consultations.Attachment]) -> int:
    """Delete the files of erased uploads from the storage, then their paths; return how many existed."""
    found = attachments.filter(name=ERASED).exclude(file="", inert_copy="")
    names = {name for row in found.values_list("file", "inert_copy") for name in row if name}
    number = _delete_files(names)
    found.update(file="", inert_copy="")
    return number


def _delete_files(names: Iterable[str]) -> int:
    number = 0
    for name in names:
        number += default_storage.exists(name)
        default_storage.delete(name)
    return number


BATCH = 500
"""Rows of one query."""

WAIT_FOR_MESSAGES = dt.timedelta(days=3)
"""Time for which a decision is told to the applicant before the address is erased."""


@task()
def erase_approved(pk: int) -> bool:
    """Erase what a disposal lists; return whether all is done. Safe to run twice.

    Cases that are retained or open meanwhile are left out. The audit log is deleted by the owner of the
    tables (`manage.py delete_audit_log`).
    """
    disposal = Disposal.objects.filter(pk=pk, is_approved=True, done_at=None).first()
    if disposal is None or disposal.rule == Kind.AUDIT:
        return False
    if not erase(disposal):
        return False
    Disposal.objects.filter(pk=pk, done_at=None).update(done_at=clock.now())
    return True


def erase(disposal: Disposal) -> bool:
    """Erase what a disposal lists; return whether all is done."""
    return ERASE.get(disposal.rule, _erase_cases)(disposal)


def _erase_cases(disposal: Disposal) -> bool:
    cases = list(consultations.Case.objects.filter(code__in=disposal.codes).order_by("pk"))
    waiting = {case.pk for case in cases if _tells_decision(case, disposal)}
    for case in cases:
        if case.pk not in waiting:
            anonymise(case, disposal)
    return not waiting


def _tells_decision(case: consultations.Case, disposal: Disposal) -> bool:
    if disposal.rule != Disposal.REQUESTED or disposal.decided_at is None:
        return False
    if clock.now() - disposal.decided_at > WAIT_FOR_MESSAGES:
        return False
    unsent = (Message.Status.WAITING, Message.Status.SENDING)
    return Message.objects.filter(notice__case=case, notice__recipient=None, status__in=unsent).exists()


def _erase_files(disposal: Disposal) -> bool:
    erasable = list_erasable().filter(code__in=disposal.codes)
    uploads = consultations.Attachment._base_manager.filter(case__in=erasable)
    with transaction.atomic():
        unerased = uploads.exclude(name=ERASED)
        keys = [(UPLOAD_NAME.number, to_key(pk)) for pk in unerased.values_list("pk", flat=True)]
        unerased.update(name=ERASED)
        store_erasures(disposal, keys)
    delete_attachments(uploads)
    return True


def _erase_registers(disposal: Disposal) -> bool:
    documents = Document.objects.filter(pk__in=disposal.codes, case=None)
    with transaction.atomic():
        store_erasures(disposal, mark_documents(documents))
    delete_documents(documents)
    return True


def _delete_notices(disposal: Disposal) -> bool:
    due = list_due(Kind.MESSAGES, disposal.before)
    while keys := list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            Message.objects.filter(notice__in=keys).delete()
            Notice.objects.filter(pk__in=keys).delete()
    return True


ERASE: dict[str, Callable[[Disposal], bool]] = {
    Kind.FILES: _erase_files,
    Kind.MESSAGES: _delete_notices,
    Kind.REGISTERS: _erase_registers,
}
"""How each kind is erased. The other kinds list cases."""


def enqueue_unfinished() -> int:
    """Enqueue tasks for approved disposals that are not done; return how many."""
    unfinished = Disposal.objects.filter(is_approved=True, done_at=None).exclude(rule=Kind.AUDIT)
    return enqueue_missing(erase_approved, unfinished.order_by("pk").values_list("pk", flat=True))


COLUMNS = ("rule", "years", "before", "codes", "rows", "proposed_title", "proposed_at", "reason")


def list_approved() -> Iterator[dict[str, Any]]:
    """Yield the approved disposals for a file, the oldest first. They name codes, and no applicant."""
    approved = Disposal.objects.filter(is_approved=True).select_related("proposed_by", "decided_by")
    for disposal in approved.order_by("decided_at", "pk"):
        yield {
            **{column: _to_json(getattr(disposal, column)) for column in COLUMNS},
            "proposed_by": disposal.proposed_by.username if disposal.proposed_by else None,
            "decided_by": disposal.decided_by.username if disposal.decided_by else None,
            "decided_title": disposal.decided_title,
            "decided_at": _to_json(disposal.decided_at),
        }


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def store_missing(listed: Iterable[Mapping[str, Any]]) -> int:
    """Store the disposals of a list that the restored database lacks; return how many.

    Raise User.DoesNotExist if it lacks who decided.
    """
    number = 0
    for facts in listed:
        decided_at = dt.datetime.fromisoformat(facts["decided_at"])
        if Disposal.objects.filter(rule=facts["rule"], decided_at=decided_at).exists():
            continue
        Disposal.objects.create(
            **{column: facts[column] for column in COLUMNS if column not in ("before", "proposed_at")},
            proposed_by=User.objects.filter(username=facts["proposed_by"]).first(),
            decided_by=User.objects.get(username=facts["decided_by"]),
            before=dt.date.fromisoformat(facts["before"]),
            proposed_at=dt.datetime.fromisoformat(facts["proposed_at"]),
            decided_title=facts["decided_title"],
            decided_at=decided_at,
            is_approved=True,
        )
        number += 1
    return number


def repeat_all() -> int:
    """Erase again what approved disposals list, also if they were done; return their number.

    The audit log is left to `manage.py delete_audit_log`.
    """
    approved = Disposal.objects.filter(is_approved=True).exclude(rule=RetentionRule.Kind.AUDIT)
    disposals = list(approved.order_by("decided_at", "pk"))
    for disposal in disposals:
        erase(disposal)
    return len(disposals)


def list_left_out() -> list[str]:
    """Return the codes of approved erasures whose cases are not erased, in the order of the cases.

    They are open or retained in the restored database, or wait until the applicant was told.
    """
    approved = Disposal.objects.filter(is_approved=True, rule__in=OF_CASES)
    codes = [code for listed in approved.values_list("codes", flat=True) for code in listed]
    found: list[str] = []
    for start in range(0, len(codes), BATCH):
        cases = consultations.Case.objects.filter(code__in=codes[start : start + BATCH], anonymised_at=None)
        found += cases.order_by("pk").values_list("code", flat=True)
    return found
