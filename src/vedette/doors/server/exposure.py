"""May this be served, in this way, to those who can reach it? Asked once, before a port is opened."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from vedette.core.errors import BadInputError, RefusedError, UsageError
from vedette.doors.key_files import read_secret
from vedette.doors.server.allowed import is_loopback
from vedette.reports import Mode


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a server is opened."""

    bind: str
    mode: Mode
    has_accounts: bool
    certificate: Path | None = None
    key: Path | None = None
    is_token_asked: bool = True

    @property
    def is_tls(self) -> bool:
        """True when connections are encrypted."""
        return self.certificate is not None


def check_exposure(how: Exposure) -> None:
    """RefusedError or UsageError, with the cure, when it may not be served so."""
    cure = "`vedette accounts add NAME --role administrator` makes the first"
    if how.mode is Mode.REAL and not how.has_accounts:
        played = "what is played is served with --mode EXERCISE, TEST or SIMULATED"
        raise RefusedError(f"what is REAL is served only to accounts, and there are none; {cure}; {played}")
    if not how.is_token_asked and (how.has_accounts or how.mode is Mode.REAL or not is_loopback(how.bind)):
        raise RefusedError("--no-token is for trying out: on this machine alone, never REAL, and without accounts")
    if (how.certificate is None) != (how.key is None):
        raise UsageError("--tls-cert and --tls-key belong together")
    if not is_loopback(how.bind):
        if not how.has_accounts:
            words = f"{how.bind} is reached from other machines: that needs accounts, and there are none"
            raise RefusedError(f"{words}; {cure}")
        if not how.is_tls:
            raise RefusedError(f"{how.bind} is reached from other machines: that needs --tls-cert and --tls-key")
    if how.certificate is not None and how.key is not None:
        _check_pair(how.certificate, how.key)


def _check_pair(certificate: Path, key: Path) -> None:
    """The two files belong together, and nobody else can read the key."""
    read_secret(key)
    if not certificate.is_file():
        raise UsageError(f"{certificate}: no such certificate")
    try:
        tls_context(certificate, key)
    except (ssl.SSLError, OSError, ValueError) as trouble:
        cure = "PEM files of one certificate (with its chain) and its unencrypted key"
        raise BadInputError(f"not a certificate and its key ({trouble})", str(certificate), cure) from None


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer, with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2

    def refuse() -> str:
        raise ValueError("the key is encrypted")

    context.load_cert_chain(certificate, key, password=refuse)
    return context
