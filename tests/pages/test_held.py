"""What is held: who decides on it, what stays on record of that, and what the sender reads."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations import drafts, held
from consultations.models import Attachment, Case, HeldDecision, RequestDraft
from consultations.workflow import Refused, State
from office import clock
from office.models import User
from tests.factories import Staff, wished_moment
from tests.submitting import image, pdf, send, typed, upload

type ClientOf = Callable[[User], Client]


def hold(client: Client, path: str = "/ajukan/", **changes: Any) -> str:
    """Send a request that is held; returns the office's address of it."""
    data = typed(homepage="x", **changes)
    assert send(client, path, data)["Location"] == f"{path}{data['submission_token']}/"
    return f"/kiriman/{data['submission_token']}/"


def test_tim_pkd_takes_in_what_a_person_has_sent(staff: Staff, client: Client, client_of: ClientOf) -> None:
    sent_at = clock.now() - dt.timedelta(hours=5)
    data = typed(homepage="x", letter=upload("surat.pdf", pdf()))
    with clock.set_to(sent_at):
        send(client, "/ajukan/", data)
    pkd, page = client_of(staff.pkd), f"/kiriman/{data['submission_token']}/"
    assert page in pkd.get("/meja/").content.decode()
    shown = pkd.get(page).content.decode()
    for words in (data["material"], "Siti Contoh", "0812-3456-7890", "Kolom jebakan terisi."):
        assert words in shown
    file = re.search(rf"{page}berkas/\d+/", shown)
    assert file
    assert b"".join(pkd.get(file[0]).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    answer = pkd.post(page)
    case = Case.objects.get()
    assert answer["Location"] == f"/permohonan/{case.code}/"
    assert (case.state, case.submitted_at, case.history.get().happened_at) == (
        State.SUBMITTED,
        sent_at,
        sent_at,
    )
    assert Attachment.objects.get().name == "surat.pdf"
    assert client.get(f"/ajukan/{data['submission_token']}/")["Location"] == f"/p/{case.secret}/tanda-terima/"
    assert pkd.get(page).status_code == 404
    assert "/kiriman/" not in pkd.get("/meja/").content.decode()


def test_a_time_that_is_full_by_now_keeps_nobody_out(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    data = typed(homepage="x")
    send(client, "/ajukan/", data)
    with clock.set_to(clock.now() + dt.timedelta(days=20)):
        client_of(staff.pkd).post(f"/kiriman/{data['submission_token']}/")
    assert Case.objects.get().visit_at == wished_moment()


def test_tim_pkd_turns_away_what_is_no_request(staff: Staff, client: Client, client_of: ClientOf) -> None:
    page, pkd = hold(client, letter=upload("surat.pdf", pdf())), client_of(staff.pkd)
    without_reason = pkd.post(page, {"discard": "1", "reason": " "})
    assert without_reason.status_code == 422
    assert "Tulis mengapa kiriman ini tidak diterima." in without_reason.content.decode()
    assert pkd.post(page, {"discard": "1", "reason": "Iklan pinjaman"})["Location"] == "/meja/"
    assert not RequestDraft.objects.exists()
    assert not Case.objects.exists()
    taken = HeldDecision.objects.get()
    assert (taken.by, taken.title, taken.decision, taken.reason) == (
        staff.pkd,
        "Tim PKD",
        "ERASED",
        "Iklan pinjaman",
    )
    assert taken.held_because == "Kolom jebakan terisi"
    for name in ("pkd", "kadis"):
        assert "Iklan pinjaman" in client_of(getattr(staff, name)).get("/kiriman/").content.decode()
    link = page.replace("kiriman", "ajukan")
    for answer in (client.get(link), client.get(f"{link}periksa/")):
        assert "tidak menerimanya sebagai permohonan" in answer.content.decode()
        assert "0717000000" in answer.content.decode()


def test_a_complaint_is_put_aside_where_the_head_still_sees_it(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    page = hold(client, "/pengaduan/", material="Anggota tim meminta uang.")
    client_of(staff.pkd).post(page, {"discard": "1", "reason": "Bukan pengaduan"})
    assert HeldDecision.objects.get().decision == "PUT_ASIDE"
    assert client_of(staff.pkd).get(page).status_code == 404
    link = page.replace("kiriman", "pengaduan")
    assert "tidak menerimanya sebagai permohonan" in client.get(link).content.decode()
    kadis = client_of(staff.kadis)
    assert page in kadis.get("/meja/").content.decode()
    shown = kadis.get(page).content.decode()
    assert "Anggota tim meminta uang." in shown
    assert 'data-form="discard"' not in shown
    assert kadis.post(page, {"discard": "1", "reason": "Hapus"}).status_code == 403
    kadis.post(page)
    case = Case.objects.get()
    assert case.history.get().note == (
        "Dilihat dahulu (Kolom jebakan terisi), lalu diterima oleh Kadis, Kepala Dinas."
    )
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"
    kept = HeldDecision.objects.order_by("pk").values_list("decision", "by__username")
    assert list(kept) == [("PUT_ASIDE", "pkd"), ("TAKEN_IN", "kadis")]


def test_several_are_turned_away_with_one_reason(staff: Staff, client: Client, client_of: ClientOf) -> None:
    pages, pkd = [hold(client) for _draft in range(3)], client_of(staff.pkd)
    complaint = hold(client, "/pengaduan/")
    assert "(4)" in pkd.get("/meja/").content.decode()
    tokens = [page.split("/")[2] for page in (*pages[:2], complaint)]
    for wrong in ({"reason": "Iklan"}, {"reason": "Iklan", "draft": "x"}, {"draft": tokens}):
        assert pkd.post("/kiriman/", wrong).status_code == 422
    assert pkd.post("/kiriman/", {"reason": "Iklan", "draft": tokens})["Location"] == "/kiriman/"
    assert {str(draft.pk) for draft in RequestDraft.objects.filter(put_aside_at=None)} == {
        pages[2].split("/")[2]
    }
    assert HeldDecision.objects.filter(reason="Iklan").count() == 3
    assert client_of(staff.kadis).post("/kiriman/", {"reason": "x", "draft": tokens}).status_code == 403


def test_decisions_can_only_be_added(staff: Staff, client: Client, client_of: ClientOf) -> None:
    client_of(staff.pkd).post(hold(client), {"discard": "1", "reason": "Iklan"})
    for statement in (
        "UPDATE consultations_helddecision SET reason = 'lain'",
        "DELETE FROM consultations_helddecision",
    ):
        with (
            pytest.raises(DatabaseError, match="history is append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert HeldDecision.objects.get().reason == "Iklan"


def test_what_is_held_is_erased_after_ninety_days_and_comes_in_until_then(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=91)):
        for path in ("/ajukan/", "/pengaduan/"):
            hold(client, path)
    late, aside = RequestDraft.objects.order_by("-kind")
    held.turn_away([aside.pk], by=staff.pkd, reason="Uji")
    case = held.take_in(late, by=staff.pkd)
    assert clock.now() - case.submitted_at < dt.timedelta(days=90)
    assert drafts.remove_old() == 0
    with clock.set_to(clock.now() + dt.timedelta(days=91)):
        assert drafts.remove_old() == 1
    hold(client)
    with clock.set_to(clock.now() + dt.timedelta(days=91)):
        assert drafts.remove_old() == 1
    assert not RequestDraft.objects.exists()


def test_who_judges_second_is_told_what_became_of_it(staff: Staff, client: Client) -> None:
    for path in ("/ajukan/", "/pengaduan/"):
        hold(client, path)
    taken, aside = RequestDraft.objects.order_by("-kind")
    assert held.take_in(taken, by=staff.pkd) == held.take_in(taken, by=staff.pkd)
    held.turn_away([aside.pk], by=staff.pkd, reason="Uji")
    with pytest.raises(Refused, match="baru saja dikesampingkan"):
        held.take_in(aside, by=staff.pkd)
    assert held.turn_away([aside.pk], by=staff.pkd, reason="Lagi") == 0
    assert HeldDecision.objects.count() == 2


@pytest.mark.parametrize("identity", ["CONFIDENTIAL", "ANONYMOUS"])
def test_who_asked_to_stay_hidden_is_not_shown_before_it_is_a_case(
    staff: Staff, client: Client, client_of: ClientOf, identity: str
) -> None:
    photo = image("JPEG", exif=b"Exif\x00\x00Juru Potret")
    page = hold(
        client,
        "/pengaduan/",
        identity=identity,
        letter_number="17/RT-SITI/2026",
        letter=upload("surat-siti.pdf", pdf()),
        materials=upload("foto-siti.jpg", photo),
    )
    pkd, draft = client_of(staff.pkd), RequestDraft.objects.get()
    shown = pkd.get(page).content.decode()
    assert draft.typed["material"] in shown
    for words in ("Siti", "3456", "17/RT", "siti"):
        assert words not in shown
    for file in draft.files.all():
        assert pkd.get(f"{page}berkas/{file.pk}/").status_code == 403
    if identity == "ANONYMOUS":
        assert "letter_number" not in draft.typed
    case = held.take_in(draft, by=staff.pkd)
    assert case.letter_number == ""
    for attachment in case.attachments.all():
        assert "siti" not in attachment.name
        assert b"Juru Potret" not in Path(attachment.file.path).read_bytes()


@pytest.mark.parametrize("name", ["sekretariat", "kabid", "petugas", "admin", "expired"])
def test_nobody_else_sees_what_is_held(staff: Staff, client: Client, client_of: ClientOf, name: str) -> None:
    data = typed(homepage="x", letter=upload("surat.pdf", pdf()))
    send(client, "/ajukan/", data)
    page, file = f"/kiriman/{data['submission_token']}/", RequestDraft.objects.get().files.get()
    other = client_of(getattr(staff, name))
    assert other.get(page).status_code == other.post(page).status_code == 403
    assert other.get(f"{page}berkas/{file.pk}/").status_code == 403
    assert "/kiriman/" not in other.get("/meja/").content.decode()
    assert client.get(page)["Location"].startswith("/masuk/")


def test_drafts_that_are_not_held_are_nobodys_business(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    client.post("/ajukan/", typed(token := uuid4()))
    assert client_of(staff.pkd).get(f"/kiriman/{token}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_held_request(staff: Staff, client: Client, client_of: ClientOf, number: int) -> None:
    tokens = [uuid4() for _draft in range(number)]
    for token in tokens:
        send(client, "/ajukan/", typed(token, homepage="x"))
    pkd = client_of(staff.pkd)
    with CaptureQueriesContext(connection) as asked:
        pkd.get(f"/kiriman/{tokens[0]}/")
    assert len(asked) == 6
