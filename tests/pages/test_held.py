"""What is held: who decides on it, what stays on record of that, and what the sender reads."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.enums import Identity, State
from consultations.models import Attachment, Case
from consultations.workflow import Refused
from intake import drafts
from intake import moderation as held
from intake.models import HeldDecision, RequestDraft
from office import clock
from office.models import User
from tests.factories import Staff, wished_moment
from tests.submitting import image, pdf, send, typed, upload

pytestmark = pytest.mark.differs_by_database

type ClientOf = Callable[[User], Client]

TRAPPED = "Isian tersembunyi yang tidak dilihat orang ikut terisi, biasanya oleh mesin"


def hold(client: Client, path: str = "/ajukan/", **changes: Any) -> str:
    """Send a request that is held; returns the sender's link."""
    data = typed(homepage="x", **changes)
    link = f"{path}{data['submission_token']}/"
    assert send(client, path, data)["Location"] == link
    return link


def draft_of(link: str) -> RequestDraft:
    return RequestDraft.objects.get(pk=link.split("/")[2])


def office_page(link: str) -> str:
    """The office's address of what its sender finds behind `link`."""
    return f"/kiriman/{draft_of(link).held_key}/"


def test_tim_pkd_takes_in_what_a_person_has_sent(staff: Staff, client: Client, client_of: ClientOf) -> None:
    sent_at = clock.now() - dt.timedelta(hours=5)
    with clock.set_to(sent_at):
        link = hold(client, letter=upload("surat.pdf", pdf()))
    pkd, page, typed_words = client_of(staff.pkd), office_page(link), draft_of(link).typed["material"]
    assert page in pkd.get("/meja/").content.decode()
    shown = pkd.get(page).content.decode()
    for words in (typed_words, "Siti Contoh", "0812-3456-7890", f"{TRAPPED}."):
        assert words in shown
    file = re.search(rf"{page}berkas/\d+/", shown)
    assert file
    assert b"".join(pkd.get(file[0]).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    answer = pkd.post(page)
    case = Case.objects.get()
    said = f"Kiriman diterima sebagai permohonan dengan kode lacak {case.code}: {case.subject}"
    assert said in pkd.get(answer["Location"]).content.decode()
    assert answer["Location"] == f"/permohonan/{case.code}/"
    assert (case.state, case.submitted_at, case.history.get().happened_at) == (
        State.SUBMITTED,
        sent_at,
        sent_at,
    )
    assert Attachment.objects.get().name == "surat.pdf"
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"
    assert pkd.get(page).status_code == 404
    assert "/kiriman/" not in pkd.get("/meja/").content.decode()


def test_a_time_that_is_full_by_now_keeps_nobody_out(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    page = office_page(hold(client))
    with clock.set_to(clock.now() + dt.timedelta(days=20)):
        client_of(staff.pkd).post(page)
    assert Case.objects.get().visit_at == wished_moment()


def test_tim_pkd_turns_away_what_is_no_request(staff: Staff, client: Client, client_of: ClientOf) -> None:
    link, pkd = hold(client, letter=upload("surat.pdf", pdf())), client_of(staff.pkd)
    page = office_page(link)
    without_reason = pkd.post(page, {"discard": "1", "reason": " "})
    assert without_reason.status_code == 422
    assert "Tulis mengapa kiriman ini tidak diterima." in without_reason.content.decode()
    answer = pkd.post(page, {"discard": "1", "reason": "Iklan pinjaman"}, follow=True)
    assert answer.redirect_chain == [("/meja/", 302)]
    assert "Kiriman tidak diterima dan sudah dihapus." in answer.content.decode()
    assert not RequestDraft.objects.exists()
    assert not Case.objects.exists()
    taken = HeldDecision.objects.get()
    assert (taken.by, taken.title, taken.decision, taken.reason) == (
        staff.pkd,
        "Tim PKD",
        "ERASED",
        "Iklan pinjaman",
    )
    assert taken.held_because == TRAPPED
    for name in ("pkd", "kadis"):
        assert "Iklan pinjaman" in client_of(getattr(staff, name)).get("/kiriman/").content.decode()
    for answer in (client.get(link), client.get(f"{link}periksa/")):
        assert "tidak menerimanya sebagai permohonan" in answer.content.decode()
        assert "0717000000" in answer.content.decode()


def test_a_complaint_is_put_aside_where_the_head_still_sees_it(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    link = hold(client, "/pengaduan/", material="Anggota tim meminta uang.")
    page = office_page(link)
    answer = client_of(staff.pkd).post(page, {"discard": "1", "reason": "Bukan pengaduan"}, follow=True)
    assert "Pengaduan dikesampingkan: Kepala Dinas masih melihatnya" in answer.content.decode()
    assert HeldDecision.objects.get().decision == "PUT_ASIDE"
    assert client_of(staff.pkd).get(page).status_code == 404
    assert "tidak menerimanya sebagai permohonan" in client.get(link).content.decode()
    kadis = client_of(staff.kadis)
    assert page in kadis.get("/meja/").content.decode()
    shown = kadis.get(page).content.decode()
    assert "Anggota tim meminta uang." in shown
    assert 'data-form="discard"' not in shown
    assert kadis.post(page, {"discard": "1", "reason": "Hapus"}).status_code == 403
    taken_in = kadis.post(page, follow=True)
    assert taken_in.redirect_chain == [("/meja/", 302)], "until it is in the agenda, it is Tim PKD's"
    assert "Kiriman diterima sebagai permohonan dengan kode lacak" in taken_in.content.decode()
    case = Case.objects.get()
    assert case.history.get().note == (f"Dilihat dahulu ({TRAPPED}), lalu diterima oleh Kadis, Kepala Dinas.")
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"
    kept = HeldDecision.objects.order_by("pk").values_list("decision", "by__username")
    assert list(kept) == [("PUT_ASIDE", "pkd"), ("TAKEN_IN", "kadis")]


def test_several_are_turned_away_with_one_reason(staff: Staff, client: Client, client_of: ClientOf) -> None:
    drafts_held, pkd = [draft_of(hold(client)) for _draft in range(3)], client_of(staff.pkd)
    complaint = draft_of(hold(client, "/pengaduan/"))
    assert "(4)" in pkd.get("/meja/").content.decode()
    keys = [str(draft.held_key) for draft in (*drafts_held[:2], complaint)]
    for wrong in ({"reason": "Iklan"}, {"reason": "Iklan", "draft": "x"}):
        answer = pkd.post("/kiriman/", wrong)
        assert answer.status_code == 422
        assert "Centang kiriman yang tidak diterima." in answer.content.decode()
    assert pkd.post("/kiriman/", {"draft": keys}).status_code == 422
    for said in (
        "3 kiriman tidak diterima: permohonan dihapus, pengaduan dikesampingkan.",
        "Orang lain baru saja memutuskan kiriman ini.",
    ):
        answer = pkd.post("/kiriman/", {"reason": "Iklan", "draft": keys}, follow=True)
        assert answer.redirect_chain == [("/kiriman/", 302)]
        assert said in answer.content.decode()
    assert RequestDraft.objects.get(put_aside_at=None) == drafts_held[2]
    assert HeldDecision.objects.filter(reason="Iklan").count() == 3
    assert client_of(staff.kadis).post("/kiriman/", {"reason": "x", "draft": keys}).status_code == 403


def test_decisions_can_only_be_added(staff: Staff, client: Client, client_of: ClientOf) -> None:
    client_of(staff.pkd).post(office_page(hold(client)), {"discard": "1", "reason": "Iklan"})
    for statement in (
        "UPDATE intake_helddecision SET reason = 'lain'",
        "DELETE FROM intake_helddecision",
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
    held.turn_away([aside.held_key], by=staff.pkd, reason="Uji")
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
    held.turn_away([aside.held_key], by=staff.pkd, reason="Uji")
    with pytest.raises(Refused, match="baru saja dikesampingkan"):
        held.take_in(aside, by=staff.pkd)
    assert held.turn_away([aside.held_key], by=staff.pkd, reason="Lagi") == 0
    assert HeldDecision.objects.count() == 2


@pytest.mark.parametrize("identity", ["CONFIDENTIAL", "ANONYMOUS"])
def test_who_asked_to_stay_hidden_is_not_shown_before_it_is_a_case(
    staff: Staff, client: Client, client_of: ClientOf, identity: str
) -> None:
    photo = image("JPEG", exif=b"Exif\x00\x00Juru Potret")
    link = hold(
        client,
        "/pengaduan/",
        identity=identity,
        letter_number="17/RT-SITI/2026",
        letter=upload("surat-siti.pdf", pdf()),
        materials=upload("foto-siti.jpg", photo),
    )
    pkd, draft, page = client_of(staff.pkd), draft_of(link), office_page(link)
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
    link = hold(client, letter=upload("surat.pdf", pdf()))
    page, file = office_page(link), draft_of(link).files.get()
    other = client_of(getattr(staff, name))
    assert other.get(page).status_code == other.post(page).status_code == 403
    assert other.get(f"{page}berkas/{file.pk}/").status_code == 403
    assert "/kiriman/" not in other.get("/meja/").content.decode()
    assert client.get(page)["Location"].startswith("/masuk/")


def test_drafts_that_are_not_held_are_nobodys_business(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    page = office_page(client.post("/ajukan/", typed())["Location"])
    assert client_of(staff.pkd).get(page).status_code == 404


@pytest.mark.parametrize("identity", Identity)
def test_who_decides_never_learns_the_token_that_leads_to_the_secret_link(
    staff: Staff, client: Client, client_of: ClientOf, identity: str
) -> None:
    link = hold(client, "/pengaduan/", identity=identity, letter=upload("surat.pdf", pdf()))
    token, page = link.split("/")[2], office_page(link)
    pkd, kadis = client_of(staff.pkd), client_of(staff.kadis)
    shown = [pkd.get(path) for path in ("/meja/", "/kiriman/", page)]
    shown.append(pkd.post(page, {"discard": "1", "reason": " "}))
    pkd.post(page, {"discard": "1", "reason": "Uji"})
    shown += [kadis.get(path) for path in ("/meja/", "/kiriman/", page)]
    case_page = kadis.post(page)["Location"]
    shown += [person.get(path) for person in (pkd, kadis) for path in ("/meja/", "/kiriman/", case_page)]
    for answer in shown:
        assert answer.status_code in (200, 422)
        assert token not in answer.content.decode()
        assert token not in str(answer.headers)
    assert pkd.get(f"/kiriman/{token}/").status_code == 404
    assert token not in str(list(HeldDecision.objects.values()))


def test_a_reason_is_kept_and_read_out_in_indonesian(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    page, pkd = office_page(hold(client)), client_of(staff.pkd)
    pkd.cookies["language"] = "en"
    for path in ("/meja/", "/kiriman/", page):
        assert f'lang="id">{TRAPPED}' in pkd.get(path).content.decode()
    pkd.post(page, {"discard": "1", "reason": "Iklan"})
    assert f'<span lang="id">{TRAPPED}</span>' in pkd.get("/kiriman/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_held_request(staff: Staff, client: Client, client_of: ClientOf, number: int) -> None:
    links, pkd = [hold(client) for _draft in range(number)], client_of(staff.pkd)
    page = office_page(links[0])
    with CaptureQueriesContext(connection) as asked:
        pkd.get(page)
    assert len(asked) == 6
