"""Requests of other systems: the same checks as the public form, one key one case, files, malware."""

from typing import Any
from uuid import uuid4

import pytest

from consultations import services
from consultations.audit.models import AuditEntry
from consultations.enums import Identity, State
from consultations.intake import uploads
from consultations.models import Case
from exchange.models import SubmittedCase
from kit.malware import MalwareError
from tests.exchange.conftest import CallerOf
from tests.exchange.test_api import assert_problem, list_codes, sent
from tests.factories import Staff, case_at
from tests.submitting import pdf, upload


@pytest.fixture
def sender_of(caller_of: CallerOf) -> Any:
    return lambda name="Pengirim": caller_of(name=name, sends_requests=True)


def test_a_sent_request_is_a_case_that_its_sender_follows(staff: Staff, sender_of: Any) -> None:
    sender, other = sender_of(), sender_of("Lain")
    strange = case_at(State.SUBMITTED, staff)
    answer = sender.post("/consultations", sent(letter=upload("surat.pdf", pdf())), key=uuid4())
    assert answer.status_code == 201
    case = Case.objects.get(code=answer.json()["code"])
    assert (case.applicant_name, case.phone, case.state) == ("Siti Contoh", "+6281234567890", State.SUBMITTED)
    assert answer.json()["link"].endswith(f"/p/{case.secret}/")
    assert sender.client.get(f"/p/{case.secret}/").status_code == 200
    assert case.attachments.get().purpose == "LETTER"
    assert case.history.get().title == "Pemohon"
    assert SubmittedCase.objects.get().system == sender.system
    assert list_codes(sender) == [case.code]
    assert sender.get(f"/cases/{case.code}/history").json()[0]["verb"] == "submit"
    assert_problem(sender.get(f"/cases/{strange.code}"), 404)
    assert_problem(other.get(f"/cases/{case.code}"), 404)


def test_a_key_belongs_to_the_whole_request(staff: Staff, sender_of: Any) -> None:
    """Each field counts, and name and content of each file. The boundary of the body is new each time."""
    sender, key, letter = sender_of(), uuid4(), pdf()

    def post(name: str = "a.pdf", content: bytes = letter, **changes: Any) -> Any:
        return sender.post("/consultations", sent(letter=upload(name, content), **changes), key=key)

    assert (post().status_code, post().status_code) == (201, 200)
    for answer in (
        post(applicant_name="Orang Lain"),
        post(phone="0812-3456-7891"),
        post(name="b.pdf"),
        post(content=pdf(pages=2)),
        post(materials=upload("a.pdf", letter)),
        sender.post("/consultations", {}, key=key),
    ):
        assert_problem(answer, 409)
    assert Case.objects.count() == 1


def test_one_key_makes_one_case(staff: Staff, sender_of: Any) -> None:
    sender, other, key, data = sender_of(), sender_of("Lain"), uuid4(), sent()
    first = sender.post("/consultations", data, key=key)
    again = sender.post("/consultations", data, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    for path, changed in (("/consultations", sent(material="Lain sama sekali?")), ("/complaints", data)):
        detail = assert_problem(sender.post(path, changed, key=key), 409)["detail"]
        assert "Idempotency-Key" in detail
    assert other.post("/consultations", sent(material="Milik sistem lain?"), key=key).status_code == 201
    assert_problem(sender.post("/consultations", data), 422)
    assert Case.objects.count() == 2
    assert sender.post("/consultations", data, key=uuid4()).status_code == 201
    hashes = set(SubmittedCase.objects.values_list("sent_hash", flat=True))
    assert len(hashes) == 3, "a copy of the database would confirm a complainant's name that somebody guesses"


def test_the_form_explains_what_is_wrong(staff: Staff, sender_of: Any) -> None:
    sender = sender_of()
    problem = assert_problem(sender.post("/consultations", {}, key=uuid4()), 422)
    assert set(problem["errors"]) == {"material", "visit_at", "applicant_name", "phone", "letter"}
    assert problem["errors"]["phone"] == ["Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890."]
    bad = sent(letter=upload("surat.pdf", b"bukan PDF"), visit_at="2020-01-01T09:00", phone="\x00")
    assert set(assert_problem(sender.post("/consultations", bad, key=uuid4()), 422)["errors"]) == {
        *("letter", "visit_at", "phone")
    }
    assert not Case.objects.exists()


def test_a_hidden_complainant_stays_hidden(staff: Staff, sender_of: Any) -> None:
    data = sent(identity=Identity.CONFIDENTIAL, visit_at="", complained_party="Loket")
    answer = sender_of().post("/complaints", data, key=uuid4())
    assert answer.status_code == 201, answer.content
    case = Case.objects.get()
    assert (case.applicant_name, case.phone) == ("Pelapor dirahasiakan", "")


def test_malware_is_refused(staff: Staff, sender_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanner is a stand-in that knows one file."""

    def scan(content: bytes) -> None:
        if content.startswith(b"EICAR"):
            raise MalwareError("Eicar-Test")

    monkeypatch.setattr(uploads, "scan", scan)
    infected = sent(materials=upload("bahan.pdf", b"EICAR"))
    problem = assert_problem(sender_of().post("/consultations", infected, key=uuid4()), 422)
    assert "Eicar-Test" in problem["errors"]["materials"][0]
    assert not Case.objects.exists()


def test_the_offered_times_are_those_of_the_form(staff: Staff, sender_of: Any) -> None:
    sender = sender_of()
    times = sender.get("/visit-times").json()["times"]
    assert sender.post("/consultations", sent(visit_at=times[0]), key=uuid4()).status_code == 201


def test_a_system_completes_and_withdraws_what_it_sent(staff: Staff, sender_of: Any) -> None:
    """It acts as the applicant; the audit log names the system. Other cases do not exist for it."""
    sender, other = sender_of(), sender_of("Lain")
    code = sender.post("/consultations", sent(), key=uuid4()).json()["code"]
    case = Case.objects.get(code=code)
    assert_problem(sender.post(f"/cases/{code}/completion", {"note": "Terlampir."}), 409)
    services.send_back(case, by=staff.pkd, missing="Fotokopi SK.")
    assert_problem(other.post(f"/cases/{code}/completion", {"note": "Terlampir."}), 404)
    assert_problem(sender.post(f"/cases/{code}/completion", {}), 422)
    done = sender.post(f"/cases/{code}/completion", {"file": upload("sk.pdf", pdf())})
    assert (done.status_code, done.json()["state"]) == (200, "SUBMITTED")
    assert case.attachments.filter(purpose="COMPLETION").count() == 1
    entry = AuditEntry.objects.filter(case=case).latest("pk")
    assert (entry.title, entry.user) == ("sistem “Pengirim”", staff.kadis)
    assert_problem(sender.post(f"/cases/{code}/withdrawal", {"reason": ""}), 422)
    ended = sender.post(f"/cases/{code}/withdrawal", {"reason": "Sudah selesai."})
    assert ended.json()["state"] == State.WITHDRAWN
    assert_problem(sender.post(f"/cases/{code}/withdrawal", {"reason": "Sekali lagi."}), 409)
    assert [event.title for event in case.history.order_by("pk")][-2:] == ["Pemohon", "Pemohon"]
