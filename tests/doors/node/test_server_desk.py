"""One alert desk for two machines: its log in a PostgreSQL server, each machine with a file that says where."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.assessment.alerts.samples import act, draft, name_of, person, second
from tools.local_postgres import PostgresServer

from vedette.assessment.alerts import DeskKind, cancel, release
from vedette.core.errors import BadInputError, RefusedError, UnreachableError, UsageError
from vedette.doors.alert_desk import AlertDesk, attach_desks, desk_path, kinds_kept
from vedette.doors.audit_verdict import verify_audit
from vedette.doors.key_files import KeyRing
from vedette.doors.node.folder import NodeSettings, check_settings, make_node, read_node

ANNA, BEN, CORA = person("anna"), person("ben"), person("cora", "senior-watch-officer")


@pytest.fixture
def two(postgres: PostgresServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, Path]]:
    schema = f"desks_{abs(hash(request.node.name)) % 10**8}"
    settings = NodeSettings(owner="NORTH", node="A", store=f"{postgres.address}&schema={schema}", desk_in_store=True)
    make_node(tmp_path / "first", settings)
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    yield tmp_path / "first", tmp_path / "second"


def test_what_is_proposed_on_one_machine_is_released_and_taken_back_on_the_other(two: tuple[Path, Path]) -> None:
    first, other = two
    with AlertDesk.open(first, DeskKind.LIVE) as here:
        here.propose([(name_of(), draft())], second(0))
        assert kinds_kept(other) == []
        attach_desks(other)
        assert kinds_kept(other) == [DeskKind.LIVE]
        with AlertDesk.open(other, DeskKind.LIVE) as there:
            here.do(act(here.now(), ANNA), release, "release")
            assert there.do(act(there.now(), BEN, 12), release, "release").message is not None
            with pytest.raises(RefusedError, match="released already"):
                here.do(act(here.now(), ANNA, 13), release, "release")
            there.do(act(there.now(), CORA, 20, reason="mistake"), cancel, "cancel")
        assert [posted.event.message_type for posted in here.outbox()] == ["Alert", "Cancel"]
    with AlertDesk.look(other, DeskKind.LIVE) as looked:
        records = [record for _, record in looked.log.read()]
    for folder in two:
        verdict = verify_audit(desk_path(folder, DeskKind.LIVE), KeyRing(folder).trust())
        assert verdict.is_whole and verdict.record_count == len(records), verdict


def test_a_machine_with_an_old_token_writes_nothing_whichever_it_is(two: tuple[Path, Path]) -> None:
    first, other = two
    with AlertDesk.open(first, DeskKind.DRILL) as old, AlertDesk.open(other, DeskKind.DRILL) as new:
        old.act_by(3)
        new.act_by(4)
        with pytest.raises(RefusedError, match="token 4"):
            old.propose([(name_of(), draft())], second(0))
        assert list(old.log.read()) == []


def test_no_record_is_changed_in_the_server_and_another_nodes_desk_is_refused(two: tuple[Path, Path]) -> None:
    first, other = two
    with AlertDesk.open(first, DeskKind.LIVE) as desk:
        desk.propose([(name_of(), draft())], second(0))
        with pytest.raises(UnreachableError, match="append-only"):
            desk.log.connection.execute("UPDATE audit SET payload = payload")
    (other / "keys" / "record.key").unlink()
    with pytest.raises(RefusedError, match="record key"):
        AlertDesk.open(other, DeskKind.LIVE)


def test_a_file_has_no_server_to_keep_a_desk_in(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="desk_in_store needs"):
        check_settings(NodeSettings(owner="NORTH", node="A", desk_in_store=True), "node.toml")
    store = "postgresql://here/there"
    make_node(tmp_path / "node", NodeSettings(owner="NORTH", node="A", store=store, desk_in_store=True))
    assert read_node(tmp_path / "node")[1].desk_in_store
    make_node(tmp_path / "plain", NodeSettings(owner="NORTH", node="A", store=store))
    assert not read_node(tmp_path / "plain")[1].desk_in_store
    with pytest.raises((UnreachableError, BadInputError)):
        AlertDesk.open(tmp_path / "node", DeskKind.LIVE)
