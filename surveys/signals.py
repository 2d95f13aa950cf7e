"""Signals for apps that add documents to the survey."""

from django.dispatch import Signal

result_published = Signal()
"""Sent by `publish()` with `publication`, inside its transaction: an exception undoes the publication."""

pdf_linked = Signal()
"""Sent by a page that links to a PDF. A receiver returns its URL.

`subject` is a `Publication` (its document), a `Case` (its questionnaire) or None (the blank questionnaire).
"""


def get_pdf_url(subject: object) -> str:
    """Return the URL of a PDF as the first receiver of `pdf_linked` names it; empty if there is none."""
    return next((str(url) for _receiver, url in pdf_linked.send(get_pdf_url, subject=subject)), "")
