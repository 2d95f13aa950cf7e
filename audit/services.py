"""Write the audit log, and delete old years of it."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from audit.client_address import get_network
from audit.models import Act, AuditEntry
from consultations import append_only
from consultations.enums import Identity, Party
from consultations.models import Case
from consultations.parties import get_title
from office import clock
from office.models import User

MAX_TARGET = 200
"""Characters of a target."""

COLUMNS = ("act", "user_id", "title", "address", "case_id", "target")
INSERT = f"INSERT INTO audit_auditentry ({', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S608
"""The statement of `record()`. The ORM would compile it for each entry. The database fills in the time."""


def record(act: Act, *, by: User | None, case: Case | None = None, target: str = "") -> None:
    """Store one entry with one INSERT, in the transaction of the caller if there is one.

    `by` is None for the holder of the secret link of `case`. The network is not stored if that person
    complained anonymously or in confidence.
    """
    is_applicant = by is None and case is not None
    hides_network = is_applicant and case is not None and case.identity != Identity.OPEN
    with translation.override("id"):  # titles go on record
        title = str(Party.APPLICANT.label) if is_applicant else get_title(by, case) if by else ""
    address = "" if hides_network else get_network()
    values = [
        act.value,
        by.pk if by else None,
        title,
        address,
        case.pk if case else None,
        target[:MAX_TARGET],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)


def delete_old_years() -> int:
    """Delete the entries of calendar years that ended more than AUDIT_DAYS days ago; return their number.

    Whole years are deleted, so that what remains is complete. 0 days: keep all. The triggers are removed
    and created again within the transaction.
    """
    if not settings.AUDIT_DAYS:
        return 0
    last_day = clock.today() - dt.timedelta(days=settings.AUDIT_DAYS)
    first_kept = timezone.make_aware(dt.datetime(last_day.year, 1, 1))
    table = AuditEntry._meta.db_table
    with transaction.atomic():
        append_only.remove(connection, table)
        number, _by_model = AuditEntry.objects.filter(at__lt=first_kept).delete()
        append_only.install(connection, table)
    return number
