"""Merging the files of a letter into one PDF."""

from collections.abc import Sequence

from intake.uploads import PDF, CheckedFile, run_in_sandbox


def merge_to_pdf(files: Sequence[CheckedFile]) -> CheckedFile | None:
    """Return one PDF of all files in order, named like the first. A single PDF is returned unchanged.

    Metadata of photographs is removed. Raise ValidationError if the files are too large together.
    """
    if not files:
        return None
    first = files[0]
    if len(files) == 1 and first.content_type == PDF:
        return first
    content_type, merged = run_in_sandbox("merge", [file.content for file in files])
    return CheckedFile(merged, content_type, first.name.rsplit(".", 1)[0] + ".pdf")
