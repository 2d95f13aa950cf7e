"""The installed app: its manifest and its service worker. tests/browser/test_app.py uses them in Chromium."""

import re

from django.test import Client

from office.models import Office
from office.models.profile import SHADES, Colour
from tests.factories import Staff, client_of


def test_the_manifests_have_name_and_colour_of_the_office(office: Office) -> None:
    Office.objects.update(colour=Colour.MAROON)
    response = Client().get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest, public = response.json(), Client().get("/warga.webmanifest").json()
    assert (manifest["name"], public["name"]) == ("Rembuk Dinas Contoh", "Dinas Contoh")
    assert manifest["theme_color"] == SHADES[Colour.MAROON][0]
    assert (manifest["start_url"], public["start_url"], public["scope"]) == ("/meja/", "/", "/")
    assert public["id"] != manifest["id"]
    sizes = [(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]]
    assert sizes == [("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")]


def test_the_worker_is_the_same_for_everybody(staff: Staff) -> None:
    response = Client().get("/pekerja.js")
    assert response["Content-Type"] == "text/javascript"
    assert response.content == client_of(staff.petugas).get("/pekerja.js").content
    assert b"/meja/" in response.content


def test_pages_of_the_staff_alone_offer_the_app(staff: Staff) -> None:
    for client, page, own in ((client_of(staff.petugas), "/meja/", "manifest"), (Client(), "/", "warga")):
        found = re.findall('<link rel="manifest" href="/(.*?).webmanifest">', client.get(page).text)
        assert found == [own]


def test_the_desk_has_a_place_for_the_time_at_which_it_was_stored(staff: Staff) -> None:
    """The service worker finds it by this text."""
    page = client_of(staff.petugas).get("/meja/").content.decode()
    assert " data-disconnected hidden>Tidak terhubung: keadaan pukul <b>-</b>" in page
    assert " data-desk hidden>" in Client().get("/tidak-terhubung/").content.decode()
