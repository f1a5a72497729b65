"""Every route that OpenAPI lists, asked by everybody: only the roles that it names are let in."""

import pytest
from tests.doors.server.door import ACCOUNTS, door_at

from vedette.doors import accounts as accounts_module
from vedette.doors.accounts import SESSION_S
from vedette.doors.server.roles import ADMINISTRATOR, OPERATOR, RELEASER, ROLES, VIEWER

METHODS = {"get", "post", "put", "patch", "delete"}
OPEN = {"/healthz", "/readyz", "/metrics"}  # for whoever keeps the server running; /metrics on this machine only
ENDLESS = "/api/v1/alerts/stream"  # asked here only by those who are not let in
WAYS_IN = {"/api/v1/session", "/api/v1/session/redeem", "/api/v1/session/login"}
ROLES_OF = {
    "nobody": (), "visitor": (VIEWER,), "looker": (VIEWER,), "watch-1": (VIEWER, OPERATOR),
    "releasing-1": (VIEWER, OPERATOR, RELEASER), "office": (VIEWER, ADMINISTRATOR),
}  # fmt: skip


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts_module, "_N", 2**4)
        made = door_at(tmp_path_factory.mktemp("roles"))
        for who in ROLES_OF:
            if who != "nobody":
                made.cookie(who)
        yield made


@pytest.fixture(scope="module")
def operations(door):
    document = door.get("/api/openapi.json", "looker").json()
    assert document["openapi"].startswith("3.1")
    return [
        (method, path, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        if method in METHODS
    ]


def filled(path: str) -> str:
    return "/".join("nothing" if part.startswith("{") else part for part in path.split("/"))


def roles_of(told) -> set[str]:
    return set(told["x-vedette-role"].split("|"))


def test_every_route_names_its_role(operations):
    assert len(operations) > 20
    for _, path, told in operations:
        if path in OPEN | WAYS_IN:
            assert "x-vedette-role" not in told
        else:
            assert roles_of(told) <= set(ROLES), path


def test_what_changes_something_is_never_a_viewers(operations):
    """But the session's own end, and acts, of which the desk's rules decide and keep a record."""
    for method, path, told in operations:
        if method != "get" and path not in WAYS_IN | {"/api/v1/session/logout", "/api/v1/alerts/{alert_id}/acts"}:
            assert VIEWER not in roles_of(told), path


@pytest.mark.parametrize("who", ROLES_OF)
def test_only_these_roles_are_let_in(door, operations, who):
    for method, path, told in operations:
        if path in OPEN or path == "/api/v1/session/logout" or (path == ENDLESS and who != "nobody"):
            continue
        found = door.ask(method.upper(), filled(path), "" if who == "nobody" else who, {} if method != "get" else None)
        what = f"{method} {path} as {who}: {found.status_code} {found.text[:300]}"
        assert found.status_code != 500, what
        if path in WAYS_IN:
            assert found.status_code in (200, 400), what
        elif path.endswith("/acts"):
            assert found.status_code in (400, 401, 403, 404), what  # the desk decides; see test_alert_acts
        elif who == "nobody":
            assert found.status_code == 401, what
        elif roles_of(told) & set(ROLES_OF[who]):
            assert found.status_code not in (401, 403), what
        else:
            assert found.status_code == 403 and "needs the role" in found.json()["detail"], what
        if found.status_code >= 400:
            assert found.headers["content-type"] == "application/problem+json" and found.json()["detail"], what


def test_a_session_that_ran_out_reaches_nothing_and_is_told_so(door, operations):
    later = door.gate.now() + round((SESSION_S + 60) * 1e9)
    before, door.gate.now = door.gate.now, lambda: later
    try:
        for method, path, _ in operations:
            if path in OPEN | WAYS_IN or path.endswith("/acts"):
                continue
            found = door.ask(method.upper(), filled(path), "releasing-1", {} if method != "get" else None)
            assert found.status_code == 401 and "run out" in found.json()["detail"], path
    finally:
        door.gate.now = before


def test_the_console_knows_four_roles_and_every_account_one_place(door):
    found = {who: set(door.get("/api/v1/session", who).json()["roles"]) for who in ACCOUNTS}
    assert all(roles <= set(ROLES) and VIEWER in roles for roles in found.values())
    assert not any({ADMINISTRATOR, RELEASER} <= roles or {ADMINISTRATOR, OPERATOR} <= roles for roles in found.values())
