"""Copy the pages of the documentation site into `.docs/pages`, and write its configuration for `bin/docs`."""

import re
import shutil
from functools import partial
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / ".docs" / "pages"

NEW_NAMES = {
    "README.id.md": "index.md",
    "README.md": "README.en.md",
    "docs/samples/README.md": "docs/samples/index.md",
}
"""The first page is Indonesian. A page named README would be an index too."""

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#:]+)(#[^)]*)?\)")


def copy_pages() -> None:
    shutil.rmtree(PAGES, ignore_errors=True)
    for folder in ("docs", "static/panduan"):
        shutil.copytree(ROOT / folder, PAGES / folder)
    shutil.copy(ROOT / "LICENSE", PAGES)
    for page in ROOT.glob("*.md"):
        shutil.copy(page, PAGES)
    for page in sorted(PAGES.rglob("*.md")):
        name = page.relative_to(PAGES)
        text = page.read_text(encoding="utf-8")
        page.write_text(LINK.sub(partial(mend, page=name), text), encoding="utf-8")
    for old, new in NEW_NAMES.items():
        (PAGES / old).rename(PAGES / new)


def mend(link: re.Match[str], page: Path) -> str:
    """Return a link as the site needs it: files of the code go along, a folder is only named."""
    text, target, anchor = link[1], link[2], link[3] or ""
    found = (ROOT / page.parent / target).resolve()
    if not found.exists() or not found.is_relative_to(ROOT):
        return link[0]
    name = str(found.relative_to(ROOT))
    if found.is_dir():
        return text
    if not (PAGES / name).exists():
        (PAGES / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, PAGES / name)
    if name in NEW_NAMES:
        target = target.removesuffix(found.name) + Path(NEW_NAMES[name]).name
    return f"[{text}]({target}{anchor})"


def write_configuration() -> None:
    """Add the decisions, which are listed nowhere else, to the navigation of mkdocs.yml."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    decisions = [f"docs/adr/{page.name}" for page in sorted((PAGES / "docs/adr").glob("*.md"))]
    config["nav"] = [
        {title: [*pages, {"Decisions": decisions}] if title == "Pengembang" else pages}
        for entry in config["nav"]
        for title, pages in entry.items()
    ]
    config |= {"docs_dir": "pages", "site_dir": "site"}
    (ROOT / ".docs" / "mkdocs.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    copy_pages()
    write_configuration()
