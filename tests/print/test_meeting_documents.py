"""Documents of steps 5 and 6: staff review and notice of the schedule."""

import datetime as dt
from typing import Any

from django.test import Client

from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.models import Session
from dispositions import services as dispositions_services
from dispositions.addressees import get_addressee, get_holder
from dispositions.models import Minutes
from documents.files import embedded_data, render_html
from documents.models import Document
from office.models import Office
from tests.factories import Staff
from tests.print import scenes
from tests.print.documents import html_of, of, words_of
from tests.shared_data import each


def test_the_staff_review_in_the_official_form(people: Staff) -> None:
    case = scenes.reviewed(people)
    text, html = words_of("telaahan-staf", case), html_of("telaahan-staf", case)
    parts = [
        "Telaahan Staf Yth. Kepala Dinas Contoh Melalui Kepala Bidang Rehabilitasi Sosial "
        "Dari Petugas Rehabilitasi Sosial Tanggal 11 November 2026 "
        "Sifat Biasa Lampiran – Hal Tata cara pengusulan",
        *("I. Persoalan", "II. Praanggapan", "III. Fakta yang Memengaruhi"),
        "Badan Pusat Statistik Kabupaten Contoh",
        "Apakah data dasar desa dapat dibagikan? 10 November 2026 13 November 2026 belum dijawab",
        "Seluruhnya tercatat sebagai penduduk desa. Surat Nomor 470/12/CONTOH/2026, 10 November 2026",
        *("IV. Analisis", "V. Kesimpulan", "VI. Saran Tindak"),
        "Petugas Rehabilitasi Sosial, Contoh Melati, S.ST.",
    ]
    positions = [text.index(part) for part in parts]
    assert positions == sorted(positions)
    assert text.count("11 November 2026") == 1
    assert "<li>Ke-14 keluarga memenuhi syarat.</li><li>Musyawarah desa dapat diselenggarakan" in html
    assert html.count("<li>") == 5


def test_an_answer_after_the_review_issues_a_new_version(people: Staff) -> None:
    case = scenes.reviewed(people)
    opinion = case.opinions.get(recorded_at=None)
    answer: dict[str, Any] = {"answer": "Data dapat dibagikan.", "answered_on": dt.date(2026, 11, 12)}
    with scenes.at(12, 8):
        dispositions_services.record_opinion(case, by=people.petugas, opinion=opinion, **answer)
    first, second = Document.objects.filter(case=case, kind=Document.Kind.STAFF_REVIEW).order_by("version")
    assert second.replaces == first
    assert "belum dijawab" in of(first)
    text = words_of("telaahan-staf", case)
    assert "Data dapat dibagikan. 12 November 2026" in text
    assert "belum dijawab" not in text
    assert "Tanggal 12 November 2026" in text


def test_only_a_changed_review_is_issued_again(people: Staff) -> None:
    case = scenes.assigned(people, needs_review=True)
    checklist = {"administration": "a", "materials": "b"}
    with scenes.at(11, 8):
        dispositions_services.prepare(case, by=people.petugas, review=scenes.REVIEW, **checklist)
    assert "Pendapat instansi" not in words_of("telaahan-staf", case), "no agency was asked"
    scenes.schedule(case, people)
    for review, versions in ((scenes.REVIEW, 1), ({**scenes.REVIEW, "analysis": "Lain."}, 2)):
        with scenes.at(12, 8):
            dispositions_services.amend(case, by=people.petugas, review=review, **checklist)
        assert Document.objects.filter(case=case, kind=Document.Kind.STAFF_REVIEW).count() == versions


def test_letters_to_agencies_ask_and_remind(people: Staff) -> None:
    case = scenes.reviewed(people)
    asked = Document.objects.in_force().filter(case=case, kind=Document.Kind.OPINION_REQUEST)
    first, second = (of(letter) for letter in asked.order_by("number"))
    reminder = words_of("surat-pengingat-pendapat", case)
    assert "Nomor 400.9/1/PP/DINCONTOH/2026" in first
    assert "Yth. Kepala Badan Pusat Statistik Kabupaten Contoh di tempat" in first
    assert "Apakah data dasar desa dapat dibagikan?" in first
    assert "paling lambat Jumat, 13 November 2026" in first
    assert "Yth. Kepala Dinas Kependudukan" in second
    assert "Menyusul surat Nomor 400.9/1/PP/DINCONTOH/2026 tanggal 10 November 2026" in reminder
    assert "paling lambat Senin, 16 November 2026" in reminder
    for letter in (first, second, reminder):
        assert "a.n. Kepala Dinas Contoh Kepala Bidang Rehabilitasi Sosial, Contoh Bahari, S.Sos." in letter
    for document in (*asked, Document.objects.get(kind=Document.Kind.OPINION_REMINDER)):
        told = render_html(document) + embedded_data(document).content.decode()
        assert not [words for words in (case.subject, case.applicant_name) if words in told]


@each(
    "agency, addressee",
    [
        ("Dinas Sosial Kabupaten Contoh", "Kepala Dinas Sosial Kabupaten Contoh"),
        ("Kepala Dinas Sosial", "Kepala Dinas Sosial"),
        ("Plt. Kepala Dinas Sosial", "Plt. Kepala Dinas Sosial"),
        ("Inspektorat Daerah", "Inspektur Daerah"),
        ("Sekretariat Daerah Provinsi Contoh", "Sekretaris Daerah Provinsi Contoh"),
        ("Kecamatan Contoh", "Camat Contoh"),
        ("Pemerintah Desa Contoh", "Kepala Desa Contoh"),
        ("RSUD Contoh", "Direktur RSUD Contoh"),
        ("Baznas Contoh", "Pimpinan Baznas Contoh"),
        ("Pemerintah Kabupaten Contoh", "Pimpinan Pemerintah Kabupaten Contoh"),
        ("Dinas", "Kepala Dinas"),
    ],
)
def test_a_letter_addresses_the_head_of_an_agency(agency: str, addressee: str) -> None:
    assert get_addressee(agency) == addressee


@each(
    "position, organisation, holder",
    [
        ("", "Pemerintah Desa Contoh", ""),
        ("Kepala Desa", "Pemerintah Desa Contoh Jaya", "Kepala Desa Contoh Jaya"),
        ("Kepala Desa Contoh Jaya", "Desa Contoh Jaya", "Kepala Desa Contoh Jaya"),
        ("Lurah", "Kelurahan Air Contoh", "Lurah Air Contoh"),
        ("Lurah Air Contoh", "Kelurahan Air Contoh", "Lurah Air Contoh"),
        ("Kepala Dinas", "Dinas Sosial", "Kepala Dinas Sosial"),
        ("Ketua", "Karang Taruna Contoh", "Ketua Karang Taruna Contoh"),
        ("Ketua RT 03", "", "Ketua RT 03"),
    ],
)
def test_a_letter_addresses_an_applicant_by_position(position: str, organisation: str, holder: str) -> None:
    assert get_holder(Case(applicant_position=position, organisation=organisation)) == holder


def test_an_invitation_at_short_notice_says_why_and_the_minutes_name_it(people: Staff) -> None:
    case = scenes.reviewed(people)
    scenes.meet(case, people)
    invitation = words_of("undangan-rapat", case)
    assert (
        "Mengingat urgensinya, undangan ini disampaikan dalam waktu singkat: hasil pemadanan diperlukan"
        in invitation
    )
    minutes = words_of("notula-rapat", case)
    number = Document.objects.in_force().get(kind=Document.Kind.INVITATION).number
    for words in (
        f"Waktu pukul 09.00–10.40 WIB Tempat Aula, lantai 1 Undangan Nomor {number} tanggal 12 November 2026",
        "Pimpinan rapat Contoh Bahari, S.Sos., M.AP., Kepala Bidang Rehabilitasi Sosial",
        "Notulis Contoh Melati, S.ST., Petugas Rehabilitasi Sosial",
        "Rapat ditutup pada pukul 10.40 WIB.",
        "Pimpinan rapat, Kepala Bidang Rehabilitasi Sosial, Contoh Bahari, S.Sos., M.AP.",
        "Kotacontoh, 13 November 2026 Notulis, Contoh Melati, S.ST.",
    ):
        assert words in minutes
    assert minutes.endswith("naskah ini sah setelah ditandatangani.")


def test_minutes_of_before_name_no_leader_and_one_person_signs_once(people: Staff) -> None:
    scenes.meet(case := scenes.reviewed(people), people)
    minutes = Minutes.objects.filter(meeting__case=case)
    minutes.update(led_by=people.petugas, leader_title="Petugas Rehabilitasi Sosial")
    assert words_of("notula-rapat", case).count("Pimpinan rapat dan notulis,") == 1
    minutes.update(led_by=None, leader_title="", ended_at=None)
    text = words_of("notula-rapat", case)
    assert "Waktu pukul 09.00 WIB" in text
    assert "Pimpinan rapat" not in text


def test_the_notice_shows_time_place_and_what_to_bring(people: Staff) -> None:
    scenes.schedule(case := scenes.prepared(people), people, note="Bawa daftar keluarga.")
    people.petugas.email = "petugas@contoh.example"
    people.petugas.save()
    text = words_of("pemberitahuan-jadwal", case)
    for words in (
        "Kotacontoh, 11 November 2026 Nomor 400.9/2/PJ/DINCONTOH/2026 Sifat Biasa Lampiran – "
        "Hal Pemberitahuan Jadwal Konsultasi",
        "Yth. Kepala Desa Contoh Jaya Jl. Contoh Raya No. 5",
        "Hari, tanggal Senin, 16 November 2026 Waktu pukul 09.00–09.30 WIB",
        "Cara Tatap muka di kantor Tempat Ruang Konsultasi, lantai 1",
        "menunjukkan surat ini atau kode lacak 7K3M-9Q2X",
        "Catatan: Bawa daftar keluarga.",
        "menghubungi Sekretariat Dinas Contoh melalui telepon 0717000000",
        "a.n. Kepala Dinas Contoh Kepala Bidang Rehabilitasi Sosial, Contoh Bahari, S.Sos., M.AP.",
        "Kode QR bukan tanda tangan elektronik; naskah ini sah setelah ditandatangani dan dibubuhi cap.",
    ):
        assert words in text
    assert "menggantikan" not in text
    assert "petugas@contoh.example" not in text
    assert scenes.LINK not in text


@each(
    ("phone", "email", "words"),
    [
        ("", "dinas@contoh.example", " melalui surel dinas@contoh.example"),
        ("0717000000", "dinas@contoh.example", " melalui telepon 0717000000 atau surel dinas@contoh.example"),
        ("", "", ""),
    ],
)
def test_the_notice_says_how_to_reach_the_office(phone: str, email: str, words: str, people: Staff) -> None:
    Office.objects.update(phone=phone, email=email)
    scenes.schedule(case := scenes.prepared(people), people)
    text = words_of("pemberitahuan-jadwal", case)
    assert f"menghubungi Sekretariat Dinas Contoh{words} dengan menyebutkan kode lacak" in text
    assert ("Surel dinas@contoh.example" in text) == bool(email)
    page = Client().get("/privasi/").text
    assert (email in page, phone in page) == (True, True)


def test_an_online_consultation_has_a_link_and_no_place(people: Staff) -> None:
    link = "https://rapat.example/contoh"
    case = scenes.prepared(people)
    scenes.schedule(case, people, mode=Session.Mode.ONLINE, link=link, place="")
    text = words_of("pemberitahuan-jadwal", case)
    assert f"Cara Daring (rapat video) Tautan rapat {link}" in text
    assert "Tempat" not in text
    assert "membuka tautan rapat" in text
    scenes.reschedule(case, people, place="")
    assert "Tempat Dinas Contoh, Jl. Contoh No. 1" in words_of("pemberitahuan-jadwal", case)


def test_a_call_has_no_place(people: Staff) -> None:
    scenes.schedule(case := scenes.prepared(people), people, mode=Session.Mode.PHONE, place="")
    text = words_of("pemberitahuan-jadwal", case)
    assert "Cara Telepon atau panggilan WhatsApp" in text
    assert "petugas kami yang menelepon" in text
    assert "Tempat" not in text
    assert "hadir paling lambat" not in text
    scenes.report(case, people)
    assert "Cara Telepon atau panggilan WhatsApp Yang ikut serta" in words_of("laporan", case)


def test_a_new_time_says_that_it_replaces_the_earlier_one(people: Staff) -> None:
    scenes.schedule(case := scenes.prepared(people), people, starts_at=scenes.moment(13, 10), note="Datang.")
    scenes.reschedule(case, people)
    first, second = Document.objects.filter(case=case, kind="SCHEDULE").order_by("version")
    replaced = f"menggantikan surat Nomor {first.number} tanggal 11 November 2026."
    for words in ("Hal Perubahan Jadwal Konsultasi", replaced, "Catatan: Datang."):
        assert words in of(second)
    assert "rapat" not in of(second), "the reason stays in the office"
    for words in ("Hal Pemberitahuan Jadwal Konsultasi", "Jumat, 13 November 2026", "Catatan: Datang."):
        assert words in of(first)
    with scenes.at(16, 10):
        scheduling_services.no_show(case, by=people.petugas)
    with scenes.at(16, 12):
        scheduling_services.schedule(case, by=people.petugas, starts_at=scenes.moment(17, 9), note="Baru.")
    text = words_of("pemberitahuan-jadwal", case)
    assert "Jadwal sebelumnya, Senin, 16 November 2026 pukul 09.00 WIB" in text
    assert "Catatan: Baru." in text
