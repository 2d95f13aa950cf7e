"""The fields of letters: what each means, and their values for a letter.

The values of one kind of letter are in `documents/contexts/letters.py`; its texts are in `documents/texts`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Case
from dispositions.addressees import get_holder
from documents.letter_text import Value, show_passages
from documents.models import Document
from documents.numbers import get_head_title, get_titles
from kit.urls import get_public_url
from office.models import Office, User
from office.words import get_words


@dataclass(frozen=True)
class Field:
    """What a field means, for who writes a text, and an example of its value."""

    meaning: Promise
    example: str


OF_OFFICE = {
    "kantor": Field(_("Nama kantor"), "Dinas Contoh"),
    "alamat_kantor": Field(_("Alamat kantor"), "Jl. Contoh No. 1, Kotacontoh"),
    "telepon_kantor": Field(_("Telepon kantor"), "0717000000"),
    "surel_kantor": Field(_("Surel kantor"), "dinas@contoh.example"),
    "hubungi_kantor": Field(
        _("Bagian penerima surat, dengan telepon dan surelnya"),
        "Sekretariat Dinas Contoh melalui telepon 0717000000",
    ),
    "kepala": Field(_("Jabatan kepala kantor"), "Kepala Dinas Contoh"),
    "sekretariat": Field(_("Sebutan bagian penerima surat"), "Sekretariat"),
    "nomor_standar": Field(_("Nomor standar pelayanan"), "188.4/1/2026"),
    "keterangan_biaya": Field(_("Kalimat tentang biaya"), "Layanan ini tidak dipungut biaya."),
    "laman_permohonan": Field(_("Alamat formulir permohonan"), "layanan.example/ajukan/"),
    "laman_pengaduan": Field(_("Alamat formulir pengaduan"), "layanan.example/pengaduan/"),
}
"""Fields of every letter."""

OF_LETTER = {
    "nomor_agenda": Field(_("Nomor agenda permohonan"), "58/2026"),
    "isi": Field(_("Yang ditulis penyusun pada surat ini"), "Mohon membawa daftar keluarga."),
    "surat_sebelumnya": Field(
        _("Nomor dan tanggal surat yang digantikan"), "Nomor 400.9/1/PJ/2026 tanggal 9 November 2026"
    ),
}
"""Fields of every letter of a case."""

OF_APPLICANT = {
    "surat_masuk": Field(
        _("Surat atau permohonan yang dijawab"),
        "surat Kepala Desa Contoh Jaya Nomor 140/212/2026 tanggal 9 November 2026",
    ),
    "perihal": Field(_("Perihal permohonan"), "Pengusulan penerima bantuan sosial"),
    "rujukan": Field(_("Kode lacak, atau nomor agenda bila identitas tertutup"), "kode lacak 7K3M-9Q2X"),
    "tanggal_diterima": Field(_("Tanggal permohonan diterima"), "9 November 2026"),
    "nama_pemohon": Field(_("Nama pemohon"), "Contoh Pratama"),
    "lembaga": Field(_("Lembaga pemohon"), "Pemerintah Desa Contoh Jaya"),
}
"""Fields that tell who asks and what for. Letters to other agencies have none of them."""

OF_KIND = {
    "hari_tanggal": Field(_("Hari dan tanggal pelaksanaan"), "Senin, 16 November 2026"),
    "waktu": Field(_("Waktu pelaksanaan"), "pukul 09.00–09.30 WIB"),
    "cara": Field(_("Cara konsultasi"), "Tatap muka di kantor"),
    "tempat": Field(
        _("Tempat pelaksanaan; kosong bila daring atau telepon"), "Ruang Konsultasi, Dinas Contoh"
    ),
    "tempat_singkat": Field(_("Ruang, atau kantor; kosong bila daring atau telepon"), "Ruang Konsultasi"),
    "tautan": Field(_("Tautan rapat; hanya bila daring"), "https://rapat.example/contoh"),
    "petugas": Field(_("Nama petugas"), "Contoh Melati, S.ST."),
    "petugas_menelepon": Field(_("Petugas; hanya bila ia yang menelepon"), "petugas kami"),
    "jenis_pemberitahuan": Field(_("Pemberitahuan, atau Perubahan"), "Pemberitahuan"),
    "jadwal_sebelumnya": Field(_("Jadwal yang digantikan"), "Jumat, 13 November 2026 pukul 09.00 WIB"),
    "bantuan": Field(_("Bantuan yang diminta"), "kursi roda"),
    "catatan": Field(_("Catatan untuk pemohon"), "Mohon membawa daftar keluarga."),
    "dasar": Field(
        _("Disposisi, atau kunjungan, yang mendasari tugas"),
        "Disposisi Kepala Dinas Contoh tanggal 9 November 2026",
    ),
    "yang_ditugaskan": Field(_("Daftar petugas: nama, NIP, pangkat, jabatan"), "1. Contoh Melati, S.ST."),
    "persiapan": Field(_("Yang disiapkan petugas"), "Siapkan salinan peraturan."),
    "telaahan": Field(_("Hanya bila telaahan staf diminta"), "telaahan staf"),
    "penerima_laporan": Field(_("Pejabat yang menerima laporan"), "Kepala Dinas Contoh"),
    "penyalur_laporan": Field(_("Pejabat yang dilalui laporan"), "Kepala Bidang Rehabilitasi Sosial"),
    "alasan": Field(_("Alasan atau pertimbangan"), "Bukan kewenangan Dinas Contoh."),
    "pelapor": Field(_("Pelapor, dengan alamat bila identitasnya terbuka"), "Contoh Pratama"),
    "pihak_diadukan": Field(_("Pihak yang diadukan"), "Petugas loket"),
    "uraian": Field(_("Isi permohonan"), "Petugas loket meminta uang."),
    "jumlah_berkas": Field(_("Jumlah berkas yang disertakan"), "2 berkas"),
    "pertanyaan": Field(_("Hal yang dimintakan pendapat"), "Apakah data dapat dibagikan?"),
    "batas_jawaban": Field(_("Batas waktu jawaban"), "Jumat, 13 November 2026"),
    "batas_semula": Field(_("Batas waktu semula"), "13 November 2026"),
    "surat_permintaan": Field(
        _("Surat yang diingatkan"), "surat Nomor 400.9/1/PP/2026 tanggal 10 November 2026"
    ),
    "narahubung": Field(
        _("Petugas yang dapat dihubungi, jabatan, telepon"),
        "Sdr. Contoh Melati, S.ST., Petugas Rehabilitasi Sosial, telepon 0717000000",
    ),
    "acara": Field(_("Acara rapat"), "Pemadanan data"),
    "alasan_mendesak": Field(
        _("Hanya bila undangan kurang dari waktu yang ditetapkan"), "hasil segera diperlukan"
    ),
    "jenis_jawaban": Field(_("Hasil Konsultasi, atau Jawaban"), "Hasil Konsultasi"),
    "tanggal_konsultasi": Field(
        _("Hari konsultasi; kosong bila dijawab tertulis"), "Senin, 16 November 2026"
    ),
    "batas_bertanya": Field(_("Hari terakhir bertanya lagi"), "Senin, 30 November 2026"),
    "pengawas_luar": Field(_("Lembaga pengawas; untuk pengaduan"), "Ombudsman Republik Indonesia"),
}
"""Fields of single kinds, which their types name (documents/types.py)."""

FIELDS = OF_OFFICE | OF_LETTER | OF_APPLICANT | OF_KIND


@dataclass(frozen=True)
class Letter:
    """What one letter says beside its text.

    It is addressed `to` one or several, by position, at a `place`; without them to the applicant. `copies`
    are further recipients (tembusan), `attachments` the files (lampiran). `title` replaces that of its type.
    """

    fields: Mapping[str, Value] = field(default_factory=dict)
    to: Sequence[str] = ()
    place: str = ""
    copies: str = ""
    attachments: int = 0
    title: str = ""


TEXTS = Path(__file__).parent / "texts"


def read_default_text(slug: str) -> str:
    """Return the text that Rembuk brings for a kind of letter."""
    return (TEXTS / f"{slug}.md").read_text("utf-8")


def get_values(document: Document, letter: Letter, *, shows_applicant: bool) -> dict[str, Value]:
    """Return the values of all fields that the text of a letter may name."""
    case = document.case
    values = {**_of_office(case), **letter.fields, "isi": show_passages(document.text)}
    before = document.replaced_paper
    values["surat_sebelumnya"] = ""
    if before and before.number:
        values["surat_sebelumnya"] = f"Nomor {before.number} tanggal {show_day(before.dated)}"
    if case:
        values["nomor_agenda"] = str(case.agenda)
        if shows_applicant:
            values |= _of_applicant(case)
    return values


def _of_office(case: Case | None) -> dict[str, Value]:
    office, words = Office.load(), get_words()
    ways = [
        f"telepon {office.phone}" if office.phone else "",
        f"surel {office.email}" if office.email else "",
    ]
    reach = " atau ".join(filter(None, ways))
    fee = "Layanan ini tidak dipungut biaya." if office.is_free else ""
    if not fee and office.tariff:
        fee = f"Biaya/tarif: {office.tariff}."
    return {
        "kantor": office.name,
        "alamat_kantor": office.address,
        "telepon_kantor": office.phone,
        "surel_kantor": office.email,
        "hubungi_kantor": f"{words.secretariat} {office.name}" + (f" melalui {reach}" if reach else ""),
        "kepala": get_head_title(),
        "sekretariat": words.secretariat,
        "nomor_standar": office.standard_number,
        "keterangan_biaya": fee,
        "laman_permohonan": show_address(case.wording.form_page if case else "request"),
        "laman_pengaduan": show_address("complaint"),
    }


def _of_applicant(case: Case) -> dict[str, Value]:
    request = f"{case.wording.full_name} Bapak/Ibu tanggal {show_day(case.submitted_at)}"
    if case.letter_number:
        request = f"surat {get_holder(case) or case.organisation or 'Bapak/Ibu'} Nomor {case.letter_number}"
        request += f" tanggal {date_format(case.letter_date)}" if case.letter_date else ""
    is_open = case.identity == Identity.OPEN
    return {
        "surat_masuk": request,
        "perihal": case.subject,
        "rujukan": f"kode lacak {case.code}" if is_open else f"nomor agenda {case.agenda}",
        "tanggal_diterima": show_day(case.submitted_at),
        "nama_pemohon": case.applicant_name,
        "lembaga": case.organisation,
    }


def list_addressees(case: Case) -> list[str]:
    """Return the lines that address the applicant: by position, or by number if the identity is hidden."""
    if case.identity != Identity.OPEN:
        return [f"{case.wording.applicant} {str(case.wording.name).title()} Nomor Agenda {case.agenda}"]
    if holder := get_holder(case):
        return [holder]
    return list(filter(None, [f"Bapak/Ibu {case.applicant_name}", case.organisation]))


def name_office() -> str:
    """Return whom to call about a letter that names no officer."""
    office = Office.load()
    return f"petugas {office.name}" + (f", telepon {office.phone}" if office.phone else "")


def name_contact(person: User, title: str) -> str:
    """Return whom to call about a letter: `Sdr. Contoh Melati, Petugas Contoh, telepon 0717000000`."""
    phone = Office.load().phone
    return ", ".join(filter(None, [f"Sdr. {person.name}", title, f"telepon {phone}" if phone else ""]))


def get_contact(person: User, at: dt.datetime) -> str:
    """Return whom to call about a letter, with the position on that day."""
    return name_contact(person, get_titles(timezone.localdate(at), [person]).get(person.pk, ""))


def show_day(moment: dt.datetime, style: str = "DATE_FORMAT") -> str:
    return date_format(timezone.localtime(moment), style)


def show_time(start: dt.datetime, end: dt.datetime | None = None) -> str:
    """Return the time of a day with the zone."""
    until = f"–{show_day(end, 'H.i')}" if end else ""
    return f"pukul\N{NO-BREAK SPACE}{show_day(start, 'H.i')}{until}\N{NO-BREAK SPACE}{show_day(start, 'T')}"


def show_address(page: str) -> str:
    """Return the address of a public page as people type it: without the scheme."""
    return get_public_url(page).partition("://")[2]


WEEKDAY = "l, j F Y"
