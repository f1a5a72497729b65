"""Work spread over processes by Dask distributed: the same pieces, joined in the same order, so the same bits.

A worker that dies loses only the piece it was at; Dask gives that to another. Optional: `pip install distributed`.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from vedette.catalogue.conjunctions.candidates import Candidates, candidates
from vedette.core.errors import UnreachableError, UsageError
from vedette.motion.sgp4 import Sgp4

_PATIENCE_S = 20.0


@contextmanager
def dask_run(workers: int, address: str | None = None) -> Iterator["DaskRun"]:
    """Workers: of a scheduler at an address, or so many processes of this machine."""
    if find_spec("distributed") is None:
        raise UsageError("--workers and --dask need Dask; pip install distributed")
    import dask
    from distributed import Client, LocalCluster

    dask.config.set({"distributed.worker.daemon": True, "distributed.scheduler.allowed-failures": 5})
    cluster = None
    try:
        if address is None:
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
            )
        client = Client(cluster if cluster is not None else address, timeout=_PATIENCE_S, set_as_default=False)
    except OSError as trouble:
        raise UnreachableError(f"no Dask scheduler at {address} ({trouble}); start `dask scheduler`") from None
    try:
        yield DaskRun(client)
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


@dataclass(frozen=True, slots=True)
class DaskRun:
    """What `screen(run=...)` takes, and what other lists of jobs are given to."""

    client: Any

    def __call__(
        self, sgp4: Sgp4, t_start: int, km: float, pieces: list[tuple[int, int]], told: Callable[[float], None] | None
    ) -> list[Candidates]:
        """The candidates of each stretch, in order."""
        return _spread(self.client, sgp4, t_start, km, pieces, told)

    def each(
        self, work: Callable[[Any], Any], jobs: Sequence[Any], told: Callable[[float], None] | None = None
    ) -> list[Any]:
        """What `work` gives for every job, in their order."""
        futures = [self.client.submit(work, job, pure=False, retries=3) for job in jobs]
        return _gathered(self.client, futures, told)

    def worker_pids(self) -> list[int]:
        """Process numbers of the workers."""
        return list(self.client.run(os.getpid).values())


def _spread(
    client: Any, sgp4: Sgp4, t_start: int, km: float, pieces: list[tuple[int, int]],
    told: Callable[[float], None] | None,
) -> list[Candidates]:  # fmt: skip
    everywhere = client.scatter(sgp4, broadcast=True, hash=False)
    futures = [client.submit(candidates, everywhere, t_start, a, b, km, pure=False, retries=3) for a, b in pieces]
    return _gathered(client, futures, told)


def _gathered(client: Any, futures: list[Any], told: Callable[[float], None] | None) -> list[Any]:
    from distributed import as_completed

    for done, _ in enumerate(as_completed(futures, loop=client.loop), start=1):
        if told is not None:
            told(done / len(futures))
    return list(client.gather(futures))
