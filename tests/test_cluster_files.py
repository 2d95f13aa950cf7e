"""The files of `contrib/cluster` are those with which `bench/cluster` starts its programs."""

from pathlib import Path

import pytest

from bench.cluster_services import FILES, PLACEHOLDER, list_values, write_files

pytestmark = pytest.mark.same_on_every_database


def read(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()}


def test_the_bench_fills_in_each_file_that_is_offered(tmp_path: Path) -> None:
    write_files(tmp_path, list_values(tmp_path, Path("/usr/bin")))
    written = read(tmp_path)
    assert written.keys() == read(FILES).keys() - {"README.md"}
    assert not [name for name, text in written.items() if PLACEHOLDER.search(text)]


def test_each_placeholder_is_explained() -> None:
    offered = read(FILES)
    explained = {*PLACEHOLDER.findall(offered.pop("README.md"))}
    assert explained == {*PLACEHOLDER.findall("".join(offered.values()))}
