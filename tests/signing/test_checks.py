"""The system check names the settings that are missing for signing."""

from pathlib import Path
from typing import Any

import pytest

from documents.checks import check_signing
from documents.signing import adapter

pytestmark = pytest.mark.same_on_every_database

GOOD = {"BSRE_URL": "https://esign.example.go.id", "BSRE_USERNAME": "rembuk", "BSRE_PASSWORD": "sandi"}


def found(settings: Any, **values: str) -> list[str | None]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [message.id for message in check_signing(None)]


def test_the_key_and_the_roots_are_looked_for(settings: Any, tmp_path: Path) -> None:
    assert found(settings, SIGNER="none") == []
    assert adapter() is None, "the office signs on paper"
    file = tmp_path / "ada"
    missing = str(tmp_path / "tidak-ada")
    file.touch()
    for path in ("", missing, str(tmp_path)):
        assert found(settings, SIGNER="pkcs12", SIGNER_PKCS12=path) == ["documents.E003"]
    assert found(settings, SIGNER_PKCS12=str(file)) == []
    stamped = {"SIGNER_TIMESTAMP_URL": "http://tsa.example.go.id"}
    assert found(settings, **stamped, SIGNER_TRUST_ROOTS="") == ["documents.E004"]
    assert found(settings, **stamped, SIGNER_TRUST_ROOTS=missing) == ["documents.E009"]
    assert found(settings, **stamped, SIGNER_TRUST_ROOTS=str(file)) == []


def test_the_service_needs_address_account_and_roots(settings: Any, tmp_path: Path) -> None:
    roots = tmp_path / "akar.pem"
    roots.touch()
    for name, value, ids in (
        ("SIGNER", "bsre", []),
        ("BSRE_URL", "http://127.0.0.1:8080", []),
        ("BSRE_URL", "http://esign.example.go.id", ["documents.W006"]),
        ("BSRE_URL", "", ["documents.E005"]),
        ("BSRE_URL", "esign.example.go.id", ["documents.E005"]),
        ("BSRE_USERNAME", "", ["documents.E007"]),
        ("BSRE_USERNAME", "a:b", ["documents.E007"]),
        ("BSRE_PASSWORD", "", ["documents.E007"]),
        ("SIGNER_TRUST_ROOTS", "", ["documents.W008"]),
        ("SIGNER_TRUST_ROOTS", "/tidak/ada.pem", ["documents.E009"]),
    ):
        good = {"SIGNER": "bsre", **GOOD, "SIGNER_TRUST_ROOTS": str(roots)}
        assert found(settings, **{**good, name: value}) == ids, (name, value)
