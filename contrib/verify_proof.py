#!/usr/bin/env python3
"""Memeriksa naskah PDF dengan berkas buktinya, tanpa server dan tanpa internet. Cukup Python 3.8.

    python3 verify_proof.py naskah.pdf bukti.json --seal segel.json

Checks a PDF with its proof, offline, against a seal from outside of the office. Exit status 0: it is proved;
1: something does not match; 2: it cannot be decided, for example without a seal. `--english` for English.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

FORMAT = "rembuk-bukti/1"
FILE_PART = 6
HASH = "[0-9a-f]{64}"
NUMBER = "[0-9]{1,4}/[0-9]{1,10}"
SEAL = re.compile(
    rf"rembuk-segel/([12])\n([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})\n({NUMBER})\n({HASH})\n(?:({HASH})\n({HASH})\n)?"
)

PROVED, DIFFERENT, UNDECIDED = 0, 1, 2
MARKS = {PROVED: ("[cocok]", "[ok]"), DIFFERENT: ("[TIDAK COCOK]", "[DIFFERENT]"), UNDECIDED: ("[?]", "[?]")}

TEXTS = {
    "pdf": (
        "Berkas PDF ini sama persis dengan berkas yang dicatat kantor.",
        "This PDF is exactly the file that the office recorded.",
    ),
    "other pdf": (
        "Berkas PDF ini bukan berkas yang dicatat: diubah, dicetak ulang, atau naskah lain.",
        "This PDF is not the recorded file: it was changed, printed again, or is another document.",
    ),
    "leaf": ("Isi bukti cocok dengan mata rantainya.", "The content of the proof matches its leaf."),
    "other leaf": (
        "Isi bukti tidak cocok dengan mata rantainya: berkas bukti diubah.",
        "The content of the proof does not match its leaf: the proof was changed.",
    ),
    "tree": ("Mata rantai itu termasuk dalam segel {day}.", "The leaf is part of the seal of {day}."),
    "other tree": (
        "Mata rantai itu tidak termasuk dalam segel {day}: berkas bukti diubah.",
        "The leaf is not part of the seal of {day}: the proof was changed.",
    ),
    "no tree": (
        "Segel dalam bukti ini dari Rembuk versi lama, tanpa pohon: naskahnya tidak dapat dibuktikan begini.",
        "The seal in this proof is of an old release, without a tree: it proves no document in this way.",
    ),
    "seal": (
        "Segel itu sama dengan segel dari luar yang Anda berikan.",
        "The seal is the one from outside that you gave.",
    ),
    "other seal": (
        "Segel dalam bukti berbeda dari segel dari luar yang Anda berikan: jangan percaya bukti ini.",
        "The seal in the proof differs from the one from outside that you gave: do not trust this proof.",
    ),
    "seal of another day": (
        "Segel dari luar itu nomor {given}, sedangkan bukti ini memakai segel {number}. Cari segel {number}.",
        "The seal from outside is {given}, but this proof uses seal {number}. Look for seal {number}.",
    ),
    "head only": (
        "Ujung rantainya sama, tetapi itu belum cukup. Cari sidik atau berkas segel {number}.",
        "The head is the same, but that is not enough. Look for the fingerprint or file of seal {number}.",
    ),
    "no seal": (
        "Belum dibandingkan dengan segel dari luar. Cari segel {number} tanggal {day} pada surel Inspektorat,"
        " saksi, atau buku agenda, lalu tambahkan --seal.",
        "Not compared with a seal from outside. Look for seal {number} of {day} in a mail of the Inspektorat,"
        " at a witness or in an agenda book, and add --seal.",
    ),
    "unreadable": ("{name} tidak dapat dibaca: {error}.", "{name} cannot be read: {error}."),
    "malformed": ("{name} bukan berkas bukti yang utuh.", "{name} is not a whole proof."),
    "unknown seal": (
        "--seal bukan berkas segel, sidik segel (64 angka), atau TAHUN/NOMOR=UJUNG.",
        "--seal is no file of a seal, no fingerprint (64 digits) and no YEAR/NUMBER=HEAD.",
    ),
}
ENDS = {
    PROVED: (
        "TERBUKTI: naskah ini sudah ada pada {day} dan tidak diubah sejak itu. Apakah masih berlaku, tanyakan"
        " kepada kantornya.",
        "PROVED: this document existed on {day} and has not been changed since. Ask the office whether it is"
        " still in force.",
    ),
    DIFFERENT: ("TIDAK TERBUKTI: ada yang tidak cocok.", "NOT PROVED: something does not match."),
    UNDECIDED: ("BELUM TERBUKTI: ada yang belum dapat diperiksa.", "NOT DECIDED: something was not checked."),
}


def read_proof(content: Any) -> tuple[list[Any], tuple[bytes, bytes], tuple[int, int, list[bytes]], Any]:
    """Return row, heads, path and seal of a proof. Raise ValueError if one has another form than it must."""
    try:
        row, seal = content["row"], SEAL.fullmatch(content["seal"]["text"])
        heads = bytes.fromhex(content["head_before"]), bytes.fromhex(content["head"])
        index, size, path = content["index"], content["size"], [bytes.fromhex(x) for x in content["path"]]
        is_whole = content["format"] == FORMAT and seal is not None and row[0] == FILE_PART
        is_whole &= [type(value) for value in row] == [int, str, str, int, str, str, str]
        is_whole &= type(index) is int and type(size) is int and {len(x) for x in (*heads, *path)} == {32}
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError from error
    if not is_whole:
        raise ValueError
    return row, heads, (index, size, path), seal


def hash_row(row: list[Any]) -> bytes:
    """Return the hash of a row as Rembuk computes it (trust/ledger/chain.py)."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(b"\0" + text.encode(errors="surrogatepass")).digest()


def get_root(head: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Return the root that the path leads to (RFC 9162, section 2.1.3.2), or None if it leads nowhere."""
    if not 0 <= index < size:
        return None
    node, last = hashlib.sha256(b"\0" + head).digest(), size - 1
    for step in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + step + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + step).digest()
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def compare_seal(given: str, text: str, number: str, head: str) -> Iterator[tuple[int, str]]:
    """Yield the result of the comparison with the seal from outside."""
    digits = re.sub(r"\s", "", given).lower()
    as_head = re.fullmatch(rf"({NUMBER})=({HASH})", digits)
    if re.fullmatch(HASH, digits):
        same = hashlib.sha256(text.encode()).hexdigest() == digits
        yield (PROVED, "seal") if same else (DIFFERENT, "other seal")
    elif as_head:
        yield from compare_numbers(as_head[1], as_head[2], number, head)
    else:
        with open(given, encoding="utf-8") as file:
            other = json.load(file)["text"]
        found = SEAL.fullmatch(other)
        if not found:
            raise ValueError(given)
        if other == text:
            yield PROVED, "seal"
        elif found[1] == "2" and found[3] == number:
            yield DIFFERENT, "other seal"
        else:
            yield from compare_numbers(found[3], found[4], number, head)


def compare_numbers(given: str, given_head: str, number: str, head: str) -> Iterator[tuple[int, str]]:
    if given != number:
        yield UNDECIDED, "seal of another day"
    else:
        yield (UNDECIDED, "head only") if given_head == head else (DIFFERENT, "other seal")


def check(pdf: bytes, proof: Any, given: str | None, facts: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Yield each result with the key of its sentence. `facts` gets the words that sentences need."""
    row, (before, head), path, seal = proof
    version, facts["day"], facts["number"], last, root = seal.group(1, 2, 3, 4, 5)
    is_same = hashlib.sha256(pdf).hexdigest() == row[4] and len(pdf) == row[3]
    yield (PROVED, "pdf") if is_same else (DIFFERENT, "other pdf")
    is_linked = hashlib.sha256(b"\1" + before + hash_row(row)).digest() == head
    yield (PROVED, "leaf") if is_linked else (DIFFERENT, "other leaf")
    if version != "2" or not root:
        yield UNDECIDED, "no tree"
    else:
        found = get_root(head, *path)
        is_inside = found is not None and found.hex() == root
        yield (PROVED, "tree") if is_inside else (DIFFERENT, "other tree")
    if not given:
        yield UNDECIDED, "no seal"
        return
    try:
        facts["given"] = given.partition("=")[0]
        yield from compare_seal(given, seal[0], facts["number"], last)
    except (OSError, KeyError, TypeError, ValueError):
        yield UNDECIDED, "unknown seal"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("pdf", help="berkas PDF / the PDF")
    parser.add_argument("proof", help="berkas bukti (JSON) / the proof")
    parser.add_argument(
        "--seal",
        metavar="SEGEL",
        help="segel dari luar kantor: berkas JSON, sidik segel, atau TAHUN/NOMOR=UJUNG / seal from outside",
    )
    parser.add_argument("--english", action="store_true", help="in English")
    options = parser.parse_args()
    language = int(options.english)
    facts = {"day": "", "number": "", "given": ""}

    def say(status: int, sentences: tuple[str, str]) -> None:
        print(MARKS[status][language], sentences[language].format(**facts))

    contents = []
    for name in (options.pdf, options.proof):
        facts["name"] = name
        try:
            with open(name, "rb") as file:
                contents.append(file.read())
        except OSError as error:
            facts["error"] = error.strerror or type(error).__name__
            say(UNDECIDED, TEXTS["unreadable"])
            return UNDECIDED
    try:
        proof = read_proof(json.loads(contents[1].decode("utf-8")))
    except (ValueError, RecursionError):
        say(UNDECIDED, TEXTS["malformed"])
        return UNDECIDED
    found = list(check(contents[0], proof, options.seal, facts))
    for status, key in found:
        say(status, TEXTS[key])
    statuses = {status for status, _key in found}
    worst = DIFFERENT if DIFFERENT in statuses else max(statuses)
    print(ENDS[worst][language].format(**facts))
    return worst


if __name__ == "__main__":
    sys.exit(main())
