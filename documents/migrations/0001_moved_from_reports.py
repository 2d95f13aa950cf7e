import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import documents.models.document
import documents.models.paper
import kit.clock
import kit.encryption
import uuid
from django.conf import settings
from django.db import migrations, models


MOVED = ["document", "handover", "paperevent", "paperrule", "register", "reportnumber", "standingorder"]


def rename(old, new):
    """Return the function that gives the content types of the models, with their permissions, to another app."""

    def move(apps, schema_editor):
        types = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
        types.filter(app_label=old, model__in=MOVED).update(app_label=new)

    return move


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('consultations', '0009_hash_of_pictures'),
        ('office', '0007_cache_table_beside_valkey'),
        ('reports', '0006_kinds_in_the_code'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # The tables stay as they are: only the state of the migrations changes.
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='PaperRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20, unique=True, verbose_name='jenis naskah')),
                    ('classification', models.CharField(blank=True, help_text='Permendagri 83/2022. Kosong: undangan dan notula 000.1.5, surat tugas 000.1.2.3, buku agenda dan ekspedisi 000.5.3.1, naskah lain mengikuti kode permohonannya.', max_length=20, validators=[django.core.validators.RegexValidator('^[0-9]{1,3}(\\.[0-9]{1,3}){0,5}\\Z', 'Tulis kode klasifikasi berupa angka, contoh: 400.9.')], verbose_name='kode klasifikasi')),
                    ('type_code', models.CharField(blank=True, help_text='Hanya dipakai bila pola nomor kantor memuat {type}. Contoh: ST.', max_length=10, validators=[django.core.validators.RegexValidator('^[A-Za-z][A-Za-z.-]*\\Z', 'Tulis kode jenis dengan huruf saja, contoh: ST.')], verbose_name='kode jenis')),
                    ('initials', models.JSONField(blank=True, default=list, help_text='Hanya untuk surat. Yang mengonsep atau menandatanganinya sendiri dilewati.', validators=[documents.models.paper.check_initials], verbose_name='paraf, menurut urutan')),
                    ('way', models.CharField(choices=[('ANY', 'elektronik atau basah'), ('ELECTRONIC', 'hanya elektronik'), ('HAND', 'hanya basah, lalu dipindai')], default='ANY', max_length=10, verbose_name='cara tanda tangan')),
                    ('is_routine', models.BooleanField(default=False, help_text='Isinya tetap, hanya nama dan waktu yang berbeda. Boleh ditandatangani sekaligus.', verbose_name='rutin')),
                ],
                options={
                    'verbose_name': 'aturan naskah',
                    'verbose_name_plural': 'aturan naskah',
                    'db_table': 'reports_paperrule',
                },
            ),
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=20, verbose_name='jenis')),
                    ('source_pk', models.PositiveBigIntegerField(help_text='Kunci catatan yang dicetak; jenis naskah menentukan tabelnya.', verbose_name='catatan asal')),
                    ('version', models.PositiveSmallIntegerField(default=1, verbose_name='versi')),
                    ('state', models.CharField(choices=[('DRAFT', 'konsep'), ('INITIALS', 'menunggu paraf'), ('SIGNATURE', 'menunggu tanda tangan'), ('ISSUED', 'terbit'), ('SENT', 'terkirim')], default='ISSUED', max_length=10, verbose_name='keadaan')),
                    ('turn', models.CharField(blank=True, choices=[('SECRETARIAT', 'Sekretariat'), ('TIM_PKD', 'Tim PKD'), ('SECRETARY', 'Sekretaris'), ('HEAD', 'Kepala Dinas'), ('DIVISION_HEAD', 'Kepala Bidang'), ('OFFICER', 'Petugas'), ('SUPERVISOR', 'Pengawas')], help_text='Jabatan yang memaraf atau meneken.', max_length=15, verbose_name='menunggu')),
                    ('signer_role', models.CharField(blank=True, choices=[('SECRETARIAT', 'Sekretariat'), ('TIM_PKD', 'Tim PKD'), ('SECRETARY', 'Sekretaris'), ('HEAD', 'Kepala Dinas'), ('DIVISION_HEAD', 'Kepala Bidang'), ('OFFICER', 'Petugas'), ('SUPERVISOR', 'Pengawas')], max_length=15, verbose_name='ditandatangani oleh')),
                    ('text', models.TextField(blank=True, verbose_name='isi tambahan')),
                    ('signed_title', models.CharField(blank=True, max_length=420, verbose_name='ditandatangani selaku')),
                    ('signed_at', models.DateTimeField(null=True, verbose_name='waktu tanda tangan')),
                    ('way', models.CharField(blank=True, choices=[('ELECTRONIC', 'tanda tangan elektronik'), ('HAND', 'tanda tangan basah')], max_length=10, verbose_name='cara tanda tangan')),
                    ('original', kit.encryption.EncryptedFileField(blank=True, encrypted_if='has_secret_link', upload_to=documents.models.document.original_path, verbose_name='cetakan')),
                    ('original_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 cetakan')),
                    ('printed_at', models.DateTimeField(null=True, verbose_name='dicetak untuk ditandatangani')),
                    ('printed_title', models.CharField(blank=True, max_length=420, verbose_name='dicetak untuk jabatan')),
                    ('classification', models.CharField(blank=True, help_text='Kosong: naskah dari sebelum kode dicatat', max_length=20, verbose_name='kode klasifikasi')),
                    ('number', models.CharField(blank=True, max_length=100, verbose_name='nomor')),
                    ('numbered_at', models.DateTimeField(null=True, verbose_name='diberi nomor')),
                    ('issuer', models.CharField(help_text='Dua baris bila atas nama (a.n.) Kepala Dinas', max_length=420, verbose_name='diterbitkan oleh')),
                    ('issued_at', models.DateTimeField(verbose_name='diterbitkan')),
                    ('revoked_at', models.DateTimeField(null=True, verbose_name='dicabut')),
                    ('revoke_reason', models.CharField(blank=True, max_length=200, verbose_name='alasan dicabut')),
                    ('file', kit.encryption.EncryptedFileField(blank=True, encrypted_if='has_secret_link', upload_to=documents.models.document.document_path, verbose_name='berkas')),
                    ('size', models.PositiveIntegerField(null=True, verbose_name='ukuran (bita)')),
                    ('sha256', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='SHA-256')),
                    ('signature', models.CharField(blank=True, choices=[('pkcs12', 'sertifikat elektronik kantor'), ('bsre', 'sertifikat elektronik BSrE')], max_length=10, verbose_name='tanda tangan elektronik')),
                    ('signer', models.CharField(blank=True, max_length=200, verbose_name='penanda tangan menurut sertifikat')),
                    ('confirmed_at', models.DateTimeField(help_text='Tanda tangan pada pindaian', null=True, verbose_name='dikonfirmasi penanda tangan')),
                    ('denied_at', models.DateTimeField(null=True, verbose_name='disangkal penanda tangan')),
                    ('erased_at', models.DateTimeField(help_text='Berkasnya dihapus. Sidik SHA-256 tetap tersimpan.', null=True, verbose_name='dimusnahkan')),
                    ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='consultations.case', verbose_name='permohonan')),
                    ('drafted_by', models.ForeignKey(help_text='Kosong: pemohon atau sistem', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dikonsep oleh')),
                    ('issued_by', models.ForeignKey(help_text='Kosong: pemohon atau sistem', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh')),
                    ('numbered_by', models.ForeignKey(help_text='Kosong: nomor dari Rembuk', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='nomor diisi oleh')),
                    ('printed_for', models.ForeignKey(help_text='Pejabat yang namanya tercetak', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicetak untuk')),
                    ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='documents.document', verbose_name='menggantikan')),
                    ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ditandatangani')),
                ],
                options={
                    'verbose_name': 'naskah terbit',
                    'verbose_name_plural': 'naskah terbit',
                    'db_table': 'reports_document',
                },
            ),
            migrations.CreateModel(
                name='Handover',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('receiver', models.CharField(max_length=150, verbose_name='penerima')),
                    ('received_at', models.DateTimeField(verbose_name='diterima')),
                    ('title', models.CharField(max_length=210, verbose_name='selaku')),
                    ('at', models.DateTimeField(default=kit.clock.now, verbose_name='dicatat')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh')),
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='documents.document', verbose_name='naskah')),
                ],
                options={
                    'verbose_name': 'penyerahan naskah',
                    'verbose_name_plural': 'penyerahan naskah',
                    'db_table': 'reports_handover',
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
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='documents.document', verbose_name='naskah')),
                ],
                options={
                    'verbose_name': 'riwayat naskah',
                    'verbose_name_plural': 'riwayat naskah',
                    'db_table': 'reports_paperevent',
                },
            ),
            migrations.CreateModel(
                name='Register',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20, verbose_name='jenis')),
                    ('since', models.DateField(verbose_name='dari tanggal')),
                    ('until', models.DateField(verbose_name='sampai tanggal')),
                    ('title', models.CharField(max_length=210, verbose_name='selaku')),
                    ('at', models.DateTimeField(default=kit.clock.now, verbose_name='dicetak')),
                    ('hides', models.BooleanField(default=False, help_text='Tanpa pengaduan terhadap pencetaknya; hanya untuk pencetak itu sendiri.', verbose_name='tidak lengkap')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh')),
                    ('division', models.ForeignKey(help_text='Kosong: seluruh kantor', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.division', verbose_name='bidang')),
                ],
                options={
                    'verbose_name': 'daftar tercetak',
                    'verbose_name_plural': 'daftar tercetak',
                    'db_table': 'reports_register',
                },
            ),
            migrations.CreateModel(
                name='ReportNumber',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=100, unique=True, verbose_name='nomor laporan')),
                    ('taken_at', models.DateTimeField(default=kit.clock.now, verbose_name='diambil')),
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reserved_report_number', to='consultations.case', verbose_name='permohonan')),
                    ('entered_by', models.ForeignKey(help_text='Kosong: nomor dari Rembuk', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diisi oleh')),
                ],
                options={
                    'verbose_name': 'nomor laporan',
                    'verbose_name_plural': 'nomor laporan',
                    'db_table': 'reports_reportnumber',
                },
            ),
            migrations.CreateModel(
                name='StandingOrder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20, verbose_name='jenis surat')),
                    ('signer', models.CharField(choices=documents.models.paper.list_deputies, max_length=15, verbose_name='ditandatangani oleh')),
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
                    'db_table': 'reports_standingorder',
                },
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
                index=models.Index(condition=models.Q(('confirmed_at__isnull', True), ('denied_at__isnull', True), ('revoked_at__isnull', True), ('way', 'HAND')), fields=['signed_by', 'signed_at'], name='scan_to_confirm'),
            ),
            migrations.AddIndex(
                model_name='document',
                index=models.Index(condition=models.Q(('state__in', ('INITIALS', 'SIGNATURE'))), fields=['turn', 'issued_at'], name='paper_on_a_desk'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.UniqueConstraint(fields=('kind', 'source_pk'), name='one_document_per_source'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number', 'version'), name='document_number_used_once'),
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
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('sha256', ''), ('signature', ''), ('signer', ''), ('size__isnull', True)), models.Q(models.Q(('file', ''), _negated=True), ('size__gt', 0), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='document_has_file_size_and_hash_or_none_yet'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaces__isnull', True), ('version', 1)), models.Q(('replaces__isnull', False), ('version__gt', 1)), _connector='OR'), name='later_version_names_what_it_replaces'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoke_reason', ''), ('revoked_at__isnull', True)), models.Q(('revoked_at__isnull', False), models.Q(('revoke_reason', ''), _negated=True)), _connector='OR'), name='revoked_document_says_why'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', True), ('kind__in', ('AGENDA_BOOK', 'GUEST_BOOK', 'COMPLAINTS', 'OBJECTIONS', 'OUTGOING', 'EXPEDITION', 'RECAP', 'SURVEY'))), models.Q(models.Q(('kind__in', ('AGENDA_BOOK', 'GUEST_BOOK', 'COMPLAINTS', 'OBJECTIONS', 'OUTGOING', 'EXPEDITION', 'RECAP', 'SURVEY')), _negated=True), ('case__isnull', False)), _connector='OR'), name='document_of_a_case_or_a_period'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(('issuer', ''), _negated=True), name='document_says_who_issued_it'),
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
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('denied_at__isnull', True)), models.Q(('confirmed_at__isnull', False), ('denied_at__isnull', True), ('way', 'HAND')), models.Q(('confirmed_at__isnull', True), ('denied_at__isnull', False), ('revoked_at__isnull', False), ('way', 'HAND')), _connector='OR'), name='signer_answers_for_a_scan_once'),
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
            migrations.AddConstraint(
                model_name='handover',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('receiver', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='handover_says_to_whom_and_by_whom'),
            ),
            migrations.AddConstraint(
                model_name='handover',
                constraint=models.CheckConstraint(condition=models.Q(('at__gte', models.F('received_at'))), name='handover_recorded_after_it_happened'),
            ),
            migrations.AddConstraint(
                model_name='paperevent',
                constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='paper_event_says_in_which_position'),
            ),
            migrations.AddConstraint(
                model_name='register',
                constraint=models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='period_in_order'),
            ),
            migrations.AddConstraint(
                model_name='standingorder',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('kind',), name='one_standing_order_per_kind'),
            ),
            migrations.AddConstraint(
                model_name='standingorder',
                constraint=models.CheckConstraint(condition=models.Q(('signer__in', ('SECRETARY', 'DIVISION_HEAD'))), name='standing_order_for_deputies'),
            ),
            migrations.AddConstraint(
                model_name='standingorder',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='standing_order_is_written'),
            ),
            migrations.AddConstraint(
                model_name='standingorder',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='standing_order_ended_by_whom_and_when'),
            ),
        ]),
        migrations.RunPython(rename("reports", "documents"), rename("documents", "reports")),
    ]
