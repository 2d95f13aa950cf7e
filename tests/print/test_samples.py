"""The list of samples is complete, and every process renders the same bytes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from documents.types import TYPES_BY_SLUG
from tests.print.samples import FORMS, README

pytestmark = pytest.mark.same_on_every_database


LISTED = set(re.findall(r"`([\w-]+\.pdf)`", README.read_text(encoding="utf-8")))


def test_the_list_of_samples_has_each_type_of_document_and_each_form() -> None:
    assert {f"{slug}.pdf" for slug in TYPES_BY_SLUG} | {*FORMS} <= LISTED


@pytest.mark.release
def test_the_list_of_samples_is_complete(samples: dict[str, bytes]) -> None:
    assert samples.keys() == LISTED


@pytest.mark.release
def test_another_process_renders_the_same_bytes(samples: dict[str, bytes], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "tests.print.samples", tmp_path], check=True)  # noqa: S603 -- own code
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == samples
