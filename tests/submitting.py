"""A request as an applicant types it, sends it from the check page, and as a moderator accepts it."""

import io
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from consultations.intake import drafts, submission
from consultations.intake.models import RequestDraft
from consultations.intake.request_form import form_for_draft
from consultations.models import Case
from office.models import User
from tests.factories import DETAILS, wished_moment


def typed(token: UUID | None = None, /, **changes: Any) -> dict[str, Any]:
    """Return the required fields of a request, in a form that was handed out before."""
    who = {"applicant_name": "Siti Contoh", "phone": "0812-3456-7890"}
    what = {"material": DETAILS["material"], "visit_at": f"{wished_moment():%Y-%m-%dT%H:%M}"}
    own = {"submission_token": str(token or uuid4()), "stamp": submission.stamp()}
    return {**who, **what, "no_letter": "on", **own, **changes}


def send(client: Client, path: str, data: dict[str, Any]) -> Any:
    """Fill in the form and send it from the check page; return the last response."""
    answer = client.post(path, data)
    if answer.status_code == 302 and answer["Location"].endswith("/periksa/"):
        return client.post(answer["Location"])
    return answer


def assert_says(response: Any, status: int, *sentences: str) -> None:
    """Fail if a response has another status, or lacks one of the sentences."""
    missing = [sentence for sentence in sentences if sentence not in response.text]
    assert (response.status_code, missing) == (status, []), (response.status_code, missing, response.text)


def find_draft(token: object) -> RequestDraft:
    """Return the draft with this token, as its page finds it."""
    draft = drafts.find(UUID(str(token)))
    assert isinstance(draft, RequestDraft)
    return draft


def accept(draft: RequestDraft, by: User) -> Case:
    """Accept a held draft as its page does."""
    form = form_for_draft(draft, offers_times=False)
    assert form.is_valid()
    return submission.accept(draft, by=by, details=form.cleaned_data)


def pdf(pages: int = 1, **options: Any) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as document:
        for _page in range(pages):
            document.add_blank_page()
        document.save(stream, **options)
    return stream.getvalue()


def image(kind: str, size: tuple[int, int] = (20, 20), **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, kind, **options)
    return stream.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def items(name: str, *rows: dict[str, str]) -> dict[str, Any]:
    """Return rows of items as the browser posts them."""
    inputs = {f"{name}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}
    return {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0, **inputs}
