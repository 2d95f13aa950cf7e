"""The contract: the description is valid, and requests that follow or break it find no fault and no leak."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, seed, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consultations.enums import Kind, State
from exchange.models import System
from kit import clock
from tests.exchange.conftest import CallerOf
from tests.exchange.test_api import sent
from tests.factories import Staff, case_at, independent_case

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "12"))
"""Requests of each operation and token. docs/api.md says how to make more."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SEED = 16


def test_the_description_is_valid_and_its_page_needs_no_script_or_other_host(client: Any, db: None) -> None:
    description = client.get("/api/v1/openapi.json").json()
    validate(description)
    assert len(description["paths"]) == 15
    for operations in description["paths"].values():
        assert {str(operation["security"]) for operation in operations.values()} == {"[{'Token': []}]"}
    main = client.get("/api/v1/dokumentasi/").text.split("<main")[1].split("</main>")[0]
    assert main.count("data-operation") == 15
    assert "<script" not in main
    assert "://" not in main


@contextmanager
def open_connection() -> Iterator[None]:
    """Leave the connection of the test open after a request, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.release
def test_no_request_finds_a_fault_or_a_leak(staff: Staff, caller_of: CallerOf) -> None:
    """Half of the requests for a case name one that exists: a visible one, or one of another system."""
    head, other = caller_of(), caller_of(name="Lain", sends_requests=True)
    sender = caller_of(staff.kabid, name="Pengirim", sends_requests=True, reads_documents=True)
    System.objects.update(rate=600)
    own = sender.post("/consultations", sent(), key=uuid4()).json()["code"]
    foreign = other.post("/consultations", sent(material="Rahasia sistem lain"), key=uuid4()).json()["code"]
    of_office = case_at(State.CLOSED, staff).code
    independent = independent_case().code
    case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    callers = (
        (head, {own, foreign, of_office}, {independent}),
        (sender, {own}, {foreign, of_office, independent}),
    )
    numbers: dict[str, int] = {}
    with open_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
        results: Iterator[Any] = schema.get_all_operations()
        for minute, result in enumerate(results):
            for caller, visible, invisible in callers:
                run = make_run(result.ok(), caller, sorted(visible | invisible), invisible, numbers)
                with clock.set_to(clock.now() + dt.timedelta(minutes=minute)):  # the rate limit starts anew
                    run()
    assert len(numbers) == 15
    assert all(number >= EXAMPLES for number in numbers.values())


def make_run(
    operation: Any, caller: Any, codes: list[str], invisible: set[str], numbers: dict[str, int]
) -> Callable[[], None]:
    """Return a run of requests of one operation with one token."""
    authorization = caller.client.defaults["HTTP_AUTHORIZATION"]

    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def run(request: Any) -> None:
        number = numbers[operation.label] = numbers.get(operation.label, 0) + 1
        code = None
        if "code" in (request.path_parameters or {}) and number % 2:
            code = request.path_parameters["code"] = codes[number // 2 % len(codes)]
        response = request.call(
            headers={**(request.headers or {}), "Authorization": authorization, "Accept-Encoding": "identity"}
        )
        request.validate_response(response, checks=CHECKS)
        if code in invisible:
            assert response.status_code in (403, 404, 422), code
        assert not any(other in response.text for other in invisible), response.text

    return run
