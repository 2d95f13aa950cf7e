"""Accounts: what an open session may change, passwords, wrong tries, and the end of a session."""

import hashlib
import re
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory

from kit import limits
from office.checks import check_password_list
from office.models import AccessChange, Office, User
from tests.factories import PASSWORD, Staff, client_of
from tests.sessions import session_of
from tests.shared_data import each

OLD, NEW = "petugas@kantor.example", "baru@kantor.example"


@pytest.fixture
def officer(staff: Staff) -> User:
    staff.petugas.email = OLD
    staff.petugas.save()
    return staff.petugas


def log_in(client: Client, user: str, password: str = PASSWORD, address: str = "192.0.2.1") -> Any:
    return client.post("/masuk/", {"login": user, "password": password}, REMOTE_ADDR=address)


def addresses_for_reset() -> list[str]:
    """Return which of the two addresses gets a mail that resets the password."""
    mail.outbox.clear()
    for address in (OLD, NEW):
        Client().post("/akun/password/reset/", {"email": address})
    return [sent.to[0] for sent in mail.outbox]


def pass_minutes(client: Client, minutes: int, *, is_idle: bool = True) -> None:
    """Let the login of a client be longer ago, and its last activity unless it is not idle."""
    session = session_of(client)
    session["started"] -= minutes * 60
    session["active"] -= minutes * 60 * is_idle
    session.save()


def test_the_address_changes_only_with_password_and_code(officer: User) -> None:
    client = client_of(officer)
    page = client.get("/akun/email/").text
    assert f"Surel saat ini: <strong>{OLD}</strong>" in page
    assert 'name="action_send"' in page, "an address that was never confirmed can be"
    asked = client.post("/akun/email/", {"action_add": "", "email": NEW})
    assert asked["Location"].startswith("/akun/reauthenticate/")
    client.post("/akun/email/", {"action_primary": "", "email": NEW})
    assert addresses_for_reset() == [OLD]

    client.post(asked["Location"], {"password": PASSWORD, "next": "/akun/email/"})
    (code,) = re.findall(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", str(mail.outbox[-1].body), flags=re.MULTILINE)
    assert mail.outbox[-1].to == [NEW]
    client.post("/akun/email/", {"action_primary": "", "email": NEW})
    client.post("/akun/email/", {"action_remove": "", "email": OLD})
    assert addresses_for_reset() == [OLD]

    mail.outbox.clear()
    client.post("/akun/confirm-email/", {"code": code})
    assert [message.to for message in mail.outbox] == [[OLD]]
    assert addresses_for_reset() == [NEW]


def test_account_changes_ask_for_the_password_again(staff: Staff) -> None:
    own = ("/akun/sessions/", "/akun/2fa/totp/activate/", "/akun/2fa/recovery-codes/generate/")
    for path in (*own, "/pengaturan/office/user/add/"):
        client = client_of(staff.admin)
        asked = client.get(path)["Location"]
        assert asked.startswith("/akun/reauthenticate/")
        assert client.post(asked, {"password": PASSWORD, "next": path})["Location"] == path


def test_sessions_are_ended_only_after_the_password(staff: Staff) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        log_in(client, "petugas")
    asked = here.post("/akun/sessions/", {})
    assert elsewhere.get("/meja/").status_code == 200
    here.post(asked["Location"], {"password": PASSWORD, "next": "/akun/sessions/"})
    assert elsewhere.get("/meja/").status_code == 302
    assert here.get("/meja/").status_code == 200


def test_the_key_of_a_session_is_new_after_the_password(staff: Staff) -> None:
    client, thief = Client(), Client()
    log_in(client, "petugas")
    thief.cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    client.get("/akun/reauthenticate/")
    client.post("/akun/reauthenticate/", {"password": "salah"})
    assert thief.get("/meja/").status_code == 200
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    assert thief.get("/meja/").status_code == 302
    assert client.get("/meja/").status_code == 200
    assert [session.session_key for session in UserSession.objects.all()] == [session_of(client).session_key]


def test_an_address_changes_after_two_people_and_the_old_one_hears_of_it(officer: User, staff: Staff) -> None:
    EmailAddress.objects.create(user=officer, email=OLD, verified=True, primary=True)
    admin, head = client_of(staff.admin), client_of(staff.kadis)
    for client in (admin, head):
        client.post("/akun/reauthenticate/", {"password": PASSWORD})
    entered = {"username": officer.username, "name": officer.name, "email": NEW, "is_staff": "on"}
    admin.post(f"/pengaturan/office/user/{officer.pk}/change/", entered)
    admin.post("/perubahan-akses/usul/surel/", {"user": officer.pk, "value": NEW})
    assert addresses_for_reset() == [OLD]

    mail.outbox.clear()
    head.post(f"/perubahan-akses/{AccessChange.objects.get().pk}/", {"decision": "confirm"})
    assert [message.to for message in mail.outbox] == [[OLD]]
    assert addresses_for_reset() == [NEW]


@each(
    "password", ["petugas3petugas3", "budisantoso-88", "qwe9qwe9qwe9", "dinassosial2026", "Rembuk-Rembuk-1"]
)
def test_a_password_is_not_made_of_a_name_or_of_repetition(password: str, office: Office) -> None:
    Office.objects.update(name="Dinas Sosial Contoh")
    user = User(username="petugas3", name="Budi Santoso, S.Sos.", nip="198001012005011001")
    with pytest.raises(ValidationError):
        validate_password(password, user)
    validate_password("rembuk-demo-2026", user)


@each("password", ["kudahijau7a", "318001012005", "international", ""])
def test_a_password_is_long_and_neither_digits_nor_frequent(password: str, office: Office) -> None:
    """Eleven characters, twelve digits, and one of the list of Django."""
    with pytest.raises(ValidationError):
        validate_password(password)
    validate_password("kudahijau7ab")


def test_a_listed_password_is_refused(office: Office, settings: Any, tmp_path: Path) -> None:
    listed = [f"kata-sandi-bocor-{number}" for number in range(200)]
    lines = sorted(
        f"{hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper()}:{len(word)}"
        for word in listed
    )
    path = tmp_path / "bocor.txt"
    path.write_text("\n".join(lines))
    for word in listed:
        validate_password(word)
    settings.PASSWORD_LIST = str(path)
    for word in listed:
        with pytest.raises(ValidationError, match="pernah bocor"):
            validate_password(word)
    for number in range(200):
        validate_password(f"belum-pernah-bocor-{number}")
    path.write_text("")
    validate_password(listed[0])
    path.unlink()
    validate_password(listed[0])
    assert [found.id for found in check_password_list(None)] == ["office.E004"]
    settings.PASSWORD_LIST = ""
    assert [found.id for found in check_password_list(None)] == ["office.W002"]


def test_strangers_do_not_shut_an_official_out(staff: Staff) -> None:
    for address in ("203.0.113.7", "203.0.113.8"):
        for _number in range(6):
            refused = log_in(Client(), "petugas", "salah", address)
        assert "Terlalu banyak" in refused.text
    assert log_in(Client(), "petugas", address=address).status_code == 200  # even the right one waits
    assert log_in(Client(), "petugas").status_code == 302


@pytest.mark.parametrize("action", ["login_failed", "lookup_failed"])
def test_all_addresses_together_have_a_limit_too(
    action: str, rf: RequestFactory, settings: Any, db: None
) -> None:
    rates, name = settings.ACCOUNT_RATE_LIMITS, f"{action}_anywhere"
    settings.ACCOUNT_RATE_LIMITS = {**rates, name: rates[name].replace("1000", "3")}
    for number in range(3):
        limits.count_try(rf.post("/", REMOTE_ADDR=f"203.0.113.{number}"), action, "petugas")
    tries = [limits.may_try(rf.post("/"), action, guessed) for guessed in ("petugas", "pkd")]
    assert tries == [False, True]


def test_too_many_tries_of_a_code_get_a_sentence(officer: User) -> None:
    for _number in range(21):
        answer = Client().post("/akun/password/reset/", {"email": OLD})
    assert (answer.status_code, "Tunggu beberapa menit, lalu coba lagi." in answer.text) == (429, True)


def test_a_logout_ends_the_session_for_whoever_copied_it(staff: Staff) -> None:
    client, thief = Client(), Client()
    log_in(client, "petugas")
    thief.cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    assert thief.get("/meja/").status_code == 200
    client.get("/keluar/")
    assert thief.get("/meja/").status_code == 200, "a link logs nobody out"
    client.post("/keluar/")
    assert thief.get("/meja/").status_code == 302


def test_a_reset_logs_nobody_in_and_leaves_the_second_factor(officer: User) -> None:
    TOTP.activate(officer, generate_totp_secret())
    client, new = Client(), "empat-kata-yang-baru"
    client.post("/akun/password/reset/", {"email": OLD})
    (link,) = re.findall(r"/akun/password/reset/key/\S+", str(mail.outbox[-1].body))
    form = client.get(link, follow=True).request["PATH_INFO"]
    assert client.post(form, {"password1": new, "password2": new})["Location"].endswith("/done/")
    assert client.get("/meja/").status_code == 302
    assert log_in(client, "petugas", new)["Location"] == "/akun/2fa/authenticate/"
    assert client.get("/meja/").status_code == 302
    assert Client().get(link, follow=True).context.get("token_fail"), "a link works once"


@each(
    ("headers", "method", "extends"),
    [
        ({"Sec-Fetch-Dest": "document"}, "get", True),
        ({}, "get", True),
        ({"Sec-Fetch-Dest": "empty", "HX-Request": "true"}, "get", True),
        ({"Sec-Fetch-Dest": "empty"}, "post", True),
        ({"Sec-Fetch-Dest": "empty"}, "get", False),
        ({"Sec-Fetch-Dest": "image"}, "get", False),
    ],
)
def test_a_session_ends_without_activity(
    headers: dict[str, str], method: str, extends: bool, staff: Staff
) -> None:
    client = client_of(staff.kadis)
    pass_minutes(client, 20)
    getattr(client, method)("/sesi/", headers=headers)
    pass_minutes(client, 20)
    assert client.get("/meja/").status_code == (200 if extends else 302)


def test_a_session_ends_ten_hours_after_the_login_and_is_seldom_written(staff: Staff) -> None:
    client, in_background = client_of(staff.kadis), {"Sec-Fetch-Dest": "empty"}
    pass_minutes(client, 20)
    client.post("/permohonan/AAAA-AAAA/report/draf/", headers=in_background)  # an autosave that fails
    assert client.get("/sesi/", headers=in_background).json()["seconds"] <= 600
    client.get("/meja/")
    before = session_of(client)["active"]
    client.get("/meja/")
    assert session_of(client)["active"] == before
    pass_minutes(client, 10 * 60, is_idle=False)
    assert client.get("/meja/")["Location"].startswith("/masuk/")
    assert session_of(client).is_empty()


def test_no_session_key_of_the_database_opens_the_session(staff: Staff) -> None:
    log_in(client := Client(), "kadis")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session")
        keys = {row[0] for row in cursor}
    keys |= set(UserSession.objects.values_list("session_key", flat=True))
    assert client.cookies["sessionid"].value not in keys
    for key in keys:
        thief = Client()
        thief.cookies["sessionid"] = key
        assert thief.get("/meja/").status_code == 302
    assert client.get("/meja/").status_code == 200


@pytest.mark.differs_by_database
def test_a_session_copied_over_the_own_one_is_refused_and_logged(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    log_in(Client(), "kadis")
    copied = Session.objects.get().session_data
    log_in(thief := Client(), "petugas")
    assert thief.get("/meja/").context["user"] == staff.petugas
    Session.objects.update(session_data=copied)
    assert thief.get("/meja/").status_code == 302
    assert "Session data corrupted" in caplog.text
