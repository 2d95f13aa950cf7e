"""The parts of an office file and their fields. docs/office-file.md describes them."""

from dataclasses import dataclass

from django.db.models import Field, FileField, ManyToManyField, Model
from django.db.models.fields.related import ForeignKey

from consultations.models import ComplaintTarget, StateTarget
from office.models import (
    ClosedDay,
    Division,
    FactorRequirement,
    Instruction,
    Office,
    OpeningHours,
    RetentionRule,
    Room,
    Season,
    StandardComponent,
    StandardPublication,
)

FORMAT = "rembuk-office"
VERSION = 1


@dataclass(frozen=True)
class Part:
    """A list of rows in the file. `key` names the field that identifies a row; rows are updated by it."""

    name: str
    model: type[Model]
    key: str


LISTS = (
    Part("standard", StandardComponent, "number"),
    Part("seasons", Season, "name"),
    Part("closed_days", ClosedDay, "day"),
    Part("divisions", Division, "code"),
    Part("rooms", Room, "name"),
    Part("instructions", Instruction, "text"),
    Part("targets", StateTarget, "state"),
    Part("complaint_targets", ComplaintTarget, "stage"),
    Part("second_factors", FactorRequirement, "role"),
    Part("retention", RetentionRule, "kind"),
)
SINGLES = {"office": Office, "publication": StandardPublication}
"""Parts that are one object."""

HOURS = "hours"
POSITIONS = "positions"
PEOPLE = "people"
NAMES = (*SINGLES, *(part.name for part in LISTS), HOURS, POSITIONS, PEOPLE)
"""Parts in the order of the file."""

PERSON = ("username", "name", "nip", "rank", "competence", "email")
APPOINTMENT = ("acting", "starts", "ends")
POSITION = ("title", "role")


def list_fields(model: type[Model]) -> dict[str, Field]:
    """Return the fields of a model that the file contains: no keys, no references, no uploaded files."""
    return {
        field.name: field
        for field in model._meta.local_concrete_fields
        if field.editable
        and not field.primary_key
        and not isinstance(field, ForeignKey | FileField | ManyToManyField)
    }


HOUR_FIELDS = list_fields(OpeningHours)
