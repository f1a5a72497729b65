"""A picture of a finished run: ground tracks, launch and impact areas, what happened and what was said."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.exercise import Played
from vedette.frames import geodetic_from_itrf
from vedette.reports import Area


def draw_map(played: Played, path: Path) -> bool:
    """Write a PNG; False where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        return False
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    made = played.made
    for one in made.flights:
        end_ns = one.t_impact_tai_ns or one.t_liftoff_tai_ns + 1800 * NS_PER_S
        t_ns = np.linspace(one.t_liftoff_tai_ns, end_ns, 200).astype(np.int64)
        states = one.states_itrf(t_ns)
        lat, lon, _ = geodetic_from_itrf(states[np.all(np.isfinite(states), axis=1), :3])
        axes.plot(np.degrees(lon), np.degrees(lat), color="0.6", lw=1.0)
        axes.annotate(one.id, (one.launch_lon_deg, one.launch_lat_deg), xytext=(4, 4), textcoords="offset points")
        axes.plot(one.launch_lon_deg, one.launch_lat_deg, "k^", ms=5)
        if one.impact_lat_deg is not None and one.impact_lon_deg is not None:
            axes.plot(one.impact_lon_deg, one.impact_lat_deg, "kx", ms=6)
    for row, summary in enumerate(played.picture.objects):
        colour = f"C{row % 10}"
        areas: list[Area] = list(summary.launch.areas) if summary.launch else []
        areas += summary.impact.areas if summary.impact else ()
        for area in areas:
            lon_deg, lat_deg = np.append(area.lon_deg, area.lon_deg[:1]), np.append(area.lat_deg, area.lat_deg[:1])
            axes.plot(lon_deg, lat_deg, color=colour, lw=0.8, alpha=0.4 + 0.6 * (area.probability < 0.95))
        if summary.impact is not None:
            axes.plot(summary.impact.lon_deg, summary.impact.lat_deg, "o", color=colour, ms=3, label=summary.id)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(title="object: middle of impact area")
    axes.set_aspect(1.0 / np.cos(np.radians(np.mean([one.launch_lat_deg for one in made.flights]))))
    axes.set_xlabel("longitude, deg")
    axes.set_ylabel("latitude, deg")
    axes.set_title(f"SIMULATED   {made.story.title}, seed {made.seed}\ngrey and black: truth; colours: what was said")
    axes.grid(alpha=0.3)
    FigureCanvasAgg(figure).print_png(str(path))
    return True
