"""URLs of all apps."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.views import list_usersessions
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, register_converter

from kit.urls import CodeConverter, SecretConverter
from office.views import healthz, healthz_live

handler400 = "office.views.bad_request"
handler403 = "office.views.forbidden"
handler404 = "office.views.not_found"
register_converter(CodeConverter, "code")
register_converter(SecretConverter, "secret")

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/live", healthz_live, name="healthz_live"),
    path("", include("operations.urls")),
    path("pengaturan/", include("operations.setup.urls")),
    path("pengaturan/", admin.site.urls),
    path("akun/sessions/", reauthentication_required(list_usersessions)),
    path("akun/", include("allauth.urls")),
    path("", include("office.urls")),
    path("", include("consultations.urls")),
    path("", include("consultations.audit.urls")),
    path("", include("consultations.faq.urls")),
    path("", include("consultations.scheduling.urls")),
    path("", include("consultations.intake.urls")),
    path("", include("dispositions.urls")),
    path("", include("documents.urls")),
    path("", include("reports.surveys.urls")),
    path("", include("notices.urls")),
    path("", include("reports.urls")),
    path("", include("trust.record.urls")),
    path("", include("exchange.urls")),
    path("", include("trust.privacy.urls")),
    path("", include("trust.archive.urls")),
    path("", include("desk.urls")),
]

if apps.is_installed("allauth.socialaccount"):
    from office.access.single_sign_on import callback, login

    urlpatterns.insert(0, path("akun/oidc/<provider_id>/login/", login))
    urlpatterns.insert(0, path("akun/oidc/<provider_id>/login/callback/", callback))

if settings.PRACTICE:
    urlpatterns.insert(0, path("", include("operations.demo.urls")))
