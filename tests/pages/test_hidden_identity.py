"""Hidden identities: shown on no page and no document, revealed to the handling parties only, and logged."""

import datetime as dt
import re
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import get_resolver
from pytest_django.asserts import assertContains

from consultations import services as consultations_services
from consultations.enums import Identity, Kind, State
from consultations.identity import can_reveal_identity, get_contact, reveal_identity
from consultations.intake.uploads import CheckedFile
from consultations.models import Case, HiddenIdentity, IdentityReveal
from consultations.search import find
from consultations.workflow import VERBS
from documents.files import embedded_data, render_html
from documents.models import Document
from documents.registers import printing
from kit import clock
from tests.factories import Staff, case_at, client_of
from tests.pages.test_access import SECRET, STAND_IN, addresses
from tests.print.documents import words_of
from tests.shared_data import each
from tests.standard.test_permissions import afresh, read
from tests.submitting import pdf

pytestmark = pytest.mark.same_on_every_database

NAME, VILLAGE, PHONE = "Wulandari Tersembunyi", "Desa Rahasiawati", "+6281377001122"


TYPED = {
    "applicant_name": NAME,
    "applicant_position": "Bendahara Rahasiawati",
    "organisation": VILLAGE,
    "address": "Jalan Rahasiawati 7",
    "phone": PHONE,
    "email": "wulandari@example.id",
    "filled_by": "Anak Rahasiawati",
    "filled_as": "anak Tersembunyi",
    "letter_number": "7/RHS/2026",
    "subject": "Pungutan di loket",
    "material": "Saya diminta membayar di loket pada 3 November 2026.",
}
HIDDEN = (
    *("Wulandari", "Tersembunyi", "wulandari", "Rahasiawati", "81377001122", "813-7700-1122", "7/RHS/2026"),
)
"""What must never be seen of the complainant, in each form in which a page could show it."""

PDF = CheckedFile(pdf(), "application/pdf", "surat_wulandari.pdf")
FILES: dict[str, Any] = {"letter": PDF, "materials": [PDF]}
"""Files with the complainant's name. Each is opened twice in a process of its own."""

MAY_LOOK = """
SUBMITTED   pkd
REGISTERED  pkd kadis
DISPOSED    pkd kadis kabid
SCHEDULED   pkd kadis kabid petugas
CLOSED      pkd kadis kabid petugas
WITHDRAWN   pkd
"""
"""The people who may look at a hidden identity of a complaint in each state. All others are refused.

Withdrawn here before it was entered in the agenda book, where it says which official it is about.
"""


def hidden_at(state: State, staff: Staff, identity: str = Identity.CONFIDENTIAL, **more: Any) -> Case:
    """A complaint in `state` of somebody who typed everything, and asked to stay hidden."""
    return case_at(state, staff, kind=Kind.COMPLAINT, identity=identity, **{**TYPED, **more})


def text_of(client: Client, address: str, **data: str) -> str:
    response = client.get(address, data)
    content = response.getvalue() if response.streaming else response.content
    return content.decode("utf-8", "replace")


def test_the_case_keeps_nothing_of_who_complains(staff: Staff) -> None:
    case = hidden_at(State.SUBMITTED, staff, **FILES)
    case.refresh_from_db()
    kept = (case.applicant_name, case.organisation, case.address, str(case.phone), case.email)
    assert (*kept, case.letter_number) == ("Pelapor dirahasiakan", "", "", "", "", "")
    assert case.applicant_position == ""
    hidden = case.hidden_identity
    assert (hidden.name, hidden.organisation, str(hidden.phone)) == (NAME, VILLAGE, PHONE)
    names = [file.name for file in case.attachments.order_by("pk")]
    assert names == ["surat-pengaduan.pdf", "bahan-pengaduan.pdf"]
    for word in ("wulandari", "tersembunyi", "rahasiawati", "081377001122", "rhs", "wulandaru"):
        assert not find(Case.objects.all(), word).keys, word
    assert get_contact(case).phone == PHONE
    with pytest.raises(IntegrityError, match="contact_known_unless_hidden"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(letter_number="7/RHS/2026")


def test_of_who_is_anonymous_nothing_is_stored_at_all(staff: Staff) -> None:
    case = hidden_at(State.SUBMITTED, staff, Identity.ANONYMOUS, **FILES)
    case.refresh_from_db()
    assert (case.applicant_name, str(case.phone), case.email) == ("Pelapor anonim", "", "")
    assert not HiddenIdentity.objects.exists()
    assert get_contact(case) == type(get_contact(case))()
    assert not any(find(Case.objects.all(), word).keys for word in ("wulandari", "081377001122"))
    for nothing_hidden in (case, hidden_at(State.SUBMITTED, staff, Identity.OPEN)):
        with pytest.raises(PermissionDenied):
            reveal_identity(nothing_hidden, by=staff.pkd, reason="Coba", is_not_meant=True)
        address = f"/permohonan/{nothing_hidden.code}/identitas/"
        assert client_of(staff.pkd).get(address).status_code == 404


@each("identity", Identity)
def test_a_tracking_code_is_shown_as_one_only_if_it_opens_something(identity: str, staff: Staff) -> None:
    """The form has no place for a signature of somebody without a name."""
    case, is_open = hidden_at(State.SUBMITTED, staff, identity), identity == Identity.OPEN
    page, receipt = (Client().get(f"/p/{case.secret}/{rest}").text for rest in ("", "tanda-terima/"))
    form = words_of("surat-permohonan", case)
    for shown in (
        page.partition("<main")[2],
        receipt.partition("<main")[2],
        form,
        words_of("tanda-terima", case),
    ):
        assert ("Kode lacak" in shown) == is_open
    assert (f"<title>Pengaduan {case.code}" in page) == is_open
    assert ("bukan untuk membuka halaman ini" in page) != is_open
    assert (f"Kode pengaduan {case.code}, untuk disebut bila bertanya" in form) != is_open
    assert form.count(case.applicant_name) == (2 if is_open else 1)


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_no_number_of_who_complains_leads_to_the_complaint(identity: str, staff: Staff) -> None:
    case = hidden_at(State.SUBMITTED, staff, identity, lapor_number="LAPOR-1234567")
    consultations_services.register(case, by=staff.pkd, classification="700", lapor_number="LAPOR-7654321")
    typed = ("0813-7700-1122", "+62 813 7700 1122", "LAPOR-1234567", "1234567", "7654321", "7/RHS/2026")
    assert [number for number in typed if find(Case.objects.all(), number).keys] == []
    assert find(Case.objects.all(), f"No. {case.agenda}").keys == [case.pk]


@each("state", read(MAY_LOOK))
def test_exactly_the_people_of_the_table_may_look(state: str, staff: Staff) -> None:
    case = hidden_at(State(state), staff)
    allowed = {name for name, user in vars(staff).items() if can_reveal_identity(afresh(user), case)}
    revealed_to = set()
    for name, user in vars(staff).items():
        with suppress(PermissionDenied):
            reveal_identity(case, by=afresh(user), reason="Menghubungi pelapor", is_not_meant=True)
            revealed_to.add(name)
    assert allowed == revealed_to == read(MAY_LOOK)[state]
    assert IdentityReveal.objects.count() == len(revealed_to)


@each("name", ["pkd", "kadis", "kabid", "petugas"])
def test_who_is_complained_about_never_looks(name: str, staff: Staff) -> None:
    official = getattr(staff, name)
    case = hidden_at(State.SCHEDULED, staff)
    Case.objects.filter(pk=case.pk).update(complained_about=official)
    case.refresh_from_db()
    with pytest.raises(PermissionDenied):
        reveal_identity(case, by=afresh(official), reason="Ingin tahu")
    for page in ("", "identitas/"):
        assert client_of(official).get(f"/permohonan/{case.code}/{page}").status_code == 404
    assert not IdentityReveal.objects.exists()


def test_a_look_needs_a_reason_is_shown_once_and_stays_on_record(staff: Staff) -> None:
    case = hidden_at(State.SCHEDULED, staff)
    address, client = f"/permohonan/{case.code}/identitas/", client_of(staff.petugas)
    asked = client.get(address).text
    assert ('data-form="look"' in asked, NAME in asked) == (True, False)
    refused = client.post(address, {"reason": "  "})
    assertContains(refused, "Tulis untuk apa identitas pelapor perlu dibuka.", status_code=422)
    assert not IdentityReveal.objects.exists()

    shown = client.post(address, {"reason": "Meminta bukti"})
    for words in (NAME, f'href="tel:{PHONE}"', "https://wa.me/6281377001122?text="):
        assert words in shown.text
    assert "no-store" in shown["Cache-Control"]
    taken = IdentityReveal.objects.get()
    expected = (staff.petugas, "Petugas Rehabilitasi Sosial", "Meminta bukti")
    assert (taken.by, taken.title, taken.reason) == expected
    assert NAME not in client.get(address).text

    readers = (staff.pkd, staff.kadis, staff.petugas, staff.kabid, staff.companion)
    pages = [text_of(client_of(reader), f"/permohonan/{case.code}/") for reader in readers]
    assert ["Meminta bukti" in page for page in pages] == [True, True, True, False, False]
    assert 'data-verb="look"' not in pages[-1]


def test_before_the_agenda_who_looks_declares_not_to_be_the_one_meant(staff: Staff) -> None:
    """The subject of the complaint is not entered yet. It may be the head or the reader."""
    case = hidden_at(State.SUBMITTED, staff, complained_party="Kepala Dinas")
    address = f"/permohonan/{case.code}/identitas/"
    assert client_of(staff.kadis).get(address).status_code == 404
    client = client_of(staff.pkd)
    asked = text_of(client, address)
    assert "Kepala Dinas</strong>" in asked
    assert "Saya bukan yang diadukan" in asked
    refused = client.post(address, {"reason": "x" * 150})
    assertContains(refused, "Centang bila pengaduan ini bukan mengenai Anda.", status_code=422)
    with pytest.raises(PermissionDenied):
        reveal_identity(case, by=staff.pkd, reason="Coba")
    assert not IdentityReveal.objects.exists()

    shown = client.post(address, {"reason": "x" * 150, "is_not_meant": "on"})
    assert NAME in shown.text
    taken = IdentityReveal.objects.get()
    assert taken.reason == f"{'x' * 150} (Menyatakan bukan pihak yang diadukan.)"
    assert "Menyatakan bukan pihak yang diadukan." in text_of(client, f"/permohonan/{case.code}/")


def test_files_of_a_hidden_complainant_open_only_after_a_look(staff: Staff) -> None:
    case = hidden_at(State.SCHEDULED, staff, **FILES)
    letter = case.attachments.order_by("pk").first()
    assert letter
    address, page = f"/berkas/{letter.pk}/", f"/permohonan/{case.code}/identitas/"
    for name in ("petugas", "companion", "sekretariat"):
        assert client_of(getattr(staff, name)).get(address)["Location"] == page
    assert client_of(staff.companion).get(page).status_code == 403
    assert client_of(staff.sekretariat).post(page, {"reason": "Coba"}).status_code == 403
    assert Client().get(f"/p/{case.secret}/berkas/{letter.pk}/").status_code == 404

    client = client_of(staff.petugas)
    shown = client.post(page, {"reason": "Membaca surat"}).text
    (permit,) = re.findall(rf'href="({address}\?izin=[^"]+)"', shown)
    assert client.get(permit).getvalue().startswith(b"%PDF-")
    assert client_of(staff.kadis).get(permit)["Location"] == page, "the permit of somebody else"
    with clock.set_to(clock.now() + dt.timedelta(minutes=31)):
        assert client.get(permit)["Location"] == page, "after half an hour"
    staff.petugas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    assert client.get(permit).status_code == 404, "who has lost the case"


def addresses_of(case: Case) -> list[str]:
    """Every URL of the site for this case, with the page of each step. Documents are read as HTML below."""
    examples = addresses(get_resolver().url_patterns)
    steps = [f"/permohonan/{case.code}/{verb}/" for verb in VERBS]
    found = [a.replace(STAND_IN["code:"], case.code).replace(SECRET, case.secret) for a in examples]
    return sorted({*found, *steps} - {a for a in found if a.startswith("/akun/") or a.endswith("pdf")})


READERS = """
SUBMITTED   sekretariat pkd
DISPOSED    kabid
SCHEDULED   petugas companion
CLOSED      pkd kadis
"""


@each(("name", "state"), [("petugas", State.SCHEDULED)])
def test_no_page_of_who_handles_it_tells_who_complains(name: str, state: State, staff: Staff) -> None:
    crawl(name, state, staff)


@pytest.mark.release
@each(("name", "state"), [(name, State(state)) for state, names in read(READERS).items() for name in names])
def test_no_page_of_anybody_tells_who_complains(name: str, state: State, staff: Staff) -> None:
    crawl(name, state, staff)


def crawl(name: str, state: State, staff: Staff) -> None:
    case, person = hidden_at(state, staff, **FILES), getattr(staff, name)
    reveal_identity(case, by=staff.pkd, reason="Menghubungi", is_not_meant=True)
    crawled = addresses_of(case)
    if (name, state) == ("pkd", State.CLOSED):  # the administration looks the same to each superuser
        person.is_staff = person.is_superuser = True
        person.save()
    else:
        crawled = [address for address in crawled if not address.startswith("/pengaturan/")]
    client = client_of(person)
    seen = {address: text_of(client, address) for address in crawled}
    assert sum(case.code in text for text in seen.values()) >= 4
    assert {address: word for address, text in seen.items() for word in HIDDEN if word in text} == {}
    for words in ("Wulandari", "081377001122", "Rahasiawati", "RHS"):
        assert case.code not in text_of(client, "/permohonan/", q=words), words


def test_no_document_and_no_embedded_data_name_the_complainant(staff: Staff) -> None:
    case = hidden_at(State.CLOSED, staff, **FILES)
    typed = hidden_at(State.SUBMITTED, staff)
    for kind in (Document.Kind.AGENDA_BOOK, Document.Kind.RECAP):
        printing.print_register(kind, by=staff.pkd, since=clock.today(), until=clock.today())
    papers = list(Document.objects.all())
    kinds = {paper.kind for paper in papers}
    assert {Document.Kind.APPLICATION, Document.Kind.RECEIPT, Document.Kind.REPORT} <= kinds
    for paper in papers:
        text = render_html(paper) + embedded_data(paper).content.decode()
        assert [word for word in HIDDEN if word in text] == [], paper.kind
    assert "Pelapor dirahasiakan" in render_html(typed.documents.get(kind=Document.Kind.APPLICATION))
    assert "Pelapor dirahasiakan" in render_html(case.documents.get(kind=Document.Kind.RECEIPT))


def test_a_look_that_finds_nothing_is_none(staff: Staff) -> None:
    case = hidden_at(State.REGISTERED, staff)
    reveal_identity(case, by=staff.pkd, reason="Menghubungi pelapor")
    HiddenIdentity.objects.all().delete()
    with pytest.raises(HiddenIdentity.DoesNotExist), transaction.atomic():
        reveal_identity(case, by=staff.pkd, reason="Lain")
    assert IdentityReveal.objects.get().reason == "Menghubungi pelapor"
