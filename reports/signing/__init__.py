"""Electronic signatures (tanda tangan elektronik); `adapter()` says how this office signs."""

from django.conf import settings

from reports.signing.signature import Adapter, Signature, SigningFailed

__all__ = ["Adapter", "Signature", "SigningFailed", "adapter"]


def adapter() -> Adapter | None:
    """How this office signs its papers; None where they are signed on paper (`SIGNER=none`)."""
    # Loading pyHanko takes half a second and 15 MB: only offices that sign pay for it.
    if settings.SIGNER == "pkcs12":
        from reports.signing.pkcs12 import Pkcs12

        return Pkcs12()
    if settings.SIGNER == "bsre":
        from reports.signing.bsre import Bsre

        return Bsre()
    return None
