import consultations.models.history
import django.db.models.deletion
import functools
import kit.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0003_objections_and_ways_back'),
        ('ledger', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='disposal',
            name='one_open_disposal_per_rule',
        ),
        migrations.RemoveConstraint(
            model_name='disposal',
            name='disposal_decided_by_whom_when_and_how',
        ),
        migrations.AddField(
            model_name='disposal',
            name='classification',
            field=models.CharField(blank=True, max_length=20, verbose_name='kode klasifikasi'),
        ),
        # The lists that exist were decided under the old rule.
        migrations.AddField(
            model_name='disposal',
            name='is_of_old_rule',
            field=models.BooleanField(default=True, help_text='Disetujui dengan satu keputusan, sebelum ada tindakan pemusnahan.', verbose_name='menurut aturan lama'),
        ),
        migrations.AlterField(
            model_name='disposal',
            name='is_of_old_rule',
            field=models.BooleanField(default=False, help_text='Disetujui dengan satu keputusan, sebelum ada tindakan pemusnahan.', verbose_name='menurut aturan lama'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('rule', 'classification'), name='one_open_disposal_per_rule'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('decided_title', '')), models.Q(('reason', '')), ('decided_at', None), ('decided_by', None), ('done_at', None), ('is_approved', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('is_approved__isnull', False), models.Q(('decided_title', ''), _negated=True)), _connector='OR'), name='disposal_decided_by_whom_when_and_how'),
        ),
        migrations.AddField(
            model_name='recordcheck',
            name='not_compared',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='seal',
            name='previous',
            field=models.CharField(blank=True, max_length=64, verbose_name='sidik segel sebelumnya'),
        ),
        migrations.AddField(
            model_name='seal',
            name='root',
            field=models.CharField(blank=True, max_length=64, verbose_name='akar pohon'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('previous', ''), ('root', '')), models.Q(models.Q(('root', ''), _negated=True), models.Q(('previous', ''), _negated=True)), _connector='OR'), name='seal_with_a_tree_names_the_one_before'),
        ),
        migrations.CreateModel(
            name='ArchiveTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('MOVE', 'Pemindahan arsip inaktif'), ('HAND_OVER', 'Penyerahan arsip permanen')], max_length=10, verbose_name='jenis')),
                ('codes', models.JSONField(default=list, verbose_name='daftar')),
                ('rows', models.PositiveIntegerField(verbose_name='jumlah')),
                ('receiver', models.CharField(max_length=150, verbose_name='kepada')),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='disiapkan')),
                ('package', models.FileField(blank=True, upload_to=functools.partial(consultations.models.history.random_path, folder='archive'), verbose_name='paket')),
                ('package_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 paket')),
                ('received_by', models.CharField(blank=True, max_length=150, verbose_name='nama penerima')),
                ('received_title', models.CharField(blank=True, max_length=150, verbose_name='jabatan penerima')),
                ('letter', models.CharField(blank=True, max_length=80, verbose_name='nomor Berita Acara')),
                ('dated', models.DateField(null=True, verbose_name='tanggal Berita Acara')),
                ('file', models.FileField(blank=True, upload_to=functools.partial(consultations.models.history.random_path, folder='archive'), verbose_name='pindaian')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('done_title', models.CharField(blank=True, max_length=210, verbose_name='dicatat selaku')),
                ('done_at', models.DateTimeField(null=True, verbose_name='dicatat')),
                ('is_done', models.BooleanField(null=True, verbose_name='diterima')),
                ('reason', models.TextField(blank=True, verbose_name='alasan dibatalkan')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='disiapkan oleh')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh')),
            ],
            options={
                'verbose_name': 'pemindahan dan penyerahan',
                'verbose_name_plural': 'pemindahan dan penyerahan',
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at__isnull', True)), fields=('kind',), name='one_open_transfer_per_kind'), models.CheckConstraint(condition=models.Q(('kind__in', ['MOVE', 'HAND_OVER'])), name='transfer_of_a_known_kind'), models.CheckConstraint(condition=models.Q(models.Q(('receiver', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='transfer_says_to_whom_and_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None), ('done_title', ''), ('is_done', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False), ('is_done__isnull', False), models.Q(('done_title', ''), _negated=True)), _connector='OR'), name='transfer_done_by_whom_when_and_how'), models.CheckConstraint(condition=models.Q(models.Q(('is_done', True), _negated=True), models.Q(('dated__isnull', False), models.Q(('received_by', ''), _negated=True), models.Q(('received_title', ''), _negated=True), models.Q(('letter', ''), _negated=True), models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='received_transfer_has_its_signed_minutes'), models.CheckConstraint(condition=models.Q(models.Q(('is_done', True), ('kind', 'HAND_OVER'), _negated=True), models.Q(('package_sha256', ''), _negated=True), _connector='OR'), name='hand_over_has_a_package'), models.CheckConstraint(condition=models.Q(models.Q(('is_done', False), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='cancelled_transfer_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ArchiveTransferItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('MOVE', 'Pemindahan arsip inaktif'), ('HAND_OVER', 'Penyerahan arsip permanen')], max_length=10, verbose_name='jenis')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='consultations.case', verbose_name='permohonan')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='ledger.archivetransfer')),
            ],
            options={
                'verbose_name': 'arsip yang dipindahkan atau diserahkan',
                'verbose_name_plural': 'arsip yang dipindahkan atau diserahkan',
                'constraints': [models.UniqueConstraint(fields=('kind', 'case'), name='case_transferred_once_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='DisposalAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='nomor')),
                ('verb', models.CharField(choices=[('appoint', 'Panitia Penilai'), ('consider', 'Pertimbangan panitia'), ('approve', 'Persetujuan tertulis'), ('decide', 'Penetapan'), ('execute', 'Pelaksanaan di depan saksi'), ('conclude', 'Berita Acara bertanda tangan')], max_length=10, verbose_name='tindakan')),
                ('title', models.CharField(max_length=210, verbose_name='selaku')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='dicatat')),
                ('letter', models.CharField(blank=True, max_length=80, verbose_name='nomor surat')),
                ('dated', models.DateField(verbose_name='tanggal')),
                ('issuer', models.CharField(blank=True, max_length=210, verbose_name='dari')),
                ('text', models.TextField(blank=True, verbose_name='isi')),
                ('law_witness', models.CharField(blank=True, max_length=150, verbose_name='saksi unit hukum')),
                ('law_title', models.CharField(blank=True, max_length=150, verbose_name='jabatannya')),
                ('supervision_witness', models.CharField(blank=True, max_length=150, verbose_name='saksi unit pengawasan')),
                ('supervision_title', models.CharField(blank=True, max_length=150, verbose_name='jabatannya')),
                ('file', models.FileField(blank=True, upload_to=functools.partial(consultations.models.history.random_path, folder='archive'), verbose_name='pindaian')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh')),
                ('disposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='ledger.disposal', verbose_name='usul musnah')),
            ],
            options={
                'verbose_name': 'tindakan pemusnahan',
                'verbose_name_plural': 'tindakan pemusnahan',
                'constraints': [models.UniqueConstraint(fields=('disposal', 'number'), name='one_act_of_a_number'), models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('verb', 'appoint')), models.Q(('number', 2), ('verb', 'consider')), models.Q(('number', 3), ('verb', 'approve')), models.Q(('number', 4), ('verb', 'decide')), models.Q(('number', 5), ('verb', 'execute')), models.Q(('number', 6), ('verb', 'conclude')), _connector='OR'), name='acts_of_destruction_in_order'), models.CheckConstraint(condition=models.Q(('verb', 'execute'), models.Q(models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='act_has_its_scanned_letter'), models.CheckConstraint(condition=models.Q(models.Q(('letter', ''), _negated=True), models.Q(('issuer', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='act_names_number_and_author_of_its_letter'), models.CheckConstraint(condition=models.Q(models.Q(('verb__in', ['appoint', 'consider']), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='panel_has_members_and_an_opinion'), models.CheckConstraint(condition=models.Q(models.Q(('verb', 'execute'), _negated=True), models.Q(models.Q(('law_witness', ''), _negated=True), models.Q(('law_title', ''), _negated=True), models.Q(('supervision_witness', ''), _negated=True), models.Q(('supervision_title', ''), _negated=True), models.Q(('law_witness', models.F('supervision_witness')), _negated=True)), _connector='OR'), name='execution_has_two_witnesses')],
            },
        ),
        migrations.CreateModel(
            name='WitnessedSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=200, verbose_name='alamat')),
                ('day', models.DateField(verbose_name='hari')),
                ('year', models.PositiveSmallIntegerField(verbose_name='tahun')),
                ('number', models.PositiveIntegerField(verbose_name='nomor')),
                ('head', models.CharField(max_length=64, verbose_name='hash rantai')),
                ('text', models.CharField(max_length=300, verbose_name='isi segel')),
                ('result', models.CharField(choices=[('FOLLOWS', 'menyambung segel sebelumnya'), ('ACCEPTED', 'diterima sebagai awal baru'), ('MISSING', 'segel yang pernah diumumkan tidak ada lagi'), ('CHANGED', 'segel yang pernah diumumkan berubah'), ('NOT_NEXT', 'tidak menyambung segel sebelumnya')], max_length=10, verbose_name='hasil')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='dibaca')),
                ('signature', models.TextField(blank=True, verbose_name='tanda tangan')),
            ],
            options={
                'verbose_name': 'segel yang disaksikan',
                'verbose_name_plural': 'segel yang disaksikan',
                'indexes': [models.Index(fields=['origin'], name='witnessed_of_origin')],
                'constraints': [models.CheckConstraint(condition=models.Q(('result__in', ['FOLLOWS', 'ACCEPTED', 'MISSING', 'CHANGED', 'NOT_NEXT'])), name='witnessed_seal_has_a_known_result')],
            },
        ),
    ]
