"""A private certificate authority for each owner, and the certificate of its broker.

No authority that others know signs anything here. A partner is handed the certificate of ours and checks its
fingerprint over another way (a telephone); from then on only brokers that ours has signed for are spoken to. The
broker's certificate is made anew, at every start of the node, long before it runs out.
"""

import datetime
import hashlib
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vedette.core.errors import BadInputError
from vedette.doors.key_files import read_secret, write_secret

CA_DAYS, BROKER_DAYS, RENEW_DAYS = 3650, 90, 60
_BEFORE = datetime.timedelta(hours=1)  # clocks of partners may be behind


def make_authority(owner: str, certificate: Path, key: Path, now: datetime.datetime) -> None:
    """A new authority: its certificate for everybody, its key (mode 0600) for nobody."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"vedette authority of {owner}")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(secret.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - _BEFORE)
        .not_valid_after(now + datetime.timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), critical=False)
        .sign(secret, hashes.SHA256())
    )  # fmt: skip
    write_secret(key, _pem_of_key(secret))
    certificate.parent.mkdir(parents=True, exist_ok=True)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def renew_broker(folder: Path, name: str, hosts: tuple[str, ...], now: datetime.datetime) -> bool:
    """See that `broker.pem` and `broker.key` stand in a folder beside `ca.pem` and `ca.key`; True when made anew."""
    certificate, key = folder / "broker.pem", folder / "broker.key"
    if certificate.is_file() and key.is_file():
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        is_young = held.not_valid_after_utc - now > datetime.timedelta(days=BROKER_DAYS - RENEW_DAYS)
        if is_young and held.not_valid_before_utc <= now and _hosts_of(held) == set(hosts):
            return False
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    signer = serialization.load_pem_private_key(read_secret(folder / "ca.key").encode(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    secret = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])).issuer_name(authority.subject)
        .public_key(secret.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE).not_valid_after(now + datetime.timedelta(days=BROKER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )  # fmt: skip
    aside = key.with_suffix(".new")
    aside.unlink(missing_ok=True)
    write_secret(aside, _pem_of_key(secret))
    os.replace(aside, key)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return True


def fingerprint(pem: bytes, where: str = "certificate") -> str:
    """SHA-256 of a certificate, in hex; BadInputError when it is none."""
    try:
        held = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise BadInputError("no certificate in PEM", where, "ask the partner for its card again") from None
    return hashlib.sha256(held.public_bytes(serialization.Encoding.DER)).hexdigest()


def days_left(pem: bytes, now: datetime.datetime) -> int:
    """How many days a certificate is still good for."""
    return (x509.load_pem_x509_certificate(pem).not_valid_after_utc - now).days


def _hosts_of(held: x509.Certificate) -> set[str]:
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _pem_of_key(secret: ec.EllipticCurvePrivateKey) -> str:
    return secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
