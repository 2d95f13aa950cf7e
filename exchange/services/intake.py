"""Requests and complaints of other systems: the same form, checks and service as those of the public."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from consultations.independent_channel import FIELD
from consultations.intake import drafts, services
from consultations.intake.drafts import case_for_token, create_once, hash_submission
from consultations.intake.forms.complaint import FORMS
from consultations.intake.uploads import merge_to_pdf
from consultations.models import Case
from consultations.scheduling.availability import reserve_time
from exchange.models import SubmittedCase, System
from kit.refusal import Refused


class Invalid(Exception):  # noqa: N818 -- an answer to the caller, not a fault
    """The form is not valid. `errors` are its sentences by field."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


class OtherRequest(Exception):  # noqa: N818 -- as above
    """The idempotency key was used before, for another request."""


def submit(
    system: System, *, key: UUID, kind: str, data: QueryDict, files: MultiValueDict[str, Any]
) -> tuple[Case, bool]:
    """Step 1: return the case of a request, and whether it is new. One key of a system makes one case.

    Raise Invalid if the form has errors or the step is refused, OtherRequest if the key belongs to another
    request.
    """
    token = _get_token(system, key)
    sent_hash = _hash(token, kind, data, files)
    if found := case_for_token(token):
        return _check_same(found, sent_hash), False
    if data.get(FIELD):
        raise Invalid({FIELD: [_("Pengaduan kepada Pengawas hanya dikirim oleh pelapor sendiri.")]})
    form = FORMS[kind](data, files)
    if not form.is_valid():
        raise Invalid({name: [str(error) for error in found] for name, found in form.errors.items()})
    try:
        letter = merge_to_pdf(form.chosen["letter"])
    except ValidationError as error:
        raise Invalid({"letter": error.messages}) from error
    submission_hash = hash_submission(token)
    is_new = False

    def claim(case: Case) -> None:
        nonlocal is_new
        if case.visit_at:
            reserve_time(case.visit_at, case, field="visit_at")
        SubmittedCase.objects.create(system=system, case=case, sent_hash=sent_hash)
        is_new = True

    def create() -> Case:
        return services.submit(
            **form.cleaned_data,
            letter=letter,
            materials=next(iter(form.chosen["materials"]), None),
            submission_hash=submission_hash,
            sent_hash=drafts.fingerprint(data.get("material", "")),
            claim=claim,
        )

    try:
        case = create_once(submission_hash, create)
    except Refused as refusal:
        raise Invalid({refusal.field or "": [str(refusal)]}) from refusal
    return case if is_new else _check_same(case, sent_hash), is_new


def _get_token(system: System, key: UUID) -> UUID:
    """Return the submission token of a key. Keys of other systems and of the public form cannot meet it."""
    return UUID(bytes=hashlib.sha256(f"api {system.pk} {key}".encode()).digest()[:16])


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
    """Return the case of an idempotency key. Raise OtherRequest if it was sent with another content."""
    if not SubmittedCase.objects.filter(case=case, sent_hash=sent_hash).exists():
        raise OtherRequest
    return case
