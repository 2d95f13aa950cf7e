"""A stand-in for the Esign Client Service v2 of BSrE, which runs on the network of each agency.

It implements `user/check/status`, `sign/pdf`, HTTP Basic, one account with a passphrase, and the error codes
2031 and 2011. It signs with a test certificate. It follows the published description; the real service may
word its responses, add its signature field or be timed differently.
"""

import base64
import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

from tests.signing.certificates import Identity
from tests.signing.servers import Reply, Request, as_json


@dataclass
class EsignStandIn:
    """`status` is what it says of the person; `instead` replaces its answers to the paths it names."""

    holder: Identity
    email: str
    passphrase: str
    account: tuple[str, str] = ("rembuk", "sandi-layanan")
    status: str = "ISSUE"
    instead: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        question = json.loads(request.body)
        self.asked.append((request.path, question))
        if request.path in self.instead:
            return self.instead[request.path]
        basic = base64.b64encode(":".join(self.account).encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            return as_json({"error": "Unauthorized"}, 401)
        if question.get("email") != self.email:
            return as_json({"status_code": 2011, "error": "User tidak terdaftar"}, 400)
        if request.path == "/api/v2/user/check/status":
            return as_json({"status": self.status, "message": "Status pengguna"})
        if request.path == "/api/v2/sign/pdf":
            return self._sign(question)
        return as_json({"error": "Not Found"}, 404)

    def _sign(self, question: dict[str, Any]) -> Reply:
        if question["passphrase"] != self.passphrase:
            return as_json({"status_code": 2031, "error": "Passphrase anda salah !!!"}, 400)
        (properties,), (encoded,) = question["signatureProperties"], question["file"]
        assert properties["tampilan"] == "INVISIBLE"
        signed = self.signed(base64.b64decode(encoded), properties)
        return as_json({"time": "512 ms", "file": [base64.b64encode(signed).decode()]})

    def signed(self, content: bytes, properties: dict[str, Any]) -> bytes:
        shown = {name: properties[name] for name in ("reason", "location")}
        metadata = PdfSignatureMetadata("Signature1", subfilter=SigSeedSubFilter.PADES, **shown)
        paper = IncrementalPdfFileWriter(BytesIO(content))
        return bytes(sign_pdf(paper, metadata, self.holder.signer()).getvalue())
