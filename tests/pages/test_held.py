"""Moderation of held drafts: who decides, what becomes of the draft, and what its sender reads."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Identity, State
from consultations.intake import drafts, submission
from consultations.intake.models import RequestDraft
from consultations.models import Attachment, Case
from kit import clock
from tests.factories import ClientOf, Staff, wished_moment
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


def test_tim_pkd_accepts_a_held_request(staff: Staff, client: Client, client_of: ClientOf) -> None:
    sent_at = clock.now() - dt.timedelta(hours=5)
    with clock.set_to(sent_at):
        link = hold(client, letter=upload("surat.pdf", pdf()))
    pkd, page, material = client_of(staff.pkd), office_page(link), draft_of(link).typed["material"]
    assert page in pkd.get("/meja/").content.decode()
    shown = pkd.get(page).content.decode()
    for words in (material, "Siti Contoh", "0812-3456-7890", f"{TRAPPED}."):
        assert words in shown
    file = re.search(rf"{page}berkas/\d+/", shown)
    assert file
    assert b"".join(pkd.get(file[0]).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    answer = pkd.post(page)
    case = Case.objects.get()
    text = f"Kiriman diterima sebagai permohonan dengan kode lacak {case.code}: {case.subject}"
    assert text in pkd.get(answer["Location"]).content.decode()
    assert answer["Location"] == f"/permohonan/{case.code}/"
    first = case.history.get()
    assert (case.state, case.submitted_at, first.happened_at) == (State.SUBMITTED, sent_at, sent_at)
    assert first.note == f"Dilihat dahulu ({TRAPPED}), lalu diterima oleh Pkd, Tim PKD."
    assert Attachment.objects.get().name == "surat.pdf"
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"
    assert pkd.get(page).status_code == 404
    assert "/kiriman/" not in pkd.get("/meja/").content.decode()


def test_a_held_request_is_accepted_with_a_time_that_is_full_by_now(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    page = office_page(hold(client))
    with clock.set_to(clock.now() + dt.timedelta(days=20)):
        client_of(staff.pkd).post(page)
    assert Case.objects.get().visit_at == wished_moment()


@pytest.mark.differs_by_database
def test_a_rejected_request_is_deleted(
    staff: Staff, client: Client, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    link, pkd = hold(client, letter=upload("surat.pdf", pdf())), client_of(staff.pkd)
    path = Path(draft_of(link).files.get().file.path)
    with django_capture_on_commit_callbacks(execute=True):
        answer = pkd.post(office_page(link), {"discard": "1"}, follow=True)
    assert answer.redirect_chain == [("/meja/", 302)]
    assert "Kiriman tidak diterima dan sudah dihapus." in answer.content.decode()
    assert not RequestDraft.objects.exists()
    assert not Case.objects.exists()
    assert not path.exists()
    for answer in (client.get(link), client.get(f"{link}periksa/")):
        assert answer.status_code == 404
        assert "kiriman yang tidak diterima petugas" in answer.content.decode()
        assert "0717000000" in answer.content.decode()


def test_a_rejected_complaint_goes_to_the_head(staff: Staff, client: Client, client_of: ClientOf) -> None:
    link = hold(client, "/pengaduan/", material="Anggota tim meminta uang.")
    page = office_page(link)
    answer = client_of(staff.pkd).post(page, {"discard": "1"}, follow=True)
    assert "Pengaduan diteruskan: Kepala Dinas masih melihatnya" in answer.content.decode()
    assert client_of(staff.pkd).get(page).status_code == 404
    assert "pengaduan ini dan tidak menerimanya" in client.get(link).content.decode()
    kadis = client_of(staff.kadis)
    assert page in kadis.get("/meja/").content.decode()
    shown = kadis.get(page).content.decode()
    assert "Anggota tim meminta uang." in shown
    assert 'data-form="discard"' not in shown
    assert kadis.post(page, {"discard": "1"}).status_code == 403
    accepted = kadis.post(page, follow=True)
    assert accepted.redirect_chain == [("/meja/", 302)], "Tim PKD alone sees it before it is in the agenda"
    assert "Kiriman diterima sebagai pengaduan dengan kode lacak" in accepted.content.decode()
    case = Case.objects.get()
    assert case.history.get().note == f"Dilihat dahulu ({TRAPPED}), lalu diterima oleh Kadis, Kepala Dinas."
    assert client.get(link)["Location"] == f"/p/{case.secret}/tanda-terima/"


def test_several_are_rejected_from_the_queue(staff: Staff, client: Client, client_of: ClientOf) -> None:
    held, pkd = [draft_of(hold(client)) for _draft in range(3)], client_of(staff.pkd)
    complaint = draft_of(hold(client, "/pengaduan/"))
    assert "(4)" in pkd.get("/meja/").content.decode()
    for wrong in ({}, {"draft": "x"}):
        answer = pkd.post("/kiriman/", wrong)
        assert answer.status_code == 422
        assert "Centang kiriman yang tidak diterima." in answer.content.decode()
    keys = [str(draft.held_key) for draft in (*held[:2], complaint)]
    for text in (
        "3 kiriman tidak diterima. Permohonan yang tidak diterima langsung dihapus.",
        "Orang lain baru saja memutuskan kiriman ini.",
    ):
        answer = pkd.post("/kiriman/", {"draft": keys}, follow=True)
        assert answer.redirect_chain == [("/kiriman/", 302)]
        assert text in answer.content.decode()
    assert RequestDraft.objects.get(escalated_at=None) == held[2]
    assert client_of(staff.kadis).post("/kiriman/", {"draft": keys}).status_code == 403


@pytest.mark.differs_by_database
def test_held_drafts_expire_after_ninety_days_and_can_be_accepted_until_then(
    staff: Staff, client: Client
) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=91)):
        for path in ("/ajukan/", "/pengaduan/"):
            hold(client, path)
    late, escalated = RequestDraft.objects.order_by("-kind")
    submission.reject([escalated.held_key], by=staff.pkd)
    case = accept(late, staff.pkd)
    assert clock.now() - case.submitted_at < dt.timedelta(days=90)
    assert drafts.delete_expired() == 0
    with clock.set_to(clock.now() + dt.timedelta(days=91)):
        assert drafts.delete_expired() == 1
    hold(client)
    with clock.set_to(clock.now() + dt.timedelta(days=91)):
        assert drafts.delete_expired() == 1
    assert not RequestDraft.objects.exists()


def test_the_second_moderator_reads_that_somebody_else_has_decided(staff: Staff, client: Client) -> None:
    for path in ("/ajukan/", "/pengaduan/"):
        hold(client, path)
    accepted, escalated = RequestDraft.objects.order_by("-kind")
    assert accept(accepted, staff.pkd) == accept(accepted, staff.pkd)
    submission.reject([escalated.held_key], by=staff.pkd)
    with pytest.raises(drafts.Overtaken, match="baru saja memutuskan"):
        accept(escalated, staff.pkd)
    assert submission.reject([escalated.held_key], by=staff.pkd) == 0


@each("identity", ["CONFIDENTIAL", "ANONYMOUS"])
def test_moderators_do_not_see_a_hidden_complainant(
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
    case = accept(draft, staff.pkd)
    assert case.letter_number == ""
    for attachment in case.attachments.all():
        assert "siti" not in attachment.name
        assert b"Juru Potret" not in Path(attachment.file.path).read_bytes()


def test_nobody_else_sees_held_drafts(staff: Staff, client: Client, client_of: ClientOf) -> None:
    link = hold(client, letter=upload("surat.pdf", pdf()))
    page, file = office_page(link), draft_of(link).files.get()
    for name in ("sekretariat", "kabid", "petugas", "admin", "expired"):
        other = client_of(getattr(staff, name))
        assert other.get(page).status_code == other.post(page).status_code == 403, name
        assert other.get(f"{page}berkas/{file.pk}/").status_code == 403, name
        assert other.post("/kiriman/", {"draft": str(draft_of(link).held_key)}).status_code == 403, name
        assert "/kiriman/" not in other.get("/meja/").content.decode(), name
    assert client.get(page)["Location"].startswith("/masuk/")


def test_drafts_that_are_not_held_are_hidden(staff: Staff, client: Client, client_of: ClientOf) -> None:
    page = office_page(client.post("/ajukan/", typed())["Location"])
    assert client_of(staff.pkd).get(page).status_code == 404


@each("identity", Identity)
def test_moderators_never_learn_the_token_that_leads_to_the_secret_link(
    staff: Staff, client: Client, client_of: ClientOf, identity: str
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
        assert token not in answer.content.decode()
        assert token not in str(answer.headers)
    assert pkd.get(f"/kiriman/{token}/").status_code == 404


def test_a_reason_is_stored_and_announced_in_indonesian(
    staff: Staff, client: Client, client_of: ClientOf
) -> None:
    page, pkd = office_page(hold(client)), client_of(staff.pkd)
    pkd.cookies["language"] = "en"
    for path in ("/meja/", "/kiriman/", page):
        assert f'lang="id">{TRAPPED}' in pkd.get(path).content.decode()


@each("number", [1, 3])
def test_queries_of_a_held_request(
    staff: Staff,
    client: Client,
    client_of: ClientOf,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    links, pkd = [hold(client) for _draft in range(number)], client_of(staff.pkd)
    page = office_page(links[0])
    with django_assert_num_queries(6):  # one of them is the entry of the audit log
        pkd.get(page)
