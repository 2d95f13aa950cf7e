"""The applicant in registers, and a register as the source of its document."""

from consultations.enums import Confidentiality
from consultations.models import Case
from reports.contexts.source import Source
from reports.models import Register

CONFIDENTIAL = "Dirahasiakan"
"""Printed in place of the applicant if the case is confidential."""

APPLICANT = ("applicant_name", "organisation", "confidentiality")
"""Columns of the case that `name_of()` and `person_of()` read."""


def register_source(register: Register) -> Source:
    """Return the register as a source."""
    return Source(register, register.by, register.title, register.at)


def is_masked(case: Case) -> bool:
    """Return whether registers hide the applicant of the case."""
    return case.confidentiality in {Confidentiality.CONFIDENTIAL, Confidentiality.STRICT}


def name_of(case: Case) -> str:
    """Return the applicant's name. A hidden complainant's is not in the case."""
    return CONFIDENTIAL if is_masked(case) else case.applicant_name


def organisation_of(case: Case) -> str:
    return "" if is_masked(case) else case.organisation


def person_of(case: Case) -> str:
    """Return the applicant's name and organisation: `Siti Contoh, Desa Contoh`."""
    return ", ".join(filter(None, (name_of(case), organisation_of(case))))
