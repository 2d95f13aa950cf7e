"""Erasing: personal fields, free texts and files go; numbers, states, times and hashes stay.

Each function may run again after it was interrupted. The rows of a case are erased in one transaction. Its
files are deleted after it, and only then do their rows forget the names.
"""

from collections.abc import Iterable, Iterator

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q, QuerySet, Value, When

from consultations.append_only import ERASED
from consultations.models import Attachment, Case, HiddenIdentity, SearchText, StepDraft
from consultations.personal_fields import PERSONAL, Erased
from consultations.search_index import get_texts
from ledger.chain import RowKey, to_key
from ledger.erasures import store_erasures
from ledger.models import Disposal
from ledger.parts import FILE, PARTS
from notices.models import Message, Notice
from office import clock
from privacy.due import list_erasable
from privacy.fields import EMPTIED, TEXTS, Texts
from reports.models import Document, Report


def anonymise(case: Case, disposal: Disposal) -> None:
    """Erase the personal data of a case that `list_erasable()` has. Do nothing for other cases."""
    _erase_rows(case.pk, disposal)
    if Case.objects.filter(pk=case.pk, anonymised_at__isnull=False).exists():
        delete_attachments(Attachment.objects.filter(case=case))
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
    HiddenIdentity.objects.filter(case=case).delete()
    StepDraft.objects.filter(case=case).delete()
    Case.objects.filter(pk=pk).update(
        **dict.fromkeys((field.name for field in PERSONAL if field.erased == Erased.EMPTY), ""),
        **{field.name: _get_erased(field.name) for field in PERSONAL if field.erased == Erased.MARK},
        deletion_asked_at=None,
        anonymised_at=clock.now(),
        version=F("version") + 1,
    )
    case.refresh_from_db()
    SearchText.objects.filter(case=case).update(**{**get_texts(case), "report": ""})
    store_erasures(disposal, sealed)


def _erase_texts(texts: Texts, case: Case) -> Iterator[RowKey]:
    """Erase the texts of a case in one table; yield the sealed parts of rows that were erased."""
    rows = texts.model._base_manager.filter(texts.of(case))
    parts = [part for part in PARTS if part.model is texts.model and {*part.columns} & {*texts.columns}]
    keys = list(rows.values_list("pk", flat=True)) if parts else []
    rows.update(**{column: _get_erased(column) for column in texts.columns})
    yield from ((part.number, to_key(key)) for part in parts for key in keys)


def _get_erased(column: str) -> models.Case | str:
    """Return what a column becomes: empty texts stay empty."""
    if column in EMPTIED:
        return ""
    return models.Case(When(Q((column, "")), then=Value("")), default=Value(ERASED))


def _erase_items(case: Case) -> None:
    """Erase the items of the reports. Their kinds stay, because statistics count them."""
    for report in Report.objects.filter(case=case):
        items = [{"kind": item["kind"], "text": ERASED} for item in report.items]
        Report.objects.filter(pk=report.pk).update(items=items)


def mark_documents(documents: QuerySet[Document]) -> list[RowKey]:
    """Mark documents as erased; return the sealed parts that name their files."""
    found = documents.filter(erased_at=None)
    keys = [(FILE.number, to_key(pk)) for pk in found.exclude(sha256="").values_list("pk", flat=True)]
    found.update(erased_at=clock.now())
    return keys


def delete_documents(documents: QuerySet[Document]) -> int:
    """Delete the files of erased documents; return how many existed. The rows keep the hashes."""
    names = documents.filter(erased_at__isnull=False).exclude(sha256="").values_list("file", flat=True)
    return _delete_files(names)


def delete_attachments(attachments: QuerySet[Attachment]) -> int:
    """Delete uploaded files from the storage, then their names; return how many existed."""
    found = attachments.exclude(file="", inert_copy="")
    names = {name for row in found.values_list("file", "inert_copy") for name in row if name}
    number = _delete_files(names)
    found.update(file="", inert_copy="", name=ERASED)
    return number


def _delete_files(names: Iterable[str]) -> int:
    number = 0
    for name in names:
        number += default_storage.exists(name)
        default_storage.delete(name)
    return number
