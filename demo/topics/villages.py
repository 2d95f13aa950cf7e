"""Consultations on the empowerment of villages."""

from .topic import Topic


def _village(
    asker: str, subject: str, material: str, result: str, advice: str, solution: str, recommendation: str
) -> Topic:
    return Topic("PMD", asker, subject, material, result, advice, solution, recommendation)


VILLAGES: tuple[Topic, ...] = (
    _village(
        "desa",
        "Penetapan penerima BLT Dana Desa",
        "Jumlah calon penerima BLT melebihi anggaran. Bagaimana menetapkan prioritas yang adil?",
        "Kriteria prioritas dan urutan musyawarah desa khusus dipahami.",
        "Utamakan keluarga miskin ekstrem yang belum menerima bantuan lain.",
        "Daftar penerima ditetapkan dengan peraturan kepala desa setelah musyawarah.",
        "Umumkan daftar penerima di papan informasi desa.",
    ),
    _village(
        "BUMDes Maju Bersama",
        "Pendaftaran badan hukum BUMDes",
        "Nama BUMDes kami ditolak dua kali dalam sistem. Mohon penjelasan syarat pendaftarannya.",
        "Penyebab penolakan nama diketahui dan dokumen diperbaiki.",
        "Gunakan nama yang memuat nama desa dan belum dipakai.",
        "Pendaftaran ulang dilakukan bersama petugas melalui SID Kementerian Desa.",
        "Sahkan anggaran dasar dan rumah tangga melalui musyawarah desa.",
    ),
    _village(
        "desa",
        "Penguatan kelembagaan Posyandu enam bidang SPM",
        "Kader belum memahami perubahan Posyandu menjadi lembaga kemasyarakatan enam bidang layanan.",
        "Kedudukan Posyandu sebagai LKD dan tugas kader telah dipahami.",
        "Terbitkan keputusan kepala desa tentang pengurus Posyandu.",
        "Pelatihan kader dijadwalkan bersama TP PKK.",
        "Anggarkan insentif kader dalam APBDes.",
    ),
    _village(
        "LPM Desa Sejahtera",
        "Tugas dan masa bakti pengurus LPM",
        "Masa bakti LPM berakhir. Siapa yang berwenang memilih dan mengesahkan pengurus baru?",
        "Tata cara pemilihan dan pengesahan pengurus LPM dipahami.",
        "Bentuk panitia pemilihan paling lambat tiga bulan sebelum masa bakti berakhir.",
        "Pengurus dipilih melalui musyawarah dan disahkan kepala desa.",
        "Susun rencana kerja yang selaras dengan RPJM Desa.",
    ),
    _village(
        "desa",
        "Pemutakhiran Indeks Desa",
        "Skor Indeks Desa kami turun meskipun sarana bertambah. Di mana kekeliruannya?",
        "Ditemukan empat indikator yang salah isi.",
        "Periksa bukti dukung setiap indikator sebelum mengirim.",
        "Perbaikan diajukan pada masa sanggah bersama tenaga ahli kabupaten.",
        "Tetapkan satu penanggung jawab data di desa.",
    ),
    _village(
        "Forum Pendamping Desa",
        "Pembagian tugas pendamping desa dan perangkat desa",
        "Perangkat desa meminta pendamping mengerjakan laporan keuangan. Apakah itu tugas kami?",
        "Batas tugas pendamping sesuai keputusan menteri telah diperjelas.",
        "Pendamping memfasilitasi, bukan mengerjakan, laporan keuangan.",
        "Dinas menyurati pemerintah desa tentang batas tugas tersebut.",
        "Adakan rapat koordinasi bulanan di kecamatan.",
    ),
    _village(
        "desa",
        "Ketahanan pangan desa melalui BUMDes",
        "Kami hendak menyertakan modal 20 persen dana desa untuk peternakan ayam petelur.",
        "Ketentuan penyertaan modal dan analisis kelayakan usaha dipahami.",
        "Buat analisis kelayakan sederhana dan hitung risiko pakan.",
        "Penyertaan modal ditetapkan dengan peraturan desa.",
        "Laporkan hasil usaha dalam musyawarah desa setiap semester.",
    ),
    _village(
        "desa",
        "Tata batas antara dua desa",
        "Batas desa dengan desa tetangga belum disepakati dan menghambat sertifikat warga.",
        "Tahapan penegasan batas desa dan peran tim kabupaten dipahami.",
        "Kumpulkan peta lama dan kesaksian tokoh kedua desa.",
        "Mediasi difasilitasi tim penetapan dan penegasan batas desa kabupaten.",
        "Tuangkan kesepakatan dalam berita acara bersama.",
    ),
    _village(
        "BPD Desa Makmur",
        "Musyawarah desa penyusunan RKP Desa",
        "Kepala desa menyusun RKP tanpa musyawarah. Apa yang dapat dilakukan BPD?",
        "Kewenangan BPD dalam musyawarah desa telah dijelaskan.",
        "Kirim surat resmi permintaan musyawarah kepada kepala desa.",
        "Camat diminta memfasilitasi musyawarah dalam dua pekan.",
        "Susun jadwal perencanaan tahunan bersama.",
    ),
    _village(
        "desa",
        "Desa wisata dan kelompok sadar wisata",
        "Pantai di desa kami ramai. Bagaimana pengelolaannya agar pendapatan masuk ke desa?",
        "Pilihan pengelolaan oleh BUMDes dan kerja sama dengan pokdarwis dipahami.",
        "Selesaikan status lahan sebelum menarik retribusi.",
        "Unit usaha wisata dibentuk di bawah BUMDes.",
        "Tetapkan peraturan desa tentang pengelolaan sampah wisata.",
    ),
    _village(
        "TP PKK Desa Melati",
        "Dana kegiatan PKK dalam APBDes",
        "Kegiatan PKK tidak teranggarkan tahun ini. Apakah boleh diusulkan dalam perubahan APBDes?",
        "Ketentuan perubahan APBDes dan pos pemberdayaan dipahami.",
        "Sampaikan usulan tertulis sebelum pembahasan perubahan.",
        "Usulan dimasukkan dalam musyawarah perubahan APBDes.",
        "Susun rencana kerja PKK satu tahun.",
    ),
    _village(
        "desa",
        "Pemanfaatan teknologi tepat guna pengolahan lada",
        "Petani lada memerlukan alat perontok sederhana. Adakah program teknologi tepat guna?",
        "Peluang lomba dan hibah teknologi tepat guna dijelaskan.",
        "Bentuk pos pelayanan teknologi desa.",
        "Alat contoh dipinjamkan dan diuji selama satu musim.",
        "Daftarkan inovasi pada lomba TTG provinsi.",
    ),
)
