"""Template contexts of the report (Laporan Hasil Konsultasi), its appendix, and attendance lists."""

import base64
import datetime as dt
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from PIL import Image, ImageOps

from consultations.enums import Identity, Kind
from consultations.models import Attachment, Case
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from consultations.step_row import own_report
from kit.pdf import BULLET, split_bullets
from office.models import Office, User
from reports.documents.contexts import Source, subject_data
from reports.documents.numbers import get_division_head_title, get_head_title, get_secretary_title, get_titles
from reports.models import Report
from reports.models.report import KIND_OF_FIELD, PARTS, Item, label_of


def picture_url(file: Any, *, longest: int) -> str:
    """Return an image file, upright and with at most `longest` pixels on its longer side.

    A JPEG stays one. Raise OSError if the file cannot be read.
    """
    with file.open() as content, Image.open(content) as image:
        kind, mode = ("JPEG", "RGB") if image.format == "JPEG" else ("PNG", "RGBA")
        image.thumbnail((longest, longest))
        # PDF/A forbids CMYK beside an sRGB output intent.
        upright = ImageOps.exif_transpose(image).convert(mode)
    small = BytesIO()
    upright.save(small, kind, quality=80)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(small.getvalue()).decode()}"


SHEET_PIXELS, PHOTO_PIXELS = 1600, 1000
"""Longer side of a printed picture: about 200 dpi on its place of the page."""

MIN_ROWS = 9
"""Rows of the sheet to sign. They fill the rest of one page."""


@dataclass(frozen=True)
class Attendee:
    """A person who attends a consultation."""

    name: str
    position: str = ""
    organisation: str = ""


def split_attendees(text: str) -> list[Attendee]:
    """Return the attendee of each line, such as `Siti Contoh; Kepala Desa; Desa Contoh`."""
    rows = [[part.strip() for part in line.split(";", 2)] for line in text.splitlines()]
    return [Attendee(*row) for row in rows if row[0]]


def as_attendees(people: list[User], moment: dt.datetime | None, organisation: str = "") -> list[Attendee]:
    """Return users as attendees, with their positions on the day of a moment."""
    titles = get_titles(timezone.localdate(moment), people) if people else {}
    return [Attendee(person.name, titles.get(person.pk, ""), organisation) for person in people]


def with_staff(case: Case, session: Session, attendees: list[Attendee]) -> list[Attendee]:
    """Return officer, companions and attendees, each name once."""
    people = [session.officer, *case.list_companions()]
    staff = as_attendees(people, session.started_at or session.starts_at, Office.load().name)
    names = {one.name for one in staff}
    return [*staff, *(one for one in attendees if one.name not in names)]


def sheet_context(case: Case, session: Session) -> dict[str, Any]:
    """Return the attendance list to be signed: the known people, then empty rows."""
    known = split_attendees(session.attendees)
    if not known and case.identity == Identity.OPEN:
        known = [Attendee(case.applicant_name, case.applicant_position, case.organisation)]
    people = with_staff(case, session, known)
    empty = [Attendee("")] * max(MIN_ROWS - len(people), 4)
    return {"session": session, "people": [*people, *empty]}


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


def name_result(case: Case) -> str:
    """Return what the letter is called: an answer in writing and a complaint have names of their own."""
    if case.kind == Kind.COMPLAINT:
        return gettext("Surat Hasil Penanganan Pengaduan")
    session = current_session(case)
    if session and session.is_written:
        return gettext("Surat Jawaban")
    return gettext("Surat Hasil Konsultasi")


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


@dataclass(frozen=True)
class Passage:
    """A paragraph of a letter, or the items of a list with the line that leads to it."""

    text: str
    items: tuple[str, ...] = ()


def split_letter(text: str) -> list[Passage]:
    """Return the passages of a text. Empty lines part them; lines with a mark or number are items."""
    passages = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line for line in block.splitlines() if line.strip()]
        first = next((n for n, line in enumerate(lines) if BULLET.match(line)), len(lines))
        items = split_bullets("\n".join(lines[first:]))
        passages.append(Passage("\n".join(lines[:first]), tuple(items)))
    return passages


def result_context(case: Case, report: Report) -> dict[str, Any]:
    """Return the name of the letter, the session that it is about, and who answers further questions."""
    return {
        "title": name_result(case),
        "session": current_session(case),
        "officer": case.officer if Office.load().names_officer else None,
    }


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
