"""Moves and hand-overs: what is due, the package with its hashes, the signed minutes, and the marks."""

import csv
import datetime as dt
import hashlib
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from pypdfium2 import PdfDocument

from consultations.enums import State
from consultations.models import Case
from kit import clock
from kit.records import leave_entry
from kit.refusal import Refused
from office.models import Office, RetentionRule
from tests.archive.conftest import SCAN
from tests.case_page import read_all
from tests.factories import DETAILS, ClientOf, Staff, case_at
from tests.pages.test_hidden_identity import hidden_at
from tests.record.conftest import list_findings
from tests.shared_data import each
from tests.submitting import upload
from trust.archive.destruction import propose
from trust.archive.transfers import (
    cancel,
    enqueue_packages,
    finish,
    list_due_cases,
    make_package,
    prepare,
)
from trust.privacy.models import ArchiveTransfer, ArchiveTransferItem

MOVE, HAND_OVER = ArchiveTransfer.Kind


def receipt() -> dict[str, Any]:
    names = {"letter": "000.5.6/1/2026", "received_by": "Fitri", "received_title": "Kepala Unit Kearsipan"}
    return {"dated": clock.today(), "scan": SCAN, **names}


@pytest.fixture
def permanent(six_years_later: Case) -> Case:
    """The closed case of six years ago. Its kind is permanent."""
    RetentionRule.objects.create(kind="REQUEST", active_years=2, inactive_years=3, fate="PERMANENT")
    return six_years_later


def test_inactive_cases_are_moved_once(staff: Staff, case: Case, client_of: ClientOf) -> None:
    Office.objects.update(archive_unit="Unit Kearsipan Setda")
    leave_entry(Office.objects.get())
    assert not list_due_cases(MOVE).exists()
    with clock.set_to(clock.now() + dt.timedelta(days=3 * 366)):
        client = client_of(staff.sekretariat)
        assert 'action="/arsip/serah-pindah/MOVE/siapkan/"' in client.get("/arsip/serah-pindah/").text
        page = client.post("/arsip/serah-pindah/MOVE/siapkan/")["Location"]
        transfer = ArchiveTransfer.objects.get()
        assert (transfer.codes, transfer.receiver) == ([case.code], "Unit Kearsipan Setda")
        assert client.post(page, {}).status_code == 422
        entered = {**receipt(), "scan": upload("ba.pdf", SCAN[0].content)}
        assert client.post(page, entered)["Location"] == page
        assert "Fitri, Kepala Unit Kearsipan" in client.get(page).text
        for file in ("berita-acara.pdf", "pindaian.pdf"):
            assert b"".join(client.get(f"{page}{file}")).startswith(b"%PDF"), file
        assert not list_due_cases(MOVE).exists()
        assert list_findings() == []
    assert ArchiveTransferItem.objects.get().case == case


def test_the_package_has_files_metadata_and_hashes(
    staff: Staff, permanent: Case, client_of: ClientOf, settings: Any
) -> None:
    transfer = prepare(HAND_OVER, by=staff.pkd)
    with pytest.raises(Refused, match="belum selesai dibuat"):
        finish(transfer, by=staff.pkd, **receipt())
    assert enqueue_packages() == 1
    sha256 = make_package.func(transfer.pk)
    assert make_package.func(transfer.pk) == ""
    answer = client_of(staff.pkd).get(f"/arsip/serah-pindah/{transfer.pk}/paket.zip")
    content = b"".join(answer)
    transfer.refresh_from_db()
    assert hashlib.sha256(content).hexdigest() == sha256 == transfer.package_sha256
    with ZipFile(io.BytesIO(content)) as package:
        hashes = dict(line.split("  ")[::-1] for line in package.read("sha256.txt").decode().splitlines())
        assert {*hashes, "sha256.txt"} == {*package.namelist()}
        for name, expected in hashes.items():
            assert hashlib.sha256(package.read(name)).hexdigest() == expected
        (listed,) = json.loads(package.read("metadata.json"))
        rows = list(
            csv.DictReader(io.TextIOWrapper(package.open("metadata.csv"), "utf-8-sig"), delimiter=";")
        )
        minutes = " ".join(
            page.get_textpage().get_text_range() for page in PdfDocument(package.read("berita-acara.pdf"))
        )
    assert (listed["kode"], rows[0]["kode"]) == (permanent.code,) * 2
    assert rows[0]["pemohon"] == DETAILS["applicant_name"]
    stored = {*permanent.documents.exclude(sha256="").values_list("sha256", flat=True)}
    stored |= {*permanent.attachments.values_list("sha256", flat=True)}
    assert {file["sha256"] for file in listed["berkas"]} == stored
    assert {hashes[file["berkas"]] for file in listed["berkas"]} == stored
    assert "Lembaga Kearsipan Daerah" in minutes

    finish(transfer, by=staff.pkd, **receipt())
    assert not Path(settings.MEDIA_ROOT, str(transfer.package) or "x").is_file()
    assert client_of(staff.pkd).get(f"/arsip/serah-pindah/{transfer.pk}/paket.zip").status_code == 404
    assert permanent.transfers.get().kind == HAND_OVER
    assert list_findings() == []
    assert "Diserahkan" in read_all(client_of(staff.pkd), permanent)
    RetentionRule.objects.update(fate="DESTROY")
    with pytest.raises(Refused):
        propose("REQUEST", by=staff.pkd)  # what was handed over is permanent


def test_a_hidden_complainant_stays_hidden(staff: Staff) -> None:
    case = hidden_at(State.CLOSED, staff)
    with clock.set_to(clock.now() + dt.timedelta(days=6 * 366)):
        RetentionRule.objects.create(kind="COMPLAINT", active_years=2, inactive_years=3, fate="PERMANENT")
        transfer = prepare(HAND_OVER, by=staff.pkd)
        make_package.func(transfer.pk)
        transfer.refresh_from_db()
        with transfer.package.open() as file, ZipFile(file) as package:
            metadata = package.read("metadata.json").decode()
    assert case.code in metadata
    assert str(DETAILS["applicant_name"]) not in metadata
    assert str(DETAILS["phone"]) not in metadata


def test_a_cancelled_list_is_due_again(staff: Staff, permanent: Case, client_of: ClientOf) -> None:
    transfer = prepare(HAND_OVER, by=staff.pkd)
    with pytest.raises(Refused, match="belum selesai"):
        prepare(HAND_OVER, by=staff.sekretariat)
    client, page = client_of(staff.pkd), f"/arsip/serah-pindah/{transfer.pk}/batal/"
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "Daftarnya salah."}).status_code == 302
    transfer.refresh_from_db()
    for end in (
        lambda: cancel(transfer, by=staff.pkd, reason="x"),
        lambda: finish(transfer, by=staff.pkd, **receipt()),
    ):
        with pytest.raises(Refused, match="selesai atau dibatalkan"):
            end()
    assert make_package.func(transfer.pk) == ""
    assert prepare(HAND_OVER, by=staff.pkd).codes == [permanent.code]
    assert not ArchiveTransferItem.objects.exists()


def test_only_who_keeps_the_archive_prepares_and_finishes(staff: Staff, permanent: Case) -> None:
    transfer = prepare(HAND_OVER, by=staff.pkd)
    make_package.func(transfer.pk)
    for person in {*vars(staff).values()} - {staff.pkd, staff.sekretariat}:
        for attempt in (
            lambda person=person: prepare(MOVE, by=person),
            lambda person=person: finish(transfer, by=person, **receipt()),
            lambda person=person: cancel(transfer, by=person, reason="x"),
        ):
            with pytest.raises(PermissionDenied):
                attempt()


@each(("days", "sentence"), [(1, "belum tiba"), (-1, "mendahului")])
def test_minutes_of_a_wrong_day_are_refused(days: int, sentence: str, staff: Staff, permanent: Case) -> None:
    transfer = prepare(MOVE, by=staff.pkd)
    day = clock.today() + dt.timedelta(days=days)
    with pytest.raises(Refused, match=sentence):
        finish(transfer, by=staff.pkd, **{**receipt(), "dated": day})


def test_who_does_not_see_a_complaint_gets_no_package(
    staff: Staff, client_of: ClientOf, six_years_later: Case
) -> None:
    case = case_at(State.CLOSED, staff, kind="COMPLAINT")
    Case.objects.filter(pk=case.pk).update(complained_about=staff.sekretariat)
    with clock.set_to(clock.now() + dt.timedelta(days=6 * 366)):
        RetentionRule.objects.create(kind="COMPLAINT", active_years=2, inactive_years=3, fate="PERMANENT")
        transfer = prepare(HAND_OVER, by=staff.pkd)
        make_package.func(transfer.pk)
        page = f"/arsip/serah-pindah/{transfer.pk}/"
        assert f'href="{page}paket.zip"' in client_of(staff.pkd).get(page).text
        assert f'href="{page}paket.zip"' not in client_of(staff.sekretariat).get(page).text
        assert client_of(staff.sekretariat).get(f"{page}paket.zip").status_code == 404
        assert client_of(staff.kadis).get(f"{page}paket.zip").status_code == 403


@pytest.mark.differs_by_database
def test_a_case_is_handed_over_once(staff: Staff, permanent: Case) -> None:
    transfer = prepare(HAND_OVER, by=staff.pkd)
    make_package.func(transfer.pk)
    finish(transfer, by=staff.pkd, **receipt())
    with pytest.raises(IntegrityError), transaction.atomic():
        ArchiveTransferItem.objects.create(transfer=transfer, kind=HAND_OVER, case=permanent)
