"""README.md lists the environment variables that the settings and the web server read."""

import re

from django.conf import settings

READS = re.compile(r'(?:env\.\w+|os\.environ\.get)\(\s*"([A-Z0-9_]+)"')


def test_readme_lists_every_environment_variable() -> None:
    files = ("config/settings.py", "gunicorn.conf.py")
    source = "".join((settings.BASE_DIR / name).read_text(encoding="utf-8") for name in files)
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`[A-Z].*?`) \|", readme, flags=re.MULTILINE)
    listed = re.findall(r"`([A-Z0-9_]+)`", " ".join(first_cells))

    assert sorted(listed) == sorted(set(READS.findall(source)))
