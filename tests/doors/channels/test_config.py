"""A file of channels is checked whole before anything is sent."""

import pytest

from vedette.core.errors import BadInputError
from vedette.doors.channels import parse_channels

GOOD = """
[[channel]]
name = "gateway"
kind = "webhook"
mode = "REAL"
format = ["cap"]
languages = ["en", "fr"]
url = "https://gateway.example.org/alerts"

[[channel]]
name = "desk-mail"
kind = "smtp"
mode = "REAL"
format = ["text", "cap"]
host = "mail.example.org"
sender = "watch@example.org"
to = ["duty@example.org"]

[[channel]]
name = "drill-files"
kind = "file"
mode = "EXERCISE"
format = ["cap", "event"]
folder = "/var/lib/vedette/drill"
"""


def test_a_good_file_is_read() -> None:
    channels = parse_channels(GOOD)
    assert [one.name for one in channels] == ["gateway", "desk-mail", "drill-files"]
    assert channels[0].mode == "REAL" and channels[1].tls == "starttls"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "webhook"', 'kind = "fax"', "fax"),
        ("https://", "http://", "not encrypted"),
        ("https://gateway", "https://u:p@gateway", "holds a password"),
        ("https://gateway.example.org/alerts", "gateway", "write https"),
        ('name = "gateway"', 'name = "desk-mail"', "two channels are called"),
        ('languages = ["en", "fr"]', 'languages = ["tlh"]', "no words for the language 'tlh'"),
        ('host = "mail.example.org"', 'host = "mail.example.org"\ntls = "none"', "unencrypted"),
        ('mode = "EXERCISE"', 'mode = "SIMULATED"', "never leaves as CAP"),
        ('mode = "EXERCISE"', 'mode = "LIVE"', "LIVE"),
        ("folder", "ordner", "ordner"),
        ('format = ["cap"]', 'format = ["cap", "text"]', "one format"),
        ('folder = "/var/lib/vedette/drill"', "", "needs folder"),
        ("[[channel]]", "[channel", "not TOML"),
        ('format = ["cap"]', 'format = ["cap"]\nxml_key_file = "k.pem"', "belong together"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        parse_channels(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("other", ["EXERCISE", "TEST", "SIMULATED"])
def test_a_drill_never_shares_an_address_with_what_is_live(other: str) -> None:
    twin = """
[[channel]]
name = "twin"
kind = "webhook"
mode = "MODE"
url = "https://GATEWAY.example.org:443/alerts"
"""
    with pytest.raises(BadInputError, match="lead to the same place"):
        parse_channels(GOOD + twin.replace("MODE", other))
    mail = GOOD.split("[[channel]]")[2].replace("desk-mail", "drill-mail").replace("REAL", other)
    if other != "SIMULATED":
        with pytest.raises(BadInputError, match="lead to the same place"):
            parse_channels(GOOD + "[[channel]]" + mail)


def test_drills_and_live_messages_are_never_signed_inside_with_one_key() -> None:
    keys = 'xml_key_file = "k.pem"\nxml_cert_file = "c.pem"\n'
    text = GOOD
    for kind in ("webhook", "file"):
        text = text.replace(f'kind = "{kind}"', f'kind = "{kind}"\n{keys}')
    with pytest.raises(BadInputError, match="sign drills and live messages with one key"):
        parse_channels(text)
