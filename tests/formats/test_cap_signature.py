"""The XML signature of CAP: holds for what was signed, fails at any changed byte, and covers all that is read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.reports.test_alert_event import EVENT

from vedette.core.errors import BadInputError, RefusedError
from vedette.formats.alert_cap import cap_message
from vedette.formats.cap import read_cap

pytest.importorskip("signxml", reason="the package signxml is not installed")
from vedette.formats.cap_signature import make_signing_key, read_signed_cap, sign_cap

FROM = datetime(2031, 1, 1, tzinfo=UTC)
KEY, CERT = make_signing_key("centre", FROM)
OTHER_KEY, OTHER_CERT = make_signing_key("somebody else", FROM)
PLAIN = cap_message(EVENT)
SIGNED = sign_cap(PLAIN, KEY, CERT)


def test_a_signed_message_is_a_cap_message_and_its_signature_holds() -> None:
    alert = read_cap(SIGNED)
    assert alert.is_signed and alert.infos == read_cap(PLAIN).infos
    assert read_signed_cap(SIGNED, CERT, now=datetime(2035, 1, 1, tzinfo=UTC)).infos == alert.infos
    last = etree.fromstring(SIGNED)[-1]
    assert etree.QName(last).localname == "Signature"
    assert "xmldsig-more#ecdsa-sha256" in SIGNED.decode()


def test_another_key_an_unsigned_message_and_an_old_certificate_are_refused() -> None:
    for data, cert in ((SIGNED, OTHER_CERT), (PLAIN, CERT), (sign_cap(PLAIN, OTHER_KEY, OTHER_CERT), CERT)):
        with pytest.raises(RefusedError, match="does not hold"):
            read_signed_cap(data, cert)
    with pytest.raises(RefusedError, match="not valid at 2051"):
        read_signed_cap(SIGNED, CERT, now=datetime(2051, 1, 1, tzinfo=UTC))
    with pytest.raises(BadInputError, match="another key's"):
        sign_cap(PLAIN, OTHER_KEY, CERT)
    with pytest.raises(BadInputError, match="no key or certificate"):
        sign_cap(PLAIN, b"none", CERT)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"<status>Test", b"<status>Actual"), (b"Coast", b"Coasts"), (b"<msgType>Alert", b"<msgType>Error")],
)
def test_a_changed_word_is_found(old: bytes, new: bytes) -> None:
    with pytest.raises((RefusedError, BadInputError)):
        read_signed_cap(SIGNED.replace(old, new, 1), CERT)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_what_is_read_is_what_was_signed_or_nothing(at: int, flip: int) -> None:
    damaged = SIGNED[:at] + bytes([SIGNED[at] ^ flip]) + SIGNED[at + 1 :]
    try:
        found = read_signed_cap(damaged, CERT)
    except (RefusedError, BadInputError):
        return
    assert found.infos == read_cap(PLAIN).infos and found.identifier == "E1-1"  # blanks between attributes, say


def test_a_signature_about_something_else_in_the_message_is_refused() -> None:
    """Signature wrapping: the signed alert hidden inside, another one around it."""
    root = etree.fromstring(SIGNED)
    outer = etree.fromstring(PLAIN)
    signature = root[-1]
    outer.append(signature)
    outer.find("{*}status").text = "Actual"
    with pytest.raises((RefusedError, BadInputError)):
        read_signed_cap(etree.tostring(outer), CERT)
