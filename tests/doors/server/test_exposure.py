"""What may not be served is not, and the sentence says what would help."""

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vedette.core.errors import BadInputError, RefusedError, UsageError
from vedette.doors.server.exposure import Exposure, check_exposure
from vedette.reports import Mode


def certificate_at(folder: Path, name: str = "watch") -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "localhost")])
    start = datetime.datetime(2026, 1, 1)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
        .not_valid_before(start).not_valid_after(start + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert, secret = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    secret.chmod(0o600)
    return cert, secret


def how(**changes):
    return Exposure(**{"bind": "127.0.0.1", "mode": Mode.EXERCISE, "has_accounts": False, **changes})


@pytest.mark.parametrize("mode", [Mode.EXERCISE, Mode.TEST, Mode.SIMULATED])
def test_what_is_played_may_be_looked_at_on_this_machine(mode):
    check_exposure(how(mode=mode))
    check_exposure(how(mode=mode, is_token_asked=False))


def test_what_is_real_needs_accounts():
    with pytest.raises(RefusedError, match="what is REAL is served only to accounts"):
        check_exposure(how(mode=Mode.REAL))
    check_exposure(how(mode=Mode.REAL, has_accounts=True))


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.168.1.7", "watch.example"])
def test_other_machines_need_accounts_and_tls(bind, tmp_path):
    with pytest.raises(RefusedError, match="needs accounts"):
        check_exposure(how(bind=bind))
    with pytest.raises(RefusedError, match="--tls-cert"):
        check_exposure(how(bind=bind, has_accounts=True))
    cert, key = certificate_at(tmp_path)
    check_exposure(how(bind=bind, has_accounts=True, certificate=cert, key=key))


@pytest.mark.parametrize(
    "change", [{"has_accounts": True}, {"bind": "0.0.0.0"}, {"mode": Mode.REAL, "has_accounts": True}]
)
def test_doing_without_a_token_is_for_trying_out(change):
    with pytest.raises(RefusedError, match="--no-token is for trying out"):
        check_exposure(how(**change, is_token_asked=False))


def test_a_certificate_that_cannot_serve_is_told_at_the_start(tmp_path):
    cert, key = certificate_at(tmp_path)
    _, other = certificate_at(tmp_path, "other")
    with pytest.raises(UsageError, match="belong together"):
        check_exposure(how(certificate=cert))
    with pytest.raises(BadInputError, match="not a certificate and its key"):
        check_exposure(how(certificate=cert, key=other))
    with pytest.raises(UsageError, match="no such certificate"):
        check_exposure(how(certificate=tmp_path / "gone.pem", key=key))
    key.chmod(0o644)
    with pytest.raises(RefusedError, match="others can read"):
        check_exposure(how(certificate=cert, key=key))
