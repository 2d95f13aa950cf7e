"""Migrations are frozen once they have landed: an office may have applied them."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(settings.BASE_DIR)
LANDED: dict[str, str] = {
    "consultations/0001_initial": "74650cacb93e38717f5916afefce399e1801b58ea647566921f6ee5b6f70ccd6",
    "consultations/0002_append_only": "e13a2677dbf0b83d6ddcaa7ff83ec7bb1f6ec7ed474b67881ec8a3ac70640836",
    "consultations/0003_link_access": "759d38c2def4f53a273e4b926c097708531fe73091046384665dde93e269d6ed",
    "dispositions/0001_initial": "8abc9505d029f45b95c80bff1b0524ef66d21aa35d7e9d1711201173db318c6d",
    "dispositions/0002_amendments": "f52366b6fac6224e2c154d9516ff0677ba787a67e7543e5c3d3738ff8bb2e162",
    "intake/0001_initial": "acee9b48d8378aed00653379ae048744741932dfa71c3afa1305575e0b630c16",
    "notices/0001_initial": "17beaba8f1e56c930544c1c32c36a80efdec2409153e10128c312b06d12d38dd",
    "notices/0002_unread_newest_first": "2ce262c93f7683ae3e68c99ad33c393ac563e63c009ed5c4776b24efb9560a7e",
    "notices/0003_withdrawn_by_office": "a9b84636d6e3defc01907357885e548964eba8ed501b30fc5db7aac225d7026a",
    "office/0001_initial": "ee7876806173cc26fb212db247701b98d244b35cd7980eae748efd3575606b54",
    "office/0002_cache_table": "6dcfc8f2d18ae6638f3877550565bb906f8fe8eb364e10c38f7b79e419d121a1",
    "reports/0001_initial": "9956f7eb495d0344efb4fc63db026a80fa5f024a35a0b2810a867567f2cc91c3",
    "scheduling/0001_initial": "9cc3c6fce87e6b430449e0053db603e8fb91501ba6fe8c38c0162354ca6fb5f8",
    "surveys/0001_initial": "5926f6fa4739effd239203ec664401448f866a35c9747d184c253d27cbe21257",
    "surveys/0002_append_only": "c4b8e762a4ec32469a64b6860cd51ee8be87e63fe854aa81a690d68841724e62",
}
"""SHA-256 of each landed migration, without its comments. Add a line for a new one; never change a line."""


def digest(migration: Path) -> str:
    lines = migration.read_text(encoding="utf-8").splitlines()
    return hashlib.sha256("\n".join(line for line in lines if not line.startswith("#")).encode()).hexdigest()


def test_no_landed_migration_has_changed() -> None:
    found = {
        f"{path.parts[-3]}/{path.stem}": digest(path) for path in sorted(ROOT.glob("*/migrations/[0-9]*.py"))
    }
    assert found == LANDED
