"""Unread notices: on the desk, on the page of the case, and when they count as read."""

import datetime as dt

import pytest
from django.test import Client

from consultations import services as consultations_services
from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from dispositions import relayed_orders, services as dispositions_services
from kit import clock
from notices.models import Notice
from notices.queries import MAX_NOTICES_OF_CASE
from notices.services.delivery import deliver
from notices.views import MAX_IN_BELL
from office.models import Role
from tests.case_page import read_all
from tests.factories import ClientOf, Staff, appoint, case_at, make_user, walk_in_at, working_moment
from tests.shared_data import each


def bell(client: Client) -> str:
    """The newest unread notices that the bell shows, after their number in quotes."""
    page, newest = client.get("/meja/"), client.get("/pemberitahuan/terbaru/")
    assert (page.status_code, newest.status_code) == (200, 200)
    return page.text.partition("data-bell=")[2].split()[0] + newest.text


def is_new(client: Client, case: Case) -> bool:
    """Return whether the row of work marks the case as new."""
    row = client.get("/meja/").text.partition(f'data-case="{case.code}"')[2]
    return ">Baru</span>" in row.partition("</li>")[0]


def opened(client: Client, case: Case, path: str = "", method: str = "get") -> None:
    assert getattr(client, method)(f"/permohonan/{case.code}/{path}").status_code == 200


@each(("path", "method", "reads"), [("", "get", True), ("dispose/", "get", True), ("", "head", False)])
def test_opening_the_case_marks_its_notices_as_read(
    path: str, method: str, reads: bool, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.REGISTERED, staff)
    client = client_of(staff.kadis)
    assert is_new(client, case)
    opened(client, case, path, method)
    notice = Notice.objects.get(recipient=staff.kadis)
    assert (notice.read_at is not None) is reads
    assert is_new(client, case) is not reads
    assert case.code in client.get("/meja/").text


def test_a_notice_keeps_the_time_when_its_recipient_first_read_it(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)

    def read_at() -> dt.datetime | None:
        return Notice.objects.get(recipient=staff.kadis).read_at

    opened(client_of(staff.sekretariat), case)
    assert read_at() is None
    opened(client_of(staff.kadis), case)
    first = read_at()
    assert first
    with clock.set_to(first + dt.timedelta(hours=1)):
        opened(client_of(staff.kadis), case)
    assert read_at() == first


def test_a_superseded_notice_is_not_unread(staff: Staff, client_of: ClientOf) -> None:
    colleague = make_user("rekan_pkd")
    appoint(colleague, Role.TIM_PKD)
    case = case_at(State.SUBMITTED, staff)
    assert is_new(client_of(colleague), case)
    consultations_services.register(case, by=staff.pkd, classification="400.9")
    assert not is_new(client_of(colleague), case)
    assert case.code not in bell(client_of(colleague))


def test_copies_and_awaited_ratifications_stay_until_they_are_read(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)
    copies = [staff.other_division]
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, copies=copies)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas)
    assert case.code in bell(client_of(staff.other_kabid))
    urgent, kabid = walk_in_at(State.HELD, staff), client_of(staff.kabid)
    assert "Petugas bidang Anda melayani pemohon yang datang langsung" in bell(kabid)
    assert not is_new(kabid, urgent), "it is no work of the Kabid"
    opened(kabid, urgent)
    assert "data-notice" not in bell(kabid)
    assert is_new(client_of(staff.kadis), urgent)
    relayed_orders.ratify(urgent, by=staff.kadis)
    assert not is_new(client_of(staff.kadis), urgent)


def test_a_former_officer_gets_a_notice_without_a_link(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff)
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")
    told = case.subject
    Case.objects.filter(pk=case.pk).update(subject="Pokok yang baru")
    former = client_of(staff.petugas)
    listed = former.get("/pemberitahuan/").text
    assert (told in listed, "Pokok yang baru" in listed) == (True, False), "a notice keeps its own words"
    assert "Permohonan diberikan kepada petugas lain" in listed
    assert f"/permohonan/{case.code}/" not in listed
    assert former.get(f"/permohonan/{case.code}/").status_code == 404
    notice = Notice.objects.get(recipient=staff.petugas, kind="HANDED_OVER")
    read = f"/pemberitahuan/{notice.pk}/dibaca/"
    assert f'action="{read}"' in listed
    client_of(staff.other_petugas).post(read)
    assert "diberikan kepada petugas lain" in former.get("/pemberitahuan/").text
    for _again in range(2):
        assert former.post(read)["Location"] == "/pemberitahuan/"
    assert "diberikan kepada petugas lain" not in former.get("/pemberitahuan/").text


@pytest.mark.differs_by_database
def test_the_bell_shows_the_newest_and_counts_to_nine(staff: Staff, client_of: ClientOf) -> None:
    for _ in range(12):
        walk_in_at(State.ASSIGNED, staff)
    shown = bell(client_of(staff.kabid))
    assert (shown.count("data-notice"), shown.startswith('"9+"')) == (MAX_IN_BELL, True)


def test_the_page_of_a_case_shows_sent_and_read_notices(crew: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SCHEDULED, crew)
    deliver()
    opened(client_of(crew.companion), case)
    page = read_all(client_of(crew.kabid), case)
    panel = page.partition('data-record="notices"')[2].partition("</details>")[0]
    assert "Dibaca 24 Nov 2026, 10.00 WIB" in panel
    assert "Surel: Terkirim 24 Nov 2026, 10.00 WIB" in panel
    assert "WhatsApp: Menunggu dikirim" in panel
    assert "Pemohon" in panel
    by_hand = case.notices.get(recipient=None, kind="SCHEDULED").messages.get(by_hand=True)
    client_of(crew.petugas).post(f"/pesan/{by_hand.pk}/aside/", {"how": "Sudah ditelepon"})
    page = read_all(client_of(crew.kabid), case)
    assert ', Petugas. <span lang="id">Disampaikan dengan cara lain: Sudah ditelepon</span>' in page


def test_the_page_of_a_case_shows_notices_without_messages(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.INCOMPLETE, staff, kind="COMPLAINT", identity="CONFIDENTIAL")
    page = read_all(client_of(staff.pkd), case)
    assert "Tidak dikirim: sampaikan sendiri kepada pelapor." in page
    assert "Hanya di meja kerja" in page


def test_a_long_case_shows_the_newest_notices_and_counts_the_rest(crew: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SCHEDULED, crew)
    for day in range(4, 14):
        moment = working_moment(day)
        scheduling_services.reschedule(case, by=crew.petugas, reason="Petugas berhalangan", starts_at=moment)
    others = case.notices.count() - MAX_NOTICES_OF_CASE
    page = read_all(client_of(crew.companion), case)
    assert f"dan {others} lainnya" in page
