"""The notice of a breach: to whom it goes, and who may write and read it."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.test import Client

from consultations.enums import Identity, State
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from tests.factories import ClientOf, Staff, case_at
from tests.pages.test_hidden_identity import hidden_at
from tests.print.reading import text_of
from trust.privacy.breach import notify_concerned, report_breach
from trust.privacy.models import Breach


def details(**columns: Any) -> dict[str, Any]:
    now, today = clock.now(), clock.today()
    moments = {"happened_at": now - dt.timedelta(days=1), "found_at": now - dt.timedelta(hours=2)}
    handling = "Surel ditarik, penerima menghapusnya."
    texts = {"disclosed": "Nama dan nomor telepon.", "cause": "Surel salah alamat.", "handling": handling}
    return {**moments, **texts, "since": today, "until": today, **columns}


def test_those_concerned_are_told_once(staff: Staff) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=9)):
        case_at(State.SUBMITTED, staff)
    concerned = case_at(State.SUBMITTED, staff, email="siti@example.id")
    hidden_at(State.SUBMITTED, staff, identity=Identity.ANONYMOUS)
    breach = report_breach(by=staff.kadis, **details())
    assert (breach.title, breach.by) == ("Kepala Dinas", staff.kadis)
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
    assert client.post("/kegagalan-data/", posted).status_code == 302
    assert Breach.objects.get().title == "Administrator"
    assert "data-breach=" in client.get("/kegagalan-data/").text


@pytest.mark.same_on_every_database
def test_the_paper_is_read_by_those_concerned_only(staff: Staff, client_of: ClientOf) -> None:
    with clock.set_to(clock.now() - dt.timedelta(days=9)):
        other = case_at(State.SUBMITTED, staff)
    concerned = case_at(State.SUBMITTED, staff)
    breach = report_breach(by=staff.kadis, **details())
    address = f"/p/{concerned.secret}/data-saya/kegagalan/{breach.pk}/"
    assert address in Client().get(f"/p/{concerned.secret}/data-saya/").text
    text = text_of(Client().get(address).content)
    for said in ("Pasal 46", breach.disclosed, breach.cause, breach.handling, staff.kadis.name):
        assert said in text, said
    assert Client().get(f"/p/{other.secret}/data-saya/kegagalan/{breach.pk}/").status_code == 404
    assert client_of(staff.kadis).get(f"/kegagalan-data/{breach.pk}.pdf").status_code == 200
    assert client_of(staff.pkd).get(f"/kegagalan-data/{breach.pk}.pdf").status_code == 404


def test_who_may_not_write_a_notice_and_which_is_refused(staff: Staff) -> None:
    with pytest.raises(Refused):
        report_breach(by=staff.kadis, **details())
    case_at(State.SUBMITTED, staff)
    with pytest.raises(PermissionDenied):
        report_breach(by=staff.pkd, **details())
    report_breach(by=staff.kadis, **details())
    with pytest.raises(DatabaseError, match="append-only"):
        Breach.objects.update(disclosed="lain")
