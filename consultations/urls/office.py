"""Addresses of the office: desk, lists, a case, its files."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
