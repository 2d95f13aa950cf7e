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


def test_click_needs_no_settings(settings: Settings) -> None:
    assert found(check_whatsapp) == []


def test_cloud_with_all_settings_passes(cloud: Settings) -> None:
    assert found(check_whatsapp) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_each_missing_setting_is_named(name: str, cloud: Settings) -> None:
    setattr(cloud, name, "")
    (message,) = check_whatsapp(None)
    assert message.id == "notices.E001"
    assert name in message.msg


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://graph.facebook.com/v23.0", []),
        ("http://127.0.0.1:8000", []),
        ("http://graph.example/v23.0", ["notices.E003"]),
        ("graph.example", ["notices.E002"]),
    ],
)
def test_the_token_is_sent_encrypted(address: str, expected: list[str], cloud: Settings) -> None:
    cloud.WHATSAPP_URL = address
    assert found(check_whatsapp) == expected


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("django.core.mail.backends.smtp.EmailBackend", []),
        ("django.core.mail.backends.dummy.EmailBackend", ["notices.W004"]),
        ("django.core.mail.backends.console.EmailBackend", ["notices.W004"]),
        ("django.core.mail.backends.filebased.EmailBackend", ["notices.W004"]),
    ],
)
def test_mail_needs_a_server(backend: str, expected: list[str], settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": backend}}
    assert found(check_mail) == expected


def test_debug_gives_no_warning(settings: Settings) -> None:
    settings.DEBUG = True
    assert found(check_mail) == []


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("rembuk@localhost", []),
        ("Dinas Sosial <rembuk@dinas.go.id>", []),
        ("Dinas Sosial", ["notices.E005"]),
        ("", ["notices.E005"]),
    ],
)
def test_mail_needs_a_sender(sender: str, expected: list[str], settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
    assert found(check_mail) == expected
