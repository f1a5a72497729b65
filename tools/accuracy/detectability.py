"""How large a burn must be to show in element sets: burns put into the real histories of the six satellites.

Quiet places are found first (nothing told or published within twelve days). There burns of one size are put into place
and pace, ahead and back in turn, smeared as the nearest clear burn of that history is; then the whole history is
searched as ever. A burn counts as found when something is told within a day of it.
"""

import json
import sys
from dataclasses import replace

import numpy as np

from tools.accuracy.changes import DAY_NS, OPERATORS, joined, operator_times
from vedette.catalogue.changes.history import History, history_of
from vedette.catalogue.changes.kink import KINKS, response
from vedette.catalogue.changes.manoeuvres import _Search, manoeuvres_in
from vedette.core.shapes import Scalar
from vedette.doors.catalogue_files import read_elements
from vedette.doors.machine import real_data_folder

SIZES_MMPS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
CLEAR_DAYS = 12.0
APART_DAYS = 50.0


def with_burns(past: History, days: Scalar, shapes: Scalar, sizes_mps: Scalar) -> History:
    """The history as it would be had these burns been."""
    along, pace = past.along_m.copy(), past.pace_mpd.copy()
    for day, shape, size in zip(days, shapes, sizes_mps, strict=True):
        since = past.t_days - day
        place, moved = response(np.maximum(since, 0.0), int(shape))
        step = -3.0 * size * 86_400.0 * (since > 0.0)
        along, pace = along + step * place, pace + step * moved
    return replace(past, along_m=along, pace_mpd=pace)


def shares(name: str, seed: int = 5) -> list[tuple[float, int, int]]:
    """(size in mm/s, put in, found), for each size."""
    folder = real_data_folder() / "catalogue" / "manoeuvres"
    sets, _ = read_elements(folder / f"{name}.tle.gz")
    past = history_of(sets)
    true = (joined(operator_times(folder / OPERATORS[name])) - past.t_first_tai_ns) / DAY_NS
    search = _Search(past)
    search.run()
    told = np.array([one.t_days for one in search.kinks])
    clear = [(one.t_days, one.shape) for one in search.kinks if one.score > 40.0 and one.shape < KINKS]
    busy = np.concatenate([true, told])
    rng = np.random.default_rng(seed)
    days: list[float] = []
    for day in np.arange(past.t_days[30], past.t_days[-30], 1.0) + rng.uniform(0.0, 1.0):
        if np.min(np.abs(busy - day)) > CLEAR_DAYS and (not days or day - days[-1] > APART_DAYS):
            days.append(float(day))
    when = np.array(days)
    shapes = np.array([min(clear, key=lambda one: abs(one[0] - day))[1] for day in when])
    out = []
    for size in SIZES_MMPS:
        signs = np.where(np.arange(len(when)) % 2 == 0, 1.0, -1.0)
        found = manoeuvres_in(with_burns(past, when, shapes, signs * size / 1e3))
        t = np.array([(one.t_tai_ns - past.t_first_tai_ns) / DAY_NS for one in found])
        is_hit = np.array([np.min(np.abs(t - day)) < 1.0 for day in when])
        out.append((size, len(when), int(is_hit.sum())))
    return out


def detectability_table(names: tuple[str, ...] = tuple(OPERATORS)) -> str:
    """Share found by size."""
    lines = [
        "| satellite | burns put in | " + " | ".join(f"{size:g} mm/s" for size in SIZES_MMPS) + " |",
        "| --- | --- |" + " --- |" * len(SIZES_MMPS),
    ]
    for name in names:
        rows = shares(name)
        sys.stderr.write(json.dumps({"satellite": name, "rows": rows}) + "\n")
        lines.append(f"| {name} | {rows[0][1]} | " + " | ".join(f"{100 * k / n:.0f} %" for _, n, k in rows) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(detectability_table(tuple(sys.argv[1:]) or tuple(OPERATORS)))
