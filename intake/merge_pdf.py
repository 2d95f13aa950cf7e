"""Several files or photographs of a letter become one PDF, without what a camera tells of its owner."""

from collections.abc import Sequence

from intake.uploads import PDF, CheckedFile, open_apart


def as_one_pdf(files: Sequence[CheckedFile]) -> CheckedFile | None:
    """One PDF of all the files, in order, named like the first; a single PDF stays as it is, byte by byte.

    Raises ValidationError where all of them together are too much.
    """
    if not files:
        return None
    first = files[0]
    if len(files) == 1 and first.content_type == PDF:
        return first
    content_type, joined = open_apart("join", [file.content for file in files])
    return CheckedFile(joined, content_type, first.name.rsplit(".", 1)[0] + ".pdf")
