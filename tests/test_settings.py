"""README.md lists the environment variables that the settings read, no more and no less."""

import re

from django.conf import settings


def test_readme_lists_every_environment_variable() -> None:
    source = (settings.BASE_DIR / "config" / "settings.py").read_text(encoding="utf-8")
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`[A-Z].*?`) \|", readme, flags=re.MULTILINE)
    listed = re.findall(r"`([A-Z0-9_]+)`", " ".join(first_cells))

    assert sorted(listed) == sorted(set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', source)))
