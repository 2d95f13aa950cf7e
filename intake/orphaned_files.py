"""Files on disk that no row knows, left by a failed sending or a killed process: found, and removed."""

import datetime as dt
import logging
import secrets

from django.core.files.storage import default_storage

from consultations.models import Attachment
from intake.models import DraftFile
from office import clock

UNKNOWN_FOR = dt.timedelta(days=1)
"""A file this old belongs to no request that is still under way."""

KEPT_BY = {"attachments": Attachment, "drafts": DraftFile}
"""Which rows know the files of a folder."""

FOLDERS = 256
logger = logging.getLogger(__name__)


def remove_stray_files(part: str = "") -> int:
    """Remove old files without a row; returns how many.

    Looks into one of the 256 parts of each folder (`00` to `ff`), any one unless `part` names it: a clock
    that goes round every half minute comes to each within hours, and no round has much to read.
    """
    part = part or f"{secrets.randbelow(FOLDERS):02x}"
    return sum(_remove_from(f"{folder}/{part}", folder) for folder in KEPT_BY)


def _remove_from(path: str, folder: str) -> int:
    try:
        _folders, names = default_storage.listdir(path)
    except FileNotFoundError:
        return 0
    found = [f"{path}/{name}" for name in names]
    known = set(KEPT_BY[folder]._default_manager.filter(file__in=found).values_list("file", flat=True))
    removed = 0
    for file in found:
        if file not in known and default_storage.get_modified_time(file) < clock.now() - UNKNOWN_FOR:
            default_storage.delete(file)
            removed += 1
    if removed:
        logger.warning("%s files without a row were removed from %s", removed, path)
    return removed
