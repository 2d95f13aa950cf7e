"""Bot checks, proof of work and rate limits: suspicious requests are held, floods are refused."""

import datetime as dt
import json
import re
from typing import Any
from uuid import UUID, uuid4

import altcha
import pytest
from django.test import Client
from django.utils.functional import Promise

from consultations.intake import drafts, submission
from consultations.intake.drafts import case_for_token
from consultations.intake.models import DraftFile, RequestDraft
from consultations.models import Case
from kit import clock, limits
from kit.limits import delete_old_requests
from tests.factories import Staff, wished_moment
from tests.shared_data import each
from tests.submitting import assert_says, pdf, send, typed, upload

FEW = {
    "submit_address": "2/h/ip",
    "submit_address_proved": "1/h/ip",
    "submit_phone": "100/d/key",
    "submit_phone_proved": "100/d/key",
    "draft_address": "100/h/ip",
}


@pytest.fixture
def few(settings: Any, staff: Staff) -> None:
    """Allow one address two requests per hour without proof of work, and one more with it."""
    settings.ACCOUNT_RATE_LIMITS = FEW


def proof_for(page: str) -> str:
    """Return the solution of the challenge on a page."""
    (found,) = re.findall(r'<script id="soal" type="application/json">(.*?)</script>', page)
    return prove(altcha.Challenge.from_dict(json.loads(found)))


def prove(challenge: altcha.Challenge, more: int = 0) -> str:
    """Solve a challenge, or miss the number by `more`."""
    solution = altcha.solve_challenge(challenge)
    assert solution
    shown = altcha.Solution(solution.counter + more, solution.derived_key)
    return altcha.Payload(challenge, shown).to_base64()


def held_answer(client: Client, data: dict[str, Any]) -> None:
    """Send a request that is held."""
    answer = send(client, "/ajukan/", data)
    assert answer["Location"] == f"/ajukan/{data['submission_token']}/"
    assert case_for_token(UUID(data["submission_token"])) is None
    assert "sudah kami simpan dan dilihat petugas dahulu" in client.get(answer["Location"]).text


@each(
    ("change", "because"),
    [
        ({"homepage": "http://contoh.example"}, submission.TRAPPED),
        ({"stamp": ""}, submission.FORGED),
        ({"stamp": "tiruan"}, submission.FORGED),
        ({"stamp": submission.SIGNER.sign("satu")}, submission.FORGED),
    ],
)
def test_a_bot_is_held(staff: Staff, client: Client, change: dict[str, str], because: Promise) -> None:
    held_answer(client, typed(**change))
    assert RequestDraft.objects.get().held_because == str(because)


def test_a_form_filled_in_within_seconds_is_held(staff: Staff, client: Client, settings: Any) -> None:
    settings.FORM_SECONDS = 3
    now = clock.now().replace(microsecond=0)
    for seconds, sent in ((0, 0), (2, 0), (3, 1), (86_400 * 3, 2)):
        with clock.set_to(now - dt.timedelta(seconds=seconds)):
            about = f"Kartu BPJS sesudah {seconds} detik."
            data = typed(material=about, visit_at=f"{wished_moment(8):%Y-%m-%dT%H:%M}")
        with clock.set_to(now):
            send(client, "/ajukan/", data)
        assert Case.objects.count() == sent
    with clock.set_to(now - dt.timedelta(minutes=2)):
        data = typed(phone="")
    client.post("/ajukan/", data)
    form = client.get(f"/ajukan/{data['submission_token']}/").context["form"]
    again = {**data, "phone": "081234567890", "stamp": form["stamp"].value()}
    assert send(client, "/ajukan/", again)["Location"].endswith("/tanda-terima/")


def test_near_the_limit_a_proof_of_work_is_required(few: None, client: Client) -> None:
    for number in range(2):
        send(client, "/ajukan/", typed(material=f"Kartu BPJS nomor {number}."))
    unproved = client.post("/ajukan/", typed())["Location"]
    check = client.post("/ajukan/", data := typed())["Location"]
    page = client.post(check).text
    assert "Satu pemeriksaan lagi." in page
    assert Case.objects.count() == 2
    answer = client.post(check, {"proof": proof_for(page)})
    assert answer["Location"].endswith("/tanda-terima/")
    assert case_for_token(UUID(data["submission_token"]))
    # Without JavaScript, or beyond the limit where no proof helps, a person looks.
    assert 'name="unproved"' in client.post(unproved).text
    client.post(unproved, {"unproved": "1"})
    check = client.post("/ajukan/", typed())["Location"]
    answer = client.post(check, {"proof": proof_for(client.post(check).text)})
    assert answer["Location"] == check.removesuffix("periksa/")
    reasons = [str(draft.held_because) for draft in RequestDraft.objects.all()]
    assert reasons == [str(submission.TOO_MANY)] * 2


def test_a_telephone_number_has_a_limit_of_its_own(few: None, client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**FEW, "submit_address": "100/h/ip", "submit_phone": "1/d/key"}
    send(client, "/ajukan/", typed())
    assert "Satu pemeriksaan lagi." in send(client, "/ajukan/", typed(phone="0812 3456 7890")).text
    assert send(client, "/ajukan/", typed(phone="0812-3456-7891")).status_code == 302
    for _complaint in range(2):
        assert send(client, "/pengaduan/", typed(identity="ANONYMOUS", phone="")).status_code == 302


@pytest.mark.differs_by_database
def test_what_counts_no_longer_is_deleted(few: None, client: Client) -> None:
    send(client, "/ajukan/", typed())
    assert delete_old_requests() == 0
    with clock.set_to(clock.now() + dt.timedelta(days=1, minutes=1)):
        assert delete_old_requests() == 3  # saved by an address, sent by an address and a number
    assert send(client, "/ajukan/", typed())["Location"].endswith("/tanda-terima/")


def test_a_proof_is_for_one_draft_and_some_time_and_cannot_be_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = str(uuid4())
    challenge = altcha.Challenge.from_dict(limits.create_challenge(draft))
    easy = altcha.create_challenge(limits.ALGORITHM, 1, data={"key": draft}, hmac_secret="tebakan")
    for forged in ("", "x", "bnVsbA==", "W10=", "e30=", prove(easy), prove(challenge, more=1)):
        assert not limits.is_solved(draft, forged)
    assert not limits.is_solved(str(uuid4()), prove(challenge))
    assert limits.is_solved(draft, prove(challenge))
    monkeypatch.setattr(limits, "LIFETIME", -1)
    assert not limits.is_solved(draft, prove(altcha.Challenge.from_dict(limits.create_challenge(draft))))


@pytest.mark.parametrize(
    ("limit", "trap", "saved"), [("draft_address", {}, 3), ("held_address", {"homepage": "x"}, 2)]
)
def test_a_flood_of_drafts_or_of_held_ones_is_refused_with_a_sentence(
    limit: str, trap: dict[str, str], saved: int, staff: Staff, client: Client, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**FEW, limit: f"{saved}/h/ip"}
    post = send if trap else Client.post
    answers = [post(client, "/ajukan/", typed(**trap)) for _draft in range(saved + 2)]
    assert [answer.status_code for answer in answers] == [302] * saved + [429, 429]
    assert "Tunggu satu jam" in answers[-1].text
    stored = RequestDraft.objects.exclude(held_at=None) if trap else RequestDraft.objects.all()
    assert stored.count() == saved


def test_stored_files_are_limited_by_address_and_in_total(
    staff: Staff, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**FEW, "draft_files_address": "2/h/ip"}
    answers = [client.post("/ajukan/", typed(letter=upload("surat.pdf", pdf()))) for _draft in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert client.post("/ajukan/", typed()).status_code == 302
    settings.ACCOUNT_RATE_LIMITS = FEW
    monkeypatch.setattr(drafts, "MAX_BYTES", 2 * len(pdf()))
    assert_says(client.post("/ajukan/", typed(letter=upload("surat.pdf", pdf()))), 503, "Kirim tanpa berkas")
    assert DraftFile.objects.count() == 2
    assert client.post("/ajukan/", typed()).status_code == 302


def test_a_held_request_has_one_address_unless_its_text_changes(staff: Staff, client: Client) -> None:
    data = typed(homepage="x")
    held_answer(client, data)
    draft = f"/ajukan/{data['submission_token']}/"
    check = f"{draft}periksa/"
    for answer in (client.post("/ajukan/", data), client.get(check), client.post(check)):
        assert answer["Location"] == draft
    assert RequestDraft.objects.count() == 1
    assert not Case.objects.exists()
    again = client.post("/ajukan/", {**data, "material": "Bagaimana dengan bantuan sekolah?"})
    assert data["submission_token"] not in again["Location"]
    assert RequestDraft.objects.count() == 2
