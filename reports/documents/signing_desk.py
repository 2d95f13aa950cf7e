"""The signature desk (Tanda Tangan): what waits for whom, initials, signatures by certificate or by hand.

Each paper is signed in a transaction of its own: what fails leaves it as it was.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from copy import copy

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from consultations.intake.uploads import CheckedFile, merge_to_pdf, run_in_sandbox
from consultations.models import Case
from consultations.parties import served_by
from consultations.queries import of_visible_case
from consultations.services import result_signed
from kit import clock
from kit.pdf import TooLong
from kit.refusal import Refused
from kit.urls import get_public_url
from office import rights
from office.models import Role, User
from office.words import with_words
from reports.documents import signing
from reports.documents.files import file_deleted_unless_saved, render_archival, store_file
from reports.documents.issuing import enter_number
from reports.documents.life import (
    ACTS,
    GONE,
    act,
    get_rule,
    get_signed_title,
    get_title,
    list_excluded,
    lock,
)
from reports.documents.numbers import Signatory, find_signatory
from reports.documents.types import TYPES_BY_KIND, get_source_row
from reports.enquiries import renew_term
from reports.models import Document, PaperRule, StandingOrder
from reports.models.document import UNSIGNED, WAITING, DocumentQuerySet, PaperState

MAX_BATCH = 30
"""Papers that are signed with one passphrase."""

SIGNERS = {Role.HEAD, Role.SECRETARY, Role.DIVISION_HEAD}
"""Roles that give initials or sign."""

FACTS = ("signed_by", "signed_title", "signed_at", "way", "file", "size", "sha256", "signature", "signer")

PRINTED = ("original", "original_sha256", "printed_at")

NO_NUMBER = _("Surat ini belum bernomor. %(secretariat)s mengisi nomornya lebih dahulu.")
NO_CERTIFICATE = _("Kantor ini belum memakai tanda tangan elektronik. Cetak surat ini dan tanda tangani.")
BY_HAND_ONLY = _("Surat jenis ini ditandatangani basah, lalu dipindai.")
ELECTRONIC_ONLY = _("Surat jenis ini hanya ditandatangani secara elektronik.")
"""Sentences about the way of signing."""


def list_turns(user: User) -> DocumentQuerySet:
    """Return the papers in force that the user must initial or sign, the oldest first."""
    turns = Q(pk__in=[])
    for held in user.current_appointments:
        role = Role(held.position.role)
        if role == Role.DIVISION_HEAD:
            turns |= Q(turn=role, case__division=held.position.division_id)
        elif role in (Role.HEAD, Role.SECRETARY):
            turns |= Q(turn=role)
    papers = Document.objects.in_force().filter(turns, of_visible_case(user), state__in=WAITING)
    own = Q(state=PaperState.INITIALS, drafted_by=user)
    return papers.exclude(own).order_by("issued_at", "pk")


def list_unsent(user: User) -> DocumentQuerySet:
    """Return the signed papers that the user must send out, the oldest first."""
    waiting = Document.objects.in_force().filter(state=PaperState.ISSUED, signed_at__isnull=False)
    if not rights.NUMBER_LETTERS.is_held_by(user):
        return waiting.none()
    return waiting.filter(of_visible_case(user)).order_by("signed_at", "pk")


def list_to_print(user: User) -> DocumentQuerySet:
    """Return the papers that the registry prints for a signature by hand, or whose scan it stores."""
    waiting = Document.objects.in_force().filter(state=PaperState.SIGNATURE)
    if not rights.NUMBER_LETTERS.is_held_by(user):
        return waiting.none()
    return waiting.filter(of_visible_case(user)).order_by("issued_at", "pk")


def list_drafted(user: User) -> DocumentQuerySet:
    """Return the unsigned papers of the user, or of a case that the user serves; returned ones first."""
    mine = Q(drafted_by=user) | served_by(user, "case__")
    papers = Document.objects.in_force().filter(mine, of_visible_case(user), state__in=UNSIGNED)
    return papers.order_by("state", "issued_at", "pk")  # DRAFT is the first of the alphabet


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


def send(document: Document, *, by: User, note: str = "") -> None:
    """Record that a signed paper left the office."""
    with act("send", document, by=by, note=note):
        pass


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
    """Return the PDF to be signed by hand. It is made once, with the number if Rembuk counts.

    It names the official who signs on this day. The draft may name the one before.
    """
    if get_rule(document.kind).way == PaperRule.Way.ELECTRONIC:
        raise Refused(ELECTRONIC_ONLY)
    case = _check("print", document, by=by)
    if not document.original:
        signatory = _find_signatory(document, case, clock.today())
        _take_number(document, is_needed=False)
        paper = copy(document)
        paper.is_being_signed, paper.printed_at = True, clock.now()
        paper.issued_by, paper.issuer = signatory.user, signatory.title
        try:
            content = render_archival(paper)
        except TooLong as sentence:
            raise Refused(str(sentence)) from sentence
        paper.original.save("cetakan.pdf", ContentFile(content), save=False)
        paper.original_sha256 = hashlib.sha256(content).hexdigest()
        with file_deleted_unless_saved(paper, "original"), act("print", paper, by=by) as taken:
            taken.changes |= {name: getattr(paper, name) for name in PRINTED}
        document.refresh_from_db()
    with document.original.open() as file:
        return bytes(file.read())


def record_scan(document: Document, *, by: User, pages: Sequence[CheckedFile], number: str = "") -> None:
    """Issue a paper that was signed by hand: the scan becomes its file.

    Raise Refused if it was not printed, or has no number and none is given, or if the pages are too large.
    """
    case = _check("scan", document, by=by)
    if not document.printed_at:
        raise Refused(_("Surat ini belum dicetak dari Rembuk, jadi pindaian ini bukan suratnya."))
    signatory = _find_signatory(document, case, timezone.localdate(document.printed_at))
    if not document.number:
        if not number:
            raise Refused(_("Tulis nomor yang tertera pada surat ini."), field="number")
        enter_number(document, by=by, number=number)
        document.refresh_from_db()
    try:
        merged = merge_to_pdf(pages)
    except ValidationError as error:
        raise Refused(error.messages[0], field="pages") from error
    if merged is None:
        raise Refused(_("Pilih foto atau pindaian surat."), field="pages")
    paper = _as_signed(document, signatory.user, signatory.title, Document.Way.HAND)
    _issue(paper, "scan", merged.content, by=by)
    document.refresh_from_db()


def _check(verb: str, document: Document, *, by: User) -> Case:
    """Return the case of the paper. Raise as `act()` does, before the slow part of the act."""
    get_title(verb, document, by=by)
    if document.is_old or document.state not in ACTS[verb].sources or document.case is None:
        raise Refused(GONE)
    return document.case


def _find_signatory(document: Document, case: Case, day: dt.date) -> Signatory:
    """Return who signs a paper by hand that is printed on a day. Raise Refused if nobody can."""
    found = find_signatory(Role(document.signer_role), case, day, without=list_excluded(document))
    if found.user is None:
        raise Refused(_("Tidak ada pejabat yang dapat menandatangani surat ini sekarang."))
    return found


def _take_number(document: Document, *, is_needed: bool = True) -> None:
    """Give the paper the next number if Rembuk counts, unless it has one. It stays with the paper.

    Raise Refused if the registry must enter the number first.
    """
    with transaction.atomic():
        locked = lock(document)
        if locked is None or locked.state != PaperState.SIGNATURE:
            raise Refused(GONE)
        if not locked.number:
            locked.number = TYPES_BY_KIND[locked.kind].get_number(locked.case, get_source_row(locked))
            if locked.number:
                locked.save(update_fields=["number"])
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
            renew_term(document)
            result_signed.send(Document, case=taken.document.case)


def find_scanned(scan: CheckedFile, *, by: User) -> Document | None:
    """Return the paper whose QR code is on a page, if it waits for its scan from the user, or None."""
    try:
        _type, code = run_in_sandbox("read_code", [scan.content])
    except ValidationError:
        return None
    known = get_public_url("home").rstrip("/")
    address = code.decode(errors="replace")
    pk = address.rstrip("/").rpartition("/")[2] if address.startswith(known) else ""
    try:
        return list_to_print(by).filter(pk=pk).first() if pk else None
    except ValidationError:
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
    """End a standing order. Papers of its kind that wait for a signature wait for the Kepala Dinas now."""
    rights.GIVE_ORDERS.check(by)
    with transaction.atomic():
        ended = StandingOrder.objects.filter(pk=order.pk, ended_at=None)
        if not ended.update(ended_at=clock.now(), ended_by=by):
            raise Refused(_("Perintah ini sudah diakhiri."))
        waiting = Document.objects.filter(kind=order.kind, signer_role=order.signer, state__in=UNSIGNED)
        waiting.filter(turn=order.signer, state=PaperState.SIGNATURE).update(turn=Role.HEAD)
        waiting.update(signer_role=Role.HEAD)
