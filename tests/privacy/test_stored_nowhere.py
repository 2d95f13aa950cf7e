"""What a hidden complainant types into the public form is in no column of any table, and in no file."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django import forms
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from consultations.enums import Identity
from consultations.intake.request_form import ComplaintForm
from consultations.models import Case
from kit.encryption import is_encrypted
from tests.factories import Staff
from tests.shared_data import each
from tests.submitting import pdf, send, typed, upload

OWN = {"submission_token", "stamp", "identity", "kind", "visit_at", "letter_date", "proof", "homepage"}
"""Fields that nobody types: tokens, choices, days."""

CONTENT = {"subject", "material", "complained_party"}
"""Fields that say what happened. The office reads them, whoever complains."""


def mark(name: str, number: int) -> str:
    """Return a valid value of a field that occurs nowhere else."""
    values = {"phone": "0813-7700-1122", "email": "wulanjelita@example.id"}
    return values.get(name, f"Wulanjelita{chr(ord('a') + number)}xq")


def list_texts() -> dict[str, str]:
    """Return a mark for each field of text of the complaint form."""
    fields = ComplaintForm.base_fields
    typed_by_hand = [
        name
        for name, field in fields.items()
        if not (hasattr(field, "choices") or isinstance(field, (forms.BooleanField, forms.FileField)))
    ]
    return {name: mark(name, n) for n, name in enumerate(typed_by_hand) if name not in OWN}


def find_in_tables(words: list[str]) -> list[tuple[str, str]]:
    """Return the tables that contain one of the words in any column, also of tables without a model."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for row in cursor for v in row)
            found += [(table, word) for word in words if word.casefold() in rows.casefold()]
    return found


def find_in_files(words: list[str], root: Path) -> list[tuple[str, str]]:
    """Return the files that contain one of the words, in their name, their bytes or their metadata."""
    found = []
    for path in (path for path in root.rglob("*") if path.is_file()):
        content = path.read_bytes()
        text = f"{path} {content!r}"
        if content.startswith(b"%PDF"):
            with pikepdf.open(path) as document:
                text += f"{dict(document.docinfo)} {document.open_metadata()}"
        found += [(path.name, word) for word in words if word.casefold() in text.casefold()]
    return found


def letter_of(name: str) -> Any:
    stream = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as document:
        document.docinfo["/Author"] = name
        document.save(stream)
    return upload(f"surat_{name}.pdf", stream.getvalue())


@pytest.mark.differs_by_database
@each("identity", [Identity.ANONYMOUS, Identity.CONFIDENTIAL])
def test_what_a_hidden_complainant_types_is_stored_nowhere_in_clear(
    identity: Identity, staff: Staff, settings: Any
) -> None:
    marks = list_texts()
    assert {*marks} >= {*CONTENT} | {"applicant_name", "phone", "email", "address", "filled_by"}
    data = typed(**marks, identity=identity, letter=letter_of("Wulanjelitaberkas"))
    data.pop("no_letter")
    answer = send(Client(), "/pengaduan/", data)
    assert answer.status_code == 302, answer.text
    case = Case.objects.get()
    assert case.material == marks["material"]
    hidden = [value for name, value in marks.items() if name not in CONTENT]
    hidden += ["81377001122", "813-7700-1122", "Wulanjelitaberkas"]
    assert find_in_tables(hidden) == []
    root = Path(default_storage.location)  # type: ignore[attr-defined]
    assert any(path.is_file() for path in root.rglob("*"))
    assert find_in_files(hidden, root) == []
    assert {table for table, _word in find_in_tables([marks["material"]])} >= {Case._meta.db_table}
    for attachment in case.attachments.all():
        content = Path(attachment.file.path).read_bytes()
        assert is_encrypted(content) is attachment.is_sealed is (identity == Identity.CONFIDENTIAL)
