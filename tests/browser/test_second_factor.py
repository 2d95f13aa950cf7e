"""Login with a passkey and set-up of second factors, in Chromium with a virtual authenticator."""

import pytest
from allauth.mfa.models import Authenticator

from office.models import FactorRequirement
from tests.browser.accessibility import objections
from tests.browser.conftest import Arrive
from tests.browser.person import Person
from tests.factories import PASSWORD, Staff

pytestmark = pytest.mark.browser


def plug_in(person: Person) -> None:
    """Give the browser of a person an authenticator that stores passkeys and verifies its user."""
    chromium = person.context.new_cdp_session(person.page)
    chromium.send("WebAuthn.enable")
    on = dict.fromkeys(("hasResidentKey", "hasUserVerification", "isUserVerified"), True)
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True, **on}
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def person(staff: Staff, arrive: Arrive) -> Person:
    FactorRequirement.objects.create(role="TIM_PKD", grace_days=0)
    return arrive()


def test_a_passkey_opens_the_account_without_a_password(person: Person) -> None:
    plug_in(person)
    page = person.page
    person.open("/masuk/")
    person.send("login", login="pkd", password=PASSWORD)
    assert page.url.endswith("/akun/2fa/"), person.said()  # no grace: only this page is open
    person.open("/agenda/")
    assert page.url.endswith("/akun/2fa/")
    person.open("/akun/2fa/webauthn/add/")
    person.confirm_password()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/akun/2fa/recovery-codes/")
    assert Authenticator.objects.filter(user__username="pkd", type="webauthn").count() == 1
    person.open("/agenda/")
    assert page.url.endswith("/agenda/")

    person.context.clear_cookies()
    person.open("/masuk/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/meja/")
    assert not person.is_too_wide()

    person.context.clear_cookies()
    person.open("/masuk/")
    person.send("login", login="pkd", password=PASSWORD)
    assert page.url.endswith("/akun/2fa/authenticate/")
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/meja/")


@pytest.mark.release
def test_the_pages_of_the_second_factor_are_accessible_and_fit(person: Person) -> None:
    plug_in(person)
    person.log_in("pkd")
    for address in ("/akun/2fa/", "/akun/2fa/totp/activate/", "/akun/2fa/webauthn/add/"):
        person.open(address)
        if "reauthenticate" in person.page.url:
            person.confirm_password()
        assert objections(person) == [], address
    person.log_in("admin")
    person.open("/perubahan-akses/usul/verifikasi/")
    person.confirm_password()
    assert objections(person) == []
