"""One PostgreSQL server for all the tests of a process."""

from collections.abc import Iterator

import pytest
from tools.local_postgres import PostgresServer, find_postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        find_postgres()
    except LookupError as missing:
        pytest.skip(str(missing))
    with running_postgres() as server:
        yield server
