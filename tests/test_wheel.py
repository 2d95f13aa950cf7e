"""The wheel runs without the repository: pages, translations, static files, migrations."""

import os
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from bench.web_server import ROOT, WebServer

pytestmark = pytest.mark.same_on_every_database


def test_the_wheel_runs_without_the_repository(tmp_path: Path) -> None:
    """The virtual environment sees the installed libraries, not the repository."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("D", "PYTHON"))}
    settings |= {"REMBUK_DATA": str(tmp_path / "data"), "STATIC_ROOT": str(tmp_path / "static")}
    settings |= {"SECRET_KEY": "only-for-tests"}

    def run(*command: str | Path, folder: Path = tmp_path) -> None:
        subprocess.run(command, cwd=folder, env=settings, check=True)  # noqa: S603

    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=ROOT)
    venv.create(tmp_path / "venv", symlinks=True)
    binaries = tmp_path / "venv" / "bin"
    libraries = next(tmp_path.glob("venv/lib/*/site-packages"))
    (libraries / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    run(binaries / "python", "-m", "installer", *tmp_path.glob("*.whl"))

    run(binaries / "rembuk", "check")
    run(binaries / "rembuk", "migrate", "-v", "0")
    run(binaries / "rembuk", "collectstatic", "--no-input", "-v", "0")
    with WebServer(settings, [str(binaries / "rembuk"), "run_web"], folder=tmp_path) as server:
        site = f"http://127.0.0.1:{server.port}/"
        english = urllib.request.Request(site, headers={"Cookie": "language=en"})  # noqa: S310
        page = urllib.request.urlopen(english).read().decode()  # noqa: S310
    assert '<html lang="en"' in page
    assert "Submit" in page
