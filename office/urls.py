"""Addresses of the office app: login and logout."""

from allauth.account.views import login, logout
from django.urls import path

urlpatterns = [
    path("masuk/", login, name="account_login"),
    path("keluar/", logout, name="account_logout"),
]
