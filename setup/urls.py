"""URLs of the set-up, below `pengaturan/`."""

from django.urls import path

from setup.views import invitations, opening, staff, staff_check, steps

urlpatterns = [
    path("mulai/", opening.start, name="setup"),
    path("mulai/identitas/", steps.identity, name="setup_identity"),
    path("mulai/identitas/kop/", steps.letterhead, name="setup_letterhead"),
    path("mulai/jam/", steps.hours, name="setup_hours"),
    path("mulai/bidang/", steps.divisions, name="setup_divisions"),
    path("mulai/pegawai/", staff.staff, name="staff_import"),
    path("mulai/pegawai/contoh.xlsx", staff.template, name="setup_staff_template"),
    path("mulai/standar/", steps.standard, name="setup_standard"),
    path("mulai/layanan/", steps.service, name="setup_service"),
    path("mulai/layanan/surel/", steps.mail, name="setup_mail"),
    path("mulai/periksa/", opening.check, name="setup_check"),
    path("mulai/berkas-kantor.json", opening.office_file, name="setup_file"),
    path("mulai/contoh-naskah.pdf", opening.sample, name="setup_sample"),
    path("daftar-orang/", staff_check.staff_check, name="staff_check"),
    path("undangan/", invitations.invitations, name="invitations"),
    path("undangan/slip.pdf", invitations.slips, name="invitation_slips"),
]
