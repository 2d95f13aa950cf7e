"""The acts on a list of archives, as an office takes them."""

from typing import Any

from consultations.intake.uploads import CheckedFile
from kit import clock
from office.models import User
from tests.factories import Staff
from tests.privacy.conftest import case, six_years_later  # noqa: F401 -- fixtures
from tests.submitting import pdf
from trust.archive import destruction
from trust.archive.destruction import ACTS, Verb
from trust.privacy.erasure import erase_approved
from trust.privacy.models import Disposal, DisposalAct

SCAN = [CheckedFile(pdf(), "application/pdf", "surat.pdf")]
WITNESSES = {
    "law_witness": "Dewi Hukum",
    "law_title": "Kepala Bagian Hukum",
    "supervision_witness": "Eko Awas",
    "supervision_title": "Inspektur Pembantu",
}


def facts_of(verb: str) -> dict[str, Any]:
    """Return what the form of an act asks for, filled in."""
    filled: dict[str, Any] = {**WITNESSES, "dated": clock.today(), "scan": SCAN}
    filled |= {"letter": f"000.5.6.2/{verb}/2026", "text": "Ani Uji, Arsiparis"}
    return {name: filled[name] for name in ACTS[Verb(verb)].asks}


def take(
    verb: str, disposal: Disposal, staff: Staff, *, by: User | None = None, **changed: Any
) -> DisposalAct:
    """Take an act: the head decides, the Sekretariat records the others."""
    person = by or (staff.kadis if verb == Verb.DECIDE else staff.sekretariat)
    return destruction.act(verb, disposal, by=person, **{**facts_of(verb), **changed})


def take_up_to(verb: str, disposal: Disposal, staff: Staff) -> Disposal:
    """Take the acts up to one."""
    for one in list(Verb)[: list(Verb).index(Verb(verb)) + 1]:
        take(one, disposal, staff)
    disposal.refresh_from_db()
    return disposal


def destroy(disposal: Disposal, staff: Staff) -> Disposal:
    """Take all acts but the last, and erase what the list names."""
    take_up_to(Verb.EXECUTE, disposal, staff)
    assert erase_approved.func(disposal.pk)
    disposal.refresh_from_db()
    return disposal
