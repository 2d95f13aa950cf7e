"""An installation that is empty but for its first administrator."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office.models import User
from tests.factories import PASSWORD, ClientOf

HEADER: tuple[str, ...] = ("Nama", "NIP", "Pangkat/golongan", "Surel", "Jabatan")
HEADER += ("Peran", "Bidang", "Sebagai", "Mulai", "Sampai")


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser(
        "admin", password=PASSWORD, name="Ani Admin", email="admin@kantor.example"
    )


@pytest.fixture
def client(admin: User, client_of: ClientOf) -> Client:
    """The administrator's client, who has just entered the password."""
    return prove(client_of(admin))


def workbook(*rows: Any, header: tuple[str, ...] = HEADER) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def upload(content: bytes, name: str = "pegawai.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send_sheet(client: Client, *rows: Any, **more: Any) -> None:
    """Upload a sheet with these people. It waits for its approval."""
    sheet = {"upload": "1", "file": upload(workbook(*rows, **more))}
    assert client.post("/pengaturan/mulai/pegawai/", sheet).status_code == 302


def prove(client: Client) -> Client:
    """Enter the password again."""
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    return client


PEOPLE = (
    (
        *("Drs. Andi Kepala, M.Si.", "196904121994031004", "IV/c", "kepala@kantor.example"),
        *("Kepala Dinas Contoh", "Kepala Dinas", ""),
    ),
    ("Budi Loket", "", "", "loket@kantor.example", "Pengelola Layanan", "Sekretariat", ""),
    ("Cici Agenda", "", "", "agenda@kantor.example", "Anggota Tim PKD", "Tim PKD", ""),
    ("Dedi Bidang", "", "", "bidang@kantor.example", "Kepala Bidang Sosial", "Kepala Bidang", "Sosial"),
    ("Eka Petugas", "", "", "petugas@kantor.example", "Pekerja Sosial", "Petugas", "Bidang Sosial"),
)
"""The rows of a small office with one division."""
