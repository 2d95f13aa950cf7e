"""The calendar of a week: lanes, filters, closed hours, absences, capacity; feeds for calendar programs."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services, week
from consultations.scheduling.absences import record_absence
from consultations.scheduling.models import CalendarFeed
from kit import clock
from office.models import Appointment, ClosedDay, Room, User
from tests.factories import Staff, case_at, client_of, prepared_by, walk_in_at, working_moment
from tests.many_cases import cases_at


@pytest.fixture
def case(staff: Staff) -> Case:
    """A case with a consultation of an hour, from ten o'clock."""
    found = case_at(State.PREPARED, staff)
    scheduling_services.schedule(found, by=staff.petugas, starts_at=planned_at(), minutes=60)
    return found


def planned_at() -> dt.datetime:
    return working_moment(3, hour=10)


def week_of(user: User, more: str = "", day: dt.date | None = None) -> str:
    """Return the page of a week, by default that of the consultation."""
    page = client_of(user).get(f"/kalender/?week={day or timezone.localdate(planned_at())}{more}").text
    return " ".join(page.split())


def place(page: str, case: Case) -> tuple[str, ...]:
    """Return row, number of rows and lane of a case."""
    found = re.search(rf'data-case="{case.code}" data-at="(\d+)" data-for="(\d+)" data-lane="(\d+)"', page)
    assert found
    return found.groups()


def test_a_session_stands_in_the_lane_of_its_officer_unless_they_are_too_many(
    case: Case, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = week_of(staff.kabid, f"&division={staff.division.pk}")
    lanes = re.findall(r'<abbr title="([^"]+)">', page)[:3]
    assert lanes == ["Kabid", "Other Petugas", "Petugas"]
    assert place(page, case) == ("11", "4", "3")  # rows of 15 minutes from 07.30
    slots = int(re.findall(r"2 dari (\d+) slot", page)[0]) // 3
    assert 'data-view="week"' in page
    officer = staff.petugas.appointments.get()
    for user in (staff.sekretariat, staff.admin, staff.pkd):
        Appointment.objects.create(user=user, position=officer.position, starts=officer.starts)
    page = week_of(staff.kadis)
    assert 'class="week" data-view="week"' in page
    names = sorted(map(str, (staff.division, staff.other_division)))
    assert re.findall(r'<abbr title="([^"]+)">', page)[:2] == names, "a lane for each division"
    assert place(page, case)[2] == str(names.index(str(staff.division)) + 1)
    assert f"4 dari {9 * slots} slot" in page, "the half hours of all people, also of the companion"
    monkeypatch.setattr(week, "MAX_LANES", 1)
    page = week_of(staff.kadis)
    assert 'class="week" data-view="list"' in page
    assert "<abbr" not in page


def test_sessions_of_the_same_time_share_the_lane_of_their_division(
    case: Case, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week, "MAX_LANES", 2)
    later, apart = (prepared_by(who, staff) for who in (staff.other_petugas, staff.other_petugas))
    half_past = planned_at() + dt.timedelta(minutes=30)
    scheduling_services.schedule(later, by=staff.other_petugas, starts_at=half_past, minutes=60)
    afternoon = planned_at().replace(hour=14)
    scheduling_services.schedule(apart, by=staff.other_petugas, starts_at=afternoon)
    page = week_of(staff.kadis)
    parts = dict(re.findall(r'data-case="([^"]+)"[^>]* data-part="(\d)" data-parts="2"', page))
    assert parts == {case.code: "1", later.code: "2"}, "the third is alone at its time"


def taken_in(page: str) -> list[tuple[str, ...]]:
    """Return row, number of rows, lane and text of the time that other sessions take."""
    found = re.findall(r'data-taken data-at="(.*?)" data-for="(.*?)" data-lane="(.*?)"[^>]*>(.*?)</li>', page)
    return [(*where, re.sub("<[^>]+>", " ", text)) for *where, text in found]


def test_the_time_of_sessions_that_the_reader_may_not_see_is_taken_without_a_name(
    case: Case, staff: Staff
) -> None:
    page = week_of(staff.other_petugas, f"&division={staff.division.pk}")
    ((row, rows, lane, text),) = taken_in(page)
    assert (row, rows, lane) == ("11", "4", "3"), "as drawn for those who may see it"
    assert text.split() == ["10.00–11.00", "terisi", "Petugas"]
    assert "2 dari" in page
    for secret in (case.code, case.subject, case.applicant_name, f"/permohonan/{case.code}"):
        assert secret not in page
    room = Room.objects.create(name="Ruang Melati")
    inside = prepared_by(staff.petugas, staff)
    scheduling_services.schedule(
        inside, by=staff.petugas, starts_at=planned_at() + dt.timedelta(hours=3), room=room
    )
    page = week_of(staff.elsewhere, f"&room={room.pk}")
    times = [text.split()[0] for *_place, text in taken_in(page)]
    assert (times, room.name in page) == (["10.00–11.00"], False), "the own lanes, as without a room"
    Case.objects.filter(pk=inside.pk).update(complained_about=staff.sekretaris)
    page = week_of(staff.sekretaris, f"&room={room.pk}")
    ((row, rows, lane, text),) = taken_in(page)
    assert (row, rows, lane, text.split()) == ("23", "2", "1", ["13.00–13.30", "terisi"])
    assert "1 dari" in page
    assert inside.code not in page


def test_who_belongs_to_no_division_now_takes_the_time_of_one_lane(
    case: Case, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = prepared_by(staff.petugas, staff)
    afternoon = planned_at().replace(hour=14)
    scheduling_services.schedule(hidden, by=staff.petugas, starts_at=afternoon)
    staff.petugas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    monkeypatch.setattr(week, "MAX_LANES", 3)
    page = week_of(staff.companion, "&division=")
    assert "–" in re.findall(r'<abbr title="([^"]+)">', page)
    found = {(lane, text.split()[0]) for _row, _rows, lane, text in taken_in(page)}
    own = {"1", "2"} - {place(page, case)[2]}
    assert found == {(*own, "10.00–11.00"), ("3", "14.00–14.30")}, "the companion, and the hidden session"


def test_the_lane_of_a_companion_is_taken_too(case: Case, staff: Staff) -> None:
    page = week_of(staff.kadis, f"&officer={staff.companion.pk}")
    assert [text.split() for *_place, text in taken_in(page)] == [["10.00–11.00", "terisi"]]
    page = week_of(staff.companion)
    assert place(page, case)[2] == "1", "the own lane"
    assert taken_in(page) == []


def test_an_officer_opens_the_own_week_and_the_division_is_one_tap_away(case: Case, staff: Staff) -> None:
    other = prepared_by(staff.other_petugas, staff, staff.petugas)
    afternoon = planned_at() + dt.timedelta(hours=3)
    scheduling_services.schedule(other, by=staff.other_petugas, starts_at=afternoon)
    page = week_of(staff.petugas)
    assert 'data-lanes="1"' in page
    assert [place(page, one)[2] for one in (case, other)] == ["1", "1"], "held and accompanied"
    assert "3 dari" in page
    (address,) = re.findall(rf'<a href="([^"]+)">{staff.division}</a></li> </ul>', page)
    page = " ".join(client_of(staff.petugas).get(f"/kalender/{address}".replace("&amp;", "&")).text.split())
    assert 'data-lanes="3"' in page
    assert [place(page, one)[2] for one in (case, other)] == ["3", "2"]
    assert [row[2] for row in taken_in(page)] == ["3"], "the time that petugas accompanies"
    assert "Jadwal saya" not in week_of(staff.kabid)


def test_views_show_the_same_sessions_and_filters_leave_out_others(case: Case, staff: Staff) -> None:
    for view in ("day", "week", "list"):
        page = week_of(staff.kabid, f"&view={view}&day={timezone.localdate(planned_at())}")
        assert re.search(rf'<a href="[^"]*view={view}[^"]*" aria-current="page">', page), view
        assert case.code in page
    room = Room.objects.create(name="Ruang Melati")
    for shown in (f"division={staff.division.pk}", f"officer={staff.petugas.pk}", "room=x", "view=list"):
        assert case.code in week_of(staff.kadis, f"&{shown}")
    for hidden in (f"division={staff.other_division.pk}", f"officer={staff.elsewhere.pk}", f"room={room.pk}"):
        assert case.code not in week_of(staff.kadis, f"&{hidden}")


def test_a_walk_in_is_in_the_calendar(staff: Staff) -> None:
    case = walk_in_at(State.IN_SESSION, staff)
    page = week_of(staff.petugas, day=clock.today())
    assert re.search(rf'data-case="{case.code}".{{0,120}}<a class="ev"[^>]*data-kind="walkin"', page)


def test_a_session_outside_the_hours_takes_none_of_the_slots(case: Case, staff: Staff) -> None:
    day = timezone.localdate(planned_at())
    with clock.set_to(clock.midnight(day) + dt.timedelta(hours=19)):
        evening = walk_in_at(State.IN_SESSION, staff)
        page = week_of(staff.petugas, day=day)
        assert f'data-case="{evening.code}"' in page
        assert re.search(r"<span>2 dari \d+ slot terisi</span>", page)
        assert not re.search(r"<span>3 dari", page)


def test_closed_hours_and_absences_are_shaded(staff: Staff) -> None:
    day = timezone.localdate(planned_at())
    start, end = (clock.midnight(day + dt.timedelta(days=days)) for days in (0, 1))
    leave = {"reason": "LEAVE", "note": "Operasi."}
    record_absence(by=staff.kabid, person=staff.petugas, starts_at=start, ends_at=end, **leave)
    page = week_of(staff.kabid, f"&division={staff.division.pk}")
    assert "<span>istirahat</span>" in page
    assert re.search(r'class="shade shade-up"[^>]*data-lane="3"><span>Petugas: cuti</span>', page)
    assert "Operasi." not in page
    ClosedDay.objects.create(day=day, reason="Hari jadi")
    page = week_of(staff.kabid, f"&division={staff.division.pk}")
    assert f'data-holiday="{day}"' in page
    assert "Kantor tutup: Hari jadi" in page
    assert "Petugas: cuti" not in page


@pytest.mark.differs_by_database
@pytest.mark.parametrize("count", [1, 30])
def test_a_feed_has_the_sessions_of_its_holder_and_no_names(
    count: int, staff: Staff, settings: Any, at_most_queries: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    cases = cases_at(State.SCHEDULED, staff, count)
    address = create(client_of(staff.companion))
    with at_most_queries(3):
        answer = Client().get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    assert set(answer["Cache-Control"].split(", ")) == {"max-age=300", "private"}
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert {str(event["SUMMARY"])[-9:] for event in events} == {case.code for case in cases}
    for word in (cases[0].applicant_name, cases[0].subject, cases[0].organisation, str(cases[0].phone)):
        assert word not in answer.text.replace("\r\n ", "")
    assert b"BEGIN:VEVENT" not in Client().get(create(client_of(staff.elsewhere))).content


def create(client: Client, **data: object) -> str:
    """Create a feed and return the path of its address."""
    page = client.post("/kalender/langganan/", {"create": "", **data}).text
    (path,) = re.findall(r'href="https://layanan.example(/kalender/langganan/[^"]+)"', page)
    return str(path)


def test_a_feed_is_replaced_and_revoked(staff: Staff) -> None:
    client = client_of(staff.petugas)
    old, new = create(client), create(client)
    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]
    assert new.split("/")[-1].removesuffix(".ics") not in str(CalendarFeed.objects.values().get())
    assert new not in client.get("/kalender/langganan/").text
    staff.petugas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    assert Client().get(new).status_code == 404
    staff.petugas.appointments.update(ends=None)
    client.post("/kalender/langganan/", {"revoke": ""})
    assert Client().get(new).status_code == 404
    assert client.post("/kalender/langganan/", {"room": "9" * 5000}).status_code == 404


def test_a_room_has_a_feed_of_its_own_and_none_is_read_too_often(staff: Staff, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"calendar_feed": "1/h/key"}
    feed = create(client_of(staff.petugas))
    assert [Client().get(feed).status_code for _ in range(2)] == [200, 429]
    room = Room.objects.create(name="Ruang Melati")
    case = case_at(State.PREPARED, staff)
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(3), room=room)
    assert case.code in Client().get(create(client_of(staff.sekretariat), room=room.pk)).text
    assert client_of(staff.petugas).post("/kalender/langganan/", {"room": room.pk}).status_code == 404


def test_on_a_sunday_the_next_week_is_shown(staff: Staff) -> None:
    for day, shown in ((27, "27 Nov"), (28, "30 Nov"), (29, "30 Nov"), (30, "30 Nov")):
        with clock.set_to(dt.datetime(2026, 11, day, 10, 0, tzinfo=timezone.get_default_timezone())):
            page = client_of(staff.petugas).get("/kalender/").text
            assert shown in page
            assert ("24 Nov" in page) == (day == 27)
