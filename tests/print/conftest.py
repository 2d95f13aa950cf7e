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

from office.models import Office
from tests.factories import Staff
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
