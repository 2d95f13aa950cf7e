"""`pengaturan/`: office data for administrators; the records of cases are there to be read at most."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consultations.admin import RecordAdmin
from consultations.enums import State
from consultations.models import Case, NumberBook, StateTarget
from office.admin import OfficeDataAdmin
from office.models import Appointment, ClosedDay, Office, Position, User
from tests.factories import PASSWORD, Staff, case_at

type ClientOf = Callable[[User], Client]

OFFICE_DATA = [
    model
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, OfficeDataAdmin) and not isinstance(model_admin, RecordAdmin)
]
RECORDS = [
    model for model, model_admin in admin.site._registry.items() if isinstance(model_admin, RecordAdmin)
]


def name_of(model: type) -> str:
    return model.__name__


def page(model: type, action: str, *args: object) -> str:
    meta = model._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{action}", args=args)


@pytest.fixture
def desk(staff: Staff, client_of: ClientOf) -> Client:
    """The administrator's browser. Not a superuser: `is_staff` is all an administrator needs."""
    User.objects.filter(pk=staff.admin.pk).update(is_superuser=False)
    return client_of(User.objects.get(pk=staff.admin.pk))


def test_the_index_greets_in_indonesian(desk: Client) -> None:
    answer = desk.get(reverse("admin:index"))
    assert answer.status_code == 200
    assert "Pengaturan Rembuk" in answer.text


@pytest.mark.parametrize("model", OFFICE_DATA, ids=name_of)
def test_office_data_opens(desk: Client, model: type) -> None:
    assert desk.get(page(model, "changelist")).status_code == 200
    assert desk.get(page(model, "add")).status_code == (403 if model is Office else 200)
    row = model._default_manager.first()  # type: ignore[attr-defined]
    if row:
        assert desk.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", RECORDS, ids=name_of)
def test_an_administrator_without_position_sees_no_record(desk: Client, staff: Staff, model: type) -> None:
    case_at(State.CLOSED, staff)
    answer = desk.get(page(model, "changelist"))
    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 0


@pytest.mark.parametrize("model", RECORDS, ids=name_of)
def test_records_are_read_only(staff: Staff, client_of: ClientOf, model: type) -> None:
    case_at(State.CLOSED, staff)
    User.objects.filter(pk=staff.kadis.pk).update(is_staff=True, is_superuser=True)
    browser = client_of(User.objects.get(pk=staff.kadis.pk))
    listed = browser.get(page(model, "changelist"))
    assert listed.status_code == 200
    assert browser.get(page(model, "add")).status_code == 403
    assert browser.post(page(model, "add"), {}).status_code == 403
    row = model._default_manager.first()  # type: ignore[attr-defined]
    if row is None:
        return
    shown = browser.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    assert "applicant_name" not in shown.text
    assert browser.post(page(model, "change", row.pk), {"state": "SUBMITTED"}).status_code == 403
    assert browser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    browser.post(page(model, "changelist"), action)
    assert model._default_manager.filter(pk=row.pk).exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_cases_asks_the_same_of_one_and_of_thirty(
    staff: Staff, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _row in range(rows):
        case_at(State.DISPOSED, staff)
    User.objects.filter(pk=staff.kadis.pk).update(is_staff=True)
    browser = client_of(User.objects.get(pk=staff.kadis.pk))
    with django_assert_num_queries(6):  # session, user, positions, office, bounded count, rows
        browser.get(page(Case, "changelist"))


def test_an_official_complained_about_finds_the_complaint_nowhere(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    User.objects.filter(pk=staff.kadis.pk).update(is_staff=True)
    browser = client_of(User.objects.get(pk=staff.kadis.pk))
    assert browser.get(page(Case, "changelist")).context["cl"].result_count == 0


@pytest.mark.parametrize("username", ["sekretariat", "pkd", "kadis", "kabid", "petugas"])
def test_other_staff_get_no_settings(staff: Staff, client_of: ClientOf, username: str) -> None:
    browser = client_of(getattr(staff, username))
    assert browser.get(page(User, "changelist"), follow=True).status_code == 403


def test_a_visitor_logs_in_at_the_one_login(office: Office, client: Client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/masuk/?next=%2Fpengaturan%2F")
    answer = client.post(reverse("admin:login"), {"username": "admin", "password": PASSWORD})
    assert answer.url.startswith("/masuk/")  # type: ignore[attr-defined]


def test_the_office_stays_one(desk: Client) -> None:
    assert desk.post(page(Office, "add"), {"name": "Dinas Kedua"}).status_code == 403
    assert desk.post(page(Office, "delete", 1), {"post": "yes"}).status_code == 403
    assert Office.objects.count() == 1


def test_the_first_office_is_entered_by_hand(desk: Client) -> None:
    Office.objects.all().delete()
    entered = {
        "government": "Pemerintah Provinsi Contoh",
        "name": "Dinas Baru",
        "unit_code": "DINBARU",
        "address": "Jl. Baru",
        "city": "Kotabaru",
        "standard_number": "1/2026",
        "service_minutes": 30,
        "report_classification": "400.9",
        "visit_lead_days": 1,
    }
    assert desk.post(page(Office, "add"), entered).status_code == 302
    assert Office.load().name == "Dinas Baru"


def test_an_account_is_made_given_a_position_and_a_new_password(desk: Client) -> None:
    entered = {"username": "baru", "name": "Pegawai Baru", "password1": PASSWORD, "password2": PASSWORD}
    assert desk.post(page(User, "add"), entered).status_code == 302
    user = User.objects.get(username="baru")
    position = Position.objects.get(role="HEAD")
    held = {"user": user.pk, "position": position.pk, "acting": "Plh.", "starts": "2026-01-01", "ends": ""}
    assert desk.post(page(Appointment, "add"), held).status_code == 302
    assert user.current_appointments[0].title == "Plh. Kepala Dinas"
    new = {
        "password1": "sandi-lain-untuk-uji",
        "password2": "sandi-lain-untuk-uji",
        "usable_password": "true",
    }
    assert desk.post(reverse("admin:auth_user_password_change", args=[user.pk]), new).status_code == 302
    user.refresh_from_db()
    assert user.check_password("sandi-lain-untuk-uji")


def test_an_account_is_switched_off_and_never_deleted(desk: Client, staff: Staff) -> None:
    assert desk.post(page(User, "delete", staff.expired.pk), {"post": "yes"}).status_code == 403
    kept = {"username": "expired", "name": "Pensiun"}
    assert desk.post(page(User, "change", staff.expired.pk), kept).status_code == 302
    staff.expired.refresh_from_db()
    assert not staff.expired.is_active


def test_the_first_number_is_set_until_it_was_taken(desk: Client) -> None:
    desk.post(page(NumberBook, "add"), {"series": "AGENDA", "year": 2031, "first": 120})
    book = NumberBook.objects.get(year=2031)
    desk.post(page(NumberBook, "change", book.pk), {"first": 130, "year": 2032, "series": "REPORT"})
    book.refresh_from_db()
    assert (book.first, book.year, book.series) == (130, 2031, "AGENDA")
    assert NumberBook.take("AGENDA", 2031) == 130
    desk.post(page(NumberBook, "change", book.pk), {"first": 1})
    assert NumberBook.take("AGENDA", 2031) == 131
    assert desk.post(page(NumberBook, "delete", book.pk), {"post": "yes"}).status_code == 403


def test_a_target_is_chosen_from_the_states_that_wait_for_the_office(desk: Client) -> None:
    offered = desk.get(page(StateTarget, "add")).context["adminform"].form.fields["state"].choices
    states = [value for value, _label in offered]
    assert State.FORWARDED in states
    assert not {State.INCOMPLETE, State.CLOSED} & set(states)
    desk.post(page(StateTarget, "add"), {"state": "FORWARDED", "hours": 16})
    assert StateTarget.objects.get(state="FORWARDED").hours == 16


def test_closed_days_and_open_holidays_are_entered(desk: Client) -> None:
    assert desk.post(page(ClosedDay, "add"), {"day": "2026-12-24", "reason": "HUT"}).status_code == 302
    estimated = {"day": "2027-05-17", "reason": "Idul Adha jatuh kemarin", "is_open": "on"}
    assert desk.post(page(ClosedDay, "add"), estimated).status_code == 302
    assert list(ClosedDay.objects.values_list("is_open", flat=True)) == [True, False]
