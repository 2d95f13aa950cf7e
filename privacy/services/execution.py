"""Executes approved disposals in the background. An interrupted one continues."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.tasks import task

from consultations.models import Attachment, Case
from ledger.erasures import store_erasures
from ledger.models import Disposal
from notices.models import Message, Notice
from office import clock
from office.models import RetentionRule
from office.task_recovery import enqueue_missing
from privacy.due import list_due, list_erasable
from privacy.erasure import anonymise, delete_attachments, delete_documents, mark_documents
from reports.models import Document

BATCH = 500
"""Rows of one query."""

WAIT_FOR_MESSAGES = dt.timedelta(days=3)
"""Time for which a decision is told to the applicant before the address is erased."""

Kind = RetentionRule.Kind


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
    cases = list(Case.objects.filter(code__in=disposal.codes).order_by("pk"))
    waiting = {case.pk for case in cases if _tells_decision(case, disposal)}
    for case in cases:
        if case.pk not in waiting:
            anonymise(case, disposal)
    return not waiting


def _tells_decision(case: Case, disposal: Disposal) -> bool:
    """Return whether the applicant who asked for the erasure has not got the answer yet."""
    if disposal.rule != Disposal.REQUESTED or disposal.decided_at is None:
        return False
    if clock.now() - disposal.decided_at > WAIT_FOR_MESSAGES:
        return False
    unsent = (Message.Status.WAITING, Message.Status.SENDING)
    return Message.objects.filter(notice__case=case, notice__recipient=None, status__in=unsent).exists()


def _erase_files(disposal: Disposal) -> bool:
    erasable = list_erasable().filter(code__in=disposal.codes)
    delete_attachments(Attachment.objects.filter(case__in=erasable))
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
