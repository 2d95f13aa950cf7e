"""`docs/api_client.py`, the client that other systems copy, over HTTP."""

import importlib.util
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from consultations.enums import State
from consultations.models import Case
from exchange.webhooks import set_webhook
from tests.exchange.conftest import CallerOf
from tests.exchange.test_api import sent
from tests.factories import Staff, case_at
from tests.submitting import pdf

FILE = Path(__file__).parents[2] / "docs" / "api_client.py"


@pytest.fixture
def module() -> Any:
    spec = importlib.util.spec_from_file_location("api_client", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_client_of_the_documentation_sends_lists_and_hears(
    module: Any, staff: Staff, caller_of: CallerOf, live_server: Any, settings: Any, running_clock: None
) -> None:
    settings.PUBLIC_URL = live_server.url
    caller = caller_of()
    set_webhook(caller.system, by=staff.kadis, url="https://sistem.example/")
    token = caller.client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    office, key = module.Rembuk(live_server.url, token), uuid4()
    fields = {name: value for name, value in sent().items() if isinstance(value, str)}
    letter = pdf()
    for _time in range(2):
        receipt = office.send("/consultations", fields, {"letter": letter}, key)
    case = Case.objects.get()
    assert (receipt["code"], case.attachments.get().purpose) == (case.code, "LETTER")
    others = [case_at(State.SUBMITTED, staff) for _number in range(30)]
    assert [each["code"] for each in office.cases()] == [one.code for one in (*others[::-1], case)]
    assert not list(office.cases(state=State.CLOSED))
    events, following = office.events()
    assert {event["data"]["verb"] for event in events} == {"submit"}
    assert office.events(following)[0] == []
    with pytest.raises(module.Problem) as problem:
        office.send("/consultations", {}, {}, uuid4())
    assert problem.value.content["code"] == "invalid"
    assert "material" in problem.value.content["errors"]
