"""The same register printed twice at once gets versions that count up, each naming the one before."""

import pytest

from kit import clock
from reports.documents.registers.printing import print_register
from reports.models import Document
from tests.factories import Staff
from tests.standard.test_concurrency import at_once

pytestmark = pytest.mark.usefixtures("shared_database")


def test_eight_printings_at_once_are_eight_versions(staff: Staff) -> None:
    today = clock.today()

    answers = at_once([lambda: print_register("AGENDA_BOOK", by=staff.pkd, since=today, until=today)] * 8)

    assert answers == {"done": 8}
    versions = Document.objects.order_by("version").values_list("version", "replaces__version")
    assert list(versions) == [(1, None), *((n, n - 1) for n in range(2, 9))]
    assert Document.objects.in_force().get().version == 8


def test_the_same_page_sent_at_once_is_issued_once(staff: Staff) -> None:
    today = clock.today()

    answers = at_once(
        [lambda: print_register("AGENDA_BOOK", by=staff.pkd, since=today, until=today, newest=0)] * 8
    )

    assert answers == {"done": 1, "refused": 7}
