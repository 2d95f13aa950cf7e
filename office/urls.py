"""URLs of the office app: login, changes of access, invitations, sessions, language, the installed app."""

from allauth.account.views import login, logout
from django.urls import path

from kit.middleware import choose_language, choose_text_size
from office import app
from office.access.invitations import invitation
from office.access.pages import access_change, access_changes, propose_access
from office.access.sessions import session_time
from office.views import codes

urlpatterns = [
    path("masuk/", login, name="account_login"),
    path("keluar/", logout, name="account_logout"),
    path("perubahan-akses/", access_changes, name="access_changes"),
    path("perubahan-akses/<int:pk>/", access_change, name="access_change"),
    path("perubahan-akses/usul/<slug:name>/", propose_access, name="propose_access"),
    path("undangan/<str:token>/", invitation, name="invitation"),
    path("kode-klasifikasi/", codes, name="codes"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("warga.webmanifest", app.manifest_of_citizens, name="manifest_of_citizens"),
    path("pekerja.js", app.worker, name="worker"),
    path("tidak-terhubung/", app.disconnected, name="disconnected"),
    path("sesi/", session_time, name="session_time"),
    path("bahasa/", choose_language, name="choose_language"),
    path("ukuran-teks/", choose_text_size, name="choose_text_size"),
]
