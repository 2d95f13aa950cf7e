"""Letters from the draft to the citizen: signed on a telephone, and on paper with a photograph."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from consultations.enums import State
from consultations.models import Case
from documents import signing_desk
from documents.models import Document
from documents.models.document import DocumentKind, PaperState
from office.models import Role
from tests.browser.accessibility import objections
from tests.browser.conftest import DESKTOP, WITH_AND_WITHOUT, Arrive
from tests.browser.person import Person, chosen
from tests.browser.test_head_of_office import Thumb
from tests.factories import Staff, appoint, case_at
from tests.signing import certificates
from tests.signing.certificates import PASSPHRASE

K, S = DocumentKind, PaperState
pytestmark = pytest.mark.browser

MOST_TAPS = 4

KEEP_PROGRESS = """() => {
  const shown = document.querySelector("[data-progress]");
  const keep = () => sessionStorage.setItem("progress", shown.innerText);
  new MutationObserver(keep).observe(shown, {childList: true});
}"""
"""Remember what the page says while the batch is being signed: the browser is on its way to the next page."""


@pytest.fixture
def certificate(settings: Any, tmp_path: Path) -> None:
    """Let the office sign with a key in a file."""
    file = tmp_path / "kantor.p12"
    file.write_bytes(certificates.person(certificates.authority()).key_file())
    settings.SIGNER, settings.SIGNER_PKCS12 = "pkcs12", str(file)


def schedule_of(case: Case) -> Document:
    return Document.objects.get(case=case, kind=K.SCHEDULE)


def open_paper(person: Person, paper: Document) -> None:
    person.open(f"/tanda-tangan/{paper.pk}/")


def verdict(anybody: Person, paper: Document) -> str:
    return anybody.open(f"/verifikasi/{paper.pk}/").locator("main h1").inner_text()


def citizen_opens(citizen: Person, case: Case) -> int:
    """Return how many letters about the schedule the page of the applicant offers."""
    return citizen.open(f"/p/{case.secret}/").locator('a[href$="/pemberitahuan-jadwal.pdf"]').count()


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_a_letter_is_given_back_corrected_initialled_and_signed(
    javascript: bool, certificate: None, staff: Staff, arrive: Arrive
) -> None:
    case = case_at(State.SCHEDULED, staff)
    paper = schedule_of(case)
    division, officer, head, anybody = (
        arrive(name, javascript=javascript) for name in ("kabid", "petugas", "kadis", "")
    )
    assert "Konsep" in verdict(anybody, paper)
    assert not citizen_opens(anybody, case)
    assert anybody.page.locator("[data-awaited]").count() == 1

    open_paper(division, paper)
    division.follow("give_back")
    division.send("give_back")
    assert "Galat:" in division.page.title()
    assert division.page.locator(".error-box a[href='#id_reason']").count() == 1
    division.send("give_back", reason="Sebutkan ruang tunggunya.")

    officer.open("/tanda-tangan/")
    officer.page.locator(f'[data-papers="ajukan"] [data-paper="{paper.pk}"] a').first.click()
    assert "Sebutkan ruang tunggunya." in officer.said()
    officer.send("submit", text="Ruang tunggu ada di lantai 1.")

    open_paper(division, paper)
    division.send("initial")
    assert "Konsep" in verdict(anybody, paper)

    open_paper(head, paper)
    assert is_in_reach(head, "form[data-form=sign] button[type=submit]")
    assert is_in_reach(head, "form[data-form=sign] [name=passphrase]")
    assert not javascript or not objections(head)
    head.send("sign", passphrase="salah-2026")
    assert "Galat:" in head.page.title()
    assert not javascript or not objections(head)
    head.send("sign", passphrase=PASSPHRASE)
    paper.refresh_from_db()
    assert (paper.state, paper.way, paper.signed_by) == (S.SENT, "ELECTRONIC", staff.kadis)
    assert "masih berlaku" in verdict(anybody, paper)
    assert citizen_opens(anybody, case) == 1


def is_in_reach(person: Person, selector: str) -> bool:
    """Return whether something is on the screen without scrolling."""
    box = person.page.locator(selector).bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 800


def test_a_letter_is_printed_signed_by_hand_and_photographed(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.SCHEDULED, staff)
    paper = schedule_of(case)
    signing_desk.initial(paper, by=staff.kabid)
    registry, anybody = arrive("sekretariat"), arrive()
    open_paper(registry, paper)
    assert is_in_reach(registry, 'button[form="cetak"]')
    assert not objections(registry)
    with registry.page.expect_popup():
        registry.page.locator('button[form="cetak"]').click()
    paper = wait_for_print(registry, paper)
    assert "Konsep" in verdict(anybody, paper)

    registry.open("/tanda-tangan/")
    registry.page.locator('a[href$="/pindaian/"]').last.click()
    assert not objections(registry)
    photo = photograph(paper)
    registry.send("scans", pages=[chosen("halaman.jpg", photo), chosen("meja.jpg", blank())])
    assert registry.page.locator("[data-doubtful='1']").count() == 1
    assert "meja.jpg" in registry.said()
    assert not objections(registry)
    paper.refresh_from_db()
    assert (paper.state, paper.way, paper.signed_by) == (S.SENT, "HAND", staff.kadis)
    assert "belum dikonfirmasi penanda tangan" in verdict(anybody, paper)
    head = arrive("kadis")
    open_paper(head, paper)
    assert not objections(head)
    with head.page.expect_navigation():
        head.page.locator("form[data-form=confirm] .btn-primary").click()
    assert "masih berlaku" in verdict(anybody, paper)
    assert "Tanda tangan basah" in anybody.said()
    assert citizen_opens(anybody, case) == 1


def wait_for_print(person: Person, paper: Document) -> Document:
    """Return the paper once its print is stored: the page of the paper offers it then."""
    for _attempt in range(50):
        open_paper(person, paper)
        if person.page.locator('a[href$="/cetakan.pdf"]').count():
            break
        person.page.wait_for_timeout(200)
    return Document.objects.get(pk=paper.pk)


def photograph(paper: Document) -> bytes:
    """Return a photograph of the first printed page, not quite straight."""
    with paper.original.open() as file:
        page = PdfDocument(file.read())[0].render(scale=2.2).to_pil()
    stream = BytesIO()
    page.rotate(1.5, fillcolor="white").save(stream, "JPEG", quality=70)
    return stream.getvalue()


def blank() -> bytes:
    """Return a photograph without a code."""
    stream = BytesIO()
    Image.new("RGB", (600, 800), "white").save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.release
def test_twenty_letters_take_one_passphrase_and_at_most_four_taps(
    certificate: None, staff: Staff, arrive: Arrive
) -> None:
    """Ten appointments make twenty routine letters. One of them is too long for a PDF."""
    for _number in range(10):
        case_at(State.SCHEDULED, staff)
    for paper in Document.objects.filter(state=S.INITIALS):
        signing_desk.initial(paper, by=staff.kabid)
    waiting = Document.objects.filter(state=S.SIGNATURE, kind__in=[K.SCHEDULE, K.ASSIGNMENT])
    assert waiting.count() == 20
    failing = waiting.order_by("issued_at")[7]
    Document.objects.filter(pk=failing.pk).update(text="x" * 1_000_000)

    head = arrive("kadis")
    thumb, page = Thumb(head), head.page
    assert page.locator('nav [href="/tanda-tangan/"] .n').first.text_content() == "20"
    thumb.tap('main a[href="/tanda-tangan/"]')
    page.set_viewport_size({"width": 360, "height": 4000})  # the bar covers no row
    assert not objections(head)
    thumb.tap('a[href="/tanda-tangan/sekaligus/"]')
    assert page.locator('[name="papers"]:checked').count() == 20
    page.set_viewport_size({"width": 360, "height": 4000})
    assert not objections(head)
    head.fill("sign", passphrase=PASSPHRASE)
    page.evaluate(KEEP_PROGRESS)
    head.context.set_default_timeout(180_000)
    thumb.tap("form[data-form=sign] button[type=submit]")
    page.locator("[data-failed='1']").wait_for()
    assert "dari 20 surat ditandatangani." in page.evaluate("() => sessionStorage.getItem('progress')")
    assert "19 surat ditandatangani" in head.said()
    assert page.locator(f'[data-failed] a[href="/tanda-tangan/{failing.pk}/"]').count() == 1
    assert not objections(head)
    assert [*waiting.values_list("pk", flat=True)] == [failing.pk]
    assert thumb.taps <= MOST_TAPS


def test_a_standing_order_lets_another_sign_in_the_name_of_the_head(
    certificate: None, staff: Staff, arrive: Arrive
) -> None:
    head = arrive("kadis")
    head.open("/tanda-tangan/perintah/")
    head.send("order")
    assert "Galat:" in head.page.title()
    assert not objections(head)
    dated = "2026-01-05"
    head.send("order", kind=K.SCHEDULE, signer=Role.DIVISION_HEAD, number="800/1/X/2026", dated=dated)
    assert "800/1/X/2026" in head.said()
    assert not objections(head)

    paper = schedule_of(case_at(State.SCHEDULED, staff))
    division = arrive("kabid", width=DESKTOP)
    open_paper(division, paper)
    assert "800/1/X/2026" in division.said()
    division.send("sign", passphrase=PASSPHRASE)
    paper.refresh_from_db()
    assert paper.signed_title == "a.n. Kepala Dinas\nKepala Bidang Rehabilitasi Sosial"


def test_a_stand_in_signs_under_the_own_title(certificate: None, staff: Staff, arrive: Arrive) -> None:
    appoint(staff.other_kabid, Role.HEAD, acting="Plh.")
    case = case_at(State.SCHEDULED, staff)
    paper = schedule_of(case)
    signing_desk.initial(paper, by=staff.kabid)
    reader = arrive("petugas", width=DESKTOP)
    reader.open(f"/permohonan/{case.code}/")
    row = reader.page.locator('[data-document="pemberitahuan-jadwal"]')
    assert "menunggu tanda tangan" in row.inner_text()
    assert row.locator(f'a[href="/tanda-tangan/{paper.pk}/"]').count() == 1
    stand_in = arrive("other_kabid")
    stand_in.open("/tanda-tangan/")
    stand_in.page.locator(f'[data-papers="tanda-tangan"] [data-paper="{paper.pk}"] a').first.click()
    stand_in.send("sign", passphrase=PASSPHRASE)
    paper.refresh_from_db()
    assert (paper.signed_by, paper.signed_title) == (staff.other_kabid, "Plh. Kepala Dinas")


def test_an_empty_desk_says_that_nothing_waits(staff: Staff, arrive: Arrive) -> None:
    head = arrive("kadis")
    head.open("/tanda-tangan/")
    assert "Tidak ada yang menunggu Anda" in head.said()
    assert not objections(head)
