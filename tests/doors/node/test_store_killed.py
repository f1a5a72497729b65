"""Whatever a store said it had kept is there after its process was killed, and nothing is there in part."""

import pytest
from tests.doors.node.killing_writers import kill_writers
from tests.doors.node.stores import KINDS, fresh_address


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_said_to_be_kept_is_lost_when_the_process_is_killed(kind, tmp_path, request):
    assert kill_writers(fresh_address(kind, tmp_path, request), kills=5, seed=7) >= 5  # one each, at least
