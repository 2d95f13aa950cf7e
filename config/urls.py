"""All addresses of Rembuk."""

from django.contrib import admin
from django.urls import include, path

from office.views import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("pengaturan/", admin.site.urls),
    path("akun/", include("allauth.urls")),
    path("", include("office.urls")),
    path("", include("dispositions.urls")),
    path("", include("reports.urls")),
    path("", include("consultations.urls")),
]
