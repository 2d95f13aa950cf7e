"""URLs of the state of the system: for monitoring, and a page of the administrator."""

from django.contrib import admin
from django.urls import path

from operations import views

urlpatterns = [
    path("healthz/ready", views.ready, name="healthz_ready"),
    path("metrics", views.metrics, name="metrics"),
    path("pengaturan/sistem/", admin.site.admin_view(views.status), name="system"),
]
