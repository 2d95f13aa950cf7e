"""A request as an applicant types it, and its way over the check page."""

import io
from typing import Any
from uuid import UUID, uuid4

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from intake import spam
from tests.factories import wished_moment


def typed(token: UUID | None = None, /, **changes: Any) -> dict[str, Any]:
    """A request with only what is mandatory, in a form that was handed out before."""
    token = token or uuid4()
    return {
        "applicant_name": "Siti Contoh",
        "phone": "0812-3456-7890",
        "material": "Bagaimana cara mengusulkan warga ke data penerima bantuan?",
        "visit_at": f"{wished_moment():%Y-%m-%dT%H:%M}",
        "no_letter": "on",
        "submission_token": str(token),
        "stamp": spam.stamp(token),
        **changes,
    }


def send(client: Client, path: str, data: dict[str, Any]) -> Any:
    """Fill in the form and send it from the check page; returns the last answer."""
    answer = client.post(path, data)
    if answer.status_code == 302 and answer["Location"].endswith("/periksa/"):
        return client.post(answer["Location"])
    return answer


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
