from django.db import migrations

OMBUDSMAN, PEKPPP = "OMBUDSMAN", "PEKPPP"
QUESTIONS = [
    (OMBUDSMAN, "Input", "Apakah komponen standar pelayanan lengkap dan ditetapkan dengan SK yang dapat diunduh?", "standar-pelayanan.pdf sk-standar-pelayanan.pdf"),
    (OMBUDSMAN, "Input", "Apakah maklumat pelayanan ditandatangani pimpinan dan dipasang?", "maklumat.pdf poster-layanan.pdf"),
    (OMBUDSMAN, "Input", "Apakah nama, jabatan, dan kompetensi pelaksana diketahui masyarakat?", "pelaksana.xlsx"),
    (OMBUDSMAN, "Input", "Apakah tersedia sarana bagi penyandang disabilitas dan kelompok rentan?", "standar-pelayanan.pdf"),
    (OMBUDSMAN, "Proses", "Apakah setiap permohonan tercatat dan statusnya dapat diikuti pemohon?", "buku-agenda.pdf register-konsultasi.pdf"),
    (OMBUDSMAN, "Proses", "Apakah waktu pelayanan ditepati?", "matriks-ketepatan-waktu.xlsx"),
    (OMBUDSMAN, "Proses", "Apakah pelayanan berlangsung tanpa jeda, atau waktu istirahatnya diumumkan?", "poster-layanan.pdf"),
    (OMBUDSMAN, "Output", "Apakah pemohon menerima hasil tertulis yang sesuai produk pelayanan?", "daftar-naskah.csv rekap-laporan.pdf"),
    (OMBUDSMAN, "Output", "Apakah kepuasan masyarakat disurvei, diterbitkan, dan ditindaklanjuti?", "laporan-skm.pdf tindak-lanjut-skm.xlsx"),
    (OMBUDSMAN, "Pengaduan", "Apakah ada pejabat pengelola pengaduan, saluran, dan batas waktu yang diumumkan?", "standar-pelayanan.pdf poster-layanan.pdf"),
    (OMBUDSMAN, "Pengaduan", "Apakah pengaduan diselesaikan dalam batas waktu, dan hasilnya disampaikan kepada pelapor?", "register-pengaduan.pdf"),
    (OMBUDSMAN, "Pengaduan", "Apakah pelapor diberi tahu tentang SP4N-LAPOR! dan Ombudsman?", "poster-layanan.pdf"),
    (PEKPPP, "Kebijakan Pelayanan", "Apakah standar pelayanan disusun dan ditinjau bersama masyarakat (forum konsultasi publik)?", "forum-konsultasi"),
    (PEKPPP, "Kebijakan Pelayanan", "Apakah maklumat memuat perbaikan terus-menerus dan kompensasi?", "maklumat.pdf"),
    (PEKPPP, "Kebijakan Pelayanan", "Apakah SKM dilaksanakan paling sedikit setahun sekali, dengan rencana tindak lanjut?", "laporan-skm.pdf tindak-lanjut-skm.xlsx"),
    (PEKPPP, "Profesionalisme SDM", "Apakah pelaksana memenuhi kompetensi, dan ada kode etik serta penghargaan dan sanksi?", "pelaksana.xlsx"),
    (PEKPPP, "Sarana Prasarana", "Apakah ruang tunggu, parkir, toilet, dan sarana pendukung layak?", ""),
    (PEKPPP, "Sarana Prasarana", "Apakah ada sarana bagi kelompok rentan: jalur landai, kursi prioritas, bantuan bahasa isyarat?", "standar-pelayanan.pdf"),
    (PEKPPP, "Sistem Informasi Pelayanan Publik", "Apakah informasi pelayanan tersedia daring dan mutakhir, juga di SIPPN?", "statistik.csv daftar-naskah.csv"),
    (PEKPPP, "Konsultasi dan Pengaduan", "Apakah sarana konsultasi dan pengaduan tersedia, dikelola, dan didokumentasikan?", "register-konsultasi.pdf register-pengaduan.pdf"),
    (PEKPPP, "Konsultasi dan Pengaduan", "Apakah hasil konsultasi dan pengaduan dipakai memperbaiki pelayanan?", "laporan-skm-pengaduan.pdf"),
    (PEKPPP, "Inovasi", "Apakah ada inovasi pelayanan yang dipakai, berdampak, dan dapat ditiru?", ""),
]
"""Summaries of the forms, which an office replaces by those of its year."""


def add_questions(apps, schema_editor):
    question = apps.get_model("reports", "AssessmentQuestion")
    question.objects.bulk_create(
        question(number=number, form=form, aspect=aspect, text=text, files="\n".join(files.split()))
        for number, (form, aspect, text, files) in enumerate(QUESTIONS, start=1)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_signed_papers_enquiries_and_assessment'),
    ]

    operations = [
        migrations.RunPython(add_questions, migrations.RunPython.noop),
    ]
