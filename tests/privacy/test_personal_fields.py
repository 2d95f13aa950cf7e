"""Each column of a case and each field of its forms is declared, and what is declared is what happens."""

import datetime as dt
from dataclasses import MISSING, fields
from typing import Any

import pytest
from django.test import Client

from consultations import personal_fields as declared
from consultations.enums import Identity, State
from consultations.identity import get_public_columns
from consultations.intake.forms import ReceiveForm
from consultations.intake.models import FILES, RequestDraft
from consultations.intake.request_form import NO_COLUMNS, ComplaintForm, RequestForm
from consultations.intake.summary import Row, without_identity
from consultations.models import Case, HiddenIdentity
from consultations.personal_fields import IDENTIFYING, NOT_PERSONAL, PERSONAL, Erased, PersonalField
from dispositions.forms.preparation import WalkInForm
from exchange.api.schemas import CaseOut
from kit import clock
from kit.records import ERASED
from office.models import RetentionRule
from tests.factories import ClientOf, Staff, case_at
from tests.privacy.test_erasure import approve

DECLARED = {field.name: field for field in PERSONAL}

NOT_OF_DRAFTS = {
    *("token_hash", "kind", "is_independent", "language", "saved_at"),
    *("held_at", "held_key", "held_because", "escalated_at"),
}
"""Columns of a draft that say nothing about a person. It is deleted as a whole; `typed` has form fields."""

OF_THE_COUNTER = {"at", "letters", "served_by"}
"""Fields of the counter's forms that describe the office's own work."""


def column(name: str) -> Any:
    return Case._meta.get_field(name)


def unlike_any_other(field: declared.PersonalField, number: int) -> Any:
    """Return a value of a column that occurs nowhere else on a page."""
    if field.name == "phone":
        return "+6281398765432"
    values = {
        "BooleanField": True,
        "DateField": dt.date(2021, 3, 7),
        "DateTimeField": clock.now() + dt.timedelta(days=number),
    }
    return values.get(column(field.name).get_internal_type(), f"khas{number}@contoh.id")


@pytest.fixture
def typed() -> dict[str, Any]:
    """A value of each personal column that each case may have."""
    rare = ("complained_about", "end_reason", "outcome", "retained_because")
    fields = [field for field in PERSONAL if field.name not in rare]
    return {field.name: unlike_any_other(field, n) for n, field in enumerate(fields)}


def store(case: Case, typed: dict[str, Any]) -> Case:
    Case.objects.filter(pk=case.pk).update(**typed)
    return Case.objects.get(pk=case.pk)


def test_nothing_permissive_is_a_default() -> None:
    """A new field says itself who reads it and whether it identifies somebody."""
    required = {field.name for field in fields(PersonalField) if field.default is MISSING}
    assert required == {"name", "erased", "own_data", "readers", "identifies"}
    assert PersonalField.in_api is False


def test_each_column_of_a_case_and_each_field_of_its_forms_is_declared() -> None:
    columns = {field.name for field in Case._meta.concrete_fields}
    assert columns - DECLARED.keys() - NOT_PERSONAL == set(), "declare it in consultations/personal_fields.py"
    assert (DECLARED.keys() | NOT_PERSONAL) - columns == set()
    assert DECLARED.keys() & NOT_PERSONAL == set()
    for form in (RequestForm, ComplaintForm, ReceiveForm, WalkInForm):
        named = {*form.base_fields} - {*NO_COLUMNS} - OF_THE_COUNTER
        assert named - DECLARED.keys() - NOT_PERSONAL == set(), form
    drafts = {field.name for field in RequestDraft._meta.concrete_fields}
    assert drafts == NOT_OF_DRAFTS | {"typed"}


def test_what_identifies_a_complainant_is_stored_apart() -> None:
    columns = {field.name for field in HiddenIdentity._meta.concrete_fields} - {"id", "case"}
    assert columns == {field.hidden_as for field in PERSONAL if field.identifies}
    given = {**dict.fromkeys(IDENTIFYING, "Siti"), "undeclared": "Siti", "subject": "Loket"}
    for identity in (Identity.CONFIDENTIAL, Identity.ANONYMOUS):
        stored = get_public_columns(identity, given)
        assert stored.keys() == {"applicant_name", "subject"}
        assert "Siti" not in stored.values()


def test_moderators_of_a_hidden_draft_and_programs_read_the_declared_fields_alone() -> None:
    rows = [Row(name, name) for name in (*DECLARED, *FILES, "undeclared", "identity")]
    [(_section, shown)] = without_identity([(ComplaintForm.sections[0], rows)])
    assert {row.name for row in shown} == DECLARED.keys() - {*IDENTIFYING} | {"identity"}
    in_api = {field.name for field in PERSONAL if field.in_api}
    assert CaseOut.model_fields.keys() & DECLARED.keys() == in_api


def test_data_saya_shows_what_is_declared(staff: Staff, typed: dict[str, Any]) -> None:
    case = store(case_at(State.SCHEDULED, staff), typed)
    page = Client().get(f"/p/{case.secret}/data-saya/json/").json()
    shown = {fact["label"]: fact["value"] for part in page["parts"] for fact in part["facts"]}
    texts = "; ".join(shown.values())
    for name, value in typed.items():
        if isinstance(value, bool):
            expected = str(column(name).verbose_name)
        elif name == "phone":
            expected = "0813-9876-5432"
        else:
            expected = value.isoformat() if isinstance(value, dt.date) else value
        is_shown = DECLARED[name].own_data != declared.OwnData.NOT_SHOWN
        assert (expected in texts) == is_shown, name


def test_others_read_no_contact(staff: Staff, client_of: ClientOf, typed: dict[str, Any]) -> None:
    case = store(case_at(State.SCHEDULED, staff), typed)
    address = f"/permohonan/{case.code}/"
    handling, looking_on = (client_of(user).get(address).text for user in (staff.petugas, staff.companion))
    for name, value in typed.items():
        match DECLARED[name].readers:
            case declared.Readers.PARTIES:
                assert str(value) in handling, name
                assert str(value) not in looking_on, name
            case declared.Readers.NOBODY:
                assert str(value) not in handling + looking_on, name


def test_erasing_leaves_what_is_declared(staff: Staff, six_years_later: Case, typed: dict[str, Any]) -> None:
    case = store(six_years_later, typed)
    approve(RetentionRule.Kind.REQUEST, staff)
    erased = Case.objects.get(pk=case.pk)
    for field in PERSONAL:
        before = getattr(case, field.name)
        remains = {Erased.EMPTY: "", Erased.MARK: before and ERASED, Erased.STAYS: before}
        assert getattr(erased, field.name) == remains[field.erased], field.name
