"""The notice of a breach: its recipients, and the people who may write and read it."""

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from consultations.enums import Identity, State
from consultations.secret_link import create_code_key
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from tests.factories import ClientOf, Staff, case_at
from tests.pages.test_hidden_identity import hidden_at
from tests.print.reading import text_of
from trust.privacy.breach import DELAY, enqueue_notices, notify_concerned, report_breach, stop_breach
from trust.privacy.models import Breach


def details(**columns: Any) -> dict[str, Any]:
    now, today = clock.now(), clock.today()
    moments = {"happened_at": now - dt.timedelta(days=1), "found_at": now - dt.timedelta(hours=2)}
    handling = "Surel ditarik, penerima menghapusnya."
    texts = {"disclosed": "Nama dan nomor telepon.", "cause": "Surel salah alamat.", "handling": handling}
    return {**moments, **texts, "since": today, "until": today, **columns}


def report(staff: Staff, *, recipients: int = 1) -> Breach:
    return report_breach(by=staff.kadis, recipients=recipients, **details())


def come_due(breach: Breach) -> AbstractContextManager[None]:
    """Move the clock past the delay of a notice."""
    return clock.set_to(breach.at + DELAY)


def test_those_concerned_are_told_once(staff: Staff) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=9)):
        case_at(State.SUBMITTED, staff)
    concerned = case_at(State.SUBMITTED, staff, email="siti@example.id")
    hidden_at(State.SUBMITTED, staff, identity=Identity.ANONYMOUS)
    breach = report(staff)
    assert (breach.title, breach.by) == ("Kepala Dinas", staff.kadis)
    with come_due(breach):
        assert notify_concerned.func(breach.pk) == 1
        assert notify_concerned.func(breach.pk) == 0
    notice = Notice.objects.get(kind="BREACH")
    assert (notice.case, notice.recipient) == (concerned, None)
    assert set(notice.messages.values_list("channel", flat=True)) == {"EMAIL", "WHATSAPP"}


@pytest.mark.same_on_every_database
def test_the_form_says_what_is_missing_and_stores_the_rest(staff: Staff, client_of: ClientOf) -> None:
    case_at(State.SUBMITTED, staff)
    client = client_of(staff.admin)
    posted = {name: str(value)[:16] for name, value in details().items() if name.endswith("_at")}
    posted = {**details(), **posted}
    late = {"found_at": f"{clock.today() + dt.timedelta(days=1)} 09:00", "disclosed": ""}
    answer = client.post("/kegagalan-data/", {**posted, **late})
    assert answer.status_code == 422
    assert "Waktu ini belum lewat." in answer.text
    assert "Surel salah alamat." in answer.text
    preview = client.post("/kegagalan-data/", posted)
    assert "1 pemohon akan menerima ini" in preview.text
    assert "Ada kegagalan pelindungan data pribadi" in preview.text
    assert "Surel salah alamat." in client.post("/kegagalan-data/", {**posted, "ubah": "1"}).text
    for typed in ("", "2", "satu"):
        answer = client.post("/kegagalan-data/", {**posted, "kirim": "1", "recipients": typed})
        assert answer.status_code == 422
        assert "1 pemohon akan menerima ini" in answer.text
    assert not Breach.objects.exists()
    sent = client.post("/kegagalan-data/", {**posted, "kirim": "1", "recipients": "1"})
    assert sent.status_code == 302
    assert Breach.objects.get().title == "Administrator"
    assert "data-breach=" in client.get("/kegagalan-data/").text


@pytest.mark.same_on_every_database
def test_the_paper_is_read_by_those_concerned_only(staff: Staff, client_of: ClientOf) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=9)):
        other = case_at(State.SUBMITTED, staff)
    concerned = case_at(State.SUBMITTED, staff)
    breach = report(staff)
    address = f"/p/{concerned.secret}/data-saya/kegagalan/{breach.pk}/"
    assert address not in Client().get(f"/p/{concerned.secret}/").text
    assert Client().get(address).status_code == 404
    with come_due(breach):
        assert address in Client().get(f"/p/{concerned.secret}/data-saya/").text
        assert address in Client().get(f"/p/{concerned.secret}/").text
        assert address not in Client().get(f"/p/{other.secret}/").text
        text = text_of(Client().get(address).content)
    for said in ("Pasal 46", breach.disclosed, breach.cause, breach.handling, staff.kadis.name):
        assert said in text, said
    assert Client().get(f"/p/{other.secret}/data-saya/kegagalan/{breach.pk}/").status_code == 404
    assert (
        Client().get(f"/p/{create_code_key(concerned)}/data-saya/kegagalan/{breach.pk}/").status_code == 403
    )
    assert client_of(staff.kadis).get(f"/kegagalan-data/{breach.pk}.pdf").status_code == 200
    assert client_of(staff.pkd).get(f"/kegagalan-data/{breach.pk}.pdf").status_code == 404


def test_who_may_not_write_a_notice_and_which_is_refused(staff: Staff) -> None:
    with pytest.raises(Refused):
        report(staff)
    case_at(State.SUBMITTED, staff)
    with pytest.raises(PermissionDenied):
        report_breach(by=staff.pkd, recipients=1, **details())
    with pytest.raises(Refused, match="tidak sama"):
        report(staff, recipients=2)
    report(staff)


def test_for_ten_minutes_it_can_be_stopped(staff: Staff, client_of: ClientOf) -> None:
    case_at(State.SUBMITTED, staff, email="siti@example.id")
    breach = report(staff)
    assert enqueue_notices() == 0
    page = client_of(staff.admin).get("/kegagalan-data/").text
    assert "Hentikan pengiriman" in page
    address = f"/kegagalan-data/{breach.pk}/hentikan/"
    assert client_of(staff.pkd).post(address).status_code == 404
    assert "Tidak ada yang dikirim." in client_of(staff.admin).post(address, follow=True).text
    with come_due(breach):
        assert enqueue_notices() == 0
        assert notify_concerned.func(breach.pk) == 0
        assert "Hentikan pengiriman" not in client_of(staff.admin).get("/kegagalan-data/").text


def test_after_ten_minutes_it_is_sent_and_cannot_be_stopped(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, email="siti@example.id")
    breach = report(staff)
    with come_due(breach):
        with pytest.raises(Refused, match="sudah dikirim"):
            stop_breach(breach, by=staff.kadis)
        assert enqueue_notices() == 1
        notify_concerned.func(breach.pk)
        assert enqueue_notices() == 0
    assert Notice.objects.filter(case=case, kind="BREACH").exists()
