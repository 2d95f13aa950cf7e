"""An installation that is empty but for its first administrator."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office.models import User
from tests.factories import PASSWORD, ClientOf

HEADER = (
    "Nama",
    "NIP",
    "Pangkat/golongan",
    "Surel",
    "Jabatan",
    "Peran",
    "Bidang",
    "Sebagai",
    "Mulai",
    "Sampai",
)

type Sheet = Callable[..., SimpleUploadedFile]


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser(
        "admin", password=PASSWORD, name="Ani Admin", email="admin@kantor.example"
    )


@pytest.fixture
def client(admin: User, client_of: ClientOf) -> Client:
    """The administrator's client, who has just entered the password."""
    client = client_of(admin)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    return client


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


PEOPLE = (
    (
        "Drs. Andi Kepala, M.Si.",
        "196904121994031004",
        "IV/c",
        "kepala@kantor.example",
        "Kepala Dinas Contoh",
        "Kepala Dinas",
        "",
    ),
    ("Budi Loket", "", "", "loket@kantor.example", "Pengelola Layanan", "Sekretariat", ""),
    ("Cici Agenda", "", "", "agenda@kantor.example", "Anggota Tim PKD", "Tim PKD", ""),
    ("Dedi Bidang", "", "", "bidang@kantor.example", "Kepala Bidang Sosial", "Kepala Bidang", "Sosial"),
    ("Eka Petugas", "", "", "petugas@kantor.example", "Pekerja Sosial", "Petugas", "Bidang Sosial"),
)
"""The rows of a small office with one division."""
