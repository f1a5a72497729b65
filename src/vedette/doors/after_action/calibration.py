"""Was the doubt honest? The looks of every track held against what was expected of them just before.

The squared residual of a look is chi-square with as many degrees of freedom as it has numbers when the belief and the
sensor are as they say [Bar-Shalom, Li, Kirubarajan 2001, 5.4]; so of the looks expected within some probability, that
share should have fallen there. The bands are those of independent looks; the looks of one track are not quite that.
"""

from typing import Any

from scipy.stats import binom

from vedette.estimation import chi_square_gate
from vedette.metrics import chi_square_band

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def calibration(explained: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Shares held at each level, and the mean squared residual per number, by sensor and together."""
    looks = [
        (row["sensor_id"], row["nis"], row["dof"])
        for document in explained.values()
        for row in document["looks"]
        if row["nis"] is not None and row["dof"]
    ]
    names = list(dict.fromkeys(name for name, _, _ in looks))
    rows = [_row(name, [(nis, dof) for key, nis, dof in looks if key == name]) for name in sorted(names)]
    return {"all": _row("all sensors", [(nis, dof) for _, nis, dof in looks]), "sensors": rows}


def _row(name: str, looks: list[tuple[float, int]]) -> dict[str, Any]:
    count, dof = len(looks), sum(dof for _, dof in looks)
    return {
        "name": name,
        "looks": count,
        "nis_per_dof": float(f"{sum(nis for nis, _ in looks) / dof:.5g}") if dof else None,
        "nis_band_90": [float(f"{x:.5g}") for x in chi_square_band(1, dof, 0.90)] if dof else None,
        "shares": [_share(level, looks) for level in LEVELS] if count else [],
    }


def _share(level: float, looks: list[tuple[float, int]]) -> dict[str, Any]:
    count = len(looks)
    held = sum(nis <= chi_square_gate(level, dof) for nis, dof in looks)
    low, high = (float(binom.ppf(tail, count, level)) / count for tail in (0.05, 0.95))
    return {
        "said": level, "held": float(f"{held / count:.5g}"), "held_count": held, "count": count,
        "band_90": [float(f"{low:.5g}"), float(f"{high:.5g}")],
    }  # fmt: skip
