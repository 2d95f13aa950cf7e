"""Every sample passes the validators and is read back element by element."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.print.reading import children, damage, elements, findings, fonts_of, glyphs_not_there, text_of
from tests.print.samples import FORMS, README

pytestmark = pytest.mark.same_on_every_database

NAMES = sorted(set(re.findall(r"`([\w-]+\.pdf)`", README.read_text(encoding="utf-8"))))


SAMPLES = [pytest.param(name, marks=pytest.mark.release) for name in NAMES]


@pytest.fixture(params=["laporan", *SAMPLES])
def name(request: pytest.FixtureRequest) -> str:
    """A report, and with `--release` every sample."""
    return str(request.param)


@pytest.fixture
def content(name: str, request: pytest.FixtureRequest) -> bytes:
    if name == "laporan":
        return bytes(request.getfixturevalue("report_sample"))
    return bytes(request.getfixturevalue("samples")[name])


@pytest.fixture
def pdf(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(content)) as opened:
        yield opened


def test_the_validators_find_nothing(content: bytes, tmp_path: Path) -> None:
    assert findings(content, tmp_path) == []
    assert damage(content, tmp_path) == ""
    assert "□" not in text_of(content), "a box for a letter"


def test_it_names_itself_and_its_conformance(name: str, pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.Lang == "id"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    title = str(pdf.docinfo["/Title"])
    assert title.strip()
    assert pdf.docinfo["/CreationDate"] == pdf.docinfo["/ModDate"]
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == title
        assert metadata["pdfuaid:part"] == "1"
        is_issued = not name.endswith("-draf.pdf") and name not in FORMS
        assert metadata.get("pdfaid:part") == ("3" if is_issued else None)
        assert metadata.get("pdfaid:conformance") == ("A" if is_issued else None)
    assert ("/OutputIntents" in pdf.Root) == is_issued


def test_what_is_attached_is_declared(pdf: pikepdf.Pdf) -> None:
    files = [pdf.attachments[name].obj for name in pdf.attachments]
    assert [str(file.UF) for file in pdf.Root.get("/AF", [])] == [str(file.UF) for file in files]
    for file in files:
        assert file.AFRelationship == "/Data"
        assert str(file.Desc)
        assert "/" in str(file.EF.F.Subtype)[1:]
        assert "/ModDate" in file.EF.F.Params


def test_all_fonts_are_inside_with_what_is_shown(pdf: pikepdf.Pdf) -> None:
    fonts = list(fonts_of(pdf))
    assert fonts
    for font in fonts:
        prefix, _, family = str(font.FontDescriptor.FontName).lstrip("/").partition("+")
        assert len(prefix) == 6, "a subset bears six letters before its name"
        assert "Liberation-Sans" in family
        assert glyphs_not_there(font) == set()
        assert len(font.FontDescriptor.FontFile2.read_bytes()) < 100_000
    assert all("/ToUnicode" in font for page in pdf.pages for font in page.Resources.Font.values())


STANDARD = frozenset(
    {
        *("/Document", "/Part", "/Art", "/Sect", "/Div", "/P", "/BlockQuote", "/Caption"),
        *("/H1", "/H2", "/H3", "/Figure", "/Span", "/Link", "/NonStruct"),
        *("/L", "/LI", "/Lbl", "/LBody", "/Table", "/THead", "/TBody", "/TFoot", "/TR", "/TH", "/TD"),
    }
)
"""Structure types of PDF 1.7 that documents use."""

INSIDE: dict[str, tuple[str, ...]] = {
    "/LI": ("/L",),
    **dict.fromkeys(("/Lbl", "/LBody"), ("/LI",)),
    **dict.fromkeys(("/THead", "/TBody"), ("/Table",)),
    **dict.fromkeys(("/TH", "/TD"), ("/TR",)),
    "/TR": ("/Table", "/THead", "/TBody", "/TFoot"),
}
"""Allowed parents of an element."""


def test_its_tags_tell_the_structure(pdf: pikepdf.Pdf) -> None:
    (root,) = children(pdf.Root.StructTreeRoot)
    assert root.S == "/Document"
    tree = elements(pdf)
    kinds = [str(element.S) for element in tree]
    assert set(kinds) <= STANDARD
    headings = [kind for kind in kinds if kind in ("/H1", "/H2", "/H3")]
    assert headings.count("/H1") == 1
    assert headings[0] == "/H1"
    for element in tree:
        above = str(element.P.get("/S", ""))
        assert above in INSIDE.get(str(element.S), (above,)), f"{element.S} in {above}"
    for picture in of_kind(tree, "/Figure"):
        assert str(picture.Alt).strip()
        assert picture.A.BBox


def test_every_cell_of_its_tables_has_a_header(pdf: pikepdf.Pdf) -> None:
    tree = elements(pdf)
    names = {bytes(cell.ID) for cell in of_kind(tree, "/TH")}
    for cell in of_kind(tree, "/TD"):
        assert cell.A.Headers
        assert {bytes(header) for header in cell.A.Headers} <= names
    assert {str(cell.A.Scope) for cell in of_kind(tree, "/TH")} <= {"/Row", "/Column"}
    if names:
        assert {name.encode() for name in pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree)} == names


def of_kind(tree: list[Any], kind: str) -> list[Any]:
    return [element for element in tree if str(element.S) == kind]


def test_the_report_is_read_aloud_in_order(report_sample: bytes) -> None:
    with pikepdf.open(BytesIO(report_sample)) as pdf:
        kinds = [str(element.S) for element in elements(pdf)]
    expected = ["/H1", "/Table", "/TH", "/TD", "/H2", "/H3", "/L", "/LI", "/LBody"]
    assert sorted(expected, key=kinds.index) == expected
