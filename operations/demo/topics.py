"""Topics of the demo's cases: what an applicant asks, and what the consultation gives."""

from dataclasses import dataclass

CODES = {"LINJAMSOS": "400.9.11", "REHSOS": "400.9.3", "DAYASOS": "400.9.14", "PMD": "400.10.2"}
"""The full code of the topics of each division."""


@dataclass(frozen=True)
class Topic:
    """A topic with the code of its division, its asker (`desa`, `warga` or an organisation) and the answer.

    An urgent topic may come as a walk-in (step 8).
    """

    division: str
    asker: str
    subject: str
    material: str
    result: str
    advice: str
    solution: str
    recommendation: str
    is_urgent: bool = False

    @property
    def classification(self) -> str:
        """The classification code of Permendagri 83/2022."""
        return "400.10.7" if "BUM" in self.subject else CODES[self.division]


COMPLAINTS: tuple[Topic, ...] = (
    Topic(
        "LINJAMSOS",
        "warga",
        "Pemotongan bantuan sembako oleh penyalur",
        "Bantuan yang saya terima berkurang dua ratus ribu rupiah dan diminta tidak menanyakannya.",
        "Keterangan pengadu dan penyalur telah didengar terpisah.",
        "Simpan bukti penyaluran dan jangan serahkan kartu kepada orang lain.",
        "Kekurangan bantuan dikembalikan dan penyalur mendapat teguran tertulis.",
        "Penyaluran berikutnya diawasi pendamping sosial.",
    ),
    Topic(
        "REHSOS",
        "warga",
        "Perilaku petugas loket yang tidak sopan",
        "Saya dibentak di depan umum ketika menanyakan persyaratan rehabilitasi bagi ayah saya.",
        "Petugas terkait telah dimintai keterangan dan mengakui kekeliruannya.",
        "Mohon sampaikan langsung kepada Sekretariat bila terulang.",
        "Permintaan maaf disampaikan dan petugas mendapat pembinaan.",
        "Pelatihan pelayanan ramah diadakan bagi semua petugas.",
    ),
    Topic(
        "PMD",
        "warga",
        "Daftar penerima BLT desa tidak diumumkan",
        "Daftar penerima tidak pernah ditempel dan warga tidak diundang musyawarah.",
        "Pemerintah desa telah dimintai penjelasan tertulis.",
        "Mintalah salinan daftar melalui BPD.",
        "Daftar penerima ditempel di kantor desa dalam tiga hari kerja.",
        "Musyawarah desa berikutnya dihadiri pendamping desa.",
    ),
    Topic(
        "DAYASOS",
        "warga",
        "Pungutan dalam pengajuan usaha ekonomi produktif",
        "Ketua kelompok meminta uang administrasi agar nama kami diusulkan.",
        "Dipastikan tidak ada pungutan resmi dalam program ini.",
        "Laporkan pungutan apa pun disertai waktu dan tempatnya.",
        "Kelompok dibina ulang dan pungutan dikembalikan kepada anggota.",
        "Tegaskan layanan tanpa biaya pada setiap sosialisasi.",
    ),
    Topic(
        "LINJAMSOS",
        "desa",
        "Keterlambatan penyaluran bantuan bencana",
        "Bantuan untuk korban banjir tiba sembilan hari setelah dilaporkan.",
        "Penyebab keterlambatan diketahui: kendaraan gudang rusak.",
        "Laporkan kejadian melalui posko selain surat.",
        "Gudang penyangga ditempatkan di dua kecamatan.",
        "Evaluasi waktu tanggap setiap triwulan.",
    ),
    Topic(
        "REHSOS",
        "Lembaga Kesejahteraan Sosial Pelita",
        "Hasil asesmen klien tidak kunjung diterima",
        "Asesmen empat klien kami dilakukan dua bulan lalu dan hasilnya belum kami terima.",
        "Berkas asesmen ditemukan dan diselesaikan.",
        "Cantumkan kode lacak ketika menanyakan berkas.",
        "Hasil asesmen keempat klien diserahkan dalam konsultasi.",
        "Batas waktu asesmen dicantumkan dalam tanda terima.",
    ),
)


PROTECTION, REHABILITATION, POVERTY = "LINJAMSOS", "REHSOS", "DAYASOS"

SOCIAL: tuple[Topic, ...] = (
    Topic(
        PROTECTION,
        "desa",
        "Pengusulan warga miskin ke dalam DTSEN",
        "Sebanyak 23 keluarga miskin belum tercatat dalam DTSEN. Bagaimana tata cara pengusulannya?",
        "Desa memahami alur musyawarah desa, penginputan SIKS-NG, dan pengesahan kepala daerah.",
        "Adakan musyawarah desa khusus pemutakhiran data dan buat berita acaranya.",
        "Operator desa dibantu petugas menginput usulan pada jadwal pemutakhiran bulan berjalan.",
        "Mutakhirkan data setiap triwulan bersama pendamping sosial.",
    ),
    Topic(
        REHABILITATION,
        "warga",
        "Bantuan kursi roda bagi penyandang disabilitas",
        "Anak saya berusia 14 tahun, lumpuh sejak lahir, dan kursi rodanya rusak. Bagaimana memohon bantuan?",
        "Pemohon memahami persyaratan asesmen dan dokumen alat bantu.",
        "Lengkapi surat keterangan dokter dan foto kondisi penyandang disabilitas.",
        "Pekerja sosial melakukan asesmen ke rumah sebelum usulan diteruskan ke sentra Kementerian Sosial.",
        "Daftarkan anak pada layanan terapi di puskesmas terdekat.",
    ),
    Topic(
        PROTECTION,
        "warga",
        "Kepesertaan PKH yang terhenti",
        "Bantuan PKH ibu saya berhenti sejak dua tahap terakhir padahal masih ada anak sekolah.",
        "Penyebab penghentian ditemukan: data sekolah anak tidak padan.",
        "Perbaiki data pendidikan anak melalui operator sekolah.",
        "Pendamping PKH mengajukan verifikasi komitmen ulang pada tahap berikutnya.",
        "Periksa status kepesertaan secara berkala melalui Cek Bansos.",
    ),
    Topic(
        POVERTY,
        "Yayasan Cahaya Serumpun",
        "Izin pengumpulan sumbangan untuk pembangunan rumah singgah",
        "Yayasan hendak mengumpulkan sumbangan di tiga kabupaten. Apa saja persyaratan izinnya?",
        "Pengurus memahami syarat izin PUB tingkat provinsi dan kewajiban pelaporan.",
        "Siapkan akta, NPWP, surat keterangan terdaftar, dan rencana penggunaan sumbangan.",
        "Permohonan izin diajukan melalui sistem perizinan dengan rekomendasi dinas kabupaten.",
        "Umumkan hasil pengumpulan kepada masyarakat setelah kegiatan selesai.",
    ),
    Topic(
        REHABILITATION,
        "warga",
        "Penempatan lansia terlantar di panti",
        "Seorang kakek tanpa keluarga tinggal di gubuk dan mulai sakit. Dapatkah beliau masuk panti?",
        "Disepakati asesmen kelayakan panti dan penelusuran keluarga.",
        "Buat surat keterangan terlantar dari desa yang diketahui camat.",
        "Lansia dijemput bersama TKSK dan diperiksa di puskesmas sebelum masuk panti.",
        "Libatkan warga sekitar dalam kunjungan berkala.",
    ),
    Topic(
        REHABILITATION,
        "desa",
        "Penanganan ODGJ yang meresahkan warga",
        "Seorang warga dengan gangguan jiwa sering mengamuk dan pernah dipasung keluarganya.",
        "Desa memahami alur rujukan rumah sakit jiwa dan pembebasan pasung.",
        "Hubungi puskesmas untuk pemeriksaan awal dan jangan memasung kembali.",
        "Rujukan dilakukan bersama dinas kesehatan; rehabilitasi sosial menyusul setelah perawatan.",
        "Bentuk kader kesehatan jiwa di desa.",
        is_urgent=True,
    ),
    Topic(
        PROTECTION,
        "desa",
        "Bantuan logistik korban angin puting beliung",
        "Angin puting beliung merusak 17 rumah. Kami memohon petunjuk pengajuan bantuan logistik.",
        "Desa menyerahkan data kerusakan dan memahami berkas pengajuan.",
        "Susun daftar korban per keluarga beserta foto kerusakan.",
        "Logistik sandang dan pangan dikirim dari gudang dinas setelah data diverifikasi Tagana.",
        "Jadikan desa rawan bencana sebagai Kampung Siaga Bencana.",
        is_urgent=True,
    ),
    Topic(
        POVERTY,
        "Karang Taruna Bina Muda",
        "Pembinaan Karang Taruna dan usaha ekonomi pemuda",
        "Kepengurusan karang taruna baru terbentuk dan memerlukan pembinaan administrasi dan usaha.",
        "Pengurus memahami pengukuhan, klasifikasi, dan peluang usaha ekonomi produktif.",
        "Susun program kerja dan minta pengukuhan kepala desa.",
        "Karang taruna diikutkan dalam bimbingan teknis tahun berjalan.",
        "Bermitra dengan BUMDes setempat.",
    ),
    Topic(
        REHABILITATION,
        "Panti Asuhan Kasih Bersama",
        "Akreditasi lembaga kesejahteraan sosial anak",
        "Panti kami mengasuh 28 anak dan akan diakreditasi. Dokumen apa yang harus disiapkan?",
        "Pengurus memahami instrumen akreditasi dan standar pengasuhan.",
        "Perbarui tanda daftar LKS dan berkas asesmen setiap anak.",
        "Petugas melakukan pendampingan pengisian instrumen selama dua pekan.",
        "Utamakan pengasuhan keluarga; panti sebagai pilihan terakhir.",
    ),
    Topic(
        POVERTY,
        "desa",
        "Pemberdayaan Komunitas Adat Terpencil",
        "Terdapat 40 keluarga di pesisir yang belum terjangkau listrik dan layanan dasar.",
        "Persyaratan studi kelayakan KAT dan tahapan pemberdayaan dipahami.",
        "Siapkan data awal lokasi, kepemilikan lahan, dan pernyataan warga.",
        "Penjajagan awal dilakukan bersama pemerintah kabupaten pada triwulan berikutnya.",
        "Libatkan tokoh adat sejak perencanaan.",
    ),
    Topic(
        REHABILITATION,
        "warga",
        "Pemulangan orang terlantar ke kampung halaman",
        "Adik kami terlantar di Pangkalpinang tanpa ongkos pulang ke Lampung.",
        "Identitas dan alamat keluarga telah dipastikan melalui dinas sosial tujuan.",
        "Mintalah surat keterangan kehilangan dari kepolisian.",
        "Tiket kapal dan bekal perjalanan diberikan; dinas sosial tujuan menjemput.",
        "Keluarga melapor setelah yang bersangkutan tiba.",
        is_urgent=True,
    ),
    Topic(
        POVERTY,
        "Koperasi Mitra Nelayan",
        "Izin undian gratis berhadiah",
        "Koperasi akan mengadakan undian gratis bagi anggota. Bagaimana ketentuan izin dan saksinya?",
        "Ketentuan izin UGB, saksi, dan pajak hadiah telah dipahami.",
        "Ajukan izin paling lambat 14 hari kerja sebelum kegiatan.",
        "Petugas dinas hadir sebagai saksi pada saat penarikan undian.",
        "Simpan berita acara penyerahan hadiah.",
    ),
    Topic(
        REHABILITATION,
        "desa",
        "Anak terlantar korban perceraian",
        "Dua anak ditinggal orang tuanya dan dititipkan berpindah-pindah di rumah tetangga.",
        "Disepakati asesmen anak dan penelusuran keluarga sampai derajat ketiga.",
        "Tunjuk wali sementara melalui musyawarah keluarga.",
        "Pekerja sosial mendampingi dan mengusulkan dukungan ATENSI.",
        "Pastikan anak tetap bersekolah dan memiliki akta kelahiran.",
        is_urgent=True,
    ),
    Topic(
        PROTECTION,
        "warga",
        "Penonaktifan PBI Jaminan Kesehatan",
        "Kartu PBI-JK orang tua saya nonaktif ketika akan berobat rutin cuci darah.",
        "Syarat reaktivasi bagi penderita penyakit kronis telah dijelaskan.",
        "Bawa surat keterangan rumah sakit dan fotokopi kartu keluarga ke dinas sosial kabupaten.",
        "Reaktivasi diajukan melalui SIKS-NG pada hari yang sama.",
        "Padankan data kependudukan agar tidak nonaktif kembali.",
        is_urgent=True,
    ),
    Topic(
        POVERTY,
        "desa",
        "Pengajuan rumah tidak layak huni",
        "Terdapat 12 rumah tidak layak huni milik keluarga miskin. Program apa yang tersedia?",
        "Kriteria RS-RTLH dan pembagian kewenangan dengan dinas perumahan telah dipahami.",
        "Lengkapi bukti kepemilikan tanah dan foto tampak depan, samping, dan dalam.",
        "Enam rumah yang memenuhi syarat diusulkan lebih dahulu.",
        "Gunakan gotong royong sebagai swadaya.",
    ),
    Topic(
        REHABILITATION,
        "Lembaga Rehabilitasi Harapan Baru",
        "Rehabilitasi sosial korban penyalahgunaan napza",
        "Lembaga kami menerima klien rujukan dan memerlukan arahan standar layanan rehabilitasi.",
        "Standar layanan IPWL dan mekanisme rujukan telah dipahami.",
        "Lengkapi tenaga konselor bersertifikat.",
        "Rujukan klien dilakukan melalui asesmen terpadu.",
        "Siapkan program pascarehabilitasi dan keterampilan kerja.",
    ),
    Topic(
        PROTECTION,
        "desa",
        "Pembentukan Kampung Siaga Bencana",
        "Desa kami di tepi sungai dan sering banjir; kami hendak membentuk Kampung Siaga Bencana.",
        "Tahapan pembentukan KSB dan kebutuhan lumbung sosial dipahami.",
        "Petakan daerah rawan dan jalur evakuasi.",
        "Tagana melatih tiga puluh warga sebelum pengukuhan.",
        "Anggarkan perawatan lumbung sosial dalam APBDes.",
    ),
)


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


__all__ = ["COMPLAINTS", "CONSULTATIONS", "Topic"]

# Alternate, so that every division has cases at any time.
CONSULTATIONS = tuple(
    topic
    for position in range(max(len(SOCIAL), len(VILLAGES)))
    for topic in (*SOCIAL[position : position + 1], *VILLAGES[position : position + 1])
)
