"""Fixtures of the document tests: staff with names and ranks, a coat of arms, and the samples."""

import fcntl
import os
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import override_settings
from PIL import Image
from pytest_django import DjangoDbBlocker

from documents.files import read_document
from documents.issuing import get_document
from documents.types import TYPES_BY_SLUG
from office.models import Office
from tests.factories import Staff, make_office
from tests.print import scenes
from tests.print.documents import printed_papers
from tests.print.samples import render_samples


@pytest.fixture
def people(office: Office) -> Staff:
    return scenes.people()


@pytest.fixture
def printed() -> Iterator[None]:
    """Let the file of each signed paper be what was printed."""
    with printed_papers():
        yield


@pytest.fixture
def with_arms(office: Office) -> Callable[[], Office]:
    """Return a function that gives the office a coat of arms."""

    def give() -> Office:
        picture = BytesIO()
        Image.new("RGB", (60, 80), "#2a6").save(picture, "PNG")
        office.coat_of_arms.save("lambang.png", ContentFile(picture.getvalue()))
        return office

    return give


@pytest.fixture(scope="session")
def report_sample(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    """Return the PDF of an accepted report. The other samples are rendered before a release."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("laporan"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        make_office()
        case = scenes.closed(scenes.people())
        content = read_document(get_document(TYPES_BY_SLUG["laporan"], case))
        transaction.set_rollback(True)
    return content


@pytest.fixture(scope="session")
def samples(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """Return every sample of docs/samples/README.md by file name, rendered once per test run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # of all workers
    folder = shared / "samples"
    with (shared / "samples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("berkas"))
            with files, django_db_blocker.unblock(), transaction.atomic():
                rendered = render_samples()
                transaction.set_rollback(True)
            folder.mkdir()
            for name, content in rendered.items():
                (folder / name).write_bytes(content)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
