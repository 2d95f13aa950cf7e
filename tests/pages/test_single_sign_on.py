"""Login through an identity provider (OpenID Connect): by NIP, without new accounts."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from environ import Env

from config.environment import read_oidc
from office.models import User
from tests.factories import PASSWORD, Staff
from tests.identity_provider import SECRET, IdentityProvider, provided
from tests.shared_data import each
from tests.signing.servers import Reply, serving
from tests.submitting import assert_says

pytestmark = pytest.mark.same_on_every_database

NIP = "196904121994031004"
LOGIN = "/akun/oidc/kantor/login/"


def read(**environ: str) -> Any:
    env = Env()
    env.ENVIRON = environ
    return read_oidc(env)


@pytest.fixture
def provider(settings: Any, staff: Staff) -> Iterator[IdentityProvider]:
    """A running provider. The Kepala Dinas has a NIP."""
    User.objects.filter(pk=staff.kadis.pk).update(nip=NIP)
    with provided() as provider:
        found, _ = read(OIDC_ISSUER=f"{provider.address}/", OIDC_CLIENT_SECRET=SECRET)
        settings.SOCIALACCOUNT_PROVIDERS = found
        yield provider


def sign_on(client: Client, provider: IdentityProvider, **claims: Any) -> Any:
    """Log in at the provider as a person with these claims. Return the answer of the callback."""
    provider.claims = {"sub": "f:1:kadis", **claims}
    return client.get(provider.log_in(client.get(f"{LOGIN}?next=/agenda/")["Location"]))


def test_the_nip_names_the_account(provider: IdentityProvider) -> None:
    client = Client()
    assert_says(client.get("/masuk/"), 200, "Masuk dengan akun pemerintah", f'href="{LOGIN}')
    assert sign_on(client, provider, nip="19690412 199403 1 004")["Location"] == "/agenda/"
    assert client.get("/agenda/").context["user"].username == "kadis"
    assert not SocialAccount.objects.exists()


@each(
    ("claims", "changed"),
    [
        ({"nip": "199001012015031001"}, {}),
        ({"nip": ""}, {"nip": ""}),
        ({}, {}),
        ({"nip": NIP}, {"is_active": False}),
        ({"preferred_username": "kadis", "email": "kadis@kantor.example", "email_verified": True}, {}),
        ({"nip": NIP, "aud": "another"}, {}),
        ({"nip": NIP, "iss": "https://elsewhere.example"}, {}),
        ({"nip": NIP, "exp": 1}, {}),
    ],
)
def test_nobody_else_gets_in_and_no_account_is_made(
    claims: dict[str, Any], changed: dict[str, Any], provider: IdentityProvider
) -> None:
    User.objects.filter(username="kadis").update(email="kadis@kantor.example", **changed)
    before, client = User.objects.count(), Client()
    assert sign_on(client, provider, **claims)["Location"] == "/masuk/"
    assert 'data-message="error"' in client.get("/masuk/").text
    assert client.get("/agenda/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"signing_key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
        {"signing_key": "a secret of at least thirty-two characters", "algorithm": "HS256"},
        {"signing_key": "", "algorithm": "none"},
        {"issuer": "https://elsewhere.example"},
    ],
    ids=["another key", "HS256", "none", "metadata of another issuer"],
)
def test_a_token_signed_otherwise_is_refused(changed: dict[str, Any], provider: IdentityProvider) -> None:
    for name, value in changed.items():
        setattr(provider, name, value)
    assert sign_on(Client(), provider, nip=NIP)["Location"] == "/masuk/"


def test_a_redirect_and_a_silent_provider_are_refused(provider: IdentityProvider, settings: Any) -> None:
    place = f"{provider.address}/.well-known/openid-configuration"
    with serving(lambda request: Reply(b"", 302, {"Location": place})) as address:
        settings.SOCIALACCOUNT_PROVIDERS, _ = read(OIDC_ISSUER=address)
        assert Client().get(LOGIN)["Location"] == "/masuk/"
    client = Client()
    assert client.get(LOGIN)["Location"] == "/masuk/"  # nobody serves this address any more
    assert "Masuk tidak berhasil. Coba lagi." in client.get("/masuk/").text


def test_another_site_starts_no_login(provider: IdentityProvider) -> None:
    for site, starts in (("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)):
        place = Client().get(LOGIN, headers={"Sec-Fetch-Site": site})["Location"]
        assert place.startswith(f"{provider.address}/auth?") if starts else place == "/masuk/", site


def test_an_answer_that_was_not_asked_for_is_refused(provider: IdentityProvider) -> None:
    victim = Client()
    provider.claims = {"sub": "1", "nip": NIP}
    foreign = provider.log_in(Client().get(LOGIN)["Location"])
    for address in (foreign, f"{LOGIN}callback/?error=access_denied", f"{LOGIN}callback/"):
        assert victim.get(address)["Location"] == "/masuk/"
    assert victim.get("/agenda/").status_code == 302


def test_a_session_cannot_link_an_account_to_another_subject(provider: IdentityProvider) -> None:
    client = Client()
    client.post("/masuk/", {"login": "pkd", "password": PASSWORD})
    provider.claims = {"sub": "1", "nip": NIP}
    asked = client.get(f"{LOGIN}?process=connect")
    assert client.get(provider.log_in(asked["Location"]))["Location"] == "/masuk/"
    assert not SocialAccount.objects.exists()


def test_a_second_factor_is_asked_for_after_the_provider(provider: IdentityProvider, staff: Staff) -> None:
    TOTP.activate(staff.kadis, generate_totp_secret())
    assert sign_on(Client(), provider, nip=NIP)["Location"] == "/akun/2fa/authenticate/"


def test_passwords_can_be_off(provider: IdentityProvider, settings: Any) -> None:
    settings.PASSWORD_LOGIN = False
    page = Client().get("/masuk/").text
    assert 'name="password"' not in page
    assert "Masuk dengan akun pemerintah" in page
    client = Client()
    assert client.post("/masuk/", {"login": "kadis", "password": PASSWORD}).status_code == 200
    assert client.get("/agenda/").status_code == 302
    sign_on(client, provider, nip=NIP)
    # The provider has just asked; there is no password to ask for again.
    assert client.get("/akun/2fa/totp/activate/").status_code == 200


def test_settings_that_let_nobody_in_stop_the_start() -> None:
    assert read() == ({}, True)
    with pytest.raises(ImproperlyConfigured, match="PASSWORD_LOGIN=false needs OIDC_ISSUER"):
        read(PASSWORD_LOGIN="false")
