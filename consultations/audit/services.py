"""Write the audit log."""

from django.db import connection
from django.utils import translation

from consultations.audit.client_address import get_network
from consultations.audit.models import Act
from consultations.enums import Identity, Party
from consultations.models import Case
from consultations.parties import get_title
from office.models import User

MAX_TARGET = 200
"""Characters of a target."""

COLUMNS = ("act", "user_id", "title", "address", "case_id", "target")
INSERT = f"INSERT INTO audit_auditentry ({', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S608
"""The statement of `record()`. The ORM would compile it for each entry. The database fills in the time."""


def record(act: Act, *, by: User | None, case: Case | None = None, target: str = "", title: str = "") -> None:
    """Store one entry with one INSERT, in the transaction of the caller if there is one.

    `by` is None for the holder of the secret link of `case`. The network is not stored if that person
    complained anonymously or in confidence. `title` names another system that acts for `by`.
    """
    is_applicant = by is None and case is not None
    hides_network = is_applicant and case is not None and case.identity != Identity.OPEN
    with translation.override("id"):  # titles go on record
        own = str(Party.APPLICANT.label) if is_applicant else get_title(by, case) if by else ""
    address = "" if hides_network else get_network()
    values = [
        act.value,
        by.pk if by else None,
        title or own,
        address,
        case.pk if case else None,
        target[:MAX_TARGET],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
