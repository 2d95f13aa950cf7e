"""Codes and numbers of papers: the office's pattern, the next number of a series, numbers entered by hand.

Rembuk counts a series, or the registry enters each number from the office's own register or SRIKANDI.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.enums import State, Task
from consultations.models import Case, NumberBook
from consultations.parties import LINK_SHARERS, parties
from documents.files import create_document_file
from documents.life import announce, get_rule, list_papers, lock
from documents.models import Document, ReportNumber
from documents.models.document import LETTERS, DocumentKind
from documents.types import TYPES_BY_KIND
from kit import clock
from kit.forms import OfficeForm, line_field
from kit.records import leave_entry
from kit.refusal import Refused
from office import rights
from office.models import Office, User
from office.words import with_words

NO_REPORT_NUMBER = _("Laporan ini belum bernomor. %(secretariat)s mengisi nomornya di halaman Surat keluar.")
USED = _("Nomor ini sudah dipakai naskah lain. Periksa buku surat keluar.")


def get_code(kind: str, case: Case | None) -> str:
    """Return the classification code of a paper: the one of its kind, or else the full code of its case.

    Without both, a paper that Rembuk numbers has the office's code, which its number bears.
    """
    own = get_rule(kind).classification or TYPES_BY_KIND[kind].number.classification
    return own or (case.classification if case else "") or _get_office_code(kind)


def _get_office_code(kind: str) -> str:
    office = Office.load()
    is_counted = office.counts_reports if kind == DocumentKind.REPORT else office.counts_letters
    return office.report_classification if is_counted and kind in (*LETTERS, DocumentKind.REPORT) else ""


def get_type_code(kind: str) -> str:
    """Return the code of a kind, such as `ST`, for a pattern with `{type}`."""
    return get_rule(kind).type_code or TYPES_BY_KIND[kind].number.type_code


def number_letter(letter: Document) -> None:
    """Give a letter the next number, not saved, unless the registry enters it.

    Call it in the transaction that stores the number.
    """
    if Office.load().counts_letters:
        letter.number = _take_number(letter.kind, letter.classification)
        letter.numbered_at = find_moment()


def reserve_report_number(case: Case) -> str:
    """Return the number of the case's report: the reserved one, or the next one of this year.

    Call it in a transaction. It locks the case, so that concurrent calls return the same number. Raise
    Refused if the registry must enter the number first.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    reserved = ReportNumber.objects.filter(case=case).first()
    if reserved is None:
        if not Office.load().counts_reports:
            raise Refused(with_words(NO_REPORT_NUMBER))
        number = _take_number(DocumentKind.REPORT, get_code(DocumentKind.REPORT, locked))
        reserved = ReportNumber.objects.create(case=case, number=number, taken_at=find_moment())
        leave_entry(case)
    return reserved.number


def _take_number(kind: str, code: str) -> str:
    """Return the next number in the office's pattern. Skip a number that was entered for another paper.

    Reports have a series of their own if the pattern names the kind of paper.
    """
    office, year = Office.load(), clock.today().year
    is_apart = kind == DocumentKind.REPORT and "{type}" in office.number_pattern
    series = NumberBook.Series.REPORT if is_apart else NumberBook.Series.LETTER
    if is_apart:
        NumberBook.hold(year)
    while True:
        number = office.number_pattern.format(
            code=code or office.report_classification,
            number=NumberBook.take(series, year),
            type=get_type_code(kind),
            unit=office.unit_code,
            year=year,
        )
        if not is_used(number):
            return number


def is_used(number: str) -> bool:
    """Return whether a paper has this number, or a report will have it."""
    same = {"number__iexact": number}
    return _exist(Document.objects.filter(**same), ReportNumber.objects.filter(**same))


def _exist(documents: QuerySet[Document], reserved: QuerySet[ReportNumber]) -> bool:
    """Return whether there are such papers or reserved numbers, with one query."""
    return documents.values("number").union(reserved.values("number"), all=True).exists()


def find_moment() -> dt.datetime:
    """Return now, or a microsecond after the paper that got its number at this moment.

    The order of these moments is the order of the numbers. Call it while the year is on hold.
    """
    moment = clock.now()
    while _is_taken(moment):
        moment += dt.timedelta(microseconds=1)
    return moment


def _is_taken(moment: dt.datetime) -> bool:
    of_paper: dict[str, Any] = {"numbered": moment}
    papers = Document.objects.numbered().filter(**of_paper)
    return _exist(papers, ReportNumber.objects.filter(taken_at=moment))


def list_unnumbered(user: User) -> QuerySet[Document]:
    """Return the letters in force whose number the user must enter, the oldest first.

    If Rembuk counts letters, one that is not signed yet gets its number when it is printed or signed.
    """
    return list_papers(user, *(Task.NUMBER, Task.NUMBER_FIRST)[: 1 if Office.load().counts_letters else 2])


def enter_number(letter: Document, *, by: User, number: str) -> None:
    """Store the number of a letter. Its file follows after commit.

    Raise PermissionDenied if `by` enters no numbers. Raise Refused if the letter has its number or is not in
    force any more, and if another document has this number, or a report will have it.
    """
    if letter.case is None or not LINK_SHARERS & parties(by, letter.case).keys():
        raise PermissionDenied
    try:
        with transaction.atomic():
            locked = lock(letter)
            NumberBook.hold(clock.today().year)
            if is_used(number):
                raise Refused(USED, field="number")
            waiting = Document.objects.awaiting_number().filter(pk=letter.pk)
            stored = waiting.update(number=number, numbered_by=by, numbered_at=find_moment())
            announce(locked.case if locked else None, by=by)
            leave_entry(letter)
            if not letter.is_unsigned:
                transaction.on_commit(lambda: create_document_file.enqueue(str(letter.pk)), robust=True)
    except IntegrityError:
        raise Refused(USED, field="number") from None
    if not stored:
        raise Refused(_("Surat ini sudah bernomor atau tidak berlaku lagi. Muat ulang daftar surat keluar."))


def list_reports_to_number(user: User) -> QuerySet[Case]:
    """Return the visible cases whose report waits for its number, if the registry enters it."""
    if Office.load().counts_reports or not rights.NUMBER_LETTERS.is_held_by(user):
        return Case.objects.none()
    waiting = Case.objects.visible_to(user).filter(state=State.FORWARDED, reserved_report_number=None)
    return waiting.select_related("agenda").order_by("since", "pk")


def enter_report_number(case: Case, *, by: User, number: str) -> None:
    """Store the number that the report of a case gets when it is accepted.

    Raise PermissionDenied if `by` enters no numbers. Raise Refused if another paper has this number, or if
    the report has its number.
    """
    if not LINK_SHARERS & parties(by, case).keys():
        raise PermissionDenied
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        NumberBook.hold(clock.today().year)
        if ReportNumber.objects.filter(case=case).exists():
            raise Refused(_("Laporan ini sudah bernomor."))
        if is_used(number):
            raise Refused(USED, field="number")
        ReportNumber.objects.create(case=case, number=number, taken_at=find_moment(), entered_by=by)
        leave_entry(case)


class LetterNumberForm(OfficeForm):
    number = line_field(
        _("Nomor surat"),
        100,
        missing=_("Tulis nomor surat."),
        help_text=_(
            "Dari buku surat keluar atau SRIKANDI. Nomor tercetak pada surat dan tidak dapat diubah."
        ),
    )

    def clean_number(self) -> str:
        """Return the number with single spaces."""
        return " ".join(self.cleaned_data["number"].split())
