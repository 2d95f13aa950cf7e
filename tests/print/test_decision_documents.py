"""Documents of steps 3 and 4: disposition sheet, rejection letter, letter of assignment."""

import datetime as dt

import pytest

from consultations.enums import Kind
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from dispositions import relayed_orders, services as disposition_services
from documents.contexts import Source
from documents.files import read_document
from documents.issuing import draft_document
from documents.models import Document, StandingOrder
from documents.types import TYPES_BY_KIND
from kit import clock
from kit.pdf import count_pages
from office.models import Instruction, Role
from tests.factories import Staff, give_orders
from tests.print import scenes
from tests.print.documents import html_of, issued, of, sign_papers, words_of
from tests.shared_data import each


def test_the_disposition_sheet_ticks_what_was_chosen(people: Staff) -> None:
    Instruction.objects.filter(text="Untuk Diketahui").update(is_active=False)
    text = words_of("lembar-disposisi", scenes.disposed(people))
    for words in (
        "Surat dari Contoh Pratama, Pemerintah Desa Contoh Jaya",
        *("Tanggal diterima 9 November 2026", "No. Agenda 1/2026", "Batas waktu: 20 November 2026"),
        *("Biasa X Segera Sangat Segera", "Sifat X Biasa Terbatas Rahasia Sangat Rahasia"),
        "Perihal Tata cara pengusulan penerima bantuan sosial desa Lampiran –",
        "Rehabilitasi Sosial Diteruskan juga kepada: Kepala Bidang Pemberdayaan Masyarakat Desa",
        "X Tanggapan dan Saran Proses lebih lanjut Koordinasi/konfirmasikan X Laporkan Hasilnya …",
        "Mohon segera dijadwalkan.",
        "Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si.",
    ):
        assert words in text
    assert "Untuk Diketahui" not in text


LINE = "Siapkan daftar penerima bantuan, salinan peraturan, dan undangan. "


@pytest.mark.release
@pytest.mark.usefixtures("printed")
def test_a_sheet_is_set_tightly_if_only_then_it_fits_on_one_page(people: Staff) -> None:
    document = issued(scenes.disposed(people, note=LINE * 8), Document.Kind.DISPOSITION)
    assert count_pages(read_document(document)) == 1


@pytest.mark.release
@pytest.mark.usefixtures("printed")
def test_a_long_letter_goes_on_in_the_same_type(people: Staff) -> None:
    case = scenes.scheduled(people, note=LINE * 30)
    assert "rapat" not in html_of("pemberitahuan-jadwal", case).partition("<body")[2].partition(">")[0]
    assert count_pages(read_document(issued(case, Document.Kind.SCHEDULE))) == 2


def test_an_instruction_that_is_no_longer_offered_stays_on_the_sheet(people: Staff) -> None:
    case = scenes.disposed(people)
    Instruction.objects.all().delete()
    assert "X Tanggapan dan Saran X Laporkan Hasilnya" in words_of("lembar-disposisi", case)


def test_the_sheet_of_a_walk_in_waits_for_the_head(people: Staff) -> None:
    case = scenes.walk_in(people)
    text = words_of("lembar-disposisi", case)
    assert "Disposisi susulan atas layanan mendesak (langkah tambahan atas SK" in text
    assert "DRAF" in text
    assert "Kepala Dinas, Belum disahkan" in text
    assert "Kartini" not in text
    assert "verifikasi" not in text
    with scenes.at(10, 8):
        relayed_orders.ratify(case, by=people.kadis)
    text = words_of("lembar-disposisi", case)
    assert "DRAF" not in text
    assert "Kotacontoh, 10 November 2026 Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si." in text


def test_the_refusal_says_why_and_what_can_be_done_next(people: Staff) -> None:
    letter = {"letter_number": "140/7/DCJ", "letter_date": dt.date(2026, 11, 5)}
    text = words_of("surat-penolakan", scenes.declined(people, **letter))
    assert "Anda" not in text
    for words in (
        "Kotacontoh, 9 November 2026 Nomor 400.9/1/SPn/DINCONTOH/2026 Sifat Biasa Lampiran –",
        "Hal Penolakan Permohonan Konsultasi Yth. Kepala Desa Contoh Jaya",
        "Menindaklanjuti surat Kepala Desa Contoh Jaya Nomor 140/7/DCJ tanggal 5 November 2026 hal Tata cara",
        "yang kami terima tanggal 9 November 2026 dengan Nomor Agenda 1/2026, dengan hormat kami sampaikan",
        "permohonan dimaksud belum dapat dipenuhi dengan pertimbangan: Pembaruan data kependudukan",
        "layanan.example/ajukan/",
        "yang memutus tidak ikut menangani pengaduan itu",
        "layanan.example/pengaduan/",
        "melalui telepon 0717000000 dengan menyebutkan kode lacak 7K3M-9Q2X",
        "Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si.",
    ):
        assert words in text


def test_the_refusal_of_a_complaint_speaks_of_a_complaint(people: Staff) -> None:
    text = words_of("surat-penolakan", scenes.declined(people, kind=Kind.COMPLAINT))
    assert "Hal Penolakan Pengaduan" in text
    assert "Yang perlu dilengkapi: Bukti pembayaran." in text
    assert "permohonan konsultasi" not in text


def test_the_assignment_names_officer_and_companions(people: Staff) -> None:
    scenes.schedule(case := scenes.reviewed(people), people)
    text = words_of("surat-tugas", case)
    for words in (
        "Surat Tugas Nomor: 000.1.2.3/4/ST/DINCONTOH/2026",
        "Disposisi Plt. Kepala Dinas Contoh tanggal 9 November 2026 atas permohonan konsultasi "
        "dengan nomor agenda 1/2026",
        "1. Contoh Melati, S.ST. NIP. 19850312 201001 2 002 Penata (III/c) "
        "Petugas Rehabilitasi Sosial Pelaksana",
        "2. Contoh Rimba, S.IP. NIP. 19910707 201903 1 003 Penata Muda (III/a) "
        "Petugas Pemberdayaan Masyarakat Desa Pendamping",
        "dari Contoh Pratama perihal Tata cara pengusulan",
        "melaksanakan persiapan berikut: Siapkan salinan peraturan dan daftar hadir.",
        *("Memberi tugas Kepada:", "menyusun telaahan staf;"),
        "Waktu Senin, 16 November 2026, pukul 09.00–09.30 WIB "
        "Tempat Ruang Konsultasi, lantai 1, Dinas Contoh",
        "Kotacontoh, 11 November 2026 a.n. Kepala Dinas Contoh Kepala Bidang Rehabilitasi Sosial, "
        "Contoh Bahari, S.Sos., M.AP. Pembina (IV/a) NIP. 19780521 199711 1 001",
        "Tembusan: Yth. Kepala Dinas Contoh (sebagai laporan)",
    ):
        assert words in text
    assert "Arsip" not in text


def test_an_assignment_without_companion_review_or_preparation(people: Staff) -> None:
    case = scenes.disposed(people)
    with scenes.at(10, 8):
        disposition_services.assign(case, by=people.kabid, officer=people.kabid)
        disposition_services.prepare(case, by=people.kabid, **scenes.CHECKLIST)
        scheduling_services.schedule(case, by=people.kabid, starts_at=scenes.moment(16, 9))
    text = words_of("surat-tugas", case)
    assert "Tempat Dinas Contoh, Jl. Contoh No. 1" in text
    assert "Tembusan" not in text, "the Kepala Dinas signs"
    assert "1. Contoh Bahari, S.Sos., M.AP." in text
    assert "2026 Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si." in text, "nobody signs an own one"
    assert not [words for words in ("Pendamping", "telaahan") if words in text]
    assert "persiapan" not in text


def test_a_new_assignment_names_the_one_that_it_replaces(people: Staff) -> None:
    case = scenes.scheduled(people)
    with scenes.at(11, 10):
        disposition_services.reassign(case, by=people.kabid, officer=people.other_petugas, reason="Cuti.")
        sign_papers(case, people)
    first, second = Document.objects.filter(case=case, kind="ASSIGNMENT").order_by("version")
    assert second.replaces == first
    assert Document.objects.filter(case=case, kind="SCHEDULE").count() == 1
    text = of(second)
    assert "Waktu Senin, 16 November 2026, pukul 09.00–09.30 WIB Tempat Ruang Konsultasi, lantai 1" in text
    assert f"menggantikan Surat Tugas Nomor {first.number} tanggal 11 November 2026" in text
    assert "Versi 2, menggantikan versi 1 yang terbit 11 November 2026." in text
    assert "Cuti" not in text
    assert "Contoh Melati" in of(first)


def test_the_assignment_of_a_walk_in_names_the_visit(people: Staff) -> None:
    case = scenes.walk_in(people)
    with scenes.at(9, 9):
        disposition_services.prepare(case, by=people.petugas, **scenes.CHECKLIST)
        scheduling_services.schedule(case, by=people.petugas, starts_at=scenes.moment(16, 9))
    visit = "disampaikan langsung karena mendesak pada 9 November 2026, nomor agenda 1/2026"
    assert visit in words_of("surat-tugas", case)


def test_the_position_on_the_assignment_is_that_of_the_day(people: Staff) -> None:
    case = scenes.scheduled(people)
    html = html_of("surat-tugas", case)
    people.petugas.appointments.update(ends=scenes.moment(12, 0).date())
    assert html_of("surat-tugas", case) == html


HEAD = "Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si."


@each(
    ("signer", "away", "signed"),
    [
        (Role.HEAD, "", HEAD),
        (Role.DIVISION_HEAD, "", "a.n. Kepala Dinas Contoh Kepala Bidang Rehabilitasi Sosial, Contoh Bahari"),
        (Role.SECRETARY, "", "a.n. Kepala Dinas Contoh Sekretaris, Sekretaris"),
        (Role.DIVISION_HEAD, "kabid", HEAD),
        (Role.HEAD, "kadis", "Kepala Dinas Contoh, ……………………"),
    ],
)
def test_a_standing_order_says_who_signs_instead_of_the_head(
    signer: Role, away: str, signed: str, people: Staff
) -> None:
    StandingOrder.objects.update(ended_at=scenes.moment(2, 9), ended_by=people.kadis)
    if signer != Role.HEAD:
        with scenes.at(2, 10):
            give_orders(people, signer)
    case = scenes.disposed(people)
    if away:
        getattr(people, away).appointments.update(ends=dt.date(2026, 11, 8))
    with scenes.at(10, 8):
        document = draft_of(case, people)
    text = of(document)
    assert signed in text
    assert ("a.n." in text) == signed.startswith("a.n.")


def draft_of(case: Case, people: Staff) -> Document:
    """Return the draft of the letter that would be issued for a decline now."""
    event = case.history.latest("pk")
    source = Source(event, people.petugas, "Petugas", clock.now(), is_final=False)
    return draft_document(TYPES_BY_KIND[Document.Kind.REJECTION], case, source)
