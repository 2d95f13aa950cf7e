"""Moderation of held drafts: who decides, what becomes of the draft, and what its sender reads."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, TestCase
from pytest_django.asserts import assertContains

from consultations.enums import Identity, State
from consultations.intake import drafts, submission
from consultations.intake.models import RequestDraft
from consultations.models import Attachment, Case
from kit import clock
from tests.factories import Staff, client_of
from tests.shared_data import each
from tests.submitting import accept, find_draft, image, pdf, send, typed, upload

TRAPPED = "Isian tersembunyi yang tidak dilihat orang ikut terisi, biasanya oleh mesin"


def hold(client: Client, path: str = "/ajukan/", **changes: Any) -> str:
    """Send a request that is held; return the sender's link."""
    data = typed(homepage="x", **changes)
    link = f"{path}{data['submission_token']}/"
    assert send(client, path, data)["Location"] == link
    return link


def draft_of(link: str) -> RequestDraft:
    return find_draft(link.split("/")[2])


def office_page(link: str) -> str:
    """Return the moderator's address of the draft behind the sender's `link`."""
    return f"/kiriman/{draft_of(link).held_key}/"


def test_tim_pkd_accepts_a_held_request(staff: Staff, client: Client) -> None:
    sent_at = clock.now() - dt.timedelta(hours=5)
    with clock.set_to(sent_at):
        link = hold(client, letter=upload("surat.pdf", pdf()))
    pkd, page, material = client_of(staff.pkd), office_page(link), draft_of(link).typed["material"]
    assert 'data-held="1"' in pkd.get("/meja/").text
    assert page in pkd.get("/kiriman/").text
    shown = pkd.get(page).text
    expected = (material, "Siti Contoh", "0812-3456-7890", f"{TRAPPED}.")
    assert [words for words in expected if words not in shown] == []
    (file,) = re.findall(rf"{page}berkas/\d+/", shown)
    assert pkd.get(file).getvalue().startswith(b"%PDF")
    answer = pkd.post(page)
    case = Case.objects.get()
    text = f"Kiriman diterima sebagai permohonan dengan kode lacak {case.code}: {case.subject}"
    assert text in pkd.get(answer["Location"]).text
    assert answer["Location"] == f"/permohonan/{case.code}/"
    first = case.history.get()
    assert (case.state, case.submitted_at, first.happened_at) == (State.SUBMITTED, sent_at, sent_at)
    assert first.note == f"Dilihat dahulu ({TRAPPED}), lalu diterima oleh Pkd, Tim PKD."
    assert Attachment.objects.get().name == "surat.pdf"
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"
    assert pkd.get(page).status_code == 404
    assert "/kiriman/" not in pkd.get("/meja/").text


@pytest.mark.differs_by_database
def test_a_rejected_request_is_deleted(staff: Staff, client: Client) -> None:
    link, pkd = hold(client, letter=upload("surat.pdf", pdf())), client_of(staff.pkd)
    path = Path(draft_of(link).files.get().file.path)
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = pkd.post(office_page(link), {"discard": "1"}, follow=True)
    assert answer.redirect_chain == [("/meja/", 302)]
    assert "Kiriman tidak diterima dan sudah dihapus." in answer.text
    assert not RequestDraft.objects.exists()
    assert not Case.objects.exists()
    assert not path.exists()
    for answer in (client.get(link), client.get(f"{link}periksa/")):
        assert answer.status_code == 404
        assert "kiriman yang tidak diterima petugas" in answer.text
        assert "0717000000" in answer.text


def test_a_rejected_complaint_goes_to_the_head(staff: Staff, client: Client) -> None:
    link = hold(client, "/pengaduan/", material="Anggota tim meminta uang.")
    page = office_page(link)
    answer = client_of(staff.pkd).post(page, {"discard": "1"}, follow=True)
    assert "Pengaduan diteruskan: Kepala Dinas masih melihatnya" in answer.text
    assert client_of(staff.pkd).get(page).status_code == 404
    kadis = client_of(staff.kadis)
    assert 'data-held="1"' in kadis.get("/meja/").text
    assert page in kadis.get("/kiriman/").text
    shown = kadis.get(page).text
    assert "Anggota tim meminta uang." in shown
    assert 'data-form="discard"' not in shown
    assert kadis.post(page, {"discard": "1"}).status_code == 403
    accepted = kadis.post(page, follow=True)
    assert accepted.redirect_chain == [("/meja/", 302)], "Tim PKD alone sees it before it is in the agenda"
    assert "Kiriman diterima sebagai pengaduan dengan kode lacak" in accepted.text
    case = Case.objects.get()
    assert case.history.get().note == f"Dilihat dahulu ({TRAPPED}), lalu diterima oleh Kadis, Kepala Dinas."
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"


def test_several_are_rejected_from_the_queue(staff: Staff, client: Client) -> None:
    held, pkd = [draft_of(hold(client)) for _draft in range(3)], client_of(staff.pkd)
    complaint = draft_of(hold(client, "/pengaduan/"))
    assert 'data-held="4"' in pkd.get("/meja/").text
    for wrong in ({}, {"draft": "x"}):
        assertContains(pkd.post("/kiriman/", wrong), "Centang kiriman yang tidak diterima.", status_code=422)
    keys = [str(draft.held_key) for draft in (*held[:2], complaint)]
    for text in (
        "3 kiriman tidak diterima. Permohonan yang tidak diterima langsung dihapus.",
        "Orang lain baru saja memutuskan kiriman ini.",
    ):
        answer = pkd.post("/kiriman/", {"draft": keys}, follow=True)
        assert answer.redirect_chain == [("/kiriman/", 302)]
        assert text in answer.text
    assert RequestDraft.objects.get(escalated_at=None) == held[2]
    assert client_of(staff.kadis).post("/kiriman/", {"draft": keys}).status_code == 403


@pytest.mark.differs_by_database
def test_held_drafts_are_decided_once_and_expire_after_ninety_days(staff: Staff, client: Client) -> None:
    def pass_days() -> int:
        with clock.set_to(clock.now() + dt.timedelta(days=91)):
            return drafts.delete_expired()

    with clock.set_to(clock.now() - dt.timedelta(days=91)):
        for path in ("/ajukan/", "/pengaduan/"):
            hold(client, path)
    late, escalated = RequestDraft.objects.order_by("-kind")
    submission.reject([escalated.held_key], by=staff.pkd)
    with pytest.raises(drafts.Overtaken, match="baru saja memutuskan"):
        accept(escalated, staff.pkd)
    assert submission.reject([escalated.held_key], by=staff.pkd) == 0
    case = accept(late, staff.pkd)
    assert accept(late, staff.pkd) == case, "the second moderator is led to the same case"
    assert clock.now() - case.submitted_at < dt.timedelta(days=90)
    assert case.visit_at
    assert case.visit_at < clock.now(), "a time that has passed by now"
    assert drafts.delete_expired() == 0
    assert pass_days() == 1
    hold(client)
    assert pass_days() == 1
    assert not RequestDraft.objects.exists()


@each("identity", ["CONFIDENTIAL", "ANONYMOUS"])
def test_moderators_do_not_see_a_hidden_complainant(staff: Staff, client: Client, identity: str) -> None:
    photo = upload("foto-siti.jpg", image("JPEG", exif=b"Exif\x00\x00Juru Potret"))
    files = {"letter": upload("surat-siti.pdf", pdf()), "materials": photo}
    link = hold(client, "/pengaduan/", identity=identity, letter_number="17/RT-SITI/2026", **files)
    pkd, draft, page = client_of(staff.pkd), draft_of(link), office_page(link)
    shown = pkd.get(page).text
    assert draft.typed["material"] in shown
    assert [words for words in ("Siti", "3456", "17/RT", "siti") if words in shown] == []
    for file in draft.files.all():
        assert pkd.get(f"{page}berkas/{file.pk}/").status_code == 403
    if identity == "ANONYMOUS":
        assert "letter_number" not in draft.typed
    case = accept(draft, staff.pkd)
    assert case.letter_number == ""
    for attachment in case.attachments.all():
        assert "siti" not in attachment.name
        assert b"Juru Potret" not in Path(attachment.file.path).read_bytes()


def test_nobody_else_sees_held_drafts(staff: Staff, client: Client) -> None:
    link = hold(client, letter=upload("surat.pdf", pdf()))
    page, file = office_page(link), draft_of(link).files.get()
    not_held = office_page(client.post("/ajukan/", typed())["Location"])
    assert client_of(staff.pkd).get(not_held).status_code == 404
    for name in ("sekretariat", "kabid", "petugas", "admin", "expired"):
        other = client_of(getattr(staff, name))
        assert other.get(page).status_code == other.post(page).status_code == 403, name
        assert other.get(f"{page}berkas/{file.pk}/").status_code == 403, name
        assert other.post("/kiriman/", {"draft": str(draft_of(link).held_key)}).status_code == 403, name
        assert "/kiriman/" not in other.get("/meja/").text, name
    assert client.get(page)["Location"].startswith("/masuk/")
    pkd = client_of(staff.pkd)
    pkd.cookies["language"] = "en"
    for path in ("/kiriman/", page):
        assert f'lang="id">{TRAPPED}' in pkd.get(path).text, "a reason is stored in Indonesian"


@each("identity", Identity)
def test_moderators_never_learn_the_token_that_leads_to_the_secret_link(
    staff: Staff, client: Client, identity: str
) -> None:
    link = hold(client, "/pengaduan/", identity=identity, letter=upload("surat.pdf", pdf()))
    token, page = link.split("/")[2], office_page(link)
    pkd, kadis = client_of(staff.pkd), client_of(staff.kadis)
    shown = [pkd.get(path) for path in ("/meja/", "/kiriman/", page)]
    pkd.post(page, {"discard": "1"})
    shown += [kadis.get(path) for path in ("/meja/", "/kiriman/", page)]
    case_page = kadis.post(page)["Location"]
    shown += [person.get(path) for person in (pkd, kadis) for path in ("/meja/", "/kiriman/", case_page)]
    for answer in shown:
        assert answer.status_code == 200
        assert token not in f"{answer.headers} {answer.text}"
    assert pkd.get(f"/kiriman/{token}/").status_code == 404


@each("number", [1, 3])
def test_queries_of_a_held_request(staff: Staff, client: Client, number: int, at_most_queries: Any) -> None:
    links, pkd = [hold(client) for _draft in range(number)], client_of(staff.pkd)
    page = office_page(links[0])
    with at_most_queries(6):  # one of them is the entry of the audit log
        pkd.get(page)
