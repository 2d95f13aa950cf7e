"""Public facts about issued documents: kind, issuer, date, and whether they are in force."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from office.models import Office
from reports.document_files import DocumentUnavailable, create_file, read_document
from reports.models import Document
from reports.pdf import TooLong
from reports.seals import ShownSeal, get_seal_of
from reports.signing.validation import list_signatures

GROUP = 8
"""Hexadecimal digits in one group of a displayed SHA-256."""


@dataclass(frozen=True)
class Verification:
    """An issued document as shown to anyone: nothing of its content, its case or its applicant.

    `later` is the version that replaced it. `status` is a style name, `verdict` a sentence. If the document
    cannot be rendered, `document.has_file` is false. `seal` is the first one that covers it.
    """

    document: Document
    later: Document | None
    status: str
    verdict: str
    issuer: str
    seal: ShownSeal | None

    @property
    def sha256_in_groups(self) -> list[str]:
        sha256 = self.document.sha256
        return [sha256[start : start + GROUP] for start in range(0, len(sha256), GROUP)]


def verify_document(office: Office, *, pk: UUID | None = None, sha256: str = "") -> Verification | None:
    """Return the document with this primary key, or with this SHA-256 (hexadecimal), or None.

    Its file is created if nobody has done so yet.
    """
    key = {"pk": pk} if pk else {"sha256": sha256}
    document = Document.objects.select_related("replaces", "replaced_by").filter(**key).first()
    if document is None or document.awaits_number:
        return None
    with suppress(TooLong):  # the page says that there is no file
        document = create_file(document)
    later = getattr(document, "replaced_by", None)
    status, verdict = _verdict(document, later, office)
    return Verification(document, later, status, verdict, _issuer(document), get_seal_of(document))


def is_as_issued(document: Document) -> bool:
    """Return whether the stored file has the document's hash and, if it is signed, a valid signature."""
    try:
        content = read_document(document)
    except DocumentUnavailable:
        return False
    if not document.signature:
        return True
    return any(found.intact and found.covers_all for found in list_signatures(content))


def _verdict(document: Document, later: Document | None, office: Office) -> tuple[str, str]:
    words = {"office": office.name or _("kantor kami")}
    if document.kind == Document.Kind.APPLICATION:
        opening = _("Naskah ini asli disampaikan pemohon kepada %(office)s") % words
    else:
        opening = _("Naskah ini asli diterbitkan oleh %(office)s") % words
    if document.erased_at:
        words = {"opening": opening, "day": date_format(timezone.localdate(document.erased_at))}
        return "revoked", _(
            "%(opening)s. Berkasnya dimusnahkan menurut jadwal retensi atau atas permintaan pemohon pada "
            "%(day)s; sidiknya tetap tersimpan."
        ) % words
    if document.has_file and not is_as_issued(document):
        return "damaged", _("%(opening)s, tetapi berkas yang kami simpan sudah berubah atau hilang.") % {
            "opening": opening
        }
    if document.revoked_at:
        return "revoked", _("%(opening)s, tetapi sudah dicabut.") % {"opening": opening}
    if later:
        words = {"opening": opening, "version": str(later.version)}
        return "replaced", _("%(opening)s, tetapi sudah digantikan oleh versi %(version)s.") % words
    return "in_force", _("%(opening)s dan masih berlaku.") % {"opening": opening}


def _issuer(document: Document) -> str:
    """Return the issuer's position, never the name."""
    if document.kind == Document.Kind.APPLICATION:
        return _("Pemohon")
    if document.kind == Document.Kind.RECEIPT and document.issued_by_id is None:
        return _("Sistem layanan, secara otomatis")
    return document.issuer
