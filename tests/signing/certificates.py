"""Certificates made at run time: an authority, signers, a time-stamp authority, a list of revoked ones."""

import datetime as dt
from dataclasses import dataclass

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils import timezone
from pyhanko.sign.signers import SimpleSigner

PASSPHRASE = "rahasia-Bérsama-ñ-蜡"
DAY = dt.timedelta(days=1)

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Identity:
    """A key with its certificate and the issuer's certificate."""

    key: Key
    certificate: x509.Certificate
    issuer: "Identity | None" = None

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_file(self, passphrase: str = PASSPHRASE) -> bytes:
        """The PKCS#12 file that an office would get."""
        return pkcs12.serialize_key_and_certificates(
            b"uji",
            self.key,
            self.certificate,
            [self.issuer.certificate] if self.issuer else None,
            BestAvailableEncryption(passphrase.encode()),
        )

    def for_pyhanko(self) -> tuple[Certificate, PrivateKeyInfo]:
        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return Certificate.load(self.certificate.public_bytes(Encoding.DER)), PrivateKeyInfo.load(key)

    def signer(self) -> SimpleSigner:
        return SimpleSigner.load_pkcs12_data(self.key_file(), [], PASSPHRASE.encode())


def authority(name: str = "Otoritas Uji") -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    basic = x509.BasicConstraints(ca=True, path_length=None)
    builder = _builder(name, name, key).add_extension(basic, critical=True)
    return Identity(key, builder.add_extension(_usage(issues=True), critical=True).sign(key, hashes.SHA256()))


def person(
    issuer: Identity,
    name: str = "Kepala Dinas Uji",
    *,
    begins: dt.timedelta = -DAY,
    ends: dt.timedelta = 30 * DAY,
    revocations: str = "",
    key: Key | None = None,
) -> Identity:
    """Somebody who signs. `revocations` is the address of the list of revoked certificates."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, _name_of(issuer), key, begins=begins, ends=ends)
    builder = builder.add_extension(_usage(), critical=True)
    if revocations:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(revocations)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return Identity(key, builder.sign(issuer.key, hashes.SHA256()), issuer)


def time_stamper(issuer: Identity) -> Identity:
    """Return a time-stamp authority with an RSA key, the one type that pyHanko's stand-in supports."""
    key = rsa_key()
    builder = _builder("Stempel Waktu Uji", _name_of(issuer), key).add_extension(_usage(), critical=True)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    builder = builder.add_extension(purpose, critical=True)
    return Identity(key, builder.sign(issuer.key, hashes.SHA256()), issuer)


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def revocation_list(issuer: Identity, *revoked: Identity) -> bytes:
    """The issuer's list of revoked certificates (CRL, DER)."""
    now = timezone.now()
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(now - DAY).next_update(now + DAY)
    for identity in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(identity.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(now - DAY).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _builder(
    name: str, issuer: str, key: Key, *, begins: dt.timedelta = -DAY, ends: dt.timedelta = 30 * DAY
) -> x509.CertificateBuilder:
    now = timezone.now()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )


def _name_of(identity: Identity) -> str:
    return str(identity.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _usage(*, issues: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
