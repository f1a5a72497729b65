"""The residuals of an orbit fit as a picture: one panel for each kind, a mark for each station."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vedette.catalogue.orbits.observations import ANGLES, KIND_WORDS, Kind
from vedette.catalogue.orbits.solve import Determined
from vedette.core.errors import UsageError
from vedette.time import utc_text_from_tai_ns

_MARKS = "os^vDP*X<>h"


def draw_residuals(found: Determined, path: Path, title: str) -> None:
    """Write an SVG or PNG; UsageError where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        raise UsageError("a picture needs matplotlib; install it, or leave --plot out")
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    one, rows = found.solution, found.model.rows
    kinds = [Kind(k) for k in np.unique(rows.kind)]
    figure = Figure(figsize=(9.0, 1.2 + 2.2 * len(kinds)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(kinds), 1, sharex=True, squeeze=False)[:, 0]
    hours = (rows.t_tai_ns - rows.t_tai_ns[0]) / 3.6e12
    for panel, kind in zip(panels, kinds, strict=True):
        factor, unit = (float(np.degrees(1.0)), "deg") if kind in ANGLES else (1.0, "m")
        if kind == Kind.RANGE_RATE:
            unit = "m/s"
        left = factor * one.residuals
        for k in [*range(len(rows.stations)), -1]:
            here = (rows.kind == kind) & (rows.station == k)
            used = here & one.is_used
            if not np.any(here):
                continue
            label = rows.stations[k] if k >= 0 else "positions"
            panel.plot(hours[used], left[used], _MARKS[k % len(_MARKS)], ms=4, alpha=0.8, label=label)
        edited = (rows.kind == kind) & ~one.is_used
        if np.any(edited):
            reach = 1.3 * np.abs(left[(rows.kind == kind) & one.is_used]).max(initial=1e-9)
            shown = np.clip(left[edited], -reach, reach)
            panel.plot(hours[edited], shown, "x", color="0.5", ms=5, label="set aside")
        panel.axhline(0.0, color="0.4", lw=0.8)
        panel.set_ylabel(f"{KIND_WORDS[kind]} ({unit})")
        panel.grid(alpha=0.3)
    panels[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
    panels[0].set_title(title, fontsize=11)
    panels[-1].set_xlabel(f"hours after {utc_text_from_tai_ns(int(rows.t_tai_ns[0]), 0)}")
    with rc_context({"svg.hashsalt": "vedette", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
