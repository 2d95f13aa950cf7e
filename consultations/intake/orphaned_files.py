"""Quarantine of uploaded files without a row, left by a failed request or a killed process."""

import datetime as dt
import logging

from django.core.cache import cache
from django.core.files.storage import default_storage

from consultations.intake.models import DraftFile
from consultations.models import Attachment
from kit import clock

MIN_AGE = dt.timedelta(days=1)
"""Age of a file that cannot belong to a running request any more."""

MAX_PERCENT = 1
"""Share of all files. If more have no row, the database is not the one of these files, or is an older one."""

INTERVAL = 24 * 3600
"""Seconds between two runs."""

OWNERS = {"attachments": Attachment, "drafts": DraftFile}
"""Models whose rows name the files of a folder."""

QUARANTINE = "quarantine"
"""Folder that nothing reads or empties. Move a file back from there by hand if it is needed after all."""

logger = logging.getLogger(__name__)


def quarantine_daily() -> int:
    """Run `quarantine_orphaned_files` once a day, in one of the processes that share the cache."""
    return quarantine_orphaned_files() if cache.add("orphaned_files", True, timeout=INTERVAL) else 0


def quarantine_orphaned_files() -> int:
    """Move old files without a row to the quarantine; return how many. Move none above MAX_PERCENT."""
    total, orphaned = 0, []
    for folder in OWNERS:
        for part in _list(folder)[0]:
            files = [f"{folder}/{part}/{name}" for name in _list(f"{folder}/{part}")[1]]
            total += len(files)
            orphaned += _without_row(files, folder)
    if len(orphaned) * 100 > total * MAX_PERCENT:
        logger.error(
            "%s of %s uploaded files have no row in the database. None was moved: more than %s %% are not "
            "orphaned, but belong to another database. First of them: %s",
            *(len(orphaned), total, MAX_PERCENT, orphaned[0].rpartition("/")[2]),
        )
        return 0
    for name in orphaned:
        _quarantine(name)
        folder, _slash, file = name.rpartition("/")
        logger.warning("moved %s of %s to the quarantine: it has no row", file, folder)
    return len(orphaned)


def _list(path: str) -> tuple[list[str], list[str]]:
    """Return the names of folders and of files. A folder that does not exist is empty."""
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _without_row(files: list[str], folder: str) -> list[str]:
    known = set(OWNERS[folder]._default_manager.filter(file__in=files).values_list("file", flat=True))
    return [file for file in files if file not in known and _is_old(file)]


def _is_old(file: str) -> bool:
    """Return whether a file has MIN_AGE. A file that somebody deletes during the run has not."""
    try:
        return default_storage.get_modified_time(file) < clock.now() - MIN_AGE
    except FileNotFoundError:
        return False


def _quarantine(name: str) -> None:
    """Move a file to the same path below QUARANTINE. A process killed in between leaves two copies."""
    with default_storage.open(name) as content:
        default_storage.save(f"{QUARANTINE}/{name}", content)
    default_storage.delete(name)
