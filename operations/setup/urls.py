"""URLs of the set-up, below `pengaturan/`."""

from django.urls import path

from operations.setup import codes, people, profile, staff, views

urlpatterns = [
    path("mulai/", views.start, name="setup"),
    path("mulai/identitas/", views.identity, name="setup_identity"),
    path("mulai/identitas/kop/", views.letterhead, name="setup_letterhead"),
    path("mulai/jam/", views.hours, name="setup_hours"),
    path("mulai/bidang/", views.divisions, name="setup_divisions"),
    path("mulai/pegawai/", staff.staff, name="staff_import"),
    path("mulai/pegawai/contoh.xlsx", staff.template, name="setup_staff_template"),
    path("mulai/standar/", views.standard, name="setup_standard"),
    path("mulai/layanan/", views.service, name="setup_service"),
    path("mulai/layanan/surel/", people.mail, name="setup_mail"),
    path("mulai/periksa/", views.check, name="setup_check"),
    path("mulai/berkas-kantor.json", views.office_file, name="setup_file"),
    path("mulai/contoh-naskah.pdf", views.sample, name="setup_sample"),
    path("kantor/", profile.profile, name="office_profile"),
    path("kantor/<slug:name>/", profile.profile, name="office_profile"),
    path("kode/", codes.import_codes, name="import_codes"),
    path("daftar-orang/", people.staff_check, name="staff_check"),
    path("undangan/", people.invitations, name="invitations"),
    path("undangan/slip.pdf", people.slips, name="invitation_slips"),
]
