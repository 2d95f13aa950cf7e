"""The samples of docs/samples/ are current, and every process renders the same bytes."""

import pytest

from tests.print.reading import text_of
from tests.print.samples import FOLDER, VERSIONS, versions

pytestmark = pytest.mark.same_on_every_database


def test_the_samples_are_rendered_as_in_docs(samples: dict[str, bytes]) -> None:
    """Compare with samples that another process rendered. With other libraries, only the text is compared."""
    same_libraries = VERSIONS.read_text() == versions()
    assert samples.keys() == {file.name for file in FOLDER.glob("*.pdf")}
    assert len(samples) >= 15
    for name, content in samples.items():
        sample = (FOLDER / name).read_bytes()
        is_same = content == sample if same_libraries else text_of(content) == text_of(sample)
        assert is_same, f"{name}: run python -m tests.print.samples"
