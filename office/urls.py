"""URLs of the office app: login, logout, recovery, time left of a session, choice of a language."""

from allauth.account.views import login, logout
from django.urls import path

from office.languages import choose_language
from office.sessions import session_time
from office.views import factor_recovery

urlpatterns = [
    path("masuk/", login, name="account_login"),
    path("keluar/", logout, name="account_logout"),
    path("akun/pemulihan/", factor_recovery, name="factor_recovery"),
    path("sesi/", session_time, name="session_time"),
    path("bahasa/", choose_language, name="choose_language"),
]
