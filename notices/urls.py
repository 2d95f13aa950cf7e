"""URLs of the notices app."""

from django.urls import path

from notices import views

urlpatterns = [
    path("lacak/tautan/", views.ask_link, name="ask_link"),
    path("pemberitahuan/", views.notices, name="notices"),
    path("pemberitahuan/terbaru/", views.newest, name="newest_notices"),
    path("pemberitahuan/<int:pk>/dibaca/", views.read, name="notice_read"),
    path("pemberitahuan/perangkat/", views.push, name="push"),
    path("p/<secret:secret>/perangkat/", views.push_of_case, name="push_of_case"),
    path("pesan/", views.queue, name="messages"),
    path("pesan/whatsapp/", views.delivery_reports, name="whatsapp_reports"),
    path("pesan/<int:pk>/whatsapp/", views.open_in_whatsapp, name="open_message"),
    path("pesan/<int:pk>/<slug:what>/", views.handle, name="message"),
]
