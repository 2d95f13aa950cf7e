"""The description of the API, for machines and for people. No login: it says nothing about the office."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja.responses import NinjaJSONEncoder

from exchange.api.openapi import get_schema
from exchange.services.systems import TOKEN_START

HEADER = f"Authorization: Bearer {TOKEN_START}…"


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(get_schema(), encoder=NinjaJSONEncoder)


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show the operations with their parameters, fields and answers, from the same description."""
    schema = json.loads(json.dumps(get_schema(), cls=NinjaJSONEncoder))
    context = {"info": schema["info"], "header": HEADER, "groups": _list_groups(schema)}
    return render(request, "exchange/documentation.html", context)


def _list_groups(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations by tag, in the order of the description."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            shown = {
                "anchor": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "parameters": [_describe(each, schema) for each in operation["parameters"]],
                "fields": _list_fields(operation),
                "answer": _find_answer(operation, schema),
                "errors": [
                    (status, each["description"])
                    for status, each in operation["responses"].items()
                    if int(status) >= 400
                ],
            }
            groups.setdefault(operation["tags"][0], []).append(shown)
    return groups


def _describe(parameter: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return name and explanation of a parameter; of a choice, its values."""
    kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
    names = [kind["$ref"].rpartition("/")[2] for kind in kinds if "$ref" in kind]
    values = [value for name in names for value in schema["components"]["schemas"][name]["enum"]]
    return {
        "name": parameter["name"],
        "is_required": parameter["required"],
        "text": parameter.get("description") or ", ".join(values),
    }


def _list_fields(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of the form that an operation takes."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("multipart/form-data", {}).get("schema", {"properties": {}})
    return [
        {
            "name": name,
            "is_required": name in schema["required"],
            "text": f"{field['title']}. {field.get('description', '')}".strip(),
        }
        for name, field in schema["properties"].items()
    ]


def _find_answer(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the names of the values that an operation answers, and whether there are several of them."""
    answers = [each for status, each in operation["responses"].items() if int(status) < 300]
    contents: dict[str, Any] = answers[-1].get("content", {})
    media_type = next(iter(contents), "")
    found = contents.get(media_type, {}).get("schema", {})
    is_list = found.get("type") == "array"
    reference = (found.get("items", {}) if is_list else found).get("$ref", "")
    model = schema["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return {"media_type": media_type, "is_list": is_list, "names": list(model.get("properties", {}))}
