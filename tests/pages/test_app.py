"""The installed app: its manifest and its service worker. tests/browser/test_app.py uses them in Chromium."""

from django.test import Client

from office.models import Office
from office.models.profile import SHADES, Colour
from tests.factories import Staff, client_of


def test_the_manifest_has_name_and_colour_of_the_office(office: Office) -> None:
    Office.objects.update(colour=Colour.MAROON)
    response = Client().get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert manifest["name"] == "Rembuk Dinas Contoh"
    assert manifest["theme_color"] == SHADES[Colour.MAROON][0]
    assert manifest["start_url"] == "/meja/"
    sizes = [(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]]
    assert sizes == [("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")]


def test_the_worker_is_the_same_for_everybody(staff: Staff) -> None:
    response = Client().get("/pekerja.js")
    assert response["Content-Type"] == "text/javascript"
    assert response.content == client_of(staff.petugas).get("/pekerja.js").content
    assert b"/meja/" in response.content


def test_pages_of_the_staff_alone_offer_the_app(staff: Staff) -> None:
    link = '<link rel="manifest" href="/manifest.webmanifest">'
    own = '<link rel="manifest" href="/warga.webmanifest">'
    desk, home = client_of(staff.petugas).get("/meja/").text, Client().get("/").text
    assert link in desk
    assert own not in desk
    assert own in home
    assert link not in home


def test_the_app_of_the_citizens_opens_the_home_page(office: Office) -> None:
    manifest = Client().get("/warga.webmanifest").json()
    assert (manifest["name"], manifest["short_name"]) == ("Dinas Contoh", "Konsultasi")
    assert manifest["start_url"] == manifest["scope"] == "/"
    assert manifest["id"] != Client().get("/manifest.webmanifest").json()["id"]


def test_the_desk_has_a_place_for_the_time_at_which_it_was_stored(staff: Staff) -> None:
    """The service worker finds it by this text."""
    page = client_of(staff.petugas).get("/meja/").content.decode()
    assert " data-disconnected hidden>Tidak terhubung: keadaan pukul <b>-</b>" in page
    assert " data-desk hidden>" in Client().get("/tidak-terhubung/").content.decode()
