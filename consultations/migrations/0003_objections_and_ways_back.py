import django.core.validators
import django.db.models.deletion
import kit.clock
import kit.encryption
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0002_full_text'),
        ('office', '0003_rules_steps_and_codes_as_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='identity',
            field=models.CharField(choices=[('OPEN', 'Nama diketahui petugas'), ('CONFIDENTIAL', 'Dirahasiakan'), ('ANONYMOUS', 'Anonim')], default='OPEN', help_text='Nama dan kontak pelapor yang dirahasiakan tersimpan terpisah.', max_length=12, verbose_name='identitas pelapor'),
        ),
        migrations.AddField(
            model_name='agendaentry',
            name='office_number',
            field=models.CharField(blank=True, max_length=50, verbose_name='nomor agenda kantor'),
        ),
        migrations.AddField(
            model_name='agendaentry',
            name='office_number_at',
            field=models.DateTimeField(null=True, verbose_name='nomor agenda kantor diisi'),
        ),
        migrations.AddField(
            model_name='agendaentry',
            name='office_number_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='nomor agenda kantor diisi oleh'),
        ),
        migrations.AddConstraint(
            model_name='agendaentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('office_number', ''), ('office_number_at__isnull', True), ('office_number_by__isnull', True)), models.Q(models.Q(('office_number', ''), _negated=True), ('office_number_at__isnull', False), ('office_number_by__isnull', False)), _connector='OR'), name='office_number_entered_by_whom_and_when'),
        ),
        migrations.RemoveConstraint(
            model_name='attachment',
            name='attachment_of_an_accepted_type',
        ),
        migrations.AddField(
            model_name='attachment',
            name='inert_sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='SHA-256 salinan'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='removed_at',
            field=models.DateTimeField(null=True, verbose_name='dihapus'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='removed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dihapus oleh'),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='purpose',
            field=models.CharField(choices=[('LETTER', 'Surat permohonan'), ('MATERIAL', 'Bahan konsultasi'), ('COMPLETION', 'Kelengkapan'), ('OPINION', 'Pendapat instansi'), ('MEETING', 'Daftar hadir rapat'), ('ATTENDANCE', 'Daftar hadir'), ('PHOTO', 'Foto konsultasi'), ('ORDER', 'Bukti disposisi atau penugasan'), ('OBJECTION', 'Berkas keberatan'), ('DECISION', 'Keputusan atas keberatan'), ('REQUIRED', 'Persyaratan')], max_length=10, verbose_name='jenis'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/jpeg', 'image/png']), models.Q(('content_type__in', ('audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/webm', 'audio/wav')), ('purpose', 'ORDER')), _connector='OR'), name='attachment_of_an_accepted_type'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='removal_says_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), models.Q(('file', ''), ('inert_copy', ''), ('purpose__in', ['ATTENDANCE', 'PHOTO'])), _connector='OR'), name='only_files_of_a_session_are_removed'),
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='contact_known_unless_hidden',
        ),
        migrations.AddField(
            model_name='case',
            name='ask_until',
            field=models.DateField(null=True, verbose_name='dapat bertanya lagi sampai'),
        ),
        migrations.AddField(
            model_name='case',
            name='asked_again_at',
            field=models.DateTimeField(help_text='Belum dijawab', null=True, verbose_name='bertanya lagi'),
        ),
        migrations.AddField(
            model_name='case',
            name='assignment_unratified',
            field=models.BooleanField(default=False, verbose_name='penugasan menunggu pengesahan'),
        ),
        migrations.AddField(
            model_name='case',
            name='by_post',
            field=models.BooleanField(default=False, verbose_name='dijawab lewat pos'),
        ),
        migrations.AddField(
            model_name='case',
            name='first_ended_at',
            field=models.DateTimeField(help_text='Triwulannya menentukan surveinya', null=True, verbose_name='pertama kali dijawab atau ditolak'),
        ),
        migrations.AddField(
            model_name='case',
            name='forwarded_by',
            field=models.CharField(blank=True, max_length=150, verbose_name='diteruskan oleh'),
        ),
        migrations.AddField(
            model_name='case',
            name='object_until',
            field=models.DateField(null=True, verbose_name='dapat keberatan sampai'),
        ),
        migrations.AddField(
            model_name='case',
            name='objection_above',
            field=models.BooleanField(default=False, verbose_name='keberatan diputus di luar kantor'),
        ),
        migrations.AddField(
            model_name='case',
            name='objection_due',
            field=models.DateField(null=True, verbose_name='keberatan diputus paling lambat'),
        ),
        migrations.AddField(
            model_name='case',
            name='passed_to',
            field=models.CharField(blank=True, max_length=150, verbose_name='diteruskan kepada'),
        ),
        migrations.AddField(
            model_name='case',
            name='receipt_awaited',
            field=models.BooleanField(default=False, verbose_name='penerimaan instansi ditunggu'),
        ),
        migrations.AddField(
            model_name='case',
            name='review_awaited',
            field=models.BooleanField(default=False, verbose_name='telaahan staf ditunggu'),
        ),
        migrations.AddField(
            model_name='case',
            name='split_from',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_off', to='consultations.case', verbose_name='dipisahkan dari'),
        ),
        migrations.AlterField(
            model_name='case',
            name='channel',
            field=models.CharField(choices=[('ONLINE', 'Daring'), ('LETTER', 'Surat'), ('COUNTER', 'Datang ke Sekretariat'), ('WALK_IN', 'Datang langsung, mendesak'), ('PHONE', 'Telepon'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'Surel'), ('BOX', 'Kotak saran'), ('LAPOR', 'SP4N-LAPOR!'), ('FORWARD', 'Diteruskan instansi lain')], default='ONLINE', max_length=8, verbose_name='cara masuk'),
        ),
        migrations.AlterField(
            model_name='case',
            name='complaint_kind',
            field=models.CharField(blank=True, choices=[('INFORMATION', 'Permintaan informasi'), ('ASPIRATION', 'Aspirasi'), ('NO_SUPERVISION', 'Pengaduan tidak berkadar pengawasan'), ('SUPERVISION', 'Pengaduan berkadar pengawasan')], max_length=14, verbose_name='klasifikasi pengaduan'),
        ),
        migrations.AlterField(
            model_name='case',
            name='needs_large_print',
            field=models.BooleanField(default=False, verbose_name='Naskah cetak besar'),
        ),
        migrations.AlterField(
            model_name='case',
            name='retained_because',
            field=models.TextField(blank=True, help_text='Kosong: tidak ditangguhkan', verbose_name='alasan pemusnahan ditangguhkan'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('assignment_unratified', True)), fields=['division'], name='case_to_confirm'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('asked_again_at__isnull', False)), fields=['division', 'officer'], name='case_asked_again'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('by_post', True)), fields=['id'], name='case_answered_by_post'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('first_ended_at__isnull', False)), fields=['first_ended_at'], name='case_first_ended_at'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('receipt_awaited', True)), fields=['since'], name='case_receipt_awaited'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('objection_due__isnull', False)), fields=['objection_due'], name='case_objection_due'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('identity', 'OPEN'), models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), models.Q(('by_post', True), models.Q(('address', ''), _negated=True)), ('anonymised_at__isnull', False), _connector='OR')), models.Q(('address', ''), ('email', ''), ('identity__in', ['CONFIDENTIAL', 'ANONYMOUS']), ('letter_number', ''), ('organisation', ''), ('phone', '')), _connector='OR'), name='contact_known_unless_hidden'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('by_post', False), models.Q(('email', ''), ('phone', '')), _connector='OR'), name='answered_by_post_without_phone_and_email'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'FORWARD'), models.Q(('forwarded_by', ''), _negated=True)), models.Q(models.Q(('channel', 'FORWARD'), _negated=True), ('forwarded_by', '')), _connector='OR'), name='forwarded_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('review_awaited', False), models.Q(('needs_review', True), ('state__in', ['ASSIGNED', 'PREPARED', 'SCHEDULED', 'WITHDRAWN'])), _connector='OR'), name='required_review_written_before_the_session'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('assignment_unratified', False), ('officer__isnull', False), _connector='OR'), name='unratified_assignment_has_an_officer'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('passed_to', ''), ('receipt_awaited', False)), models.Q(models.Q(('passed_to', ''), _negated=True), ('is_independent', False), ('state', 'DECLINED')), _connector='OR'), name='passed_on_only_as_the_end'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('asked_again_at__isnull', True), models.Q(('ask_until__isnull', False), ('state', 'CLOSED')), _connector='OR'), name='asked_again_only_about_an_answer'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('object_until__isnull', True), ('objection_due__isnull', True)), ('state', 'DECLINED'), _connector='OR'), name='objection_only_to_a_refusal'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('objection_above', False), ('objection_due__isnull', True)), models.Q(('deletion_asked_at__isnull', True), ('object_until__isnull', True), ('objection_due__isnull', False)), _connector='OR'), name='one_objection_at_a_time'),
        ),
        migrations.AlterField(
            model_name='complainttarget',
            name='days',
            field=models.PositiveSmallIntegerField(help_text='Hari kerja menurut PermenPANRB 62/2018, kecuali tiga tahap terakhir: itu hari kalender menurut UU 25/2009 (pasal 44: 14 dan 30 hari, pasal 50: 60 hari). Yang lebih dulu tiba yang berlaku.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='hari'),
        ),
        migrations.AlterField(
            model_name='complainttarget',
            name='stage',
            field=models.CharField(choices=[('VERIFY', 'Pengaduan diperiksa Tim PKD'), ('FIRST_FOLLOW_UP', 'Tindak lanjut pertama'), ('INFORMATION', 'Permintaan informasi dijawab'), ('ASPIRATION', 'Aspirasi dijawab'), ('NO_SUPERVISION', 'Pengaduan tidak berkadar pengawasan selesai'), ('SUPERVISION', 'Pengaduan berkadar pengawasan selesai'), ('NO_REPLY', 'Permohonan konsultasi ditutup bila tidak dilengkapi'), ('LAW_CHECK', 'Pelapor diberi tahu apakah pengaduannya lengkap'), ('LAW_COMPLETE', 'Pengaduan ditutup bila pelapor tidak melengkapinya'), ('LAW_DECIDE', 'Pengaduan selesai, dihitung sejak lengkap')], max_length=16, unique=True, verbose_name='tahap'),
        ),
        migrations.AlterModelOptions(
            name='event',
            options={'verbose_name': 'aktivitas (log)', 'verbose_name_plural': 'aktivitas (log)'},
        ),
        migrations.RemoveConstraint(
            model_name='hiddenidentity',
            name='hidden_identity_is_known',
        ),
        migrations.AlterField(
            model_name='hiddenidentity',
            name='phone',
            field=kit.encryption.EncryptedPhoneField(blank=True, verbose_name='no. kontak / WhatsApp'),
        ),
        migrations.AddConstraint(
            model_name='hiddenidentity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), models.Q(('address', ''), _negated=True), _connector='OR')), name='hidden_identity_is_known'),
        ),
        migrations.CreateModel(
            name='DataCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('corrected', models.CharField(max_length=100, verbose_name='yang diperbaiki')),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='waktu')),
                ('content', kit.encryption.EncryptedJSONField(blank=True, verbose_name='sebelum dan sesudah')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_corrections', to='consultations.case', verbose_name='permohonan')),
            ],
            options={
                'verbose_name': 'perbaikan data',
                'verbose_name_plural': 'perbaikan data',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('corrected', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='correction_says_what_and_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='GivenRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='persyaratan')),
                ('given_at', models.DateTimeField(default=kit.clock.now, verbose_name='diterima')),
                ('attachment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.attachment', verbose_name='berkas')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given_requirements', to='consultations.case', verbose_name='permohonan')),
            ],
            options={
                'verbose_name': 'persyaratan yang dipenuhi',
                'verbose_name_plural': 'persyaratan yang dipenuhi',
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='given_requirement_says_which')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(default=kit.clock.now, verbose_name='diterima')),
                ('recorded_title', models.CharField(blank=True, max_length=210, verbose_name='dicatat selaku')),
                ('reason', models.TextField(verbose_name='alasan keberatan')),
                ('authority', models.CharField(blank=True, max_length=150, verbose_name='pemutus di luar kantor')),
                ('due', models.DateField(verbose_name='diputus paling lambat')),
                ('is_granted', models.BooleanField(null=True, verbose_name='dikabulkan')),
                ('decision', models.TextField(blank=True, verbose_name='pertimbangan')),
                ('decided_title', models.CharField(blank=True, max_length=210, verbose_name='diputus selaku')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='diputus')),
                ('decision_number', models.CharField(blank=True, max_length=100, verbose_name='nomor keputusan')),
                ('decision_date', models.DateField(null=True, verbose_name='tanggal keputusan')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='consultations.case', verbose_name='permohonan')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diputus atau dicatat oleh')),
                ('recorded_by', models.ForeignKey(help_text='Kosong: pemohon', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh')),
                ('scan', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.attachment', verbose_name='pindaian keputusan')),
            ],
            options={
                'verbose_name': 'keberatan',
                'verbose_name_plural': 'keberatan',
                'indexes': [models.Index(fields=['received_at'], name='objection_received_at')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('case',), name='one_open_objection_of_a_case'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('decision', '')), models.Q(('decided_title', '')), models.Q(('decision_number', '')), ('decided_at__isnull', True), ('decided_by__isnull', True), ('is_granted__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('is_granted__isnull', False), models.Q(('decision', ''), _negated=True), models.Q(('decided_title', ''), _negated=True)), _connector='OR'), name='objection_decided_how_why_when_and_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('decision_date__isnull', True), ('decision_number', ''), ('scan__isnull', True), models.Q(('authority', ''), ('decided_at__isnull', True), _connector='OR')), models.Q(models.Q(('authority', ''), _negated=True), models.Q(('decision_number', ''), _negated=True), ('decision_date__isnull', False), ('scan__isnull', False)), _connector='OR'), name='decision_from_outside_has_number_date_and_scan')],
            },
        ),
    ]
