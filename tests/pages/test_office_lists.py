"""The office's lists: their content, their number of queries, and the answer to a forged URL."""

import re
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.intake import services as intake_services
from consultations.models import AgendaEntry, Case, NumberBook
from consultations.scheduling.queries import current_session
from consultations.search import find
from kit import clock
from kit.clock import midnight
from reports import services as report_services
from tests.factories import Staff, case_at, client_of, walk_in_at
from tests.many_cases import cases_at, copies_of
from tests.shared_data import each

LISTS = ("/meja/", "/permohonan/", "/agenda/", "/kalender/", "/laporan/", "/pemberitahuan/")
QUERIES = dict(zip(LISTS, (10, 4, 6, 5, 5, 4), strict=True))
"""Queries of each list: session, user with stamp, and bell (3), pulse (desk), and its own."""


def rows(client: Client, address: str) -> list[str]:
    """The codes of the cases in the rows of a page, in their order."""
    response = client.get(address)
    assert response.status_code == 200
    parts = response.text.split('data-case="')[1:]
    return [part[:9] for part in parts]


def planned_day(case: Case) -> str:
    """The day (WIB) of the case's session, or an empty text if none is planned."""
    session = current_session(case)
    starts_at = session.starts_at if session else None
    return timezone.localdate(starts_at).isoformat() if starts_at else ""


@pytest.mark.differs_by_database
@each(
    ("address", "state", "most"),
    [
        *(("/meja/", State.FORWARDED, 25), ("/permohonan/", State.FORWARDED, 25)),
        *(("/agenda/", State.REGISTERED, 25), ("/kalender/?week={day}", State.SCHEDULED, 30)),
        *(("/laporan/", State.CLOSED, 25), ("/pemberitahuan/", State.REGISTERED, 50)),
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_thirty(
    address: str, state: State, most: int, staff: Staff, at_most_queries: Any
) -> None:
    client = client_of(staff.kadis)
    for count, shown in ((1, 1), (29, min(most, 30))):
        day = planned_day(cases_at(state, staff, count)[0])
        with at_most_queries(QUERIES[address.partition("?")[0]]):
            response = client.get(address.format(day=day))
        assert response.text.count("data-case=") == shown


def test_the_desk_shows_what_waits_by_deadline_with_its_next_step(staff: Staff) -> None:
    cases_at(State.SUBMITTED, staff, 26)
    assert len(rows(client_of(staff.pkd), "/meja/")) == 25
    assert 'href="/permohonan/?turn=on"' in client_of(staff.pkd).get("/meja/").text
    later, sooner = cases_at(State.REGISTERED, staff, 2)
    sooner.work_items.update(due_at=midnight(clock.today()))
    never = case_at(State.REGISTERED, staff)
    never.work_items.update(due_at=None)
    case_at(State.DISPOSED, staff)
    client = client_of(staff.kadis)
    assert rows(client, "/meja/") == [sooner.code, later.code, never.code]
    page = client.get("/meja/").text
    assert page.index('data-section="late"') < page.index('data-section="next"')
    assert f'data-verb="dispose" href="/permohonan/{sooner.code}/dispose/"' in page


def test_the_calendar_shows_own_sessions_and_what_is_over(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    for person in (staff.petugas, staff.companion):
        assert case.code in rows(client_of(person), "/meja/")
        assert rows(client_of(person), f"/kalender/?mine=1&week={planned_day(case)}") == [case.code]
    assert rows(client_of(staff.other_petugas), "/meja/") == []
    for shown, is_over in ((case, False), (case_at(State.HELD, staff), True)):
        page = client_of(staff.petugas).get(f"/kalender/?week={planned_day(shown)}").text
        assert (f'<a class="ev" href="/permohonan/{shown.code}/" data-kind="done"' in page) is is_over


def test_the_desk_has_the_ways_in_and_says_who_has_no_position(staff: Staff) -> None:
    walk_in_at(State.ASSIGNED, staff)
    for person, shown in (
        (staff.petugas, 'data-verb="start"'),
        (staff.sekretariat, 'data-verb="walk_in"'),
        (staff.sekretariat, 'data-verb="receive"'),
        (staff.admin, 'href="/pengaturan/">Buka'),
        (staff.expired, "masa berlakunya"),
    ):
        assert shown in client_of(person).get("/meja/").text
    assert 'data-verb="walk_in"' not in client_of(staff.pkd).get("/meja/").text


@pytest.mark.differs_by_database
def test_filters_and_search(staff: Staff) -> None:
    texts = {"applicant_name": "Budi Uji", "subject": "Dana desa", "material": "?"}
    budi: dict[str, Any] = {**texts, "phone": "+6281200000001"}
    letter = intake_services.receive(by=staff.sekretariat, **budi)
    complaint = case_at(State.SUBMITTED, staff, applicant_name="Ani Uji")
    Case.objects.filter(pk=complaint.pk).update(kind=Kind.COMPLAINT, due_at=midnight(clock.today()))
    assigned = case_at(State.ASSIGNED, staff)
    client, today = client_of(staff.pkd), clock.today().isoformat()
    for query, expected in {
        "": [assigned, complaint, letter],
        "q=budi+dana": [letter],
        "q=tidakada": [],
        "state=ASSIGNED": [assigned],
        "kind=COMPLAINT": [complaint],
        "channel=LETTER": [letter],
        f"division={staff.division.pk}": [assigned],
        f"division={staff.other_division.pk}": [],
        "late=on": [complaint],
        "turn=on": [complaint, letter],
        f"date_from={today}": [assigned, complaint, letter],
        f"date_to={today}": [assigned, complaint, letter],
        "date_to=2020-01-01": [],
        "date_to=9999-12-31": [assigned, complaint, letter],
    }.items():
        assert rows(client, f"/permohonan/?{query}") == [case.code for case in expected], query
    page = client.get("/permohonan/?q=budi&date_to=2020-01-01&turn=on").text
    for rest in ("date_to=2020-01-01&amp;turn=on", "q=budi&amp;turn=on", "q=budi&amp;date_to=2020-01-01"):
        assert f'href="?{rest}"' in page


NUMBERS = """
49/{year} | No. 49/{year} | no.49 / {year} | Nomor agenda: 49/{year} | 49 | No. 49
49/{year} siti | Siti, no. 49/{year}
0812-0000-0065 | 0812 0000 0065 | (0812) 0000.0065 | 081200000065 | 81200000065 | 812-0000-0065
6281200000065 | 62812 0000 0065 | +6281200000065 | +62 812-0000-0065 | +62 (0)812 0000 0065
0812-0000-00 | 0812 | Siti 0812 0000 0065
LAPOR-1234567 | lapor 1234567 | LAPOR1234567 | SP4N-LAPOR! No. 1234567 | 1234567
No. 141/{year} | 141/{year}
"""
"""The numbers of one case, as they are typed."""


def numbered(staff: Staff, **details: Any) -> Case:
    """A case in the agenda book, with a telephone number of its own."""
    return case_at(State.REGISTERED, staff, **{"phone": "+62717421234", **details})


@each("lapor_number", ["LAPOR-1234567", "1234567"])
def test_a_case_is_found_by_its_typed_numbers(lapor_number: str, staff: Staff) -> None:
    year = clock.today().year
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=year, first=48)
    numbered(staff, code="AAAA-AAAA")  # a random code may begin with a number that is typed
    complaint = {"kind": Kind.COMPLAINT, "complained_party": "Loket", "applicant_name": "Siti Uji"}
    numbers = {"phone": "+6281200000065", "letter_number": f"141/{year}", "lapor_number": lapor_number}
    case, client = numbered(staff, **complaint, **numbers), client_of(staff.sekretariat)
    for typed in re.split(r" \| |\n", NUMBERS.format(year=year).strip()):
        response = client.get("/permohonan/", {"q": typed})
        if response.status_code == 302:  # it is all of the case's code or agenda number
            assert response.headers["Location"] == f"/permohonan/{case.code}/", typed
        else:
            assert [row.code for row in response.context["page"].rows] == [case.code], typed


def test_an_agenda_number_means_one_case_also_once_it_was_voided(staff: Staff) -> None:
    year = clock.today().year
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=year, first=4)
    voided = numbered(staff, subject=f"Rapat {year}")
    others = copies_of(voided, 36)
    consultations_services.void(voided, by=staff.pkd, reason="Tercatat dua kali")
    consultations_services.register(voided, by=staff.pkd, classification="400.9")

    found = [find(Case.objects.all(), typed).keys for typed in (f"4/{year}", f"41/{year}", "4")]
    assert found[:2] == [[voided.pk], [voided.pk]]
    assert {voided.pk, others[-1].pk} <= {*found[2]}, "4, 40 and 41 begin with it, as tracking codes may"
    assert find(Case.objects.all(), f"5/{year}").keys == [others[0].pk]
    for typed in (f"4/{year - 1}", f"400/4/{year}", "0/0000", "999999999/9999"):
        assert not find(Case.objects.all(), typed).keys


def test_a_landline_is_found_with_its_area_code_and_a_lapor_number_of_the_agenda(staff: Staff) -> None:
    case = numbered(staff)
    for typed in ("0717 421234", "(0717) 421234", "0717421234", "+62 717 421234", "62717421234"):
        assert find(Case.objects.all(), typed).keys == [case.pk], typed
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, complained_party="Loket")
    consultations_services.register(case, by=staff.pkd, classification="400.9", lapor_number="LAPOR-7654321")
    assert find(Case.objects.all(), "LAPOR 7654321").keys == [case.pk]


@each(("typed", "queries"), [("no. 4/{year}", 6), ("4/1999", 6), ("0812 0000 0065", 5), ("siti", 6)])
def test_a_search_costs_the_same_for_one_case_and_for_thirty(
    typed: str, queries: int, staff: Staff, at_most_queries: Any
) -> None:
    client = client_of(staff.kadis)
    for count in (4, 26):
        cases_at(State.REGISTERED, staff, count)
        with at_most_queries(queries):
            client.get("/permohonan/", {"q": typed.format(year=clock.today().year)})


def test_a_search_for_a_code_or_an_agenda_number_opens_the_case(staff: Staff) -> None:
    case, client = case_at(State.REGISTERED, staff), client_of(staff.kadis)
    for typed in (case.code, case.code.lower(), str(case.agenda)):
        assert client.get("/permohonan/", {"q": typed}).headers["Location"] == f"/permohonan/{case.code}/"
    assert client.get("/permohonan/", {"q": f"{case.code} dana"}).status_code == 200
    hidden = client_of(staff.elsewhere).get("/permohonan/", {"q": case.code})
    assert hidden.status_code == 200
    assert case.subject not in hidden.text


def test_pages_of_the_list_keep_the_filters(staff: Staff) -> None:
    cases, client = cases_at(State.SUBMITTED, staff, 26), client_of(staff.pkd)
    page = client.get("/permohonan/?state=SUBMITTED").text
    assert f'href="?state=SUBMITTED&amp;before={cases[1].pk}"' in page
    older = f"/permohonan/?state=SUBMITTED&before={cases[1].pk}"
    assert rows(client, older) == [cases[0].code]
    assert 'href="?state=SUBMITTED"' in client.get(older).text


FORGED = f"""
before=abc before=-1 before={"9" * 40} before={"9" * 18} before=٣ before=%00 q=%00 q={"a" * 500}
state=OTHER division=abc division={"9" * 40} date_from=31-31-31
date_from=0001-01-01&date_to=9999-12-31 date_from=9999-12-31&date_to=0001-01-01
year=0&month=13 year=99999999&month=x week=0001-01-01 week=9999-12-31 week=x
turn=maybe&late=%F0%9F%92%A9
"""


def test_a_forged_address_gets_a_page(staff: Staff) -> None:
    case_at(State.SCHEDULED, staff)
    client = client_of(staff.kadis)
    for query, address in product(FORGED.split(), QUERIES):
        assert client.get(f"{address}?{query}").status_code == 200, query
    page = client.get("/permohonan/?date_from=kemarin").text
    assert 'value="kemarin" aria-invalid="true"' in page, "said beside the field"


def test_the_agenda_book_keeps_voided_numbers(staff: Staff) -> None:
    today = clock.today()
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=today.year, first=9_999)
    case, client = case_at(State.REGISTERED, staff), client_of(staff.pkd)
    consultations_services.void(case, by=staff.pkd, reason="Tercatat dua kali")
    consultations_services.register(case, by=staff.pkd, classification="400.9")
    page = client.get("/agenda/").text
    assert page.index(f"10000/{today.year}") < page.index(f"9999/{today.year}")
    assert "Tercatat dua kali" in page
    assert rows(client, f"/agenda/?month={today.month}") == [case.code, case.code]
    assert rows(client, f"/agenda/?month={today.month % 12 + 1}") == []
    assert rows(client, "/agenda/?before=10000") == [case.code]
    assert rows(client_of(staff.elsewhere), "/agenda/") == []


@pytest.mark.differs_by_database
def test_pages_of_the_agenda_book_skip_no_number(staff: Staff) -> None:
    for case in cases_at(State.REGISTERED, staff, 30)[::3]:
        consultations_services.void(case, by=staff.pkd, reason="Uji")
    client, seen, address = client_of(staff.pkd), [], "/agenda/"
    while address:
        page = client.get(address).context["page"]
        seen += [line.number for line in page.rows]
        address = f"/agenda/{page.older}" if page.older else ""
    assert seen == sorted(AgendaEntry.objects.values_list("number", flat=True), reverse=True)


def test_the_list_of_reports_shows_number_minutes_and_document(staff: Staff) -> None:
    later, case = case_at(State.FORWARDED, staff), case_at(State.CLOSED, staff)
    case_at(State.FORWARDED, staff)
    client = client_of(staff.kabid)
    assert rows(client, "/laporan/") == [case.code]
    report_services.accept(later, by=staff.kadis)
    report_services.correct(later, by=staff.kadis, reason="Nama keliru.")
    assert rows(client, "/laporan/") == [later.code, case.code]
    page = client.get("/laporan/").text
    assert page.count("sedang diralat") == 1
    for shown in (case.report_number, f'href="/permohonan/{case.code}/laporan.pdf"', "menit"):
        assert shown in page
