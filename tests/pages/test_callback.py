"""Minta dibantu: a citizen asks to be called, the Sekretariat calls in time and fills in the form."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from consultations.intake import callbacks
from consultations.intake.models import Callback
from consultations.models import Case
from kit import clock
from kit.refusal import Refused
from office.models import Office, OpeningHours
from tests.factories import DETAILS, Staff, client_of
from tests.sessions import log_in
from tests.shared_data import each
from tests.submitting import assert_says

TYPED = {"name": "Siti Contoh", "phone": "0812-3456-7890", "when": "ANY"}
PHONE = "+6281234567890"
TOKEN = "7b0c2f0e-6d0f-4b5a-9a55-0d5a3a0b7d11"
MATTER = {"subject": "Bantuan beras", "material": "Bantuan beras sudah tiga bulan tidak datang."}
AT_THE_COUNTER = {"kind": "CONSULTATION", "channel": "PHONE", "applicant_name": "Siti Contoh", **MATTER}
MONDAY = dt.datetime(2026, 11, 23, tzinfo=timezone.get_default_timezone())


def ask(network: str = "192.0.2.1", **changes: str) -> Any:
    return Client().post("/minta-dibantu/", {**TYPED, **changes}, REMOTE_ADDR=network)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return MONDAY.replace(day=day, hour=hour, minute=minute)


@each(
    ("asked", "when", "due"),
    [
        (at(23, 9), "ANY", at(23, 11)),
        (at(23, 11), "ANY", at(23, 14)),  # over the break
        (at(23, 15), "ANY", at(24, 8, 30)),  # over the night
        (at(21, 9), "ANY", at(23, 9, 30)),  # asked on a Saturday
        (at(23, 9), "MORNING", at(23, 11)),
        (at(23, 13), "MORNING", at(24, 9, 30)),
        (at(23, 9), "AFTERNOON", at(23, 15)),
        (at(23, 17), "AFTERNOON", at(24, 15)),
    ],
)
def test_the_term_counts_working_hours_of_the_wished_time(
    asked: dt.datetime, when: str, due: dt.datetime, staff: Staff
) -> None:
    with clock.set_to(asked):
        answer = ask(when=when)
    assert Callback.objects.get().due_at == due
    assert_says(answer, 200, "Paling lambat", f"{due:%H.%M} WIB")


def test_the_term_is_the_offices_own(staff: Staff) -> None:
    Office.objects.update(call_back_hours=4)
    assert "paling lama 4 jam kerja" in Client().get("/minta-dibantu/").text
    with clock.set_to(at(23, 8)):
        ask()
        OpeningHours.objects.all().delete()
        assert_says(ask(), 200, "Kami akan menelepon Anda")
    assert list(Callback.objects.order_by("pk").values_list("due_at", flat=True)) == [at(23, 12), None]


def test_it_is_a_duty_of_the_sekretariat_alone(staff: Staff) -> None:
    with clock.set_to(at(23, 9)):
        ask()
        for person in (staff.sekretariat, staff.pkd, staff.kadis, staff.petugas):
            shown = 'data-callback="' in client_of(person).get("/meja/").text
            assert shown is (person == staff.sekretariat), person
        row = row_of(client_of(staff.sekretariat))
        assert 'data-urgency="today"' in row
        assert 'href="tel:+6281234567890"' in row
    with clock.set_to(at(23, 11, 1)):
        row = row_of(client_of(staff.sekretariat))
        assert 'data-urgency="late"' in row
        assert "Terlambat" in row


def row_of(client: Client) -> str:
    page = client.get("/meja/").text
    return page.partition('<h2 id="telepon">')[2].partition("</section>")[0]


def test_during_the_call_the_form_of_the_counter_is_filled_in(staff: Staff) -> None:
    ask()
    callback, client = Callback.objects.get(), client_of(staff.sekretariat)
    path = f"/surat-masuk/?telepon={callback.pk}"
    assert f'href="{path}"' in row_of(client)
    page = client.get(path).text
    assert 'value="Siti Contoh"' in page
    assert 'value="0812-3456-7890"' in page
    assert re.search(r'value="PHONE"[^>]* checked', page)
    for key in ("0", "x", "9" * 30, "\u0661"):
        assert client.get("/surat-masuk/", {"telepon": key}).status_code == 200
    assert "Siti Contoh" not in client_of(staff.pkd).get(path).text


def test_it_ends_when_the_form_is_stored_and_not_before(staff: Staff) -> None:
    ask()
    path, client = f"/surat-masuk/?telepon={Callback.objects.get().pk}", client_of(staff.sekretariat)
    assert client.post(path, {"submission_token": TOKEN}).status_code == 422
    assert "Siti Contoh" in row_of(client), "the citizen is still to be called"
    assert (
        client.post(path, {**AT_THE_COUNTER, "phone": TYPED["phone"], "submission_token": TOKEN}).status_code
        == 302
    )
    assert Case.objects.get().channel == "PHONE"
    assert Callback.objects.get().done_by == staff.sekretariat
    assert row_of(client) == ""
    assert "Siti Contoh" not in client.get(path).text


def test_whom_nobody_answered_is_called_on_the_next_working_day(staff: Staff) -> None:
    with clock.set_to(at(20, 9)):  # a Friday
        ask()
        ask(when="AFTERNOON")
        client = client_of(staff.sekretariat)
        for callback in Callback.objects.all():
            answer = client.post(f"/minta-dibantu/{callback.pk}/", {"lagi": "0"}, follow=True)
            assert "Siti Contoh ditelepon lagi pada hari kerja berikutnya." in answer.text
        assert row_of(client).count("1 kali tidak diangkat") == 2
    found = Callback.objects.order_by("pk").values_list("due_at", "tries", "done_at")
    assert list(found) == [(at(23, 9, 30), 1, None), (at(23, 15), 1, None)]


def test_a_second_tap_for_the_same_call_does_not_count(staff: Staff) -> None:
    ask()
    callback, client = Callback.objects.get(), client_of(staff.sekretariat)
    for tries in (1, 2):
        button = re.search(r'name="lagi" value="(\w+)"', row_of(client))
        assert button
        stale = Callback.objects.get()
        for _tap in range(2):
            client.post(f"/minta-dibantu/{callback.pk}/", {"lagi": button[1]})
        with pytest.raises(Refused, match="sudah dicatat"):  # read before the first tap
            callbacks.postpone(stale, seen=button[1], by=staff.sekretariat)
        assert f"{tries} kali tidak diangkat" in row_of(client)


def test_the_sekretariat_alone_ends_it_also_without_a_request(staff: Staff) -> None:
    ask()
    path, unknown = f"/minta-dibantu/{Callback.objects.get().pk}/", "/minta-dibantu/999/"
    for person in (staff.pkd, staff.kadis, staff.petugas, staff.admin):
        client = client_of(person)
        assert [client.post(at).status_code for at in (path, unknown)] == [403, 403], "keys cannot be counted"
    client = client_of(staff.sekretariat)
    assert (client.get(path).status_code, client.post(unknown).status_code) == (405, 404)
    assert Callback.objects.get().done_at is None
    assert client.post(path)["Location"] == "/meja/"
    assert (Callback.objects.get().done_by, Case.objects.exists()) == (staff.sekretariat, False)


def test_the_second_colleague_changes_nothing_and_reads_why(staff: Staff) -> None:
    ask()
    found = Callback.objects.get()
    callbacks.finish(found, by=staff.sekretariat)
    before = Callback.objects.values().get()
    client, path = client_of(staff.sekretariat), f"/minta-dibantu/{found.pk}/"
    for typed in ({}, {"lagi": "0"}):
        page = client.post(path, typed, follow=True).text
        assert "Permintaan Siti Contoh baru saja diselesaikan rekan Anda." in page
        assert "ditelepon lagi" not in page
    assert Callback.objects.values().get() == before


def test_name_and_number_are_deleted_a_week_after_the_call_or_a_month_after_none(staff: Staff) -> None:
    with clock.set_to(at(2, 9)):
        ask()
        ask(name="Belum Ditelepon")
        callbacks.finish(Callback.objects.earliest("pk"), by=staff.sekretariat)
    month = at(2, 9) + dt.timedelta(days=30)
    for moment, number in ((at(9, 8), 0), (at(9, 10), 1), (month, 0), (month + dt.timedelta(hours=1), 1)):
        with clock.set_to(moment):
            assert callbacks.delete_old_callbacks() == number, moment


def test_the_desk_says_how_many_wait_and_shows_the_most_urgent(staff: Staff) -> None:
    Callback.objects.create(name="Sudah", phone=PHONE, done_at=clock.now(), done_by=staff.sekretariat)
    for _number in range(12):
        callbacks.ask(name="Siti Contoh", phone=PHONE, when="ANY")
    row = row_of(client_of(staff.sekretariat))
    assert '<span class="n">12</span>' in row
    assert row.count("data-callback=") == 10


UNUSABLE = {
    "name": ("", "123"),
    "phone": (
        "",
        "12",
        "+65 9123 4567",
        "+881 6 1234 5678",
        "+1 900 555 0123",
        "0809 1 234567",
        "0868 1234 5678",
    ),
    "when": ("NIGHT",),
}


def test_mobiles_and_landlines_of_indonesia_are_called_and_what_is_missing_is_said(staff: Staff) -> None:
    for field, value in ((field, value) for field, values in UNUSABLE.items() for value in values):
        answer = ask(**{field: value})
        assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field]), value
    assert not Callback.objects.exists()
    for n, phone in enumerate(("0812-3456-7890", "62 813 5555 1234", "0411 123456", "(021) 555-1234")):
        assert ask(f"192.0.3.{n}", phone=phone).status_code == 200
    assert Callback.objects.count() == 4


def test_programs_and_floods_are_kept_out(staff: Staff) -> None:
    assert_says(ask(homepage="https://spam.example"), 200, "Kami akan menelepon Anda")
    assert not Callback.objects.exists()
    assert [ask(f"192.0.2.{n}").status_code for n in range(4)] == [200, 200, 200, 429]
    assert Callback.objects.count() == 3


def test_before_the_opening_nobody_is_called(staff: Staff) -> None:
    Office.objects.update(opened_at=None)
    assert ask().status_code == 503


@each("typed", [{}, {"lagi": "0"}])
def test_before_the_opening_a_call_is_not_finished(typed: dict[str, str], staff: Staff) -> None:
    ask()
    Office.objects.update(opened_at=None)
    path = f"/minta-dibantu/{Callback.objects.get().pk}/"
    answer = client_of(staff.sekretariat).post(path, typed, follow=True)
    assert "Layanan belum dibuka" in answer.text
    assert Callback.objects.filter(done_at=None, tries=0).exists()


@each("path", ["/", "/ajukan/", "/pengaduan/"])
def test_the_way_to_it_is_on_the_first_pages(path: str, staff: Staff) -> None:
    assert 'href="/minta-dibantu/"' in Client().get(path).text


def test_the_number_is_stored_encrypted(staff: Staff) -> None:
    ask()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM intake_callback")
        assert not any(DETAILS["applicant_name"] in str(row) or "81234" in str(row) for row in cursor)


def test_the_buttons_of_the_desk_carry_their_token(staff: Staff) -> None:
    ask()
    client = Client(enforce_csrf_checks=True)
    log_in(client, staff.sekretariat)
    form = client.get("/meja/").text.partition("data-callback=")[2]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token
    address = f"/minta-dibantu/{Callback.objects.get().pk}/"
    assert client.post(address, {"csrfmiddlewaretoken": token[1]}).status_code == 302
