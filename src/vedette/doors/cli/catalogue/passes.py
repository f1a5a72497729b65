"""`vedette catalogue passes`: when known objects cross what a sensor sees."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def passes(
    sensor: str,
    /,
    *,
    id: Annotated[tuple[int, ...], Parameter(consume_multiple=True)] = (),
    from_: Annotated[str | None, Parameter(name=["--from"])] = None,
    to: str | None = None,
    min_elevation_deg: float | None = None,
    site_file: Path | None = None,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    plot: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say when objects rise, stand highest and set for a sensor, and how sure the times are.

    What the sensor sees is what its description says: field, range, horizon, and for telescopes a dark sky here and
    sunlight on the object. `± rise` is one sigma of the time of rise by the age of the elements; `<` and `>` mark what
    was in view already at the start or still at the end, and `!` elements past two weeks.

    Parameters
    ----------
    sensor
        Its name, as `vedette sensors` lists it.
    id
        Catalogue numbers; without them every object.
    from_
        UTC; now where nothing is said.
    to
        UTC; a day later where nothing is said.
    min_elevation_deg
        Leave out what does not come as high as this.
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
    import math
    import sys

    import numpy as np

    from vedette.catalogue.passes import find_passes
    from vedette.core.errors import NotFoundError
    from vedette.doors.catalogue_sets import nearest_in_time, sets_of
    from vedette.doors.pass_show import draw_passes, interval, say_passes, sensor_of

    one = sensor_of(sensor, site_file)
    t_from, t_to = interval(from_, to, 86_400.0)
    sets = nearest_in_time(sets_of(elements, data_dir, t_from), t_from)
    if id:
        sets = sets.take(np.flatnonzero(np.isin(sets.number, id)))
        missing = sorted(set(id) - set(sets.number.tolist()))
        if missing:
            raise NotFoundError(f"not in the catalogue: {', '.join(map(str, missing))}")
    if len(sets) > 1000 and (t_to - t_from) > 4 * 3600 * 10**9:
        sys.stderr.write(f"{len(sets):,} objects over {(t_to - t_from) / 3.6e12:.0f} h: this takes a while\n")
    found = find_passes(sets, one, t_from, t_to)
    if min_elevation_deg is not None:
        found = tuple(p for p in found if p.top.elevation_rad >= math.radians(min_elevation_deg))
    say_passes(found, sets, one, json)
    if plot is not None:
        draw_passes(found, sets, one, plot)
    return 0
