"""The offline verifier, run as its users run it: a PDF, its proof, and a seal from outside."""

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from django.test import Client

from consultations.enums import State
from documents.files import create_file, read_document, store_file_once
from documents.models import Document
from kit.templatetags.kit import in_groups
from notices.mail import send
from tests.factories import Staff, case_at
from tests.shared_data import each
from trust.ledger.chain import append_leaves
from trust.ledger.models import Seal
from trust.ledger.services import compose, make_seal

pytestmark = pytest.mark.same_on_every_database

SCRIPT = Path(project.BASE_DIR) / "contrib" / "verify_proof.py"

type Answer = tuple[int, str]
type Verify = Callable[..., Answer]


def fill(folder: Path, staff: Staff, settings: Any, make_file: Callable[[Document], Document]) -> Path:
    """Store two issued documents, their proofs and the file of the seal's mail in a folder."""
    settings.SEAL_RECIPIENTS, settings.DEFAULT_FROM_EMAIL = ["inspektorat@example.go.id"], "a@example.go.id"
    case_at(State.DISPOSED, staff)
    first, second = (make_file(document) for document in Document.objects.order_by("issued_at")[:2])
    append_leaves()
    seal = make_seal()
    assert seal
    for name, document in (("first", first), ("second", second)):
        (folder / f"{name}.pdf").write_bytes(read_document(document))
        proof = Client().get(f"/verifikasi/{document.pk}/bukti.json")
        (folder / f"{name}.json").write_bytes(proof.content)
    send(compose(seal))
    ((_name, content, _kind), *_rest) = mail.outbox[0].attachments
    (folder / "segel.json").write_text(str(content))
    return folder


@pytest.fixture
def folder(tmp_path: Path, staff: Staff, settings: Any) -> Path:
    return fill(tmp_path, staff, settings, lambda d: store_file_once(d, f"%PDF-1.7 {d.pk}".encode()))


@pytest.fixture
def rendered(tmp_path: Path, staff: Staff, settings: Any) -> Path:
    """The same with real PDFs."""
    return fill(tmp_path, staff, settings, create_file)


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Return exit status and output of the script, which gets nothing of Rembuk and no network."""

    def run(pdf: str = "first.pdf", proof: str = "first.json", *more: str) -> Answer:
        command = ["unshare", "-rn"] if can_be_alone() else []
        command += [sys.executable, "-I", "-S", str(SCRIPT), pdf, proof, *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={})  # noqa: S603
        assert not done.stderr
        return done.returncode, done.stdout

    return run


def can_be_alone() -> bool:
    """Return whether this machine starts a process without a network."""
    try:
        return subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0  # noqa: S607
    except OSError:
        return False


def test_a_document_is_proved_with_each_form_of_its_seal(
    rendered: Path, verify: Verify, client: Client
) -> None:
    seal = Seal.objects.get()
    (rendered / "page.json").write_bytes(client.get(f"/verifikasi/catatan/{seal}.json").content)
    for form in ("segel.json", "page.json", seal.fingerprint, " ".join(in_groups(seal.fingerprint))):
        status, output = verify("first.pdf", "first.json", "--seal", form)
        assert status == 0, output
        assert output.splitlines()[-1].startswith(f"TERBUKTI: naskah ini sudah ada pada {seal.day}")
    status, output = verify("second.pdf", "second.json", "--seal", "segel.json", "--english")
    assert (status, output.splitlines()[-1][:7]) == (0, "PROVED:")
    assert output.count("[ok]") == 4


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new))


def spoil(path: Path, spoiling: Callable[[Any], object]) -> None:
    content = json.loads(path.read_text())
    spoiling(content)
    path.write_text(json.dumps(content))


SPOILED: dict[str, Callable[[Any], object]] = {
    "another signer": lambda p: p["row"].__setitem__(6, "Orang Lain"),
    "another leaf": lambda p: p.update(head="ab" * 32),
    "another head before": lambda p: p.update(head_before="ab" * 32),
    "another step of the path": lambda p: p["path"].__setitem__(0, "ab" * 32),
    "a step less": lambda p: p["path"].pop(),
    "a step more": lambda p: p["path"].append("ab" * 32),
    "another place": lambda p: p.update(index=p["index"] ^ 1),
    "beyond the tree": lambda p: p.update(index=p["size"]),
    "another root": lambda p: p["seal"].update(text=p["seal"]["text"].replace(p["seal"]["root"], "ab" * 32)),
}


@each("name", SPOILED)
def test_a_changed_proof_proves_nothing(name: str, folder: Path, verify: Verify) -> None:
    kept = (folder / "first.json").read_text()
    spoil(folder / "first.json", SPOILED[name])
    status, output = verify("first.pdf", "first.json", "--seal", "segel.json")
    (folder / "first.json").write_text(kept)
    assert status == 1, output
    assert "TIDAK COCOK" in output


def test_a_forged_tree_agrees_with_itself_but_not_with_the_seal(folder: Path, verify: Verify) -> None:
    """An insider makes a file, its row, a tree of one leaf and a seal with the published head."""
    forged = b"%PDF-1.7 palsu"
    (folder / "first.pdf").write_bytes(forged)

    def forge(proof: Any) -> None:
        proof["row"][3:5] = [len(forged), sha256(forged).hexdigest()]
        text = json.dumps(proof["row"], ensure_ascii=False, separators=(",", ":"))
        row_hash = sha256(b"\0" + text.encode()).digest()
        head = sha256(b"\1" + bytes.fromhex(proof["head_before"]) + row_hash)
        root = sha256(b"\0" + head.digest()).hexdigest()
        seal = proof["seal"]
        seal["text"] = seal["text"].replace(seal["root"], root)
        proof.update(head=head.hexdigest(), index=0, size=1, path=[])

    spoil(folder / "first.json", forge)
    seal = Seal.objects.get()
    assert verify("first.pdf", "first.json", "--seal", "segel.json")[0] == 1
    assert verify("first.pdf", "first.json", "--seal", seal.fingerprint)[0] == 1
    assert verify("first.pdf", "first.json", "--seal", f"{seal}={seal.head}")[0] == 2, "a head has no tree"


def test_a_changed_file_and_the_proof_of_another_document_prove_nothing(folder: Path, verify: Verify) -> None:
    status, output = verify("first.pdf", "second.json", "--seal", "segel.json")
    assert (status, output.count("TIDAK COCOK")) == (1, 1)
    with (folder / "first.pdf").open("ab") as file:
        file.write(b" ")
    status, output = verify("first.pdf", "first.json", "--seal", "segel.json")
    assert (status, output.count("TIDAK COCOK")) == (1, 1)
    assert "bukan berkas yang dicatat" in output


def test_without_the_right_seal_nothing_is_decided(folder: Path, verify: Verify) -> None:
    seal = Seal.objects.get()
    old = f"rembuk-segel/1\n{seal.day}\n{seal}\n{seal.head}\n"
    (folder / "old.json").write_text(json.dumps({"text": old}))
    other_day = {"text": seal.text.replace(f"{seal}", f"{seal.year}/{seal.number + 9}")}
    (folder / "other_day.json").write_text(json.dumps(other_day))
    fork = {"text": seal.text.replace(seal.head, "ab" * 32)}
    (folder / "fork.json").write_text(json.dumps(fork))
    for given, expected, words in (
        ("", 2, "Belum dibandingkan"),
        ("old.json", 2, "belum cukup"),
        ("other_day.json", 2, f"Cari segel {seal}"),
        ("missing.json", 2, "--seal bukan"),
        ("first.pdf", 2, "--seal bukan"),
        (f"{seal}={seal.head}", 2, "belum cukup"),
        (f"{seal}={'ab' * 32}", 1, "jangan percaya"),
        ("ab" * 32, 1, "jangan percaya"),
        ("fork.json", 1, "jangan percaya"),
    ):
        status, output = verify("first.pdf", "first.json", *(["--seal", given] if given else []))
        assert (status, words in output) == (expected, True), (given, output)


def test_a_seal_of_an_old_release_proves_no_document(folder: Path, verify: Verify) -> None:
    seal = Seal.objects.get()
    old = f"rembuk-segel/1\n{seal.day}\n{seal}\n{seal.head}\n"
    spoil(folder / "first.json", lambda proof: proof["seal"].update(text=old))
    status, output = verify("first.pdf", "first.json", "--seal", f"{seal}={seal.head}")
    assert status == 2
    assert "tanpa pohon" in output


def test_what_is_no_proof_is_said_so(folder: Path, verify: Verify) -> None:
    for name, content in {
        "empty": "",
        "text": "%PDF",
        "list": "[]",
        "lacking": "{}",
        "deep": "[" * 5000,
        "other": '{"format": "rembuk-bukti/2"}',
    }.items():
        (folder / name).write_text(content)
        assert verify("first.pdf", name)[0] == 2
    assert verify("missing.pdf")[0] == 2
