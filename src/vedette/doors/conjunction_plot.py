"""A picture of an encounter: the plane across the relative velocity, doubts and bodies; and the rate over time."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vedette.catalogue.conjunctions import Collision, Encounter
from vedette.catalogue.conjunctions.encounter import encounter_plane, positive
from vedette.formats.cdm import Cdm


def draw_encounter(message: Cdm, encounter: Encounter, found: Collision, path: Path) -> bool:
    """Write a PNG or SVG; False where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        return False
    from matplotlib.figure import Figure

    has_rates = len(found.rates) > 2
    figure = Figure(figsize=(10 if has_rates else 6, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot(1, 2 if has_rates else 1, 1)
    d = encounter.relative
    if found.speed_mps > 0.0:
        near = d[:3] + found.t_offset_s * d[3:]
        plane = encounter_plane(d[3:], near)
        miss = plane @ near
        turn = np.linspace(0.0, 2.0 * np.pi, 200)
        circle = np.stack([np.cos(turn), np.sin(turn)])
        cov, _ = positive(plane @ encounter.covs[:, :3, :3].sum(axis=0) @ plane.T, encounter.radius_m)
        values, vectors = np.linalg.eigh(cov)
        for k in (1, 2, 3):
            x, y = miss[:, None] + vectors @ (k * np.sqrt(values)[:, None] * circle)
            axes.plot(x, y, color="C0", lw=1.2 - 0.25 * k, label=f"{k} sigma")
        x, y = encounter.radius_m * circle
        axes.fill(x, y, color="C3", alpha=0.8, label=f"bodies, {encounter.radius_m:g} m")
        axes.plot(*miss, "k+", ms=8, label=f"miss {found.miss_m:,.0f} m")
        axes.plot(0.0, 0.0, ".", color="C3", ms=3)
        axes.set_aspect("equal", adjustable="datalim")
        axes.legend(fontsize=8)
    axes.set_xlabel("along the miss, m")
    axes.set_ylabel("across it, m")
    one, two = message.objects
    axes.set_title(f"{one.title} and {two.title}: {found.headline:.3g} ({found.method})", fontsize=9)
    if has_rates:
        beside = figure.add_subplot(1, 2, 2)
        times, rates = np.array(found.rates).T
        strong = rates > 1e-6 * rates.max()
        beside.plot(times[strong], rates[strong])
        beside.axvline(found.t_offset_s, color="0.6", lw=0.8)
        beside.set_xlabel("seconds after the stated closest approach")
        beside.set_ylabel("expected collisions, 1/s")
    figure.savefig(path)
    return True
