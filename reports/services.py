"""Step 9: write, preview, review and accept the report. The document is signed if the office signs.

Step 7: who attended a consultation, with scans of the signed list and photographs.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from consultations.deadlines import last_day_to_ask
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case, Event
from consultations.scheduling.queries import current_session
from consultations.search_index import index_report
from consultations.services import DraftConflict, save_draft
from consultations.workflow import TAKE_BACK, Transition, check, transition
from dispositions.models import StaffReview
from dispositions.relayed_orders import record_ratification
from documents import signing
from documents.contexts import Source
from documents.files import (
    file_deleted_unless_saved,
    read_document,
    render_archival,
    render_html,
    store_file,
)
from documents.issuing import draft_document, get_latest_document, prepare_document, save_documents
from documents.life import announce
from documents.models import Document
from documents.numbering import reserve_report_number
from documents.types import TYPES_BY_KIND, DocumentType
from kit import clock
from kit.pdf import TooLong, check_size
from kit.refusal import Refused
from office.models import User
from reports.documents import REPORT, RESULT, report_source, result_source
from reports.follow_ups import replace_follow_ups
from reports.forms.items import readable_items
from reports.models import Remark, Report
from reports.models.report import TEXTS, Item


@sensitive_variables("passphrase")
def prepare_report(case: Case, report: Report, *, by: User, passphrase: str) -> Document:
    """Return the document of a report that `by` is about to accept; if signed, with its file.

    The caller saves the document. Call this outside of transactions: signing may wait for other machines.
    Raise Refused if the signature fails.
    """
    latest = get_latest_document(REPORT, case) if case.first_closed_at else None
    document = prepare_document(REPORT, case, report_source(report), latest)
    adapter = signing.adapter()
    if adapter is None:
        return document
    try:
        unsigned = render_archival(document, attestation=adapter.attestation)
        with translation.override("id"):  # the reason becomes part of the document
            reason = _("Menerima %(paper)s nomor %(number)s") % {
                "paper": document.get_kind_display(),
                "number": document.number,
            }
        signature = adapter.sign(unsigned, by=by, title=document.issuer, reason=reason, passphrase=passphrase)
    except TooLong as sentence:
        raise Refused(str(sentence)) from sentence
    except signing.SigningFailed as sentence:
        raise Refused(str(sentence), field="passphrase") from None
    document.signature, document.signer = signature.adapter, signature.signer
    store_file(document, signature.content)
    return document


def report(case: Case, *, by: User, items: Iterable[Item], note: str = "", **sections: str) -> Report:
    """Submit a new version of the report (step 9).

    `sections` are the text columns of `Report`. Raise Refused if the report is too long for a document,
    so that this does not happen on acceptance. The database refuses a report without items.
    """
    with transition("report", case, by=by, note=note) as taken:
        submitted = build_version(case, by=by, title=taken.title, items=items, **sections)
        submitted.save(force_insert=True)
        try:
            check_size(render_html(get_draft_document(submitted)))
        except TooLong as sentence:
            raise Refused(str(sentence)) from sentence
        return submitted


def build_version(case: Case, *, by: User, title: str, items: Iterable[Item], **sections: Any) -> Report:
    """Return the next version of a case's report, not saved."""
    last = case.reports.order_by("-version").first()
    return Report(
        case=case,
        version=last.version + 1 if last else 1,
        by=by,
        title=title,
        at=clock.now(),
        items=[item.to_json() for item in items],
        **sections,
    )


def get_draft_document(written: Report) -> Document:
    """Return the document of a report that is not accepted, marked as a draft and not saved."""
    source = Source(written, written.by, written.title, written.at, is_final=False)
    return draft_document(REPORT, written.case, source)


def revise(case: Case, *, by: User, reason: str = "", remarks: Mapping[str, str] | None = None) -> None:
    """Return the report to the officer (step 9, Kepala Bidang), with remarks by section name.

    Raise Refused if there is neither a reason nor a remark.
    """
    with transition("revise", case, by=by, note=reason) as taken:
        _store_remarks(get_latest(case), reason, remarks or {}, by=by, title=taken.title)


def forward(case: Case, *, by: User, note: str = "") -> None:
    """Initial the report (paraf) and forward it to the Kepala Dinas (step 9, Kepala Bidang)."""
    with transition("forward", case, by=by, note=note):
        _update_latest(case, forwarded_by=by, forwarded_at=clock.now())


def cosign(case: Case, *, by: User, note: str = "") -> None:
    """Give the coordinating initials (paraf koordinasi) before the acceptance (step 9, Sekretaris)."""
    with transition("cosign", case, by=by, note=note):
        _update_latest(case, cosigned_by=by, cosigned_at=clock.now())


def refer_back(case: Case, *, by: User, reason: str = "", remarks: Mapping[str, str] | None = None) -> None:
    """Return the report to the Kepala Bidang (step 9, Sekretaris), as `revise()` does.

    The report of a Kepala Bidang who served the case returns to its author.
    """
    with transition("refer_back", case, by=by, note=reason) as taken:
        _take_back(taken, reason, remarks or {}, by=by)


def return_report(
    case: Case, *, by: User, reason: str = "", remarks: Mapping[str, str] | None = None
) -> None:
    """Return the report (step 9, Kepala Dinas), as `refer_back()` does."""
    with transition("return", case, by=by, note=reason) as taken:
        _take_back(taken, reason, remarks or {}, by=by)


@sensitive_variables("passphrase")
def accept(case: Case, *, by: User, note: str = "", passphrase: str = "") -> None:
    """Accept the report, number it and issue it as a document (step 9, Kepala Dinas).

    The letter to the applicant (Surat Hasil Konsultasi) begins as a draft of the author of the report.
    If the office signs electronically (`SIGNER`), the document is signed with `passphrase` first, outside
    of the transaction. Acceptance also ratifies a disposition that the secretariat entered, and starts the
    follow-up of the recommendations. Raise Refused if the signature fails; the reserved number is used
    for the next attempt.
    """
    checked = check("accept", case, by=by)
    accepted = get_latest(case)
    with transaction.atomic():
        accepted.number = reserve_report_number(case)
    accepted.accepted_by, accepted.accepted_at = by, clock.now()
    accepted.accepted_title = checked.title
    document = prepare_report(case, accepted, by=by, passphrase=passphrase)
    with (
        file_deleted_unless_saved(document),
        transition("accept", case, by=by, note=note, checked=checked) as taken,
    ):
        # The version before is replaced only now: until then it stays in lists and recaps.
        if case.first_closed_at:
            Report.objects.in_force().filter(case=case).update(corrected_at=clock.now())
        accepted.save(update_fields=["number", "accepted_by", "accepted_at", "accepted_title"])
        if case.awaits_ratification:
            record_ratification(taken, by=by)
        replace_follow_ups(accepted)
        index_report(case, accepted.text)
        latest = get_latest_document(RESULT, case) if case.first_closed_at else None
        save_documents([document, prepare_document(RESULT, case, result_source(accepted), latest)])
        taken.change(
            report_number=accepted.number,
            ask_until=last_day_to_ask(timezone.localdate(accepted.accepted_at)),
            closed_at=accepted.accepted_at,
            first_closed_at=case.first_closed_at or accepted.accepted_at,
            awaits_ratification=False,
        )
        announce(case)


def correct(case: Case, *, by: User, reason: str) -> None:
    """Reopen an accepted report for correction (ralat; step 9, Kepala Dinas).

    The accepted version, its document and its follow-ups stay valid until the corrected report is accepted.
    It replaces them under the same number.
    """
    with transition("correct", case, by=by, note=reason):
        pass


def get_latest(case: Case) -> Report:
    """Return the version under review. Raise Refused if no report was submitted."""
    if found := case.reports.select_related("by").order_by("-version").first():
        return found
    raise Refused(_("Laporan Hasil Konsultasi belum ditulis."))


def _update_latest(case: Case, **columns: object) -> Report:
    latest = get_latest(case)
    for column, value in columns.items():
        setattr(latest, column, value)
    latest.save(update_fields=list(columns))
    return latest


def take_initials_back(case: Case, event: Event, record: Model | None, **more: Any) -> None:
    """Take back the initials on a report with the step that gave them (one of STEP_RECEIVERS)."""
    name = INITIALS.get(record.verb) if event.verb == TAKE_BACK and isinstance(record, Event) else None
    if name:
        _update_latest(case, **{f"{name}_by": None, f"{name}_at": None})


INITIALS = {"forward": "forwarded", "cosign": "cosigned"}


def _take_back(taken: Transition, reason: str, remarks: Mapping[str, str], *, by: User) -> None:
    initials = ("forwarded_by", "forwarded_at", "cosigned_by", "cosigned_at")
    reviewed = _update_latest(taken.case, **dict.fromkeys(initials))
    _store_remarks(reviewed, reason, remarks, by=by, title=taken.title)


def _store_remarks(
    reviewed: Report, reason: str, remarks: Mapping[str, str], *, by: User, title: str
) -> None:
    """Store the remarks on the version under review. Raise Refused if they and the reason are empty."""
    if not any(text.strip() for text in (reason, *remarks.values())):
        sentence = _("Tulis apa yang perlu diperbaiki. Boleh juga hanya pada bagian yang bersangkutan.")
        raise Refused(sentence, field="reason")
    Remark.objects.bulk_create(
        Remark(report=reviewed, section=section, text=text, by=by, title=title, at=clock.now())
        for section, text in remarks.items()
        if text.strip()
    )


STAFF_REVIEW = TYPES_BY_KIND[Document.Kind.STAFF_REVIEW]


def draft_report(case: Case, by: User, title: str, typed: Mapping[str, Any]) -> Document:
    """Return the report of the typed texts and items, not saved."""
    texts = {name: typed[name].strip() for name in TEXTS}
    return get_draft_document(build_version(case, by=by, title=title, items=readable_items(typed), **texts))


def draft_review(case: Case, by: User, title: str, typed: Mapping[str, Any]) -> Document:
    """Return the staff review (Telaahan Staf) of the typed texts, not saved."""
    texts = {name: typed[name].strip() for name in StaffReview.PARTS}
    review = StaffReview(case=case, by=by, title=title, at=clock.now(), **texts)
    return draft_document(STAFF_REVIEW, case, Source(review, by, title, review.at, is_final=False))


PREVIEWS: dict[str, tuple[DocumentType, Callable[[Case, User, str, Mapping[str, Any]], Document]]] = {
    "report": (REPORT, draft_report),
    "prepare": (STAFF_REVIEW, draft_review),
    "amend": (STAFF_REVIEW, draft_review),
}
"""The document of each verb with a preview, and the function that makes it from the typed texts."""


def render_preview(case: Case, verb: str, *, by: User, typed: Mapping[str, Any], **window: Any) -> bytes:
    """Save the draft and render it as a PDF that is marked as a draft.

    A newer draft of another window is not overwritten. Raises as `save_draft` does, except DraftConflict, and
    TooLong if the text does not fit into a document.
    """
    title = check(verb, case, by=by).title
    with suppress(DraftConflict):
        save_draft(case, verb, by=by, typed=typed, **window)
    _document_type, draft = PREVIEWS[verb]
    return read_document(draft(case, by, title, typed))


MAX_FILES = 12
"""Files of one consultation that are printed with its report."""


def record_attendance(
    case: Case,
    *,
    by: User,
    attendees: str = "",
    sheets: Sequence[CheckedFile] = (),
    photos: Sequence[CheckedFile] = (),
    removed: Collection[int] = (),
) -> None:
    """Step 7: store the attendees, scans of the signed list, and photographs; remove the `removed` files.

    A file that an accepted report contains is not removed. Raise Refused beyond MAX_FILES.
    """
    note = f"Foto: {len(photos)}. Pindaian daftar hadir: {len(sheets)}. Dihapus: {len(removed)}."
    with transition("record_attendance", case, by=by, note=note):
        session = current_session(case)
        if session and attendees:
            session.attendees = attendees
            session.save(update_fields=["attendees"])
        _remove(list_removable(case).filter(pk__in=removed), by=by)
        for file in sheets:
            attach(case, file, purpose=Attachment.Purpose.ATTENDANCE, by=by)
        for file in photos:
            attach(case, file, purpose=Attachment.Purpose.PHOTO, by=by)
        if case.attachments.filter(purpose__in=Attachment.OF_SESSION).count() > MAX_FILES:
            raise Refused(_("Paling banyak 12 berkas untuk satu konsultasi. Hapus sebagian lebih dahulu."))


def list_removable(case: Case) -> QuerySet[Attachment]:
    """Return the attendance lists and photographs that no accepted report contains."""
    files = case.attachments.filter(purpose__in=Attachment.OF_SESSION).order_by("pk")
    accepted_at = case.reports.aggregate(last=Max("accepted_at"))["last"]
    return files.filter(added_at__gt=accepted_at) if accepted_at else files


def _remove(files: QuerySet[Attachment], *, by: User) -> None:
    """Mark the rows as removed, and delete their files after commit."""
    found = list(files.select_for_update(no_key=True))
    stored = [(file.file.name, file.inert_copy.name, file.pictures.name) for file in found]
    names = {name for row in stored for name in row if name}
    files.update(file="", inert_copy="", pictures="", removed_at=clock.now(), removed_by=by)
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
