"""URLs of the API, of its description, and of the pages of other systems."""

from typing import Any, cast

from django.urls import path

from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from exchange import views
from exchange.api.v1 import api
from kit.limits import body_limit


def _list_api_urls() -> tuple[list[Any], str, str]:
    """Return the URLs of the API. Its views ask for a token instead of a login; some of them take files."""
    patterns, app_name, namespace = cast(tuple[list[Any], str, str], api.urls)
    for pattern in patterns:
        pattern.callback.login_required = False
        if pattern.name in ("submit_consultation", "submit_complaint", "complete_case"):
            body_limit(files=(MAX_FILES + 1) * MAX_BYTES)(pattern.callback)
    return patterns, app_name, namespace


urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/dokumentasi/", views.documentation, name="api_documentation"),
    path("api/v1/", _list_api_urls()),
    path("permohonan/<code:code>/lembar-lapor/", views.lapor_sheet, name="lapor_sheet"),
    path("sistem-lain/", views.systems, name="systems"),
    path("sistem-lain/usul/", views.propose_system, name="propose_system"),
    path("sistem-lain/<int:pk>/", views.system, name="system_access"),
    path("sistem-lain/<int:pk>/token/", views.issue_token, name="issue_token"),
    path("sistem-lain/<int:pk>/cabut/", views.revoke_system, name="revoke_system"),
    path("sistem-lain/<int:pk>/webhook/", views.add_webhook, name="add_webhook"),
    path("sistem-lain/<int:pk>/webhook/<int:hook_pk>/", views.webhook, name="webhook"),
]
