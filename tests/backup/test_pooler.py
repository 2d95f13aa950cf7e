"""Behind a pooler no backup is made: pg_dump would change connections that web servers use next."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.release

PATH = f"{os.environ['PATH']}:/usr/sbin"


@pytest.mark.only_on("postgresql", reason="SQLite has no pooler")
@pytest.mark.skipif(not shutil.which("pgbouncer", path=PATH), reason="PgBouncer is not installed")
@pytest.mark.skipif("DISABLE_SERVER_SIDE_CURSORS" in os.environ, reason="the tests are behind a pooler")
def test_a_dump_through_a_pooler_is_refused(tmp_path: Path) -> None:
    code = "import django, pathlib, sys; django.setup(); from operations.backup.databases import get_database"
    code += "; get_database().dump(pathlib.Path(sys.argv[1]))"
    command = ["bin/pgbouncer", sys.executable, "-c", code, str(tmp_path / "dump")]
    ran = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)  # noqa: S603
    assert "names a pooler" in ran.stderr
