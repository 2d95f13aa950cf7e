"""The second factor: for whom it is required and from when on, recovery by two people, secrets at rest."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time as counters,
)
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from kit import clock, encryption
from kit.models import BoundSince
from kit.refusal import Refused
from office.access.changes import Kind, confirm, propose
from office.access.sessions import MFAAdapter, get_closing_day, is_shut_out
from office.models import AccessChange, Appointment, FactorRequirement, Role, User
from office.models.people import list_second_factors
from tests.conftest import remember_all
from tests.factories import PASSWORD, Staff, appoint, client_of, make_user
from tests.sessions import session_of
from tests.shared_data import each

LOGIN = clock.now().replace(hour=9, minute=30, second=0, microsecond=0) - dt.timedelta(days=3)

STATES = """
person    required               factor first_login day  closes_on  shut_out
pkd       -                      -      0           0    -          no
petugas   HEAD                   -      0           0    -          no
pkd       TIM_PKD:14             -      -           0    -          no
pkd       TIM_PKD:14             -      0           0    +14        no
pkd       TIM_PKD:14             -      0           13   +14        no
pkd       TIM_PKD:14             -      0           14   +14        yes
pkd       TIM_PKD:14             -      0           300  +14        yes
pkd       TIM_PKD:14             totp   0           300  -          no
pkd       TIM_PKD:14             codes  0           300  +14        yes
pkd       TIM_PKD:0              -      0           0    +0         yes
pkd       TIM_PKD:90             -      0           30   +90        no
admin     ADMINISTRATOR:3        -      0           2    +3         no
admin     ADMINISTRATOR:3        -      0           3    +3         yes
both      TIM_PKD:14,OFFICER:2   -      0           2    +2         yes
expired   HEAD:1,OFFICER:1       -      0           5    -          no
"""


def require(roles: str) -> None:
    FactorRequirement.objects.all().delete()
    for role, _, days in (part.partition(":") for part in roles.split(",") if part != "-"):
        FactorRequirement.objects.create(role=role, grace_days=days or 14)


def set_up_app(user: User) -> str:
    """Return the secret of a new TOTP app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def get_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(counters())))


def log_in(username: str = "pkd") -> Client:
    client = Client()
    client.post("/masuk/", {"login": username, "password": PASSWORD})
    return client


def log_in_first(username: str = "pkd") -> Client:
    with clock.set_to(LOGIN):
        return log_in(username)


@each("line", STATES.strip().splitlines()[1:])
def test_each_state_of_the_requirement(line: str, staff: Staff) -> None:
    name, required, factor, first_login, day, closes_on, shut_out = line.split()
    both = make_user("both")
    appoint(both, Role.TIM_PKD)
    appoint(both, Role.OFFICER, staff.division)
    require(required)
    Appointment.objects.filter(user=staff.expired).update(ends=F("starts"))
    if first_login != "-":
        log_in_first(name)
    user = User.objects.get(username=name)
    if factor == "totp":
        set_up_app(user)
    elif factor == "codes":  # recovery codes alone are no factor
        RecoveryCodes.activate(user)
    with clock.set_to(LOGIN + dt.timedelta(days=int(day))):
        closing = get_closing_day(user)
        assert (f"+{(closing - LOGIN.date()).days}" if closing else "-") == closes_on
        assert is_shut_out(user) == (shut_out == "yes")


def test_the_grace_period_counts_from_the_first_login_and_begins_anew_after_a_pause(staff: Staff) -> None:
    def asked_at(days: int) -> dt.datetime | None:
        with clock.set_to(LOGIN + dt.timedelta(days=days)):
            log_in()
        return User.objects.get(username="pkd").factor_asked_at

    require("TIM_PKD")
    assert (asked_at(0), asked_at(5)) == (LOGIN, LOGIN)
    FactorRequirement.objects.update(is_required=False)
    assert asked_at(6) is None
    FactorRequirement.objects.update(is_required=True)
    assert asked_at(400) == LOGIN + dt.timedelta(days=400)


def test_pages_say_the_date_and_close_after_it(staff: Staff) -> None:
    require("TIM_PKD")
    client = log_in_first()
    with clock.set_to(LOGIN):
        page = client.get("/meja/").text
        day = date_format(LOGIN.date() + dt.timedelta(days=14), "l, j F Y")
        assert f"Mulai {day}, akun Anda hanya terbuka dengan verifikasi dua langkah" in page
    with clock.set_to(LOGIN + dt.timedelta(days=14)):
        for address in ("/meja/", "/permohonan/", "/agenda/", "/akun/email/", "/pengaturan/", "/berkas/1/"):
            assert client.get(address)["Location"] == "/akun/2fa/", address
        assert client.post("/datang-langsung/", {})["Location"] == "/akun/2fa/"
        assert client.get("/standar-layanan/").status_code == 200
        assert client.get("/sesi/").status_code == 200

        asked = client.get("/akun/2fa/totp/activate/")["Location"]
        client.post(asked, {"password": PASSWORD, "next": "/akun/2fa/totp/activate/"})
        page = client.get("/akun/2fa/totp/activate/").text
        secret = session_of(client)["mfa.totp.secret"]
        assert secret in page
        done = client.post("/akun/2fa/totp/activate/", {"code": get_code(secret)})
        assert done["Location"] == "/akun/2fa/recovery-codes/"
        assert client.get("/meja/").status_code == 200
    assert client.post("/keluar/").status_code == 302


def test_the_check_costs_no_query(staff: Staff) -> None:
    def count(roles: str) -> int:
        require(roles)
        client = client_of(User.objects.get(username="pkd"))
        remember_all()
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/berhalangan/").status_code == 200
        return len(queries)

    assert count("-") == count("TIM_PKD,HEAD,ADMINISTRATOR")


def test_login_asks_for_the_code_of_the_app_or_a_recovery_code_once(staff: Staff) -> None:
    secret = set_up_app(staff.pkd)
    code, shown = RecoveryCodes.activate(staff.pkd).get_unused_codes()[0], get_code(secret)
    for answer, works in ((shown, True), (shown, False), ("000000", False), (code, True), (code, False)):
        client = log_in()
        assert client.get("/meja/")["Location"].startswith("/masuk/")
        response = client.post("/akun/2fa/authenticate/", {"code": answer})
        assert (response.status_code == 302) == works, answer
        assert (client.get("/meja/").status_code == 200) == works, answer


def test_two_people_recover_a_lost_factor(staff: Staff) -> None:
    lost = log_in()
    set_up_app(staff.pkd)
    RecoveryCodes.activate(staff.pkd)
    admin, head = client_of(staff.admin), client_of(staff.kadis)
    for client in (admin, head):
        client.post("/akun/reauthenticate/", {"password": PASSWORD})
    proposal, sees = "/perubahan-akses/usul/verifikasi/", {"user": staff.pkd.pk, "is_here": "on"}

    assert admin.post(proposal, {**sees, "is_here": ""}).status_code == 422
    assert admin.post(proposal, sees).status_code == 302
    assert "sudah diusulkan" in admin.post(proposal, sees).text
    page, confirmation = f"/perubahan-akses/{AccessChange.objects.get().pk}/", {"decision": "confirm"}
    admin.post(page, {**confirmation, "is_here": "on"})
    assert head.post(page, confirmation).status_code == 422
    assert Authenticator.objects.filter(user=staff.pkd).count() == 2
    assert lost.get("/meja/").status_code == 200

    assert head.post(page, {**confirmation, "is_here": "on"}).status_code == 302
    assert Authenticator.objects.filter(user=staff.pkd).count() == 0
    assert lost.get("/meja/")["Location"].startswith("/masuk/")
    assert f"Verifikasi dua langkah {staff.pkd} (pkd) dihapus." in log_in().get("/pemberitahuan/").text


def test_after_a_recovery_no_second_grace_period_begins(staff: Staff) -> None:
    require("TIM_PKD")
    log_in_first()
    set_up_app(staff.pkd)
    with clock.set_to(LOGIN + dt.timedelta(days=100)):
        confirm(propose(Kind.FACTOR, staff.pkd, by=staff.admin), by=staff.kadis)
        assert log_in().get("/meja/")["Location"] == "/akun/2fa/"


def test_after_the_grace_period_the_password_alone_sets_nothing_up(staff: Staff) -> None:
    require("TIM_PKD")
    log_in_first()
    set_up = ("/akun/2fa/", "/akun/2fa/totp/activate/", "/akun/2fa/webauthn/add/", "/akun/reauthenticate/")
    with clock.set_to(LOGIN + dt.timedelta(days=15)):
        client = log_in()
        for address in ("/meja/", *set_up):
            answer = client.get(address)
            assert (answer.status_code, "Temui administrator" in answer.text) == (403, True), address
        assert client.post("/akun/reauthenticate/", {"password": PASSWORD}).status_code == 403
        assert client.get("/sesi/").status_code == 200
        confirm(propose(Kind.FACTOR, staff.pkd, by=staff.admin), by=staff.kadis)
        assert log_in().get("/meja/")["Location"] == "/akun/2fa/"
    with clock.set_to(LOGIN + dt.timedelta(days=16, minutes=1)):
        assert log_in().get("/akun/2fa/").status_code == 403


def test_who_has_a_factor_proves_it_before_replacing_it(staff: Staff) -> None:
    require("TIM_PKD")
    log_in_first()
    secret = set_up_app(staff.pkd)
    code = RecoveryCodes.activate(staff.pkd).get_unused_codes()[0]
    deactivate = "/akun/2fa/totp/deactivate/"
    with clock.set_to(LOGIN + dt.timedelta(days=15)):
        client = log_in()
        client.post("/akun/2fa/authenticate/", {"code": get_code(secret)})
        asked = client.get(deactivate)["Location"]
        with_password = client.post("/akun/reauthenticate/", {"password": PASSWORD})["Location"]
        assert asked.split("?")[0] == with_password == "/akun/2fa/reauthenticate/"
        client.post(deactivate)
        assert list_second_factors().filter(user=staff.pkd).exists()
        client.post("/akun/2fa/reauthenticate/", {"code": code})
        client.post(deactivate)
        assert not list_second_factors().filter(user=staff.pkd).exists()
        assert client.get("/meja/")["Location"] == "/akun/2fa/"


def test_a_recovery_is_of_somebody_else_who_has_a_factor_and_a_stand_in_confirms(staff: Staff) -> None:
    set_up_app(staff.admin)
    for user, sentence in ((staff.admin, "oleh orang lain"), (staff.petugas, "tidak memakai")):
        with pytest.raises(Refused, match=sentence):
            propose(Kind.FACTOR, user, by=staff.admin)
    assert not AccessChange.objects.exists()
    set_up_app(staff.pkd)
    appoint(staff.sekretaris, Role.HEAD, acting=Appointment.Acting.PLH)
    assert confirm(propose(Kind.FACTOR, staff.pkd, by=staff.admin), by=staff.sekretaris).decided_at


def test_secrets_are_encrypted_and_keys_rotate(staff: Staff, settings: Any) -> None:
    secret = set_up_app(staff.pkd)
    codes = RecoveryCodes.activate(staff.pkd).get_unused_codes()

    def stored() -> str:
        return " ".join(str(row.data) for row in Authenticator.objects.order_by("pk"))

    def read() -> tuple[str, list[str]]:
        app, recovery = Authenticator.objects.order_by("type").reverse()
        return MFAAdapter().decrypt(app.data["secret"]), recovery.wrap().get_unused_codes()

    assert secret not in stored()
    assert len(re.findall(encryption.MARK.decode(), stored())) == 2

    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]  # what was encrypted without keys stays readable
    assert read() == (secret, codes)
    for keys in ([old], [new, old]):
        settings.ENCRYPTION_KEYS = keys
        before, out = stored(), StringIO()
        call_command("rotate_encryption", stdout=out)
        assert before != stored()
        assert out.getvalue() == "2 rahasia dienkripsi dengan kunci pertama.\n"
    settings.ENCRYPTION_KEYS, settings.SECRET_KEY = [new], "another"
    assert read() == (secret, codes)
    settings.ENCRYPTION_KEYS = [old]
    with pytest.raises(encryption.KeyMissing):
        read()


def test_secrets_from_before_are_encrypted_by_the_command(staff: Staff) -> None:
    BoundSince.objects.all().delete()
    secret = generate_totp_secret()
    row = Authenticator.objects.create(user=staff.pkd, type="totp", data={"secret": secret})
    call_command("rotate_encryption", stdout=StringIO())
    row.refresh_from_db()
    assert MFAAdapter().decrypt(row.data["secret"]) == secret
