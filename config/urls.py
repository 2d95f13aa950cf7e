"""URLs of all apps."""

from django.contrib import admin
from django.urls import include, path, register_converter

from consultations.converters import CodeConverter, SecretConverter
from office.views import healthz, healthz_ready

handler400 = "office.views.bad_request"
handler403 = "office.views.forbidden"
handler404 = "office.views.not_found"
register_converter(CodeConverter, "code")
register_converter(SecretConverter, "secret")

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/ready", healthz_ready, name="healthz_ready"),
    path("pengaturan/", admin.site.urls),
    path("akun/", include("allauth.urls")),
    path("", include("office.urls")),
    path("", include("consultations.urls")),
    path("", include("faq.urls")),
    path("", include("scheduling.urls")),
    path("", include("intake.urls")),
    path("", include("dispositions.urls")),
    path("", include("surveys.urls")),
    path("", include("notices.urls")),
    path("", include("reports.urls")),
    path("", include("desk.urls")),
]
