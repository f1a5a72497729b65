"""`vedette catalogue fit`: the orbit that observations tell."""

import builtins
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter


def fit(
    files: Annotated[tuple[Path, ...], Parameter(negative=())],
    /,
    *,
    stations: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    start: Path | None = None,
    estimate: str = "",
    id: int | None = None,
    object: str = "",
    degree: int = 20,
    drag_m2_kg: float | None = None,
    srp_m2_kg: float | None = None,
    centre_of_mass_m: float | None = None,
    onboard_range_m: float = 0.0,
    position_sigma_m: float = 1.0,
    edit_sigma: float = 4.0,
    epoch: str = "",
    space_weather: Path | None = None,
    compare: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    plot: Path | None = None,
    oem: Path | None = None,
    oem_hours: float = 24.0,
    method: Literal["batch", "filter"] = "batch",
    all: bool = False,
    workers: int = 1,
    dask: str | None = None,
    json: bool = False,
) -> int:
    """Determine an orbit from observations: laser ranges (CRD), radar and telescope tracking (TDM, tracking lines, IOD,
    UK and RDE reports), positions (CPF, SP3, OEM).

    A first orbit is found from what there is (positions, radar looks, three directions, or ranges alone), the arc
    grows until it holds everything, and least squares fits all of it through the full field of forces, setting aside
    what does not belong. The covariance is scaled by what the residuals show, and widened by forces that are not known.

    Parameters
    ----------
    files
        Observations of one object.
    stations
        Where the stations are: SINEX coordinates and eccentricities, `ground.station.*` lines, lists of sites, or JSON
        [{"name", "lat_deg", "lon_deg", "height_m", "range_sigma_m", "angle_sigma_deg"}].
    start
        Where to start instead: CPF, SP3 or OEM positions, or JSON {"t_utc", "position_gcrf_m", "velocity_gcrf_mps"}.
    estimate
        What to estimate beside the orbit, with commas: drag, srp, leak, empirical, biases, clocks.
    id
        The catalogue number, where a file holds several objects.
    object
        The name in the file, where it holds several objects.
    degree
        Of the Earth's gravity field, 2 to 50.
    drag_m2_kg
        Drag coefficient times area over mass, held or to start from.
    srp_m2_kg
        Radiation coefficient times area over mass.
    centre_of_mass_m
        How much nearer than the centre of mass the target reflects; known for the usual laser satellites.
    onboard_range_m
        A delay on board that every range holds.
    position_sigma_m
        One sigma of positions from CPF or SP3.
    edit_sigma
        A look beyond so many sigmas is set aside.
    epoch
        UTC instant of the answer; by default that of the first observation.
    space_weather
        CelesTrak's file of solar and geomagnetic activity; without it a middling one is assumed, and said.
    compare
        CPF, SP3 or OEM positions to hold the answer against.
    plot
        Draw the residuals into this SVG or PNG.
    oem
        Write the orbit into this file as an ephemeris message (CCSDS OEM, GCRF, a state a minute), with its covariance.
    oem_hours
        How long after the last observation it goes on.
    method
        `filter` runs an extended square-root filter and smoother after the batch, from a start as unsure as a
        kilometre, and answers with what it believes in hindsight.
    all
        Fit every object of every file on its own; with --json a list. What cannot be fitted says why, and holds up
        nobody; the exit code is then 1.
    workers
        With --all: processes of this machine (Dask, optional).
    dask
        With --all: address of a Dask scheduler.
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.core.errors import UsageError
    from vedette.doors.orbit_fit_report import fit_text
    from vedette.doors.orbit_fit_run import FitJob, ephemeris_text, fit_all, fit_once, jobs_of
    from vedette.doors.progress_bar import progress_bar
    from vedette.doors.wire import json_bytes
    from vedette.time import tai_ns_from_utc_text

    if not all and (workers != 1 or dask is not None):
        raise UsageError("--workers and --dask spread the fits of --all; one fit is one process's work")
    if workers < 1 or (all and (plot or oem) is not None):
        raise UsageError("--workers is at least 1; --plot and --oem are of one fit, not of --all")
    if not 0.0 < oem_hours <= 24.0 * 60.0:
        raise UsageError(f"--oem-hours {oem_hours:g}: more than none, and two months at most")
    job = FitJob(
        files=files, stations=stations, start=start,
        estimate=tuple(word.strip() for word in estimate.split(",") if word.strip()), number=id, object_name=object,
        degree=degree, drag_m2_kg=drag_m2_kg, srp_m2_kg=srp_m2_kg, centre_of_mass_m=centre_of_mass_m,
        onboard_range_m=onboard_range_m, position_sigma_m=position_sigma_m, edit_sigma=edit_sigma,
        t_epoch_tai_ns=tai_ns_from_utc_text(epoch) if epoch else None, space_weather=space_weather, compare=compare,
        method=method, hold_hours=oem_hours if oem is not None else 0.0,
    )  # fmt: skip
    if all:
        with progress_bar("fitting") as told:
            rows = fit_all(jobs_of(job), workers, dask, told)
        sys.stdout.write(json_bytes(rows).decode() + "\n" if json else "".join(_line(row) for row in rows))
        return 0 if builtins.all(row.get("has_converged") for row in rows) else 1
    found, tracking, said = fit_once(job, lambda sentence: None if json else _tell(sentence))
    if plot is not None:
        from vedette.doors.orbit_fit_plot import draw_residuals

        draw_residuals(found, plot, f"Residuals of {tracking.object_name or 'the fit'}")
    if oem is not None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000")
        oem.write_text(ephemeris_text(job, found, tracking, now), encoding="utf-8")
    sys.stdout.write(json_bytes(said).decode() + "\n" if json else fit_text(said))
    return 0 if found.solution.has_converged else 1


def _line(row: dict[str, Any]) -> str:
    """One object of many."""
    if "trouble" in row:
        return f"{row['file']}: {row['trouble']}\n"
    sigma_m = math.hypot(*row["sigma_radial_along_across_m"])
    state = "" if row["has_converged"] else "  NOT CONVERGED"
    return (
        f"{row['file']:<40} {row['used']:>6} of {row['values']} values over {row['span_hours']:6.1f} h  "
        f"± {sigma_m:,.3f} m at {row['t_epoch_utc']}{state}\n"
    )


def _tell(sentence: str) -> None:
    import sys

    if sys.stderr.isatty():
        sys.stderr.write(f"{sentence}\n")
