"""`pengaturan/`: administrators edit office data. It shows no case."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape

from consultations.enums import State
from consultations.models import ComplaintTarget, NumberBook, StateTarget
from kit import clock
from office.admin import OfficeDataAdmin
from office.admin_site import Section
from office.models import (
    Appointment,
    ClosedDay,
    Division,
    FactorRequirement,
    Office,
    Position,
    RetentionRule,
    Role,
    User,
)
from office.words import CHOSEN
from tests.factories import PASSWORD, Staff, appoint, case_at, client_of, make_user
from tests.shared_data import each
from tests.submitting import items

OFFICE_DATA = [
    model for model, model_admin in admin.site._registry.items() if isinstance(model_admin, OfficeDataAdmin)
]
POWERS = {"is_staff": "on", "is_superuser": "on"}
ADDED_ELSEWHERE = (Appointment, FactorRequirement)
READ_BY_OTHERS = (
    *("/", "/ajukan/", "/pengaduan/", "/standar-layanan/", "/meja/", "/datang-langsung/", "/agenda/"),
    *("/kalender/", "/dasbor/", "/laporan/", "/panduan/", "/akun/", "/perubahan-akses/"),
)


def page(model: type, action: str, *args: object) -> str:
    meta = model._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{action}", args=args)


@pytest.fixture
def administrator(staff: Staff) -> Client:
    """Return the client of an administrator with `is_staff` who is no superuser."""
    User.objects.filter(pk=staff.admin.pk).update(is_superuser=False)
    client = client_of(User.objects.get(pk=staff.admin.pk))
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    return client


@each("model", OFFICE_DATA)
def test_office_data_opens(administrator: Client, model: type) -> None:
    assert administrator.get(page(model, "changelist")).status_code == 200
    expected = 302 if model in ADDED_ELSEWHERE else 200
    assert administrator.get(page(model, "add")).status_code == expected
    row = model._default_manager.first()  # type: ignore[attr-defined]
    if row:
        assert administrator.get(page(model, "change", row.pk)).status_code == 200


def test_the_first_page_lists_office_data_and_no_cases(administrator: Client) -> None:
    assert not [model for model in admin.site._registry if model not in OFFICE_DATA]
    assert {model._meta.app_label for model in OFFICE_DATA} == {"office", "consultations", "documents"}
    assert {"Case", "Event", "Attachment"}.isdisjoint(model.__name__ for model in OFFICE_DATA)
    answer = administrator.get(reverse("admin:index"))
    shown = answer.context["app_list"]
    assert [section["name"] for section in shown] == [section.label for section in Section]
    assert {model["model"] for section in shown for model in section["models"]} == set(OFFICE_DATA)


@pytest.mark.release
def test_a_word_of_the_office_is_text_in_labels_and_help_texts(administrator: Client, staff: Staff) -> None:
    attack = "<img src=x onerror=alert(1)>"
    Office.objects.update(has_secretary=True, **{f"word_{name}": attack for name in CHOSEN})
    addresses = [page(model, action) for model in OFFICE_DATA for action in ("changelist", "add")]
    addresses += [
        page(model, "change", row.pk) for model in OFFICE_DATA for row in model._default_manager.all()[:20]
    ]
    addresses += [*READ_BY_OTHERS, f"/permohonan/{case_at(State.SUBMITTED, staff).code}/"]
    shown = "".join(administrator.get(address, follow=True).text for address in addresses)
    for reader in (staff.kadis, staff.kabid, staff.petugas):
        shown += "".join(client_of(reader).get(address, follow=True).text for address in addresses)
    assert escape(attack) in shown
    assert "<img src=x" not in shown.lower()


def test_the_fieldset_is_that_of_django_with_escaped_texts() -> None:
    """After an upgrade, copy the template again and leave out `|safe`."""
    name = "admin/includes/fieldset.html"
    ours = (settings.BASE_DIR / "templates" / name).read_text(encoding="utf-8")
    theirs = (Path(admin.__file__).parent / "templates" / name).read_text(encoding="utf-8")
    assert ours == theirs.replace("|safe", "").replace("id_prefix}}", "id_prefix }}")


@each("people", [1, 30])
def test_the_list_of_people_names_their_positions(
    administrator: Client, staff: Staff, at_most_queries: Any, people: int
) -> None:
    for _person in range(people):
        appoint(make_user(f"petugas-baru-{_person}"), Role.OFFICER, staff.division)
    administrator.get(page(User, "changelist"))  # the remembered appointments
    with at_most_queries(7):
        answer = administrator.get(page(User, "changelist"))
    assert staff.kadis.current_appointments[0].title in answer.text


def test_people_are_found_by_the_role_of_today_and_holders_have_a_last_day(
    administrator: Client, staff: Staff
) -> None:
    """An appointment that was ended shows that day, not the one that was planned."""
    today = clock.today()
    staff.petugas.appointments.update(ended_at=clock.now(), ended_by=staff.admin)
    staff.pkd.appointments.update(ends=today + dt.timedelta(days=9))
    shown = administrator.get(page(Appointment, "changelist")).text
    for day in (today, today + dt.timedelta(days=9)):
        assert f'class="field-last_day nowrap">{date_format(day)}' in shown
    answer = administrator.get(page(User, "changelist"), {"peran": "HEAD"})
    assert list(answer.context["cl"].queryset) == [staff.kadis]
    assert administrator.get(page(User, "changelist"), {"peran": "KING"}).status_code in {200, 302}


def test_days_can_be_closed_and_opened_above_the_holidays_of_the_law(administrator: Client) -> None:
    estimated = {"day": "2027-05-17", "reason": "Idul Adha jatuh kemarin", "is_open": "on"}
    for entered in ({"day": "2026-12-24", "reason": "HUT"}, estimated):
        assert administrator.post(page(ClosedDay, "add"), entered).status_code == 302
    assert list(ClosedDay.objects.values_list("is_open", flat=True)) == [True, False]
    with clock.set_to(dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC)):
        ClosedDay.objects.create(day=dt.date(2026, 12, 25), reason="Tetap buka", is_open=True)
        text = administrator.get(page(ClosedDay, "changelist")).text
    expected = ("Jumat, 25 Desember 2026", "kantor tetap buka", "17 Agustus 2027")
    assert [words for words in expected if words not in text] == []
    assert "17 Agustus 2026" not in text


def test_login_of_the_admin_redirects_to_the_login_page(staff: Staff, client: Client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/masuk/?next=%2Fpengaturan%2F")
    answer = client.post(reverse("admin:login"), {"username": "admin", "password": PASSWORD})
    assert answer.url.startswith("/masuk/")  # type: ignore[attr-defined]
    for other in (staff.sekretariat, staff.pkd, staff.kadis, staff.kabid, staff.petugas):
        assert client_of(other).get(page(User, "changelist"), follow=True).status_code == 403


def test_a_division_in_use_is_not_deleted_and_no_case_is_named(staff: Staff, administrator: Client) -> None:
    case = case_at(State.CLOSED, staff, subject="Perihal yang tidak boleh terbaca")
    administrator.post("/akun/reauthenticate/", {"password": PASSWORD})
    address = page(Division, "delete", staff.division.pk)
    shown = administrator.get(address).text
    assert "Permohonan" in shown
    assert case.code not in shown
    assert case.subject not in shown
    administrator.post(address, {"post": "yes"})
    assert Division.objects.filter(pk=staff.division.pk).exists()


@each(
    ("entered", "sentence"),
    [
        ({"email": "pkd@example.go.id"}, "Alamat ini sudah dipakai akun lain."),
        ({"email": "PKD@example.go.id"}, "Alamat ini sudah dipakai akun lain."),
        ({"nip": "١٩٧٠٠١٠١٢٠٠٠٠١١٠٠١"}, "NIP terdiri dari 18 angka, tanpa spasi."),
        ({"nip": "197001012000011001"}, ""),
    ],
)
def test_a_person_is_added_with_data_of_nobody_else(
    administrator: Client, staff: Staff, entered: dict[str, str], sentence: str
) -> None:
    User.objects.filter(pk=staff.pkd.pk).update(email="pkd@example.go.id")
    answer = administrator.post(
        "/pengaturan/office/user/add/", {"username": "baru", "name": "Baru", **entered}
    )
    assert sentence in answer.text
    assert User.objects.filter(username="baru").exists() == (not sentence)


def test_access_is_read_only_and_a_new_account_has_none(administrator: Client, staff: Staff) -> None:
    """Each field and page of the administration that would make somebody more powerful."""
    entered = {"username": "pkd", "name": "Nama Baru", "nip": "1" * 18, "email": "baru@kantor.example"}
    entered |= {**POWERS, "groups": "1", "user_permissions": "1", "password": "x"}
    assert administrator.post(page(User, "change", staff.pkd.pk), entered).status_code == 302
    found = User.objects.get(pk=staff.pkd.pk)
    assert (found.name, found.nip, found.email) == ("Nama Baru", staff.pkd.nip, staff.pkd.email)
    assert (found.is_active, found.is_staff, found.is_superuser) == (True, False, False)
    assert (found.groups.count(), found.user_permissions.count()) == (0, 0)
    held = staff.pkd.appointments.get().pk
    assert administrator.post(page(User, "delete", staff.expired.pk), {"post": "yes"}).status_code == 403
    assert administrator.post(page(Appointment, "change", held), {"ends": "2031-01-01"}).status_code == 403
    assert administrator.post(page(Appointment, "delete", held), {"post": "yes"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[staff.pkd.pk])
    assert administrator.post(password, {"password1": "x"})["Location"] == "/perubahan-akses/usul/kata-sandi/"
    add = administrator.post(page(Appointment, "add"), {"user": staff.admin.pk})
    assert add["Location"] == "/perubahan-akses/usul/jabatan/"
    entered = {"username": "baru", "name": "Pegawai Baru", "password": PASSWORD, **POWERS}
    assert administrator.post(page(User, "add"), entered).status_code == 302
    user = User.objects.get(username="baru")
    assert (user.is_active, user.is_staff, user.is_superuser, user.roles) == (True, False, False, set())
    assert not user.has_usable_password()


def test_a_position_keeps_its_role_and_takes_no_holder(administrator: Client, staff: Staff) -> None:
    position = Position.objects.get(role="SECRETARIAT")
    holder = {"user": str(staff.admin.pk), "acting": "", "starts": "2026-01-01", "ends": ""}
    entered = {"title": "Loket", "role": "TIM_PKD", "division": "", **items("appointments", holder)}
    assert administrator.post(page(Position, "change", position.pk), entered).status_code == 302
    position.refresh_from_db()
    assert (position.title, position.role) == ("Loket", "SECRETARIAT")
    assert not staff.admin.appointments.exists()


@each(
    ("model", "typed", "said"),
    [
        (RetentionRule, {"active_years": 0, "inactive_years": 0}, "paling sedikit satu tahun"),
        (RetentionRule, {"kind": "AUDIT", "classification": "400.9"}, "Kosongkan untuk jenis lain"),
        (RetentionRule, {"kind": "AUDIT", "fate": "PERMANENT"}, "Pilih nasib akhir “Musnah”"),
        (RetentionRule, {"kind": "COMPLAINT"}, "sudah memiliki jadwal retensi. Ubah yang ada."),
        (NumberBook, {"year": 2030}, "Buku nomor tahun ini sudah ada. Ubah yang ada."),
    ],
)
def test_a_rule_of_the_database_says_on_the_form_what_to_do(
    model: type[Model], typed: dict[str, Any], said: str, administrator: Client
) -> None:
    RetentionRule.objects.create(kind="COMPLAINT", active_years=2, inactive_years=3)
    NumberBook.objects.create(series="AGENDA", year=2030)
    sound = {
        RetentionRule: {"kind": "REQUEST", "active_years": 1, "inactive_years": 1, "fate": "DESTROY"},
        NumberBook: {"series": "AGENDA", "year": 2031, "first": 1},
    }
    answer = administrator.post(page(model, "add"), {**sound[model], **typed})
    assert answer.status_code == 200
    assert said in answer.text
    assert "Batasan" not in answer.text
    assert administrator.post(page(model, "add"), sound[model]).status_code == 302


def test_no_choice_is_offered_in_english(administrator: Client) -> None:
    shown = administrator.get(page(RetentionRule, "add")).text
    assert "Pilih salah satu" in shown
    assert "Select an option" not in shown


def test_a_list_without_rows_says_what_holds(administrator: Client) -> None:
    assert (
        "2 tahun aktif, 3 tahun inaktif, lalu musnah"
        in administrator.get(page(RetentionRule, "changelist")).text
    )


def test_first_number_can_be_set_until_it_is_used(administrator: Client) -> None:
    administrator.post(page(NumberBook, "add"), {"series": "AGENDA", "year": 2031, "first": 120})
    book = NumberBook.objects.get(year=2031)
    administrator.post(page(NumberBook, "change", book.pk), {"first": 130, "year": 2032, "series": "REPORT"})
    book.refresh_from_db()
    assert (book.first, book.year, book.series) == (130, 2031, "AGENDA")
    assert NumberBook.take("AGENDA", 2031) == 130
    administrator.post(page(NumberBook, "change", book.pk), {"first": 1})
    assert NumberBook.take("AGENDA", 2031) == 131
    assert administrator.post(page(NumberBook, "delete", book.pk), {"post": "yes"}).status_code == 403


def test_targets_exist_only_for_states_that_wait_for_the_office(administrator: Client) -> None:
    offered = administrator.get(page(StateTarget, "add")).context["adminform"].form.fields["state"].choices
    states = [value for value, _label in offered]
    assert State.FORWARDED in states
    assert not {State.INCOMPLETE, State.CLOSED} & set(states)
    administrator.post(page(StateTarget, "add"), {"state": "FORWARDED", "hours": 16})
    assert StateTarget.objects.get(state="FORWARDED").hours == 16


def test_the_limits_of_complaints_in_force_are_listed(administrator: Client) -> None:
    """The list of the office's own limits is empty if it follows the regulations."""

    def read() -> str:
        text = administrator.get(page(ComplaintTarget, "changelist")).text
        return " ".join(re.sub("<[^>]*>", " ", text.partition("Batas waktu yang berlaku")[2]).split())

    stage = ComplaintTarget.Stage
    assert f"60 hari kalender {stage.LAW_DECIDE.label} · menurut peraturan" in read()
    ComplaintTarget.objects.create(stage=stage.LAW_DECIDE, days=45)
    found = read()
    assert f"45 hari kalender {stage.LAW_DECIDE.label} · ditetapkan kantor" in found
    assert found.count("menurut peraturan") == len(stage) - 1
