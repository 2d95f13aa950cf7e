"""docs/secrets.md: the inventory of cryptography names each use in the code, and no other."""

import ast
import re
from collections.abc import Iterator
from itertools import chain

import pytest

from tests.standard.house import ROOMS, ROOT, list_modules

pytestmark = pytest.mark.same_on_every_database

PARTS = ("hashlib", "hmac", "secrets", "random", "ssl", "uuid", "django.core.signing", "django.utils.crypto")
"""The page lists each function of these modules."""

LIBRARIES = frozenset(
    {
        "altcha",
        "asn1crypto",
        "cryptography",
        "Crypto",
        "fido2",
        "jwt",
        "nacl",
        "oscrypto",
        "passlib",
        "pyhanko",
    }
    | {"pyhanko_certvalidator", "standardwebhooks", "django.contrib.auth.hashers"}
)
"""Libraries that are listed as a whole."""

HARMLESS = {"uuid.UUID", "signing.BadSignature", "hashers.UNUSABLE_PASSWORD_PREFIX"}
"""A type, an error and a constant."""

IN_BROWSER = re.compile(r"\b(subtle\.\w+|getRandomValues|randomUUID|Math\.random)\(")


def list_uses(source: str) -> Iterator[str]:
    """Yield what a module uses, e.g. `hashlib.sha256` or `cryptography`."""
    tree, modules = ast.parse(source), {"os": "os"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            yield from (name for alias in node.names if (name := name_use(node.module, alias.name)))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = name_use(modules.get(node.value.id, ""), node.attr)
            yield from [name] if name else []
    yield from (root for name in modules.values() if (root := name.partition(".")[0]) in LIBRARIES)


def name_use(module: str, attribute: str) -> str | None:
    if module in PARTS or (module, attribute) == ("os", "urandom"):
        return f"{module.rpartition('.')[2]}.{attribute}"
    library = next((name for name in LIBRARIES if f"{module}.".startswith(f"{name}.")), None)
    if library == "django.contrib.auth.hashers":
        return f"hashers.{attribute}"
    return library


def test_the_inventory_names_each_use_of_the_code_and_no_other() -> None:
    found: dict[str, set[str]] = {}
    for path in chain.from_iterable(map(list_modules, ROOMS)):
        uses = {*list_uses((ROOT / path).read_text(encoding="utf-8"))} - HARMLESS
        found |= {str(path): uses} if uses else {}
    for path in (ROOT / "static" / "js").rglob("*.js"):
        uses = {*IN_BROWSER.findall(path.read_text(encoding="utf-8"))}
        found |= {str(path.relative_to(ROOT)): uses} if uses else {}
    page = (
        (ROOT / "docs" / "secrets.md").read_text(encoding="utf-8").partition("### Where the code uses it")[2]
    )
    rows = re.findall(r"(?m)^\| `([^`]+)` \| ([^|]+) \| [^|]+ \|$", page)
    assert [path for path, _uses in rows] == sorted(path for path, _uses in rows)
    assert {path: {*re.findall("`([^`]+)`", uses)} for path, uses in rows} == found


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("import hashlib\nhashlib.md5(b'')", "hashlib.md5"),
        ("import hashlib as h\ndef f():\n    return h.new('sha1')", "hashlib.new"),
        ("from hashlib import sha512", "hashlib.sha512"),
        ("from random import choice", "random.choice"),
        ("import os\nos.urandom(8)", "os.urandom"),
        ("from django.core import signing\nsigning.dumps(1)", "signing.dumps"),
        ("from django.utils.crypto import salted_hmac", "crypto.salted_hmac"),
        ("def f():\n    from cryptography.hazmat.primitives.ciphers import Cipher", "cryptography"),
        ("import nacl.secret", "nacl"),
        ("import uuid\nuuid.uuid1()", "uuid.uuid1"),
    ],
)
def test_a_new_use_would_be_found(source: str, use: str) -> None:
    assert use in {*list_uses(source)}
