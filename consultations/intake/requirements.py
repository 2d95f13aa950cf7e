"""Requirements of the published standard: fields of the forms, what was given, and what is missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from consultations.intake.uploads import CheckedFile, CheckedFileField, attach
from consultations.models import Attachment, Case, GivenRequirement
from office.models import Requirement, User
from office.models.publication import list_requirements

PREFIX = "requirement_"


@dataclass(frozen=True)
class Given:
    """A requirement as it was published, with the file that meets it, or confirmed without one."""

    text: str
    file: CheckedFile | None = None


def list_asked() -> dict[str, Requirement]:
    """Return the requirements that forms ask for, by the name of their field."""
    asked = (row for row in list_requirements() if row.asks != Requirement.Asks.NOTHING)
    return {f"{PREFIX}{row.number}": row for row in asked}


def list_files(asked: Mapping[str, Requirement]) -> list[str]:
    """Return the names of the fields for files."""
    return [name for name, row in asked.items() if row.asks == Requirement.Asks.FILE]


def add_fields(form: forms.Form, asked: Mapping[str, Requirement]) -> None:
    """Add a field for each requirement. The form decides which are required."""
    for name, row in asked.items():
        is_file = row.asks == Requirement.Asks.FILE
        form.fields[name] = (CheckedFileField if is_file else forms.BooleanField)(
            label=row.text, required=False
        )


def list_met(
    form: forms.Form,
    asked: Mapping[str, Requirement],
    chosen: dict[str, list[CheckedFile]],
    stored: Callable[[str], Sequence[object]],
) -> dict[str, str]:
    """Return the texts of the requirements that a public form meets, by field.

    Note the new files in `chosen`; `stored` returns the earlier files of a field. Add an error for each
    missing requirement.
    """
    met, files = {}, list_files(asked)
    for name, row in asked.items():
        value = form.cleaned_data.get(name)
        if name in files:
            chosen[name] = [value] if value else []
        if value or stored(name):
            met[name] = row.text
        elif row.is_required and name not in form.errors:
            form.add_error(name, _("Pilih berkasnya.") if name in files else _("Centang pernyataan ini."))
    return met


def take_given(data: dict[str, object], asked: Mapping[str, Requirement]) -> list[Given]:
    """Remove the fields of the requirements from cleaned data. Return those that were met."""
    entered = {name: data.pop(name, None) for name in asked}
    return [
        Given(asked[name].text, value if isinstance(value, CheckedFile) else None)
        for name, value in entered.items()
        if value
    ]


def store_given(case: Case, given: Iterable[Given], *, by: User | None) -> None:
    """Store what was given with the case. Call it inside a transition."""
    for one in given:
        purpose = Attachment.Purpose.REQUIREMENT
        attachment = attach(case, one.file, purpose=purpose, by=by) if one.file else None
        GivenRequirement.objects.create(case=case, text=one.text, attachment=attachment)


def list_given(case: Case) -> list[GivenRequirement]:
    """Return what was given with a case and since, the oldest first."""
    return list(case.given_requirements.order_by("pk").select_related("attachment"))


def list_state(case: Case, rows: Iterable[GivenRequirement]) -> list[tuple[str, GivenRequirement | None]]:
    """Return the requirements that are asked of a case, each with the newest row of `rows`, or None.

    A requirement that is no longer published is listed if it was given. A complaint has no requirements.
    """
    if case.kind != Kind.CONSULTATION:
        return []
    given = {row.text: row for row in rows}
    asked = [row.text for row in list_asked().values()]
    return [(text, given.get(text)) for text in dict.fromkeys([*asked, *given])]


def list_missing(case: Case) -> dict[str, Requirement]:
    """Return the requirements that a case does not meet yet, by the name of their field."""
    missing = {text for text, given in list_state(case, list_given(case)) if given is None}
    return {name: row for name, row in list_asked().items() if row.text in missing}
