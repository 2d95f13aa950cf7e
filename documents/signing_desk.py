"""The signature desk (Tanda Tangan): what waits for whom, initials, signatures by certificate or by hand.

Each paper is signed in a transaction of its own: what fails leaves it as it was.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from consultations.deadlines import last_day_to_ask
from consultations.enums import Task
from consultations.intake.uploads import CheckedFile, merge_to_inert_pdf, run_in_sandbox
from consultations.models import Case
from consultations.parties import served_by, without_head
from consultations.queries import of_visible_case
from consultations.services import result_signed
from documents import signing
from documents.files import (
    FILE_FIELDS,
    DocumentUnavailable,
    file_deleted_unless_saved,
    read_original,
    render_archival,
    store_file,
)
from documents.issuing import issue_again
from documents.life import (
    ACTS,
    GONE,
    act,
    announce,
    count_printings,
    get_rule,
    get_signed_title,
    get_title,
    has_passed,
    is_withdrawn_print,
    list_excluded,
    list_papers,
    lock,
)
from documents.models import Document, PaperRule, StandingOrder
from documents.models.document import (
    UNSIGNED,
    DocumentQuerySet,
    PaperState,
)
from documents.numbering import enter_number, number_letter
from documents.numbers import Signatory, find_signatory
from documents.types import get_source_row
from kit import clock
from kit.pdf import TooLong
from kit.records import leave_entry
from kit.refusal import Refused
from kit.urls import get_public_url
from office import rights
from office.models import Role, User
from office.words import with_words

MAX_BATCH = 30
"""Papers that are signed with one passphrase."""

FACTS = ("signed_by", "signed_title", "signed_at", "way", *FILE_FIELDS)

PRINTED = ("original", "original_sha256", "printed_at", "printed_for", "printed_title")

NO_NUMBER = _("Surat ini belum bernomor. %(secretariat)s mengisi nomornya lebih dahulu.")
NO_CERTIFICATE = _("Kantor ini belum memakai tanda tangan elektronik. Cetak surat ini dan tanda tangani.")
BY_HAND_ONLY = _("Surat jenis ini ditandatangani basah, lalu dipindai.")
ELECTRONIC_ONLY = _("Surat jenis ini hanya ditandatangani secara elektronik.")
"""Sentences about the way of signing."""

DENIED = "Penanda tangan menyatakan bukan tanda tangannya."
"""Reason on record (Indonesian)."""

NO_CODE = _(
    "Kode QR surat ini tidak terbaca pada pindaian, jadi belum pasti ini suratnya. Foto lagi sampai kode di "
    "kaki surat terlihat jelas."
)


def is_over() -> Q:
    """Match the papers of a meeting whose time has passed."""
    of_session = (Document.Kind.SCHEDULE, Document.Kind.ASSIGNMENT)
    return Q(kind=Document.Kind.INVITATION, case__meeting_at__lte=clock.now()) | Q(
        kind__in=of_session, case__planned_at__lte=clock.now()
    )


def list_drafted(user: User) -> DocumentQuerySet:
    """Return the unsigned papers of the user, or of a case that the user serves; returned ones first."""
    mine = Q(drafted_by=user) | served_by(user, "case__")
    papers = Document.objects.in_force().filter(mine, of_visible_case(user), state__in=UNSIGNED)
    return papers.order_by("state", "issued_at", "pk")  # DRAFT is the first of the alphabet


def confirm(document: Document, *, by: User) -> None:
    """Say as the signer that the signature on the scan is genuine."""
    with act("confirm", document, by=by) as taken:
        taken.changes["confirmed_at"] = clock.now()


def deny(document: Document, *, by: User) -> None:
    """Say as the signer that the signature on the scan is not genuine.

    The paper is revoked. A new version with the same text waits for initials and signature, unless nobody
    needs it any more.
    """
    with transaction.atomic():
        with act("deny", document, by=by) as taken:
            now = clock.now()
            taken.changes |= {"denied_at": now, "revoked_at": now, "revoke_reason": DENIED}
        if not (has_passed(document) or _is_answered(document)):
            issue_again(document)
            announce(document.case)
            leave_entry(document)


def _is_answered(document: Document) -> bool:
    """Return whether the agency has answered that the paper asks, or reminds."""
    if document.kind not in (Document.Kind.OPINION_REQUEST, Document.Kind.OPINION_REMINDER):
        return False
    asked: Any = get_source_row(document)
    return getattr(asked, "opinion", asked).recorded_at is not None


def submit(document: Document, *, by: User, text: str) -> None:
    """Submit a draft, with the text that its drafter changed, for initials and signature."""
    with act("submit", document, by=by) as taken:
        taken.changes["text"] = text


def initial(document: Document, *, by: User, note: str = "") -> None:
    """Give the initials (paraf) of the role whose turn it is."""
    with act("initial", document, by=by, note=note):
        pass


def give_back(document: Document, *, by: User, reason: str) -> None:
    """Give a paper back to its drafter with a note. A number that it has stays reserved for it."""
    with act("give_back", document, by=by, note=reason):
        pass


def send(document: Document, *, by: User, dispatch: str, note: str = "") -> None:
    """Record how a signed paper left the office."""
    with act("send", document, by=by, note=note) as taken:
        taken.dispatch = dispatch


@sensitive_variables("passphrase")
def sign(document: Document, *, by: User, passphrase: str) -> None:
    """Sign a paper electronically and issue it.

    Its number is taken before, because the signature covers it. If the signature fails, the next attempt uses
    the number. Raise Refused if the signature fails. Call it outside of transactions.
    """
    adapter, rule = signing.adapter(), get_rule(document.kind)
    if adapter is None:
        raise Refused(NO_CERTIFICATE)
    if rule.way == PaperRule.Way.HAND:
        raise Refused(BY_HAND_ONLY)
    _check("sign", document, by=by)
    title = get_signed_title(document, get_title("sign", document, by=by))
    _take_number(document)
    paper = _as_signed(document, by, title, Document.Way.ELECTRONIC)
    try:
        unsigned = render_archival(paper, attestation=adapter.attestation)
        with translation.override("id"):  # the reason becomes part of the document
            words = {"paper": paper.get_kind_display(), "number": paper.number}
            reason = _("Menandatangani %(paper)s nomor %(number)s") % words
        signed = adapter.sign(unsigned, by=by, title=title, reason=reason, passphrase=passphrase)
    except TooLong as sentence:
        raise Refused(str(sentence)) from sentence
    except signing.SigningFailed as sentence:
        is_wrong = isinstance(sentence, signing.WrongPassphrase)
        raise Refused(str(sentence), field="passphrase" if is_wrong else "") from None
    paper.signature, paper.signer = signed.adapter, signed.signer
    _issue(paper, "sign", signed.content, by=by)
    document.refresh_from_db()


def sign_all(
    documents: Iterable[Document], *, by: User, passphrase: str
) -> Iterator[tuple[Document, Refused | None]]:
    """Sign papers in turn. Yield each with the refusal, or None if it is signed. A refusal stops no other.

    A wrong passphrase is not tried again: signers lock themselves after a few wrong ones.
    """
    wrong: Refused | None = None
    for document in documents:
        refused = wrong
        if wrong is None:
            try:
                sign(document, by=by, passphrase=passphrase)
            except Refused as refusal:
                refused = refusal
                wrong = refusal if refusal.field else None
            except PermissionDenied:
                refused = Refused(_("Surat ini tidak menunggu tanda tangan Anda."))
        yield document, refused


def print_original(document: Document, *, by: User) -> bytes:
    """Return the PDF to be signed by hand, with the number if Rembuk counts.

    It is made once. It is made again if the paper was given back since, or if another official signs now.
    """
    if get_rule(document.kind).way == PaperRule.Way.ELECTRONIC:
        raise Refused(ELECTRONIC_ONLY)
    case = _check("print", document, by=by)
    signatory, printed = _find_signatory(document, case), count_printings(document)
    is_for_signatory = (document.printed_for, document.printed_title) == (signatory.user, signatory.title)
    if not is_for_signatory or is_withdrawn_print(document, printed):
        _take_number(document, is_needed=False)
        paper = copy(document)
        paper.is_being_signed, paper.printed_at, paper.printing = True, clock.now(), printed + 1
        paper.printed_for, paper.printed_title = signatory.user, signatory.title
        paper.issued_by, paper.issuer = signatory.user, signatory.title  # what the print says
        paper.original = ""  # a copy shares the file of the paper
        try:
            content = render_archival(paper)
        except TooLong as sentence:
            raise Refused(str(sentence)) from sentence
        paper.original.save(f"cetakan-{paper.printing}.pdf", ContentFile(content), save=False)
        paper.original_sha256 = hashlib.sha256(content).hexdigest()
        with file_deleted_unless_saved(paper, "original"), act("print", document, by=by) as taken:
            taken.changes |= {name: getattr(paper, name) for name in PRINTED}
            if withdrawn := document.original.name:
                transaction.on_commit(partial(document.original.storage.delete, withdrawn))
    try:
        return read_original(document)
    except DocumentUnavailable as sentence:
        raise Refused(str(sentence)) from sentence


def _find_signatory(document: Document, case: Case) -> Signatory:
    """Return who signs the paper by hand today. Raise Refused if nobody may."""
    excluded = list_excluded(document)
    found = find_signatory(Role(document.signer_role), case, clock.today(), without=excluded)
    if found.user is None:
        raise Refused(_("Tidak ada pejabat yang dapat menandatangani surat ini sekarang."))
    return found


def record_scan(document: Document, *, by: User, pages: Sequence[CheckedFile], number: str = "") -> None:
    """Issue a paper that was signed by hand: the scan becomes its file.

    Its signer is the official whom the print names, and who is asked whether the signature is genuine. Raise
    Refused if its text or signer changed since the print. Raise Refused if the pages lack the code of this
    printing, or have another one. Raise Refused if there is no number, or if the pages are too large or too
    many.
    """
    _check("scan", document, by=by)
    printing = count_printings(document)
    if document.printed_for is None:
        raise Refused(_("Surat ini belum dicetak dari Rembuk, jadi pindaian ini bukan suratnya."))
    if is_withdrawn_print(document, printing):
        raise Refused(_("Cetakan surat ini sudah ditarik. Cetak lagi, lalu mintakan tanda tangan."))
    try:
        codes = {code for page in pages for code in read_codes(page)}
        if codes - {(str(document.pk), printing)}:
            raise Refused(_("Kode pada pindaian ini milik surat lain, atau cetakan lama."), field="pages")
        if pages and not codes:
            raise Refused(str(NO_CODE), field="pages")
        content = merge_to_inert_pdf(pages)
    except ValidationError as error:
        raise Refused(error.messages[0], field="pages") from error
    if not content:
        raise Refused(_("Pilih foto atau pindaian surat."), field="pages")
    if not document.number:
        if not number:
            raise Refused(_("Tulis nomor yang tertera pada surat ini."), field="number")
        enter_number(document, by=by, number=number)
        document.refresh_from_db()
    paper = _as_signed(document, document.printed_for, document.printed_title, Document.Way.HAND)
    _issue(paper, "scan", content, by=by)
    document.refresh_from_db()


def _check(verb: str, document: Document, *, by: User) -> Case:
    """Return the case of the paper. Raise as `act()` does, before the slow part of the act."""
    get_title(verb, document, by=by)
    if document.is_old or document.erased_at or document.state not in ACTS[verb].sources:
        raise Refused(GONE)
    if document.case is None:
        raise Refused(GONE)
    return document.case


def _take_number(document: Document, *, is_needed: bool = True) -> None:
    """Give the paper the next number if Rembuk counts, unless it has one. It stays with the paper.

    Raise Refused if the registry must enter the number first.
    """
    with transaction.atomic():
        locked = lock(document)
        if locked is None or locked.state != PaperState.SIGNATURE:
            raise Refused(GONE)
        if not locked.number:
            number_letter(locked)
            if locked.number:
                locked.save(update_fields=["number", "numbered_at"])
                announce(locked.case)
                leave_entry(locked)
            elif is_needed:
                raise Refused(with_words(NO_NUMBER))
    document.number = locked.number


def _as_signed(document: Document, by: User | None, title: str, way: str) -> Document:
    """Return a copy of the paper as it will be. The paper itself stays unsigned if something fails."""
    paper = copy(document)
    paper.is_being_signed = True
    paper.signed_by, paper.signed_title, paper.signed_at, paper.way = by, title, clock.now(), way
    return paper


def _issue(document: Document, verb: str, content: bytes, *, by: User) -> None:
    """Store the signed file and take the act, or nothing."""
    store_file(document, content)
    with file_deleted_unless_saved(document), act(verb, document, by=by) as taken:
        taken.changes |= {name: getattr(document, name) for name in FACTS}
        if document.kind == Document.Kind.RESULT:
            until = last_day_to_ask(timezone.localdate(document.signed_at))
            Case.objects.filter(documents=document).update(ask_until=until)
            result_signed.send(Document, case=taken.document.case)


def read_codes(scan: CheckedFile) -> set[tuple[str, int]]:
    """Return the papers of this office whose QR codes are on a scan, each with the number of its printing.

    Raise ValidationError if the scan cannot be read, or has too many pages.
    """
    _type, found = run_in_sandbox("read_codes", [scan.content])
    known = re.compile(
        rf"{re.escape(get_public_url('verify'))}([0-9a-f-]{{36}})/(?:\?cetakan=([0-9]{{1,4}}))?"
    )
    codes = map(known.fullmatch, found.decode(errors="replace").splitlines())
    return {(code[1], int(code[2] or 0)) for code in codes if code}


def find_scanned(scan: CheckedFile, *, by: User) -> Document | None:
    """Return the paper whose QR code is on the pages, if it waits for its scan from the user.

    Return None if there is no such code, or if there are those of several papers.
    """
    try:
        papers = list_papers(by, Task.PRINT).filter(pk__in={pk for pk, _printing in read_codes(scan)})
        return papers.get()
    except (Document.DoesNotExist, Document.MultipleObjectsReturned, ValidationError):
        return None


def record_scans(
    scans: Sequence[CheckedFile], *, by: User
) -> tuple[list[Document], list[tuple[CheckedFile, str]]]:
    """Store each scan with the paper whose code is on it; pages of one paper belong together.

    Return the issued papers, and the scans that were not stored, each with the reason.
    """
    pages: dict[Document, list[CheckedFile]] = {}
    stored, doubtful = [], []
    for scan in scans:
        if paper := find_scanned(scan, by=by):
            pages.setdefault(paper, []).append(scan)
        else:
            doubtful.append((scan, str(_("Kodenya tidak terbaca, atau bukan surat yang menunggu pindaian."))))
    for paper, found in pages.items():
        try:
            record_scan(paper, by=by, pages=found)
        except Refused as refusal:
            doubtful += [(scan, str(refusal)) for scan in found]
        else:
            stored.append(paper)
    return stored, doubtful


def signs_electronically(document: Document) -> bool:
    """Return whether a certificate may sign papers of this kind here."""
    return signing.adapter() is not None and get_rule(document.kind).way != PaperRule.Way.HAND


def signs_by_hand(document: Document) -> bool:
    """Return whether papers of this kind may be signed by hand."""
    return get_rule(document.kind).way != PaperRule.Way.ELECTRONIC


def give_order(*, by: User, kind: str, signer: str, number: str, dated: dt.date) -> StandingOrder:
    """Let another official sign a kind of letter in the name of the Kepala Dinas (a.n.).

    Raise PermissionDenied if `by` is not the Kepala Dinas. Raise Refused if there is an order for the kind.
    """
    title = rights.GIVE_ORDERS.get_title(by)
    if dated > clock.today():
        raise Refused(_("Tanggal surat perintah tidak boleh sesudah hari ini."), field="dated")
    try:
        with transaction.atomic():
            order = StandingOrder.objects.create(
                kind=kind, signer=signer, number=number, dated=dated, by=by, title=title
            )
    except IntegrityError:
        raise Refused(_("Sudah ada perintah untuk jenis surat ini. Akhiri dahulu."), field="kind") from None
    return order


def end_order(order: StandingOrder, *, by: User) -> None:
    """End a standing order. Papers of its kind that wait for a signature wait for the Kepala Dinas now.

    A complaint about the only Kepala Dinas keeps its signer, whom no order has named.
    """
    rights.GIVE_ORDERS.check(by)
    with transaction.atomic():
        ended = StandingOrder.objects.filter(pk=order.pk, ended_at=None)
        if not ended.update(ended_at=clock.now(), ended_by=by):
            raise Refused(_("Perintah ini sudah diakhiri."))
        leave_entry(order)
        waiting = Document.objects.filter(kind=order.kind, signer_role=order.signer, state__in=UNSIGNED)
        waiting = waiting.exclude(without_head("case__"))
        cases = {paper.case for paper in waiting.select_related("case") if paper.case}
        waiting.filter(turn=order.signer, state=PaperState.SIGNATURE).update(turn=Role.HEAD)
        waiting.update(signer_role=Role.HEAD)
        for case in cases:
            announce(case)
        leave_entry(*cases)
