"""Lines about a set that commands print."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from office.backup.manifest import Manifest

MAX_NAMES = 20
"""Missing files that are named. The manifest has all."""


def describe(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Yield lines about a set: what it holds, and what it lacks."""
    made_at = timezone.localtime(dt.datetime.fromisoformat(manifest.made_at))
    yield f"{folder}"
    yield f"  made      {made_at:%Y-%m-%d %H:%M:%S %Z} of {manifest.site}, Rembuk {manifest.version}"
    counts, dump = manifest.database.counts, manifest.dump
    rows = f"{sum(counts.values()):,} rows in {len(counts)} tables"
    yield f"  database  {manifest.database.kind}, {rows}, {_megabytes(dump.stored_size)}"
    size = sum(member.stored_size for member in manifest.files)
    yield f"  files     {len(manifest.files):,}, {_megabytes(size)}"
    yield f"  encrypted {manifest.encryption.partition(':')[0] or 'no'}"
    for title, names in (
        ("missing when it was made", manifest.missing),
        ("deleted by users while it was made", manifest.deleted_meanwhile),
    ):
        if names:
            more = ", ..." if len(names) > MAX_NAMES else ""
            yield f"  {title}: {len(names)} files: {', '.join(names[:MAX_NAMES])}{more}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
