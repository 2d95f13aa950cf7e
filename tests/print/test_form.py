"""Common parts of documents: letterhead, language, draft mark, verification code, signature block."""

from collections.abc import Callable

import pytest
from django.utils import translation

from consultations.enums import Kind
from consultations.intake import services as intake_services
from consultations.models import Case
from documents.files import render_html
from documents.issuing import DocumentUnavailable, get_document
from documents.models import TO_AGENCY, Document
from documents.registers.book import BOOKS
from documents.types import CASE_DOCUMENT_TYPES, TYPES_BY_SLUG
from office.models import Office
from tests.factories import DETAILS, Staff
from tests.print import scenes
from tests.print.documents import html_of, issued, sign_papers, words_in, words_of

pytestmark = pytest.mark.same_on_every_database


def full(people: Staff, **details: object) -> Case:
    """Return a closed case with every document except a rejection."""
    scenes.schedule(case := scenes.reviewed(people, **details), people)
    scenes.meet(case, people)
    scenes.report(case, people)
    scenes.accept(case, people)
    with scenes.at(17, 16):
        sign_papers(case, people)
    return case


TO_AGENCIES = {kind.slug for kind in TO_AGENCY}
ENDING = (Document.Kind.REJECTION, Document.Kind.TRANSFER)
"""Documents of cases that ended early."""

SLUGS = [kind.slug for kind in CASE_DOCUMENT_TYPES if kind.kind not in ENDING]


@pytest.mark.release
def test_every_issued_document_has_its_verification_code_once(people: Staff) -> None:
    """The foot of each page names it. It is also made in an office that was never filled in."""
    case = full(people)
    for slug in SLUGS:
        document = get_document(TYPES_BY_SLUG[slug], case)
        html = render_html(document)
        assert html.count(f"<title>Kode QR: {document.verification_url}</title>") == 1, slug
        assert f"layanan.example/verifikasi/{document.pk}/" in words_in(html), slug
        assert "DRAF" not in html[html.index("<body") :], slug
    assert 'data-naskah="Surat Tugas 000.1.2.3/4/ST/DINCONTOH/2026"' in html_of("surat-tugas", case)
    assert 'data-naskah="Lembar Disposisi nomor agenda 1/2026"' in html_of("lembar-disposisi", case)
    other = scenes.walk_in(people, code="2222-2222", secret="lain")
    assert 'data-naskah="Draf Lembar Disposisi nomor agenda 2/2026"' in html_of("lembar-disposisi", other)
    Office.objects.all().delete()
    for slug in SLUGS:
        assert (case.subject in html_of(slug, case)) == (slug not in TO_AGENCIES), slug


def test_an_electronic_signature_replaces_the_space_for_ink(people: Staff) -> None:
    document = issued(scenes.closed(people), Document.Kind.REPORT)
    html = render_html(document, attestation="Ditandatangani dengan sertifikat dinas.")
    for words in (
        "Ditandatangani secara elektronik oleh: Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si. "
        "Pembina Utama Muda (IV/c) NIP. 19700101 199501 2 001",
        "Ditandatangani dengan sertifikat dinas.",
        "Tercatat dalam sistem pada 16 November 2026 Contoh Melati, S.ST.",
    ):
        assert words in words_in(html)
    assert html.count("<title>Kode QR:") == 1
    assert 'class="ruang-tanda-tangan"' not in html
    assert "bukan tanda tangan elektronik" not in html


@pytest.mark.release
def test_only_papers_that_leave_the_office_are_stamped(people: Staff) -> None:
    case, stamp = full(people), "sah setelah ditandatangani dan dibubuhi cap."
    inside = {"lembar-disposisi", "telaahan-staf", "notula-rapat", "laporan"}
    automatic = {"surat-permohonan", "tanda-terima"}  # nobody signs them
    for slug in SLUGS:
        assert (stamp in words_of(slug, case)) == (slug not in inside | automatic), slug
        assert ("naskah ini sah setelah ditandatangani" in words_of(slug, case)) == (slug not in automatic)
    assert not [kind for kind in BOOKS if Document(kind=kind).is_stamped]
    Office.objects.update(shares_report=True)
    assert stamp in words_of("laporan", case), "then the applicant gets it too"
    for kind, stamped in ((Kind.CONSULTATION, False), (Kind.COMPLAINT, True)):
        received = intake_services.receive(by=people.sekretariat, kind=kind, **DETAILS)
        words = words_of("tanda-terima", received)
        assert (stamp in words) == stamped
        assert "naskah ini sah setelah ditandatangani" in words


def test_a_missing_document_gives_a_sentence(people: Staff) -> None:
    case = scenes.submitted()
    for slug, sentence in (
        ("laporan", "Laporan Hasil Konsultasi untuk permohonan ini belum ditulis."),
        ("lembar-disposisi", "Permohonan ini belum didisposisikan."),
        ("surat-tugas", "Surat tugas terbit sesudah jadwal konsultasi ditetapkan."),
        ("telaahan-staf", "Permohonan ini tidak memiliki telaahan staf."),
        ("pemberitahuan-jadwal", "Permohonan ini belum memiliki jadwal."),
        ("surat-penolakan", "Permohonan ini tidak ditolak."),
        ("surat-penerusan", "Pengaduan ini tidak diteruskan ke instansi lain."),
    ):
        with pytest.raises(DocumentUnavailable, match=sentence):
            get_document(TYPES_BY_SLUG[slug], case)
    visitor = scenes.walk_in(people, code="2222-2222", secret="lain")
    with pytest.raises(DocumentUnavailable, match="tidak ada formulir yang dibuat sistem"):
        get_document(TYPES_BY_SLUG["surat-permohonan"], visitor)


def test_typed_markup_is_text(people: Staff) -> None:
    attack = "<script>alert(1)</script><img src=http://jahat.example/a.png>"
    fields = ("applicant_name", "organisation", "address", "subject", "material")
    case = full(people, note=attack, **dict.fromkeys(fields, attack))
    for slug in SLUGS:
        html = html_of(slug, case)
        assert ("&lt;script&gt;" in html) == (slug not in TO_AGENCIES), slug
        assert "<script" not in html
        assert "<img" not in html


def test_documents_are_indonesian_for_every_reader(people: Staff) -> None:
    case = scenes.closed(people)
    with translation.override("en"):
        text = words_of("laporan", case)
        assert translation.get_language() == "en"
    assert "Senin, 16 November 2026" in text
    assert "6. Rekomendasi" in text


def test_the_letterhead(people: Staff, with_arms: Callable[[], Office]) -> None:
    case = scenes.disposed(people)
    Office.objects.update(address="Jl. Contoh No. 1, Kotacontoh 33149")
    bare = html_of("lembar-disposisi", case)
    assert "Tempat lambang daerah" not in bare, "an issued paper has no placeholder"
    address = "Jl. Contoh No. 1, Kotacontoh\u00a033149"  # no line begins with the postal code
    for words in ("Pemerintah Provinsi Contoh", "Dinas Contoh", address, "Telepon 0717000000"):
        assert words in bare
    office = with_arms()
    html = html_of("lembar-disposisi", case)
    assert '<img src="data:image/png;base64,' in html
    assert 'alt="Lambang Pemerintah Provinsi Contoh"' in html
    assert "Tempat lambang daerah" not in html
    office.coat_of_arms.storage.delete(str(office.coat_of_arms))
    assert "Lambang" not in html_of("lembar-disposisi", case)
