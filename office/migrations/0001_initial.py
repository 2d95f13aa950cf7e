from django.core.management import call_command
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import kit.clock
import kit.forms
import office.models.codes
import office.models.people
import office.models.publication
from django.conf import settings
from django.db import migrations, models



def create_cache_table(apps, schema_editor):
    """Create the table of the database cache, so that an installation needs `migrate` alone."""
    call_command("createcachetable", "rembuk_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClosedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='tanggal')),
                ('reason', models.CharField(max_length=120, verbose_name='keterangan')),
                ('is_open', models.BooleanField(default=False, help_text='Untuk hari libur atau cuti bersama yang ditetapkan pada tanggal lain. Berlaku bila hari itu memiliki jam kerja.', verbose_name='Kantor tetap buka')),
            ],
            options={
                'verbose_name': 'hari tutup atau tetap buka',
                'verbose_name_plural': 'hari tutup atau tetap buka',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='Division',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='nama bidang')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='kode')),
                ('is_active', models.BooleanField(default=True, verbose_name='masih ada')),
            ],
            options={
                'verbose_name': 'bidang',
                'verbose_name_plural': 'bidang',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Instruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=120, unique=True, verbose_name='instruksi')),
                ('effect', models.CharField(choices=[('ACTION', 'meminta tindak lanjut'), ('INFORMATION', 'untuk diketahui'), ('FILE', 'diarsipkan, tanpa tindak lanjut')], default='ACTION', help_text='Yang diarsipkan tidak dipilih bersama yang meminta tindak lanjut (kebiasaan tata naskah).', max_length=11, verbose_name='akibat')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='urutan')),
                ('is_active', models.BooleanField(default=True, verbose_name='masih dipakai')),
            ],
            options={
                'verbose_name': 'instruksi disposisi',
                'verbose_name_plural': 'instruksi disposisi',
                'ordering': ['order', 'text'],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='nama ruang')),
                ('is_active', models.BooleanField(default=True, verbose_name='masih dipakai')),
            ],
            options={
                'verbose_name': 'ruang konsultasi',
                'verbose_name_plural': 'ruang konsultasi',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='StandardComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='nomor')),
                ('part', models.CharField(choices=[('DELIVERY', 'Penyampaian pelayanan'), ('MANUFACTURING', 'Pengelolaan pelayanan')], max_length=15, verbose_name='bagian')),
                ('title', models.CharField(max_length=120, verbose_name='judul')),
                ('text', models.TextField(blank=True, help_text='Satu butir satu baris.', verbose_name='isi')),
                ('is_decreed', models.BooleanField(default=False, help_text='Bila belum, halaman standar layanan mengatakannya.', verbose_name='ditetapkan dalam SK')),
            ],
            options={
                'verbose_name': 'komponen standar pelayanan',
                'verbose_name_plural': 'komponen standar pelayanan',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(max_length=150, verbose_name='nama lengkap dengan gelar')),
                ('nip', models.CharField(blank=True, help_text='18 angka; kosongkan bila belum berstatus ASN.', max_length=18, validators=[django.core.validators.RegexValidator('^[0-9]{18}\\Z', 'NIP terdiri dari 18 angka, tanpa spasi.')], verbose_name='NIP')),
                ('rank', models.CharField(blank=True, help_text='Contoh: Pembina Tk. I (IV/b)', max_length=80, verbose_name='pangkat/golongan')),
                ('competence', models.CharField(blank=True, help_text='Pendidikan, sertifikat, atau keahlian. Terbit di halaman standar layanan bila kantor memilihnya.', max_length=200, verbose_name='kompetensi')),
                ('factor_asked_at', models.DateTimeField(editable=False, null=True, verbose_name='mulai wajib verifikasi dua langkah')),
                ('factor_open_until', models.DateTimeField(editable=False, null=True, verbose_name='verifikasi dua langkah dapat dipasang sampai')),
                ('introduced_at', models.DateTimeField(editable=False, null=True, verbose_name='selesai membaca perkenalan')),
                ('invited_at', models.DateTimeField(editable=False, null=True, verbose_name='diundang')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'pengguna',
                'verbose_name_plural': 'pengguna',
                'ordering': ['name'],
            },
            managers=[
                ('objects', office.models.people.StaffManager()),
            ],
        ),
        migrations.CreateModel(
            name='ClassificationCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[0-9]{1,3}(\\.[0-9]{1,3}){0,5}\\Z', 'Tulis kode klasifikasi berupa angka, contoh: 400.9.')], verbose_name='kode')),
                ('name', models.CharField(max_length=200, verbose_name='uraian')),
            ],
            options={
                'verbose_name': 'kode klasifikasi',
                'verbose_name_plural': 'kode klasifikasi',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='code_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='FactorRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=office.models.people.list_roles, max_length=20, unique=True, verbose_name='peran')),
                ('is_required', models.BooleanField(default=True, verbose_name='wajib')),
                ('grace_days', models.PositiveSmallIntegerField(default=14, help_text='Dihitung sejak pegawai pertama kali masuk sesudah kewajiban ini berlaku. 0: seketika.', validators=[django.core.validators.MaxValueValidator(90)], verbose_name='masa persiapan (hari)')),
            ],
            options={
                'verbose_name': 'kewajiban verifikasi dua langkah',
                'verbose_name_plural': 'kewajiban verifikasi dua langkah',
                'ordering': ['role'],
                'constraints': [models.CheckConstraint(condition=models.Q(('grace_days__lte', 90)), name='grace_of_at_most_90_days')],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='nama jabatan')),
                ('role', models.CharField(choices=[('SECRETARIAT', 'Sekretariat'), ('TIM_PKD', 'Tim PKD'), ('SECRETARY', 'Sekretaris'), ('HEAD', 'Kepala Dinas'), ('DIVISION_HEAD', 'Kepala Bidang'), ('OFFICER', 'Petugas'), ('SUPERVISOR', 'Pengawas')], max_length=20, verbose_name='peran')),
                ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='office.division', verbose_name='bidang')),
                ('stand_ins', models.ManyToManyField(blank=True, help_text='Jabatan yang boleh menjadi Plh. atau Plt. selama pemangku jabatan ini berhalangan.', related_name='stands_in_for', to='office.position', verbose_name='dapat digantikan oleh')),
            ],
            options={
                'verbose_name': 'jabatan',
                'verbose_name_plural': 'jabatan',
                'ordering': ['role', 'title'],
            },
        ),
        migrations.CreateModel(
            name='Office',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('government', models.CharField(max_length=150, validators=[kit.forms.validate_one_line], verbose_name='pemerintah')),
                ('name', models.CharField(max_length=150, validators=[kit.forms.validate_one_line], verbose_name='nama kantor')),
                ('zone', models.CharField(choices=[('Asia/Jakarta', 'Waktu Indonesia Barat (WIB)'), ('Asia/Makassar', 'Waktu Indonesia Tengah (WITA)'), ('Asia/Jayapura', 'Waktu Indonesia Timur (WIT)')], default='Asia/Jakarta', help_text='Semua jam ditampilkan dan dibaca menurut zona ini.', max_length=15, verbose_name='zona waktu')),
                ('word_head', models.CharField(default='Kepala Dinas', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan pimpinan kantor')),
                ('word_agenda_team', models.CharField(default='Tim PKD', help_text='Sama dengan sebutan loket bila loket sendiri yang mengagendakan.', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan tim yang mengagendakan')),
                ('word_secretariat', models.CharField(default='Sekretariat', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan loket')),
                ('word_secretary', models.CharField(default='Sekretaris', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan sekretaris')),
                ('word_division_name', models.CharField(default='Bidang', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan unit kerja')),
                ('word_division_head', models.CharField(default='Kepala Bidang', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan kepala unit kerja')),
                ('word_village', models.CharField(default='desa', help_text='Huruf kecil, contoh: kampung.', max_length=40, validators=[kit.forms.validate_one_line], verbose_name='sebutan wilayah terkecil')),
                ('word_matters', models.CharField(default='persoalan sosial atau urusan desa', help_text='Halaman depan bertanya: “Ada … ?” Huruf kecil.', max_length=80, validators=[kit.forms.validate_one_line], verbose_name='hal yang dikonsultasikan')),
                ('unit_code', models.CharField(help_text='Dipakai dalam nomor surat.', max_length=30, validators=[kit.forms.validate_one_line], verbose_name='kode unit')),
                ('address', models.TextField(verbose_name='alamat')),
                ('city', models.CharField(help_text='Tempat yang tertulis pada surat.', max_length=80, validators=[kit.forms.validate_one_line], verbose_name='kota')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telepon')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='surel')),
                ('website', models.CharField(blank=True, max_length=100, verbose_name='laman')),
                ('coat_of_arms', models.ImageField(blank=True, help_text='Berkas PNG atau JPG, bukan SVG.', upload_to='office/', validators=[django.core.validators.FileExtensionValidator(['png', 'jpg', 'jpeg'])], verbose_name='lambang daerah')),
                ('colour', models.CharField(choices=[('TEAL', 'Hijau kebiruan'), ('GREEN', 'Hijau'), ('BLUE', 'Biru'), ('MAROON', 'Merah tua'), ('BROWN', 'Cokelat')], default='TEAL', help_text='Untuk tombol, tautan, dan judul di halaman, panduan, dan poster.', max_length=10, verbose_name='warna')),
                ('standard_number', models.CharField(max_length=80, verbose_name='nomor SK standar layanan')),
                ('service_minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(480)], verbose_name='waktu pelayanan (menit)')),
                ('is_free', models.BooleanField(default=True, help_text='Bila tidak, halaman dan naskah memuat komponen Biaya/Tarif.', verbose_name='layanan tanpa biaya')),
                ('visitors_at_once', models.PositiveSmallIntegerField(blank=True, help_text='Berapa konsultasi dapat berlangsung bersamaan. Kosong: sebanyak petugas yang ada.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='tamu dalam waktu yang sama')),
                ('visit_lead_days', models.PositiveSmallIntegerField(default=1, help_text='Waktu kunjungan ditawarkan mulai sekian hari kerja sesudah permohonan diajukan.', validators=[django.core.validators.MaxValueValidator(30)], verbose_name='jeda sebelum kunjungan (hari kerja)')),
                ('map_url', models.URLField(blank=True, help_text='Peta letak kantor, untuk pemohon yang datang.', verbose_name='tautan peta')),
                ('names_officer', models.BooleanField(default=True, help_text='Halaman pemohon menyebut nama petugas dan pendampingnya.', verbose_name='nama petugas untuk pemohon')),
                ('has_secretary', models.BooleanField(default=False, help_text='Permohonan yang diagendakan dan laporan yang diperiksa melewati Sekretaris sebelum Kepala Dinas.', verbose_name='paraf Sekretaris')),
                ('shares_report', models.BooleanField(default=False, help_text='Pemohon juga mendapat Laporan Hasil Konsultasi. Bila tidak, ia mendapat surat hasilnya saja.', verbose_name='laporan untuk pemohon')),
                ('ask_again_days', models.PositiveSmallIntegerField(default=14, help_text='Selama itu pemohon dapat bertanya lagi tentang jawabannya, dihitung dari surat hasil.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='waktu bertanya lagi (hari)')),
                ('message_hours', models.PositiveSmallIntegerField(default=8, help_text='Untuk pemohon yang tidak terjangkau surel: sesudah itu pesannya terlambat. Ketentuan kantor sendiri; bawaan: 8 jam kerja.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(80)], verbose_name='pesan dikirim petugas paling lama (jam kerja)')),
                ('transfer_days', models.PositiveSmallIntegerField(default=14, help_text='Sesudah itu, pengaduan yang diteruskan dan belum dinyatakan diterima instansi lain tampil di meja Sekretariat. Ketentuan kantor sendiri.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='penerimaan terusan ditunggu (hari)')),
                ('objection_days', models.PositiveSmallIntegerField(default=21, help_text='Dihitung dari surat penolakan (UU 30/2014 pasal 77: 21 hari kerja).', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='waktu mengajukan keberatan (hari kerja)')),
                ('objection_answer_days', models.PositiveSmallIntegerField(default=10, help_text='Dihitung dari keberatan diterima (UU 30/2014 pasal 77: 10 hari kerja).', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='waktu memutus keberatan (hari kerja)')),
                ('objection_authority', models.CharField(blank=True, help_text='Kosong: Kepala Dinas yang memutus (UU 30/2014 pasal 77). Bila diisi, contoh: Sekretaris Daerah, Sekretariat mengirim keberatan ke sana dan mencatat keputusannya.', max_length=150, verbose_name='pemutus keberatan selain Kepala Dinas')),
                ('meeting_notice_days', models.PositiveSmallIntegerField(default=3, help_text='Undangan yang lebih mendadak memerlukan alasan (kebiasaan tata naskah: 3 hari kerja).', validators=[django.core.validators.MaxValueValidator(30)], verbose_name='undangan rapat sebelum hari rapat (hari kerja)')),
                ('note_days', models.PositiveSmallIntegerField(default=90, help_text='Dihitung dari berakhirnya permohonan; sesudah itu dihapus. Ketentuan kantor sendiri.', validators=[django.core.validators.MaxValueValidator(3650)], verbose_name='catatan rekan disimpan (hari)')),
                ('tim_pkd_meaning', models.CharField(blank=True, help_text='Ditulis di halaman publik bila diisi.', max_length=150, verbose_name='kepanjangan Tim PKD')),
                ('paper', models.CharField(choices=[('A4', 'A4 (210 × 297 mm)'), ('F4', 'F4 atau folio (215 × 330 mm)')], default='A4', help_text='F4 hanya bila aturan daerah menetapkannya.', max_length=2, verbose_name='ukuran kertas')),
                ('menu_level', models.PositiveSmallIntegerField(choices=[(1, 'Ringkas: menerima, menjadwalkan, menjawab'), (2, 'Biasa: ditambah laporan, tindak lanjut, survei, dan dasbor'), (3, 'Lengkap: ditambah arsip, map bukti, dan sistem lain')], default=2, help_text='Yang tidak ada di menu tetap dapat dibuka dari Semua halaman.', verbose_name='isi menu')),
                ('counts_letters', models.BooleanField(default=False, help_text='Hanya bila Rembuk adalah buku surat keluar kantor ini. Bila tidak, Sekretariat mengisi nomor dari buku surat keluar atau SRIKANDI.', verbose_name='Rembuk menomori surat keluar')),
                ('counts_reports', models.BooleanField(default=True, help_text='Bila tidak, Sekretariat mengisi nomornya dari buku surat keluar atau SRIKANDI sebelum Kepala Dinas menerima laporan.', verbose_name='Rembuk menomori laporan')),
                ('number_pattern', models.CharField(default='{code}/{number}/{unit}/{year}', help_text='Bagiannya dipisah garis miring: {code} kode klasifikasi, {number} nomor urut, {unit} kode unit, {year} tahun, dan {type} kode jenis bila kantor memakainya. Aturan tata naskah daerah Anda menetapkannya. Nomor yang sudah diberikan tidak berubah.', max_length=100, validators=[office.models.codes.check_pattern], verbose_name='pola nomor naskah')),
                ('higher_office', models.CharField(blank=True, help_text='Pengawas dapat meneruskan pengaduan tentang pimpinan ke sini. Contoh: Inspektorat Jenderal.', max_length=150, verbose_name='instansi di atas Pengawas')),
                ('higher_office_address', models.CharField(blank=True, help_text='Ditampilkan kepada pelapor bila kantor ini belum memiliki Pengawas.', max_length=250, verbose_name='alamat instansi itu')),
                ('report_classification', models.CharField(default='400.9', help_text='Permendagri 83/2022', max_length=20, verbose_name='kode klasifikasi laporan')),
                ('only_listed_codes', models.BooleanField(default=False, help_text='Kode di luar daftar kode klasifikasi kantor ditolak. Nyalakan bila daftarnya lengkap.', verbose_name='hanya kode dari daftar')),
                ('archive_unit', models.CharField(default='Unit Kearsipan', help_text='Yang menerima arsip inaktif (PP 28/2012).', max_length=150, verbose_name='unit kearsipan')),
                ('archive_institution', models.CharField(default='Lembaga Kearsipan Daerah', help_text='Yang menerima arsip permanen (UU 43/2009).', max_length=150, verbose_name='lembaga kearsipan')),
                ('destruction_approver', models.CharField(default='Kepala Daerah', help_text='Untuk arsip dengan masa simpan di bawah sepuluh tahun (PP 28/2012).', max_length=150, verbose_name='yang menyetujui pemusnahan')),
                ('long_destruction_approver', models.CharField(default='Kepala ANRI', help_text='Untuk arsip dengan masa simpan sepuluh tahun atau lebih (PP 28/2012).', max_length=150, verbose_name='yang menyetujui pemusnahan arsip sepuluh tahun atau lebih')),
                ('is_practice', models.BooleanField(default=False, editable=False, verbose_name='kantor latihan')),
                ('opened_at', models.DateTimeField(editable=False, help_text='Kosong: kantor sedang disiapkan, dan belum ada permohonan yang diterima.', null=True, verbose_name='layanan dibuka')),
                ('awaits_staff_check', models.BooleanField(default=False, editable=False, verbose_name='daftar orang menunggu diperiksa')),
                ('register_signer', models.ForeignKey(blank=True, help_text='Pemangku jabatan ini ikut menandatangani. Kosong: hanya yang mencetak.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.position', verbose_name='yang mengetahui buku dan register')),
            ],
            options={
                'verbose_name': 'profil kantor',
                'verbose_name_plural': 'profil kantor',
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acting', models.CharField(blank=True, choices=[('Plt.', 'Pelaksana Tugas (Plt.)'), ('Plh.', 'Pelaksana Harian (Plh.)'), ('Pj.', 'Penjabat (Pj.)')], max_length=4, verbose_name='sebagai')),
                ('order_number', models.CharField(blank=True, max_length=100, verbose_name='nomor Surat Perintah')),
                ('order_date', models.DateField(blank=True, null=True, verbose_name='tanggal Surat Perintah')),
                ('starts', models.DateField(verbose_name='mulai')),
                ('ends', models.DateField(blank=True, help_text='Kosongkan bila masih berlaku.', null=True, verbose_name='sampai')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='diakhiri lebih awal')),
                ('ended_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diakhiri oleh')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL, verbose_name='pemangku')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='office.position', verbose_name='jabatan')),
            ],
            options={
                'verbose_name': 'pemangku jabatan',
                'verbose_name_plural': 'pemangku jabatan',
                'ordering': ['-starts'],
            },
        ),
        migrations.CreateModel(
            name='AccessChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('APPOINT', 'Angkat ke jabatan'), ('LAST_DAY', 'Akhiri atau perpanjang jabatan'), ('GRANT_ADMIN', 'Jadikan administrator'), ('REVOKE_ADMIN', 'Cabut tugas administrator'), ('OPEN_ACCOUNT', 'Buka kembali akun'), ('CLOSE_ACCOUNT', 'Tutup akun'), ('PASSWORD', 'Atur ulang kata sandi dengan undangan'), ('EMAIL', 'Ganti alamat surel'), ('NIP', 'Ganti NIP'), ('FACTOR', 'Pulihkan verifikasi dua langkah'), ('FACTOR_RULE', 'Ubah kewajiban verifikasi dua langkah')], max_length=16, verbose_name='perubahan')),
                ('acting', models.CharField(blank=True, choices=[('Plt.', 'Pelaksana Tugas (Plt.)'), ('Plh.', 'Pelaksana Harian (Plh.)'), ('Pj.', 'Penjabat (Pj.)')], max_length=4, verbose_name='sebagai')),
                ('order_number', models.CharField(blank=True, max_length=100, verbose_name='nomor Surat Perintah')),
                ('order_date', models.DateField(null=True, verbose_name='tanggal Surat Perintah')),
                ('starts', models.DateField(null=True, verbose_name='mulai')),
                ('ends', models.DateField(null=True, verbose_name='sampai')),
                ('before', models.CharField(blank=True, max_length=254, verbose_name='semula')),
                ('value', models.CharField(blank=True, max_length=254, verbose_name='menjadi')),
                ('proposed_at', models.DateTimeField(default=kit.clock.now, verbose_name='diusulkan')),
                ('expires_at', models.DateTimeField(verbose_name='kedaluwarsa')),
                ('outcome', models.CharField(blank=True, choices=[('CONFIRMED', 'Disetujui'), ('REFUSED', 'Ditolak')], max_length=9, verbose_name='keputusan')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='diputuskan')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diputuskan oleh')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposed_changes', to=settings.AUTH_USER_MODEL, verbose_name='diusulkan oleh')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_changes', to=settings.AUTH_USER_MODEL, verbose_name='pegawai')),
                ('appointment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.appointment', verbose_name='pemangku jabatan')),
                ('position', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='office.position', verbose_name='jabatan')),
            ],
            options={
                'verbose_name': 'perubahan akses',
                'verbose_name_plural': 'perubahan akses',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='nomor')),
                ('text', models.CharField(max_length=300, verbose_name='isi')),
                ('asks', models.CharField(choices=[('NOTHING', 'Tidak diminta tersendiri'), ('CONFIRMATION', 'Pernyataan (centang)'), ('FILE', 'Berkas')], default='NOTHING', help_text='Materi, waktu, dan nomor kontak sudah ada dalam formulir.', max_length=12, verbose_name='yang diminta formulir')),
                ('is_required', models.BooleanField(default=True, help_text='Surat di loket selalu diterima: yang kurang dilengkapi kemudian.', verbose_name='wajib pada formulir publik')),
            ],
            options={
                'verbose_name': 'persyaratan',
                'verbose_name_plural': 'persyaratan',
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('asks__in', ['NOTHING', 'CONFIRMATION', 'FILE'])), name='requirement_asks_for_something_known')],
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('REQUEST', 'Permohonan konsultasi'), ('COMPLAINT', 'Pengaduan'), ('FILES', 'Berkas yang diunggah'), ('MESSAGES', 'Pemberitahuan dan pesan'), ('REGISTERS', 'Buku dan register tercetak'), ('AUDIT', 'Catatan akses')], max_length=10, verbose_name='jenis')),
                ('classification', models.CharField(blank=True, help_text='Hanya untuk permohonan dan pengaduan dengan kode ini. Kosong: semua yang lain.', max_length=20, verbose_name='kode klasifikasi')),
                ('active_years', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)], verbose_name='masa aktif (tahun)')),
                ('inactive_years', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)], verbose_name='masa inaktif (tahun)')),
                ('fate', models.CharField(choices=[('DESTROY', 'Musnah'), ('PERMANENT', 'Permanen'), ('REVIEW', 'Dinilai kembali')], default='DESTROY', help_text='Menurut JRA kantor (PP 28/2012). Hanya yang musnah dapat diusulkan untuk dimusnahkan.', max_length=10, verbose_name='nasib akhir')),
                ('basis', models.CharField(blank=True, help_text='Contoh: nomor JRA dan kode klasifikasinya.', max_length=150, verbose_name='dasar')),
            ],
            options={
                'verbose_name': 'jadwal retensi',
                'verbose_name_plural': 'jadwal retensi',
                'ordering': ['kind', 'classification'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'classification'), name='one_retention_of_a_class', violation_error_message='Jenis dan kode ini sudah memiliki jadwal retensi. Ubah yang ada.'), models.CheckConstraint(condition=models.Q(('active_years__gte', 1), ('inactive_years__gte', 1), _connector='OR'), name='retention_of_at_least_a_year', violation_error_message='Arsip disimpan paling sedikit satu tahun. Isi masa aktif atau masa inaktif.'), models.CheckConstraint(condition=models.Q(('classification', ''), ('kind__in', ['REQUEST', 'COMPLAINT']), _connector='OR'), name='only_cases_are_retained_by_class', violation_error_message='Kode klasifikasi hanya untuk permohonan dan pengaduan. Kosongkan untuk jenis lain.'), models.CheckConstraint(condition=models.Q(('fate', 'DESTROY'), models.Q(('fate__in', ['PERMANENT', 'REVIEW']), ('kind__in', ['REQUEST', 'COMPLAINT', 'REGISTERS'])), _connector='OR'), name='fate_that_the_kind_can_have', violation_error_message='Jenis arsip ini hanya dapat dimusnahkan. Pilih nasib akhir “Musnah”.')],
            },
        ),
        migrations.CreateModel(
            name='Season',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Contoh: Ramadan 1448 H', max_length=80, verbose_name='nama')),
                ('since', models.DateField(verbose_name='dari tanggal')),
                ('until', models.DateField(verbose_name='sampai tanggal')),
            ],
            options={
                'verbose_name': 'masa jam kerja khusus',
                'verbose_name_plural': 'masa jam kerja khusus',
                'ordering': ['-since'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='season_in_order', violation_error_message='Tanggal akhir tidak boleh sebelum tanggal awal.')],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Senin'), (1, 'Selasa'), (2, 'Rabu'), (3, 'Kamis'), (4, 'Jumat'), (5, 'Sabtu'), (6, 'Minggu')], verbose_name='hari')),
                ('opens', models.TimeField(verbose_name='buka')),
                ('break_starts', models.TimeField(verbose_name='istirahat mulai')),
                ('break_ends', models.TimeField(verbose_name='istirahat selesai')),
                ('closes', models.TimeField(verbose_name='tutup')),
                ('season', models.ForeignKey(blank=True, help_text='Kosong: sepanjang tahun', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='office.season', verbose_name='masa')),
            ],
            options={
                'verbose_name': 'jam kerja',
                'verbose_name_plural': 'jam kerja',
                'ordering': ['weekday'],
            },
        ),
        migrations.CreateModel(
            name='StaffCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='waktu')),
                ('shown', models.TextField(verbose_name='daftar yang diperiksa')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diperiksa oleh')),
            ],
            options={
                'verbose_name': 'pemeriksaan daftar orang',
                'verbose_name_plural': 'pemeriksaan daftar orang',
            },
        ),
        migrations.CreateModel(
            name='StandardPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decree_on', models.DateField(blank=True, null=True, verbose_name='tanggal SK standar layanan')),
                ('decree', models.FileField(blank=True, upload_to='office/', validators=[django.core.validators.FileExtensionValidator(['pdf']), office.models.publication.check_pdf], verbose_name='SK standar layanan (PDF)')),
                ('decree_signer', models.CharField(blank=True, max_length=150, verbose_name='nama penanda tangan SK')),
                ('decree_signer_title', models.CharField(blank=True, max_length=200, verbose_name='jabatan penanda tangan SK')),
                ('sippn_url', models.URLField(blank=True, default='https://sippn.menpan.go.id/', verbose_name='tautan SIPPN')),
                ('pledge', models.TextField(default='Sanggup menyelenggarakan pelayanan sesuai standar pelayanan yang telah ditetapkan.\nMemberikan pelayanan sesuai kewajiban dan melakukan perbaikan secara terus-menerus.\nBersedia menerima sanksi dan/atau memberikan kompensasi apabila pelayanan tidak sesuai standar.', help_text='Satu butir satu baris.', verbose_name='isi maklumat pelayanan')),
                ('pledge_signer', models.CharField(blank=True, max_length=150, verbose_name='nama penanda tangan maklumat')),
                ('pledge_title', models.CharField(blank=True, max_length=200, verbose_name='jabatan penanda tangan maklumat')),
                ('pledge_on', models.DateField(blank=True, null=True, verbose_name='tanggal maklumat')),
                ('pledge_signature', models.ImageField(blank=True, upload_to='office/', validators=[django.core.validators.FileExtensionValidator(['png', 'jpg', 'jpeg'])], verbose_name='gambar tanda tangan')),
                ('pledge_file', models.FileField(blank=True, help_text='Bila diisi, halaman publik menautkannya.', upload_to='office/', validators=[django.core.validators.FileExtensionValidator(['pdf']), office.models.publication.check_pdf], verbose_name='maklumat bertanda tangan elektronik (PDF)')),
                ('complaint_officers', models.TextField(blank=True, help_text='Satu butir satu baris. Kosong: tim yang mengagendakan.', verbose_name='petugas pengelola pengaduan')),
                ('ethics', models.TextField(default='Adil dan tidak diskriminatif\nCermat\nSantun dan ramah\nTegas, andal, dan tidak memberikan putusan yang berlarut-larut\nProfesional\nTidak mempersulit\nPatuh pada perintah atasan yang sah dan wajar\nMenjunjung tinggi akuntabilitas dan integritas penyelenggara\nTidak membocorkan informasi atau dokumen yang wajib dirahasiakan\nTerbuka dan menghindari benturan kepentingan\nTidak menyalahgunakan sarana dan prasarana pelayanan\nTidak memberikan informasi yang salah atau menyesatkan\nTidak menyalahgunakan informasi, jabatan, dan/atau kewenangan\nSesuai dengan kepantasan\nTidak menyimpang dari prosedur', help_text='Satu butir satu baris (UU 25/2009, Pasal 34).', verbose_name='kode etik pelaksana')),
                ('disability_help', models.TextField(default='Petugas mendampingi Anda di kantor, juga untuk mengisi formulir.\nJuru bahasa isyarat disiapkan bila Anda memintanya pada permohonan.\nNaskah cetak besar disediakan bila Anda memintanya.\nPetugas datang ke tempat Anda bila Anda tidak dapat datang ke kantor.', help_text='Satu butir satu baris.', verbose_name='bantuan bagi penyandang disabilitas')),
                ('lists_staff', models.BooleanField(default=False, help_text='Halaman standar layanan menyebut nama, jabatan, dan kompetensi pelaksana.', verbose_name='nama dan kompetensi pelaksana')),
                ('ppid_name', models.CharField(blank=True, help_text='Pejabat Pengelola Informasi dan Dokumentasi: tujuan permintaan informasi (UU 14/2008).', max_length=150, verbose_name='nama PPID')),
                ('ppid_address', models.CharField(blank=True, max_length=250, verbose_name='alamat PPID')),
                ('ppid_url', models.URLField(blank=True, verbose_name='tautan PPID')),
                ('ppid_hours', models.CharField(blank=True, max_length=150, verbose_name='jam layanan PPID')),
                ('pdp_name', models.CharField(blank=True, help_text='Disebut di halaman pelindungan data pribadi (UU 27/2022, Pasal 53).', max_length=150, verbose_name='nama Pejabat Pelindungan Data Pribadi')),
                ('pdp_title', models.CharField(blank=True, max_length=150, verbose_name='jabatan Pejabat PDP')),
                ('pdp_contact', models.CharField(blank=True, help_text='Surel atau telepon.', max_length=150, verbose_name='kontak Pejabat PDP')),
            ],
            options={
                'verbose_name': 'penerbitan standar layanan',
                'verbose_name_plural': 'penerbitan standar layanan',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='only_one_publication_of_the_standard'), models.CheckConstraint(condition=models.Q(models.Q(('pledge_file', ''), ('pledge_signature', '')), models.Q(('pledge_on__isnull', False), models.Q(('pledge_signer', ''), _negated=True), models.Q(('pledge_title', ''), _negated=True)), _connector='OR'), name='signed_pledge_says_by_whom_and_when', violation_error_message='Maklumat yang ditandatangani memerlukan nama, jabatan, dan tanggal penanda tangannya.')],
            },
        ),
        migrations.CreateModel(
            name='StandardStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='nomor')),
                ('text', models.TextField(verbose_name='bunyi dalam SK')),
                ('title', models.CharField(blank=True, help_text='Untuk halaman depan, poster, dan halaman pemohon. Kosong: judul tahapnya.', max_length=120, verbose_name='judul singkat')),
                ('stage', models.PositiveSmallIntegerField(blank=True, help_text='Tahap yang menunjukkan kemajuan langkah ini. Kosong: Rembuk tidak mencatatnya.', null=True, verbose_name='tahap')),
            ],
            options={
                'verbose_name': 'langkah standar pelayanan',
                'verbose_name_plural': 'langkah standar pelayanan',
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('stage', None), ('stage__in', [1, 2, 3, 4, 5, 6, 7, 8, 9]), _connector='OR'), name='standard_step_of_a_known_stage'), models.CheckConstraint(condition=models.Q(('stage__isnull', False), models.Q(('title', ''), _negated=True), _connector='OR'), name='standard_step_without_stage_has_a_title', violation_error_message='Langkah tanpa tahap memerlukan judul singkat.')],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('nip', ''), _negated=True), fields=('nip',), name='one_account_for_each_nip', violation_error_code='unique', violation_error_message='NIP ini sudah dipakai akun lain.'),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('division__isnull', False), ('role__in', ['DIVISION_HEAD', 'OFFICER'])), models.Q(('division__isnull', True), ('role__in', ['SECRETARIAT', 'TIM_PKD', 'HEAD', 'SECRETARY', 'SUPERVISOR'])), _connector='OR'), name='division_where_the_role_needs_one', violation_error_message='Kepala dan petugas unit kerja memerlukan unit kerja; jabatan lain tidak memilikinya.'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='only_one_office'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('colour__in', ['TEAL', 'GREEN', 'BLUE', 'MAROON', 'BROWN'])), name='office_of_a_known_colour'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('menu_level__in', [1, 2, 3])), name='menu_of_a_known_level'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('number_pattern__contains', '{number}'), ('number_pattern__contains', '{year}')), name='pattern_tells_numbers_and_years_apart'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='appointment_ends_after_it_starts', violation_error_message='Tanggal sampai tidak boleh sebelum tanggal mulai.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order_date', None), ('order_number', '')), models.Q(models.Q(('order_number', ''), _negated=True), ('order_date__isnull', False)), _connector='OR'), name='order_has_number_and_date'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='appointment_ended_early_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', True), ('kind', 'APPOINT'), ('position__isnull', False), ('starts__isnull', False)), models.Q(('appointment__isnull', False), ('kind', 'LAST_DAY'), ('position__isnull', True), ('starts__isnull', True)), models.Q(('appointment__isnull', True), ('ends__isnull', True), ('kind__in', ['GRANT_ADMIN', 'REVOKE_ADMIN', 'OPEN_ACCOUNT', 'CLOSE_ACCOUNT', 'PASSWORD', 'EMAIL', 'NIP', 'FACTOR', 'FACTOR_RULE']), ('position__isnull', True), ('starts__isnull', True)), _connector='OR'), name='access_change_says_what'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('starts__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='appointment_proposed_in_order', violation_error_message='Tanggal sampai tidak boleh sebelum tanggal mulai.'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order_date', None), ('order_number', '')), models.Q(models.Q(('order_number', ''), _negated=True), ('order_date__isnull', False)), _connector='OR'), name='proposed_order_has_number_and_date'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['PASSWORD', 'FACTOR']), _negated=True), models.Q(('user', models.F('proposed_by')), _negated=True), _connector='OR'), name='nobody_proposes_the_own_recovery'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome', 'REFUSED')), models.Q(('decided_at__isnull', False), ('outcome', 'CONFIRMED')), _connector='OR'), name='access_change_decided_when'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'CONFIRMED'), _negated=True), ('decided_by__isnull', True), models.Q(models.Q(('decided_by', models.F('proposed_by')), _negated=True), models.Q(('decided_by', models.F('user')), _negated=True)), _connector='OR'), name='access_change_confirmed_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('opens__lt', models.F('break_starts')), ('break_starts__lte', models.F('break_ends')), ('break_ends__lt', models.F('closes'))), name='opening_hours_in_order', violation_error_message='Urutkan jamnya: buka, istirahat mulai, istirahat selesai, tutup.'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.UniqueConstraint(condition=models.Q(('season__isnull', True)), fields=('weekday',), name='one_set_of_ordinary_hours', violation_error_message='Hari ini sudah memiliki jam kerja.'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.UniqueConstraint(fields=('season', 'weekday'), name='one_set_of_hours_in_a_season', violation_error_message='Hari ini sudah memiliki jam kerja.'),
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
