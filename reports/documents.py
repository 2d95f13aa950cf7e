"""The documents of the report: Laporan Hasil Konsultasi with its appendix, Surat Hasil, Rekap Laporan."""

import re
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import last_day_to_ask
from consultations.enums import Kind
from consultations.models import Attachment, Case
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from consultations.step_row import own_report
from documents.contexts import Source, subject_data
from documents.contexts.letters import as_attendees, name_result, split_attendees, with_staff
from documents.files import picture_url
from documents.letter_fields import WEEKDAY, Letter, get_contact, name_office, show_day
from documents.models import Document
from documents.numbers import LetterNumber, get_division_head_title, get_head_title, get_secretary_title
from documents.types import DocumentType, add_books, add_types, names_nobody
from kit.pdf import split_bullets
from office.models import Office, User
from reports.models import Report
from reports.models.report import KIND_OF_FIELD, PARTS, Item, label_of
from reports.recap import RECAP

SHEET_PIXELS, PHOTO_PIXELS = 1600, 1000
"""Longer side of a printed picture: about 200 dpi on its place of the page."""


def get_appendix(case: Case, report: Report, session: Session | None) -> dict[str, Any] | None:
    """Return the attendance list and the pictures of a report, or None if it has neither.

    Files that were added after the acceptance belong to a later version. `names` says what it holds.
    """
    files = case.attachments.filter(purpose__in=Attachment.OF_SESSION).order_by("pk")
    if report.accepted_at:
        files = files.filter(added_at__lte=report.accepted_at)
    attendees = split_attendees(session.attendees) if session else []
    if session is None or not (files or attendees):
        return None
    sheets = [file for file in files if file.purpose == Attachment.Purpose.ATTENDANCE]
    has_list = bool(attendees or sheets)
    names = ["daftar hadir"] * has_list + ["foto konsultasi"] * (len(files) > len(sheets))
    return {
        "names": " dan ".join(names).capitalize(),
        "attendees": with_staff(case, session, attendees) if attendees else [],
        "sheets": [picture_url(file.file, longest=SHEET_PIXELS) for file in sheets if file.is_picture],
        "separate": [file for file in sheets if not file.is_picture],
        "photos": [
            picture_url(file.file, longest=PHOTO_PIXELS)
            for file in files
            if file.purpose == Attachment.Purpose.PHOTO
        ],
    }


OPENING = re.compile(r"^(permohonan|permintaan)?\s*konsultasi\s+(tentang|mengenai|terkait|perihal)?\s*", re.I)
"""Words of a subject that the title of the report repeats."""

PEOPLE = ("by", "forwarded_by", "cosigned_by", "accepted_by")


def find_report(case: Case) -> Source | None:
    """Return the latest version of the report. It is final after the Kepala Dinas has accepted it."""
    report = Report.objects.filter(case=case).select_related(*PEOPLE).order_by("-version").first()
    return report_source(report) if report else None


def report_source(report: Report) -> Source:
    """Return a version of the report as a source, issued by the person who accepts it."""
    at = report.accepted_at or report.at
    is_final = report.accepted_at is not None
    return Source(report, report.accepted_by, report.accepted_title, at, is_final)


def report_context(case: Case, report: Report) -> dict[str, Any]:
    """Return the sections of the report, its addressee and signatories, the session and the appendix."""
    recommended, session = list_recommendations(report), current_session(case)
    office = Office.load()
    moment = (session.started_at or session.starts_at or session.finished_at) if session else None
    return {
        "report": report,
        "addressee": get_head_title(),
        "known_by": get_known_by(case, report),
        "cosigned_as": _get_title(case, "cosign", report.cosigned_by) if report.cosigned_by else "",
        "correction": get_correction(case, report),
        "topic": OPENING.sub("", case.subject),
        "session": session,
        "appendix": get_appendix(case, report, session),
        "attendees": split_attendees(session.attendees) if session else [],
        "companions": as_attendees(case.list_companions(), moment),
        "introduction": [
            (heading, text)
            for heading, text in (
                ("Umum", report.general),
                ("Maksud dan Tujuan", report.purpose),
                ("Ruang Lingkup", report.scope),
            )
            if text.strip()
        ],
        "basis": split_bullets(report.basis),
        "basis_names_origin": office.standard_number in report.basis and str(case.agenda) in report.basis,
        "findings": list_findings(report, without=Item.Kind.RECOMMENDATION if recommended else None),
        "recommendations": recommended,
    }


def get_known_by(case: Case, report: Report) -> dict[str, Any] | None:
    """Return title, user and moment of who takes note of the report (Mengetahui).

    That is the Kepala Bidang who forwarded it, or is to do so.

    An own report passes the Kepala Bidang by. It is noted by the Sekretaris, or by nobody if the office has
    none. Before it is submitted, `own_report()` says so.
    """
    if report.forwarded_by and report.forwarded_by != report.by:
        title = _get_title(case, "forward", report.forwarded_by)
        return {"title": title, "user": report.forwarded_by, "at": report.forwarded_at}
    if report.cosigned_by:
        title = _get_title(case, "cosign", report.cosigned_by)
        return {"title": title, "user": report.cosigned_by, "at": report.cosigned_at}
    if report.accepted_at:
        return None
    if not own_report(case, {}):
        return {"title": get_division_head_title(case.division), "user": None, "at": None}
    return {"title": get_secretary_title(), "user": None, "at": None} if Office.load().has_secretary else None


def _get_title(case: Case, verb: str, user: User) -> str:
    return case.history.filter(verb=verb, by=user).values_list("title", flat=True).order_by("pk").last() or ""


def get_correction(case: Case, report: Report) -> dict[str, Any] | None:
    """Return the report that a correction (ralat) replaces, the reason, and the changes.

    Return None if no version was accepted before.
    """
    if case.first_closed_at is None:
        return None
    accepted = case.reports.filter(accepted_at__isnull=False, version__lt=report.version)
    before = accepted.order_by("-version").first()
    if before is None or before.accepted_at is None:
        return None
    event = case.history.filter(verb="correct", entered_at__lte=report.at).order_by("pk").last()
    added = case.attachments.filter(
        purpose__in=Attachment.OF_SESSION, added_at__gt=before.accepted_at, added_at__lte=report.at
    )
    changed = list_changed_parts(before, report) + (["Lampiran"] if added.exists() else [])
    return {"before": before, "reason": event.note if event else "", "changed": changed}


def list_changed_parts(before: Report, report: Report) -> list[str]:
    """Return the changed parts, each with its changed sections if it has several."""
    changed = []
    for heading, names in PARTS:
        labels = [
            str(label_of(name)) for name in names if _get_section(before, name) != _get_section(report, name)
        ]
        if labels:
            changed.append(f"{heading} ({', '.join(labels)})" if len(names) > 1 else str(heading))
    return changed


def _get_section(report: Report, name: str) -> Any:
    kind = KIND_OF_FIELD.get(name)
    return report.list_items(kind) if kind else getattr(report, name).split()


def list_findings(report: Report, *, without: Item.Kind | None = None) -> list[tuple[str, list[str]]]:
    """Return the conclusion and the items of each kind as (heading, texts), without empty ones."""
    lists = [("Simpulan", split_bullets(report.conclusion))]
    lists += [
        (str(kind.label), [item.text for item in items]) for kind, items in report.product if kind != without
    ]
    return [(heading, items) for heading, items in lists if items]


def list_recommendations(report: Report) -> list[tuple[str, Item]]:
    """Return (letter, recommendation) for a table. It is empty if none has a person or a due day."""
    items = dict(report.product).get(Item.Kind.RECOMMENDATION, [])
    if not any(item.responsible or item.due for item in items):
        return []
    return [(get_list_marker(number), item) for number, item in enumerate(items, start=1)]


def get_list_marker(number: int) -> str:
    """Return the marker of a list item: 1 is a, 26 is z, 27 is aa."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


SENTENCE = re.compile(r"(?<=[.!?])\s+")
GIST = 2
"""Sentences of the report that begin the letter to the applicant."""


def find_result(case: Case) -> Source | None:
    """Return the latest accepted report as the source of the letter to the applicant."""
    report = Report.objects.filter(case=case, accepted_at__isnull=False).select_related("by")
    latest = report.order_by("-version").first()
    return result_source(latest) if latest else None


def result_source(report: Report) -> Source:
    """Return an accepted report as a source of the letter, which the author of the report drafts."""
    return Source(report, report.by, report.title, report.accepted_at or report.at)


def draft_result(case: Case, report: Report) -> str:
    """Return the first text of the letter: the gist of the report, then its items by kind.

    The results of an answer in writing are the answer, so they are not shortened.
    """
    session = current_session(case)
    gist = report.results
    if not (session and session.is_written):
        gist = " ".join(SENTENCE.split(" ".join((report.conclusion or gist).split()))[:GIST])
    with translation.override("id"):
        lists = [
            "\n".join([f"{kind.label}:", *(f"{n}. {_in_one_line(item)}" for n, item in enumerate(items, 1))])
            for kind, items in report.product
        ]
    return "\n\n".join([gist.strip(), *lists])


def _in_one_line(item: Item) -> str:
    details = [item.responsible, f"paling lambat {date_format(item.due)}" if item.due else ""]
    more = ", ".join(filter(None, details))
    text = " ".join(item.text.split())
    return f"{text.rstrip('.')} ({more})." if more else text


DOTS = "……………………"
OUTSIDE_SUPERVISORS = "Ombudsman Republik Indonesia atau SP4N-LAPOR! (lapor.go.id, SMS 1708)"

RESULT_FIELDS = (
    *("jenis_jawaban", "tanggal_konsultasi", "petugas", "narahubung", "batas_bertanya", "pengawas_luar"),
)


def result_letter(document: Document, report: Report) -> Letter:
    """Return the name of the letter, when the consultation was, and who answers further questions."""
    case, office = report.case, Office.load()
    session = current_session(case)
    held_at = session.started_at if session and not session.is_written else None
    officer = case.officer if office.names_officer else None
    until = last_day_to_ask(timezone.localdate(document.dated))
    title = name_result(case)
    fields = {
        "jenis_jawaban": title.removeprefix("Surat "),
        "tanggal_konsultasi": show_day(held_at, WEEKDAY) if held_at else "",
        "petugas": officer.name if officer else "",
        "narahubung": get_contact(officer, document.dated) if officer else name_office(),
        "batas_bertanya": DOTS if document.is_draft else date_format(until, WEEKDAY),
        "pengawas_luar": OUTSIDE_SUPERVISORS if case.kind == Kind.COMPLAINT else "",
    }
    return Letter(fields, title=title)


def report_data(case: Case, report: Report) -> dict[str, Any]:
    """Return what the document embeds: all sections and items."""
    sections = {
        "umum": report.general,
        "maksud_dan_tujuan": report.purpose,
        "ruang_lingkup": report.scope,
        "dasar": report.basis,
        "kegiatan": report.activities,
        "hasil": report.results,
        "simpulan": report.conclusion,
        "butir": [
            {
                "jenis": str(item.kind.label),
                "isi": item.text,
                "penanggung_jawab": item.responsible,
                "batas_waktu": item.due.isoformat() if item.due else "",
            }
            for _kind, items in report.product
            for item in items
        ],
        "penutup": report.closing,
    }
    return {**subject_data(case, report), "laporan": sections}


REPORT = DocumentType(
    Document.Kind.REPORT,
    Report,
    find_report,
    _("Laporan Hasil Konsultasi untuk permohonan ini belum ditulis."),
    names_nobody,
    LetterNumber("LHK"),  # issued by `accept`, which may have it signed first
    get_context=report_context,
    best_pages=2,
    get_data=report_data,
)
RESULT = DocumentType(
    Document.Kind.RESULT,
    Report,
    find_result,
    _("Surat hasil dibuat sesudah laporan diterima."),
    names_nobody,
    LetterNumber("SHK"),  # issued by `accept` too
    get_letter=result_letter,
    fields=RESULT_FIELDS,
    required=("isi", "perihal"),
    get_text=draft_result,
    is_drafted=True,
    get_data=subject_data,
)

add_types(REPORT, RESULT)
add_books(RECAP)
