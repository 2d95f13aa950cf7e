"""Texts of the invented cases."""

import datetime as dt
from typing import Any

from reports.models.report import Item

REPORT: dict[str, Any] = {
    "general": "Desa Contoh Jaya memerlukan kejelasan tata cara pengusulan keluarga penerima bantuan sosial.",
    "purpose": "Memberikan pemahaman tentang alur pengusulan dan verifikasi data.",
    "basis": "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik.",
    "activities": "Konsultasi dilaksanakan tatap muka. Petugas menjelaskan alur pengusulan.\n\n"
    "Pemohon membawa daftar 14 keluarga yang belum terdata.",
    "results": "Pemohon memahami tahapan musyawarah desa dan unggah data.",
    "conclusion": "Pengusulan dilakukan melalui musyawarah desa dan disahkan kepala desa.",
    "items": [
        Item(Item.Kind.ADVICE, "Selenggarakan musyawarah desa paling lambat Desember 2026."),
        Item(Item.Kind.ADVICE, "Bentuk tim verifikasi desa."),
        Item(Item.Kind.SUGGESTION, "Libatkan ketua RT dalam pendataan."),
        Item(Item.Kind.CONSIDERATION, "Kuota daerah terbatas."),
        Item(Item.Kind.SOLUTION, "Data diusulkan bertahap menurut peringkat kesejahteraan."),
        Item(Item.Kind.RECOMMENDATION, "Perbarui data setiap triwulan.", "Pemerintah Desa Contoh Jaya"),
        Item(
            Item.Kind.RECOMMENDATION,
            "Laporkan hasil musyawarah ke dinas.",
            "Kepala Desa Contoh Jaya",
            dt.date(2026, 12, 31),
        ),
        Item(Item.Kind.RECOMMENDATION, "Ajukan pendampingan bila unggahan ditolak."),
    ],
}

REVIEW = {
    "problem": "Pemerintah desa belum dapat mengusulkan 14 keluarga karena belum ada kesamaan tata cara.",
    "assumptions": "Ke-14 keluarga memenuhi syarat.\nMusyawarah desa dapat diselenggarakan tahun ini.",
    "facts": "Data terakhir diperbarui tahun 2024.\nKuota tambahan belum ditetapkan.\n"
    "Operator desa berganti pada bulan Agustus 2026.",
    "analysis": "Pengusulan dapat berjalan bila musyawarah desa dan verifikasi lapangan selesai.",
    "conclusion": "Pengusulan dimungkinkan melalui musyawarah desa.",
    "advice": "Mohon persetujuan untuk mendampingi musyawarah desa pada bulan Desember 2026.",
}

REASON = (
    "Pembaruan data kependudukan bukan kewenangan dinas ini. Sampaikan kepada Dinas Kependudukan dan "
    "Pencatatan Sipil kabupaten tempat tinggal Bapak/Ibu."
)

REQUEST: dict[str, Any] = {
    "code": "7K3M-9Q2X",
    "secret": "contoh-tautan-rahasia-pemohon-00",
    "applicant_name": "Contoh Pratama",
    "applicant_position": "Kepala Desa",
    "organisation": "Pemerintah Desa Contoh Jaya",
    "address": "Jl. Contoh Raya No. 5, Desa Contoh Jaya",
    "phone": "+6281200000001",
    "subject": "Tata cara pengusulan penerima bantuan sosial desa",
    "material": "Kami memerlukan penjelasan tentang tata cara mengusulkan 14 keluarga yang belum terdata.\n\n"
    "Mohon juga dijelaskan dokumen yang harus disiapkan oleh pemerintah desa.",
}

PLAN = {
    "U2": ("Membagikan bagan alur layanan ke semua kantor desa.", "Tim PKD"),
    "U3": ("Menetapkan jadwal dua hari kerja sesudah petugas ditunjuk.", "Kepala Bidang"),
    "U8": ("Menambah kursi dan kipas angin di ruang tunggu.", "Sekretariat"),
}
"""The follow-up plan of a survey: action and person in charge by element."""

MEETING: dict[str, Any] = {
    "agenda": "Pemadanan data 14 keluarga penerima bantuan\nJadwal pemutakhiran data desa",
    "short_notice_reason": "hasil pemadanan diperlukan sebelum konsultasi tanggal 16 November 2026.",
    "invited": "Kepala Badan Pusat Statistik Kabupaten Contoh\nKepala Dinas Kependudukan Kabupaten Contoh",
}

NOTES: dict[str, Any] = {
    "attendees": "Contoh Melati, S.ST.; Petugas; Dinas Contoh\nContoh Bintang; Statistisi; BPS Contoh",
    "discussion": "BPS menyampaikan bahwa data dasar dapat dibagikan atas permintaan tertulis.\n\n"
    "Dinas Kependudukan menyatakan keempat belas keluarga tercatat.",
    "conclusion": "Data dipadankan paling lambat akhir bulan.\nDesa memutakhirkan data setiap triwulan.",
}
