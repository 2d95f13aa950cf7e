"""The English interface: no Indonesian word is left in it, and what goes on record stays Indonesian."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import CharField, TextField
from django.test import Client
from django.utils import translation

from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.workflow import list_open_steps
from documents.files import render_html
from documents.models import Document
from documents.types import CASE_DOCUMENT_TYPES
from kit.urls import CodeConverter, SecretConverter
from office.models import User
from tests import factories
from tests.case_page import read_all
from tests.factories import client_of
from tests.many_cases import case_in_each_state

WORDS = """akan apakah atau bagaimana belum berikut bila boleh buka cari catat dalam dan dapat dari daftar
    dengan diterima hari hasil hanya harus hubungi ini isi itu jadwal jam juga kami kembali kepada kirim
    laporan lebih lihat lewat masih masuk menit menunggu naskah oleh orang pada permohonan pemohon
    pengaduan perlu pilih sampai saya sebagai sebelum semua sesudah setiap sudah supaya surat tanggal
    tampilkan telah tidak tulis tunggu ubah untuk waktu yang anda"""
INDONESIAN = frozenset(WORDS.split())
"""Words that hardly an Indonesian sentence does without, and no English one has."""

VOID_TAGS = "area base br col embed hr img input link meta source track wbr"
EMPTY = frozenset(VOID_TAGS.split())
READ = ("aria-label", "title", "placeholder", "alt")
RANDOM = re.compile(rf"{SecretConverter.regex}|{CodeConverter.regex}")


class Shown(HTMLParser):
    """The words of a page and its attributes. Texts marked as Indonesian or typed by people are left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        typed = {"typed", "note"} & {*(own.get("class") or "").split()}
        unread = tag in ("script", "style", "textarea")
        hidden = unread or own.get("lang") == "id" or typed or any(self.open[-1:])
        if tag not in EMPTY:
            self.open.append(bool(hidden))
        if not hidden:
            self.texts += [value for name in READ if (value := own.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open[-1:]):
            self.texts.append(data)

    @property
    def leftovers(self) -> dict[str, str]:
        """Return the Indonesian words, each with its place. Random codes and secrets are no words."""
        found = {}
        for text in self.texts:
            for word in re.findall(r"[^\W\d_]+", RANDOM.sub("", text)):
                if word.lower() in INDONESIAN:
                    found[word] = " ".join(text.split())[:100]
        return found


def reading(user: User | None = None) -> Client:
    """Return a client with English chosen, logged in if a user is given."""
    client = client_of(user) if user else Client()
    client.cookies["language"] = "en"
    return client


def leftovers(client: Client, addresses: Iterable[str]) -> dict[str, dict[str, str]]:
    """The Indonesian words on pages, by address."""
    found = {}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        if words := Shown(response.text).leftovers:
            found[address] = words
    return found


DETAILS = {"subject": "Social aid", "material": "How do we propose people?"}
PUBLIC = (
    *("/", "/ajukan/", "/pengaduan/", "/lacak/", "/masuk/", "/standar-layanan/", "/privasi/"),
    *("/aksesibilitas/", "/statistik/", "/survei/hasil/", "/verifikasi/"),
)
OFFICE = [
    *("/meja/", "/pesan/", "/permohonan/", "/agenda/", "/kalender/", "/laporan/", "/tindak-lanjut/"),
    *("/register/", "/naskah/buku-agenda/", "/naskah/register-konsultasi/", "/naskah/register-pengaduan/"),
    *("/naskah/buku-surat-keluar/", "/naskah/buku-ekspedisi/", "/naskah/rekap-laporan/", "/dasbor/"),
]


def test_pages_for_everybody_and_the_entrances_of_the_counter_are_english(staff: factories.Staff) -> None:
    for _ in range(5):
        factories.walk_in_at(State.ASSIGNED, staff)
    page = reading().get("/statistik/").text
    assert f'<th scope="row" lang="id">{staff.division}</th>' in page, "a label of the office is Indonesian"
    assert '<th scope="row">Consultation</th>' in page
    assert leftovers(reading(), PUBLIC) == {}
    assert leftovers(reading(staff.sekretariat), ["/surat-masuk/", "/datang-langsung/"]) == {}
    assert leftovers(reading(staff.admin), ["/meja/"]) == {}


LISTS = {"sekretariat": 2, "pkd": 2, "kadis": 10, "kabid": 1, "petugas": 1, "pengawas": 2}
"""Number of OFFICE pages that each user opens."""


@pytest.mark.release
def test_applicant_and_office_read_english(staff: factories.Staff, subtests: pytest.Subtests) -> None:
    """Everybody's own steps, and the lists and cases of the Kepala Dinas, who sees them all."""
    visitor, clients = reading(), {name: reading(getattr(staff, name)) for name in LISTS}

    def steps(name: str, case: Case) -> list[str]:
        present = Case.objects.get(pk=case.pk)  # a reader before may have ended a way back
        open_steps = list_open_steps(getattr(staff, name), present)
        return [f"/permohonan/{case.code}/{step.verb}/" for step in open_steps]

    for state, case in case_in_each_state(staff, **DETAILS):
        with subtests.test("applicant", state=state):
            follow, open_steps = f"/p/{case.secret}/", list_open_steps(factories.applicant(case), case)
            pages = [follow, f"{follow}tanda-terima/", *(f"{follow}{step.verb}/" for step in open_steps)]
            assert leftovers(visitor, pages) == {}
        for name, client in clients.items():
            with subtests.test(name, state=state):
                own = [f"/permohonan/{case.code}/"] * (name == "kadis")
                assert leftovers(client, own + steps(name, case)) == {}
    examined = factories.case_at(State.EXAMINING, staff)
    for name, client in clients.items():
        with subtests.test(name):
            assert leftovers(client, OFFICE[: LISTS[name]] + steps(name, examined)) == {}


KEEPERS = ("consultations", "dispositions", "documents", "reports", "notices", "surveys")
BY_LOT = frozenset({"code", "secret", "word", "names"})
"""Columns that differ each time, or hold such a text."""


def kept() -> set[str]:
    """Every text in the database that people can read; numbers and hours differ anyway."""
    texts = set()
    for model in (model for app in KEEPERS for model in apps.get_app_config(app).get_models()):
        columns = [f for f in model._meta.fields if type(f) in (CharField, TextField) and not f.choices]
        names = [f.name for f in columns if f.name not in BY_LOT]
        for row in model._default_manager.values_list(*names) if names else ():
            texts |= {f"{model.__name__}.{name}: {text}" for name, text in zip(names, row, strict=True)}
    return {re.sub(r"\S*\d\S*", "…", text) for text in texts}


def every_step(staff: factories.Staff) -> None:
    """Cases in all states, and the steps aside."""
    for state in (State.INCOMPLETE, State.DECLINED, State.WITHDRAWN, State.CLOSED):
        factories.case_at(state, staff)
    case = factories.case_at(State.SCHEDULED, staff)
    scheduling_services.no_show(case, by=staff.petugas)
    intake_services.withdraw(case, by=factories.applicant(case), reason="Sudah selesai.")
    factories.walk_in_at(State.CLOSED, staff)


def test_what_goes_on_record_is_indonesian(staff: factories.Staff) -> None:
    """Staff and applicants who read English leave the same records as others."""
    before, at_first = transaction.savepoint_create(), kept()
    every_step(staff)
    indonesian = kept()
    transaction.savepoint_rollback(before)
    assert kept() == at_first
    with translation.override("en"):
        every_step(staff)
    assert kept() ^ indonesian == set()


def test_documents_are_indonesian(staff: factories.Staff) -> None:
    case = factories.case_at(State.CLOSED, staff)
    for paper in Document.objects.filter(case=case, kind__in=[row.kind for row in CASE_DOCUMENT_TYPES]):
        with translation.override("en"):
            english = render_html(paper)
        assert english == render_html(paper), paper.kind
        assert '<html lang="id"' in english


def test_a_session_of_a_withdrawn_request_is_cancelled(staff: factories.Staff) -> None:
    case = factories.case_at(State.SCHEDULED, staff)
    intake_services.withdraw(case, by=factories.applicant(case), reason="Sudah selesai.")
    page = read_all(reading(staff.petugas), case)
    shown = page.partition('id="konsultasi"')[2].partition("</ol>")[0]
    assert ("Cancelled" in shown, "Voided" in page) == (True, False)
