import consultations.models.history
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import functools
import kit.clock
import kit.encryption
import reports.models.document
import reports.models.paper
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0003_objections_and_ways_back'),
        ('office', '0003_rules_steps_and_codes_as_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('reports', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='document',
            name='letter_number_used_once',
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='number_entered_by_whom_and_when',
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='letter_has_its_number_before_its_file',
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='document_of_a_case_or_a_period',
        ),
        migrations.RemoveIndex(
            model_name='document',
            name='letter_without_number',
        ),
        migrations.AddField(
            model_name='document',
            name='classification',
            field=models.CharField(blank=True, help_text='Kosong: naskah dari sebelum kode dicatat', max_length=20, verbose_name='kode klasifikasi'),
        ),
        migrations.AddField(
            model_name='document',
            name='drafted_by',
            field=models.ForeignKey(help_text='Kosong: pemohon atau sistem', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dikonsep oleh'),
        ),
        migrations.AddField(
            model_name='document',
            name='original',
            field=kit.encryption.EncryptedFileField(blank=True, encrypted_if='has_secret_link', upload_to=reports.models.document.original_path, verbose_name='cetakan'),
        ),
        migrations.AddField(
            model_name='document',
            name='original_sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='SHA-256 cetakan'),
        ),
        migrations.AddField(
            model_name='document',
            name='printed_at',
            field=models.DateTimeField(null=True, verbose_name='dicetak untuk ditandatangani'),
        ),
        migrations.AddField(
            model_name='document',
            name='printed_for',
            field=models.ForeignKey(help_text='Pejabat yang namanya tercetak', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicetak untuk'),
        ),
        migrations.AddField(
            model_name='document',
            name='printed_title',
            field=models.CharField(blank=True, max_length=420, verbose_name='dicetak untuk jabatan'),
        ),
        migrations.AddField(
            model_name='document',
            name='signed_at',
            field=models.DateTimeField(null=True, verbose_name='waktu tanda tangan'),
        ),
        migrations.AddField(
            model_name='document',
            name='signed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ditandatangani'),
        ),
        migrations.AddField(
            model_name='document',
            name='signed_title',
            field=models.CharField(blank=True, max_length=420, verbose_name='ditandatangani selaku'),
        ),
        migrations.AddField(
            model_name='document',
            name='signer_role',
            field=models.CharField(blank=True, choices=[('SECRETARIAT', 'Sekretariat'), ('TIM_PKD', 'Tim PKD'), ('SECRETARY', 'Sekretaris'), ('HEAD', 'Kepala Dinas'), ('DIVISION_HEAD', 'Kepala Bidang'), ('OFFICER', 'Petugas'), ('SUPERVISOR', 'Pengawas')], max_length=15, verbose_name='ditandatangani oleh'),
        ),
        migrations.AddField(
            model_name='document',
            name='state',
            field=models.CharField(choices=[('DRAFT', 'konsep'), ('INITIALS', 'menunggu paraf'), ('SIGNATURE', 'menunggu tanda tangan'), ('ISSUED', 'terbit'), ('SENT', 'terkirim')], default='ISSUED', max_length=10, verbose_name='keadaan'),
        ),
        migrations.AddField(
            model_name='document',
            name='text',
            field=models.TextField(blank=True, verbose_name='isi tambahan'),
        ),
        migrations.AddField(
            model_name='document',
            name='turn',
            field=models.CharField(blank=True, choices=[('SECRETARIAT', 'Sekretariat'), ('TIM_PKD', 'Tim PKD'), ('SECRETARY', 'Sekretaris'), ('HEAD', 'Kepala Dinas'), ('DIVISION_HEAD', 'Kepala Bidang'), ('OFFICER', 'Petugas'), ('SUPERVISOR', 'Pengawas')], help_text='Jabatan yang memaraf atau meneken.', max_length=15, verbose_name='menunggu'),
        ),
        migrations.AddField(
            model_name='document',
            name='way',
            field=models.CharField(blank=True, choices=[('ELECTRONIC', 'tanda tangan elektronik'), ('HAND', 'tanda tangan basah')], max_length=10, verbose_name='cara tanda tangan'),
        ),
        migrations.AlterField(
            model_name='document',
            name='kind',
            field=models.CharField(choices=[('APPLICATION', 'Formulir Permohonan'), ('RECEIPT', 'Tanda Terima'), ('DISPOSITION', 'Lembar Disposisi'), ('ASSIGNMENT', 'Surat Tugas'), ('SCHEDULE', 'Pemberitahuan Jadwal'), ('STAFF_REVIEW', 'Telaahan Staf'), ('REPORT', 'Laporan Hasil Konsultasi'), ('RESULT', 'Surat Hasil Konsultasi'), ('TRANSFER', 'Surat Penerusan'), ('REJECTION', 'Surat Penolakan'), ('OBJECTION_RECEIPT', 'Tanda Terima Keberatan'), ('OBJECTION_DECISION', 'Surat Keputusan Keberatan'), ('OPINION_REQUEST', 'Surat Permintaan Pendapat'), ('OPINION_REMINDER', 'Permintaan Pendapat (Susulan)'), ('INVITATION', 'Undangan Rapat'), ('MINUTES', 'Notula Rapat'), ('AGENDA_BOOK', 'Buku Agenda'), ('GUEST_BOOK', 'Register Konsultasi'), ('COMPLAINTS', 'Register Pengaduan'), ('OBJECTIONS', 'Register Keberatan'), ('OUTGOING', 'Buku Agenda Surat Keluar'), ('EXPEDITION', 'Buku Ekspedisi'), ('RECAP', 'Rekap Laporan'), ('SURVEY', 'Laporan Survei Kepuasan Masyarakat')], max_length=20, verbose_name='jenis'),
        ),
        migrations.AlterField(
            model_name='document',
            name='numbered_at',
            field=models.DateTimeField(null=True, verbose_name='diberi nomor'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('kind__in', ('ASSIGNMENT', 'SCHEDULE', 'RESULT', 'TRANSFER', 'REJECTION', 'OBJECTION_DECISION', 'OPINION_REQUEST', 'OPINION_REMINDER', 'INVITATION')), ('number', '')), fields=['issued_at'], name='letter_without_number'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(django.db.models.functions.comparison.Coalesce('numbered_at', 'issued_at'), condition=models.Q(('number', ''), _negated=True), name='paper_by_number'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('signed_at__isnull', False), ('state', 'ISSUED')), fields=['signed_at'], name='paper_to_send'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('state__in', ('INITIALS', 'SIGNATURE'))), fields=['turn', 'issued_at'], name='paper_on_a_desk'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ('ASSIGNMENT', 'SCHEDULE', 'RESULT', 'TRANSFER', 'REJECTION', 'OBJECTION_DECISION', 'OPINION_REQUEST', 'OPINION_REMINDER', 'INVITATION')), models.Q(('number', ''), _negated=True)), fields=('number',), name='letter_number_used_once'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('numbered_at__isnull', True), ('numbered_by__isnull', True)), models.Q(('numbered_at__isnull', False), models.Q(('number', ''), _negated=True)), _connector='OR'), name='number_entered_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('file', ''), models.Q(('kind__in', ('ASSIGNMENT', 'SCHEDULE', 'RESULT', 'TRANSFER', 'REJECTION', 'OBJECTION_DECISION', 'OPINION_REQUEST', 'OPINION_REMINDER', 'INVITATION')), _negated=True), models.Q(('number', ''), _negated=True), _connector='OR'), name='letter_has_its_number_before_its_file'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', True), ('kind__in', ('AGENDA_BOOK', 'GUEST_BOOK', 'COMPLAINTS', 'OBJECTIONS', 'OUTGOING', 'EXPEDITION', 'RECAP', 'SURVEY'))), models.Q(models.Q(('kind__in', ('AGENDA_BOOK', 'GUEST_BOOK', 'COMPLAINTS', 'OBJECTIONS', 'OUTGOING', 'EXPEDITION', 'RECAP', 'SURVEY')), _negated=True), ('case__isnull', False)), _connector='OR'), name='document_of_a_case_or_a_period'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('signed_by__isnull', True), ('signed_title', ''), ('way', '')), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False), models.Q(('signed_title', ''), _negated=True), models.Q(('way', ''), _negated=True)), _connector='OR'), name='paper_signed_by_whom_when_and_how'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('signer_role', ''), models.Q(('state__in', ('DRAFT', 'INITIALS', 'SIGNATURE')), _negated=True)), models.Q(models.Q(('signer_role', ''), _negated=True), ('sha256', ''), ('signed_at__isnull', True), ('state__in', ('DRAFT', 'INITIALS', 'SIGNATURE'))), models.Q(models.Q(('signer_role', ''), _negated=True), ('signed_at__isnull', False), models.Q(('state__in', ('DRAFT', 'INITIALS', 'SIGNATURE')), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='paper_in_a_superiors_name_is_signed'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('INITIALS', 'SIGNATURE')), models.Q(('turn', ''), _negated=True)), models.Q(models.Q(('state__in', ('INITIALS', 'SIGNATURE')), _negated=True), ('turn', '')), _connector='OR'), name='waiting_paper_says_whose_turn'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('original', ''), ('original_sha256', ''), ('printed_at__isnull', True)), models.Q(models.Q(('original', ''), _negated=True), models.Q(('original_sha256', ''), _negated=True), ('printed_at__isnull', False)), _connector='OR'), name='printed_original_has_hash_and_moment'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('printed_for__isnull', True), ('printed_title', '')), models.Q(('printed_at__isnull', False), ('printed_for__isnull', False), models.Q(('printed_title', ''), _negated=True)), _connector='OR'), name='printed_paper_names_its_signer'),
        ),
        migrations.RemoveConstraint(
            model_name='register',
            name='register_of_a_known_kind',
        ),
        migrations.AlterField(
            model_name='register',
            name='kind',
            field=models.CharField(choices=[('AGENDA_BOOK', 'Buku Agenda'), ('GUEST_BOOK', 'Register Konsultasi'), ('COMPLAINTS', 'Register Pengaduan'), ('OBJECTIONS', 'Register Keberatan'), ('OUTGOING', 'Buku Agenda Surat Keluar'), ('EXPEDITION', 'Buku Ekspedisi'), ('RECAP', 'Rekap Laporan')], max_length=20, verbose_name='jenis'),
        ),
        migrations.AddConstraint(
            model_name='register',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['AGENDA_BOOK', 'GUEST_BOOK', 'COMPLAINTS', 'OBJECTIONS']), ('kind__in', ['OUTGOING', 'EXPEDITION', 'RECAP']), _connector='OR'), name='register_of_a_known_kind'),
        ),
        migrations.AddField(
            model_name='reportnumber',
            name='entered_by',
            field=models.ForeignKey(help_text='Kosong: nomor dari Rembuk', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diisi oleh'),
        ),
        migrations.CreateModel(
            name='AssessmentQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(choices=[('OMBUDSMAN', 'Ombudsman'), ('PEKPPP', 'PEKPPP')], max_length=10, verbose_name='formulir')),
                ('aspect', models.CharField(max_length=80, verbose_name='dimensi atau aspek')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='urutan')),
                ('text', models.CharField(max_length=300, verbose_name='pertanyaan')),
                ('files', models.TextField(blank=True, verbose_name='berkas bukti')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(5)], verbose_name='nilai sendiri')),
                ('gap', models.TextField(blank=True, max_length=1000, verbose_name='yang masih kurang')),
                ('responsible', models.CharField(blank=True, max_length=120, verbose_name='penanggung jawab')),
                ('due', models.DateField(blank=True, null=True, verbose_name='target selesai')),
                ('scored_on', models.DateField(blank=True, null=True, verbose_name='tanggal penilaian')),
                ('scored_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dinilai oleh')),
            ],
            options={
                'verbose_name': 'pertanyaan penilaian',
                'verbose_name_plural': 'pertanyaan penilaian',
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__isnull', True), ('score__lte', 5), _connector='OR'), name='score_up_to_five'), models.CheckConstraint(condition=models.Q(models.Q(('score__isnull', True), ('scored_by__isnull', True), ('scored_on__isnull', True)), models.Q(('score__isnull', False), ('scored_by__isnull', False), ('scored_on__isnull', False)), _connector='OR'), name='score_says_by_whom_and_when'), models.CheckConstraint(condition=models.Q(('score__isnull', True), ('score', 5), models.Q(models.Q(('gap', ''), _negated=True), models.Q(('responsible', ''), _negated=True), ('due__isnull', False)), _connector='OR'), name='score_below_the_best_says_what_is_missing')],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.TextField(verbose_name='pertanyaan')),
                ('asked_at', models.DateTimeField(default=kit.clock.now, verbose_name='ditanyakan')),
                ('answer', models.TextField(blank=True, verbose_name='jawaban')),
                ('answered_title', models.CharField(blank=True, max_length=210, verbose_name='selaku')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='dijawab')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dijawab oleh')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enquiries', to='consultations.case', verbose_name='permohonan')),
            ],
            options={
                'verbose_name': 'pertanyaan lanjutan',
                'verbose_name_plural': 'pertanyaan lanjutan',
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('case',), name='one_unanswered_enquiry_per_case'), models.CheckConstraint(condition=models.Q(('question', ''), _negated=True), name='enquiry_asks_something'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('answered_title', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True), models.Q(('answered_title', ''), _negated=True)), _connector='OR'), name='enquiry_answered_by_whom_and_when')],
            },
        ),
        migrations.CreateModel(
            name='Forum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField(verbose_name='tanggal')),
                ('topic', models.CharField(max_length=200, verbose_name='yang dibahas')),
                ('participants', models.TextField(max_length=4000, verbose_name='peserta')),
                ('outcome', models.TextField(max_length=4000, verbose_name='kesepakatan')),
                ('minutes', models.FileField(upload_to=functools.partial(consultations.models.history.random_path, folder='forums'), verbose_name='berita acara')),
                ('sha256', models.CharField(max_length=64)),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='dicatat')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh')),
            ],
            options={
                'verbose_name': 'forum konsultasi publik',
                'verbose_name_plural': 'forum konsultasi publik',
                'ordering': ['-held_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('topic', ''), _negated=True), models.Q(('participants', ''), _negated=True), models.Q(('outcome', ''), _negated=True), models.Q(('minutes', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='forum_says_what_who_and_the_outcome')],
            },
        ),
        migrations.CreateModel(
            name='PaperEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=12, verbose_name='tindakan')),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('role', models.CharField(blank=True, choices=[('SECRETARIAT', 'Sekretariat'), ('TIM_PKD', 'Tim PKD'), ('SECRETARY', 'Sekretaris'), ('HEAD', 'Kepala Dinas'), ('DIVISION_HEAD', 'Kepala Bidang'), ('OFFICER', 'Petugas'), ('SUPERVISOR', 'Pengawas')], max_length=15, verbose_name='peran')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='waktu')),
                ('source', models.CharField(choices=[('DRAFT', 'konsep'), ('INITIALS', 'menunggu paraf'), ('SIGNATURE', 'menunggu tanda tangan'), ('ISSUED', 'terbit'), ('SENT', 'terkirim')], max_length=10, verbose_name='dari')),
                ('target', models.CharField(choices=[('DRAFT', 'konsep'), ('INITIALS', 'menunggu paraf'), ('SIGNATURE', 'menunggu tanda tangan'), ('ISSUED', 'terbit'), ('SENT', 'terkirim')], max_length=10, verbose_name='menjadi')),
                ('note', models.TextField(blank=True, verbose_name='catatan')),
                ('dispatch', models.CharField(blank=True, choices=[('PAGE', 'halaman pemohon'), ('COURIER', 'diantar'), ('POST', 'pos'), ('EMAIL', 'surel'), ('SRIKANDI', 'SRIKANDI'), ('FETCHED', 'diambil')], max_length=10, verbose_name='cara kirim')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='reports.document', verbose_name='naskah')),
            ],
            options={
                'verbose_name': 'riwayat naskah',
                'verbose_name_plural': 'riwayat naskah',
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='paper_event_says_in_which_position')],
            },
        ),
        migrations.CreateModel(
            name='PaperRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=reports.models.paper.list_coded, max_length=20, unique=True, verbose_name='jenis naskah')),
                ('classification', models.CharField(blank=True, help_text='Permendagri 83/2022. Kosong: undangan dan notula 000.1.5, surat tugas 000.1.2.3, buku agenda dan ekspedisi 000.5.3.1, naskah lain mengikuti kode permohonannya.', max_length=20, validators=[django.core.validators.RegexValidator('^[0-9]{1,3}(\\.[0-9]{1,3}){0,5}\\Z', 'Tulis kode klasifikasi berupa angka, contoh: 400.9.')], verbose_name='kode klasifikasi')),
                ('type_code', models.CharField(blank=True, help_text='Hanya dipakai bila pola nomor kantor memuat {type}. Contoh: ST.', max_length=10, validators=[django.core.validators.RegexValidator('^[A-Za-z][A-Za-z.-]*\\Z', 'Tulis kode jenis dengan huruf saja, contoh: ST.')], verbose_name='kode jenis')),
                ('initials', models.JSONField(blank=True, default=list, help_text='Hanya untuk surat. Yang mengonsep atau menandatanganinya sendiri dilewati.', validators=[reports.models.paper.check_initials], verbose_name='paraf, menurut urutan')),
                ('way', models.CharField(choices=[('ANY', 'elektronik atau basah'), ('ELECTRONIC', 'hanya elektronik'), ('HAND', 'hanya basah, lalu dipindai')], default='ANY', max_length=10, verbose_name='cara tanda tangan')),
                ('is_routine', models.BooleanField(default=False, help_text='Isinya tetap, hanya nama dan waktu yang berbeda. Boleh ditandatangani sekaligus.', verbose_name='rutin')),
            ],
            options={
                'verbose_name': 'aturan naskah',
                'verbose_name_plural': 'aturan naskah',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('ASSIGNMENT', 'SCHEDULE', 'RESULT', 'TRANSFER', 'REJECTION', 'OBJECTION_DECISION', 'OPINION_REQUEST', 'OPINION_REMINDER', 'INVITATION', 'REPORT', 'MINUTES', 'AGENDA_BOOK', 'OUTGOING', 'EXPEDITION'))), name='paper_rule_is_about_coded_papers')],
            },
        ),
        migrations.CreateModel(
            name='StandingOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=reports.models.paper.list_letters, max_length=20, verbose_name='jenis surat')),
                ('signer', models.CharField(choices=reports.models.paper.list_deputies, max_length=15, verbose_name='ditandatangani oleh')),
                ('number', models.CharField(max_length=100, verbose_name='nomor surat perintah')),
                ('dated', models.DateField(verbose_name='tanggal surat perintah')),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='berlaku sejak')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='diakhiri')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diperintahkan oleh')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diakhiri oleh')),
            ],
            options={
                'verbose_name': 'perintah tanda tangan',
                'verbose_name_plural': 'perintah tanda tangan',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('kind',), name='one_standing_order_per_kind'), models.CheckConstraint(condition=models.Q(('kind__in', ('ASSIGNMENT', 'SCHEDULE', 'RESULT', 'TRANSFER', 'REJECTION', 'OBJECTION_DECISION', 'OPINION_REQUEST', 'OPINION_REMINDER', 'INVITATION')), ('signer__in', ('SECRETARY', 'DIVISION_HEAD'))), name='standing_order_for_letters'), models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='standing_order_is_written'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='standing_order_ended_by_whom_and_when')],
            },
        ),
    ]
