"""Attacks on splits, notices, and complaints about the only head."""

from django.core import mail

from consultations.enums import Kind, State
from consultations.intake import sorting
from consultations.models import Case
from consultations.steps import PAGES
from notices.models import Message, Notice
from notices.queries import unread_notices
from tests.case_page import read_all
from tests.factories import ClientOf, Staff, afresh, case_at
from tests.shared_data import each
from tests.standard.steps import CALLS

SECRET = "Pungutan liar oleh seseorang"
WORDS = {"subject": SECRET, "material": f"Bukti {SECRET}", "reason": "Rahasia sekali."}


def test_nobody_reads_of_the_other_case(staff: Staff, client_of: ClientOf) -> None:
    """For each page and person, the walks of test_walks.py compare the same."""
    case = case_at(State.SCHEDULED, staff)
    second = sorting.split(case, by=staff.pkd, kind="COMPLAINT", **WORDS)
    for person in (staff.kadis, staff.petugas, staff.sekretariat, staff.pengawas):
        assert not Case.objects.visible_to(person).filter(pk=second.pk).exists()
        client = client_of(person)
        for page in (f"/permohonan/{case.code}/", "/meja/", "/permohonan/?q=Pungutan", "/catatan-akses/"):
            text = client.get(page, follow=True).text
            assert [words for words in (second.code, *WORDS.values()) if words in text] == [], (person, page)
    for notice in Notice.objects.exclude(recipient=None):
        if notice.recipient and not Case.objects.visible_to(notice.recipient).filter(pk=second.pk).exists():
            assert SECRET not in notice.about
    assert not [one for one in mail.outbox if SECRET in one.body]


def test_a_replaced_officer(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff)
    CALLS["reassign"](case, staff, staff.kabid)
    case = afresh(case)
    assert unread_notices(staff.petugas).filter(case=case).exists()
    CALLS["to_complaint"](case, staff, staff.pkd)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.petugas, subject="Petugas meminta uang")
    client = client_of(staff.petugas)
    for page in ("/pemberitahuan/", "/pemberitahuan/terbaru/", "/meja/", "/meja/denyut/"):
        text = client.get(page, follow=True).text
        assert [words for words in (case.code, "meminta uang") if words in text] == [], page


def test_a_step_that_names_the_officer_tells_him_nothing(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT)
    CALLS["reassign"](case, staff, staff.kabid)
    case = afresh(case)
    before = [*Notice.objects.filter(recipient=staff.petugas).values_list("pk", flat=True)]
    PAGES["name_official"].service(case, by=staff.pkd, complained_about=staff.petugas, reason="Diketahui.")
    fresh = Notice.objects.filter(recipient=staff.petugas).exclude(pk__in=before)
    assert not Message.objects.filter(notice__in=fresh).exists()
    assert case.code not in client_of(staff.petugas).get("/pemberitahuan/").text


@each("state", [State.CLOSED, State.DECLINED, State.WITHDRAWN])
def test_ended_complaints_give_no_hint_of_a_missing_head(
    state: State, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(state, staff, kind=Kind.COMPLAINT)
    assert case.turn is None
    page = read_all(client_of(staff.pkd), case)
    assert "yang karena itu tidak melihat" not in page
