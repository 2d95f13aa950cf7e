"""Topics of the demo's cases: what an applicant asks, and what the consultation gives."""

from itertools import batched
from typing import NamedTuple

CODES = {"LINJAMSOS": "400.9.11", "REHSOS": "400.9.3", "DAYASOS": "400.9.14", "PMD": "400.10.2"}
"""The full code of the topics of each division."""


class Topic(NamedTuple):
    """A topic with the code of its division, its asker (`desa`, `warga` or an organisation) and the answer.

    An urgent topic may come as a walk-in (step 8).
    """

    division: str
    asker: str
    subject: str
    material: str
    advice: str
    solution: str
    recommendation: str
    is_urgent: bool

    @property
    def classification(self) -> str:
        """The classification code of Permendagri 83/2022."""
        return "400.10.7" if "BUM" in self.subject else CODES[self.division]

    @property
    def result(self) -> str:
        return f"Persyaratan dan langkah mengenai {self.inline_subject} telah dijelaskan dan dipahami."

    @property
    def inline_subject(self) -> str:
        """The subject for use within a sentence. Abbreviations keep their capitals."""
        subject = self.subject
        return subject if subject[1:2].isupper() else subject[0].lower() + subject[1:]


def read(text: str) -> tuple[Topic, ...]:
    """Return the topics of a list: five lines each, "!" after the division of an urgent one."""
    found = []
    for head, material, advice, solution, recommendation in batched(text.strip().splitlines(), 5):
        division, asker, subject = head.split(" | ")
        answer = (material, advice, solution, recommendation)
        found.append(Topic(division.rstrip("!"), asker, subject, *answer, "!" in division))
    return (*found,)


COMPLAINTS = read("""
LINJAMSOS | warga | Pemotongan bantuan sembako oleh penyalur
Bantuan yang saya terima berkurang dua ratus ribu rupiah dan diminta tidak menanyakannya.
Simpan bukti penyaluran dan jangan serahkan kartu kepada orang lain.
Kekurangan bantuan dikembalikan dan penyalur mendapat teguran tertulis.
Penyaluran berikutnya diawasi pendamping sosial.
REHSOS | warga | Perilaku petugas loket yang tidak sopan
Saya dibentak di depan umum ketika menanyakan persyaratan rehabilitasi bagi ayah saya.
Mohon sampaikan langsung kepada Sekretariat bila terulang.
Permintaan maaf disampaikan dan petugas mendapat pembinaan.
Pelatihan pelayanan ramah diadakan bagi semua petugas.
PMD | warga | Daftar penerima BLT desa tidak diumumkan
Daftar penerima tidak pernah ditempel dan warga tidak diundang musyawarah.
Mintalah salinan daftar melalui BPD.
Daftar penerima ditempel di kantor desa dalam tiga hari kerja.
Musyawarah desa berikutnya dihadiri pendamping desa.
DAYASOS | warga | Pungutan dalam pengajuan usaha ekonomi produktif
Ketua kelompok meminta uang administrasi agar nama kami diusulkan.
Laporkan pungutan apa pun disertai waktu dan tempatnya.
Kelompok dibina ulang dan pungutan dikembalikan kepada anggota.
Tegaskan layanan tanpa biaya pada setiap sosialisasi.
LINJAMSOS | desa | Keterlambatan penyaluran bantuan bencana
Bantuan untuk korban banjir tiba sembilan hari setelah dilaporkan.
Laporkan kejadian melalui posko selain surat.
Gudang penyangga ditempatkan di dua kecamatan.
Evaluasi waktu tanggap setiap triwulan.
REHSOS | Lembaga Kesejahteraan Sosial Pelita | Hasil asesmen klien tidak kunjung diterima
Asesmen empat klien kami dilakukan dua bulan lalu dan hasilnya belum kami terima.
Cantumkan kode lacak ketika menanyakan berkas.
Hasil asesmen keempat klien diserahkan dalam konsultasi.
Batas waktu asesmen dicantumkan dalam tanda terima.
""")

CONSULTATIONS = read("""
LINJAMSOS | desa | Pengusulan warga miskin ke dalam DTSEN
Sebanyak 23 keluarga miskin belum tercatat dalam DTSEN. Bagaimana tata cara pengusulannya?
Adakan musyawarah desa khusus pemutakhiran data dan buat berita acaranya.
Operator desa dibantu petugas menginput usulan pada jadwal pemutakhiran bulan berjalan.
Mutakhirkan data setiap triwulan bersama pendamping sosial.
REHSOS | warga | Bantuan kursi roda bagi penyandang disabilitas
Anak saya berusia 14 tahun, lumpuh sejak lahir, dan kursi rodanya rusak. Bagaimana memohon bantuan?
Lengkapi surat keterangan dokter dan foto kondisi penyandang disabilitas.
Pekerja sosial melakukan asesmen ke rumah sebelum usulan diteruskan ke sentra Kementerian Sosial.
Daftarkan anak pada layanan terapi di puskesmas terdekat.
PMD | desa | Penetapan penerima BLT Dana Desa
Jumlah calon penerima BLT melebihi anggaran. Bagaimana menetapkan prioritas yang adil?
Utamakan keluarga miskin ekstrem yang belum menerima bantuan lain.
Daftar penerima ditetapkan dengan peraturan kepala desa setelah musyawarah.
Umumkan daftar penerima di papan informasi desa.
LINJAMSOS | warga | Kepesertaan PKH yang terhenti
Bantuan PKH ibu saya berhenti sejak dua tahap terakhir padahal masih ada anak sekolah.
Perbaiki data pendidikan anak melalui operator sekolah.
Pendamping PKH mengajukan verifikasi komitmen ulang pada tahap berikutnya.
Periksa status kepesertaan secara berkala melalui Cek Bansos.
DAYASOS | Yayasan Cahaya Serumpun | Izin pengumpulan sumbangan untuk pembangunan rumah singgah
Yayasan hendak mengumpulkan sumbangan di tiga kabupaten. Apa saja persyaratan izinnya?
Siapkan akta, NPWP, surat keterangan terdaftar, dan rencana penggunaan sumbangan.
Permohonan izin diajukan melalui sistem perizinan dengan rekomendasi dinas kabupaten.
Umumkan hasil pengumpulan kepada masyarakat setelah kegiatan selesai.
PMD | BUMDes Maju Bersama | Pendaftaran badan hukum BUMDes
Nama BUMDes kami ditolak dua kali dalam sistem. Mohon penjelasan syarat pendaftarannya.
Gunakan nama yang memuat nama desa dan belum dipakai.
Pendaftaran ulang dilakukan bersama petugas melalui SID Kementerian Desa.
Sahkan anggaran dasar dan rumah tangga melalui musyawarah desa.
REHSOS | warga | Penempatan lansia terlantar di panti
Seorang kakek tanpa keluarga tinggal di gubuk dan mulai sakit. Dapatkah beliau masuk panti?
Buat surat keterangan terlantar dari desa yang diketahui camat.
Lansia dijemput bersama TKSK dan diperiksa di puskesmas sebelum masuk panti.
Libatkan warga sekitar dalam kunjungan berkala.
REHSOS! | desa | Penanganan ODGJ yang meresahkan warga
Seorang warga dengan gangguan jiwa sering mengamuk dan pernah dipasung keluarganya.
Hubungi puskesmas untuk pemeriksaan awal dan jangan memasung kembali.
Rujukan dilakukan bersama dinas kesehatan; rehabilitasi sosial menyusul setelah perawatan.
Bentuk kader kesehatan jiwa di desa.
PMD | desa | Penguatan kelembagaan Posyandu enam bidang SPM
Kader belum memahami perubahan Posyandu menjadi lembaga kemasyarakatan enam bidang layanan.
Terbitkan keputusan kepala desa tentang pengurus Posyandu.
Pelatihan kader dijadwalkan bersama TP PKK.
Anggarkan insentif kader dalam APBDes.
LINJAMSOS! | desa | Bantuan logistik korban angin puting beliung
Angin puting beliung merusak 17 rumah. Kami memohon petunjuk pengajuan bantuan logistik.
Susun daftar korban per keluarga beserta foto kerusakan.
Logistik sandang dan pangan dikirim dari gudang dinas setelah data diverifikasi Tagana.
Jadikan desa rawan bencana sebagai Kampung Siaga Bencana.
DAYASOS | Karang Taruna Bina Muda | Pembinaan Karang Taruna dan usaha ekonomi pemuda
Kepengurusan karang taruna baru terbentuk dan memerlukan pembinaan administrasi dan usaha.
Susun program kerja dan minta pengukuhan kepala desa.
Karang taruna diikutkan dalam bimbingan teknis tahun berjalan.
Bermitra dengan BUMDes setempat.
PMD | LPM Desa Sejahtera | Tugas dan masa bakti pengurus LPM
Masa bakti LPM berakhir. Siapa yang berwenang memilih dan mengesahkan pengurus baru?
Bentuk panitia pemilihan paling lambat tiga bulan sebelum masa bakti berakhir.
Pengurus dipilih melalui musyawarah dan disahkan kepala desa.
Susun rencana kerja yang selaras dengan RPJM Desa.
REHSOS | Panti Asuhan Kasih Bersama | Akreditasi lembaga kesejahteraan sosial anak
Panti kami mengasuh 28 anak dan akan diakreditasi. Dokumen apa yang harus disiapkan?
Perbarui tanda daftar LKS dan berkas asesmen setiap anak.
Petugas melakukan pendampingan pengisian instrumen selama dua pekan.
Utamakan pengasuhan keluarga; panti sebagai pilihan terakhir.
REHSOS! | warga | Pemulangan orang terlantar ke kampung halaman
Adik kami terlantar di Pangkalpinang tanpa ongkos pulang ke Lampung.
Mintalah surat keterangan kehilangan dari kepolisian.
Tiket kapal dan bekal perjalanan diberikan; dinas sosial tujuan menjemput.
Keluarga melapor setelah yang bersangkutan tiba.
PMD | Forum Pendamping Desa | Pembagian tugas pendamping desa dan perangkat desa
Perangkat desa meminta pendamping mengerjakan laporan keuangan. Apakah itu tugas kami?
Pendamping memfasilitasi, bukan mengerjakan, laporan keuangan.
Dinas menyurati pemerintah desa tentang batas tugas tersebut.
Adakan rapat koordinasi bulanan di kecamatan.
LINJAMSOS! | warga | Penonaktifan PBI Jaminan Kesehatan
Kartu PBI-JK orang tua saya nonaktif ketika akan berobat rutin cuci darah.
Bawa surat keterangan rumah sakit dan fotokopi kartu keluarga ke dinas sosial kabupaten.
Reaktivasi diajukan melalui SIKS-NG pada hari yang sama.
Padankan data kependudukan agar tidak nonaktif kembali.
PMD | desa | Tata batas antara dua desa
Batas desa dengan desa tetangga belum disepakati dan menghambat sertifikat warga.
Kumpulkan peta lama dan kesaksian tokoh kedua desa.
Mediasi difasilitasi tim penetapan dan penegasan batas desa kabupaten.
Tuangkan kesepakatan dalam berita acara bersama.
DAYASOS | desa | Pengajuan rumah tidak layak huni
Terdapat 12 rumah tidak layak huni milik keluarga miskin. Program apa yang tersedia?
Lengkapi bukti kepemilikan tanah dan foto tampak depan, samping, dan dalam.
Enam rumah yang memenuhi syarat diusulkan lebih dahulu.
Gunakan gotong royong sebagai swadaya.
PMD | desa | Desa wisata dan kelompok sadar wisata
Pantai di desa kami ramai. Bagaimana pengelolaannya agar pendapatan masuk ke desa?
Selesaikan status lahan sebelum menarik retribusi.
Unit usaha wisata dibentuk di bawah BUMDes.
Tetapkan peraturan desa tentang pengelolaan sampah wisata.
""")
"""They alternate, so that every division has cases at any time."""
