"""Seals: signed with the office's key, time-stamped, mailed, and checked again, also by OpenSSL."""

import base64
import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from kit import clock
from tests.factories import Staff
from tests.signing import certificates
from tests.signing.certificates import PASSPHRASE, Identity
from tests.signing.servers import Reply, as_json, serving
from trust.ledger.certificates import list_problems
from trust.ledger.models import RecordCheck, Seal
from trust.ledger.services import check_seal_key, complete_seal, compose, is_due, list_incomplete, seal_day
from trust.ledger.witness import watch

pytestmark = pytest.mark.same_on_every_database

INSPEKTORAT = "inspektorat@example.go.id"


@pytest.fixture
def seal(db: None) -> Seal:
    return Seal.objects.create(day=clock.today(), year=2026, number=7, head="ab" * 32)


@pytest.fixture
def all_set(settings: Any, tmp_path: Path, authority: Identity, holder: Identity, stamping: str) -> Any:
    (tmp_path / "segel.p12").write_bytes(holder.key_file())
    (tmp_path / "roots.pem").write_bytes(authority.pem)
    settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE = str(tmp_path / "segel.p12"), PASSPHRASE
    settings.SIGNER_TRUST_ROOTS = str(tmp_path / "roots.pem")
    settings.SIGNER_TIMESTAMP_URL, settings.SEAL_RECIPIENTS = stamping, [INSPEKTORAT]
    settings.DEFAULT_FROM_EMAIL = "rembuk@example.go.id"
    return settings


def completed(seal: Seal) -> Seal:
    complete_seal.call(seal.pk)
    seal.refresh_from_db()
    return seal


def test_a_seal_is_signed_stamped_and_mailed_once(seal: Seal, all_set: Any) -> None:
    assert list(list_incomplete()) == [seal]
    completed(seal)
    assert list(list_incomplete()) == []
    assert list(list_problems(seal)) == []
    complete_seal.call(seal.pk)
    (sent,) = mail.outbox
    assert sent.to == [INSPEKTORAT]
    assert seal.head in sent.body
    assert "/verifikasi/catatan/2026/7/" in sent.body
    names = [attachment[0] for attachment in sent.attachments]
    assert names == ["segel-2026-7.json", "segel-2026-7.p7s", "segel-2026-7.tst"]
    assert json.loads(sent.attachments[0][1])["head"] == seal.head


def test_the_mail_says_what_the_last_verification_found(seal: Seal, all_set: Any) -> None:
    assert "Catatan belum pernah diperiksa." in str(compose(seal).body)
    at = dt.datetime(2026, 11, 26, 9, 30, tzinfo=timezone.get_default_timezone())
    for findings, sentence in ((0, "09.30 WIB: utuh."), (2, "menemukan 2 kejanggalan")):
        RecordCheck.objects.create(at=at, seconds=1, leaves=1, findings=findings)
        assert sentence in str(compose(seal).body)


def test_nothing_is_done_without_the_settings_and_wrong_ones_are_reported(seal: Seal, settings: Any) -> None:
    assert list(list_incomplete()) == []
    completed(seal)
    assert (seal.signature, seal.time_stamp, seal.mailed_at, mail.outbox) == ("", "", None, [])
    settings.SEAL_PKCS12, settings.SEAL_RECIPIENTS = "/nowhere.p12", ["inspektorat"]
    with pytest.raises(Exception, match=r"(?s)ledger.E001.*ledger.E002"):
        call_command("check", "--tag", "ledger")


def test_a_signature_of_another_head_or_key_is_found(seal: Seal, all_set: Any, tmp_path: Path) -> None:
    completed(seal)
    head, seal.head = seal.head, "cd" * 32
    not_signed = "its signature is not one of the office for this head"
    assert list(list_problems(seal)) == [not_signed, "its time stamp is not for this head"]
    other = certificates.person(certificates.authority("Otoritas Lain"))
    (tmp_path / "segel.p12").write_bytes(other.key_file())
    again = Seal.objects.create(day=clock.today() + dt.timedelta(days=1), year=2026, number=8, head=head)
    assert list(list_problems(completed(again))) == [not_signed]


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("SEAL_PASSPHRASE", "salah", "signature"),
        ("SIGNER_TIMESTAMP_URL", "dead", "time_stamp"),
        ("SIGNER_TIMESTAMP_URL", "moved", "time_stamp"),
        ("DEFAULT_FROM_EMAIL", "", "mailed_at"),
    ],
)
def test_what_fails_is_logged_and_tried_again(
    name: str,
    value: str,
    missing: str,
    seal: Seal,
    all_set: Any,
    dead_address: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = getattr(all_set, name)
    with serving(lambda request: Reply(b"", 307, {"Location": before})) as moved:
        setattr(all_set, name, {"dead": dead_address, "moved": moved}.get(value, value))
        completed(seal)
    assert not getattr(seal, missing)
    assert len([x for x in ("signature", "time_stamp", "mailed_at") if getattr(seal, x)]) == 2
    assert any(record.levelname == "ERROR" for record in caplog.records)
    assert list(list_incomplete()) == [seal]
    setattr(all_set, name, before)
    completed(seal)
    assert list(list_incomplete()) == []


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs OpenSSL")
def test_openssl_verifies_what_is_mailed(seal: Seal, all_set: Any, tmp_path: Path) -> None:
    completed(seal)
    (tmp_path / "segel.txt").write_text(seal.text)
    (tmp_path / "segel.p7s").write_bytes(base64.b64decode(seal.signature))
    (tmp_path / "segel.tst").write_bytes(base64.b64decode(seal.time_stamp))
    trust = ["-CAfile", "roots.pem"]
    signature = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "segel.p7s", "-content", "segel.txt"]
    stamp = ["ts", "-verify", "-data", "segel.txt", "-in", "segel.tst", "-token_in"]
    commands = [[*signature, *trust, "-purpose", "any"], [*stamp, *trust]]
    for command in commands:
        done = subprocess.run(["openssl", *command], cwd=tmp_path, capture_output=True, text=True)  # noqa: S603, S607
        assert done.returncode == 0, done.stderr
    (tmp_path / "segel.txt").write_text(seal.text.replace("2026/7", "2026/8"))
    for command in commands:
        assert subprocess.run(["openssl", *command], cwd=tmp_path, capture_output=True).returncode  # noqa: S603, S607


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs OpenSSL")
def test_a_witness_signs_what_it_remembers(
    seal: Seal, all_set: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a usable key it remembers too."""
    all_set.WEBHOOK_NETWORKS, rows = ["127.0.0.0/8"], []
    for all_set.SEAL_PASSPHRASE in (PASSPHRASE, "salah"):
        with serving(lambda request: as_json({"after": None, "seals": [seal.text]})) as address:
            rows.append(watch(address))
    signed, unsigned = rows
    assert signed
    assert unsigned
    (tmp_path / "segel.txt").write_text(signed.text)
    (tmp_path / "saksi.p7s").write_bytes(base64.b64decode(signed.signature))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "saksi.p7s"]
    command += ["-content", "segel.txt", "-CAfile", "roots.pem", "-purpose", "any"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0  # noqa: S603
    assert (unsigned.text, unsigned.signature) == (signed.text, "")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_seal_is_made_in_the_last_hour_of_a_working_day(staff: Staff) -> None:
    for day, hour, due in ((25, 14.98, False), (25, 15, True), (25, 20, True), (28, 16, False)):
        with clock.set_to(clock.midnight(dt.date(2026, 11, day)) + dt.timedelta(hours=hour)):
            assert is_due() is due  # the 28th is a Saturday
    for day in (25, 25, 26):
        with clock.set_to(clock.midnight(dt.date(2026, 11, day)) + dt.timedelta(hours=16)):
            seal_day()
    assert [seal.day.day for seal in Seal.objects.order_by("pk")] == [25, 26]


@pytest.mark.parametrize(
    ("key", "ids"),
    [
        (certificates.rsa_key(), ["ledger.W003"]),
        (rsa.generate_private_key(65537, 3072), []),
        (ec.generate_private_key(ec.SECP256R1()), []),
    ],
)
def test_a_short_key_is_reported(
    key: Any, ids: list[str], authority: Identity, all_set: Any, tmp_path: Path
) -> None:
    (tmp_path / "segel.p12").write_bytes(certificates.person(authority, key=key).key_file())
    assert [found.id for found in check_seal_key(None)] == ids
    all_set.SEAL_PASSPHRASE = "salah"
    assert [found.id for found in check_seal_key(None)] == ["ledger.E004"]
