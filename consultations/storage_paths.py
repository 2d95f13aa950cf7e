"""Random paths for uploaded files, so that a path shows neither the name of a file nor its sender."""

import uuid
from typing import Any


def random_path(instance: Any, name: str, *, folder: str) -> str:
    """Return a path such as `drafts/0a/0a4f...`. Use as `upload_to=partial(random_path, folder="drafts")`."""
    token = uuid.uuid4().hex
    return f"{folder}/{token[:2]}/{token}"
