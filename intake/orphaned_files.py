"""Removal of uploaded files without a row, left by a failed request or a killed process."""

import datetime as dt
import logging
import secrets

from django.core.files.storage import default_storage

from consultations.models import Attachment
from intake.models import DraftFile
from office import clock

MIN_AGE = dt.timedelta(days=1)
"""Age of a file that cannot belong to a running request any more."""

OWNERS = {"attachments": Attachment, "drafts": DraftFile}
"""Models whose rows name the files of a folder."""

logger = logging.getLogger(__name__)


def delete_orphaned_files(part: str = "") -> int:
    """Delete old files without a row in one of the 256 parts of each folder; return how many.

    `part` is `00` to `ff`. By default it is random: the scheduler runs every half minute and so visits all
    parts within hours, without reading much at a time.
    """
    part = part or f"{secrets.randbelow(256):02x}"
    return sum(_delete_from(f"{folder}/{part}", folder) for folder in OWNERS)


def _delete_from(path: str, folder: str) -> int:
    try:
        _folders, names = default_storage.listdir(path)
    except FileNotFoundError:
        return 0
    found = [f"{path}/{name}" for name in names]
    known = set(OWNERS[folder]._default_manager.filter(file__in=found).values_list("file", flat=True))
    deleted = 0
    for file in found:
        if file not in known and default_storage.get_modified_time(file) < clock.now() - MIN_AGE:
            default_storage.delete(file)
            deleted += 1
    if deleted:
        logger.warning("deleted %s files without a row from %s", deleted, path)
    return deleted
