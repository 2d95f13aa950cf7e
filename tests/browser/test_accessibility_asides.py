"""Pages beside the main way have no barrier: drafts, what is held, hidden identities, messages, papers."""

from uuid import uuid4

import pytest
from django.contrib.admin import site
from django.test import Client

from consultations.enums import Identity, Kind, State
from consultations.intake.models import RequestDraft
from consultations.models import Case
from consultations.scheduling.models import Session
from documents.models import Document, Register
from kit import clock
from tests.browser.accessibility import BOTH, objections, seen, sent_empty
from tests.browser.conftest import Arrive
from tests.factories import WAY, Staff, applicant, case_at, come_due, walk_in_at
from tests.print.documents import store_short_file
from tests.submitting import find_draft, typed
from trust.privacy.deletion import ask_deletion, retain
from trust.privacy.models import Disposal

pytestmark = [pytest.mark.browser, pytest.mark.release]


def saved(path: str = "/ajukan/", **changes: str) -> RequestDraft:
    """A draft as the form leaves it."""
    token = uuid4()
    Client().post(path, typed(token, **changes))
    return find_draft(token)


def test_drafts(staff: Staff, arrive: Arrive) -> None:
    visitor, draft, held = arrive(), saved(), saved(homepage="https://iklan.example")
    Client().post(f"/ajukan/{held.token}/periksa/")
    hidden = saved("/pengaduan/", identity="CONFIDENTIAL", complained_party="Petugas loket")
    draft_link, held_link = f"/ajukan/{draft.token}/", f"/ajukan/{held.token}/"
    assert not [
        *seen(visitor, draft_link, f"{draft_link}periksa/", held_link),
        *seen(visitor, f"/pengaduan/{hidden.token}/", f"/pengaduan/{hidden.token}/periksa/"),
        *seen(visitor, f"/ajukan/{uuid4()}/", status=404),
        *seen(arrive("pkd"), "/meja/", f"/kiriman/{held.held_key}/"),
    ]


def test_guests_and_a_running_consultation(staff: Staff, arrive: Arrive) -> None:
    long = "Permohonan-dengan-kata-yang-sangat-panjang-sekali-sehingga-tidak-muat " * 2
    now, walk_in = clock.now(), walk_in_at(State.ASSIGNED, staff)
    for arrival in ("", *Session.Arrival):
        case = come_due(case_at(State.SCHEDULED, staff, subject=long[:200], applicant_name=long[:80]))
        came = None if arrival in ("", Session.Arrival.ABSENT) else now
        by = staff.sekretariat if arrival else None
        case.sessions.update(arrival=arrival, arrived_at=came, arrival_by=by, confirmed_at=now)
    petugas, session = arrive("petugas"), f"/permohonan/{walk_in.code}/finish/"
    found = [
        *seen(arrive("sekretariat"), "/meja-depan/", "/meja/", languages=BOTH),
        *seen(petugas, "/meja/", f"/permohonan/{case.code}/"),
        *seen(arrive(), "/papan/"),
    ]
    WAY[State.IN_SESSION](walk_in, staff)
    found += seen(petugas, session, languages=BOTH)
    Case.objects.filter(pk=walk_in.pk).update(due_at=now)
    found += [*seen(petugas, session), *sent_empty(petugas, "finish", session, attendees="")]
    assert not found


def test_hidden_complainants(staff: Staff, arrive: Arrive) -> None:
    hidden = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT, identity=Identity.CONFIDENTIAL)
    anonymous = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, identity=Identity.ANONYMOUS)
    petugas, address = arrive("petugas"), f"/permohonan/{hidden.code}/"
    found = [*seen(petugas, address), *seen(petugas, f"{address}identitas/")]
    found += sent_empty(petugas, "look", f"{address}identitas/")
    petugas.send("look", reason="Menelepon pelapor untuk jadwal.")
    assert "Siti Contoh" in petugas.said()
    found += seen(petugas, address)
    link = f"/p/{anonymous.secret}/"
    found += seen(arrive(), f"/p/{hidden.secret}/", link, f"{link}tanda-terima/")
    assert not found


BOOKS = [f"/naskah/{Document.Kind(kind).slug}/" for kind in Register.Kind]


def test_messages_papers_and_follow_ups(staff: Staff, arrive: Arrive) -> None:
    closed = case_at(State.CLOSED, staff)
    for paper in closed.documents.all():
        store_short_file(paper)
    case_at(State.SCHEDULED, staff)
    sekretariat, kadis = arrive("sekretariat"), arrive("kadis")
    assert not [
        *seen(sekretariat, "/pesan/"),
        *seen(kadis, "/tindak-lanjut/", "/register/", "/statistik/", *BOOKS),
        *seen(sekretariat, f"/naskah/{closed.documents.get(kind='DISPOSITION').pk}/penerima/"),
        *(problem for paper in closed.documents.all() for problem in seen(arrive(), verified(paper))),
    ]


def test_office_data(staff: Staff, arrive: Arrive) -> None:
    """The administration: each list, and each form that can be opened (the empty one if there is no row)."""
    case_at(State.CLOSED, staff)
    admin, found = arrive("admin"), []
    for model in site._registry:
        pages = f"/pengaturan/{model._meta.app_label}/{model._meta.model_name}/"
        first = model._default_manager.first()
        for page in (pages, f"{pages}{first.pk}/change/" if first else f"{pages}add/"):
            answer = admin.page.goto(page)
            if answer and answer.status != 403:  # nobody adds to the cases there
                found += objections(admin)
    assert not [*found, *seen(admin, "/pengaturan/", "/pengaturan/kantor/identitas/")]


def verified(paper: Document) -> str:
    return f"/verifikasi/{paper.pk}/"


def test_own_data_retention_and_breaches(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.CLOSED, staff)
    link = f"/p/{case.secret}/"
    pages = [f"{link}{page}/" for page in ("data-saya", "correct_contact", "ask_deletion")]
    assert not seen(arrive(), *pages, languages=BOTH)
    ask_deletion(case, by=applicant(case), reason="Urusan saya sudah selesai.")
    retain(case, by=staff.pkd, reason="Sengketa informasi.")
    waiting = Disposal.objects.create(
        rule="REQUEST", before=clock.today(), codes=[case.code] * 40, rows=40, proposed_title="Tim PKD"
    )
    head = arrive("kadis")
    assert not seen(head, f"/permohonan/{case.code}/decide_deletion/", f"/arsip/berkas/{case.code}/")
    assert not seen(head, "/arsip/", f"/arsip/usul/{waiting.pk}/", "/arsip/serah-pindah/")
    assert not seen(head, "/meja/", "/kegagalan-data/", f"/permohonan/{case.code}/")
    messages = Disposal.objects.create(
        rule="MESSAGES", before=clock.today(), rows=1, proposed_title="Tim PKD"
    )
    assert not sent_empty(head, "disposal", f"/arsip/usul/{messages.pk}/")
    assert not sent_empty(arrive("pkd"), "act", f"/arsip/usul/{waiting.pk}/appoint/")
    assert not sent_empty(head, "breach", "/kegagalan-data/")
