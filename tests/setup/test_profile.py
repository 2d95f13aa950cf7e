"""`pengaturan/kantor/`: the office's own data in sections, saved one by one."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape

from consultations import services as consultations_services
from consultations.audit.models import Act, AuditEntry
from consultations.enums import OF_SECRETARY, State
from consultations.models import StateTarget
from dispositions import services as dispositions_services
from kit import clock
from office.models import Appointment, Office, Position
from operations.setup.profile import SECTIONS, list_sections
from tests.factories import Staff, case_at, client_of
from tests.submitting import image


@pytest.fixture
def administrator(staff: Staff) -> Client:
    return client_of(staff.admin)


def values(section: str, **changed: Any) -> dict[str, Any]:
    """Return what the page of a section would post, with changes. A value of None is not sent."""
    form = next(s.form for s in list_sections(section) if s.name == section)
    initial = {name: form[name].value() for name in form.fields if name != "coat_of_arms"}
    sent = {name: "on" if value is True else value for name, value in {**initial, **changed}.items()}
    return {name: value for name, value in sent.items() if value not in (None, False)}


def address(section: str) -> str:
    return f"/pengaturan/kantor/{section}/"


def test_each_field_of_the_office_is_in_one_section() -> None:
    listed = Counter(name for _title, names in SECTIONS.values() for name in names)
    editable = [field.name for field in Office._meta.fields if field.editable and not field.primary_key]
    assert listed == Counter(editable)


def test_a_section_is_saved_by_itself_and_recorded(administrator: Client) -> None:
    before = Office.objects.values().get()
    answer = administrator.post(address("sebutan"), values("sebutan", word_head="Direktur"))
    assert answer["Location"] == "/pengaturan/kantor/sebutan/#sebutan"
    assert Office.objects.values().get() == {**before, "word_head": "Direktur"}
    entry = AuditEntry.objects.filter(act=Act.SETTING).latest("pk")
    assert entry.target == "Penyiapan: Profil kantor. word_head"


def test_an_error_opens_its_section_and_keeps_what_was_typed(administrator: Client) -> None:
    sent = values("standar", service_minutes="0", standard_number="SK 9/2027")
    answer = administrator.post(address("standar"), sent)
    assert answer.status_code == 422
    shown = [section for section in answer.context["sections"] if section.is_shown]
    assert [section.name for section in shown] == ["standar"]
    assert 'href="#standar_service_minutes"' in answer.text
    assert "SK 9/2027" in answer.text
    assert Office.load().standard_number != "SK 9/2027"


def opened(client: Client, section: str) -> dict[str, Any]:
    """Return what a browser would post from a page: the values, and beside each what the page showed."""
    page = client.get(address(section))
    form = next(s.form for s in page.context["sections"] if s.name == section)
    shown = {form[name].html_initial_name: form[name].value() for name in form.fields}
    shown.pop("initial-coat_of_arms", None)
    for name, value in shown.items():
        attribute = f' value="{escape(value)}"' if value not in ("", None) else ""
        assert f'<input type="hidden" name="{name}"{attribute}' in page.text
    return {**{name: "" if value is None else value for name, value in shown.items()}, **values(section)}


@pytest.fixture
def colleague(staff: Staff) -> Client:
    """Another administrator."""
    staff.expired.is_superuser = staff.expired.is_staff = True
    staff.expired.save()
    return client_of(staff.expired)


def test_the_second_of_two_administrators_reads_who_changed_the_field(
    administrator: Client, colleague: Client, staff: Staff
) -> None:
    first, second = opened(administrator, "identitas"), opened(colleague, "identitas")
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        assert administrator.post(address("identitas"), {**first, "city": "Toboali"}).status_code == 302
    answer = colleague.post(address("identitas"), {**second, "city": "Koba", "phone": "0718-22"})
    assert answer.status_code == 409
    assert f"{staff.admin} menyimpan isian ini" in answer.text
    assert ": Toboali. Isian Anda belum tersimpan." in answer.text
    assert 'value="Koba"' in answer.text
    assert Office.load().city == "Toboali"
    assert 'name="initial-city" value="Toboali"' in answer.text
    again = {**second, "city": "Koba", "phone": "0718-22", "initial-city": "Toboali"}
    assert colleague.post(address("identitas"), again).status_code == 302
    assert (Office.load().city, Office.load().phone) == ("Koba", "0718-22")


def test_what_another_administrator_saved_beside_stays(administrator: Client, colleague: Client) -> None:
    for section in SECTIONS:
        assert administrator.post(address(section), opened(administrator, section)).status_code == 302
    assert not AuditEntry.objects.filter(act=Act.SETTING).exists(), "nothing was changed"
    first, second = opened(administrator, "identitas"), opened(colleague, "identitas")
    administrator.post(address("identitas"), {**first, "city": "Toboali"})
    lines = "Jl. Baru 1\r\nLantai 2"
    assert colleague.post(address("identitas"), {**second, "address": lines}).status_code == 302
    assert (Office.load().city, Office.load().address) == ("Toboali", lines)


FIELDS = [(section, name) for section, (_title, names) in SECTIONS.items() for name in names]
OF_TEXT = {"email": "dinas@contoh.id", "website": "https://dinas.contoh.id", "phone": "0717-9"}


def other_than(stored: Any, field: Any, name: str) -> Any:
    """Return another value that the field takes, or None if it has no other choice."""
    if choices := [str(getattr(key, "value", key)) for key, _label in getattr(field, "choices", ())]:
        return next((key for key in choices if key not in ("", str(stored))), None)
    if stored in (True, False):
        return "" if stored else "on"
    return stored + 1 if isinstance(stored, int) else OF_TEXT.get(name, "Kata lain")


@pytest.mark.release
def test_one_administrator_alone_can_change_each_field(administrator: Client) -> None:
    for section, name in FIELDS:
        if name == "coat_of_arms":
            continue
        sent = opened(administrator, section)
        form = next(s.form for s in list_sections(section) if s.name == section)
        stored = form[name].value()
        new = other_than(stored, form.fields[name], name)
        sent[name] = stored if new is None else new
        if sent[name] == "":
            del sent[name]
        assert administrator.post(address(section), sent).status_code != 409, name


def test_the_level_of_the_menu_is_stored(administrator: Client) -> None:
    level = Office.load().menu_level
    new = next(key for key, _label in Office._meta.get_field("menu_level").flatchoices if key != level)
    sent = {**opened(administrator, "halaman"), "menu_level": str(new)}
    assert administrator.post(address("halaman"), sent).status_code == 302
    assert Office.load().menu_level == new


@pytest.mark.parametrize("stored", ["Jl. A\nLantai 2", "Jl. A\r\nLantai 2", " Jl. A ", "Jl. A\n"])
def test_a_stored_address_with_lines_and_spaces_is_changed(stored: str, administrator: Client) -> None:
    Office.objects.update(address=stored)
    sent = opened(administrator, "identitas")
    posted = "\r\n".join(stored.split("\n")).replace("\r\r", "\r")  # as browsers do
    sent |= {"initial-address": posted, "address": "Jl. B\r\nLantai 3"}
    assert administrator.post(address("identitas"), sent).status_code == 302
    assert Office.load().address == "Jl. B\r\nLantai 3"


@pytest.mark.parametrize(
    "shown", ["abc", *(pytest.param(one, marks=pytest.mark.release) for one in ("-1", "1.5", "9" * 30, "\0"))]
)
def test_what_the_page_never_showed_is_another_value(shown: str, administrator: Client) -> None:
    pages = {section: opened(administrator, section) for section in SECTIONS}
    for section, name in FIELDS:
        sent = {**pages[section], f"initial-{name}": shown}
        assert administrator.post(address(section), sent).status_code in (302, 409, 422), name


def test_the_chosen_signer_was_deleted_meanwhile(administrator: Client, staff: Staff) -> None:
    role = staff.kabid.appointments.get().position.role
    signer = Position.objects.create(title="Kepala Bidang Lama", role=role, division=staff.division)
    Office.objects.update(register_signer=signer)
    sent = opened(administrator, "naskah")
    assert sent["initial-register_signer"] == signer.pk
    Office.objects.update(register_signer=None)
    signer.delete()
    other = staff.kadis.appointments.get().position
    answer = administrator.post(address("naskah"), {**sent, "register_signer": other.pk})
    assert answer.status_code == 409
    assert ": –. Isian Anda belum tersimpan." in answer.text
    assert administrator.post(address("naskah"), {**sent, "register_signer": ""}).status_code == 302


def test_a_change_of_another_day_is_told_with_its_day(
    administrator: Client, colleague: Client, staff: Staff
) -> None:
    sent = opened(colleague, "identitas")
    administrator.post(address("identitas"), {**sent, "city": "Toboali"})
    day = date_format(timezone.localtime(AuditEntry.objects.latest("pk").at))
    with clock.set_to(clock.now() + dt.timedelta(days=3)):
        later = client_of(staff.expired).post(address("identitas"), {**sent, "city": "Koba"})
    assert f"menyimpan isian ini pada {day} pukul" in later.text


def test_the_summary_says_what_a_section_holds(administrator: Client) -> None:
    Office.objects.update(website="", phone="0717-1", is_free=True, service_minutes=45)
    sections = {
        section.name: section for section in administrator.get("/pengaturan/kantor/").context["sections"]
    }
    assert Office.load().name in sections["identitas"].summary
    assert "waktu pelayanan (menit): 45" in sections["standar"].summary.lower()
    empty = sections["identitas"].empty_count
    Office.objects.update(website="https://kantor.example")
    page = administrator.get("/pengaturan/kantor/")
    assert page.context["sections"][0].empty_count == empty - 1
    assert not any(section.is_shown for section in page.context["sections"])


def test_the_coat_of_arms_is_added_and_removed(administrator: Client) -> None:
    picture = SimpleUploadedFile("lambang.png", image("PNG"), "image/png")
    administrator.post(address("identitas"), {**values("identitas"), "coat_of_arms": picture})
    assert Office.load().coat_of_arms
    administrator.post(address("identitas"), values("identitas", **{"coat_of_arms-clear": "on"}))
    assert not Office.load().coat_of_arms


def test_only_an_administrator_of_a_stored_office_sees_it(administrator: Client, staff: Staff) -> None:
    assert client_of(staff.kadis).get("/pengaturan/kantor/").status_code == 403
    assert administrator.get(address("lain")).status_code == 404
    assert administrator.post("/pengaturan/kantor/").status_code == 404
    Office.objects.all().delete()
    assert administrator.get("/pengaturan/kantor/")["Location"] == "/pengaturan/mulai/identitas/"


def test_the_sekretaris_is_switched_off_only_when_no_case_waits_there(
    administrator: Client, staff: Staff
) -> None:
    def switch(value: bool) -> Any:
        return administrator.post(address("standar"), values("standar", has_secretary=value))

    switch(True)
    assert {*StateTarget.objects.values_list("state", flat=True)} >= {*OF_SECRETARY}
    case = case_at(State.SUBMITTED, staff)
    consultations_services.register(case, by=staff.pkd, classification="400.9")
    refused = switch(False)
    assert "1 permohonan masih menunggu Sekretaris" in refused.text
    held = Appointment.objects.filter(user=staff.sekretaris)
    held.update(ends=clock.today() - dt.timedelta(days=1))  # other data can be changed during a vacancy
    assert administrator.post(address("standar"), values("standar", ask_again_days=7)).status_code == 302
    held.update(ends=None)
    dispositions_services.endorse(case, by=staff.sekretaris)
    switch(False)
    assert not Office.load().has_secretary
    assert not StateTarget.objects.filter(state__in=OF_SECRETARY).exists()
    held.update(ends=clock.today() - dt.timedelta(days=1))
    assert "Belum ada pemangku jabatan" in switch(True).text
