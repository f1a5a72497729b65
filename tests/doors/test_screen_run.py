"""Screening spread by Dask: the same bits as here, and a worker that dies costs nothing but time."""

import os
import signal

import numpy as np
import pytest
from tests.catalogue.conjunctions.test_screen import AT, HOUR, snapshot

from vedette.catalogue.conjunctions.screen import screen
from vedette.core.errors import UsageError
from vedette.doors import screen_run
from vedette.time import tai_ns_from_utc_text


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's own, of sockets and processes that a killed worker leaves
def test_two_processes_give_the_same_bits_and_a_killed_one_is_survived():
    pytest.importorskip("distributed")
    _, sets = snapshot(19)
    t_from = tai_ns_from_utc_text(AT)
    here = screen(sets, t_from, t_from + 24 * HOUR, 20.0)
    with screen_run.dask_run(2) as run:
        killed = []

        def told(share):
            if not killed and share > 0.1:
                killed.append(1)
                os.kill(run.worker_pids()[0], signal.SIGKILL)

        spread = screen(sets, t_from, t_from + 24 * HOUR, 20.0, run=run, told=told)
    assert killed
    np.testing.assert_array_equal(here.t_tai_ns, spread.t_tai_ns)
    np.testing.assert_array_equal(here.miss_m, spread.miss_m)


def test_without_dask_the_words_say_what_to_install(monkeypatch):
    monkeypatch.setattr(screen_run, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pip install distributed"), screen_run.dask_run(2):
        pass
