"""`vedette catalogue inview`: what just crossed a sensor's beam, or soon will."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def inview(
    sensor: str,
    /,
    *,
    from_: Annotated[str | None, Parameter(name=["--from"])] = None,
    to: str | None = None,
    site_file: Path | None = None,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    plot: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say which of all known objects a sensor saw, or should see, in some minutes: the next ten if nothing is said.

    The same table as `vedette catalogue passes`, over the whole catalogue and a short time: whose report that was. The
    objects are met often enough that none crosses the narrowest side of the field between two meetings.

    Parameters
    ----------
    sensor
        Its name, as `vedette sensors` lists it.
    from_
        UTC; now where nothing is said.
    to
        UTC; ten minutes later where nothing is said.
    site_file
        Sensors in TOML, a CSV table of published sites, or of element sets.
    elements
        Files of element sets to use instead of the store.
    plot
        Draw the sky and the passes in it: a file that ends in .svg, .png or .pdf.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    from vedette.catalogue.passes import find_passes
    from vedette.doors.catalogue_sets import nearest_in_time, sets_of
    from vedette.doors.pass_show import draw_passes, interval, say_passes, sensor_of

    one = sensor_of(sensor, site_file)
    t_from, t_to = interval(from_, to, 600.0)
    sets = nearest_in_time(sets_of(elements, data_dir, t_from), t_from)
    found = find_passes(sets, one, t_from, t_to)
    say_passes(found, sets, one, json)
    if plot is not None:
        draw_passes(found, sets, one, plot)
    return 0
