"""Pages under `berhalangan/`: enter an absence, solve its collisions, name an acting head."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling.absences import record_absence
from consultations.scheduling.models import Absence, Delegation
from dispositions import services as dispositions_services
from kit import clock
from kit.forms import WRONG_DATE
from office.models import User
from tests.factories import ORDER, Staff, case_at, client_of
from tests.many_cases import cases_at
from tests.shared_data import each

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())
TYPED = {"first_day": "2026-11-24", "last_day": "2026-11-25", "reason": "SICK"}


@pytest.fixture
def staff(staff: Staff) -> Iterator[Staff]:
    """The staff on a Monday at nine."""
    with clock.set_to(MONDAY):
        yield staff


def record(client: Client, person: User, **typed: str) -> str:
    """Enter the absence of a person; return the address of its page."""
    return client.post("/berhalangan/catat/", {"person": person.pk, **TYPED, **typed})["Location"]


@each(
    ("typed", "field"),
    [
        ({"first_day": "kapan-kapan"}, "first_day"),
        ({"first_day": "2028-01-01", "last_day": "2028-01-01"}, "first_day"),
        ({"last_day": "2026-11-23"}, "last_day"),
        ({"last_day": "2029-01-01"}, "last_day"),
        ({"first_day": "2026-11-20", "last_day": "2026-11-21"}, "last_day"),
        ({"last_day": "2026-11-24", "from_time": "10.00", "until_time": "09.00"}, "last_day"),
        ({"until_time": "siang"}, "until_time"),
        ({"reason": "MALAS"}, "reason"),
        ({"person": "99999"}, "person"),
    ],
)
def test_what_is_wrong_stands_at_its_field(typed: dict[str, str], field: str, staff: Staff) -> None:
    answer = client_of(staff.kabid).post("/berhalangan/catat/", {"person": staff.kabid.pk, **TYPED, **typed})
    assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field])
    assert not Absence.objects.exists()


def test_an_officer_falls_ill_and_the_kabid_solves_each_session(staff: Staff) -> None:
    cases = [case_at(State.SCHEDULED, staff) for _ in range(3)]
    cases[0].companions.set([staff.other_petugas])
    kabid = client_of(staff.kabid)
    address = record(kabid, staff.petugas)
    page = kabid.get(address).text
    assert "3 konsultasi bentrok." in page
    assert page.count('data-verb="reassign"') == 4
    assert page.count('data-person="other_petugas"') == 1
    assert 'data-verb="reschedule"' not in page

    other, officer = staff.other_petugas.pk, client_of(staff.petugas)
    form = kabid.get(f"/permohonan/{cases[0].code}/reassign/?officer={other}&reason=Sakit.").text
    assert f'value="{other}" id="id_officer_{other}" checked' in form
    own = officer.get(address).text
    assert own.count('data-verb="reschedule"') == 3
    desk = officer.get("/meja/").text.partition('id="kantor-tutup"')[2]
    assert desk.partition("</section>")[0].count("Sakit") == 3
    assert 'data-verb="reassign"' not in own
    for name, code in {"sekretariat": 200, "other_kabid": 404, "companion": 404, "admin": 404}.items():
        assert client_of(getattr(staff, name)).get(address).status_code == code
    assert client_of(staff.other_kabid).post(f"{address}akhiri/").status_code == 404
    assert "Masa berhalangan Petugas diakhiri." in officer.post(f"{address}akhiri/", follow=True).text


def test_hidden_cases_do_not_use_up_the_rows(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.absences.MAX_ROWS", 1)
    hidden, _visible = (case_at(State.SCHEDULED, staff) for _ in range(2))
    Case.objects.filter(pk=hidden.pk).update(kind=Kind.COMPLAINT, complained_about=staff.kabid)
    kabid = client_of(staff.kabid)
    assert "1 konsultasi bentrok." in kabid.get(record(kabid, staff.petugas)).text


def test_a_head_names_a_stand_in_and_ends_it(staff: Staff) -> None:
    kadis = client_of(staff.kadis)
    address = record(kadis, staff.kadis)
    named = f"{address}pengganti/{staff.kadis.appointments.get().pk}/"
    assert 'value="Plt." checked' in kadis.post(named, {"acting": "Plt."}).text
    without = kadis.post(named, {"to": staff.kabid.pk, "acting": "Plh."})
    for sentence in ("Tulis nomor Surat Perintah.", str(WRONG_DATE)):
        assert sentence in without.text
    refused = kadis.post(named, {"to": staff.petugas.pk, "acting": "Plh.", **ORDER})
    assert "Jabatan orang ini tidak boleh menggantikan" in refused.text
    done = kadis.post(named, {"to": staff.kabid.pk, "acting": "Plh.", **ORDER}, follow=True).text
    assert 'data-stand-in="kabid"' in done
    assert 'data-form="stand_in"' not in done

    kabid = client_of(staff.kabid)
    newest = kabid.get("/pemberitahuan/terbaru/").text
    assert "Kabid, Plh. Kepala Dinas, 24 November 2026 sampai 25 November 2026" in newest
    assert 'data-form="stand_in_end"' not in kabid.get(address).text
    assert "Pengganti pejabat ditunjuk" not in kabid.get("/pemberitahuan/terbaru/").text
    end = f"{address}pengganti/{Delegation.objects.get().pk}/akhiri/"
    assert kabid.post(end).status_code == 403
    assert "Masa pengganti diakhiri." in kadis.post(end, follow=True).text
    assert kadis.post(end, follow=True).status_code == 200


@pytest.mark.differs_by_database
def test_who_comes_back_reads_what_was_done_meanwhile(staff: Staff) -> None:
    case, declined = (case_at(State.REGISTERED, staff) for _ in range(2))
    kadis = client_of(staff.kadis)
    address = record(kadis, staff.kadis, reason="TRAVEL", note="Rapat di ibu kota.")
    assert "Batalkan" in kadis.get(address).text
    named = f"{address}pengganti/{staff.kadis.appointments.get().pk}/"
    kadis.post(named, {"to": staff.kabid.pk, "acting": "Plh.", **ORDER})
    assert 'data-notice="STANDS_IN"' in client_of(staff.kabid).get("/pemberitahuan/").text
    with clock.set_to(MONDAY + dt.timedelta(days=1)):
        acting = User.objects.get(pk=staff.kabid.pk)
        dispositions_services.dispose(case, by=acting, division=staff.division)
        dispositions_services.decline(declined, by=acting, reason="Bukan kewenangan dinas.")
        assert "Akhiri sekarang" in kadis.get(address).text
        kadis.post(f"{address}akhiri/")
        page = kadis.get(address).text
        meanwhile = page.partition('data-section="meanwhile"')[2].partition("</section>")[0]
        assert re.findall(r'data-verb="(\w+)"', meanwhile) == ["decline", "dispose"]
        assert meanwhile.count("Plh. Kepala Dinas") == 2
        assert len(re.findall(r"\d\d\.\d\d WIB", meanwhile)) == 2
        assert "Diakhiri lebih awal" in page
        assert "Rapat di ibu kota." in page
        assert "Rapat di ibu kota." not in client_of(staff.kabid).get(address).text


def test_what_does_not_fit_is_said_on_the_page(staff: Staff) -> None:
    staff.kadis.appointments.get().position.stand_ins.set([staff.other_kabid.appointments.get().position])
    record(client_of(staff.other_kabid), staff.other_kabid)
    kadis = client_of(staff.kadis)
    address = record(kadis, staff.kadis)
    choice = kadis.get(address).text.partition('data-person="other_kabid"')[2].partition("</li>")[0]
    assert "disabled" in choice
    assert "Sakit" in choice
    staff.kadis.appointments.get().position.stand_ins.clear()
    assert "Belum ada jabatan yang boleh menggantikan." in kadis.get(address).text
    case = case_at(State.PREPARED, staff)
    record(client_of(staff.kabid), staff.petugas)
    assert 'data-absent="petugas"' in client_of(staff.petugas).get(f"/permohonan/{case.code}/schedule/").text


@each("count", [1, 20])
def test_the_pages_need_no_more_queries_for_more_rows(count: int, staff: Staff, at_most_queries: Any) -> None:
    cases_at(State.SCHEDULED, staff, count)
    assigned = cases_at(State.ASSIGNED, staff, count)
    keys = [case.pk for case in assigned]
    Case.objects.filter(pk__in=keys).update(due_at=MONDAY + dt.timedelta(days=1))
    client = client_of(staff.kabid)
    address = record(client, staff.petugas, last_day="2026-11-27")
    with at_most_queries(16):
        page = client.get(address).text
    assert page.count('<li class="stack-s" data-case') == 2 * count
    for n in range(count):
        starts_at = MONDAY + dt.timedelta(days=30 + n)
        times: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=1)}
        record_absence(by=staff.petugas, person=staff.petugas, reason="OTHER", **times)
    with at_most_queries(5):
        client.get("/berhalangan/")
