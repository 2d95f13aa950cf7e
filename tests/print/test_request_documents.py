"""Documents of step 1: the applicant's form and the receipt."""

from consultations.enums import Kind
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment
from tests.factories import Staff
from tests.print import scenes
from tests.print.documents import html_of, words_of
from tests.shared_data import each


def test_the_receipt_of_an_online_request(people: Staff) -> None:
    """It has two codes: one leads the applicant to the case, one anybody to the verification."""
    case = scenes.submitted()
    text, html = words_of("tanda-terima", case), html_of("tanda-terima", case)
    for words in (
        "Tanda Terima Permohonan Konsultasi",
        "Kode lacak 7K3M-9Q2X",
        "Contoh Pratama Pemerintah Desa Contoh Jaya",
        "Perihal Tata cara pengusulan penerima bantuan sosial desa",
        "Waktu 9 November 2026, 08.15 WIB",
        "Penerima Dinas Contoh (diterima otomatis)",
        scenes.LINK,
    ):
        assert words in text
    assert "Nomor agenda" not in text
    assert f"<title>Kode QR: {scenes.LINK}</title>" in html
    assert html.count("<title>Kode QR: https://layanan.example/verifikasi/") == 1
    # It is made after commit, maybe when the request has its agenda number already.
    assert html_of("tanda-terima", scenes.register(case, people)) == html


def test_the_receipt_of_a_walk_in_names_who_received_it(people: Staff) -> None:
    text = words_of("tanda-terima", scenes.walk_in(people, kind=Kind.COMPLAINT))
    assert "Tanda Terima Pengaduan" in text
    assert "Tempat Dinas Contoh, Kotacontoh Penerima Contoh Sari, Sekretariat Nomor agenda 1/2026" in text
    assert "Kotacontoh, 9 November 2026 Yang menerima, Sekretariat, Contoh Sari" in text


@each(("word", "shown"), [("desa", 32), ("penyelenggaraan", 18)])
def test_the_receipt_shortens_a_story_at_the_end_of_a_word(word: str, shown: int, people: Staff) -> None:
    text = words_of("tanda-terima", scenes.submitted(material=f"{word} " * 60))
    assert f"Uraian singkat {f'{word} ' * shown}… Waktu" in text


def test_the_form_is_made_from_what_was_typed(people: Staff) -> None:
    case = scenes.submitted(email="desa@contoh.example")
    text, first = words_of("surat-permohonan", case), html_of("surat-permohonan", case)
    for words in (
        "Dinas Contoh Pemerintah Provinsi Contoh Formulir Permohonan Konsultasi Kode lacak 7K3M-9Q2X",
        "Nama Contoh Pratama Jabatan Kepala Desa Lembaga/desa Pemerintah Desa Contoh Jaya Alamat",
        "Ditujukan kepada Kepala Dinas Contoh Perihal Tata cara",
        "No. kontak 0812-0000-0001 Surel desa@contoh.example",
        "Mohon juga dijelaskan dokumen",
        "Senin, 16 November 2026 pukul 09.00 WIB",
        "……………………, 9 November 2026 Pemohon, Contoh Pratama Kepala Desa Contoh Jaya",
        "layanan.example/verifikasi/",
    ):
        assert words in text
    answer = CheckedFile(b"%PDF-1.7", "application/pdf", "jawaban.pdf")
    attach(case, answer, purpose=Attachment.Purpose.OPINION, by=people.petugas)
    assert html_of("surat-permohonan", case) == first, "the answer of an agency did not come with it"
    attach(case, CheckedFile(b"png", "image/png", "foto.png"), purpose="MATERIAL", by=None)
    assert "Lampiran 1 berkas Materi" in words_of("surat-permohonan", case)


def test_the_form_of_a_complaint_names_the_party(people: Staff) -> None:
    case = scenes.submitted(kind=Kind.COMPLAINT, complained_party="Petugas loket")
    text = words_of("surat-permohonan", case)
    assert "Formulir Pengaduan" in text
    assert "Pihak yang diadukan Petugas loket" in text
