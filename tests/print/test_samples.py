"""The samples of docs/samples/: the same bytes in every process, the same words as today's code makes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.print.reading import text_of
from tests.print.samples import FOLDER

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]


def test_another_process_makes_the_same_papers(papers: dict[str, bytes], tmp_path: Path) -> None:
    """Another order of sets, another zone of the machine, another database."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "TZ": "America/Lima",
        "DATABASE_URL": "sqlite://:memory:",
    }
    command = [sys.executable, "-m", "tests.print.samples", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)  # noqa: S603
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made.keys() == papers.keys()
    assert len(made) >= 15
    assert [name for name in made if made[name] != papers[name]] == []


def test_the_samples_of_the_documentation_are_of_today(papers: dict[str, bytes]) -> None:
    """The same text as what is made now; bytes may differ where another Pango set them."""
    for name, content in papers.items():
        assert text_of((FOLDER / name).read_bytes()) == text_of(content), (
            f"{name}: run python -m tests.print.samples"
        )
