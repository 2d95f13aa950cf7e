"""URLs of the notices app."""

from django.urls import path

from notices.views import manual_queue, unread, whatsapp

urlpatterns = [
    path("pemberitahuan/", unread.notices, name="notices"),
    path("pemberitahuan/terbaru/", unread.newest, name="newest_notices"),
    path("pemberitahuan/<int:pk>/dibaca/", unread.read, name="notice_read"),
    path("pesan/", manual_queue.queue, name="messages"),
    path("pesan/whatsapp/", whatsapp.delivery_reports, name="whatsapp_reports"),
    path("pesan/terkirim/", manual_queue.mark_several, name="messages_sent"),
    path("pesan/<int:pk>/whatsapp/", manual_queue.open_in_whatsapp, name="open_message"),
    path("pesan/<int:pk>/<slug:what>/", manual_queue.handle, name="message"),
]
