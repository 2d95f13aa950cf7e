"""Invitations: one use, an end, for accounts without a password only; by mail and as slips."""

import datetime as dt
import re
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client, override_settings
from pypdf import PdfReader

from consultations.audit.models import Act, AuditEntry
from kit import clock
from office.access import invitations
from office.access.changes import Kind, confirm, propose
from office.access.invitations import accept, find_invited, invite
from office.models import User
from operations.setup.people import print_slips
from tests.factories import PASSWORD, ClientOf, Staff
from tests.setup.conftest import prove
from tests.shared_data import each

NEW = "kalimat-sandi-yang-baru"


@pytest.fixture
def invited(staff: Staff) -> User:
    return make_account("baru", "Orang Baru", email="baru@kantor.example")


def make_account(username: str, name: str, **columns: str) -> User:
    """Somebody with a new account, which no password opens."""
    user = User(username=username, name=name, **columns)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def admin(staff: Staff, client_of: ClientOf) -> Client:
    return prove(client_of(staff.admin))


def path_of(url: str) -> str:
    return url.removeprefix("https://layanan.example")


def test_a_person_sets_the_own_password_once(invited: User, staff: Staff) -> None:
    path = path_of(invite(invited, by=staff.admin).url)
    page = Client().get(path)
    assert "Orang Baru" in page.text
    assert "Ulangi kata sandi baru" in page.text
    assert "Sandi baru" not in page.text
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    weak = Client().post(path, {"new_password1": "orangbaru123", "new_password2": "orangbaru123"})
    assert weak.status_code == 422
    answer = Client().post(path, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Masuk dengan nama akun baru" in answer.text
    assert User.objects.get(pk=invited.pk).check_password(NEW)
    assert [sent.to for sent in mail.outbox] == [["baru@kantor.example"]]
    assert Client().post("/masuk/", {"login": "baru", "password": NEW})["Location"] == "/meja/"
    for again in (Client().get(path), Client().post(path, {"new_password1": NEW, "new_password2": NEW})):
        assert again.status_code == 404
        assert "tidak berlaku lagi" in again.text
    assert AuditEntry.objects.filter(act=Act.PASSWORD, user=invited).count() == 1


def test_what_ends_an_invitation(invited: User, staff: Staff, settings: Any) -> None:
    def make() -> str:
        return invite(invited, by=staff.admin).url.rstrip("/").rpartition("/")[2]

    token = make()
    assert find_invited(token) == invited
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert find_invited(token) == invited, "it outlives the rotation of the key"
    with override_settings(SECRET_KEY="new"):
        assert find_invited(token) is None
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        again = make()
    assert find_invited(token) is None
    assert find_invited(again) == invited
    long_ago = clock.now() - dt.timedelta(days=settings.INVITATION_DAYS)
    User.objects.filter(pk=invited.pk).update(invited_at=long_ago)
    late = invitations._make_token(User.objects.get(pk=invited.pk))
    assert find_invited(late) is None
    token = make()
    User.objects.filter(pk=invited.pk).update(is_active=False)
    assert find_invited(token) is None
    assert accept(token, NEW) is None
    User.objects.filter(pk=invited.pk).update(is_active=True)
    assert find_invited(token) == invited


@each("token", ["1", "1-" + "0" * 40, "0-x", "9999999999-" + "a" * 40, "١-" + "a" * 40, "x" * 300])
def test_a_wrong_token_opens_nothing(token: str, invited: User, staff: Staff) -> None:
    invite(invited, by=staff.admin)
    assert Client().get(f"/undangan/{token}/").status_code == 404


def test_an_account_with_a_password_is_not_invited(invited: User, staff: Staff) -> None:
    for user, by in ((staff.pkd, staff.admin), (invited, staff.pkd), (invited, invited)):
        with pytest.raises(PermissionDenied):
            invite(user, by=by)


@pytest.mark.parametrize("password_login", [True, False])
def test_a_reset_by_two_people_sends_an_invitation(
    password_login: bool, staff: Staff, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    """None if staff log in at an identity provider."""
    settings.PASSWORD_LOGIN, settings.DEFAULT_FROM_EMAIL = password_login, "rembuk@kantor.example"
    User.objects.filter(pk=staff.pkd.pk).update(email="pkd@kantor.example")
    change = propose(Kind.PASSWORD, staff.pkd, by=staff.admin)
    assert User.objects.get(pk=staff.pkd.pk).check_password(PASSWORD)
    with django_capture_on_commit_callbacks(execute=True):
        confirm(change, by=staff.kadis)
    assert not User.objects.get(pk=staff.pkd.pk).check_password(PASSWORD)
    sent = [one for one in mail.outbox if one.subject == "Undangan untuk Rembuk"]
    assert [one.to for one in sent] == [["pkd@kantor.example"]] * password_login
    for one in sent:
        link = next(line for line in str(one.body).splitlines() if "/undangan/" in line)
        assert Client().get(path_of(link)).status_code == 200
        assert "Nama akun Anda: pkd" in str(one.body)


def test_mails_are_sent_to_those_who_are_chosen(invited: User, admin: Client, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "rembuk@kantor.example"
    other = make_account("lain", "Tanpa Surel")
    page = admin.get("/pengaturan/undangan/").text
    assert "belum diundang" in page
    assert "tanpa surel" in page
    answer = admin.post("/pengaturan/undangan/", {"user": [invited.pk, other.pk, "x", 10**9]}, follow=True)
    assert "1 undangan terkirim lewat surel." in answer.text
    assert "cetak slipnya: Tanpa Surel" in answer.text
    assert [one.to for one in mail.outbox] == [["baru@kantor.example"]]
    page = admin.get("/pengaturan/undangan/").text
    assert f'value="{invited.pk}">' in page  # whoever has an invitation is not chosen again
    assert f'value="{other.pk}" checked>' in page
    assert "Pilih dahulu orangnya." in admin.post("/pengaturan/undangan/", follow=True).text


def test_nobody_is_invited_without_a_choice(admin: Client) -> None:
    for address in ("/pengaturan/undangan/", "/pengaturan/undangan/slip.pdf"):
        answer = admin.post(address, {"user": ["x", 10**9]}, follow=True)
        assert "Pilih dahulu orangnya." in answer.text
    assert not User.objects.filter(invited_at__isnull=False).exists()


def test_without_a_mail_server_slips_are_printed(invited: User, admin: Client, settings: Any) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    assert "Cetak slipnya" in admin.get("/pengaturan/undangan/").text
    answer = admin.post("/pengaturan/undangan/slip.pdf", {"user": [invited.pk]})
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Orang Baru" in text
    token = invitations._make_token(User.objects.get(pk=invited.pk))
    assert token in text.replace("\n", "")
    assert find_invited(token) == invited


def test_each_person_has_a_slip_and_two_share_a_page(staff: Staff, client_of: ClientOf) -> None:
    people = [make_account(f"orang{number}", f"Orang {number}") for number in range(5)]
    pages = PdfReader(BytesIO(print_slips(people, by=staff.admin))).pages
    found = [[user.name for user in people if user.name in page.extract_text()] for page in pages]
    assert found == [["Orang 0", "Orang 1"], ["Orang 2", "Orang 3"], ["Orang 4"]]
    assert re.search(r"\d\d\.\d\d WIB, satu kali", pages[0].extract_text())
    answer = client_of(staff.admin).post("/pengaturan/undangan/slip.pdf", {"user": [people[0].pk]})
    assert answer["Location"].startswith("/akun/reauthenticate/"), "it asks for the password again"
    assert client_of(staff.pkd).post("/pengaturan/undangan/slip.pdf").status_code == 403
