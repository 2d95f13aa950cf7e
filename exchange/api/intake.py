"""Intake: send a consultation or a complaint, with the fields and the checks of the public form."""

from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from ninja import Header, Router
from ninja.responses import Status

from consultations.enums import Kind
from consultations.scheduling.availability import VALUE, get_recent_availability
from exchange.api.problems import Problem
from exchange.api.schemas import ReceiptOut, VisitTimes
from exchange.api.schemas import describe as _
from exchange.api.tokens import Token
from exchange.models import Scope
from exchange.services import intake
from kit.urls import get_public_url

router = Router(tags=["kiriman"])
SENDS = Token(Scope.WRITE_INTAKE)
TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
Key = Annotated[
    UUID, Header(alias="Idempotency-Key", description=_("Kunci baru untuk tiap kiriman, sama bila diulang."))
]


@router.get("/visit-times", auth=SENDS, response=VisitTimes, summary=_("Waktu kunjungan yang masih kosong"))
def list_visit_times(request: Any) -> dict[str, Any]:
    free = get_recent_availability()
    times = [timezone.localtime(moment).strftime(VALUE) for moment in free.moments]
    return {"times": times, "minutes": free.minutes, "office_sets_time": free.is_full}


@router.post(
    "/consultations",
    auth=SENDS,
    response={200: ReceiptOut, 201: ReceiptOut},
    summary=_("Kirim permohonan konsultasi"),
)
def submit_consultation(request: Any, key: Key) -> Status:
    return _submit(request, Kind.CONSULTATION, key)


@router.post(
    "/complaints",
    auth=SENDS,
    response={200: ReceiptOut, 201: ReceiptOut},
    summary=_("Kirim pengaduan"),
)
def submit_complaint(request: Any, key: Key) -> Status:
    return _submit(request, Kind.COMPLAINT, key)


def _submit(request: Any, kind: Kind, key: UUID) -> Status:
    """Answer 201 for a new case, 200 if the same request was sent before."""
    if request.content_type not in TYPES:
        raise Problem(415)
    try:
        case, is_new = intake.submit(request.auth, key=key, kind=kind, data=request.POST, files=request.FILES)
    except intake.Invalid as invalid:
        raise Problem(422, errors=invalid.errors) from invalid
    except intake.OtherRequest as other:
        raise Problem(409, _("Idempotency-Key ini sudah dipakai untuk kiriman lain.")) from other
    receipt = {
        "code": case.code,
        "state": case.state,
        "submitted_at": case.submitted_at,
        "link": get_public_url("follow", case.secret),
    }
    return Status(201 if is_new else 200, receipt)
