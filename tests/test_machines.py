"""Several machines: files in an S3 bucket, a cache in Valkey, each with a server of its own kind."""

import datetime as dt
import hashlib
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from fakeredis import TcpFakeServer
from moto.server import ThreadedMotoServer

from config.valkey import ValkeyCache
from consultations.intake import uploads
from consultations.intake.models import DraftFile, RequestDraft
from consultations.intake.uploads import create_inert_copy
from consultations.models import Case
from documents.files import create_document_file
from documents.models import Document
from kit import clock
from tests.factories import ClientOf, Staff
from tests.submitting import pdf, typed, upload

pytestmark = pytest.mark.release

BUCKET = "rembuk-uji"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an S3 server in this process."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def store_in(url: str, settings: Any) -> None:
    storage = {"BACKEND": "config.storage.PrivateStorage", "OPTIONS": {"url": url}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


@pytest.fixture
def bucket(endpoint: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket that stores all files of the site."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "uji")
    url = f"s3://{BUCKET}/berkas?endpoint_url={endpoint}&region_name=us-east-1"
    found = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    store_in(url, settings)
    settings.MEDIA_ROOT = Path("/sys/rembuk")  # nobody can write there
    yield found
    found.objects.all().delete()
    found.delete()


def keys(bucket: Any) -> list[str]:
    return sorted(found.key.removeprefix("berkas/") for found in bucket.objects.all())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_files_of_a_request_are_in_the_bucket_until_nobody_needs_them(
    bucket: Any, staff: Staff, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    letter = pdf()
    with django_capture_on_commit_callbacks(execute=True):
        browser = Client()
        first = browser.post("/ajukan/", typed(letter=upload("surat.pdf", letter)))
        assert [key.partition("/")[0] for key in keys(bucket)] == ["drafts"]
        browser.post(first["Location"])
    case = Case.objects.get()
    attachment = case.attachments.get()
    assert [key.partition("/")[0] for key in keys(bucket)] == ["attachments"], "the draft is deleted"

    create_inert_copy.func(attachment.pk)
    for document in Document.objects.all():
        create_document_file.func(str(document.pk))
    office = client_of(staff.pkd)
    path = f"/berkas/{attachment.pk}/"
    downloaded = body(office.get(f"{path}?unduh"))
    assert hashlib.sha256(downloaded).hexdigest() == attachment.sha256
    assert body(office.get(path)).startswith(b"%PDF")
    receipt = body(office.get(f"/permohonan/{case.code}/tanda-terima.pdf"))
    stored = Document.objects.get(kind=Document.Kind.RECEIPT)
    assert hashlib.sha256(receipt).hexdigest() == stored.sha256
    assert stored.file.name in keys(bucket)
    grants = bucket.Object(f"berkas/{stored.file.name}").Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"], "the owner only"
    assert Client().get(path).status_code == 302

    bucket.Object(f"berkas/{stored.file.name}").put(Body=b"changed")
    assert office.get(f"/permohonan/{case.code}/tanda-terima.pdf").status_code == 404
    bucket.Object(f"berkas/{attachment.file.name}").delete()
    assert office.get(f"{path}?unduh").status_code == 404


def test_orphaned_files_move_within_the_bucket(
    running_clock: None, bucket: Any, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bucket has the time of the machine."""
    draft = RequestDraft.objects.create(token_hash="0" * 32, kind="CONSULTATION")
    DraftFile.objects.create(
        draft=draft, field="letter", file=ContentFile(b"x", "x"), size=1, content_type="image/png"
    )
    name = default_storage.save("drafts/0a/0a1b", ContentFile(b"y"))
    assert default_storage.save(name, ContentFile(b"z")) != name, "nothing is overwritten"
    monkeypatch.setattr(uploads, "MAX_PERCENT", 99)
    with clock.set_to(clock.now() + dt.timedelta(days=2)):
        assert uploads.quarantine_orphaned_files() == 2
    assert bucket.Object(f"berkas/quarantine/{name}").get()["Body"].read() == b"y"
    assert [key.partition("/")[0] for key in keys(bucket)] == ["drafts", "quarantine", "quarantine"]
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time(name)


def test_a_bucket_that_does_not_answer_is_an_outage(bucket: Any, settings: Any, staff: Staff) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"s3://{BUCKET}?endpoint_url=http://127.0.0.1:{unused.getsockname()[1]}"
        store_in(url, settings)
        answer = Client(raise_request_exception=False).post("/ajukan/", typed(letter=upload("a.pdf", pdf())))
    assert (answer.status_code, RequestDraft.objects.count()) == (503, 0)
    assert "Layanan sedang terganggu" in answer.content.decode()


@pytest.fixture
def valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[TcpFakeServer]:
    """A Valkey server as the cache of the site."""
    TcpFakeServer.allow_reuse_address = True
    server = TcpFakeServer(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    location = "redis://{}:{}".format(*server.server_address)
    settings.CACHES = {"default": {"BACKEND": "config.valkey.ValkeyCache", "LOCATION": location}}
    monkeypatch.setattr(ValkeyCache, "silent_until", 0.0)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_database_replaces_a_silent_valkey(
    valkey: TcpFakeServer, db: None, settings: Any, at_most_queries: Any, caplog: Any
) -> None:
    with at_most_queries(0):
        assert [cache.add("once", 1) for _try in range(2)] == [True, False]
    with socket.socket() as unused, caplog.at_level(logging.ERROR):
        unused.bind(("127.0.0.1", 0))
        silent = "redis://{}:{}".format(*unused.getsockname())
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": silent}}
        assert [cache.add("once", 1) for _try in range(2)] == [True, False]
        assert cache.get("once") == 1
    assert len([found for found in caplog.records if found.name == "config.valkey"]) == 1
