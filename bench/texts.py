"""Plausible Indonesian texts of realistic length for made-up cases. No name belongs to a real person."""

import random


def listed(text: str) -> list[str]:
    return text.split("|")


FIRST = listed(
    "Ahmad|Andi|Anita|Budi|Citra|Darmawan|Dewi|Eka|Endang|Fajar|Fitri|Hasan|Hendra|Ika|Indra|Jamal|Kartika|"
    "Lina|Maulana|Mega|Nanda|Nurul|Oki|Putri|Rahmat|Rina|Rizal|Sari|Slamet|Sulastri|Taufik|Tuti|Umar|Vina|"
    "Wahyu|Wulan|Yanti|Yusuf|Zainal|Zahra"
)
LAST = listed(
    "Abdullah|Anggraini|Basuki|Cahyono|Damanik|Effendi|Firmansyah|Gunawan|Hakim|Handayani|Hidayat|Irawan|"
    "Juniarti|Kurniawan|Lestari|Mahendra|Marlina|Nasution|Nugroho|Oktaviani|Pratama|Purnama|Rahmawati|"
    "Ramadhan|Safitri|Santoso|Saputra|Setiawan|Suryani|Susanto|Utami|Wibowo|Widodo|Wijaya|Yulianti|Zulkarnain"
)
PLACES = listed(
    "Air Anyir|Air Duren|Balunijuk|Batu Betumpang|Belilik|Bencah|Beruas|Buding|Cendil|Dendang|Gantung|"
    "Jada Bahrin|Jelutung|Kace|Kapit|Kemuja|Kimak|Kumbung|Lampur|Lenggang|Mangkol|Mayang|Mendo|Namang|"
    "Nangka|Nibung|Padang Baru|Pangkul|Paku|Pergam|Petaling|Puput|Rajik|Rias|Rukam|Sempan|Serdang|Sungkap|"
    "Tanjung Gunung|Tepus|Terentang|Tuik|Zed"
)
MATTERS = listed(
    "Penyaluran bantuan sosial pangan|Pemutakhiran data terpadu kesejahteraan sosial|"
    "Penyusunan rencana kerja pemerintah desa|Pembentukan badan usaha milik desa|"
    "Rehabilitasi sosial lanjut usia terlantar|Pelayanan penyandang disabilitas di keluarga|"
    "Penetapan batas desa|Pengelolaan dana desa dan laporan realisasinya|Izin pengumpulan uang dan barang|"
    "Pembinaan karang taruna dan pekerja sosial masyarakat|Penanganan orang dengan gangguan jiwa|"
    "Pendampingan anak berhadapan dengan hukum|Program keluarga harapan|Pengangkatan anak|"
    "Pengisian jabatan perangkat desa|Bantuan bagi korban bencana alam|Reaktivasi jaminan kesehatan"
)
REASONS = listed(
    "bagi warga yang belum terdata|tahun anggaran berjalan|sesuai peraturan yang baru|di wilayah kepulauan|"
    "untuk keluarga rentan|setelah pergantian kepala desa|bersama pemerintah kabupaten"
)
SENTENCES = (
    "Kami memohon arahan mengenai langkah yang harus ditempuh desa agar tidak menyalahi ketentuan.",
    "Sampai saat ini terdapat perbedaan data antara catatan desa dan data yang diterima dari kabupaten.",
    "Beberapa warga telah mengajukan permohonan melalui musyawarah desa, tetapi belum memperoleh kepastian.",
    "Kami telah membaca petunjuk teknisnya, namun masih ragu mengenai syarat dan batas waktunya.",
    "Mohon penjelasan pula mengenai dokumen yang perlu disiapkan dan pejabat yang menandatanganinya.",
    "Perangkat desa yang menangani urusan ini baru bertugas sehingga memerlukan pendampingan.",
    "Pemohon dan petugas membahas dokumen yang dibawa serta mencocokkannya dengan ketentuan.",
    "Disepakati bahwa pemutakhiran data dilakukan setiap triwulan melalui musyawarah desa atau kelurahan.",
    "Dasar pelaksanaan adalah peraturan menteri beserta petunjuk teknis dari pemerintah provinsi.",
    "Pemerintah desa diminta menyampaikan berita acara musyawarah paling lambat akhir bulan.",
    "Petugas menjelaskan pembagian kewenangan antara desa, kabupaten, dan provinsi dalam perkara ini.",
    "Hasil konsultasi perlu ditindaklanjuti dengan surat resmi kepada dinas di tingkat kabupaten.",
    "Usulan yang belum lengkap dikembalikan kepada pengusul disertai catatan kekurangannya.",
    "Keluarga yang bersangkutan agar didampingi pekerja sosial sampai permohonannya diputuskan.",
)
RARE = ("kerupuk", "sampan", "menumbing", "lepar", "gerhana")


def person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(FIRST)} {rng.choice(LAST)}"


def village(rng: random.Random) -> str:
    return f"Desa {rng.choice(PLACES)}"


def subject(rng: random.Random) -> str:
    """About 60 letters; one in five hundred has a word that few cases have."""
    rare = f" ({rng.choice(RARE)})" if rng.random() < 0.002 else ""
    return f"{rng.choice(MATTERS)} {rng.choice(REASONS)}{rare}"


def text(rng: random.Random, least: int, most: int) -> str:
    """Between `least` and `most` sentences of about a hundred letters each."""
    return " ".join(rng.choices(SENTENCES, k=rng.randint(least, most)))
