"""URLs that only a practice office has. Its login page replaces the one with passwords."""

from django.urls import path

from operations.demo import views

urlpatterns = [
    path("masuk/", views.login_page),
    path("latihan/masuk/", views.log_in, name="practice_login"),
    path("latihan/mulai-dari-awal/", views.start_anew, name="practice_anew"),
    path("latihan/disiapkan/", views.being_built, name="practice_being_built"),
]
