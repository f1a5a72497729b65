"""A request's head is held against the lists: names, origins, sites, sizes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.doors.server.allowed import ADDRESS_MOST_BYTES, BODY_MOST_BYTES, Allowed, is_loopback, trouble_with

HERE = Allowed.at("127.0.0.1", 8620)


def head(method="GET", path="/api/v1/picture", kind="http", raw_path=None, **headers):
    pairs = {"host": "127.0.0.1:8620", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {
        "type": kind, "method": method, "path": path, "raw_path": raw_path or path.encode(), "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs.items() if value is not None],
    }  # fmt: skip


def kind_of(scope, allowed=HERE):
    found = trouble_with(scope, allowed)
    return found and found.kind


@pytest.mark.parametrize("host", ["127.0.0.1:8620", "localhost:8620", "LOCALHOST:8620", "[::1]:8620"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_our_own_names_are_answered(host, kind):
    assert kind_of(head(kind=kind, host=host)) is None


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "evil.example:8620", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8620",
     "localhost:8620.evil.example", "localhost:8620@evil.example", "0.0.0.0:8620", "127.0.0.2:8620"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_name_rebound_in_the_dns_is_not(host, kind):
    assert kind_of(head(kind=kind, host=host)) == "host"


def test_two_hosts_are_none():
    scope = head()
    scope["headers"].append((b"host", b"localhost:8620"))
    assert kind_of(scope) == "host"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "https://127.0.0.1:8620", "http://127.0.0.1:8621", "http://127.0.0.1",
     "http://127.0.0.1:8620.evil.example", "http://localhost:8620/", "file://"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_page_of_another_origin_is_refused(origin, kind):
    assert kind_of(head(kind=kind, origin=origin)) == "origin"


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_our_own_page_is_not(kind):
    assert kind_of(head(kind=kind, origin="http://localhost:8620", sec_fetch_site="same-origin")) is None


def test_another_port_of_this_machine_is_another_site_to_us():
    image = head(sec_fetch_site="same-site", sec_fetch_mode="no-cors", sec_fetch_dest="image")
    assert kind_of(image) == "site"
    assert kind_of(head(kind="websocket", sec_fetch_site="cross-site", sec_fetch_mode="websocket")) == "site"


def test_a_link_to_the_console_may_be_followed_but_not_framed_and_not_into_the_api():
    followed = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert kind_of(head(path="/", **followed)) is None
    assert kind_of(head(path="/", **{**followed, "sec_fetch_dest": "iframe"})) == "site"
    assert kind_of(head(path="/api/v1/audit", **followed)) == "site"


def test_what_changes_something_says_so_and_is_json():
    good = {"x_vedette": "1", "content_type": "application/json; charset=utf-8"}
    assert kind_of(head("POST", **good)) is None
    assert kind_of(head("POST", **{**good, "x_vedette": None})) == "csrf"
    assert kind_of(head("POST", **{**good, "x_vedette": "yes"})) == "csrf"
    for form in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""):
        assert kind_of(head("POST", **{**good, "content_type": form})) == "content-type"
    assert kind_of(head("POST", **good, content_encoding="gzip")) == "content-encoding"
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        assert kind_of(head(method)) == "csrf"


def test_sizes_are_bounded():
    good = {"x_vedette": "1", "content_type": "application/json"}
    assert kind_of(head("POST", **good, content_length=str(BODY_MOST_BYTES))) is None
    for length in (str(BODY_MOST_BYTES + 1), "9" * 5000, "-1", "1e3", "²"):
        assert kind_of(head("POST", **good, content_length=length)) == "body-size"
    assert kind_of(head(raw_path=b"/" + b"a" * ADDRESS_MOST_BYTES)) == "address-length"
    assert kind_of(head(path="/api/\x00")) == "address"


def test_further_names_and_standard_ports():
    there = Allowed.at("0.0.0.0", 443, ("watch.example",), is_tls=True)
    assert there.hosts == {"watch.example:443", "watch.example"}
    assert there.origins == {"https://watch.example:443", "https://watch.example"}
    assert not is_loopback("0.0.0.0") and is_loopback("127.0.0.1") and is_loopback("::1")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["host", "origin"]))
def test_only_what_stands_in_the_list_passes(text, header):
    scope = head()
    value = text.encode("utf-8", "surrogatepass")
    scope["headers"] = [(n, v) for n, v in scope["headers"] if n != header.encode()] + [(header.encode(), value)]
    known = HERE.hosts if header == "host" else HERE.origins
    is_known = value.decode("latin-1").strip().lower() in known
    assert (trouble_with(scope, HERE) is None) == is_known
