"""`vedette catalogue fit`: the orbit that observations tell."""

from pathlib import Path
from typing import Annotated, Literal

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
    method: Literal["batch", "filter"] = "batch",
    json: bool = False,
) -> int:
    """Determine an orbit from observations: laser ranges (CRD), radar and telescope tracking (TDM, tracking lines, IOD
    reports), positions (CPF, SP3, OEM).

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
    method
        `filter` runs an extended square-root filter and smoother after the batch, from a start as unsure as a
        kilometre, and answers with what it believes in hindsight.
    json
        One JSON document instead of text.
    """
    import sys

    import numpy as np

    from vedette.catalogue.orbits.solve import Wanted, determine_orbit
    from vedette.catalogue.orbits.targets import TARGETS, UNKNOWN
    from vedette.doors.orbit_fit_report import fit_text, fit_words
    from vedette.doors.tracking_files import read_places, read_start, read_track, read_tracking, text_of
    from vedette.doors.wire import json_bytes
    from vedette.formats.space_weather import read_space_weather
    from vedette.frames import EarthOrientation
    from vedette.time import tai_ns_from_utc_text

    orientation = EarthOrientation.packaged()
    places = read_places(stations)
    tracking = read_tracking(files, places, position_sigma_m=position_sigma_m, object_name=object, number=id)
    told = tuple((path.name, read_track(path, object)) for path in compare)
    known = TARGETS.get(tracking.catalogue_number or 0, UNKNOWN)
    wanted = Wanted(
        tuple(word.strip() for word in estimate.split(",") if word.strip()),
        degree,
        known.drag_m2_kg if drag_m2_kg is None else drag_m2_kg,
        known.radiation_m2_kg if srp_m2_kg is None else srp_m2_kg,
        known.centre_of_mass_m if centre_of_mass_m is None else centre_of_mass_m,
        onboard_range_m,
        edit_sigma,
        t_epoch_tai_ns=tai_ns_from_utc_text(epoch) if epoch else None,
    )
    first, last = int(tracking.rows.t_tai_ns[0]), int(tracking.rows.t_tai_ns[-1])
    begin = read_start(start, orientation, first, object) if start else None
    middle, reach = (first + last) // 2, (last - first) // 2 + 86_400_000_000_000
    near = [track.t_tai_ns[np.abs(track.t_tai_ns - middle) < reach] for _, track in told]
    found = determine_orbit(
        tracking.rows, tracking.stations, orientation, wanted, start=begin,
        hold_tai_ns=np.concatenate(near) if near else None,
        space_weather=read_space_weather(text_of(space_weather), space_weather.name) if space_weather else None,
        tell=lambda sentence: None if json else _tell(sentence),
    )  # fmt: skip
    if method == "filter":
        from vedette.catalogue.orbits.solve import filtered

        found = filtered(found)
    if plot is not None:
        from vedette.doors.orbit_fit_plot import draw_residuals

        draw_residuals(found, plot, f"Residuals of {tracking.object_name or 'the fit'}")
    said = fit_words(found, tracking, orientation, told)
    sys.stdout.write(json_bytes(said).decode() + "\n" if json else fit_text(said))
    return 0 if found.solution.has_converged else 1


def _tell(sentence: str) -> None:
    import sys

    if sys.stderr.isatty():
        sys.stderr.write(f"{sentence}\n")
