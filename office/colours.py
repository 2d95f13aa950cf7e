"""The colour of the office's pages and papers. The style sheets have that of TEAL."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    """Colours to choose from: with any of them, text has a contrast of at least 7 to 1."""

    TEAL = "TEAL", _("Hijau kebiruan")
    GREEN = "GREEN", _("Hijau")
    BLUE = "BLUE", _("Biru")
    MAROON = "MAROON", _("Merah tua")
    BROWN = "BROWN", _("Cokelat")


SHADES = {
    Colour.TEAL: ("#0b5563", "#083f4a", "#e3f0f2", "#a9cdd4"),
    Colour.GREEN: ("#1c5a30", "#123f21", "#e2f1e6", "#a8cfb3"),
    Colour.BLUE: ("#1a4b8c", "#123563", "#e4edf8", "#a9c2e3"),
    Colour.MAROON: ("#7a1f2b", "#58141d", "#f8e6e8", "#deadb3"),
    Colour.BROWN: ("#6b4310", "#4c2f0a", "#f6ecdf", "#dac19c"),
}
"""Each colour for buttons and links, when pressed, behind text, and for hairlines."""

NAMES = ("--brand", "--brand-dark", "--brand-tint", "--brand-line")


def get_css(colour: str) -> str:
    """Return the rule that gives pages this colour, or "" for the colour of the style sheets."""
    if colour == Colour.TEAL:
        return ""
    pairs = zip(NAMES, SHADES[Colour(colour)], strict=True)
    return f":root{{{';'.join(f'{name}:{shade}' for name, shade in pairs)}}}"
