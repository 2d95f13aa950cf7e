"""Texts that people of the demo enter at each step, in reports and in staff reviews."""

import datetime as dt
from typing import Any

from consultations.models import Case
from kit import clock
from operations.demo.topics import Topic
from reports.models.report import Item

PHRASES = """
send_back: Mohon lampirkan surat resmi dari pemerintah desa.
send_back: Materi konsultasi belum jelas. Mohon uraikan jumlah warga dan bantuan yang ditanyakan.
complete: Kelengkapan sudah kami sampaikan.
complete: Data warga telah kami tambahkan.
void: Tercatat dua kali dalam buku agenda.
void: Kode klasifikasi keliru; diagendakan kembali dengan nomor baru.
name_official: Pelapor menyebut nama petugas dalam keterangan tambahannya.
dispose: Layani dengan baik dan laporkan hasilnya.
dispose: Koordinasikan dengan dinas sosial kabupaten.
dispose:
decline: Materi ini merupakan kewenangan pemerintah kabupaten. Silakan menghubungi dinas sosial setempat.
decline: Perkara ini sedang diperiksa aparat penegak hukum sehingga tidak dapat dikonsultasikan di sini.
complain: Menurut surat kabupaten tanggal 3, urusan ini wewenang provinsi. Mohon diperiksa lagi.
to_complaint: Isinya keluhan atas pelayanan, bukan pertanyaan.
to_consultation: Isinya pertanyaan tentang syarat bantuan, tanpa keluhan.
split: Surat memuat dua urusan yang ditangani bidang berbeda.
hand_back: Materi lebih tepat ditangani bidang lain sesuai uraian tugas.
hand_back: Materi menyangkut tugas bidang lain; mohon didisposisikan kembali.
recall: Salah pilih bidang; materi ini tugas bidang lain.
assign: Siapkan data desa dan peraturan terkait.
assign: Hubungi pendamping sosial setempat sebelum jadwal.
reassign: Petugas semula mengikuti diklat.
reassign: Petugas semula bertugas di lokasi bencana.
reschedule: Atas permintaan pemohon yang berhalangan karena kapal tidak berangkat.
reschedule: Petugas mengikuti rapat mendadak dengan pimpinan.
ask_time: Pada hari itu ada musyawarah desa yang harus saya hadiri.
ask_time: Kapal dari pulau kami tidak berangkat hari itu.
keep_time: Pada hari lain ruang konsultasi penuh. Konsultasi dapat juga lewat rapat video.
lapse: Kelengkapan tidak kami terima dalam 10 hari kerja. Silakan mengajukan lagi.
no_show: Pemohon tidak dapat dihubungi sampai waktu konsultasi berakhir.
undo_start: Salah ketuk: pemohon belum mengangkat telepon.
finish: Konsultasi berjalan lancar.
finish: Pemohon meminta salinan peraturan.
finish:
revise: Lengkapi pertimbangan dan dasar hukumnya.
revise: Rekomendasi belum menyebut siapa yang menindaklanjuti.
forward: Sudah diperiksa, mohon arahan.
forward:
return: Tegaskan batas waktu tindak lanjutnya.
accept: Setuju. Pantau pelaksanaannya.
accept:
ask_opinion: Apakah pemohon dapat dilayani melalui program instansi Saudara tahun ini?
ask_opinion: Mohon data dan persyaratan yang berlaku pada instansi Saudara untuk materi ini.
record_opinion: Pada prinsipnya dapat dilayani sepanjang data kependudukan pemohon padan dan diusulkan desa.
record_opinion: Program tahun ini sudah terpenuhi; silakan mengusulkan untuk tahun anggaran berikutnya.
record_minutes: Setiap instansi menyampaikan data yang dimilikinya. Perbedaan data dibahas satu per satu.
correct: Nama desa pada hasil yang dicapai keliru. Perbaiki dan sampaikan kembali.
ask_again: Apakah berita acara musyawarah desa harus memakai meterai?
ask_again: Bila kepala keluarganya sedang merantau, siapa yang boleh menandatangani?
answer_again: Tidak perlu meterai. Cukup tanda tangan kepala desa, BPD, dan stempel desa.
answer_again: Anggota keluarga dewasa di KK boleh menandatangani dengan surat kuasa bermeterai.
follow_up: Sudah dilaksanakan; berita acaranya disimpan di bidang.
follow_up: Data sudah dimutakhirkan bersama pendamping dan dilaporkan kepada Kepala Bidang.
survey: Petugasnya sabar dan penjelasannya mudah dipahami.
survey: Ruang tunggu sempit dan panas.
survey:
refuse_disposition: Yang saya maksud permohonan lain; ini saya disposisikan sendiri.
ratify_assignment: Sesuai arahan saya.
refuse_assignment: Petugas ini sedang mengikuti diklat; saya tunjuk yang lain.
ratify: Disahkan.
ratify: Disahkan, lanjutkan pendampingan.
withdraw: Persoalan sudah selesai dalam musyawarah desa.
withdraw_for: Sudah mendapat penjelasan dari dinas sosial kabupaten.
"""
"""What people may enter, by verb."""


def list_phrases(verb: str) -> list[str]:
    rows = (line.partition(":") for line in PHRASES.strip().splitlines())
    return [text.strip() for name, _colon, text in rows if name == verb]


def report_sections(case: Case, topic: Topic, version: int) -> dict[str, Any]:
    """The sections and items of the report of a consultation on this topic."""
    asker = case.organisation or case.applicant_name
    better = "" if version == 1 else " Laporan ini telah diperbaiki sesuai arahan pimpinan."
    kind = Item.Kind
    due = clock.today() + dt.timedelta(days=14 + case.pk * 5 % 30)
    further = [Item(kind.RECOMMENDATION, "Laporkan perkembangannya kepada dinas.")] if case.pk % 3 else []
    return {
        "general": f"{asker} memohon konsultasi mengenai {topic.inline_subject}.",
        "purpose": "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi kepada pemohon.",
        "scope": "Materi yang disampaikan pemohon serta ketentuan yang berlaku.",
        "basis": "SK Standar Layanan Konsultasi Nomor 188.4/47/DINSOSPMD/2023.",
        "activities": f"Konsultasi dengan {case.applicant_name}; materi: {case.material}",
        "results": topic.result,
        "conclusion": "Materi konsultasi telah dibahas dan dipahami pemohon.",
        "closing": "Demikian laporan ini disampaikan untuk menjadi bahan pertimbangan.",
        "items": [
            Item(kind.ADVICE, topic.advice),
            Item(kind.SUGGESTION, "Pemohon disarankan menjaga komunikasi dengan pendamping setempat."),
            Item(kind.CONSIDERATION, "Kewenangan provinsi, anggaran, dan keadaan pemohon." + better),
            Item(kind.SOLUTION, topic.solution),
            Item(kind.RECOMMENDATION, topic.recommendation, asker, due),
            *further,
        ],
    }


def review_sections(case: Case, topic: Topic) -> dict[str, str]:
    """Return the six parts of the staff review (telaahan staf)."""
    return {
        "problem": f"{case.material}",
        "assumptions": "Pemohon memiliki data yang benar.\nPemerintah kabupaten bersedia bekerja sama.",
        "facts": "Anggaran tahun berjalan terbatas.\nKewenangan terbagi antara provinsi dan kabupaten.",
        "analysis": f"{topic.result} Pembahasan memerlukan keterangan instansi terkait.",
        "conclusion": topic.solution,
        "advice": topic.recommendation,
    }
