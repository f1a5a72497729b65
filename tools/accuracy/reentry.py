"""Foretold re-entries against those that happened, with the Sun as measured and as it was foreseeable."""

import numpy as np
from tests.data import real_data
from tests.reality.falls import FLUX, falls

from tools.accuracy.figures import row
from vedette.catalogue.decay import as_known_on, foretell_decay, judge_fall
from vedette.doors.reentry_report import read_flux
from vedette.formats.tle import read_tle
from vedette.time import mjd_utc_from_tai_ns

_DAYS = 8.64e13


def reentry_table() -> str:
    """One row for each way of knowing the Sun; errors are shares of the time to go."""
    measured = read_flux(real_data(*FLUX))
    titles = ("solar activity", "falls", "error p50", "p90", "worst", "bias", "in 90 %", "in 99 %", "deorbits told")
    lines = [row(*titles), row(*["---"] * len(titles))]
    for name in ("as measured", "as foreseeable on the day"):
        errors, in_90, in_99, helped, recognised = [], 0, 0, 0, 0
        for _, kind, (low, high), text in falls():
            sets = read_tle(text)[0]
            weather = measured
            if name != "as measured":
                weather = as_known_on(measured, mjd_utc_from_tai_ns(int(sets.t_epoch_tai_ns[0]))[0])
            decay = foretell_decay(sets, weather, models=("nrlmsise-00",))
            if kind != "natural":
                helped += 1
                recognised += judge_fall(decay, low, high).verdict == "deorbited"
                continue
            assert decay.t_tai_ns is not None and decay.window_90 is not None and decay.window_99 is not None
            middle = (low + high) / 2
            errors.append((decay.t_tai_ns - middle) / (middle - decay.t_epoch_tai_ns))
            in_90 += decay.window_90[0] <= high and low <= decay.window_90[1]
            in_99 += decay.window_99[0] <= high and low <= decay.window_99[1]
        size = 100.0 * np.abs(errors)
        figures = (np.median(size), np.percentile(size, 90), size.max())
        lines.append(
            row(
                name, str(len(errors)), *(f"{value:.1f} %" for value in figures), f"{100.0 * np.mean(errors):+.1f} %",
                f"{in_90} of {len(errors)}", f"{in_99} of {len(errors)}", f"{recognised} of {helped}",
            )
        )  # fmt: skip
    return "\n".join(lines)
