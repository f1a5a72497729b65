"""One PostgreSQL server for all the tests of a process, one to be killed for those who do that, and a small disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.node.small_disk import mounted
from tools.local_postgres import PostgresServer, find_postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        find_postgres()
    except LookupError as missing:
        pytest.skip(str(missing))
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_to_kill() -> Iterator[PostgresServer]:
    """Of one test alone: what goes wrong with it is nobody else's trouble."""
    try:
        find_postgres()
    except LookupError as missing:
        pytest.skip(str(missing))
    with running_postgres() as server:
        yield server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """40 MB, and soon full."""
    with mounted(tmp_path / "small") as place:
        yield place
