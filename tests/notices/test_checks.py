"""System checks (`manage.py check`) of settings with which no message could be sent."""

import pytest
from pytest_django import Settings

from notices.mail import REQUIRED, check_mail, check_whatsapp


def found(check: object) -> list[str]:
    return [message.id for message in check(None)]  # type: ignore[operator]


@pytest.fixture
def cloud(settings: Settings) -> Settings:
    settings.WHATSAPP = "cloud"
    for name in REQUIRED:
        setattr(settings, name, "x")
    return settings


def test_whatsapp_needs_its_settings_and_an_encrypted_address(cloud: Settings) -> None:
    assert found(check_whatsapp) == []
    for name in REQUIRED:
        value = getattr(cloud, name)
        setattr(cloud, name, "")
        (message,) = check_whatsapp(None)
        assert message.id == "notices.E001"
        assert name in message.msg
        setattr(cloud, name, value)
    for cloud.WHATSAPP_URL, expected in (
        ("https://graph.facebook.com/v23.0", []),
        ("http://127.0.0.1:8000", []),
        ("http://graph.example/v23.0", ["notices.E003"]),
        ("graph.example", ["notices.E002"]),
    ):
        assert found(check_whatsapp) == expected
    cloud.WHATSAPP, cloud.WHATSAPP_TOKEN = "click", ""
    assert found(check_whatsapp) == []


def test_mail_needs_a_server_and_a_sender(settings: Settings) -> None:
    for backend, sender, expected in (
        ("smtp", "rembuk@localhost", []),
        ("smtp", "Dinas Sosial <rembuk@dinas.go.id>", []),
        ("smtp", "Dinas Sosial", ["notices.E005"]),
        ("smtp", "", ["notices.E005"]),
        ("dummy", "rembuk@localhost", ["notices.W004"]),
        ("console", "rembuk@localhost", ["notices.W004"]),
        ("filebased", "rembuk@localhost", ["notices.W004"]),
    ):
        settings.DEFAULT_FROM_EMAIL = sender
        settings.MAILERS = {"default": {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}}
        assert found(check_mail) == expected, (backend, sender)
        # As in rembuk.env, which takes no quotes.
        assert '"' not in "".join(problem.hint or "" for problem in check_mail(None))
    settings.DEBUG = True
    assert found(check_mail) == []
