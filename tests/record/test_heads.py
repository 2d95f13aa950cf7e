"""Heads: signed with the office's key, mailed to the witnesses, and checked again without Rembuk."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings as project
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from consultations.enums import State
from kit import clock
from tests.factories import Staff, case_at
from tests.signing import certificates
from tests.signing.certificates import PASSPHRASE
from trust.record.heads import check_key, compose, enqueue_unmailed, is_signed, mail_head, make_tonight
from trust.record.models import Head, RecordCheck

pytestmark = pytest.mark.same_on_every_database

INSPEKTORAT = "inspektorat@example.go.id"
DAY = clock.dt.timedelta(days=1)


@pytest.fixture
def all_set(settings: Any, tmp_path: Path, staff: Staff) -> Any:
    """An office with a key, an address to send from, and a witness."""
    give_key(tmp_path, rsa.generate_private_key(65537, 3072))
    settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE = str(tmp_path / "segel.p12"), PASSPHRASE
    settings.SEAL_RECIPIENTS, settings.DEFAULT_FROM_EMAIL = [INSPEKTORAT], "rembuk@example.go.id"
    case_at(State.REGISTERED, staff)
    return settings


def give_key(folder: Path, key: Any) -> None:
    authority = certificates.authority("Otoritas Uji")
    (folder / "segel.p12").write_bytes(certificates.person(authority, key=key).key_file())


def make_head() -> Head:
    head = make_tonight()
    assert head
    return head


def test_a_head_is_made_once_a_night_signed_and_mailed_once(all_set: Any) -> None:
    head = make_head()
    assert make_tonight() is None
    assert is_signed(head)
    for _time in range(2):
        mail_head.call(head.pk)
    (sent,) = mail.outbox
    assert sent.to == [INSPEKTORAT]
    assert head.hash in sent.body
    assert f"/verifikasi/catatan/{head.day.isoformat()}/" in sent.body
    assert json.loads(sent.attachments[0][1])["hash"] == head.hash
    assert enqueue_unmailed() == 0


def test_the_mail_says_what_the_last_verification_found(all_set: Any) -> None:
    head = make_head()
    assert "Catatan belum pernah diperiksa." in str(compose(head).body)
    at = clock.dt.datetime(2026, 11, 26, 9, 30, tzinfo=timezone.get_default_timezone())
    for findings, sentence in ((0, "09.30 WIB: utuh."), (2, "menemukan 2 kejanggalan")):
        RecordCheck.objects.create(at=at, seconds=1, entries=1, findings=findings)
        assert sentence in str(compose(head).body)


def test_without_a_key_the_head_is_made_unsigned_and_wrong_settings_are_reported(
    all_set: Any, caplog: pytest.LogCaptureFixture
) -> None:
    all_set.SEAL_PASSPHRASE = "salah"
    assert make_head().signature == ""
    assert "cannot be signed" in caplog.text
    all_set.SEAL_PKCS12, all_set.SEAL_RECIPIENTS = "/nowhere.p12", ["inspektorat"]
    with pytest.raises(Exception, match=r"(?s)record.E001.*record.E002"):
        call_command("check", "--tag", "record")


def test_what_cannot_be_mailed_is_logged_and_tried_again(
    all_set: Any, caplog: pytest.LogCaptureFixture
) -> None:
    head = make_head()
    all_set.DEFAULT_FROM_EMAIL = ""
    mail_head.call(head.pk)
    assert "cannot be mailed" in caplog.text
    all_set.DEFAULT_FROM_EMAIL = "rembuk@example.go.id"
    mail_head.call(head.pk)
    assert Head.objects.get().mailed_at


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 3072), ec.generate_private_key(ec.SECP256R1())]
)
def test_a_signature_of_another_text_or_key_is_found(key: Any, all_set: Any, tmp_path: Path) -> None:
    give_key(tmp_path, key)
    head = make_head()
    assert is_signed(head, head.certificate)
    assert not is_signed(head, "another certificate")
    head.hash = "cd" * 32
    assert not is_signed(head)


@pytest.mark.parametrize(
    ("key", "ids"),
    [
        (certificates.rsa_key(), ["record.W001"]),
        (rsa.generate_private_key(65537, 3072), []),
        (ec.generate_private_key(ec.SECP256R1()), []),
    ],
)
def test_a_short_key_is_reported(key: Any, ids: list[str], all_set: Any, tmp_path: Path) -> None:
    give_key(tmp_path, key)
    assert [found.id for found in check_key(None)] == ids
    all_set.SEAL_PASSPHRASE = "salah"
    assert [found.id for found in check_key(None)] == ["record.E003"]


def test_a_downloaded_chain_is_checked_without_rembuk(
    all_set: Any, staff: Staff, tmp_path: Path, client: Client
) -> None:
    with clock.set_to(clock.now() - DAY):
        before = make_head()
    case_at(State.DISPOSED, staff)
    after = make_head()
    for head in (before, after):
        address = f"/verifikasi/catatan/{head.day.isoformat()}"
        (tmp_path / f"{head.day}.json").write_bytes(client.get(f"{address}.json").content)
        lines: Any = client.get(f"{address}/rantai.jsonl")
        (tmp_path / f"{head.day}.jsonl").write_bytes(lines.getvalue())
    names = [tmp_path / f"{before.day}.json", tmp_path / f"{after.day}.json", tmp_path / f"{after.day}.jsonl"]
    assert check(*names) == 0
    assert check("-", names[0], tmp_path / f"{before.day}.jsonl") == 0
    chain = names[2].read_text().splitlines(keepends=True)
    for wrong in (chain[1:], chain[:-1], [chain[1], chain[0], *chain[2:]], ["x"]):
        names[2].write_text("".join(wrong))
        assert check(*names) in (1, 2)
    names[2].write_text("".join(chain))
    names[1].write_text(names[1].read_text().replace(after.hash, "0" * 64))
    assert check(*names) == 1


def check(*arguments: object) -> int:
    script = Path(project.BASE_DIR) / "contrib/verify_record.py"
    return subprocess.run([sys.executable, script, *map(str, arguments)], capture_output=True).returncode  # noqa: S603
