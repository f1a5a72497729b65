"""A radar whose clock has stepped, told from one whose line is slow.

Both look the same from outside: reports suddenly come with another delay. The tracks tell: if the detections fit where
the tracks were at the stated time the line is late and the time is right; if they fit where the tracks were when the
report would have been made at the usual delay, the clock has stepped. Then the step is measured on the tracks, look
by look, and until several looks agree the radar's reports are set aside; afterwards their times are put right and their
sigmas carry what is left of the doubt.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.reports import Scan
from vedette.sensing import Radar

KNOWN_LOOKS = 5  # whose delays make the usual one
JUMP_S, JUMP_SPREADS = 0.4, 6.0  # a delay so far off the usual one is looked into
AGREEING = 3  # looks that must tell the same step
AGREE_S = 0.15
CONSTANT = 4.0  # what is left of a step is the same in every look and does not average away: taken so much wider
GATE = 25.0  # squared distance per detection beyond which a fit is no worse
DECIDE = 8.0  # log-likelihood in favour of one time over the other


class Verdict(StrEnum):
    """What to do with a look."""

    USE = "use"
    CORRECT = "correct"  # use it, at the time that was put right
    ASIDE = "set aside"


@dataclass(slots=True)
class _Clock:
    """One radar's delays and, if it has stepped, by how much."""

    delays: deque[float] = field(default_factory=lambda: deque(maxlen=20))  # of looks whose time was believed
    steps: deque[float] = field(default_factory=lambda: deque(maxlen=7))
    is_stepped: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """The look as it may be used, and what has become known of the clock: a sentence, once."""

    verdict: Verdict
    scan: Scan
    words: str = ""


States = Callable[[int], tuple[Rows, Rows]]  # confirmed tracks at an instant: (n, 6), (n, 6, 6)


class ClockGuard:
    """Watches the clocks of radars by their delays and by the tracks."""

    def __init__(self) -> None:
        self._clocks: dict[str, _Clock] = {}

    def judge(self, scan: Scan, radar: Radar, states_at: States) -> Judged:
        """Whether a look's time can be believed; looks without detections always are."""
        ok: Bools = np.asarray(np.isfinite(scan.values[:, :3]).all(axis=1))
        if not ok.any():
            return Judged(Verdict.USE, scan)
        clock = self._clocks.setdefault(scan.sensor_id, _Clock())
        t = int(scan.t_measured_tai_ns.max())
        delay_s = (scan.t_received_tai_ns - t) / NS_PER_S
        if len(clock.delays) < KNOWN_LOOKS:
            clock.delays.append(delay_s)
            return Judged(Verdict.USE, scan)
        usual_s = float(np.median(clock.delays))
        spread_s = float(np.median(np.abs(np.array(clock.delays) - usual_s)))
        off_s = delay_s - usual_s
        if abs(off_s) < max(JUMP_S, JUMP_SPREADS * spread_s):
            clock.delays.append(delay_s)
            if clock.is_stepped:
                clock.is_stepped = False
                clock.steps.clear()
                return Judged(Verdict.USE, scan, "its clock is right again")
            return Judged(Verdict.USE, scan)
        shifted = t + round(off_s * NS_PER_S)
        as_said, _, _ = _fit(scan, ok, radar, *states_at(t), 0.0)
        as_usual, fine_s, doubt_s = _fit(scan, ok, radar, *states_at(shifted), 1.0)
        is_clock = as_usual - as_said >= DECIDE or (clock.is_stepped and as_usual >= as_said)
        if not is_clock:
            if as_said - as_usual >= DECIDE:
                clock.delays.append(delay_s)  # the line is late, and that is usual now
            elif delay_s < -JUMP_S:
                return Judged(Verdict.ASIDE, scan)  # it came before it was measured, and no track tells by how much
            return Judged(Verdict.USE, scan)
        clock.steps.append(off_s + fine_s)
        said_s = float(np.median(clock.steps))
        near = [step for step in clock.steps if abs(step - said_s) < AGREE_S]
        if len(near) < AGREEING:
            return Judged(Verdict.ASIDE, scan)
        spread = float(np.std(near)) / np.sqrt(len(near))
        sigma_s = float(np.hypot(spread, doubt_s))
        words = ""
        if not clock.is_stepped:
            clock.is_stepped = True
            words = f"its clock has stepped by {-said_s:+.2f} s (± {sigma_s:.3f}); its times are put right by that"
        return Judged(Verdict.CORRECT, _corrected(scan, said_s, sigma_s, radar, *states_at(t)), words)


def _corrected(scan: Scan, step_s: float, sigma_s: float, radar: Radar, states: Rows, covs: Rows) -> Scan:
    """The look at the right time, its sigmas widened by how far things move while the time is uncertain."""
    shift = round(step_s * NS_PER_S)
    sigmas = scan.sigmas.copy()
    reach = np.where(np.isfinite(scan.values[:, 2]), scan.values[:, 2], 1e6)
    speed = float(np.median(np.linalg.norm(states[:, 3:], axis=1))) if len(states) else 7000.0
    rate = np.where(np.isfinite(scan.values[:, 3]), np.abs(scan.values[:, 3]), speed)
    across = speed / np.maximum(reach, 1e3) / np.maximum(np.cos(scan.values[:, 1]), 0.1)
    for column, motion in ((0, across), (1, across), (2, rate), (3, np.full(len(scan), 10.0))):
        sigmas[:, column] = np.hypot(sigmas[:, column], motion * CONSTANT * sigma_s)
    return replace(
        scan, t_measured_tai_ns=scan.t_measured_tai_ns + shift, sigmas=sigmas, marks=(*scan.marks, "clock-corrected")
    )


def _fit(
    scan: Scan, ok: Bools, radar: Radar, states: Rows, covs: Rows, search_s: float
) -> tuple[float, float, float]:
    """Log-likelihood of detections near tracks, best over shifts within `search_s`; that shift, and one sigma of it."""
    if len(states) == 0:
        return 0.0, 0.0, np.inf
    coarse = np.arange(-search_s, search_s + 1e-9, 0.04) if search_s > 0.0 else np.zeros(1)
    score, best, doubt = _best(scan, ok, radar, states, covs, coarse)
    if search_s > 0.0:
        score, best, doubt = _best(scan, ok, radar, states, covs, best + np.arange(-0.04, 0.0401, 0.002))
    return score, best, doubt


def _best(
    scan: Scan, ok: Bools, radar: Radar, states: Rows, covs: Rows, shifts_s: Scalar
) -> tuple[float, float, float]:
    """The same over given shifts."""
    moved = states[:, None, :].repeat(len(shifts_s), axis=1)
    moved[..., :3] += shifts_s[None, :, None] * states[:, None, 3:]
    expected, J = radar.measure_with_jacobian(moved)  # (n, s, 4), (n, s, 4, 6)
    middle = len(shifts_s) // 2
    H = J[:, middle, :3]
    spread = np.einsum("nij,njk,nik->ni", H, covs, H)  # (n, 3) variances of what the tracks expect
    z, r = scan.values[ok, :3], scan.sigmas[ok, :3]
    apart = z[None, None] - expected[:, :, None, :3]  # (n, s, q, 3)
    apart[..., 0] = (apart[..., 0] + np.pi) % (2.0 * np.pi) - np.pi
    variance = spread[:, None, None, :] + r[None, None] ** 2 + radar.bias_sigmas[:3] ** 2
    distance = np.minimum(np.sum(apart**2 / variance, axis=-1).min(axis=0), GATE)  # (s, q) to the nearest track
    score = -0.5 * distance.sum(axis=1)
    best = int(np.argmax(score))
    # the radar's constant errors and the tracks' are the same for all detections: as good as one detection tells
    slope = np.einsum("nij,nj->ni", H[..., :3], states[:, 3:])
    common = np.mean(spread, axis=0) + radar.bias_sigmas[:3] ** 2 + np.mean(r**2, axis=0) / len(z)
    doubt = 1.0 / np.sqrt(np.sum(np.mean(slope**2, axis=0) / common))
    return float(score[best]), float(shifts_s[best]), float(doubt)
