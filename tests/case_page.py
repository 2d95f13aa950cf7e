"""The office's page of a case with all of its folded parts opened."""

from django.test import Client

from consultations.models import Case
from desk.case_parts import PARTS


def read_all(client: Client, case: Case) -> str:
    """Return the page as a reader without a script sees it after opening each part."""
    response = client.get(f"/permohonan/{case.code}/", {"buka": [*PARTS]})
    assert response.status_code == 200
    return response.text
