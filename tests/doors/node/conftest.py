"""One PostgreSQL server for all the tests of a process."""

from collections.abc import Iterator

import pytest
from tests.doors.node.postgres_server import PostgresServer, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server
