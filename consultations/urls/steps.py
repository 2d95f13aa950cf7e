"""Addresses of the steps: one page for each verb, and the two at the counter."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
