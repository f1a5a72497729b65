"""A server that answers and says no is not waited for: what is wrong is said at once, and who begins ends."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from tests.doors.node.nodes import broker_program, node
from tests.doors.node.services_over_brokers import ENV
from tests.rehearsals.test_kill_the_watch import ascent
from tools.local_postgres import PostgresServer

from vedette.core.errors import UnreachableError
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.standing_by import run_standby
from vedette.doors.node.store import StoreRefusesError
from vedette.doors.server.awaiting import begun_in_time
from vedette.doors.server.opening import Opening
from vedette.formats import write_scans
from vedette.reports import Mode

PASSWORD = "correct-horse"


@pytest.fixture(scope="module")
def guarded(postgres: PostgresServer) -> str:
    return postgres.ask_password_of("guarded", PASSWORD)


def with_password(address: str, password: str) -> str:
    return address.replace("guarded@", f"guarded:{password}@") + "&schema=refused"


def test_the_right_password_opens_it(guarded: str) -> None:
    open_store(with_password(guarded, PASSWORD)).close()


@pytest.mark.parametrize("password", ["battery-staple", ""])
def test_a_wrong_password_is_said_and_not_shown(guarded: str, password: str) -> None:
    with pytest.raises(StoreRefusesError, match=r"guarded@.*refuses the login.*check the user's name") as refusal:
        open_store(with_password(guarded, password))
    assert refusal.value.exit_code == 6
    assert "battery-staple" not in str(refusal.value)


def test_an_unknown_database_and_a_missing_right(postgres: PostgresServer) -> None:
    with pytest.raises(StoreRefusesError, match=r"no such database.*createdb") as refusal:
        open_store(postgres.address.replace("/postgres", "/nowhere"))
    assert refusal.value.exit_code == 4
    postgres.tell("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreRefusesError, match=r"may not do that.*GRANT CREATE"):
        open_store(postgres.address.replace("vedette@", "guest@") + "&schema=of_guest")


def test_a_store_that_worked_holds_on_while_it_is_let_in_no_more(postgres_to_kill: PostgresServer) -> None:
    server = postgres_to_kill
    address = server.ask_password_of("guarded", PASSWORD)
    with open_store(with_password(address, PASSWORD)) as store:
        store.write(lambda writing: writing.keep_document("room", "key", b"one"))
        server.tell("ALTER ROLE guarded PASSWORD 'changed'")
        server.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guarded'")
        with pytest.raises(UnreachableError, match="refuses the login"):
            store.write(lambda writing: writing.keep_document("room", "key", b"two"))
        server.tell(f"ALTER ROLE guarded PASSWORD '{PASSWORD}'")
        store.write(lambda writing: writing.keep_document("room", "key", b"three"))
        assert store.document("room", "key") == b"three"


def test_who_begins_asks_once(guarded: str, tmp_path: Path) -> None:
    one = node(tmp_path, "NORTH", store=with_password(guarded, "battery-staple"))
    asked = []

    def begin(stack: ExitStack) -> None:
        asked.append(1)
        open_store(one.settings.store)

    control, teller = SimpleNamespace(is_stopping=Event()), SimpleNamespace(send=asked.append)
    with ExitStack() as stack, pytest.raises(StoreRefusesError):
        begun_in_time(stack, str(one.folder.path), begin, control, teller)
    assert asked == [1]
    with pytest.raises(StoreRefusesError):
        run_standby(one.folder.path, Opening(port=0))


def test_a_node_ends_with_the_sentence(guarded: str, tmp_path: Path) -> None:
    broker_program()
    one = node(tmp_path, "NORTH", store=with_password(guarded, "battery-staple"))
    feed = tmp_path / "ascent.jsonl"
    write_scans(feed, ascent(10), mode=Mode.TEST, is_epoch_known=False)
    words = [sys.executable, "-m", "vedette", "node", "run", str(feed), "--mode", "TEST", "--port", "0", "--no-token"]
    words += ["--data-dir", str(one.folder.path)]
    done = subprocess.run(words, env=ENV, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 6, done.stderr
    assert "refuses the login" in done.stderr and "battery-staple" not in done.stderr
    assert "Traceback" not in done.stderr
