"""Electronic signatures (tanda tangan elektronik)."""

from django.conf import settings

from reports.documents.signing.signature import Adapter, Signature, SigningFailed

__all__ = ["Adapter", "Signature", "SigningFailed", "adapter"]


def adapter() -> Adapter | None:
    """Return the adapter that `SIGNER` names, or None if documents are signed on paper (`SIGNER=none`)."""
    # pyHanko is loaded here because it takes half a second and 15 MB.
    if settings.SIGNER == "pkcs12":
        from reports.documents.signing.pkcs12 import Pkcs12

        return Pkcs12()
    if settings.SIGNER == "bsre":
        from reports.documents.signing.bsre import Bsre

        return Bsre()
    return None
