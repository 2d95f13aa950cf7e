"""The description of the API (OpenAPI 3.1): from django-ninja, and what its forms and errors add."""

from typing import Any

from django import forms
from django.urls import reverse

from consultations.enums import Kind
from consultations.intake.forms.complaint import FORMS
from consultations.intake.forms.upload_fields import CheckedFileField, CheckedFilesField
from exchange.api.problems import MEDIA_TYPE, SENTENCES
from exchange.api.schemas import ProblemOut
from exchange.api.v1 import api

BODIES = {"/consultations": Kind.CONSULTATION, "/complaints": Kind.COMPLAINT}
"""Kind of the form that is the body of an operation."""

NOT_SENT = ("submission_token", "stamp", "homepage", "is_independent")
"""Fields of the public form that other systems do not send."""

ALWAYS = (400, 401, 403, 422, 429, 503)
"""Errors of every operation."""


def get_schema() -> dict[str, Any]:
    """Return the description in the language of the reader."""
    prefix = reverse("api-1:api-root")
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix=prefix)
    schema["components"]["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
    for path, operations in schema["paths"].items():
        kind = BODIES.get("/" + path.removeprefix(prefix))
        for operation in operations.values():
            extra = [404] if "{" in path or path.endswith("/statistics") else []
            extra += [409, 413, 415] if kind else []
            operation["responses"].update(_describe_problem(status) for status in (*ALWAYS, *extra))
            operation.pop("description", None)
            if kind:
                operation["requestBody"] = {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": _describe_form(kind)}},
                }
    return schema


def _describe_problem(status: int) -> tuple[int, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return status, {"description": str(SENTENCES.get(status, status)), "content": content}


def _describe_form(kind: Kind) -> dict[str, Any]:
    """Return the schema of a public form: its fields with label, help, length and choices."""
    form = FORMS[kind](offers_times=False)
    fields = {name: field for name, field in form.fields.items() if name not in NOT_SENT}
    required = [name for name, field in fields.items() if field.required]
    properties = {name: _describe_field(field) for name, field in fields.items()}
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
