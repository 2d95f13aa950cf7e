"""The pages of other systems: two people grant, one revokes; who sees what; names."""

import datetime as dt
import re
import smtplib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from consultations.audit.models import AuditEntry
from consultations.enums import ComplaintKind, Kind, State
from consultations.services import register
from exchange.forms import SystemForm
from exchange.models import Scope, System, Webhook, WebhookEvent
from exchange.systems import issue_token, notify_officials, propose, revoke
from exchange.webhooks import replay, set_webhook, stop_webhook
from kit import clock
from kit.cache import caching_per_request
from kit.refusal import Refused
from office.models import User, list_appointments
from tests.exchange.conftest import CallerOf
from tests.factories import ClientOf, Staff, case_at
from tests.notices.intercepting_mail import mailers
from tests.pages.test_access_changes import log_in
from tests.shared_data import each


def new(staff: Staff, **changes: Any) -> System:
    values = {"name": "SIMDA", "contact": "Dinas Uji", "official": staff.kadis, "reads_cases": True}
    return System(**{**values, **changes})


def test_a_system_is_granted_by_two_people(staff: Staff, client_of: ClientOf) -> None:
    """The administrator proposes and never sees the token; the official issues it and sees it once."""
    admin, head = log_in(staff.admin), log_in(staff.kadis)
    typed = {"name": "SIMDA", "contact": "Dinas Uji", "official": staff.kadis.pk, "rate": 60}
    answer = admin.post("/sistem-lain/usul/", {**typed, "reads_cases": "on"}, follow=True)
    assert "Berlaku setelah" in answer.text
    system = System.objects.get()
    address = f"/sistem-lain/{system.pk}/"
    assert admin.post(f"{address}token/", {"days": 30}).status_code == 403
    assert head.post(f"{address}token/", {"days": 366}).status_code == 422
    page = head.post(f"{address}token/", {"days": 365})
    token = re.findall(r"rbk_[\w-]{43}", page.text)[0]
    assert page["Cache-Control"] == "private, no-store"
    system.refresh_from_db()
    assert token not in (head.get(address).text, system.token_hash)
    api = Client(headers={"Authorization": f"Bearer {token}"})
    assert api.get("/api/v1/me").status_code == 200
    assert admin.post(f"{address}cabut/", follow=True).status_code == 200
    assert api.get("/api/v1/me").status_code == 401
    targets = AuditEntry.objects.filter(act="ACCESS").order_by("pk").values_list("target", flat=True)
    acts = ["diusulkan, read:cases", "token diterbitkan untuk 365 hari", "dicabut"]
    assert [target.split(": ", 1)[1] for target in targets] == acts


def test_the_form_says_what_is_missing(staff: Staff, client_of: ClientOf) -> None:
    admin = log_in(staff.admin)
    page = admin.post("/sistem-lain/usul/", {"network": "kantor", "rate": 0})
    assert page.status_code == 422
    scopes = page.text.partition("<fieldset>")[2].partition("</fieldset>")[0]
    assert scopes.count('type="checkbox"') == len(Scope)
    for words in ("Tulis nama", "Pilih penanggung jawabnya.", "Pilih paling sedikit satu", "203.0.113.0"):
        assert words in page.text
    new(staff, proposed_by=staff.admin).save()
    typed = {"name": "SIMDA", "contact": "x", "official": staff.kadis.pk, "rate": 60, "reads_cases": "on"}
    assert "Sudah ada sistem dengan nama ini" in admin.post("/sistem-lain/usul/", typed).text
    lines = admin.post("/sistem-lain/usul/", {**typed, "name": "A\nB", "contact": "x\ny"}).text
    assert lines.count("Tulis dalam satu baris") == 2 * 2  # on top and beside each field
    assert System.objects.count() == 1


def test_the_form_leaves_no_positions_in_the_cached_accounts(staff: Staff) -> None:
    """All requests share them, and copies of them: their positions would stay those of that moment."""
    with caching_per_request():
        offered = SystemForm(by=staff.admin).fields["official"].queryset  # type: ignore[attr-defined]
        assert staff.kabid in offered
        assert staff.pengawas not in offered
        assert not any("current_appointments" in vars(row.user) for row in list_appointments())


def test_the_official_gets_a_mail_and_a_line_on_the_desk(
    staff: Staff, client_of: ClientOf, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=staff.kadis.pk).update(email="kadis@kantor.example")
    system = propose(new(staff, name="SIMDA\nlain"), by=staff.admin)
    assert 'data-systems="1"' in client_of(staff.kadis).get("/meja/").text
    assert "data-systems" not in client_of(staff.pkd).get("/meja/").text
    assert (notify_officials(), notify_officials()) == (1, 0)
    (mail,) = mailoutbox
    assert mail.to == ["kadis@kantor.example"]
    assert mail.subject == "Sistem “SIMDA lain” menunggu token dari Anda"
    for words in (f"/sistem-lain/{system.pk}/", str(staff.admin), "Dinas Uji", Scope.READ_CASES.label):
        assert str(words) in mail.body
    issue_token(system, by=staff.kadis, days=1)
    assert "data-systems" not in client_of(staff.kadis).get("/meja/").text


@each(
    ("error", "tried", "left"),
    [
        (ConnectionResetError(), 1, 2),
        (smtplib.SMTPDataError(451, b"later"), 2, 2),
        (smtplib.SMTPDataError(554, b"no"), 2, 0),
    ],
)
def test_mail_to_officials_waits_for_a_server(error: Exception, tried: int, left: int, staff: Staff) -> None:
    """A delayed mail does not hold up the others. What is left is tried again."""
    User.objects.filter(pk=staff.kadis.pk).update(email="kadis@kantor.example")
    for name in ("A", "B"):
        propose(new(staff, name=name), by=staff.admin)
    tries: list[None] = []
    with override_settings(MAILERS=mailers(lambda: tries.append(None), error)):
        assert notify_officials() == 0
    assert len(tries) == tried
    assert System.objects.filter(notified_at=None).count() == left


def test_two_schedulers_send_one_mail(staff: Staff, settings: Any) -> None:
    """The second starts while the first transfers it. What was revoked, or has no address, gets none."""
    User.objects.filter(pk=staff.kadis.pk).update(email="kadis@kantor.example")
    revoke(propose(new(staff, name="A"), by=staff.admin), by=staff.admin)
    propose(new(staff, name="B", official=staff.kabid), by=staff.admin)
    others: list[int] = []
    settings.MAILERS = mailers(lambda: others.append(notify_officials()))
    assert (notify_officials(), others, staff.kabid.email) == (0, [], "")
    propose(new(staff), by=staff.admin)
    assert (notify_officials(), others) == (1, [0])


def test_services_refuse_what_is_not_theirs(staff: Staff) -> None:
    for by, official, error in (
        (staff.petugas, staff.kadis, PermissionDenied),
        (staff.kadis, staff.kadis, Refused),
        (staff.admin, staff.expired, Refused),
        (staff.admin, staff.pengawas, Refused),
    ):
        with pytest.raises(error):
            propose(new(staff, official=official), by=by)
    system = propose(new(staff), by=staff.admin)
    with pytest.raises(Refused):
        set_webhook(system, by=staff.kadis, url="https://sistem.example/")
    for act in (
        lambda by: issue_token(system, by=by, days=1),
        lambda by: revoke(system, by=by),
        lambda by: set_webhook(system, by=by, url="https://sistem.example/"),
        lambda by: stop_webhook(Webhook(system=system), by=by),
        lambda by: replay(Webhook(system=system), by=by, since=clock.today()),
    ):
        with pytest.raises(PermissionDenied):
            act(staff.kabid)
    revoke(system, by=staff.kadis)
    with pytest.raises(Refused):
        issue_token(system, by=staff.kadis, days=1)


# fmt: off -- a table is read in columns
MATRIX = """
                             adm kds kbd okb ptg pkd
/sistem-lain/                200 200 200 200 404 404
/sistem-lain/usul/           302 302 403 403 403 403
/sistem-lain/{pk}/           200 200 200 404 404 404
/srikandi/                   403 200 403 403 403 200
"""
# fmt: on
PEOPLE = ("admin", "kadis", "kabid", "other_kabid", "petugas", "pkd")


def test_each_page_x_person(staff: Staff, caller_of: CallerOf, client_of: ClientOf) -> None:
    """Redirects ask for the password again."""
    system = caller_of(staff.kabid).system
    for line in MATRIX.strip().splitlines()[1:]:
        path, *expected = line.split()
        address = path.format(pk=system.pk)
        found = [str(client_of(getattr(staff, name)).get(address).status_code) for name in PEOPLE]
        assert found == expected, path


def test_the_pages_cost_the_same_with_many_systems(
    staff: Staff, caller_of: CallerOf, client_of: ClientOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(staff.kadis)
    system = caller_of().system
    client.get("/sistem-lain/")
    with at_most_queries(4):
        client.get("/sistem-lain/")
    with at_most_queries(4):
        client.get(f"/sistem-lain/{system.pk}/")
    for number in range(29):
        caller_of(name=f"Sistem {number}")
    with at_most_queries(4):
        client.get("/sistem-lain/")


def test_a_webhook_is_set_ended_and_replayed(staff: Staff, caller_of: CallerOf, client_of: ClientOf) -> None:
    system = caller_of().system
    head, admin = log_in(staff.kadis), client_of(staff.admin)
    address = f"/sistem-lain/{system.pk}/"
    refused = head.post(f"{address}webhook/", {"url": "http://10.0.0.1/"})
    assert (refused.status_code, "alamat https" in refused.text) == (422, True)
    assert admin.post(f"{address}webhook/", {"url": "https://sistem.example/"}).status_code == 403
    page = head.post(f"{address}webhook/", {"url": "https://sistem.example/"})
    assert re.search(r'id="rahasia" data-secret>whsec_[\w+/=]{44}<', page.text)
    assert 'data-copy="rahasia"' in page.text, "shown once: a button copies it"
    hook = f"{address}webhook/{system.webhooks.get().pk}/"
    case_at(State.SUBMITTED, staff)
    WebhookEvent.objects.update(status="FAILED", reason="Penerima menjawab dengan status 500.")
    assert "tidak diterima selama lima hari" in admin.get(hook).text
    answer = admin.post(hook, {"replay": "", "since": str(clock.today())}, follow=True)
    assert "1 kejadian akan dikirim ulang" in answer.text
    WebhookEvent.objects.update(attempts=1, reason="Penerima menjawab dengan status 500.")
    assert "Penerima belum menerima sejak" in admin.get(hook).text
    assert admin.post(hook, {"replay": "", "since": "kapan"}).status_code == 422
    assert client_of(staff.other_kabid).get(hook).status_code == 404
    replay = admin.get(hook).text.partition('data-form="replay"')[2].partition("</form>")[0]
    assert 'name="stop"' not in replay, "a place of its own"
    admin.post(hook, {"stop": ""})
    assert Webhook.objects.get().stopped_at
    assert "Dihentikan" in admin.get(hook).text


END = {
    "stopped": lambda hook, staff: stop_webhook(hook, by=staff.admin),
    "revoked": lambda hook, staff: revoke(hook.system, by=staff.admin),
    "expired": lambda hook, staff: System.objects.update(
        issued_at=clock.now() - dt.timedelta(days=9), expires_at=clock.now() - dt.timedelta(minutes=1)
    ),
}
SAYS = {
    "stopped": "Dihentikan",
    "revoked": "Akses sistem ini dicabut",
    "expired": "Token sistem ini kedaluwarsa",
}


@pytest.mark.parametrize("end", END)
def test_what_goes_nowhere_is_not_sent_again(end: str, staff: Staff, caller_of: CallerOf) -> None:
    system, client = caller_of().system, log_in(staff.kadis)
    set_webhook(system, by=staff.kadis, url="https://sistem.example/")
    case_at(State.SUBMITTED, staff)
    hook = system.webhooks.get()
    END[end](hook, staff)
    path = f"/sistem-lain/{system.pk}/webhook/{hook.pk}/"
    WebhookEvent.objects.update(attempts=3, reason="Penerima tidak menjawab.")
    assert "Dicoba lagi sampai lima hari" not in client.get(path).text
    WebhookEvent.objects.update(status="FAILED")
    page = client.get(path).text
    assert SAYS[end] in page
    assert not re.search(r'name="(replay|event)"', page)
    for button in ({"replay": "", "since": str(clock.today())}, {"event": WebhookEvent.objects.get().pk}):
        assert "jadi tidak ada yang dikirim ulang" in client.post(path, button, follow=True).text
    assert WebhookEvent.objects.get().status == "FAILED"


def test_a_delivery_is_logged_with_its_answer_and_sent_again(staff: Staff, caller_of: CallerOf) -> None:
    system = caller_of().system
    set_webhook(system, by=staff.kadis, url="https://sistem.example/")
    case = case_at(State.REGISTERED, staff)
    hook, head = system.webhooks.get(), log_in(staff.kadis)
    first, second = hook.events.order_by("pk")
    sent = {"status": "SENT", "attempts": 1, "sent_at": clock.now(), "answer": 204}
    hook.events.filter(pk=first.pk).update(**sent)
    page = head.get(f"/sistem-lain/{system.pk}/webhook/{hook.pk}/")
    assert case.code in page.text
    assert "jawaban 204" in page.text
    assert page.text.count('data-form="resend"') == 1, "the other one waits"
    for key in (first.pk, second.pk):
        head.post(f"/sistem-lain/{system.pk}/webhook/{hook.pk}/", {"event": key})
    first.refresh_from_db()
    assert (first.status, first.attempts, first.key) == ("WAITING", 0, hook.events.earliest("pk").key)
    assert head.post(f"/sistem-lain/{system.pk}/webhook/{hook.pk}/", {"event": "9" * 18}).status_code == 404


def test_the_log_does_not_tell_its_reader_of_a_complaint_about_him(
    staff: Staff, caller_of: CallerOf, client_of: ClientOf
) -> None:
    """The head changes access, so he opens the log of each system, also of one whose official is Tim PKD."""
    system = caller_of(staff.pkd).system
    set_webhook(system, by=staff.pkd, url="https://sistem.example/")
    complaint = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    kind = ComplaintKind.SUPERVISION
    register(
        complaint, by=staff.pkd, classification="400.9", complained_about=staff.kadis, complaint_kind=kind
    )
    address = f"/sistem-lain/{system.pk}/webhook/{system.webhooks.get().pk}/"
    assert complaint.code in client_of(staff.pkd).get(address).text
    assert complaint.code not in client_of(staff.kadis).get(address).text
    event = system.webhooks.get().events.latest("pk")
    assert client_of(staff.kadis).post(address, {"event": event.pk}).status_code == 404
