"""A node's watch is killed, stopped, ended or asked to hand over, and the one that stands by takes its place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.node.nodes import broker_program
from tests.rehearsals.taking_over import HOWS, Taken, take_over
from tools.local_postgres import PostgresServer, find_postgres, running_postgres

pytestmark = pytest.mark.slow


def judge(found: Taken) -> None:
    assert found.is_same_journal and found.is_journal_whole
    assert (found.alerts, found.repeated, found.wrote_after) == (1, 0, False)
    assert "stands by; it has read" in found.status and " acts (token 1" in found.status


@pytest.mark.parametrize("how", HOWS)
def test_who_stands_by_goes_on_in_the_same_journal_with_the_same_alerts(how: str, tmp_path: Path) -> None:
    broker_program()
    judge(take_over(tmp_path, how))


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    try:
        find_postgres()
    except LookupError as missing:
        pytest.skip(str(missing))
    with running_postgres() as server:
        yield server


def test_so_does_one_with_a_folder_of_its_own_that_shares_the_store(postgres: PostgresServer, tmp_path: Path) -> None:
    broker_program()
    judge(take_over(tmp_path, "killed", f"{postgres.address}&schema=north"))
