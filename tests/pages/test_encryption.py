"""What the database and the files tell to somebody who has both, but no key: no hidden name, no open case."""

import re
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, TestCase, override_settings
from pytest_django.asserts import assertContains

from consultations.enums import State
from consultations.identity import reveal_identity
from consultations.intake.uploads import create_inert_copy
from consultations.models import Attachment, Case, HiddenIdentity
from consultations.services import renew_link
from documents.files import create_file, read_document
from kit.encryption import (
    EncryptedField,
    KeyMissing,
    NotAsStored,
    decrypt,
    encrypt,
    hash_token,
    make_legible,
)
from kit.models import BoundSince
from notices.models import Message
from notices.services.delivery import deliver
from office.access.sessions import MFAAdapter
from office.checks import check_key_of_its_own, check_keys
from operations.health import check_encryption
from tests.factories import Staff, applicant, case_at, client_of
from tests.pages.test_hidden_identity import FILES, HIDDEN, NAME, PHONE, hidden_at
from tests.print.reading import text_of
from tests.submitting import find_draft, pdf, send, stored_files, typed, upload
from trust.privacy.rights import correct_contact
from trust.record.verification import Verification

SENDER = {"applicant_name": NAME, "phone": PHONE, "identity": "CONFIDENTIAL"}
TRACES = re.compile("|".join(re.escape(word) for word in (*HIDDEN, "wulandari@example.id")))


def dump_database() -> str:
    """Return each cell of each table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cells: list[object] = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            cells += [bytes(cell) if isinstance(cell, memoryview) else cell for row in cursor for cell in row]
    return "\n".join(map(str, cells))


def dump_files(settings: Any) -> str:
    """Return names, bytes and words of all files."""
    texts = []
    for path in stored_files(settings):
        content = path.read_bytes()
        texts += [str(path.relative_to(settings.MEDIA_ROOT)), content.decode("latin-1")]
        if content.startswith(b"%PDF"):
            texts.append(text_of(content))
    return "\n".join(texts)


def secrets_in(text: str) -> Iterator[str]:
    """Yield what could be the secret of a link or the token of a draft."""
    yield from re.findall(r"(?<![\w-])[\w-]{32}(?![\w-])|[0-9a-f]{8}-[0-9a-f-]{27}", text)


def hidden_draft(client: Client, **changes: str) -> UUID:
    """Save a complaint of somebody who wants to stay hidden, with a letter; return its token."""
    details = {**SENDER, "email": "wulandari@example.id", "complained_party": "Petugas loket"}
    data = typed(**details, no_letter="", letter=upload("wulandari.pdf", pdf()), **changes)
    client.post("/pengaduan/", data)
    return UUID(data["submission_token"])


def test_database_and_files_name_no_hidden_complainant(staff: Staff, client: Client, settings: Any) -> None:
    hidden_draft(client)
    held = hidden_draft(client, homepage="https://iklan.example")
    client.post(f"/pengaduan/{held}/periksa/")
    assert find_draft(held).held_at
    sent = hidden_draft(client, material="Petugas loket meminta uang pada 3 November 2026.")
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(f"/pengaduan/{sent}/periksa/")
        case = hidden_at(State.CLOSED, staff, **FILES)
    reveal_identity(case, by=staff.petugas, reason="Menghubungi")
    for document in case.documents.filter(kind__in=["APPLICATION", "RECEIPT"]):
        create_file(document)
    assert Message.objects.filter(notice__case=case, notice__recipient=None).exists()
    Client().post("/surat-masuk/", {**SENDER, "kind": "COMPLAINT"})  # kept over the login

    assert len(stored_files(settings)) >= 6
    assert not TRACES.findall(dump_database())
    assert not TRACES.findall(dump_files(settings))
    hidden = HiddenIdentity.objects.get(case=case)
    assert (hidden.name, str(hidden.phone), hidden.email) == (NAME, PHONE, "wulandari@example.id")


def test_database_and_files_open_no_case_and_no_draft(staff: Staff, client: Client, settings: Any) -> None:
    token = hidden_draft(client)
    sent = typed()
    receipt = send(client, "/ajukan/", sent)["Location"]
    case = Case.objects.get()
    create_file(case.documents.get(kind="RECEIPT"))
    found = {*secrets_in(dump_database()), *secrets_in(dump_files(settings))}
    assert str(find_draft(token).pk) in {str(UUID(text)) for text in found if is_uuid(text)}
    assert not {case.secret, str(token), token.hex, sent["submission_token"]} & found
    for text in found:
        paths = [f"/p/{text}/"]
        paths += [f"/{kind}/{UUID(text)}/" for kind in ("ajukan", "pengaduan") if is_uuid(text)]
        assert [path for path in paths if client.get(path).status_code != 404] == []
    assert client.get(receipt).status_code == 200
    assert client.get(f"/ajukan/{sent['submission_token']}/")["Location"] == receipt
    renew_link(case, by=staff.sekretariat, checked_with="IDENTITY_CARD")
    assert case.secret not in receipt
    assert [client.get(path).status_code for path in (receipt, f"/p/{case.secret}/")] == [404, 200]
    assert Case.objects.get().secret_hash == hash_token(case.secret)


def is_uuid(text: str) -> bool:
    with suppress(ValueError):
        return bool(UUID(text))
    return False


def test_a_receipt_is_stored_encrypted_and_read_as_it_was_issued(staff: Staff, settings: Any) -> None:
    case = case_at(State.SUBMITTED, staff)
    receipt = create_file(case.documents.get(kind="RECEIPT"))
    application = create_file(case.documents.get(kind="APPLICATION"))
    assert not Path(receipt.file.path).read_bytes().startswith(b"%PDF")
    assert Path(application.file.path).read_bytes().startswith(b"%PDF")
    assert case.secret in "".join(text_of(read_document(receipt)).split())
    assert not [finding for finding in Verification().run() if "the file" in finding]
    Path(receipt.file.path).write_bytes(lost("x").encode())
    assert [finding for finding in Verification().run() if "cannot be read: KeyMissing" in finding]


def test_texts_are_decrypted_when_they_are_read_and_cannot_be_searched(staff: Staff, settings: Any) -> None:
    case = hidden_at(State.SUBMITTED, staff)
    settings.SECRET_KEY = "another"
    row = Case.objects.get(pk=case.pk)
    row.save()  # what is not read is written back as it is
    hidden = HiddenIdentity.objects.get()
    with pytest.raises(KeyMissing, match="kuncinya tidak ada di server ini"):
        str(hidden.name)
    for lookup in ({"phone": PHONE}, {"name__icontains": "Wulandari"}):
        with pytest.raises(FieldError):
            HiddenIdentity.objects.filter(**lookup)
    assert Client().get(f"/p/{case.secret}/").status_code == 200  # the link itself needs no key


def read(attachment: Attachment) -> bytes:
    with attachment.file.open() as file:
        return bytes(file.read())


def rotate() -> str:
    call_command("rotate_encryption", stdout=(out := StringIO()))
    return out.getvalue()


@pytest.mark.differs_by_database
def test_keys_rotate_over_texts_and_files(
    from_before: None, staff: Staff, client: Client, settings: Any
) -> None:
    token, case = hidden_draft(client), hidden_at(State.SUBMITTED, staff, **FILES)
    create_inert_copy.func(case.attachments.latest("pk").pk)
    receipt = create_file(case.documents.get(kind="RECEIPT"))
    letter = case.attachments.earliest("pk")
    content = read(letter)
    Path(letter.file.path).write_bytes(content)  # as a version before stored it
    new = Fernet.generate_key().decode()

    settings.ENCRYPTION_KEYS = [new]
    assert int(rotate().split()[0]) > 10
    assert rotate().startswith("0 rahasia")

    settings.SECRET_KEY = "another"  # the former key is gone
    case = Case.objects.get()
    assert client.get(f"/p/{case.secret}/").status_code == 200
    assert HiddenIdentity.objects.get().name == NAME
    assert find_draft(token).typed["applicant_name"] == NAME
    assert not Path(letter.file.path).read_bytes().startswith(b"%PDF")
    assert read(case.attachments.earliest("pk")) == content
    assert read_document(case.documents.get(pk=receipt.pk)).startswith(b"%PDF")
    assert not [path for path in stored_files(settings) if path.suffix == ".new"]


def test_a_rotation_names_what_no_key_decrypts_and_the_table_of_a_lost_file(
    staff: Staff, settings: Any
) -> None:
    case_at(State.SUBMITTED, staff)
    known, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    with pytest.raises(CommandError, match="consultations_case: 1"):
        rotate()
    settings.SECRET_KEY_FALLBACKS = [known]
    rotate()
    settings.SECRET_KEY_FALLBACKS = []
    assert Case.objects.get().secret
    letter = hidden_at(State.SUBMITTED, staff, **FILES).attachments.earliest("pk")
    letter.file.storage.delete(str(letter.file.name))
    with pytest.raises(CommandError, match="consultations_attachment: 1"):
        rotate()


def lost(place: str) -> str:
    """Return a text that is encrypted with a key that nobody has any more."""
    with override_settings(ENCRYPTION_KEYS=[Fernet.generate_key().decode()]):
        return encrypt("hilang", place)


def encrypt_with_a_lost_key(table: str, column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [lost("x")])  # noqa: S608


def test_without_its_key_a_page_says_so_and_a_message_waits(staff: Staff) -> None:
    notified = case_at(State.SUBMITTED, staff, email="siti@example.id")
    case = hidden_at(State.SUBMITTED, staff)
    encrypt_with_a_lost_key("consultations_hiddenidentity", "name")
    client = client_of(staff.pkd)
    client.raise_request_exception = False
    asked = {"reason": "Menghubungi", "is_not_meant": "on"}
    answer = client.post(f"/permohonan/{case.code}/identitas/", asked)
    assertContains(answer, "Data ini terenkripsi, dan kuncinya tidak ada di server ini.", status_code=503)

    encrypt_with_a_lost_key("consultations_case", "secret")
    deliver()
    message = Message.objects.get(channel="EMAIL", notice__recipient=None, notice__case=notified)
    assert (message.status, message.reason) == (Message.Status.WAITING, str(KeyMissing()))


def test_a_text_is_another_token_each_time_and_keys_are_checked(settings: Any) -> None:
    assert encrypt(NAME, "a") != encrypt(NAME, "a")
    assert decrypt(encrypt(NAME, "a"), "a") == NAME
    assert [found.id for found in check_key_of_its_own(None)] == ["office.W001"]
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), "salah"]
    assert check_key_of_its_own(None) == []
    assert [found.msg for found in check_keys(None)] == ["Entry 2 of ENCRYPTION_KEYS is not a key."]


@pytest.fixture
def from_before(db: None) -> None:
    """An installation with values of a version that did not bind them to their rows."""
    BoundSince.objects.all().delete()


def read_cell(table: str, column: str, pk: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])  # noqa: S608
        return str(cursor.fetchone()[0])


def write_cell(table: str, column: str, pk: Any, stored: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [stored, pk])  # noqa: S608


HIDDEN_TABLE, MESSAGES = "consultations_hiddenidentity", "notices_message"
OTHER = "tidak sama dengan yang pernah"


@pytest.mark.differs_by_database
def test_a_copied_secret_is_refused_and_the_list_stays(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    hidden = hidden_at(State.SUBMITTED, staff).hidden_identity
    for number in range(2):
        case = case_at(State.SUBMITTED, staff, phone=f"+628123456789{number}", email="")
        correct_contact(case, by=applicant(case), applicant_name="Siti", phone=f"+628133456789{number}")
    warnings = Message.objects.filter(notice__kind="CONTACT_REPLACED").order_by("pk")
    good, bad = warnings
    for table, column, pk in (
        (HIDDEN_TABLE, "name", hidden.pk),
        ("consultations_case", "secret", hidden.case_id),
    ):
        write_cell(MESSAGES, "address", bad.pk, read_cell(table, column, pk))
        first, second = make_legible(warnings.all())
        assert first.address == good.address
        assert OTHER in second.address
        assert second.address not in (hidden.name, hidden.case.secret)
        assert client_of(staff.sekretariat).get("/pesan/").status_code == 200
    place = f"{MESSAGES}/address/{bad.pk}/{bad.notice_id}"
    assert f"finding: the encrypted value of {place} was changed" in caplog.text
    found = [finding for finding in Verification().run() if "encrypted value" in finding]
    assert found == [f"{place}: the encrypted value was changed, or copied from elsewhere"]


@pytest.mark.differs_by_database
def test_each_encrypted_column_is_bound_to_its_row_and_its_owner(staff: Staff) -> None:
    first, second = (hidden_at(State.SUBMITTED, staff).hidden_identity for _ in range(2))
    columns = [field.attname for field in HiddenIdentity._meta.fields if isinstance(field, EncryptedField)]
    filled = [column for column in columns if getattr(first, column)]
    assert len(filled) >= 3
    for column in filled:
        write_cell(HIDDEN_TABLE, column, second.pk, read_cell(HIDDEN_TABLE, column, first.pk))
        with pytest.raises(NotAsStored):
            getattr(HiddenIdentity.objects.get(pk=second.pk), column)
    write_cell(HIDDEN_TABLE, "email", first.pk, read_cell(HIDDEN_TABLE, "name", first.pk))
    with pytest.raises(NotAsStored):
        str(HiddenIdentity.objects.get(pk=first.pk).email)
    second.delete()
    other = case_at(State.SUBMITTED, staff)
    HiddenIdentity.objects.filter(pk=first.pk).update(case=other)
    with pytest.raises(NotAsStored):
        str(HiddenIdentity.objects.get(pk=first.pk).name)
    HiddenIdentity.objects.filter(pk=first.pk).update(case=second.case_id)  # the whole row
    client = client_of(staff.pkd)
    client.raise_request_exception = False
    asked = {"reason": "Menghubungi", "is_not_meant": "on"}
    answer = client.post(f"/permohonan/{second.case.code}/identitas/", asked)
    assertContains(answer, OTHER, status_code=503)


def test_a_copied_file_and_a_factor_of_somebody_else_are_refused(staff: Staff) -> None:
    letter, other = (hidden_at(State.SUBMITTED, staff, **FILES).attachments.earliest("pk") for _ in range(2))
    Attachment.objects.filter(pk=other.pk).update(file=letter.file.name)
    with pytest.raises(NotAsStored):
        read(Attachment.objects.get(pk=other.pk))
    TOTP.activate(staff.pkd, secret := generate_totp_secret())
    TOTP.activate(staff.kadis, generate_totp_secret())
    mine, theirs = Authenticator.objects.order_by("pk")
    assert MFAAdapter().decrypt(mine.data["secret"]) == secret
    Authenticator.objects.filter(pk=theirs.pk).update(data=dict(mine.data))
    with pytest.raises(NotAsStored):
        MFAAdapter().decrypt(Authenticator.objects.get(pk=theirs.pk).data["secret"])


@pytest.mark.differs_by_database
def test_tokens_of_a_version_before_are_read_until_a_rotation_has_bound_them(
    from_before: None, staff: Staff, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = [key := Fernet.generate_key().decode()]
    case, later = (hidden_at(State.SUBMITTED, staff, **FILES) for _number in range(2))
    old, letter = Fernet(key).encrypt(b"Wulandari").decode(), case.attachments.earliest("pk")
    content = read(letter)
    Path(letter.file.path).write_bytes(Fernet(key).encrypt(content))
    write_cell(HIDDEN_TABLE, "name", case.hidden_identity.pk, old)
    assert HiddenIdentity.objects.get(case=case).name == "Wulandari"
    assert read(letter) == content
    state = check_encryption()
    assert (state.is_well, state.fact) == (
        False,
        "1 rahasia dari versi lama belum terikat pada barisnya: rotate_encryption.",
    )

    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), key]
    rotate()
    assert check_encryption().is_well
    assert (HiddenIdentity.objects.get(case=case).name, read(letter)) == ("Wulandari", content)
    write_cell(HIDDEN_TABLE, "name", later.hidden_identity.pk, old)
    Path(letter.file.path).write_bytes(Fernet(key).encrypt(content))
    with pytest.raises(NotAsStored):
        str(HiddenIdentity.objects.get(case=later).name)
    with pytest.raises(NotAsStored):
        read(case.attachments.earliest("pk"))
    assert f"{HIDDEN_TABLE}/name/{later.hidden_identity.pk}/" in "".join(Verification().run())
    with pytest.raises(CommandError, match=f"{HIDDEN_TABLE}: 1"):
        rotate()
    assert read_cell(HIDDEN_TABLE, "name", later.hidden_identity.pk) == old, "no rotation binds it later"


def test_no_update_stores_a_secret_in_clear_text(staff: Staff) -> None:
    hidden_at(State.SUBMITTED, staff)
    with pytest.raises(TypeError, match="save the row"):
        HiddenIdentity.objects.update(name="Wulandari")
