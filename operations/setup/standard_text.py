"""A neutral standard for an office that has none yet: 14 components, filled in with the office's names.

The titles are those of PermenPANRB 15/2014. On record and published, so always Indonesian.
"""

from office.models import Office, StandardComponent

DELIVERY, MANUFACTURING = StandardComponent.Part.DELIVERY, StandardComponent.Part.MANUFACTURING

COMPONENTS: dict[int, tuple[str, str, str]] = {
    1: (
        DELIVERY,
        "Persyaratan",
        "Materi konsultasi yang jelas\nWaktu kunjungan yang diinginkan\nNomor kontak yang dapat dihubungi",
    ),
    2: (
        DELIVERY,
        "Sistem, Mekanisme dan Prosedur",
        "Pengguna layanan mengajukan permohonan kepada pimpinan {office}, melalui surat, situs layanan, "
        "atau datang langsung.\n"
        "Permohonan diperiksa kelengkapannya dan dicatat dalam buku agenda.\n"
        "Pimpinan mendisposisikan permohonan kepada pimpinan {division} terkait.\n"
        "Pimpinan {division} menugaskan petugas, atau melayani sendiri.\n"
        "Petugas menyiapkan administrasi dan bahan konsultasi.\n"
        "Pemohon menerima jadwal konsultasi.\n"
        "Petugas memberikan layanan konsultasi.\n"
        "Pengguna layanan yang datang langsung karena alasan mendesak dapat langsung dilayani.\n"
        "Petugas menyampaikan laporan hasil konsultasi secara tertulis kepada pimpinan melalui pimpinan "
        "{division}.",
    ),
    3: (DELIVERY, "Jangka Waktu Pelayanan", "{minutes} menit"),
    4: (DELIVERY, "Biaya/Tarif", "Tidak dipungut biaya"),
    5: (
        DELIVERY,
        "Produk Pelayanan",
        "Saran, masukan, pertimbangan, solusi dan rekomendasi terhadap permasalahan yang dikonsultasikan",
    ),
    6: (
        DELIVERY,
        "Penanganan Pengaduan, Saran, dan Masukan",
        "Pengaduan, saran, dan masukan disampaikan melalui situs layanan, surat, atau langsung ke {office}, "
        "{address}.\n"
        "Pengaduan dicatat, diperiksa, dan dijawab secara tertulis.",
    ),
    7: (
        MANUFACTURING,
        "Dasar Hukum",
        "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik\n"
        "Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi\n"
        "Peraturan Pemerintah Nomor 96 Tahun 2012 tentang Pelaksanaan Undang-Undang Pelayanan Publik\n"
        "Peraturan Presiden Nomor 76 Tahun 2013 tentang Pengelolaan Pengaduan Pelayanan Publik\n"
        "Peraturan Menteri PANRB Nomor 15 Tahun 2014 tentang Pedoman Standar Pelayanan",
    ),
    8: (
        MANUFACTURING,
        "Sarana, Prasarana dan/atau Fasilitas",
        "Ruang tunggu dan ruang konsultasi\nKomputer, pencetak, dan jaringan internet\n"
        "Tempat duduk prioritas bagi lanjut usia dan penyandang disabilitas",
    ),
    9: (
        MANUFACTURING,
        "Kompetensi Pelaksana",
        "Memahami tugasnya\nMampu mendengarkan, berkomunikasi, dan menyusun laporan\n"
        "Mampu mengoperasikan komputer",
    ),
    10: (
        MANUFACTURING,
        "Pengawasan Internal",
        "Dilakukan oleh pimpinan {division} secara berjenjang kepada pimpinan\n"
        "Setiap langkah pelayanan tercatat dan dapat ditelusuri",
    ),
    11: (MANUFACTURING, "Jumlah Pelaksana", "Sekurang-kurangnya satu petugas pada setiap {division}"),
    12: (
        MANUFACTURING,
        "Jaminan Pelayanan",
        "Pelayanan diberikan sesuai standar pelayanan yang telah ditetapkan, tanpa biaya dan tanpa "
        "membedakan",
    ),
    13: (
        MANUFACTURING,
        "Jaminan Keamanan dan Keselamatan Pelayanan",
        "Data pribadi dan materi konsultasi pemohon dijaga kerahasiaannya\n"
        "Ruang pelayanan aman dan mudah dijangkau",
    ),
    14: (
        MANUFACTURING,
        "Evaluasi Kinerja Pelaksana",
        "Survei Kepuasan Masyarakat sekurang-kurangnya satu kali setahun\n"
        "Standar pelayanan ditinjau sekurang-kurangnya satu kali setahun",
    ),
}
"""Part, title and text by number."""


def list_components(office: Office) -> list[StandardComponent]:
    """Return the 14 components as stored; those that are missing with the neutral text, not saved."""
    stored = {component.number: component for component in StandardComponent.objects.all()}
    address = " ".join(office.address.split())
    facts = {
        "office": office.name or "kantor",
        "address": address,
        "minutes": office.service_minutes,
        "division": office.word_division_name.lower(),
    }
    return [
        stored.get(number)
        or StandardComponent(
            number=number, part=part, title=title, text=text.format(**facts), is_decreed=part == DELIVERY
        )
        for number, (part, title, text) in COMPONENTS.items()
    ]
