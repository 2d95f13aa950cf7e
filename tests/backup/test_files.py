"""The files of an office move to a bucket: compared, continued after an interruption, or nothing is moved."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError

from office.models import Office
from tests.backup.test_drill import run

NAMES = ("attachments/0a/0a4f", "attachments/0b/0b11", "documents/1c/1c22", "office/lambang.png")


@pytest.fixture
def folder(office: Office, target: Path, settings: Any) -> Path:
    """The folder of an office whose STORAGE_URL has just been set. The bucket is another folder."""
    for name in NAMES:
        default_storage.save(name, ContentFile(name.encode() * 9_000))
    Office.objects.update(coat_of_arms=NAMES[-1])
    folder = Path(settings.MEDIA_ROOT)
    bucket = {"location": folder.with_name("bucket")}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": bucket}
    settings.STORAGES, settings.STORAGE_URL = settings.STORAGES | {"default": storage}, "s3://bucket"
    return folder


def test_an_interrupted_move_goes_on_and_the_folder_is_put_aside(folder: Path) -> None:
    default_storage.save(NAMES[0], ContentFile(NAMES[0].encode() * 9_000))
    assert "3 files copied, 1 were in the bucket before" in run("move_files")
    assert not folder.exists()
    [aside] = folder.parent.glob("files-moved-*")
    for name in NAMES:
        with default_storage.open(name) as moved:
            assert moved.read() == (aside / name).read_bytes() == name.encode() * 9_000
    with pytest.raises(CommandError, match="There is no folder"):
        run("move_files")


def spoil_the_bucket(folder: Path) -> str:
    default_storage.save(NAMES[1], ContentFile(b"lain"))
    return f"{NAMES[1]} has another content"


def lose_a_file(folder: Path) -> str:
    FileSystemStorage(location=folder).delete(NAMES[-1])
    return f"{NAMES[-1]} is named by the database, but exists nowhere"


@pytest.mark.parametrize("damage", [spoil_the_bucket, lose_a_file])
def test_the_folder_stays_if_a_file_differs_or_is_missing(folder: Path, damage: Any) -> None:
    sentence = damage(folder)
    with pytest.raises(CommandError, match=sentence):
        run("move_files")
    assert (folder / NAMES[0]).exists()


def test_a_folder_in_use_is_not_moved(folder: Path, settings: Any) -> None:
    settings.STORAGE_URL = ""
    with pytest.raises(CommandError, match="STORAGE_URL is not set"):
        run("move_files")
