"""The secret link of a hidden complainant is in no hands of the office; the counter gives out its own."""

from typing import Any

import pytest
from django.test import Client

from consultations.enums import Identity, Kind, State
from consultations.models import Case
from intake import services as intake_services
from tests.factories import DETAILS, ClientOf, Staff, case_at

COMPLAINT: dict[str, Any] = {"kind": Kind.COMPLAINT, "complained_party": "Petugas loket"}
HIDDEN = [Identity.CONFIDENTIAL, Identity.ANONYMOUS]


def receipt(case: Case) -> str:
    return f"/permohonan/{case.code}/tanda-terima.pdf"


@pytest.mark.parametrize("identity", HIDDEN)
@pytest.mark.parametrize("name", ["sekretariat", "pkd"])
def test_nobody_in_the_office_opens_the_receipt_of_a_hidden_complainant(
    identity: str, name: str, staff: Staff, client_of: ClientOf
) -> None:
    case, client = (
        case_at(State.SUBMITTED, staff, **COMPLAINT, identity=identity),
        client_of(getattr(staff, name)),
    )
    assert client.get(receipt(case)).status_code == 404
    page = client.get(f"/permohonan/{case.code}/").content.decode()
    assert "tanda-terima.pdf" not in page
    assert case.secret not in page
    assert Client().get(f"/p/{case.secret}/tanda-terima.pdf").status_code == 200, "the complainant"


def test_the_counter_prints_the_receipt_of_a_complaint_that_it_took_in(
    staff: Staff, client_of: ClientOf
) -> None:
    case = intake_services.receive(
        by=staff.sekretariat, **COMPLAINT, **DETAILS, identity=Identity.CONFIDENTIAL
    )
    assert client_of(staff.sekretariat).get(receipt(case)).status_code == 200
