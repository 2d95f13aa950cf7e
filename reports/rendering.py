"""From HTML to PDF: the one place that knows WeasyPrint."""

import re

from django.utils.translation import gettext_lazy as _

LONGEST = 400_000
"""Characters of HTML that are set as one paper: about 150 full pages, three seconds of work."""

MOST_TAGS = 10_000
"""Tags in one paper. Each short line costs as much as a long one: about 4,000 lines, five seconds."""

LONGEST_WORD = 10_000
"""Characters without a space. The time to break a word grows with the square of its length."""

CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no printed text holds, but the line feed and the tab. A PDF reader could stumble over it."""


class TooLong(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A text is too long to be set as a paper. The message is a sentence for the user."""


def to_pdf(html: str) -> bytes:
    """Set a complete HTML page as a tagged PDF (PDF/UA-1) with embedded, subset fonts.

    The page carries all it shows inside itself, pictures as `data:`. Nothing else is fetched, from no host
    and from no disk. The same HTML gives the same bytes. Raises TooLong beyond the limits above.
    """
    # Loading WeasyPrint takes a second and 40 MB: only processes that make papers pay for it.
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    refuse_too_long(html)
    only_data = URLFetcher(allowed_protocols=frozenset({"data"}))
    page = HTML(string=CONTROL_CHARACTERS.sub("", html), url_fetcher=only_data)
    # A font configuration that two threads share corrupts memory: one for each document.
    return page.write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")


def refuse_too_long(html: str) -> None:
    """Raise TooLong where setting the page would keep a worker busy for long."""
    text = re.sub("<[^>]*>", " ", html)
    if len(text) > LONGEST or html.count("<") > MOST_TAGS:
        raise TooLong(_("Isi dokumen ini terlalu panjang untuk dicetak. Ringkas teksnya, lalu coba lagi."))
    if max(map(len, text.split()), default=0) > LONGEST_WORD:
        raise TooLong(
            _("Isi dokumen ini memuat kata yang terlalu panjang. Pisahkan dengan spasi, lalu coba lagi.")
        )
