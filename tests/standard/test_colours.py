"""The colours of an office: each is readable, and pages, papers and the administration follow the choice."""

from itertools import pairwise

import pytest
from django.test import Client

from documents.files import PrintedForm
from office.models import Office
from office.models.profile import SHADES, Colour
from tests.factories import ClientOf, Staff

MOST_READABLE = 7
"""Contrast of text (WCAG 2.2, AAA)."""


def get_luminance(shade: str) -> float:
    """Return the relative luminance of a colour such as `#0b5563` (WCAG 2.2)."""
    parts = [int(shade[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def get_contrast(one: str, other: str) -> float:
    dark, light = sorted((get_luminance(one), get_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", Colour)
def test_text_is_readable_in_each_colour(colour: Colour) -> None:
    brand, dark, tint, line = SHADES[colour]
    for shade in (brand, dark):
        assert get_contrast(shade, "#ffffff") >= MOST_READABLE
        assert get_contrast(shade, tint) >= MOST_READABLE - 0.5
    shades = [get_luminance(shade) for shade in (dark, brand, line, tint)]
    assert all(darker < lighter for darker, lighter in pairwise(shades))


def test_pages_follow_the_colour(staff: Staff, client_of: ClientOf) -> None:
    admin, desk = client_of(staff.admin), client_of(staff.pkd)
    pages = ((Client(), "/"), (desk, "/meja/"), (admin, "/pengaturan/office/room/"))
    rule = Office(colour=Colour.MAROON).css
    for client, address in pages:
        assert rule not in client.get(address).text
    Office.objects.update(colour=Colour.MAROON)
    for client, address in pages:
        response = client.get(address)
        assert rule in response.text, address
        nonce = response.text.partition(f">{rule}")[0].rpartition('nonce="')[2].rstrip('"')
        assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]


def test_papers_follow_the_colour(office: Office) -> None:
    rule, printed = Office(colour=Colour.BLUE).css, PrintedForm("Undangan", "undangan")
    assert rule not in printed.render_html()
    Office.objects.update(colour=Colour.BLUE)
    assert rule in printed.render_html()
