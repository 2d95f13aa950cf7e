"""URLs of all apps."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, register_converter

from consultations.converters import CodeConverter, SecretConverter
from desk.views import system
from office.views import healthz, healthz_live

handler400 = "office.views.bad_request"
handler403 = "office.views.forbidden"
handler404 = "office.views.not_found"
register_converter(CodeConverter, "code")
register_converter(SecretConverter, "secret")

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/live", healthz_live, name="healthz_live"),
    path("healthz/ready", system.ready, name="healthz_ready"),
    path("metrics", system.metrics, name="metrics"),
    path("pengaturan/sistem/", admin.site.admin_view(system.status), name="system"),
    path("pengaturan/", admin.site.urls),
    path("akun/", include("allauth.urls")),
    path("", include("office.urls")),
    path("", include("consultations.urls")),
    path("", include("audit.urls")),
    path("", include("faq.urls")),
    path("", include("scheduling.urls")),
    path("", include("intake.urls")),
    path("", include("dispositions.urls")),
    path("", include("surveys.urls")),
    path("", include("notices.urls")),
    path("", include("reports.urls")),
    path("", include("ledger.urls")),
    path("", include("privacy.urls")),
    path("", include("desk.urls")),
]

if apps.is_installed("allauth.socialaccount"):
    from office.single_sign_on import callback

    urlpatterns.insert(0, path("akun/oidc/<provider_id>/login/callback/", callback))

if settings.PRACTICE:
    urlpatterns.insert(0, path("", include("demo.urls")))
