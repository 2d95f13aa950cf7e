"""What tracking code and telephone number open (`lacak/`): no secret link, and no step that is for ever.

Officials read both. What is done so is recorded as such, and each look-up of a case is recorded.
"""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Party, State
from consultations.intake import sorting
from consultations.models import Case, LinkAccess
from consultations.secret_link import create_code_key
from consultations.steps import PAGES
from consultations.workflow import VERBS
from documents.models import Document
from documents.models.document import WITH_LINK
from notices.models import PushSubscription
from tests.case_page import read_all
from tests.factories import Staff, afresh, case_at, client_of
from tests.print.reading import text_of
from tests.standard.steps import CALLS

BY_CODE = "Melalui kode lacak dan nomor"


def look_up(case: Case, client: Client | None = None) -> str:
    """Look a case up as the public does, and return the address of its page."""
    typed = {"code": case.code, "phone": str(case.phone)}
    answer = (client or Client()).post("/lacak/", typed)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_look_up_leads_to_no_secret_link(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    address = look_up(case)
    page = Client().get(address)
    assert page.status_code == 200
    assert 'data-hint="by-code"' in page.text
    for text in (address, page.text):
        assert case.secret not in text
    for needs_link in ("/tanda-terima.pdf", "/data-saya/", "/yang-melihat/"):
        assert needs_link not in page.text
    assert Client().get(f"{address}tanda-terima.pdf").status_code == 404
    assert Client().get(f"{address}surat-permohonan.pdf").status_code == 200


def test_a_look_up_leads_to_no_link_of_a_second_matter(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    matter = {"subject": "Pungutan rahasia", "material": "Bagaimana menggantinya?", "reason": "Dua urusan."}
    second = sorting.split(case, by=staff.pkd, kind="CONSULTATION", **matter)
    assert second.secret in Client().get(f"/p/{case.secret}/").text
    for one, other in ((afresh(case), second), (second, case)):
        page = Client().get(f"/p/{create_code_key(one)}/").text
        assert one.code in page
        assert [word for word in (other.code, other.secret, other.subject) if word in page] == []


@pytest.mark.parametrize("page", ["tanda-terima/", "data-saya/", "data-saya/json/", "yang-melihat/"])
def test_pages_that_need_the_link_say_how_to_get_it(page: str, staff: Staff) -> None:
    answer = Client().get(f"{look_up(case_at(State.CLOSED, staff))}{page}")
    assert answer.status_code == 403
    assert "/lacak/tautan/" in answer.text


def test_only_steps_that_can_be_taken_back_are_open(staff: Staff) -> None:
    """A row of the table says so. Each other step of the applicant leads to the ways to the link."""
    own = {verb for verb, step in VERBS.items() if step.actor == Party.APPLICANT and verb in PAGES}
    open_by_code = {verb for verb in own if Party.CODE_HOLDER in VERBS[verb].also}
    assert open_by_code == {"complete", "ask_time", "stop_deletion"}
    case = case_at(State.REGISTERED, staff)
    address = look_up(case)
    for verb in own:
        for call in (Client().get, Client().post):
            answer = call(f"{address}{verb}/")
            assert answer.status_code == (409 if verb in open_by_code else 403), verb
            assert verb in open_by_code or "/lacak/tautan/" in answer.text
    assert afresh(case).history.count() == 2


def test_what_is_done_by_code_is_recorded_as_such(staff: Staff) -> None:
    case = case_at(State.INCOMPLETE, staff)
    address = look_up(case)
    version = {"version": case.version, "subject": case.subject, "material": f"{case.material} Dilengkapi."}
    answer = Client().post(f"{address}complete/", version)
    assert answer.status_code == 302
    assert answer.headers["Location"] == address
    event = afresh(case).history.latest("pk")
    assert (event.verb, event.by, event.title, event.acted_as) == ("complete", None, BY_CODE, BY_CODE)
    assert BY_CODE in read_all(client_of(staff.pkd), case)
    Client().get(address)
    opened = AuditEntry.objects.filter(case=case, act=Act.CASE, user=None).latest("pk")
    assert (opened.title, opened.is_by_applicant) == (BY_CODE, False)


def test_each_look_up_is_recorded(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    look_up(case)
    Client().post("/lacak/", {"code": case.code, "phone": "0811-1111-1111"})
    look_up(case, client_of(staff.kadis))
    found = AuditEntry.objects.filter(case=case, act=Act.LOOKUP).order_by("pk")
    assert [(one.user, one.target) for one in found] == [
        (None, "ditemukan"),
        (None, "nomor tidak cocok"),
        (staff.kadis, "ditemukan"),
    ]
    assert not LinkAccess.objects.exists()


def test_a_key_ends(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two hours, and with a new link."""
    case = case_at(State.REGISTERED, staff)
    address = look_up(case)
    moved = f"{address[:-2]}{'a' if address[-2] != 'a' else 'b'}/"
    assert [Client().get(at).status_code for at in (address, moved)] == [200, 404]
    with monkeypatch.context() as later:
        later.setattr("consultations.secret_link.CODE_OPENS_FOR", dt.timedelta(seconds=-1))
        assert Client().get(address).status_code == 404
    CALLS["renew_link"](case, staff, staff.sekretariat)
    assert Client().get(address).status_code == 404


def test_no_browser_subscribes_by_code(staff: Staff) -> None:
    """A push message opens the secret link."""
    case = case_at(State.REGISTERED, staff)
    keys: dict[str, Any] = {"endpoint": "https://push.example.com/1", "p256dh": "a", "auth": "b"}
    assert Client().post(f"{look_up(case)}perangkat/", keys).status_code == 403
    assert not PushSubscription.objects.exists()


@pytest.mark.release
def test_the_link_is_printed_on_documents_with_the_mark_only(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    for document in Document.objects.filter(case=case).exclude(file=""):
        with document.file.open() as file:
            text = "".join(text_of(file.read()).split())  # a link breaks at its hyphens
        assert (case.secret in text) is (document.kind in WITH_LINK), document.kind
