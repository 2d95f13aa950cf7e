"""The API: who sees what, what each answer contains, and how errors are answered."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.audit.models import AuditEntry
from consultations.enums import Kind, State
from consultations.models import Case
from exchange.models import COLUMNS, Scope, System
from exchange.systems import issue_token, revoke
from kit import clock
from office.models import Office
from tests.exchange.conftest import EVERYTHING, Caller, CallerOf
from tests.factories import WAY, ClientOf, Staff, case_at, independent_case, sign_papers
from tests.pages.test_hidden_identity import hidden_at
from tests.shared_data import each
from tests.submitting import typed


def sent(**changes: Any) -> dict[str, Any]:
    """Return the fields of a request as another system sends them."""
    fields = typed(None, **changes)
    return {name: value for name, value in fields.items() if name not in ("submission_token", "stamp")}


def list_codes(caller: Caller, **params: Any) -> list[str]:
    return [case["code"] for case in caller.get("/cases", **params).json()["cases"]]


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return dict(answer.json())


# fmt: off -- a table is read in columns
MATRIX = """
                                 none  cases docs  write stats all
/me                              401   200   200   200   200   200
/cases                           401   200   403   200   403   200
/cases/{code}                    401   200   403   404   403   200
/cases/{code}/history            401   200   403   404   403   200
/cases/{code}/documents          401   403   404   403   403   200
/cases/{code}/documents/{pk}     401   403   404   403   403   200
/visit-times                     401   403   403   200   403   200
/events                          401   200   403   200   403   200
/standard                        401   200   200   200   200   200
/office                          401   403   403   403   200   200
/statistics                      401   403   403   403   200   200
"""
# fmt: on
SCOPES = dict(zip(("cases", "docs", "write", "stats"), EVERYTHING, strict=True))
"""The column of the system that grants each scope of the matrix."""


def test_each_scope_opens_its_addresses(staff: Staff, caller_of: CallerOf) -> None:
    assert set(COLUMNS) == set(Scope)
    assert set(EVERYTHING) == set(COLUMNS.values())
    case = case_at(State.CLOSED, staff)
    document = case.documents.get(kind="DISPOSITION")
    clients = {"none": Client(), "all": caller_of().client}
    for name, column in SCOPES.items():
        clients[name] = caller_of(name=name, **{column: True}).client
    head, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    for path, *expected in rows:
        address = "/api/v1" + path.format(code=case.code, pk=document.pk)
        found = [str(clients[name].get(address).status_code) for name in head]
        assert found == expected, path


def test_without_a_valid_token_nothing_opens(staff: Staff, caller_of: CallerOf, client_of: ClientOf) -> None:
    """The session of a user is no token."""
    caller = caller_of()
    assert caller.get("/me").json()["name"] == "Sistem Uji"
    for header in ("", "Bearer", "Bearer x", "Basic eDp4", "Bearer \u00ff"):
        assert_problem(Client().get("/api/v1/me", headers={"Authorization": header}), 401)
    with clock.set_to(clock.now() + dt.timedelta(days=31)):
        assert assert_problem(caller.get("/me"), 401)["title"].startswith("Token tidak ada")
    new = issue_token(caller.system, by=staff.kadis, days=1)
    assert_problem(caller.get("/me"), 401)
    again = Client(headers={"Authorization": f"Bearer {new}"})
    assert again.get("/api/v1/me").status_code == 200
    revoke(caller.system, by=staff.admin)
    assert again.get("/api/v1/me")["WWW-Authenticate"] == "Bearer"
    user = client_of(staff.kadis)
    assert_problem(user.get("/api/v1/cases"), 401)
    assert_problem(user.post("/api/v1/consultations", sent()), 401)


def test_a_system_calls_from_its_network_only_and_not_too_often(staff: Staff, caller_of: CallerOf) -> None:
    caller = caller_of(network="203.0.113.0/24", reads_cases=True)
    assert_problem(caller.get("/me"), 401)
    assert caller.client.get("/api/v1/me", REMOTE_ADDR="203.0.113.9").status_code == 200
    System.objects.update(network="2001:db8::5")  # one machine, not all of its household
    found = [caller.client.get("/api/v1/me", REMOTE_ADDR=f"2001:db8::{last}").status_code for last in "56"]
    assert found == [200, 401]
    busy, other = caller_of(name="Sibuk", rate=2, reads_cases=True), caller_of(name="Lain")
    assert [busy.get("/me").status_code for _time in range(3)] == [200, 200, 429]
    assert busy.get("/me")["Retry-After"] == "60"
    assert other.get("/me").status_code == 200


def test_a_system_sees_what_its_official_sees(staff: Staff, caller_of: CallerOf) -> None:
    """The same rule as on the pages: another division's case, a complaint about the official, no position."""
    case, other = case_at(State.ASSIGNED, staff), case_at(State.REGISTERED, staff)
    complaint = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=complaint.pk).update(complained_about=staff.kadis)
    head, division = caller_of(), caller_of(staff.kabid, name="Bidang")
    assert list_codes(head) == [other.code, case.code]
    assert list_codes(division) == [case.code]
    assert_problem(head.get(f"/cases/{complaint.code}"), 404)
    assert_problem(division.get(f"/cases/{other.code}/history"), 404)
    staff.kadis.is_active = False
    staff.kadis.save()
    assert list_codes(head) == []


def test_no_system_sees_the_independent_channel(staff: Staff, caller_of: CallerOf) -> None:
    case = independent_case()
    caller = caller_of()
    assert list_codes(caller) == []
    assert_problem(caller.get(f"/cases/{case.code}"), 404)
    refused = caller.post("/complaints", sent(is_independent="on", visit_at=""), key=uuid4())
    assert "is_independent" in assert_problem(refused, 422)["errors"]
    assert Case.objects.count() == 1


def test_no_answer_contains_a_hidden_identity_or_contact(staff: Staff, caller_of: CallerOf) -> None:
    hidden, case = hidden_at(State.REGISTERED, staff), case_at(State.REGISTERED, staff)
    caller = caller_of()
    assert caller.get(f"/cases/{hidden.code}").json()["applicant_name"] == "Pelapor dirahasiakan"
    paths = ["/cases", *(f"/cases/{c.code}{rest}" for c in (hidden, case) for rest in ("", "/history"))]
    for path in paths:
        text = caller.get(path).text
        assert not any(word in text for word in ("812345", case.secret, hidden.secret, case.material)), path


def test_pages_of_the_list_and_its_filters(
    staff: Staff, caller_of: CallerOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    caller = caller_of()
    caller.get("/me")
    first = case_at(State.REGISTERED, staff)
    with at_most_queries(5):
        assert list_codes(caller) == [first.code]
    complaint = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    others = [case_at(State.SUBMITTED, staff) for _number in range(28)]
    with at_most_queries(5):
        page = caller.get("/cases").json()
    assert [case["code"] for case in page["cases"]] == [case.code for case in others[:2:-1]]
    following = caller.client.get(page["next"].removeprefix("http://localhost")).json()
    assert [case["code"] for case in following["cases"]] == [c.code for c in (*others[2::-1], first)]
    assert following["next"] is None
    assert list_codes(caller, state="REGISTERED") == [first.code]
    assert complaint.code not in list_codes(caller, kind="COMPLAINT")
    assert list_codes(caller, since="9999-12-31") == []
    refused = assert_problem(caller.get("/cases", state="X", since="x", before="0"), 422)
    assert set(refused["errors"]) == {"state", "since", "before"}


def test_each_opening_is_an_entry_of_the_audit_log(staff: Staff, caller_of: CallerOf) -> None:
    case = case_at(State.REGISTERED, staff)
    caller = caller_of()
    before = AuditEntry.objects.count()
    document = caller.get(f"/cases/{case.code}/documents").json()[0]
    for path in ("/cases", f"/cases/{case.code}", f"/cases/{case.code}/documents/{document['id']}"):
        assert caller.get(path).status_code == 200
    entries = AuditEntry.objects.order_by("pk")[before:]
    acts = [("CASE", case.pk), ("EXPORT", None), ("CASE", case.pk), ("DOCUMENT", case.pk)]
    assert [(entry.act, entry.case_id) for entry in entries] == acts
    assert {(entry.user_id, entry.title) for entry in entries} == {(staff.kadis.pk, "sistem “Sistem Uji”")}


def test_documents_are_those_that_the_system_may_have(staff: Staff, caller_of: CallerOf) -> None:
    """A receipt contains the secret link, so no system gets it. The sender gets the applicant's documents."""
    official = caller_of()
    sender = caller_of(name="Pengirim", sends_requests=True, reads_documents=True)
    code = sender.post("/consultations", sent(), key=uuid4()).json()["code"]
    case = Case.objects.get(code=code)
    assert {d["kind"] for d in official.get(f"/cases/{code}/documents").json()} == {"APPLICATION"}
    for take in WAY.values():
        take(case, staff)
    sign_papers(case, staff)
    of_sender = {d["kind"]: d["id"] for d in sender.get(f"/cases/{code}/documents").json()}
    assert of_sender.keys() == {"APPLICATION", "RESULT"}
    of_official = {d["kind"] for d in official.get(f"/cases/{code}/documents").json()}
    assert of_official == of_sender.keys() | {"DISPOSITION", "ASSIGNMENT", "REPORT"}
    file = sender.get(f"/cases/{code}/documents/{of_sender['RESULT']}")
    assert file.content.startswith(b"%PDF-")
    for kind in ("DISPOSITION", "RECEIPT", "REPORT"):
        document = case.documents.get(kind=kind)
        assert_problem(sender.get(f"/cases/{code}/documents/{document.pk}"), 404)


def test_errors_outside_of_an_operation_are_problems_too(
    staff: Staff, caller_of: CallerOf, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = caller_of()
    assert_problem(caller.get("/tidak-ada"), 404)
    assert_problem(caller.get("/cases/x"), 404)
    assert_problem(caller.post("/cases", {}), 405)
    assert_problem(caller.client.put("/api/v1/consultations"), 405)
    large = caller.client.post("/api/v1/me", b"x" * (settings.BODY_LIMIT + 1), "application/octet-stream")
    assert_problem(large, 413)
    assert_problem(caller.post("/consultations", "{}", key=uuid4(), content_type="application/json"), 415)
    foreign = {"content_type": "application/x-www-form-urlencoded; charset=utf-16", "key": uuid4()}
    assert_problem(caller.post("/consultations", b"a=1", **foreign), 400)
    broken = {"content_type": "multipart/form-data; boundary=x", "key": uuid4()}
    assert caller.post("/consultations", b"--y", **broken).status_code in (400, 422)
    monkeypatch.setattr(System, "title", property(lambda system: 1 / 0))
    caller.client.raise_request_exception = False
    assert "detail" not in assert_problem(caller.get("/cases"), 500)


def test_cases_that_changed_since_a_moment(staff: Staff, caller_of: CallerOf) -> None:
    """By when the step was entered, at most 90 days back."""
    caller = caller_of()
    with clock.set_to(clock.now() - dt.timedelta(days=2)):
        quiet, moved = (case_at(State.SUBMITTED, staff) for _case in range(2))
    WAY[State.REGISTERED](moved, staff)
    yesterday = (clock.now() - dt.timedelta(days=1)).isoformat()
    assert list_codes(caller, changed_since=yesterday) == [moved.code]
    before = (clock.now() - dt.timedelta(days=3)).isoformat()
    assert list_codes(caller, changed_since=before) == [moved.code, quiet.code]
    long_ago = (clock.now() - dt.timedelta(days=91)).isoformat()
    problem = assert_problem(caller.get("/cases", changed_since=long_ago), 422)
    assert "90 hari" in problem["errors"]["changed_since"][0]


def test_a_problem_has_a_code_that_the_documentation_explains(caller_of: CallerOf) -> None:
    caller = caller_of()
    problem = assert_problem(caller.get("/cases/2222-2222"), 404)
    assert (problem["code"], problem["title_en"]) == (
        "not_found",
        "Does not exist, or your system may not see it.",
    )
    page, _sign, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in caller.client.get(page.removeprefix(settings.PUBLIC_URL)).text


def test_an_office_describes_itself_as_its_home_page_does(staff: Staff, caller_of: CallerOf) -> None:
    found = caller_of(reads_statistics=True).get("/office").json()
    assert (found["name"], found["address"]) == ("Dinas Contoh", "Jl. Contoh No. 1")
    assert (found["link"], found["is_open"]) == (f"{settings.PUBLIC_URL}/", True)
    assert found["hours"].startswith("Senin-Kamis 07.30-16.00 (istirahat 12.00-13.00)")
    assert (found["zone"], found["village"]) == ("WIB", "desa")
    Office.objects.update(word_village="kampung", opened_at=None, zone="Asia/Makassar")
    found = caller_of(name="Lain", reads_statistics=True).get("/office").json()
    assert (found["zone"], found["village"], found["is_open"]) == ("WITA", "kampung", False)


def test_figures_have_keys_that_do_not_change_with_words(staff: Staff, caller_of: CallerOf) -> None:
    caller = caller_of()
    case_at(State.CLOSED, staff)

    def read() -> dict[str, str]:
        found = caller.get("/statistics").json()["figures"]
        assert len({figure["key"] for figure in found}) == len(found), "each key names one figure"
        return {figure["key"]: figure["name"] for figure in found}

    before = read()
    assert {"cases.submitted", "consultation.minutes.median", "kind.CONSULTATION"} <= before.keys()
    Office.objects.update(word_head="Direktur", word_division_name="Seksi")
    assert read().keys() == before.keys()


@each(
    "moment",
    [
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59",
        "0001-01-01T00:00:00+14:00",
        "253402300799",
        "1e300",
    ],
)
def test_any_moment_is_answered(moment: str, caller_of: CallerOf) -> None:
    assert caller_of(name=moment).get("/cases", changed_since=moment).status_code in (200, 422)
