"""What anybody may know of an issued paper: what it is, by whom and when, whether it is in force."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from office.models import Office
from reports.issuing import make
from reports.models import Document
from reports.rendering import TooLong

GROUP = 8
"""Hexadecimal digits of a SHA-256 that are read in one go."""


@dataclass(frozen=True)
class Verified:
    """An issued paper as it is shown to anybody; nothing of its content, its case or its applicant.

    `later` is the version that has replaced it. `standing` is one word for the page's looks, `verdict` says
    it in a sentence. Where the paper could not be set, `document.is_made` is false and there is no SHA-256.
    """

    document: Document
    later: Document | None
    standing: str
    verdict: str
    issuer: str

    @property
    def sha256_in_groups(self) -> list[str]:
        sha256 = self.document.sha256
        return [sha256[start : start + GROUP] for start in range(0, len(sha256), GROUP)]


def verified(pk: UUID, office: Office) -> Verified | None:
    """The paper with this key; None where none was issued. Its bytes are made now if nobody has yet."""
    document = _issued().filter(pk=pk).first()
    return _as_shown(document, office) if document else None


def verified_by_hash(sha256: str, office: Office) -> Verified | None:
    """The paper whose bytes have this SHA-256 (hexadecimal); None where there is none."""
    document = _issued().filter(sha256=sha256).first()
    return _as_shown(document, office) if document else None


def _issued() -> QuerySet[Document]:
    return Document.objects.select_related("replaces", "replaced_by")


def _as_shown(document: Document, office: Office) -> Verified:
    with suppress(TooLong):  # the page says that there are no bytes; what is too long is for its writer
        document = make(document)
    later = getattr(document, "replaced_by", None)
    standing, verdict = _judged(document, later, office)
    return Verified(document, later, standing, verdict, _issuer(document))


def _judged(document: Document, later: Document | None, office: Office) -> tuple[str, str]:
    words = {"office": office.name or _("kantor kami")}
    if document.kind == Document.Kind.APPLICATION:
        opening = _("Surat ini asli disampaikan pemohon kepada %(office)s") % words
    else:
        opening = _("Naskah ini asli diterbitkan oleh %(office)s") % words
    if document.revoked_at:
        return "revoked", _("%(opening)s, tetapi sudah dicabut.") % {"opening": opening}
    if later:
        words = {"opening": opening, "version": str(later.version)}
        return "replaced", _("%(opening)s, tetapi sudah digantikan oleh versi %(version)s.") % words
    return "in_force", _("%(opening)s dan masih berlaku.") % {"opening": opening}


def _issuer(document: Document) -> str:
    """By position, never by name. What a system makes for an applicant bears the applicant's word for it."""
    if document.kind == Document.Kind.APPLICATION:
        return _("Pemohon")
    return document.issuer if document.issued_by_id else _("Sistem layanan, secara otomatis")
