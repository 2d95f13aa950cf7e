"""The personal data of a case: one row for each column. Add a row before you add a column.

Each column of `Case`, and each field of the forms that fill it, is in PERSONAL or in NOT_PERSONAL; a test
compares them. An undeclared field is not stored for a hidden complainant and not shown to a moderator.
"""

from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import HELP


class Erased(Enum):
    """The rest of a value after the retention period (trust/privacy/erasure.py)."""

    EMPTY = auto()
    MARK = auto()  # the text ERASED, unless the value was empty
    STAYS = auto()  # a number, day, choice or decision of the office


class Readers(Enum):
    """Users who read a value on the page of the case, if they can see the case and nobody is hidden."""

    ALL = auto()
    PARTIES = auto()  # users with a part in the case; others see nothing, or the masked number
    NOBODY = auto()


class OwnData(Enum):
    """Part of *Data saya* that shows the value to the applicant (trust/privacy/rights.py)."""

    CONTACT = auto()
    REQUEST = auto()
    NOT_SHOWN = auto()


@dataclass(frozen=True)
class PersonalField:
    """One column of `Case`.

    `identifies`: the case of a hidden complainant does not store it. That of a confidential one is stored
    encrypted in `HiddenIdentity`, in the column `hidden_as`. `in_api`: programs of other systems receive it
    (exchange/api/schemas.py). `label` replaces the name of the column in *Data saya*; adjacent fields with
    the same label are one line. What would store or show more has no default.
    """

    name: str
    erased: Erased
    own_data: OwnData
    readers: Readers
    identifies: bool
    in_api: bool = False
    label: Promise | None = None

    @property
    def hidden_as(self) -> str:
        return "name" if self.name == "applicant_name" else self.name


EMPTY, MARK, STAYS = Erased
ALL, PARTIES, NOBODY = Readers
CONTACT, REQUEST, NOT_SHOWN = OwnData
PERSONAL = (
    PersonalField("applicant_name", MARK, CONTACT, ALL, identifies=True, in_api=True),
    PersonalField("applicant_position", EMPTY, CONTACT, ALL, identifies=True),
    PersonalField("organisation", EMPTY, CONTACT, ALL, identifies=True, in_api=True),
    PersonalField("address", EMPTY, CONTACT, PARTIES, identifies=True),
    PersonalField("phone", EMPTY, CONTACT, PARTIES, identifies=True, label=_("No. kontak")),
    PersonalField("email", EMPTY, CONTACT, PARTIES, identifies=True),
    PersonalField("filled_by", EMPTY, CONTACT, ALL, identifies=True, label=_("Diisikan oleh")),
    PersonalField("filled_as", EMPTY, CONTACT, ALL, identifies=True, label=_("Diisikan oleh")),
    PersonalField("subject", MARK, REQUEST, ALL, identifies=False, in_api=True),
    PersonalField("material", MARK, REQUEST, ALL, identifies=False, label=_("Materi")),
    PersonalField("letter_number", STAYS, REQUEST, ALL, identifies=True, in_api=True),
    PersonalField("letter_date", STAYS, REQUEST, ALL, identifies=False, in_api=True),
    PersonalField(
        *("visit_at", STAYS, REQUEST, ALL), identifies=False, in_api=True, label=_("Waktu yang Anda minta")
    ),
    *(
        PersonalField(name, STAYS, REQUEST, ALL, identifies=False, label=_("Bantuan yang Anda minta"))
        for name in HELP
    ),
    PersonalField("complained_party", EMPTY, REQUEST, ALL, identifies=False),
    PersonalField("lapor_number", EMPTY, REQUEST, ALL, identifies=False, in_api=True),
    PersonalField("end_reason", MARK, REQUEST, ALL, identifies=False, in_api=True),
    PersonalField("missing", EMPTY, NOT_SHOWN, ALL, identifies=False, in_api=True),
    PersonalField("outcome", STAYS, NOT_SHOWN, ALL, identifies=False),  # not erased by the office (ADR 38)
    PersonalField("retained_because", STAYS, NOT_SHOWN, ALL, identifies=False),
    PersonalField("complained_about", STAYS, NOT_SHOWN, ALL, identifies=False),
    PersonalField("sent_hash", EMPTY, NOT_SHOWN, NOBODY, identifies=False),
)

IDENTIFYING = tuple(field.name for field in PERSONAL if field.identifies)
"""Columns that identify the applicant."""

NOT_PERSONAL = frozenset(
    {
        *("id", "code", "secret", "secret_hash", "submission_hash"),
        *("kind", "channel", "forwarded_by", "by_post", "language", "identity"),
        *("state", "turn", "version", "since", "due_at", "deadline"),
        *("submitted_at", "closed_at", "first_closed_at", "first_ended_at"),
        *("is_independent", "complaint_kind", "follow_up_due", "answer_due", "srikandi_number", "agenda"),
        *("classification", "urgency", "confidentiality", "division", "officer", "needs_review"),
        *("awaits_ratification", "assignment_unratified", "opinions_awaited", "meeting_at"),
        *("minutes_awaited", "review_awaited", "planned_at", "other_time", "report_number"),
        *("anonymised_at", "deletion_asked_at", "deletion_granted_at", "erase_at"),
        *("ask_until", "asked_again_at", "passed_to", "receipt_awaited", "split_from", "merged_into"),
        "complains_of",
        "before_last",  # old values of these; an erasure empties it
    }
)
"""Columns that say nothing about a person: codes, choices, days and the office's own work."""

NOT_IDENTIFYING = NOT_PERSONAL | {field.name for field in PERSONAL if not field.identifies}
"""Columns that the case of a hidden complainant stores, and that a moderator sees."""
