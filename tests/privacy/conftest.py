"""Fixtures of the tests on personal data: a closed case with texts in every table."""

import datetime as dt
from collections.abc import Iterator

import pytest

from consultations.enums import State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from kit import clock
from tests.factories import Staff, case_at
from tests.print.test_documents import store_short_files

SIX_YEARS = dt.timedelta(days=6 * 366)
PDF = CheckedFile(b"%PDF-1.4", "application/pdf", "surat-siti.pdf")


@pytest.fixture
def case(staff: Staff) -> Case:
    """A closed case with an uploaded file and the files of its documents, all sealed."""
    case = case_at(State.CLOSED, staff)
    attach(case, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    store_short_files(case.documents.filter(sha256=""))
    return case


@pytest.fixture
def six_years_later(case: Case) -> Iterator[Case]:
    """The same case, six years after it ended."""
    with clock.set_to(clock.now() + SIX_YEARS):
        yield case
