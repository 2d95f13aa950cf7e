"""Invented cases at fixed moments, so that the same papers come of them on every run."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from consultations import services as case_services
from consultations.models import Case
from dispositions import services as disposition_services
from office import clock
from office.models import Appointment, Instruction, Position, Role
from reports import services as report_services
from tests import factories

WIB = ZoneInfo("Asia/Jakarta")
LINK = "https://layanan.example/p/contoh-tautan-rahasia-pemohon-00/"


def moment(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of November 2026 (WIB)."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=WIB)


@contextmanager
def at(day: int, hour: int, minute: int = 0) -> Iterator[None]:
    with clock.set_to(moment(day, hour, minute)):
        yield


def people() -> factories.Staff:
    """The staff of the tests with names, ranks, NIPs and an acting head, as a real office has them."""
    with at(2, 7):
        staff = factories.make_staff()
    for user, name, rank, nip in (
        (staff.kadis, "Dra. Contoh Kartini, M.Si.", "Pembina Utama Muda (IV/c)", "197001011995012001"),
        (staff.kabid, "Contoh Bahari, S.Sos., M.AP.", "Pembina (IV/a)", "197805211997111001"),
        (staff.petugas, "Contoh Melati, S.ST.", "Penata (III/c)", "198503122010012002"),
        (staff.companion, "Contoh Rimba, S.IP.", "Penata Muda (III/a)", "199107072019031003"),
        (staff.sekretariat, "Contoh Sari", "", ""),
    ):
        user.name, user.rank, user.nip = name, rank, nip
        user.save()
    for order, text in enumerate(
        (
            "Tanggapan dan Saran",
            "Proses lebih lanjut",
            "Koordinasi/konfirmasikan",
            "Laporkan Hasilnya",
            "Untuk Diketahui",
        )
    ):
        Instruction.objects.create(text=text, order=order)
    Position.objects.filter(role=Role.HEAD).update(title="Kepala Dinas Contoh")
    Appointment.objects.filter(user=staff.kadis).update(acting="Plt.")
    return staff


REPORT = {
    "general": "Desa Contoh Jaya memerlukan kejelasan tata cara pengusulan keluarga penerima bantuan sosial.",
    "purpose": "Memberikan pemahaman tentang alur pengusulan dan verifikasi data.",
    "basis": "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik.",
    "activities": "Konsultasi dilaksanakan tatap muka. Petugas menjelaskan alur pengusulan.\n\n"
    "Pemohon membawa daftar 14 keluarga yang belum terdata.",
    "results": "Pemohon memahami tahapan musyawarah desa dan unggah data.",
    "conclusion": "Pengusulan dilakukan melalui musyawarah desa dan disahkan kepala desa.",
    "advice": "Selenggarakan musyawarah desa paling lambat Desember 2026.\nBentuk tim verifikasi desa.",
    "suggestions": "Libatkan ketua RT dalam pendataan.",
    "considerations": "Kuota daerah terbatas.",
    "solutions": "Data diusulkan bertahap menurut peringkat kesejahteraan.",
    "recommendations": "1. Perbarui data setiap triwulan.\n2. Laporkan hasil musyawarah ke dinas.\n"
    "3. Ajukan pendampingan bila unggahan ditolak.",
}

REQUEST: dict[str, Any] = {
    "code": "7K3M-9Q2X",
    "secret": "contoh-tautan-rahasia-pemohon-00",
    "applicant_name": "Contoh Pratama",
    "organisation": "Pemerintah Desa Contoh Jaya",
    "address": "Jl. Contoh Raya No. 5, Desa Contoh Jaya",
    "phone": "+6281200000001",
    "subject": "Tata cara pengusulan penerima bantuan sosial desa",
    "material": "Kami memerlukan penjelasan tentang tata cara mengusulkan 14 keluarga yang belum terdata.\n\n"
    "Mohon juga dijelaskan dokumen yang harus disiapkan oleh pemerintah desa.",
}


def submitted(**details: Any) -> Case:
    with at(9, 8, 15):
        return case_services.submit(visit_at=moment(16, 9), **{**REQUEST, **details})


def disposed(staff: factories.Staff, *, note: str = "Mohon segera dijadwalkan.", **details: Any) -> Case:
    case = submitted(**details)
    with at(9, 10):
        case_services.register(case, by=staff.pkd, classification="400.9", urgency=Case.Urgency.URGENT)
    with at(9, 13, 30):
        disposition_services.dispose(
            case,
            by=staff.kadis,
            division=staff.division,
            instructions=["Tanggapan dan Saran", "Laporkan Hasilnya"],
            deadline=dt.date(2026, 11, 20),
            copies=[staff.other_division],
            note=note,
        )
    return case


def reported(staff: factories.Staff, report: dict[str, str] = REPORT, **details: Any) -> Case:
    case = disposed(staff, **details)
    with at(10, 8):
        disposition_services.assign(case, by=staff.kabid, officer=staff.petugas, companions=[staff.companion])
    with at(11, 8):
        case_services.prepare(
            case, by=staff.petugas, administration="Daftar hadir", materials="Salinan peraturan"
        )
    with at(11, 9):
        case_services.schedule(
            case, by=staff.petugas, starts_at=moment(16, 9), place="Ruang Konsultasi, lantai 1"
        )
    with at(16, 9, 2):
        case_services.start(case, by=staff.petugas)
    with at(16, 9, 34):
        case_services.finish(
            case, by=staff.petugas, attendees="Contoh Pratama\nContoh Lestari (Sekretaris Desa)"
        )
    with at(16, 14):
        report_services.report(case, by=staff.petugas, **report)
    return case


def accept(case: Case, staff: factories.Staff) -> None:
    with at(17, 8):
        report_services.forward(case, by=staff.kabid)
    with at(17, 15, 20):
        report_services.accept(case, by=staff.kadis)


def closed(staff: factories.Staff, report: dict[str, str] = REPORT, **details: Any) -> Case:
    case = reported(staff, report, **details)
    accept(case, staff)
    return case


def walk_in(staff: factories.Staff, **details: Any) -> Case:
    with at(9, 8, 15):
        return disposition_services.walk_in(
            by=staff.sekretariat,
            division=staff.division,
            officer=staff.petugas,
            classification="400.9",
            **{**REQUEST, **details},
        )
