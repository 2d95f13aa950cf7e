import django.core.validators
import django.db.models.deletion
import kit.clock
import office.models.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0002_cache_table'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='accesschange',
            name='access_change_says_what',
        ),
        migrations.AddField(
            model_name='accesschange',
            name='order_date',
            field=models.DateField(null=True, verbose_name='tanggal Surat Perintah'),
        ),
        migrations.AddField(
            model_name='accesschange',
            name='order_number',
            field=models.CharField(blank=True, max_length=100, verbose_name='nomor Surat Perintah'),
        ),
        migrations.AlterField(
            model_name='accesschange',
            name='kind',
            field=models.CharField(choices=[('APPOINT', 'Angkat ke jabatan'), ('LAST_DAY', 'Akhiri atau perpanjang jabatan'), ('GRANT_ADMIN', 'Jadikan administrator'), ('REVOKE_ADMIN', 'Cabut tugas administrator'), ('OPEN_ACCOUNT', 'Buka kembali akun'), ('CLOSE_ACCOUNT', 'Tutup akun'), ('PASSWORD', 'Atur ulang kata sandi dengan undangan'), ('EMAIL', 'Ganti alamat surel'), ('NIP', 'Ganti NIP'), ('FACTOR', 'Pulihkan verifikasi dua langkah'), ('FACTOR_RULE', 'Ubah kewajiban verifikasi dua langkah')], max_length=16, verbose_name='perubahan'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', True), ('kind', 'APPOINT'), ('position__isnull', False), ('starts__isnull', False)), models.Q(('appointment__isnull', False), ('kind', 'LAST_DAY'), ('position__isnull', True), ('starts__isnull', True)), models.Q(('appointment__isnull', True), ('ends__isnull', True), ('kind__in', ['GRANT_ADMIN', 'REVOKE_ADMIN', 'OPEN_ACCOUNT', 'CLOSE_ACCOUNT', 'PASSWORD', 'EMAIL', 'NIP', 'FACTOR', 'FACTOR_RULE']), ('position__isnull', True), ('starts__isnull', True)), _connector='OR'), name='access_change_says_what'),
        ),
        migrations.AddConstraint(
            model_name='accesschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order_date', None), ('order_number', '')), models.Q(models.Q(('order_number', ''), _negated=True), ('order_date__isnull', False)), _connector='OR'), name='proposed_order_has_number_and_date'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='order_date',
            field=models.DateField(blank=True, null=True, verbose_name='tanggal Surat Perintah'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='order_number',
            field=models.CharField(blank=True, max_length=100, verbose_name='nomor Surat Perintah'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order_date', None), ('order_number', '')), models.Q(models.Q(('order_number', ''), _negated=True), ('order_date__isnull', False)), _connector='OR'), name='order_has_number_and_date'),
        ),
        migrations.RemoveField(
            model_name='office',
            name='agency_letter_signer',
        ),
        migrations.RemoveField(
            model_name='office',
            name='assignment_signer',
        ),
        migrations.RemoveField(
            model_name='office',
            name='schedule_signer',
        ),
        migrations.AddField(
            model_name='office',
            name='archive_institution',
            field=models.CharField(default='Lembaga Kearsipan Daerah', help_text='Yang menerima arsip permanen (UU 43/2009).', max_length=150, verbose_name='lembaga kearsipan'),
        ),
        migrations.AddField(
            model_name='office',
            name='archive_unit',
            field=models.CharField(default='Unit Kearsipan', help_text='Yang menerima arsip inaktif (PP 28/2012).', max_length=150, verbose_name='unit kearsipan'),
        ),
        migrations.AddField(
            model_name='office',
            name='ask_again_days',
            field=models.PositiveSmallIntegerField(default=14, help_text='Selama itu pemohon dapat bertanya lagi tentang jawabannya, dihitung dari surat hasil.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='waktu bertanya lagi (hari)'),
        ),
        migrations.AddField(
            model_name='office',
            name='counts_reports',
            field=models.BooleanField(default=True, help_text='Bila tidak, Sekretariat mengisi nomornya dari buku surat keluar atau SRIKANDI sebelum Kepala Dinas menerima laporan.', verbose_name='Rembuk menomori laporan'),
        ),
        migrations.AddField(
            model_name='office',
            name='destruction_approver',
            field=models.CharField(default='Kepala Daerah', help_text='Untuk arsip dengan masa simpan di bawah sepuluh tahun (PP 28/2012).', max_length=150, verbose_name='yang menyetujui pemusnahan'),
        ),
        migrations.AddField(
            model_name='office',
            name='is_free',
            field=models.BooleanField(default=True, help_text='Bila tidak, halaman dan naskah memuat komponen Biaya/Tarif.', verbose_name='layanan tanpa biaya'),
        ),
        migrations.AddField(
            model_name='office',
            name='long_destruction_approver',
            field=models.CharField(default='Kepala ANRI', help_text='Untuk arsip dengan masa simpan sepuluh tahun atau lebih (PP 28/2012).', max_length=150, verbose_name='yang menyetujui pemusnahan arsip sepuluh tahun atau lebih'),
        ),
        migrations.AddField(
            model_name='office',
            name='number_pattern',
            field=models.CharField(default='{code}/{number}/{unit}/{year}', help_text='Bagiannya dipisah garis miring: {code} kode klasifikasi, {number} nomor urut, {unit} kode unit, {year} tahun, dan {type} kode jenis bila kantor memakainya. Aturan tata naskah daerah Anda menetapkannya. Nomor yang sudah diberikan tidak berubah.', max_length=100, validators=[office.models.codes.check_pattern], verbose_name='pola nomor naskah'),
        ),
        migrations.AddField(
            model_name='office',
            name='objection_answer_days',
            field=models.PositiveSmallIntegerField(default=10, help_text='Dihitung dari keberatan diterima (UU 30/2014 pasal 77: 10 hari kerja).', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='waktu memutus keberatan (hari kerja)'),
        ),
        migrations.AddField(
            model_name='office',
            name='objection_authority',
            field=models.CharField(blank=True, help_text='Kosong: Kepala Dinas yang memutus (UU 30/2014 pasal 77). Bila diisi, contoh: Sekretaris Daerah, Sekretariat mengirim keberatan ke sana dan mencatat keputusannya.', max_length=150, verbose_name='pemutus keberatan selain Kepala Dinas'),
        ),
        migrations.AddField(
            model_name='office',
            name='objection_days',
            field=models.PositiveSmallIntegerField(default=21, help_text='Dihitung dari surat penolakan (UU 30/2014 pasal 77: 21 hari kerja).', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='waktu mengajukan keberatan (hari kerja)'),
        ),
        migrations.AddField(
            model_name='office',
            name='only_listed_codes',
            field=models.BooleanField(default=False, help_text='Kode di luar daftar kode klasifikasi kantor ditolak. Nyalakan bila daftarnya lengkap.', verbose_name='hanya kode dari daftar'),
        ),
        migrations.AddField(
            model_name='office',
            name='shares_report',
            field=models.BooleanField(default=False, help_text='Pemohon juga mendapat Laporan Hasil Konsultasi. Bila tidak, ia mendapat surat hasilnya saja.', verbose_name='laporan untuk pemohon'),
        ),
        migrations.AddField(
            model_name='office',
            name='transfer_days',
            field=models.PositiveSmallIntegerField(default=14, help_text='Sesudah itu, pengaduan yang diteruskan dan belum dinyatakan diterima instansi lain tampil di meja Sekretariat. Ketentuan kantor sendiri.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='penerimaan terusan ditunggu (hari)'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('number_pattern__contains', '{number}'), ('number_pattern__contains', '{year}')), name='pattern_tells_numbers_and_years_apart'),
        ),
        migrations.AlterModelOptions(
            name='retentionrule',
            options={'ordering': ['kind', 'classification'], 'verbose_name': 'jadwal retensi', 'verbose_name_plural': 'jadwal retensi'},
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='classification',
            field=models.CharField(blank=True, help_text='Hanya untuk permohonan dan pengaduan dengan kode ini. Kosong: semua yang lain.', max_length=20, verbose_name='kode klasifikasi'),
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='fate',
            field=models.CharField(choices=[('DESTROY', 'Musnah'), ('PERMANENT', 'Permanen'), ('REVIEW', 'Dinilai kembali')], default='DESTROY', help_text='Menurut JRA kantor (PP 28/2012). Hanya yang musnah dapat diusulkan untuk dimusnahkan.', max_length=10, verbose_name='nasib akhir'),
        ),
        migrations.AlterField(
            model_name='retentionrule',
            name='kind',
            field=models.CharField(choices=[('REQUEST', 'Permohonan konsultasi'), ('COMPLAINT', 'Pengaduan'), ('FILES', 'Berkas yang diunggah'), ('MESSAGES', 'Pemberitahuan dan pesan'), ('REGISTERS', 'Buku dan register tercetak'), ('AUDIT', 'Catatan akses')], max_length=10, verbose_name='jenis'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.UniqueConstraint(fields=('kind', 'classification'), name='one_retention_of_a_class'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('classification', ''), ('kind__in', ['REQUEST', 'COMPLAINT']), _connector='OR'), name='only_cases_are_retained_by_class'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('fate', 'DESTROY'), models.Q(('fate__in', ['PERMANENT', 'REVIEW']), ('kind__in', ['REQUEST', 'COMPLAINT', 'REGISTERS'])), _connector='OR'), name='fate_that_the_kind_can_have'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='decree_signer',
            field=models.CharField(blank=True, max_length=150, verbose_name='nama penanda tangan SK'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='decree_signer_title',
            field=models.CharField(blank=True, max_length=200, verbose_name='jabatan penanda tangan SK'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='pdp_contact',
            field=models.CharField(blank=True, help_text='Surel atau telepon.', max_length=150, verbose_name='kontak Pejabat PDP'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='pdp_name',
            field=models.CharField(blank=True, help_text='Disebut di halaman pelindungan data pribadi (UU 27/2022, Pasal 53).', max_length=150, verbose_name='nama Pejabat Pelindungan Data Pribadi'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='pdp_title',
            field=models.CharField(blank=True, max_length=150, verbose_name='jabatan Pejabat PDP'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='ppid_address',
            field=models.CharField(blank=True, max_length=250, verbose_name='alamat PPID'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='ppid_hours',
            field=models.CharField(blank=True, max_length=150, verbose_name='jam layanan PPID'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='ppid_name',
            field=models.CharField(blank=True, help_text='Pejabat Pengelola Informasi dan Dokumentasi: tujuan permintaan informasi (UU 14/2008).', max_length=150, verbose_name='nama PPID'),
        ),
        migrations.AddField(
            model_name='standardpublication',
            name='ppid_url',
            field=models.URLField(blank=True, verbose_name='tautan PPID'),
        ),
        migrations.AlterField(
            model_name='standardpublication',
            name='disability_help',
            field=models.TextField(default='Petugas mendampingi Anda di kantor, juga untuk mengisi formulir.\nJuru bahasa isyarat disiapkan bila Anda memintanya pada permohonan.\nNaskah cetak besar disediakan bila Anda memintanya.\nPetugas datang ke tempat Anda bila Anda tidak dapat datang ke kantor.', help_text='Satu butir satu baris.', verbose_name='bantuan bagi penyandang disabilitas'),
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
    ]
