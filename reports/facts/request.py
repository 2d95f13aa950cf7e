"""Papers of step 1: the applicant's letter (Surat Permohonan) and the receipt (Tanda Terima)."""

from typing import Any

from consultations.models import Attachment, Case, Event
from office.addresses import public_address
from office.models import Office
from reports.facts.record import Record


def letter(case: Case) -> Record | None:
    """The letter made from what was typed; none where a letter was handed in, or nothing but the visit."""
    if case.is_walk_in or case.attachments.filter(purpose=Attachment.Purpose.LETTER).exists():
        return None
    written = case.history.filter(verb__in=["submit", "receive", "complete"]).order_by("-pk").first()
    return Record(written, None, written.title, written.happened_at) if written else None


def letter_facts(case: Case, event: Event) -> dict[str, Any]:
    """How many files came with it; what other agencies answered later is none of them."""
    return {"attachments": case.attachments.exclude(purpose=Attachment.Purpose.OPINION).count()}


def receipt(case: Case) -> Record | None:
    """The receipt for what was handed in, in the name of who received it (online: the service itself)."""
    taken_in = case.history.filter(source="").select_related("by").order_by("pk").first()
    if taken_in is None:
        return None
    title = taken_in.title if taken_in.by else f"Layanan daring {Office.load().name}".strip()
    return Record(taken_in, taken_in.by, title, taken_in.happened_at)


def receipt_facts(case: Case, event: Event) -> dict[str, Any]:
    """What was handed in, when and where, and the applicant's secret link."""
    return {"taken_in": event, "link": public_address("follow", case.secret)}
