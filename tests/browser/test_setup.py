"""From an empty installation of 25 people to the first request, counted in forms and fields."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core import mail

from consultations.enums import State
from consultations.models import Case
from office.models import Division, Instruction, User
from tests.browser.accessibility import objections
from tests.browser.conftest import DESKTOP, Arrive
from tests.browser.person import Person
from tests.factories import PASSWORD
from tests.setup.conftest import workbook

pytestmark = pytest.mark.browser

NEW = "kalimat-sandi-yang-baru"
MAX_FORMS = 12
SECONDS_PER_FIELD, SECONDS_PER_FORM = 15, 30
"""Time of a person who types a field, and who reads a page and presses its button. Estimates."""

DIVISIONS = (
    *("Rehabilitasi Sosial", "Perlindungan Sosial", "Pemberdayaan Sosial"),
    "Pemberdayaan Masyarakat Desa",
)
WIDE = {
    "kepala": "Kepala Dinas",
    "loket1": "Sekretariat",
    "loket2": "Sekretariat",
    "pengawas": "Pengawas",
} | dict.fromkeys(("agenda1", "agenda2", "agenda3"), "Tim PKD")


@pytest.fixture
def office(shared_database: None) -> None:
    """The office has only the first administrator, made by `createsuperuser`."""
    User.objects.create_superuser("admin", password=PASSWORD, name="Ani Admin", email="admin@kantor.example")


@dataclass
class Tally:
    """Forms that were sent, fields that they showed, and fields that somebody filled in."""

    forms: int = 0
    shown: int = 0
    filled: int = 0
    names: list[str] = field(default_factory=list)

    def count(self, button: str, *, shown: int, filled: int) -> None:
        self.forms += 1
        self.names.append(button)
        self.shown += shown
        self.filled += filled

    def send(self, person: Person, form: str, button: str, **typed: object) -> None:
        fields = person.form(form).locator("input:not([type=hidden]), select, textarea")
        self.count(button, shown=fields.count(), filled=len(typed))
        person.fill(form, **typed)
        with person.page.expect_navigation():
            person.form(form).get_by_role("button", name=button, exact=True).click()


def staff_sheet() -> bytes:
    """Return a sheet of 25 people with three wrong cells: a division, an address, and a role."""

    def row(key: str, role: str, *division: str) -> tuple[str, ...]:
        return f"Orang {key}", "", "", f"{key}@kantor.example", "", role, *division

    rows = [row(key, role) for key, role in WIDE.items()]
    rows += [row(f"kabid{n}", "Kepala Bidang", name) for n, name in enumerate(DIVISIONS, start=1)]
    rows += [row(f"petugas{n}", "Petugas", DIVISIONS[n % len(DIVISIONS)]) for n in range(14)]
    rows[12] = (*rows[12][:6], "Rehabilitasi")
    rows[14] = (*rows[14][:3], "petugas0@kantor.example", *rows[14][4:])
    rows[18] = (*rows[18][:5], "", rows[18][6])
    assert len(rows) == 25
    return workbook(*rows)


def set_up(admin: Person, tally: Tally, folder: Path) -> None:
    admin.page.get_by_role("link", name=re.compile("Lanjutkan penyiapan")).click()
    admin.page.wait_for_url("**/mulai/identitas/")  # until the scripts have run, which show the preview
    go_on = "Simpan dan lanjut"
    admin.page.locator('[name="name"]').press_sequentially("Dinas Sosial Contoh")
    admin.page.locator("#pratinjau-kop").get_by_text("Dinas Sosial Contoh").wait_for()
    identity = {"government": "Pemerintah Kabupaten Contoh", "unit_code": "DINSOS", "address": "Jl. Contoh 1"}
    assert objections(admin) == []
    tally.send(admin, "setup", go_on, name="Dinas Sosial Contoh", city="Contoh", **identity)
    assert objections(admin) == []
    tally.send(admin, "setup", go_on)
    tally.send(admin, "setup", go_on, divisions="\n".join(DIVISIONS))
    sheet = folder / "pegawai.xlsx"
    sheet.write_bytes(staff_sheet())
    tally.send(admin, "upload", "Unggah dan periksa", file=str(sheet))
    assert "3 baris perlu diperbaiki" in admin.said()
    assert objections(admin) == []
    mended = {"cell-13-division": DIVISIONS[1], "cell-15-email": "petugas3@kantor.example"}
    mended["cell-19-role"] = "Petugas"
    tally.send(admin, "sheet", "Simpan perbaikan", **mended)
    tally.send(admin, "sheet", "Impor 25 baris")
    tally.count("Kata sandi", shown=1, filled=1)
    admin.confirm_password()
    assert objections(admin) == []
    tally.send(admin, "invitations", "Kirim lewat surel")
    assert "25 undangan terkirim" in admin.said()
    admin.page.get_by_role("link", name="Lanjutkan penyiapan").click()
    assert objections(admin) == []
    tally.send(admin, "setup", go_on, standard_number="188.4/1/2026")
    tally.send(admin, "mail_test", "Kirim surel uji")
    assert objections(admin) == []
    tally.send(admin, "setup", go_on, rooms="Ruang 1\nRuang 2")
    assert objections(admin) == []
    tally.send(admin, "open", "Buka layanan")
    assert "Layanan dibuka." in admin.said()


def accept_invitation(person: Person, name: str) -> None:
    (sent,) = [
        one for one in mail.outbox if one.to == [f"{name}@kantor.example"] and "/undangan/" in str(one.body)
    ]
    link = re.search(r"/undangan/\S+", str(sent.body))
    assert link
    person.open(link[0])
    person.send("invitation", new_password1=NEW, new_password2=NEW)
    person.send("login", login=name, password=NEW)
    assert "Meja kerja" in person.said()


def test_from_an_empty_installation_to_the_first_disposition(arrive: Arrive, tmp_path: Path) -> None:
    tally, started = Tally(), time.monotonic()
    admin = arrive(width=DESKTOP)
    admin.type_password("admin")
    set_up(admin, tally, tmp_path)
    seconds = time.monotonic() - started
    minutes = (tally.forms * SECONDS_PER_FORM + tally.filled * SECONDS_PER_FIELD) / 60
    print(
        f"\nset-up of 25 people: {tally.forms} forms, {tally.filled} fields filled of {tally.shown} shown, "
        f"{seconds:.0f} s of the machine, about {minutes:.0f} minutes of a person"
    )
    assert tally.forms <= MAX_FORMS, tally.names

    applicant = arrive()
    applicant.open("/ajukan/")
    offered = applicant.page.locator('[name="visit_at"][value*="T"]').first.get_attribute("value")
    applicant.ask(visit_at=offered)
    code = applicant.code
    pkd, kadis = (arrive() for _person in range(2))
    accept_invitation(pkd, "agenda1")
    accept_invitation(kadis, "kepala")
    kadis.page.get_by_role("link", name="Periksa sekarang").click()
    assert "Semua orang ini benar" in kadis.said()
    assert objections(kadis) == []
    pkd.take("register", code)
    division, instruction = Division.objects.get(name=DIVISIONS[1]), Instruction.objects.earliest("pk")
    kadis.take("dispose", code, division=str(division.pk), instructions=str(instruction.pk))
    assert Case.objects.get(code=code).state == State.DISPOSED
