"""Version 1 of the API: its routers, and how its errors are answered."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from exchange.api import intake, reading
from exchange.api.problems import Problem, answer, list_errors
from exchange.api.schemas import describe as _


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


@api.exception_handler(Problem)
def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return answer(problem)


@api.exception_handler(Http404)
def answer_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer(Problem(HTTPStatus.NOT_FOUND))


@api.exception_handler(HttpError)
def answer_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(Problem(error.status_code))


@api.exception_handler(ValidationError)
def answer_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return answer(Problem(HTTPStatus.UNPROCESSABLE_CONTENT, errors=list_errors(error.errors)))


@api.exception_handler(Exception)
def raise_fault(request: HttpRequest, error: Exception) -> Any:
    """Leave faults to Django, also with DEBUG: the log has them, and the middleware answers."""
    raise error
