"""`vedette catalogue screen`: who comes near whom, how likely a collision is, and what to mind about it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def screen(
    *,
    from_: Annotated[str | None, Parameter(name=["--from"])] = None,
    to: str | None = None,
    km: float = 5.0,
    id: Annotated[tuple[int, ...], Parameter(consume_multiple=True)] = (),
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    hbr: Path | None = None,
    cdm: Path | None = None,
    limit: int | None = None,
    workers: int = 1,
    dask: str | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say who comes near whom: all against all, or those with --id against all.

    Approaches come by probability of collision, with the doubt that elements of that age usually have. "most" is the
    greatest probability that a common scale of the doubts could give; `diluted` says that a low value is ignorance,
    `old elements` that one is more than a week old. Pairs that stay near (docked, formations) are said once.

    Parameters
    ----------
    from_
        UTC; the newest elements' epoch if not given.
    to
        UTC; a day after --from if not given.
    km
        How near.
    id
        Catalogue numbers; only approaches of these.
    elements
        Files of element sets to use instead of the store; of each object the one nearest to --from.
    hbr
        A table (ObjectID, HBR in metres) of hard-body radii.
    cdm
        Write a conjunction message for each approach told into this folder.
    limit
        Tell so many, the likeliest; text tells 40 if not given.
    workers
        Processes of this machine (Dask, optional).
    dask
        Address of a Dask scheduler.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys
    from contextlib import nullcontext
    from datetime import UTC, datetime

    import numpy as np

    from vedette.catalogue.conjunctions.ranking import rank
    from vedette.catalogue.conjunctions.screen import screen as screened
    from vedette.core.errors import NotFoundError, UsageError
    from vedette.doors.catalogue_sets import nearest_in_time, sets_of
    from vedette.doors.hard_bodies import read_radii
    from vedette.doors.progress_bar import progress_bar
    from vedette.doors.screen_run import dask_run
    from vedette.doors.screen_words import event_line, events, stays, write_cdms
    from vedette.doors.wire import json_bytes
    from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

    if workers < 1 or (limit is not None and limit < 0):
        raise UsageError("--workers is at least 1, and --limit not negative")
    t_asked = None if from_ is None else tai_ns_from_utc_text(from_)
    sets = sets_of(elements, data_dir, t_asked)
    if not len(sets):
        raise NotFoundError("no element sets; load some, or name files with --elements")
    t_from = int(sets.t_epoch_tai_ns.max()) if t_asked is None else t_asked
    t_to = t_from + 86_400 * 10**9 if to is None else tai_ns_from_utc_text(to)
    sets = nearest_in_time(sets, t_from)
    among = None
    if id:
        if missing := sorted(set(id) - set(sets.number.tolist())):
            raise NotFoundError(f"no object {missing[0]} in the catalogue")
        among = np.flatnonzero(np.isin(sets.number, id))
    running = dask_run(workers, dask) if workers > 1 or dask is not None else nullcontext(None)
    with running as run, progress_bar("screening") as told:
        found = screened(sets, t_from, t_to, km, among=among, told=told, run=run)
    ranked = rank(sets, found, None if hbr is None else read_radii(hbr))
    order = np.lexsort((found.miss_m, -ranked.pc))
    if limit is not None:
        order = order[:limit]
    if cdm is not None:
        count = write_cdms(cdm, sets, found, ranked, order, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000"))
        sys.stderr.write(f"{count:,} messages written to {cdm}\n")
    near = stays(sets, found)
    if json:
        document = {
            "from_utc": utc_text_from_tai_ns(t_from), "to_utc": utc_text_from_tai_ns(t_to), "km": km,
            "objects": len(sets), "found": len(found), "events": events(sets, found, ranked, order),
            "stays_near": near,
        }  # fmt: skip
        sys.stdout.write(json_bytes(document).decode() + "\n")
        return 0
    sys.stdout.write(
        f"{len(sets):,} objects, {utc_text_from_tai_ns(t_from)} to {utc_text_from_tai_ns(t_to)}: {len(found):,} "
        f"approaches within {km:g} km, {len(near):,} pairs stay near\n"
    )
    for row in events(sets, found, ranked, order[: 40 if limit is None else limit]):
        sys.stdout.write(event_line(row) + "\n")
    for one in near[:20]:
        sys.stdout.write(
            f"stays near  {one['names'][0]} ({one['ids'][0]}) and {one['names'][1]} ({one['ids'][1]}), "
            f"least {one['least_km']:.3f} km, {one['from_utc']} to {one['to_utc']}\n"
        )
    return 0
