"""Reads signatures with other eyes: pyHanko's full validation, and poppler's pdfsig."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tests.signing.certificates import Identity


def pyhanko_says(content: bytes, root: Identity) -> PdfSignatureStatus:
    """The verdict on the one signature in a file, with one trusted root and no network."""
    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    trusted = Certificate.load(root.certificate.public_bytes(Encoding.DER))
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[trusted], allow_fetching=False))


def pyhanko_accepts(content: bytes, root: Identity) -> bool:
    """Whether pyHanko can read the file and finds it signed, unchanged and trusted."""
    try:
        return pyhanko_says(content, root).bottom_line
    except (PdfError, ValueError):
        return False


def pdfsig_says(content: bytes, folder: Path) -> str:
    """Return the output of poppler about the signatures in a file."""
    file = folder / "diperiksa.pdf"
    file.write_bytes(content)
    pdfsig = shutil.which("pdfsig")
    assert pdfsig, "run bin/install test"
    done = subprocess.run([pdfsig, "-nocert", str(file)], capture_output=True, check=False)  # noqa: S603
    return done.stdout.decode(errors="replace")


def pdfsig_accepts(content: bytes, folder: Path) -> bool:
    """Whether poppler finds one signature, valid, over the whole file."""
    said = pdfsig_says(content, folder)
    is_valid = "Signature is Valid." in said and "Total document signed" in said
    return is_valid and said.count("Signature #") == 1
