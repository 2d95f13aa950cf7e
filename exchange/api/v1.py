"""Version 1 of the API: its routers, the answers to its errors, and its description (OpenAPI 3.1)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from consultations.enums import Kind
from consultations.intake.request_form import FORMS
from consultations.intake.uploads import CheckedFileField, CheckedFilesField
from consultations.steps import PAGES
from exchange.api import intake, reading
from exchange.api.problems import MEDIA_TYPE, STATUSES, Problem, answer
from exchange.api.schemas import ProblemOut, describe as _
from exchange.webhooks import TYPE


class Api(NinjaAPI):
    """An API whose operations are named after their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title="Rembuk",
    version="1.0.0",
    description=_("Membaca dan mengirim permohonan dari sistem lain, dengan token dari kantor."),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-1",
)
for router in (reading.router, intake.router, reading.events_router, reading.public_router):
    api.add_router("", router)


UNKNOWN = _("Nilai ini tidak ada, atau tidak dikenal. Lihat dokumentasi.")

PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    Http404: lambda error: Problem(HTTPStatus.NOT_FOUND),
    HttpError: lambda error: Problem(error.status_code),
    # The texts of django-ninja are English.
    ValidationError: lambda error: Problem(422, errors={str(e["loc"][-1]): [UNKNOWN] for e in error.errors}),
}
"""The answer to each kind of error."""


def answer_problem(request: HttpRequest, error: Any) -> HttpResponse:
    make = next(make for kind, make in PROBLEMS.items() if isinstance(error, kind))
    return answer(make(error))


for kind in PROBLEMS:
    api.add_exception_handler(kind, answer_problem)


@api.exception_handler(Exception)
def raise_fault(request: HttpRequest, error: Exception) -> Any:
    """Leave faults to Django, also with DEBUG: the log has them, and the middleware answers."""
    raise error


BODIES: dict[str, Callable[[], Mapping[str, forms.Field]]] = {
    "submit_consultation": lambda: FORMS[Kind.CONSULTATION](offers_times=False).fields,
    "submit_complaint": lambda: FORMS[Kind.COMPLAINT](offers_times=False).fields,
    "complete_case": lambda: PAGES["complete"].form.base_fields,
    "withdraw_case": lambda: PAGES["withdraw"].form.base_fields,
}
"""Fields of the form that is the body of an operation."""

EXAMPLES = {
    "material": "Bagaimana mengusulkan warga untuk bantuan sosial?",
    "applicant_name": "Siti Contoh",
    "phone": "0812-3456-7890",
    "visit_at": "2026-12-08T08:00",
    "reason": "Sudah selesai di desa.",
}
"""Examples of fields."""

NOT_SENT = ("submission_token", "stamp", "homepage", "is_independent")
"""Fields of the public form that other systems do not send."""

ALWAYS = (400, 401, 403, 422, 429, 503)
"""Errors of every operation."""


def get_schema() -> dict[str, Any]:
    """Return the description in the language of the reader."""
    prefix = reverse("api-1:api-root")
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix=prefix)
    schema["components"]["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
    schema["servers"] = [{"url": settings.PUBLIC_URL}]
    schema["webhooks"] = {TYPE: {"post": _describe_webhook()}}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            body = BODIES.get(operation["operationId"])
            extra = [404] if "{" in path or path.endswith("/statistics") else []
            extra += [409, 413, 415] if body else []
            operation["responses"].update(_describe_problem(status) for status in (*ALWAYS, *extra))
            operation.pop("description", None)
            if body:
                operation["requestBody"] = {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": _describe_form(body())}},
                }
    return schema


def _describe_problem(status: int) -> tuple[int, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return status, {"description": str(STATUSES[status][1]), "content": content}


def _describe_webhook() -> dict[str, Any]:
    return {
        "summary": str(_("Pengumuman sebuah langkah, bertanda tangan menurut Standard Webhooks")),
        "operationId": "step_taken",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EventOut"}}},
        },
        "responses": {"2XX": {"description": str(_("Diterima."))}},
    }


def _describe_form(found: Mapping[str, forms.Field]) -> dict[str, Any]:
    fields = {name: field for name, field in found.items() if name not in NOT_SENT}
    required = [name for name, field in fields.items() if field.required]
    properties = {name: _describe_field(field) for name, field in fields.items()}
    for name in properties.keys() & EXAMPLES.keys():
        properties[name]["examples"] = [EXAMPLES[name]]
    return {"type": "object", "properties": properties, "required": required}


def _describe_field(field: forms.Field) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string", "title": str(field.label)}
    if field.help_text:
        described["description"] = str(field.help_text)
    if isinstance(field, CheckedFilesField):
        described |= {"type": "array", "items": {"type": "string", "format": "binary"}}
    elif isinstance(field, CheckedFileField):
        described["format"] = "binary"
    elif isinstance(field, forms.BooleanField):
        described["enum"] = ["on"]
    elif isinstance(field, forms.ChoiceField):
        described["enum"] = [str(value) for value, _label in field.choices]  # type: ignore[misc, union-attr]
    elif isinstance(field, forms.CharField) and field.max_length:
        described["maxLength"] = field.max_length
    return described
