"""The JSON in each issued document follows docs/schema/rekaman-1.schema.json."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from jsonschema import Draft202012Validator, ValidationError

from documents.files import NAME
from documents.models import Document
from tests.print.samples import FORMS

pytestmark = pytest.mark.same_on_every_database

SCHEMA = json.loads((Path(settings.BASE_DIR) / "docs/schema/rekaman-1.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read_data(content: bytes) -> Any:
    with pikepdf.open(BytesIO(content)) as pdf:
        return json.loads(pdf.attachments[NAME].get_file().read_bytes()) if NAME in pdf.attachments else None


def test_the_data_of_a_report_follows_the_schema(report_sample: bytes) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(data := read_data(report_sample))
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**data, "rahasia": "x"})


@pytest.mark.release
def test_the_data_of_each_sample_follows_the_schema(samples: dict[str, bytes]) -> None:
    found = {name: read_data(content) for name, content in samples.items()}
    issued = {name: data for name, data in found.items() if data}
    assert {name for name in found if name not in issued} >= set(FORMS)
    assert {data["jenis"] for data in issued.values()} == {str(label) for label in Document.Kind.labels}
    for data in issued.values():
        VALIDATOR.validate(data)
    assert {"laporan", "hasil_survei"} <= {key for data in issued.values() for key in data}
