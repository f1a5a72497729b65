"""The XML signature of a CAP message as the standard has it: enveloped, the last child of the alert [CAP 1.2, 3.3.4].

Made and checked by `signxml` with ECDSA P-256 and SHA-256 (decision 0222: it does not sign with Ed25519, which the
detached envelopes have). What is read from a checked message is only what was signed.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from vedette.core.errors import BadInputError, RefusedError
from vedette.formats.cap import CapAlert, read_cap


def make_signing_key(owner: str, t_from: datetime, years: int = 10) -> tuple[bytes, bytes]:
    """A new private key and its self-signed certificate, both PEM; receivers are given the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, owner[:64])])
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(t_from)
        .not_valid_after(t_from + timedelta(days=365 * years))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, cert.public_bytes(serialization.Encoding.PEM)


def sign_cap(data: bytes, key_pem: bytes, cert_pem: bytes) -> bytes:
    """The message with its signature; BadInputError when the key is none of ours, or does not fit the certificate."""
    from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner, methods

    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
        cert = x509.load_pem_x509_certificate(cert_pem)
    except (ValueError, TypeError) as trouble:
        raise BadInputError(f"no key or certificate ({trouble})", "signing key", "PEM, without a password") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != cert.public_key():
        raise BadInputError("the key is no elliptic curve key, or the certificate is another key's", "signing key")
    signer = XMLSigner(
        method=methods.enveloped, signature_algorithm=SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )  # fmt: skip
    root = signer.sign(etree.fromstring(data, _parser()), key=key, cert=[cert])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def read_signed_cap(data: bytes, cert_pem: bytes, where: str = "CAP message", now: datetime | None = None) -> CapAlert:
    """What this certificate's key has signed; RefusedError when it has not, or anything was changed since.

    `now` is when the certificate must be valid; by default that is not asked.
    """
    from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier
    from signxml.exceptions import InvalidCertificate, InvalidInput, InvalidSignature

    read_cap(data, where)  # well-formed, no entities, no document type, one signature's place
    cert = x509.load_pem_x509_certificate(cert_pem)
    if now is not None and not cert.not_valid_before_utc <= now <= cert.not_valid_after_utc:
        raise RefusedError(f"{where}: the certificate is not valid at {now.astimezone(UTC):%Y-%m-%dT%H:%MZ}")
    wanted = SignatureConfiguration(
        location="./", signature_methods=frozenset({SignatureMethod.ECDSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=now or cert.not_valid_before_utc + timedelta(seconds=1),
    )  # fmt: skip
    try:
        found = XMLVerifier().verify(data, x509_cert=cert, expect_config=wanted, parser=_parser())
    except (InvalidSignature, InvalidCertificate, InvalidInput, ValueError) as trouble:
        words = " ".join(str(trouble).split())[:200]
        raise RefusedError(f"{where}: the XML signature does not hold ({words})") from None
    assert not isinstance(found, list)
    if found.signed_xml is None:
        raise RefusedError(f"{where}: the XML signature covers no XML")
    return read_cap(etree.tostring(found.signed_xml), where)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


