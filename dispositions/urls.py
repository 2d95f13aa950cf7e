"""Addresses of the dispositions app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
