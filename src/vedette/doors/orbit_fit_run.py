"""One orbit fit as a job that can be done anywhere: here, or on a worker. The same words, bit for bit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError, VedetteError
from vedette.core.shapes import Ints

Method = Literal["batch", "filter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitJob:
    """What `vedette catalogue fit` was asked for, as typed; plain values, so that it travels."""

    files: tuple[Path, ...]
    stations: tuple[Path, ...] = ()
    start: Path | None = None
    estimate: tuple[str, ...] = ()
    number: int | None = None
    object_name: str = ""
    degree: int = 20
    drag_m2_kg: float | None = None
    srp_m2_kg: float | None = None
    centre_of_mass_m: float | None = None
    onboard_range_m: float = 0.0
    position_sigma_m: float = 1.0
    edit_sigma: float = 4.0
    t_epoch_tai_ns: int | None = None
    space_weather: Path | None = None
    compare: tuple[Path, ...] = ()
    method: Method = "batch"
    hold_hours: float = 0.0  # so long after the arc the orbit is held, for an ephemeris

    @property
    def title(self) -> str:
        """The file and the object."""
        what = self.object_name or (str(self.number) if self.number is not None else "")
        return f"{', '.join(path.name for path in self.files)}{f': {what}' if what else ''}"


def fit_once(job: FitJob, tell: Callable[[str], None] = lambda _: None) -> tuple[Any, Any, dict[str, Any]]:
    """What was determined, from what tracking, and the words for it; the errors of its files and of the fit."""
    from vedette.catalogue.orbits.solve import Wanted, determine_orbit, filtered
    from vedette.catalogue.orbits.targets import TARGETS, UNKNOWN
    from vedette.doors.orbit_fit_report import fit_words
    from vedette.doors.tracking_files import read_places, read_start, read_track, read_tracking, text_of
    from vedette.formats.space_weather import read_space_weather
    from vedette.frames import EarthOrientation

    orientation = EarthOrientation.packaged()
    places = read_places(job.stations)
    tracking = read_tracking(
        job.files, places, position_sigma_m=job.position_sigma_m, object_name=job.object_name, number=job.number
    )
    told = tuple((path.name, read_track(path, job.object_name)) for path in job.compare)
    known = TARGETS.get(tracking.catalogue_number or 0, UNKNOWN)
    wanted = Wanted(
        job.estimate,
        job.degree,
        known.drag_m2_kg if job.drag_m2_kg is None else job.drag_m2_kg,
        known.radiation_m2_kg if job.srp_m2_kg is None else job.srp_m2_kg,
        known.centre_of_mass_m if job.centre_of_mass_m is None else job.centre_of_mass_m,
        job.onboard_range_m,
        job.edit_sigma,
        t_epoch_tai_ns=job.t_epoch_tai_ns,
    )
    first, last = int(tracking.rows.t_tai_ns[0]), int(tracking.rows.t_tai_ns[-1])
    begin = read_start(job.start, orientation, first, job.object_name) if job.start else None
    middle, reach = (first + last) // 2, (last - first) // 2 + 86_400_000_000_000
    near = [track.t_tai_ns[np.abs(track.t_tai_ns - middle) < reach] for _, track in told]
    ahead = ephemeris_times(last, last, job.hold_hours)
    weather = job.space_weather
    found = determine_orbit(
        tracking.rows, tracking.stations, orientation, wanted, start=begin,
        hold_tai_ns=np.concatenate([*near, ahead]) if near or len(ahead) else None,
        space_weather=read_space_weather(text_of(weather), weather.name) if weather else None, tell=tell,
    )  # fmt: skip
    if job.method == "filter":
        found = filtered(found)
    return found, tracking, fit_words(found, tracking, orientation, told)


def ephemeris_times(t_first_tai_ns: int, t_last_tai_ns: int, hours: float) -> Ints:
    """Every minute from one instant to so many hours after another; none where no hours are asked."""
    if not hours:
        return np.empty(0, np.int64)
    minute = 60 * NS_PER_S
    return np.arange(t_first_tai_ns, t_last_tai_ns + round(hours * 3600 * NS_PER_S) + 1, minute, dtype=np.int64)


def ephemeris_text(job: FitJob, found: Any, tracking: Any, created_utc: str) -> str:
    """The fitted orbit as an Orbit Ephemeris Message in GCRF, through the arc and beyond; its covariance at the
    epoch."""
    from vedette.formats.oem_text import oem_text

    rows, one = found.model.rows, found.solution
    times = ephemeris_times(int(rows.t_tai_ns[0]), int(rows.t_tai_ns[-1]), job.hold_hours)
    times = np.unique(np.append(times, one.t_epoch_tai_ns))
    row = int(np.searchsorted(times, one.t_epoch_tai_ns))
    number = tracking.catalogue_number
    return oem_text(
        found.states(times), times, object_name=tracking.object_name, created_utc=created_utc,
        object_id=str(number) if number else tracking.object_name or "UNKNOWN", frame="GCRF",
        covariances={row: one.state_cov_gcrf}, comments=(one.sentence,),
    )  # fmt: skip


def fit_words_of(job: FitJob) -> dict[str, Any]:
    """The words of a fit, or why there is none: one object's trouble is not the others'."""
    try:
        words = fit_once(job)[2]
    except VedetteError as trouble:
        return {"file": job.title, "trouble": str(trouble)}
    return {"file": job.title, **words}


def jobs_of(job: FitJob) -> list[FitJob]:
    """One job for each object in each file, and one for a file that cannot be read; UsageError where one object was
    named."""
    if job.object_name or job.number is not None or job.start is not None:
        raise UsageError("--all fits every object; leave out --object, --id and --start")
    return [
        replace(job, files=(path,), object_name=name, number=number)
        for path in job.files
        for name, number in _objects(path)
    ]


def _objects(path: Path) -> list[tuple[str, int | None]]:
    from vedette.doors.tracking_files import objects_in

    try:
        return objects_in(path)
    except VedetteError:
        return [("", None)]  # its fit will say why


def fit_all(
    jobs: Sequence[FitJob], workers: int = 1, dask: str | None = None, told: Callable[[float], None] | None = None
) -> list[dict[str, Any]]:
    """The words of every fit in the order of the jobs, here or on Dask workers."""
    if workers > 1 or dask is not None:
        from vedette.doors.screen_run import dask_run

        with dask_run(workers, dask) as run:
            return run.each(fit_words_of, jobs, told)
    out = []
    for count, job in enumerate(jobs, start=1):
        out.append(fit_words_of(job))
        if told is not None:
            told(count / len(jobs))
    return out
