"""Intake: send a consultation or a complaint, complete or withdraw it, with the forms of the public pages."""

import hashlib
import json
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from ninja import Header, Router
from ninja.responses import Status

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import Kind
from consultations.intake import services
from consultations.intake.drafts import case_for_token, create_once, hash_submission
from consultations.intake.request_form import FORMS
from consultations.intake.requirements import Given
from consultations.intake.uploads import merge_to_pdf
from consultations.models import Case
from consultations.parties import Applicant
from consultations.scheduling.availability import VALUE, get_recent_availability, reserve_time
from consultations.steps import PAGES
from consultations.workflow import VERBS, check
from exchange.api.access import Token
from exchange.api.problems import Problem
from exchange.api.schemas import Code, ReceiptOut, StateOut, VisitTimes, describe as _
from exchange.models import Scope, SubmittedCase
from kit.refusal import Refused
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
    "/complaints", auth=SENDS, response={200: ReceiptOut, 201: ReceiptOut}, summary=_("Kirim pengaduan")
)
def submit_complaint(request: Any, key: Key) -> Status:
    return _submit(request, Kind.COMPLAINT, key)


def _submit(request: Any, kind: Kind, key: UUID) -> Status:
    """Answer 201 for a new case, 200 if the same request was sent before. One key of a system makes one case.

    Raise Problem: 415 for another content type, 409 if the key belongs to another request, 422 if the form
    has errors or the step is refused.
    """
    if request.content_type not in TYPES:
        raise Problem(415)
    system, data = request.auth, request.POST
    # Keys of other systems and of the public form cannot meet this token.
    token = UUID(bytes=hashlib.sha256(f"api {system.pk} {key}".encode()).digest()[:16])
    sent_hash = _hash(token, kind, data, request.FILES)
    if found := case_for_token(token):
        return _answer(200, _check_same(found, sent_hash))
    if data.get("is_independent"):
        refused = gettext("Pengaduan kepada Pengawas hanya dikirim oleh pelapor sendiri.")
        raise Problem(422, errors={"is_independent": [refused]})
    form = FORMS[kind](data, request.FILES)
    if not form.is_valid():
        raise Problem(422, errors=form.errors)
    try:
        letter = merge_to_pdf(form.chosen["letter"])
    except ValidationError as error:
        raise Problem(422, errors={"letter": error.messages}) from error
    submission_hash = hash_submission(token)
    is_new = False

    def claim(case: Case) -> None:
        nonlocal is_new
        if case.visit_at:
            reserve_time(case.visit_at, case, field="visit_at")
        SubmittedCase.objects.create(system=system, case=case, sent_hash=sent_hash)
        is_new = True

    def create() -> Case:
        details = dict(form.cleaned_data)
        met: dict[str, str] = details.pop("requirements", {})
        return services.submit(
            **details,
            requirements=[
                Given(text, next(iter(form.chosen.get(name, ())), None)) for name, text in met.items()
            ],
            letter=letter,
            materials=form.chosen["materials"],
            submission_hash=submission_hash,
            claim=claim,
        )

    try:
        case = create_once(submission_hash, create)
    except Refused as refusal:
        raise Problem(422, errors={refusal.field or "": [str(refusal)]}) from refusal
    return _answer(201, case) if is_new else _answer(200, _check_same(case, sent_hash))


@router.post(
    "/cases/{code:code}/completion", auth=SENDS, response=StateOut, summary=_("Lengkapi kiriman sendiri")
)
def complete_case(request: Any, code: Code) -> Case:
    return _take(request, code, "complete")


@router.post(
    "/cases/{code:code}/withdrawal", auth=SENDS, response=StateOut, summary=_("Tarik kiriman sendiri")
)
def withdraw_case(request: Any, code: Code) -> Case:
    return _take(request, code, "withdraw")


OWN_STEPS = {"/completion": "complete", "/withdrawal": "withdraw"}
"""Steps that a system takes for the applicant of a case that it sent, by the end of their path."""


def _take(request: Any, code: str, verb: str) -> Case:
    """Take a step of the applicant on a case that the system sent, with the form of the applicant's page.

    Raise Http404 for another case, Problem: 409 if the step is not open, 422 if the form has errors.
    """
    if request.content_type not in TYPES:
        raise Problem(415)
    sent = SubmittedCase.objects.filter(system=request.auth, case__code=code).select_related("case")
    case: Case = get_object_or_404(sent).case
    by = Applicant(case.secret)
    try:
        check(verb, case, by=by)
        form = PAGES[verb].form(request.POST, request.FILES, case=case, by=by)
        if not form.is_valid():
            raise Problem(422, errors=form.errors)
        PAGES[verb].service(case, by=by, **form.cleaned_data)
    except Refused as refusal:
        raise Problem(409, refusal) from refusal
    official = request.auth.official
    record(Act.CASE, by=official, title=request.auth.title, case=case, target=str(VERBS[verb].title))
    return case


def _answer(status: int, case: Case) -> Status:
    link = get_public_url("follow", case.secret)
    receipt = {"code": case.code, "state": case.state, "submitted_at": case.submitted_at, "link": link}
    return Status(status, receipt)


def _hash(token: UUID, kind: str, data: QueryDict, files: MultiValueDict[str, Any]) -> str:
    """Return the SHA-256 of a whole request: its kind, all fields, names and content of the files.

    The database does not store the token, so a copy of it does not tell whether a guessed name fits the hash.
    """
    sent = [(field, upload.name, _hash_file(upload)) for field, found in files.lists() for upload in found]
    content = [str(token), kind, sorted(data.lists()), sorted(sent)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _hash_file(upload: UploadedFile) -> str:
    digest = hashlib.sha256(upload.read()).hexdigest()
    upload.seek(0)
    return digest


def _check_same(case: Case, sent_hash: str) -> Case:
    """Return the case of an idempotency key. Raise Problem if it was sent with another content."""
    if not SubmittedCase.objects.filter(case=case, sent_hash=sent_hash).exists():
        raise Problem(409, _("Idempotency-Key ini sudah dipakai untuk kiriman lain."))
    return case
