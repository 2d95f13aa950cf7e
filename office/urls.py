"""URLs of the office app: login, logout, choice of a language."""

from allauth.account.views import login, logout
from django.urls import path

from office.languages import choose_language

urlpatterns = [
    path("masuk/", login, name="account_login"),
    path("keluar/", logout, name="account_logout"),
    path("bahasa/<slug:code>/", choose_language, name="choose_language"),
]
