"""Invented cases at fixed times, which give the same documents in every run."""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from PIL import Image

from consultations import services as consultations_services
from consultations.enums import Kind, State, Urgency
from consultations.intake import services as intake_services
from consultations.intake.uploads import CheckedFile
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from dispositions import meetings, services as dispositions_services, transfers
from documents.models import Document, Register
from kit import clock
from kit.periods import Period
from office.models import Appointment, Instruction, Position, Role
from reports import services as report_services
from reports.services import record_attendance
from reports.surveys import services as survey_services
from reports.surveys.models import Publication
from tests import factories, world
from tests.factories import Staff, applicant, appoint, case_at, give_orders, make_staff
from tests.print.documents import Signed, sign_papers
from tests.print.words import MEETING, NOTES, PLAN, REASON, REPORT, REQUEST, REVIEW
from tests.surveys.test_index import SHEET

NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
WIB = ZoneInfo("Asia/Jakarta")
LINK = "https://layanan.example/p/contoh-tautan-rahasia-pemohon-00/"


def moment(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Return a time in November 2026 (WIB)."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=WIB)


@contextmanager
def at(day: int, hour: int, minute: int = 0) -> Iterator[None]:
    with clock.set_to(moment(day, hour, minute)):
        yield


@contextmanager
def known_documents() -> Iterator[None]:
    """Give documents issued in the block deterministic primary keys."""
    manager: Any = Document.objects
    create = manager.bulk_create

    def create_known(documents: Sequence[Document], **more: Any) -> Any:
        for document in documents:
            issued_at = document.issued_at.astimezone(dt.UTC).isoformat()
            issued = f"{document.kind} {issued_at} {document.case or document.version}"
            document.pk = uuid5(NAMESPACE, issued)
        return create(documents, **more)

    manager.bulk_create = create_known
    try:
        yield
    finally:
        del manager.bulk_create


def kept[**P, Made](make: Callable[P, Made]) -> Callable[P, Made]:
    """Write again what a scene wrote to the database and to the folder of files (tests/world.py)."""

    @wraps(make)
    def repeated(*args: P.args, **details: P.kwargs) -> Made:
        folder, is_new = Path(settings.MEDIA_ROOT), False

        def record() -> tuple[Made, dict[Path, bytes]]:
            nonlocal is_new
            is_new, before = True, {*folder.rglob("*")}
            made = make(*args, **details)
            written = [path for path in folder.rglob("*") if path not in before and path.is_file()]
            return made, {path.relative_to(folder): path.read_bytes() for path in written}

        given = repr([value for value in (*args, *details.items()) if not isinstance(value, Staff)])
        made, files = world.repeat((make.__name__, Signed.is_printed, given), record)
        for path, content in () if is_new else files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return made

    return repeated


@kept
def people() -> Staff:
    """Create staff with names, ranks, NIPs and an acting head."""
    with at(2, 7):
        staff = make_staff()
    for user, name, rank, nip in (
        (staff.kadis, "Dra. Contoh Kartini, M.Si.", "Pembina Utama Muda (IV/c)", "197001011995012001"),
        (staff.kabid, "Contoh Bahari, S.Sos., M.AP.", "Pembina (IV/a)", "197805211997111001"),
        (staff.petugas, "Contoh Melati, S.ST.", "Penata (III/c)", "198503122010012002"),
        (staff.companion, "Contoh Rimba, S.IP.", "Penata Muda (III/a)", "199107072019031003"),
        (staff.sekretariat, "Contoh Sari", "", ""),
        (staff.pkd, "Contoh Rahayu, S.A.P.", "Penata (III/c)", "198809032011012003"),
    ):
        user.name, user.rank, user.nip = name, rank, nip
        user.save()
    texts = ("Tanggapan dan Saran", "Proses lebih lanjut", "Koordinasi/konfirmasikan")
    for order, text in enumerate((*texts, "Laporkan Hasilnya", "Untuk Diketahui")):
        Instruction.objects.create(text=text, order=order)
    Appointment.objects.filter(user=staff.kadis).update(ends=F("starts"))
    signed: dict[str, Any] = {"order_number": "800.1.11.1/7/BKPSDM/2026", "order_date": dt.date(2026, 10, 30)}
    appoint(staff.kadis, Role.HEAD, acting="Plt.", **signed)
    Position.objects.filter(role=Role.HEAD).update(title="Kepala Dinas Contoh")
    with at(2, 8):
        give_orders(staff, Role.DIVISION_HEAD)
    return staff


@kept
def submitted(**details: Any) -> Case:
    with at(9, 8, 15):
        return intake_services.submit(visit_at=moment(16, 9), **{**REQUEST, **details})


@kept
def registered(staff: Staff, **details: Any) -> Case:
    return register(submitted(**details), staff)


def register(case: Case, staff: Staff) -> Case:
    with at(9, 10):
        consultations_services.register(case, by=staff.pkd, classification="400.9", urgency=Urgency.URGENT)
    return case


@kept
def disposed(staff: Staff, *, note: str = "Mohon segera dijadwalkan.", **details: Any) -> Case:
    case = registered(staff, **details)
    with at(9, 13, 30):
        dispositions_services.dispose(
            case,
            by=staff.kadis,
            division=staff.division,
            instructions=["Tanggapan dan Saran", "Laporkan Hasilnya"],
            deadline=dt.date(2026, 11, 20),
            copies=[staff.other_division],
            note=note,
        )
    return case


@kept
def assigned(
    staff: Staff,
    *,
    needs_review: bool = False,
    preparation: str = "Siapkan salinan peraturan dan daftar hadir.",
    **details: Any,
) -> Case:
    case = disposed(staff, **details)
    with at(10, 8):
        dispositions_services.assign(
            case,
            by=staff.kabid,
            officer=staff.petugas,
            companions=[staff.companion],
            preparation=preparation,
            needs_review=needs_review,
        )
        sign_papers(case, staff)
    return case


@kept
def prepared(staff: Staff, **details: Any) -> Case:
    case = assigned(staff, **details)
    with at(11, 8):
        dispositions_services.prepare(case, by=staff.petugas, **CHECKLIST)
    return case


CHECKLIST: dict[str, Any] = {"administration": "Daftar hadir", "materials": "Salinan peraturan"}
QUESTIONS = (
    ("Badan Pusat Statistik Kabupaten Contoh", "Apakah data dasar desa dapat dibagikan?"),
    ("Dinas Kependudukan Kabupaten Contoh", "Apakah ke-14 keluarga tercatat sebagai penduduk desa?"),
)


@kept
def reviewed(staff: Staff, **details: Any) -> Case:
    """Return a prepared case with a staff review; one of two agencies has given its opinion."""
    case = assigned(staff, needs_review=True, **details)
    for minute, (agency, question) in enumerate(QUESTIONS):
        with at(10, 9, minute):
            dispositions_services.ask_opinion(
                case, by=staff.petugas, agency=agency, question=question, due=dt.date(2026, 11, 13)
            )
            sign_papers(case, staff)
    first, second = case.opinions.order_by("pk")
    with at(10, 15):
        dispositions_services.record_opinion(
            case,
            by=staff.petugas,
            opinion=second,
            answer="Seluruhnya tercatat sebagai penduduk desa.",
            answered_on=dt.date(2026, 11, 10),
            letter_number="470/12/CONTOH/2026",
        )
    with at(11, 8):
        dispositions_services.prepare(case, by=staff.petugas, review=REVIEW, **CHECKLIST)
    with at(11, 8, 30):
        due = dt.date(2026, 11, 16)
        dispositions_services.remind_agency(case, by=staff.petugas, opinion=first, due=due)
        sign_papers(case, staff)
    return case


def schedule(case: Case, staff: Staff, **more: Any) -> None:
    planned: dict[str, Any] = {"starts_at": moment(16, 9), "place": "Ruang Konsultasi, lantai 1", **more}
    with at(11, 9):
        scheduling_services.schedule(case, by=staff.petugas, **planned)
        sign_papers(case, staff)


def meet(case: Case, staff: Staff) -> None:
    """Call a meeting with two agencies, change its place, and record its minutes."""
    call = {"starts_at": moment(13, 9), **MEETING}
    for minute, place in enumerate(("Ruang Rapat, lantai 2", "Aula, lantai 1")):
        with at(12, 10, minute):
            meetings.call_meeting(case, by=staff.petugas, place=place, **call)
            sign_papers(case, staff)
    with at(13, 11):
        ended: dict[str, Any] = {"led_by": staff.kabid, "ended_at": moment(13, 10, 40)}
        meetings.record_minutes(case, by=staff.petugas, **ended, **NOTES)


def reschedule(case: Case, staff: Staff, **more: Any) -> None:
    planned: dict[str, Any] = {"starts_at": moment(16, 9), "place": "Aula, lantai 2", **more}
    reason = "Ruang konsultasi dipakai rapat."
    with at(12, 9):
        scheduling_services.reschedule(case, by=staff.petugas, reason=reason, **planned)
        sign_papers(case, staff)


@kept
def scheduled(staff: Staff, *, note: str = "", **details: Any) -> Case:
    schedule(case := prepared(staff, **details), staff, note=note)
    return case


def report(case: Case, staff: Staff, written: dict[str, Any] = REPORT) -> None:
    """Hold the consultation of a scheduled case and submit its report."""
    attendees = "Contoh Pratama\nContoh Lestari; Sekretaris Desa; Desa Contoh"
    with at(16, 9, 2):
        scheduling_services.start(case, by=staff.petugas)
    with at(16, 9, 34):
        why = "Dua persoalan."
        scheduling_services.finish(case, by=staff.petugas, attendees=attendees, overrun_reason=why)
    with at(16, 14):
        report_services.report(case, by=staff.petugas, **written)


@kept
def reported(staff: Staff, written: dict[str, Any] = REPORT, **details: Any) -> Case:
    report(case := scheduled(staff, **details), staff, written)
    return case


def accept(case: Case, staff: Staff) -> None:
    with at(17, 8):
        report_services.forward(case, by=staff.kabid)
    with at(17, 15, 20):
        report_services.accept(case, by=staff.kadis)


@kept
def closed(staff: Staff, written: dict[str, Any] = REPORT, **details: Any) -> Case:
    accept(case := reported(staff, written, **details), staff)
    return case


def picture(colour: str, size: tuple[int, int] = (800, 600)) -> CheckedFile:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return CheckedFile(stream.getvalue(), "image/jpeg", f"{colour}.jpg")


def correct(case: Case, staff: Staff, written: dict[str, Any] = REPORT) -> None:
    """Correct an accepted report, add a signed list and two photographs, and accept it again."""
    with at(18, 8):
        report_services.correct(case, by=staff.kadis, reason="Jumlah keluarga keliru.")
    with at(18, 8, 30):
        sheet, photos = picture("white", (700, 990)), [picture("teal"), picture("olive")]
        record_attendance(case, by=staff.petugas, sheets=[sheet], photos=photos)
    with at(18, 9):
        report_services.report(case, by=staff.petugas, **written)
    with at(18, 10):
        report_services.forward(case, by=staff.kabid)
    with at(18, 11):
        report_services.accept(case, by=staff.kadis)


@kept
def declined(staff: Staff, **details: Any) -> Case:
    case = registered(staff, **details)
    with at(9, 13, 30):
        missing = "Bukti pembayaran." if case.kind == Kind.COMPLAINT else ""
        dispositions_services.decline(case, by=staff.kadis, reason=REASON, missing=missing)
        sign_papers(case, staff)
    return case


@kept
def passed_on(staff: Staff, **details: Any) -> Case:
    """A complaint that the Inspektorat handles instead, with the signed letter."""
    case = registered(staff, kind=Kind.COMPLAINT, complained_party="Petugas loket", **details)
    with at(9, 13, 45):
        address = "Jalan Contoh 1, Kotacontoh"
        transfers.pass_on(
            case,
            by=staff.kadis,
            institution="Inspektorat Daerah",
            address=address,
            reason="Dugaan pungutan diperiksa Inspektorat Daerah.",
        )
        sign_papers(case, staff)
    return case


@kept
def walk_in(staff: Staff, **details: Any) -> Case:
    with at(9, 8, 20):
        return factories.walk_in(staff, **{**REQUEST, **details})


def survey_result(staff: Staff) -> Publication:
    """Return the published result of five answers about cases closed on 17 November."""
    with at(17, 8):
        for row in SHEET:
            case = case_at(State.CLOSED, staff)
            given: dict[str, Any] = {f"u{number}": answer for number, answer in enumerate(row, start=1)}
            survey_services.answer(case, by=applicant(case), **given)
    with clock.set_to(moment(30, 9) + dt.timedelta(days=46)):
        quarter, due = Period.quarter_of(dt.date(2026, 10, 1)), dt.date(2027, 6, 30)
        for element, (action, responsible) in PLAN.items():
            item: dict[str, Any] = {"element": element, "action": action, "responsible": responsible}
            survey_services.save_plan_item(
                by=staff.pkd, period=quarter, service="CONSULTATION", due=due, percent=0, **item
            )
        analysis = (
            "Pemohon menunggu lebih lama pada minggu pertama November, karena dua petugas berlatih. "
            "Ruang tunggu tidak cukup untuk rombongan desa."
        )
        return survey_services.publish(
            by=staff.kadis, period=quarter, service="CONSULTATION", analysis=analysis
        )


def registers(staff: Staff) -> list[Register]:
    """Return the registers of November, printed by Tim PKD. They have a complaint in addition."""
    with at(24, 8):
        case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT, subject="Pungutan di loket")
    days = {"since": dt.date(2026, 11, 1), "until": dt.date(2026, 11, 30)}
    printed = {**days, "by": staff.pkd, "title": "Tim PKD", "at": moment(30, 8)}
    return [Register.objects.create(kind=kind, **printed) for kind in Register.Kind]
