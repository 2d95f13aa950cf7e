"""Addresses of the notices app."""

from django.urls import path

from notices.views import inbox, queue, whatsapp

urlpatterns = [
    path("pemberitahuan/<int:pk>/dibaca/", inbox.mark_as_read, name="notice_read"),
    path("pesan/", queue.queue, name="messages"),
    path("pesan/whatsapp/", whatsapp.reports, name="whatsapp_reports"),
    path("pesan/<int:pk>/<slug:what>/", queue.handle, name="message"),
]
