import kit.encryption
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0003_objections_and_ways_back'),
        ('notices', '0001_initial'),
        ('office', '0003_rules_steps_and_codes_as_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('scheduling', '0002_pace_and_overrun'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='message',
            name='message_by_a_known_channel',
        ),
        migrations.AddField(
            model_name='message',
            name='address',
            field=kit.encryption.EncryptedField(blank=True, help_text='Kosong: kontak pada permohonan, dibaca saat dikirim', verbose_name='alamat'),
        ),
        migrations.AlterField(
            model_name='message',
            name='channel',
            field=models.CharField(choices=[('EMAIL', 'Surel'), ('WHATSAPP', 'WhatsApp'), ('POST', 'Pos')], max_length=8, verbose_name='cara'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'WHATSAPP'), models.Q(('by_hand', False), ('channel', 'EMAIL')), models.Q(('by_hand', True), ('channel', 'POST')), _connector='OR'), name='message_by_a_known_channel'),
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_of_a_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_of_a_step_unless_stepless',
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('RECEIVED', 'Tanda terima permohonan'), ('LETTER_RECEIVED', 'Tanda terima surat'), ('COMPLETED', 'Tanda terima kelengkapan'), ('TIME_ASKED', 'Tanda terima permintaan waktu'), ('WITHDRAWN', 'Konfirmasi penarikan'), ('WITHDRAWN_FOR', 'Penarikan yang dicatat kantor'), ('INCOMPLETE', 'Permohonan perlu dilengkapi'), ('DECLINED', 'Permohonan tidak dapat diterima'), ('SCHEDULED', 'Jadwal konsultasi'), ('MOVED', 'Jadwal baru'), ('KEPT', 'Jadwal tetap'), ('ANSWERED', 'Dijawab tertulis, tanpa pertemuan'), ('NO_SHOW', 'Tidak hadir, menunggu jadwal baru'), ('POSTPONED', 'Jadwal dibatalkan kantor, menunggu jadwal baru'), ('LAPSED', 'Permohonan ditutup karena tidak dilengkapi'), ('CLOSED', 'Laporan selesai, ajakan mengisi survei'), ('ENQUIRY_RECEIVED', 'Tanda terima pertanyaan lanjutan'), ('ENQUIRY_ANSWERED', 'Pertanyaan lanjutan dijawab'), ('CONVERTED', 'Jenis permohonan diubah'), ('SPLIT_OFF', 'Urusan kedua dicatat terpisah'), ('OBJECTED', 'Tanda terima keberatan'), ('OBJECTION_DONE', 'Keberatan diputus'), ('RESULT_READY', 'Surat hasil sudah ditandatangani'), ('REFERRED_UP', 'Pengaduan diteruskan ke instansi lain'), ('RECEIVED_THERE', 'Pengaduan diterima instansi lain'), ('CONCLUDED', 'Hasil pemeriksaan Pengawas'), ('BREACH', 'Kegagalan pelindungan data pribadi'), ('CONTACT_CHANGED', 'Nomor atau surel diperbaiki'), ('CONTACT_REPLACED', 'Nomor atau surel diganti (ke alamat lama)'), ('DELETION_DECIDED', 'Keputusan atas permintaan penghapusan data'), ('TO_REGISTER', 'Permohonan menunggu diagendakan'), ('TO_EXAMINE', 'Pengaduan menunggu pemeriksaan Anda'), ('TO_ENDORSE', 'Permohonan menunggu paraf Anda'), ('TO_DISPOSE', 'Permohonan menunggu disposisi'), ('TO_ASSIGN', 'Disposisi untuk bidang Anda'), ('COPY', 'Tembusan disposisi'), ('TO_SERVE', 'Penugasan sebagai petugas'), ('TO_ACCOMPANY', 'Penugasan sebagai pendamping'), ('TO_SERVE_NOW', 'Pemohon datang langsung, mendesak'), ('WALK_IN', 'Petugas bidang Anda melayani pemohon yang datang langsung'), ('TO_RATIFY', 'Disposisi menunggu pengesahan Anda'), ('TO_CONFIRM', 'Penugasan menunggu pengesahan Anda'), ('REFUSED', 'Disposisi atau penugasan tidak disahkan'), ('HANDED_OVER', 'Permohonan diberikan kepada petugas lain'), ('OTHER_TIME', 'Pemohon meminta waktu lain'), ('SESSION', 'Jadwal konsultasi yang Anda dampingi'), ('TO_REVIEW', 'Laporan menunggu diperiksa'), ('TO_COSIGN', 'Laporan menunggu paraf Anda'), ('TO_ACCEPT', 'Laporan menunggu persetujuan'), ('TO_REVISE', 'Laporan perlu diperbaiki'), ('ENQUIRY', 'Pemohon bertanya lagi'), ('TO_DECIDE', 'Permintaan penghapusan data menunggu keputusan'), ('OBJECTION', 'Keberatan menunggu keputusan'), ('CALLED_OFF', 'Permohonan ditarik pemohon'), ('DROPPED', 'Anda tidak lagi mendampingi'), ('COLLISION', 'Kantor tutup pada waktu konsultasi ini'), ('ABSENT', 'Petugas berhalangan pada waktu konsultasi ini'), ('TO_SIGN', 'Surat menunggu tanda tangan Anda'), ('TO_INITIAL', 'Surat menunggu paraf Anda'), ('PAPER_BACK', 'Konsep surat perlu Anda selesaikan'), ('STANDS_IN', 'Pengganti pejabat ditunjuk'), ('STOOD_IN', 'Masa pengganti pejabat berakhir'), ('ACCESS_PROPOSED', 'Perubahan akses diusulkan'), ('ACCESS_DECIDED', 'Perubahan akses diputuskan')], max_length=16, verbose_name='jenis'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['RECEIVED', 'LETTER_RECEIVED', 'COMPLETED', 'TIME_ASKED', 'WITHDRAWN', 'WITHDRAWN_FOR', 'INCOMPLETE', 'DECLINED', 'SCHEDULED', 'MOVED', 'KEPT', 'ANSWERED', 'NO_SHOW', 'POSTPONED', 'LAPSED', 'CLOSED', 'ENQUIRY_RECEIVED', 'ENQUIRY_ANSWERED', 'CONVERTED', 'SPLIT_OFF', 'OBJECTED', 'OBJECTION_DONE', 'RESULT_READY', 'REFERRED_UP', 'RECEIVED_THERE', 'CONCLUDED', 'BREACH', 'CONTACT_CHANGED', 'CONTACT_REPLACED', 'DELETION_DECIDED', 'TO_REGISTER', 'TO_EXAMINE', 'TO_ENDORSE', 'TO_DISPOSE', 'TO_ASSIGN', 'COPY', 'TO_SERVE', 'TO_ACCOMPANY', 'TO_SERVE_NOW', 'WALK_IN', 'TO_RATIFY', 'TO_CONFIRM', 'REFUSED', 'HANDED_OVER', 'OTHER_TIME', 'SESSION', 'TO_REVIEW', 'TO_COSIGN', 'TO_ACCEPT', 'TO_REVISE', 'ENQUIRY', 'TO_DECIDE', 'OBJECTION', 'CALLED_OFF', 'DROPPED', 'COLLISION', 'ABSENT', 'TO_SIGN', 'TO_INITIAL', 'PAPER_BACK', 'STANDS_IN', 'STOOD_IN', 'ACCESS_PROPOSED', 'ACCESS_DECIDED'])), name='notice_of_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('kind__in', ['COLLISION', 'ABSENT', 'TO_SIGN', 'TO_INITIAL', 'PAPER_BACK', 'STANDS_IN', 'STOOD_IN', 'ACCESS_PROPOSED', 'ACCESS_DECIDED']), ('kind__in', ['BREACH', 'RESULT_READY', 'RECEIVED_THERE', 'CONTACT_REPLACED']), _connector='OR'), name='notice_of_a_step_unless_stepless'),
        ),
    ]
