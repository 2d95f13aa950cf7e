"""The number that another agenda of the office (TU, SRIKANDI) gave to a letter, beside that of Rembuk."""

import pytest
from django.core.exceptions import PermissionDenied

from consultations import services as consultations_services
from consultations.enums import State
from consultations.models import AgendaEntry, Case
from consultations.search import find
from kit import clock
from kit.refusal import Refused
from tests.case_page import read_all
from tests.factories import Staff, case_at, client_of
from tests.print.test_registers import book, read


def test_it_is_entered_with_the_agenda_and_shown_searched_and_printed(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, letter_number="1/X", letter_date=clock.today())
    form = {"subject": case.subject, "classification": "400.9", "urgency": "NORMAL"}
    form |= {"letter_number": "1/X", "confidentiality": "NORMAL", "office_number": "812/TU/XI"}
    client = client_of(staff.pkd)
    assert client.post(f"/permohonan/{case.code}/register/", form).status_code == 302
    entry = AgendaEntry.objects.get(case=case)
    assert (entry.office_number, entry.office_number_by) == ("812/TU/XI", staff.pkd)
    assert "812/TU/XI" in read_all(client, case)
    assert "812/TU/XI" in client.get("/agenda/").text
    assert find(Case.objects.all(), "812/TU").keys == [case.pk]
    (line,) = book(staff.pkd)
    assert read(line, "Nomor agenda", "Nomor agenda kantor") == (str(entry), "812/TU/XI")


def test_it_may_be_entered_later_once(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    address = f"/permohonan/{case.code}/nomor-agenda-kantor/"
    assert f'href="{address}"' not in read_all(client_of(staff.kadis), case)
    assert client_of(staff.kadis).get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        consultations_services.enter_office_number(case, by=staff.kadis, office_number="9")
    client = client_of(staff.sekretariat)
    assert f'href="{address}"' in read_all(client, case)
    assert client.post(address, {"office_number": " "}).status_code == 422
    assert client.post(address, {"office_number": "SRK-77"}).status_code == 302
    assert find(Case.objects.all(), "SRK-77").keys == [case.pk]
    assert client.post(address, {"office_number": "SRK-78"}).status_code == 409
    assert AgendaEntry.objects.get(case=case).office_number == "SRK-77"


def test_a_request_without_an_agenda_number_has_none(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    with pytest.raises(Refused, match="belum diagendakan"):
        consultations_services.enter_office_number(case, by=staff.pkd, office_number="9")
