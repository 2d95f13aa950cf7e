"""A witness of another installation: what it remembers, what it finds, and what it publishes."""

import datetime as dt
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from bench.web_server import get_free_port
from consultations.enums import State
from kit import clock
from kit.outgoing import NotReached
from operations.health import check_record, check_witnessed
from tests.factories import case_at, make_office, make_staff
from tests.ledger.conftest import list_findings
from tests.signing.servers import Reply, Request, serving
from tests.world import without_triggers
from trust.ledger import witness
from trust.ledger.chain import append_leaves
from trust.ledger.models import RecordCheck, Seal, WitnessedSeal
from trust.ledger.services import check_seals, compose, make_seal, verify_tonight
from trust.ledger.verification import Verification

R = WitnessedSeal.Result


def seal_day(days_ago: int) -> Seal:
    with clock.set_to(clock.now() - dt.timedelta(days=days_ago)):
        append_leaves()
        seal = make_seal()
        assert seal
    return seal


@pytest.fixture
def origin(shared_database: None, settings: Any) -> Iterator[str]:
    """The address of an installation with two seals, which is its own witness."""
    make_office()
    case_at(State.SUBMITTED, make_staff())
    seal_day(4)
    seal_day(3)
    server = LiveServer("127.0.0.1")
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.PUBLIC_URL, settings.WITNESS_OF, settings.WITNESSES = server.url, [server.url], [server.url]
    yield server.url
    server.stop()


def read_memory(origin: str) -> Any:
    return Client().get("/verifikasi/saksi.json", {"asal": origin}).json()


def compare(origin: str) -> list[str]:
    """Return the findings of a verification that asks the witness."""
    return [text for text in list_findings(witnesses=[origin], has_files=False) if origin in text]


def change(column: str, seal: Seal, value: str) -> None:
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE ledger_seal SET {column} = %s WHERE id = %s", [value, seal.pk])  # noqa: S608


def test_a_witness_remembers_the_newest_seal_and_publishes_it(origin: str) -> None:
    second = Seal.objects.latest("pk")
    row = witness.watch(origin)
    assert row
    assert (row.text, row.result, row.day) == (second.text, R.FOLLOWS, second.day)
    assert witness.watch(origin) is None, "there is no newer one"
    seal_day(2)
    newest = seal_day(1)
    assert witness.watch(origin).text == newest.text  # type: ignore[union-attr]
    assert [seal["text"] for seal in read_memory(origin)["seals"]] == [second.text, newest.text]
    page = Client().get("/verifikasi/saksi/", {"asal": origin}).text
    assert (page.count('data-result="FOLLOWS"'), newest.head[:8] in page) == (2, True)
    assert newest.fingerprint[:8] in page, "whoever proves a document asks a witness for it"
    assert "data-result" not in Client().get("/verifikasi/saksi/?asal=https://lain.example%00").text
    assert check_witnessed().is_well
    verification = Verification(witnesses=[origin], has_files=False)
    assert list(verification.run()) == []
    assert verification.compared == [f"{origin}: 2 seals, the last of {newest.day}"]
    append_leaves()
    assert list_findings() == [], "the memory is sealed"


def test_long_chains_are_read_in_pages(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seals = [*Seal.objects.order_by("pk"), seal_day(2), seal_day(1), seal_day(0)]
    monkeypatch.setattr(witness, "PAGE_SIZE", 2)
    monkeypatch.setattr(witness, "MAX_PAGES", 2)
    assert witness.watch(origin).text == seals[3].text  # type: ignore[union-attr]
    assert witness.watch(origin).text == seals[4].text  # type: ignore[union-attr]
    for _time in range(3):
        witness.watch(origin, is_new=True)
    monkeypatch.setattr(witness, "MAX_PAGES", 9)
    assert [row.result for row in witness.ask(origin)] == [R.ACCEPTED]


def forge_a_change(second: Seal) -> None:
    change("root", second, "ab" * 32)


def forge_a_deletion(second: Seal) -> None:
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM ledger_seal WHERE id = %s", [second.pk])


def forge_a_successor(second: Seal) -> None:
    change("previous", seal_day(2), "ab" * 32)


def forge_an_old_successor(second: Seal) -> None:
    change("previous = '', root", seal_day(2), "")


@pytest.mark.release
@pytest.mark.parametrize(
    ("forge", "result"),
    [
        (forge_a_change, R.CHANGED),
        (forge_a_deletion, R.MISSING),
        (forge_a_successor, R.NOT_NEXT),
        (forge_an_old_successor, R.NOT_NEXT),
    ],
)
def test_what_does_not_follow_is_found_until_it_is_accepted(
    forge: Any, result: str, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Seal.objects.order_by("pk")
    assert witness.watch(origin)
    forge(second)
    for _time in range(2):
        witness.watch_origin.call(origin)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    found = WitnessedSeal.objects.exclude(result__in=R.good()).get()
    assert found.result == result
    state = check_witnessed()
    assert not state.is_well
    assert str(found.get_result_display()) in state.fact
    assert f"PERHATIAN: {origin}, segel" in str(compose(first).body)
    assert f'data-result="{result}"' in Client().get("/verifikasi/saksi/").text
    assert any(text.endswith(f"{origin} found it {result}") for text in compare(origin))
    with pytest.raises(CommandError, match="Look at"):
        call_command("witness")
    call_command("witness", accept=origin)
    assert compare(origin) == []
    seal_day(0)
    assert witness.watch(origin).result == R.FOLLOWS  # type: ignore[union-attr]
    assert not check_witnessed().is_well, "a finding of this month"
    with clock.set_to(clock.now() + dt.timedelta(days=31)):
        assert str(check_witnessed().fact).startswith(f"{origin}: tidak ada segel baru sejak")


def test_a_finding_after_a_new_beginning_is_stored_again(origin: str) -> None:
    seal = Seal.objects.latest("pk")
    witness.watch(origin)
    for root in ("ab" * 32, seal.root, "ab" * 32):
        change("root", seal, root)
        found = witness.watch(origin)
        assert found
        assert (found.result, found) == (R.CHANGED, WitnessedSeal.objects.latest("pk"))
        witness.watch(origin, is_new=True)


def test_a_head_that_the_chain_does_not_have_is_named_with_its_day(origin: str) -> None:
    seal = seal_day(2)
    assert witness.watch(origin)
    with without_triggers() as cursor:
        cursor.execute("UPDATE ledger_witnessedseal SET text = replace(text, %s, %s)", [seal.head, "ab" * 32])
    (found,) = compare(origin)
    assert found.startswith(f"seal of {seal.day} that {origin} remembers {seal}: the chain has another head")


def test_a_witness_that_is_not_reached_is_never_good(
    origin: str, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    dead_address = f"http://127.0.0.1:{get_free_port()}"
    for wrong, networks in ((origin, ["127.0.0.0/8"]), (dead_address, ["127.0.0.0/8"]), (origin, [])):
        settings.WITNESSES, settings.WEBHOOK_NETWORKS = [wrong], networks
        assert verify_tonight.call("today") == 0
        last = RecordCheck.objects.latest()
        assert last.not_compared.startswith(f"{wrong}: ")
        assert not check_record().is_well
        assert "belum dibandingkan dengan saksi" in str(compose(Seal.objects.latest("pk")).body)
        with pytest.raises(CommandError, match="not compared") as raised:
            call_command("verify_record", "--no-files")
        assert raised.value.returncode == 2
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    witness.watch(origin)
    call_command("verify_record", "--no-files", f"--witness={origin}/")
    assert f"Compared with the witness {origin}: 1 seals" in capsys.readouterr().out
    settings.WITNESSES = [origin]
    seal_day(0)  # the last one may be late
    verify_tonight.call("today")
    assert check_record().is_well


ANSWERS = [
    *(b"", b"[]", b"{}", b'{"seals": 1}', b'{"seals": [1]}', b'{"seals": ["rembuk-segel/1"]}', b"[" * 9000),
    json.dumps({"seals": [f"rembuk-segel/1\n2026-13-01\n2026/1\n{'a' * 64}\n"]}).encode(),
    json.dumps({"seals": [f"rembuk-segel/2\n2026-01-01\n2026/1\n{'a' * 64}\n"]}).encode(),
    json.dumps({"seals": [], "more": "x" * 1_000_000}).encode(),
]


def answer_with(content: bytes, _request: Request) -> Reply:
    return Reply(content)


def test_answers_of_another_form_are_neither_stored_nor_good(db: None, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    for content in ANSWERS:
        with serving(partial(answer_with, content)) as address:
            with pytest.raises(NotReached):
                witness.ask(address)
            if content != b"{}" and b'"seals": []' not in content:
                with pytest.raises(NotReached):
                    witness.watch(address)
    with serving(lambda request: Reply(b'{"seals": []}', 404)) as address, pytest.raises(NotReached):
        witness.watch(address)
    assert not WitnessedSeal.objects.exists()


def test_the_feed_is_limited_and_knows_places_only(db: None, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "seals": "4/h/ip"}
    page = "/verifikasi/catatan/segel.json"
    places = ("", "2026/1", "x", "9" * 30 + "/1", "")
    statuses = [Client().get(page, {"sesudah": place}).status_code for place in places]
    assert statuses == [200, 200, 404, 404, 429]
    assert Client().get("/verifikasi/saksi.json").status_code == 429


def test_an_address_inside_is_reported(settings: Any) -> None:
    settings.WITNESS_OF, settings.WITNESSES = ["http://10.0.0.1"], ["https://saksi.example"]
    assert [found.id for found in check_seals(None)] == ["ledger.E005"]
