"""Erasure of personal data: which columns and files go, and what remains (ADR 41).

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
from django.db.models import F, Model, Q, QuerySet, Value, When
from django.db.models.fields.files import FieldFile
from django.tasks import task

from consultations import models as consultations
from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import Task
from consultations.personal_fields import PERSONAL, Erased
from consultations.scheduling.models import Session
from consultations.search_index import get_texts
from consultations.work import replace_items
from dispositions import models as dispositions
from documents.models import Document, Handover, PaperEvent
from exchange.models import SubmittedCase
from kit import clock
from kit.jobs import enqueue_missing
from kit.records import ERASED, leave_entry, salts_erased
from notices.models import Message, Notice, PushSubscription
from office.models import RetentionRule, User
from office.models.retention import find_retention
from reports.models import Enquiry, FollowUp, Remark, Report
from trust.privacy.models import Disposal, DisposalAct
from trust.privacy.schedule import Kind, list_due, list_erasable_by


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
    Texts(consultations.DataCorrection, "content sha256"),
    Texts(dispositions.Endorsement, "note"),
    Texts(dispositions.Disposition, "note"),
    Texts(dispositions.Assignment, "preparation reason"),
    Texts(dispositions.Preparation, "administration materials equipment"),
    Texts(dispositions.Opinion, "agency question phone email answer letter_number"),
    Texts(dispositions.Transfer, "reason receiver_name receipt_note"),
    Texts(dispositions.Meeting, "place agenda invited short_notice_reason"),
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
    """Erase the personal data of a case that `list_erasable_by()` has. Do nothing for other cases."""
    _erase_rows(case.pk, disposal)
    if consultations.Case.objects.filter(pk=case.pk, anonymised_at__isnull=False).exists():
        delete_attachments(consultations.Attachment.objects.filter(case=case))
        delete_documents(Document.objects.filter(case=case))


@transaction.atomic
def _erase_rows(pk: int, disposal: Disposal) -> None:
    case = list_erasable_by(disposal).select_for_update(no_key=True).filter(pk=pk).first()
    # The applicant may have stopped it while this waited for the lock.
    if case is None or Disposal.objects.filter(pk=disposal.pk, stopped_at__isnull=False).exists():
        return
    for texts in TEXTS:
        columns = {column: _get_erased(column) for column in texts.columns}
        texts.model._base_manager.filter(texts.of(case)).update(**columns)
    mark_documents(Document.objects.filter(case=case))
    _erase_items(case)
    Message.objects.filter(notice__case=case).delete()
    Notice.objects.filter(case=case).delete()
    PushSubscription.objects.filter(case=case).delete()
    consultations.HiddenIdentity.objects.filter(case=case).delete()
    consultations.StepDraft.objects.filter(case=case).delete()
    consultations.CaseNote.objects.filter(case=case).delete()
    consultations.Case.objects.filter(pk=pk).update(
        **dict.fromkeys((field.name for field in PERSONAL if field.erased == Erased.EMPTY), ""),
        **{field.name: _get_erased(field.name) for field in PERSONAL if field.erased == Erased.MARK},
        deletion_asked_at=None,
        deletion_granted_at=None,
        erase_at=None,
        asked_again_at=None,
        anonymised_at=clock.now(),
        before_last=None,
        version=F("version") + 1,
    )
    case.refresh_from_db()
    replace_items(case.work_items.open(), [])
    consultations.SearchText.objects.filter(case=case).update(**{**get_texts(case), "report": ""})
    _end_erasure(case, disposal)


def _end_erasure(case: consultations.Case, disposal: Disposal) -> None:
    """Write the act to the audit log. Make earlier digests say nothing about what was erased."""
    record(
        Act.ERASED, by=None, case=case, title="Rembuk", target=f"{disposal.get_rule_display()} {disposal.pk}"
    )
    salts_erased.send(consultations.Case, row=case)
    leave_entry(case)


def _get_erased(column: str) -> models.Case | str:
    if column in EMPTIED:
        return ""
    return models.Case(When(Q((column, "")), then=Value("")), default=Value(ERASED))


def _erase_items(case: consultations.Case) -> None:
    """Erase the items of the reports. Their kinds stay, because statistics count them."""
    for report in Report.objects.filter(case=case):
        items = [{"kind": item["kind"], "text": ERASED} for item in report.items]
        Report.objects.filter(pk=report.pk).update(items=items)


def mark_documents(documents: QuerySet[Document]) -> None:
    """Mark documents as erased."""
    documents.filter(erased_at=None).update(erased_at=clock.now())


def delete_documents(documents: QuerySet[Document]) -> int:
    """Delete the files of erased documents; return how many existed. The rows keep the hashes."""
    found = documents.filter(erased_at__isnull=False).exclude(sha256="", original_sha256="")
    return _delete_files(name for names in found.values_list("file", "original") for name in names if name)


def delete_attachments(attachments: QuerySet[consultations.Attachment]) -> int:
    """Delete the files of erased uploads from the storage, then their paths; return how many existed."""
    found = attachments.filter(name=ERASED).exclude(file="", inert_copy="", pictures="")
    names = {name for row in found.values_list("file", "inert_copy", "pictures") for name in row if name}
    number = _delete_files(names)
    found.update(file="", inert_copy="", pictures="")
    return number


def _delete_files(names: Iterable[str]) -> int:
    number = 0
    for name in names:
        number += default_storage.exists(name)
        default_storage.delete(name)
    return number


BATCH = 500
"""Rows of one query."""


@task()
def erase_approved(pk: int) -> bool:
    """Erase what a disposal lists; return whether it was to be executed. Safe to run twice.

    Cases that are retained or open meanwhile are left out. The audit log is deleted by the owner of the
    tables (`manage.py delete_audit_log`).
    """
    disposal = Disposal.objects.to_execute().filter(pk=pk, done_at=None).first()
    if disposal is None or disposal.rule == Kind.AUDIT:
        return False
    erase(disposal)
    with transaction.atomic():
        Disposal.objects.to_execute().filter(pk=pk, done_at=None).update(done_at=clock.now())
        leave_entry(disposal)
    return True


def erase(disposal: Disposal) -> None:
    """Erase what a disposal lists."""
    ERASE.get(disposal.rule, _erase_cases)(disposal)


def _erase_cases(disposal: Disposal) -> None:
    for case in consultations.Case.objects.filter(code__in=disposal.codes).order_by("pk"):
        anonymise(case, disposal)


def _erase_files(disposal: Disposal) -> None:
    for case in list_erasable_by(disposal).filter(code__in=disposal.codes).order_by("pk"):
        uploads = consultations.Attachment._base_manager.filter(case=case)
        with transaction.atomic():
            if uploads.exclude(name=ERASED).update(name=ERASED):
                _end_erasure(case, disposal)
        delete_attachments(uploads)


def _erase_registers(disposal: Disposal) -> None:
    documents = Document.objects.filter(pk__in=disposal.codes, case=None)
    with transaction.atomic():
        mark_documents(documents)
        for document in documents:
            leave_entry(document)
    delete_documents(documents)


def _delete_notices(disposal: Disposal) -> None:
    due = list_due(find_retention(Kind.MESSAGES), disposal.before)
    while keys := list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            Message.objects.filter(notice__in=keys).delete()
            Notice.objects.filter(pk__in=keys).delete()


ERASE: dict[str, Callable[[Disposal], None]] = {
    Kind.FILES: _erase_files,
    Kind.MESSAGES: _delete_notices,
    Kind.REGISTERS: _erase_registers,
}
"""The function that erases each kind. All other kinds list cases."""


def enqueue_unfinished() -> int:
    """Enqueue tasks for approved disposals that are not done; return how many."""
    unfinished = Disposal.objects.to_execute().filter(done_at=None).exclude(rule=Kind.AUDIT)
    return enqueue_missing(erase_approved, unfinished.order_by("pk").values_list("pk", flat=True))


COLUMNS = (
    *("rule", "classification", "is_of_old_rule", "years", "before", "codes", "rows"),
    *("proposed_title", "proposed_at", "reason"),
)
ACT_COLUMNS = [
    field.name
    for field in DisposalAct._meta.local_concrete_fields
    if field.name not in ("id", "disposal", "by")
]


def list_approved() -> Iterator[dict[str, Any]]:
    """Yield the approved disposals with their acts for a file, the oldest first. They name no applicant.

    A deletion that the applicant stopped is among them: a backup from before the stop would erase the data.
    """
    stopped = Disposal.objects.filter(is_approved=True, stopped_at__isnull=False)
    approved = (Disposal.objects.to_execute() | stopped).select_related("proposed_by", "decided_by")
    for disposal in approved.prefetch_related("acts__by").order_by("decided_at", "pk"):
        yield {
            **{column: _to_json(getattr(disposal, column)) for column in COLUMNS},
            "proposed_by": disposal.proposed_by.username if disposal.proposed_by else None,
            "decided_by": disposal.decided_by.username if disposal.decided_by else None,
            "decided_title": disposal.decided_title,
            "decided_at": _to_json(disposal.decided_at),
            "stopped_at": _to_json(disposal.stopped_at),
            "acts": [
                {**{name: _to_json(getattr(act, name)) for name in ACT_COLUMNS}, "by": act.by.username}
                for act in disposal.acts.all()
            ],
        }


def _to_json(value: Any) -> Any:
    if isinstance(value, FieldFile):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def store_missing(listed: Iterable[Mapping[str, Any]]) -> int:
    """Store the disposals of a list that the restored database lacks, with their acts; return how many.

    Store also that an applicant stopped one. Raise User.DoesNotExist if the database lacks who decided. A
    list from before the acts has none.
    """
    number = 0
    for facts in listed:
        decided_at = dt.datetime.fromisoformat(facts["decided_at"])
        same = Disposal.objects.filter(rule=facts["rule"])
        if stopped_at := facts.get("stopped_at"):
            going_on = same.filter(decided_at=decided_at, stopped_at=None, done_at=None)
            for stopped in going_on:
                stopped.stopped_at = dt.datetime.fromisoformat(stopped_at)
                stopped.save(update_fields=["stopped_at"])
                number += 1
            continue
        if same.filter(decided_at=decided_at).exists():
            continue
        decision = {
            "decided_by": User.objects.get(username=facts["decided_by"]),
            "decided_title": facts["decided_title"],
            "decided_at": decided_at,
            "is_approved": True,
            "reason": facts["reason"],
        }
        own = {column: facts[column] for column in COLUMNS if column in facts and column not in decision}
        own |= {
            "proposed_by": User.objects.filter(username=facts["proposed_by"]).first(),
            "before": dt.date.fromisoformat(facts["before"]),
            "proposed_at": dt.datetime.fromisoformat(facts["proposed_at"]),
            "is_of_old_rule": facts.get("is_of_old_rule", facts["rule"] in RetentionRule.ARCHIVES),
        }
        with transaction.atomic():
            disposal = same.filter(decided_at=None, proposed_at=own["proposed_at"]).first()
            if own["is_of_old_rule"]:
                Disposal.objects.create(**own, **decision)
            else:
                disposal = disposal or Disposal.objects.create(**own)
                _store_acts(disposal, facts.get("acts", ()))
                Disposal.objects.filter(pk=disposal.pk).update(**decision)
                leave_entry(disposal)
                waiting = consultations.WorkItem.objects.open().filter(case=None, kind=Task.DISPOSAL)
                waiting.filter(subject=str(disposal.pk)).update(done_at=clock.now())
        number += 1
    return number


def _store_acts(disposal: Disposal, listed: Iterable[Mapping[str, Any]]) -> None:
    present = set(disposal.acts.values_list("number", flat=True))
    for facts in listed:
        if facts["number"] not in present:
            by = User.objects.get(username=facts["by"])
            DisposalAct.objects.create(**{**facts, "by": by, "disposal": disposal})


def repeat_all() -> int:
    """Erase again what approved disposals list, also if they were done; return their number.

    The audit log is left to `manage.py delete_audit_log`.
    """
    approved = Disposal.objects.to_execute().exclude(rule=RetentionRule.Kind.AUDIT)
    disposals = list(approved.order_by("decided_at", "pk"))
    for disposal in disposals:
        erase(disposal)
    return len(disposals)


def list_left_out() -> list[str]:
    """Return the codes of approved erasures whose cases are not erased, in the order of the cases.

    They are open or retained in the restored database.
    """
    approved = Disposal.objects.to_execute().filter(rule__in=(*RetentionRule.OF_CASES, Disposal.REQUESTED))
    codes = [code for listed in approved.values_list("codes", flat=True) for code in listed]
    found: list[str] = []
    for start in range(0, len(codes), BATCH):
        cases = consultations.Case.objects.filter(code__in=codes[start : start + BATCH], anonymised_at=None)
        found += cases.order_by("pk").values_list("code", flat=True)
    return found
