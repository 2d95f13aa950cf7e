"""Pages say what the code says: the standard, the architecture, the decisions, and publiccode.yml (0.4)."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from consultations.enums import State
from consultations.workflow import TABLE
from operations.management.commands import standard_doc

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"

pytestmark = pytest.mark.same_on_every_database


def test_docs_standard_is_current() -> None:
    call_command("standard_doc", "--check")


def test_a_stale_page_is_noticed_and_written_again(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path_factory.mktemp("docs") / "standard.md"
    monkeypatch.setattr(standard_doc, "FILE", page)
    with pytest.raises(CommandError, match="stale"):
        call_command("standard_doc", "--check")
    call_command("standard_doc")
    call_command("standard_doc", "--check")
    page.write_text("old", encoding="utf-8")
    with pytest.raises(CommandError, match="stale"):
        call_command("standard_doc", "--check")


def test_the_page_is_the_same_in_every_language() -> None:
    with translation.override("en"):
        english = standard_doc.document()
    with translation.override("id"):
        assert standard_doc.document() == english


def test_the_page_names_every_step_and_every_state() -> None:
    text = standard_doc.document()
    for step in TABLE:
        takers = ", ".join(str(party.label) for party in step.takers)
        assert f"| `{step.verb}` | {step.title} | {takers} |" in text
    assert all(f"    {state} : {state.label}\n" in text for state in State)


@pytest.mark.parametrize(
    "page",
    ["architecture.md", "guides/developer.md", *sorted(f"adr/{p.name}" for p in (DOCS / "adr").glob("*.md"))],
)
def test_files_and_functions_that_a_page_names_exist(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for name, function in re.findall(r"`([a-z_]+/[a-z_/]+\.py)(?::(\w+))?`", text):
        source = (ROOT / name).read_text(encoding="utf-8")
        starts = (f"def {function}(", f"class {function}(", f"\n{function} ", f"\n{function}: ")
        assert not function or any(start in source for start in starts), (name, function)


REQUIRED = {
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description",
    "legal", "maintenance", "localisation",
}  # fmt: skip


def test_publiccode_yml_has_the_required_keys_and_texts_of_the_allowed_length() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert described.keys() >= REQUIRED
    assert described["softwareVersion"] == project["version"]
    assert described["legal"]["license"] == project["license"]
    assert described["maintenance"]["contacts"]
    assert {*described["localisation"]["availableLanguages"]} == {code for code, _name in settings.LANGUAGES}
    for texts in described["description"].values():
        assert len(texts["shortDescription"]) <= 150
        assert 150 <= len(texts["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in texts["features"])


@pytest.mark.parametrize(
    "page", sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
)
def test_each_link_of_a_page_leads_to_a_file_and_a_heading(page: str) -> None:
    for address, anchor in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        target = (ROOT / page).parent / address if address else ROOT / page
        assert target.exists(), address
        assert not anchor or anchor in list_anchors(target.read_text(encoding="utf-8")), (address, anchor)


LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)")


def list_anchors(text: str) -> set[str]:
    """Return the anchors that a viewer of Markdown gives the headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
