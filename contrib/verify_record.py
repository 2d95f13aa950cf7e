#!/usr/bin/env python3
"""Memeriksa rantai catatan yang diunduh, tanpa server: rantai dan segel dari `verifikasi/catatan/`.

    python3 verify_record.py segel-kemarin.json segel-hari-ini.json rantai-hari-ini.jsonl

Checks the entries between two heads, and their signatures. It needs Python 3.9 and `cryptography`. Exit
status 0: all agrees; 1: something differs; 2: it cannot be read.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

START = "0" * 64


def to_hash(*values: object) -> str:
    """Return the SHA-256 of the JSON array of the values, as Rembuk computes it."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def read_head(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        return dict(json.load(file))


def check_head(head: dict[str, Any], name: str) -> Iterator[str]:
    """Yield what differs: the text from the facts, or the signature from the text."""
    facts = (head["day"], str(head["number"]), head["hash"], head["previous"])
    if head["text"] != "\n".join(("rembuk-segel/3", *facts)) + "\n":
        yield f"{name}: the text is not that of its facts"
    if not head["signature"]:
        print(f"{name}: not signed (not checked)")
        return
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    key: Any = x509.load_pem_x509_certificate(head["certificate"].encode()).public_key()
    signature, text = base64.b64decode(head["signature"]), head["text"].encode()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        else:
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        yield f"{name}: the signature is not one of this text"


def check_chain(path: str, before: dict[str, Any], head: dict[str, Any]) -> Iterator[str]:
    """Yield what differs between the entries and the two heads that they lead from and to."""
    number, previous = before["number"], before["hash"]
    with open(path, encoding="utf-8") as file:
        for line in file:
            *facts, own = json.loads(line)
            number += 1
            if facts[0] != number:
                yield f"entry {facts[0]}: {number} was expected"
                return
            previous = to_hash(previous, *facts)
            if previous != own:
                yield f"entry {number}: the chain is broken here"
                return
    if (number, previous) != (head["number"], head["hash"]):
        yield f"the chain ends at {number} with {previous}, the head says {head['number']} and {head['hash']}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", help="segel sebelumnya, atau - untuk yang pertama / the head before, or -")
    parser.add_argument("head", help="segel / the head")
    parser.add_argument("chain", help="rantai.jsonl")
    options = parser.parse_args()
    try:
        first: dict[str, Any] = {"number": 0, "hash": START}
        before = first if options.before == "-" else read_head(options.before)
        head = read_head(options.head)
        found = list(check_head(head, options.head)) + list(check_chain(options.chain, before, head))
        if before is not first:
            found += check_head(before, options.before)
            if head["previous"] != hashlib.sha256(before["text"].encode()).hexdigest():
                found.append(f"{options.head}: it names another head before it")
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"cannot be read: {type(error).__name__}: {error}")
        return 2
    for text in found:
        print(f"DIFFERENT: {text}")
    if not found:
        print(f"OK: {head['number'] - before['number']} entries agree with the head of {head['day']}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
