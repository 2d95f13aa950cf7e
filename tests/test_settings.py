"""The environment variables: all are explained; what some of them do."""

import hashlib
import json
import os
import re
import runpy
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import global_settings, settings as project
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.tokens import default_token_generator
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from environ import Env

from config.environment import SECRETS, read_databases, read_mailers, read_secrets
from config.middleware import MACHINE_PATHS
from consultations.models import StateTarget
from kit.limits import get_address
from office.checks import check_certificates, check_connections, list_plain_connections
from office.models import Division, Instruction, Office, Position
from operations.management.commands import settings_doc
from tests.factories import ClientOf, Staff

ROOT = Path(project.BASE_DIR)
MODULES_WITH_COOKIES = ("kit/middleware.py", "config/messages.py")


def read_settings() -> dict[str, Any]:
    """Return the settings as a process with this environment reads them."""
    return runpy.run_path(str(project.BASE_DIR / "config" / "settings.py"))


def test_every_environment_variable_is_explained_with_its_default() -> None:
    call_command("settings_doc", "--check")
    shown = re.findall(r"(?m)^#([A-Z0-9_]+)=(.+)$", settings_doc.INDONESIAN.read_text(encoding="utf-8"))
    assert len(shown) > 15
    assert dict(shown).items() <= settings_doc.list_variables().items()
    assert set(SECRETS) <= settings_doc.list_variables().keys()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("HTTPS=", "HTTP=", "HTTP=true.*HTTPS=true"),  # both files are compared first
        ("PORT=8000", "PORT=8001", "PORT=8001.*PORT=8000"),
        ("rembuk:PASSWORD@db", "rembuk:PASSWORD@basisdata", "basisdata.*@db"),
        ("setelah INVITATION_DAYS", "setelah SESSION_HOURS", "SESSION_HOURS.*INVITATION_DAYS"),
        ("#CLOCK_TOLERANCE=60\n", "", "the end.*CLOCK_TOLERANCE"),
        ("## Situs", "## Laman", "pengaturan-server.md is stale"),
    ],
)
def test_a_file_that_differs_from_the_other_language_is_noticed(
    old: str, new: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = settings_doc.INDONESIAN.read_text(encoding="utf-8")
    assert old in text
    monkeypatch.setattr(settings_doc, "INDONESIAN", tmp_path / "rembuk.env")
    settings_doc.INDONESIAN.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CommandError, match=error):
        call_command("settings_doc", "--check")


def test_a_variable_that_is_not_explained_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INDONESIAN", "ENGLISH"):
        file: Path = getattr(settings_doc, name)
        text = file.read_text(encoding="utf-8").replace("\nHTTPS=", "\nHTTP=")
        monkeypatch.setattr(settings_doc, name, tmp_path / file.name)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"\['HTTP', 'HTTPS'\]"):
        call_command("settings_doc", "--check")


def test_a_database_machine_without_power_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `tcp_user_timeout` and keepalives, a request waits minutes on a connection that is open."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://rembuk@database/rembuk")
    options = read_settings()["DATABASES"]["default"]["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (5, 10_000)
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] == 20


def test_environment_sets_cookies_proxies_and_older_keys(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for name, value in {"HTTPS": "true", "BEHIND_PROXY": "2", "SECRET_KEY_FALLBACKS": "lama,tua"}.items():
        monkeypatch.setenv(name, value)
    values = read_settings()
    cookies = {values[f"{name}_COOKIE_NAME"] for name in ("SESSION", "CSRF", "LANGUAGE")}
    assert cookies == {"__Host-sessionid", "__Host-csrftoken", "__Host-language"}
    monkeypatch.setattr(project, "COOKIE_PREFIX", values["COOKIE_PREFIX"])
    modules = [runpy.run_path(str(project.BASE_DIR / name)) for name in MODULES_WITH_COOKIES]
    assert [module["COOKIE"] for module in modules] == ["__Host-last_user", "__Host-messages"]
    assert values["SECRET_KEY_FALLBACKS"] == ["lama", "tua"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = values["ALLAUTH_TRUSTED_PROXY_COUNT"]
    forwarded = "6.6.6.6, 192.0.2.7, 10.0.0.2"  # the first was sent by the client
    assert get_address(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})) == "192.0.2.7"


def test_secrets_come_from_files_and_credentials(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("kunci-lama\n")
    (tmp_path / "EMAIL_URL").write_text("smtp://u:p@host:25\n")
    environ = {"SECRET_KEY_FILE": str(tmp_path / "key"), "CREDENTIALS_DIRECTORY": str(tmp_path), "PORT": "80"}
    found = read_secrets(environ)
    expected = {"SECRET_KEY": "kunci-lama", "EMAIL_URL": "smtp://u:p@host:25", "PORT": "80"}
    assert {name: found[name] for name in expected} == expected
    (tmp_path / "key").write_text("kunci-baru")  # rotation: the next start reads it
    assert read_secrets(environ)["SECRET_KEY"] == "kunci-baru"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"METRICS_TOKEN_FILE": "/nowhere/token"}, "METRICS_TOKEN_FILE=/nowhere/token cannot be read"),
        ({"SECRET_KEY_FILE": "/dev/null"}, "SECRET_KEY_FILE=/dev/null is empty"),
        ({"SECRET_KEY_FILE": "/dev/null", "SECRET_KEY": "x"}, "SECRET_KEY is set in two ways"),
        ({"CREDENTIALS_DIRECTORY": "{folder}", "EMAIL_URL": "x"}, "EMAIL_URL is set in two ways"),
        ({"SECRET_KEY_FILE": "{folder}/EMAIL_URL"}, r"must not start with \$"),
    ],
)
def test_a_wrong_file_of_a_secret_stops_the_start(
    environ: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "EMAIL_URL").write_text("$x")
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read_secrets({name: value.format(folder=tmp_path) for name, value in environ.items()})


def test_a_folder_of_secrets_that_belongs_to_another_group_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied /etc/rembuk may have the group of another machine. Only the folder of this office is mended.

    Root, who runs the tests, reads all.
    """

    def refuse(folder: str) -> list[str]:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr("os.listdir", refuse)
    folder = "/etc/rembuk/offices/dinsos/secrets"
    with pytest.raises(ImproperlyConfigured, match=f"run as root: chgrp -R {os.getgid()} {folder}$"):
        read_secrets({"CREDENTIALS_DIRECTORY": folder})


def test_an_error_of_the_settings_is_a_sentence_without_a_traceback(tmp_path: Path) -> None:
    answer = run_manage("check", SECRET_KEY_FILE="/nowhere/key", REMBUK_DATA=str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.startswith("rembuk: SECRET_KEY_FILE=/nowhere/key cannot be read")
    assert len(answer.stderr.splitlines()) == 1


def test_the_documented_installation_has_two_warnings(tmp_path: Path) -> None:
    """It has no mail server and no list of passwords yet. A page in each language explains both."""
    text = (ROOT / "contrib" / "rembuk.env").read_text(encoding="utf-8")
    environment = dict(re.findall(r"(?m)^([A-Z_]+)=(.*)$", text)) | {"REMBUK_DATA": str(tmp_path)}
    environment |= {"DATABASE_URL": "", "SECRET_KEY": secrets.token_urlsafe(50)}
    environment |= {"ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    answer = run_manage("check", "--deploy", "--fail-level=ERROR", **environment)
    assert answer.returncode == 0
    found = set(re.findall(r"\((\w+\.\w\d+)\)", answer.stderr))
    assert found == {"notices.W004", "office.W002"}
    for page in ("operations.md", "panduan/pengaturan-server.md"):
        explained = (ROOT / "docs" / page).read_text(encoding="utf-8")
        assert set(re.findall(r"`(\w+\.W\d+)`", explained)) == found


def run_manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings and no others."""
    return subprocess.run(  # noqa: S603
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres//rembuk:rahasia@db/rembuk"),
        ("DATABASE_URL", "postgresql://rembuk:ra/hasia@db/rembuk"),
        ("DATABASE_URL", "mysql://rembuk:rahasia@db/rembuk"),
        ("EMAIL_URL", "smtp+tls://rembuk:ra#hasia@mail:587"),
        ("EMAIL_URL", "rahasia"),
    ],
)
def test_an_address_that_is_wrong_is_named_without_its_password(name: str, value: str) -> None:
    env = Env()
    env.ENVIRON = {name: value}
    sentence = f"{name} is no address such as .*ercent-encode"
    with pytest.raises(ImproperlyConfigured, match=sentence) as caught:
        read_databases(env, Path()) if name == "DATABASE_URL" else read_mailers(env, "")
    assert "hasia" not in str(caught.value)
    assert caught.value.__suppress_context__  # the error of the library shows a part


def test_a_new_secret_key_ends_nothing_while_the_old_one_is_a_fallback(
    staff: Staff, client_of: ClientOf, settings: Any
) -> None:
    browser = client_of(staff.petugas)
    link, reset = signing.dumps("lampiran"), default_token_generator.make_token(staff.petugas)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "baru", [settings.SECRET_KEY]
    assert browser.get("/meja/").status_code == 200
    assert signing.loads(link) == "lampiran"
    assert default_token_generator.check_token(staff.petugas, reset)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "lebih-baru", []
    assert browser.get("/meja/").status_code == 302
    with pytest.raises(signing.BadSignature):
        signing.loads(link)


REPORT = """
import json
from sentry_sdk.transport import Transport

class Collector(Transport):
    def capture_envelope(self, envelope):
        print("EVENT", json.dumps(envelope.get_event()))

from django.conf import settings
from config.sentry import configure_sentry
configure_sentry(settings.SENTRY_DSN, transport=Collector)
from config.wsgi import application
from django.test import RequestFactory
address = "/p/%s/withdraw/?cari=tanya-rahasia" % ("s" * 32)
headers = {"Host": "localhost", "Cookie": "sessionid=kuki-rahasia"}
request = RequestFactory().post(address, {"reason": "isi-rahasia"}, headers=headers)
list(application(request.environ, lambda *answer: None))
"""


def test_sentry_gets_the_error_without_content_cookies_and_links(tmp_path: Path) -> None:
    """The database is empty, so the page fails."""
    environ = {**os.environ, "REMBUK_DATA": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/empty"}
    environ |= {"DEBUG": "true", "SENTRY_DSN": "https://key@sentry.example/1"}
    environ |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", REPORT]
    output = subprocess.run(  # noqa: S603
        command, env=environ, cwd=project.BASE_DIR, check=True, text=True, capture_output=True
    ).stdout
    event = json.loads(output.split("EVENT ")[1].splitlines()[0])
    assert event["exception"]["values"][-1]["type"] == "OperationalError"
    assert event["request"] == {"method": "POST", "url": "http://localhost/p/…/withdraw/"}
    assert len(event["tags"]["request_id"]) == 32
    assert not any(secret in output for secret in ("rahasia", "s" * 32, '"vars"'))


def test_only_the_own_account_reads_the_data_and_every_account_static_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REMBUK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    values = read_settings()
    static = StaticFilesStorage(tmp_path / "static", **values["STORAGES"]["staticfiles"]["OPTIONS"])
    for storage in (static, FileSystemStorage(tmp_path / "files")):
        storage.save("folder/file", ContentFile(b""))
    modes = {"data": 0o700, "data/rembuk.sqlite3": 0o600, "files/folder/file": 0o600}
    modes |= {"static/folder": 0o755, "static/folder/file": 0o644}
    assert {name: (tmp_path / name).stat().st_mode & 0o777 for name in modes} == modes


def test_health_is_checked_with_any_host_and_scheme(settings: Any, db: None) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["konsultasi.example.go.id"], True
    answer = Client().get("/healthz", headers={"Host": "127.0.0.1:8000"})
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    for path in ("/", "/healthz/other"):
        assert Client().get(path, headers={"Host": "127.0.0.1:8000"}).status_code == 400


def test_programs_are_refused_over_plain_http_and_people_redirected(settings: Any, db: None) -> None:
    settings.SECURE_SSL_REDIRECT = True
    feed = f"/kalender/langganan/{'s' * 32}.ics"
    for path in ("/pesan/whatsapp/", "/api/v1/cases", "/verifikasi/catatan/2026/1.json", feed):
        for answer in (Client().get(path), Client().post(path)):
            assert (answer.status_code, answer.text) == (403, "Use https.")
        assert Client().get(path, secure=True).status_code in {401, 404}
    assert Client().get("/kalender/")["Location"] == "https://testserver/kalender/"
    for proxy in ("nginx.conf", "Caddyfile"):
        text = (project.BASE_DIR / "contrib" / proxy).read_text(encoding="utf-8")
        assert MACHINE_PATHS.removeprefix("^") in text, proxy


def test_mail_goes_to_the_folder_that_the_address_names() -> None:
    """With one slash more, too, as `filemail:///$REMBUK_DATA/surat` has."""
    for address in ("filemail:///srv/surat", "filemail:////srv/surat"):
        assert read_mailers(Env(), address)["default"]["OPTIONS"] == {"file_path": "/srv/surat"}


@pytest.mark.parametrize(
    ("variables", "plain"),
    [
        ({}, []),
        ({"DATABASE_URL": "postgresql:///rembuk", "EMAIL_URL": "smtp://localhost:25"}, []),
        ({"DATABASE_URL": "postgresql://u:p@db.example/rembuk"}, ["DATABASE_URL"]),
        ({"DATABASE_URL": "postgresql://u:p@db.example/rembuk?sslmode=verify-full"}, []),
        ({"EMAIL_URL": "smtp://u:p@mail.example:25"}, ["EMAIL_URL"]),
        ({"EMAIL_URL": "smtp+tls://u:p@mail.example:587"}, []),
        ({"EMAIL_URL": "smtp+ssl://u:p@mail.example:465"}, []),
        ({"CACHE_URL": "valkey://cache:6379/0"}, ["CACHE_URL"]),
        ({"CACHE_URL": "valkeys://cache:6379/0"}, []),
        ({"CACHE_URL": "valkey://127.0.0.1:6379/0"}, []),
        ({"STORAGE_URL": "s3://rembuk?endpoint_url=http://s3.example"}, ["STORAGE_URL"]),
        ({"STORAGE_URL": "s3://rembuk?endpoint_url=https://s3.example"}, []),
        ({"CLAMAV_URL": "tcp://clamav:3310"}, ["CLAMAV_URL"]),
        ({"CLAMAV_URL": "unix:///run/clamav/clamd.ctl"}, []),
        ({"OIDC_ISSUER": "http://sso.example"}, ["OIDC_ISSUER"]),
        ({"SIGNER": "bsre", "BSRE_URL": "http://10.0.0.5"}, ["BSRE_URL"]),
        ({"SIGNER": "none", "BSRE_URL": "http://10.0.0.5"}, []),
    ],
)
def test_plain_connections_to_other_machines_are_refused(
    variables: dict[str, str], plain: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    values = read_settings()
    for name in ("MAILERS", "STORAGE_URL", "CLAMAV_URL", "SOCIALACCOUNT_PROVIDERS", "BSRE_URL", "SIGNER"):
        setattr(settings, name, values[name])
    monkeypatch.setattr(project, "DATABASES", values["DATABASES"])
    monkeypatch.setattr(project, "CACHES", values["CACHES"])
    assert list(list_plain_connections()) == plain
    assert [found.id for found in check_connections(None)] == ["office.E003"] * len(plain)
    settings.TRUSTED_NETWORK = True
    assert check_connections(None) == []


def test_passwords_are_hashed_slowly() -> None:
    """The tests have a quick hash of their own. OWASP asks for 600,000 iterations at least."""
    assert "PASSWORD_HASHERS" not in read_settings()
    assert global_settings.PASSWORD_HASHERS[0].endswith(".PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.iterations >= 600_000
    assert PBKDF2PasswordHasher.digest is hashlib.sha256


def test_a_plain_address_of_sentry_is_refused(settings: Any) -> None:
    for scheme, plain in (("http", ["SENTRY_DSN"]), ("https", [])):
        settings.SENTRY_DSN = f"{scheme}://key@sentry.example/1"
        assert list(list_plain_connections()) == plain


@pytest.mark.parametrize(
    ("mode", "ids"), [("require", ["office.W003"]), ("verify-ca", ["office.W003"]), ("verify-full", [])]
)
def test_a_database_whose_name_is_not_verified_is_reported(
    mode: str, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:p@db.example/rembuk?sslmode={mode}")
    monkeypatch.setattr(project, "DATABASES", read_settings()["DATABASES"])
    assert [found.id for found in check_certificates(None)] == ids


@pytest.mark.differs_by_database
def test_setup_office_fills_what_is_empty_and_overwrites_nothing(db: None) -> None:
    Division.objects.create(name="Bidang Sendiri", code="SENDIRI")
    call_command("setup_office", verbosity=0)
    assert Office.load().unit_code == "DINSOSPMD"
    assert [division.code for division in Division.objects.all()] == ["SENDIRI"]
    assert not Position.objects.exists()  # those of the fixture belong to its own divisions
    Office.objects.update(name="Nama Sendiri")
    Instruction.objects.exclude(pk=1).delete()
    call_command("setup_office", verbosity=0)
    assert Office.load().name == "Nama Sendiri"
    assert Instruction.objects.create(text="Instruksi sendiri").pk > Instruction.objects.earliest("pk").pk
    assert Instruction.objects.count() == 2
    assert StateTarget.objects.exists()
