"""An Orbit Ephemeris Message as text (CCSDS 502.0-B-2, KVN): states, and the covariance of those that have one."""

from collections.abc import Mapping

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Mat33, Rows
from vedette.time import utc_text_from_tai_ns


def oem_text(
    states_m_mps: Rows, t_tai_ns: Ints, *, object_name: str, object_id: str, frame: str, created_utc: str,
    originator: str = "VEDETTE", covariances: Mapping[int, Mat33] | None = None, comments: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """One segment in UTC: states (n, 6) in m and m/s at instants (n,), each later than the one before.

    frame : GCRF, EME2000 or ITRF, in which the states are
    covariances : (6, 6) in m and m/s in the same frame, by row of the states
    """
    t = np.asarray(t_tai_ns, dtype=np.int64)
    states = np.asarray(states_m_mps, dtype=float)
    if len(t) < 2 or states.shape != (len(t), 6) or np.any(np.diff(t) <= 0):
        raise UsageError("an ephemeris has two states at least, each later than the one before")
    if not np.all(np.isfinite(states)):
        raise UsageError("a state that is not a number has no place in an ephemeris")
    first, last = _instant(int(t[0])), _instant(int(t[-1]))
    lines = ["CCSDS_OEM_VERS = 2.0"]
    lines += [f"COMMENT {' '.join(one.split())}" for one in comments]
    lines += [f"CREATION_DATE = {created_utc.removesuffix('Z')}", f"ORIGINATOR = {originator}", "", "META_START"]
    lines += [
        f"OBJECT_NAME = {object_name or object_id}", f"OBJECT_ID = {object_id}", "CENTER_NAME = EARTH",
        f"REF_FRAME = {frame}", "TIME_SYSTEM = UTC", f"START_TIME = {first}", f"STOP_TIME = {last}",
        "INTERPOLATION = HERMITE", "INTERPOLATION_DEGREE = 7", "META_STOP", "",
    ]  # fmt: skip
    for instant, state in zip(t.tolist(), states / 1e3, strict=True):
        place = " ".join(f"{value:.9f}" for value in state[:3])
        lines.append(f"{_instant(instant)} {place} {' '.join(f'{value:.12f}' for value in state[3:])}")
    if covariances:
        lines += ["", "COVARIANCE_START"]
        for row in sorted(covariances):
            cov = np.asarray(covariances[row], dtype=float) / 1e6
            lines += [f"EPOCH = {_instant(int(t[row]))}", f"COV_REF_FRAME = {frame}"]
            lines += [" ".join(f"{cov[i, j]:.12e}" for j in range(i + 1)) for i in range(6)]
        lines.append("COVARIANCE_STOP")
    return "\n".join(lines) + "\n"


def _instant(t_tai_ns: int) -> str:
    return utc_text_from_tai_ns(t_tai_ns, 6).removesuffix("Z")
