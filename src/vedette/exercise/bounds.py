"""What no estimator could beat: the Cramér-Rao bound of a coasting flight seen by the story's radars.

Unknown are the six numbers of the state and each radar's constant errors (azimuth, elevation, range) with their stated
priors; the motion is known without noise, which makes the posterior bound that of a batch fit [Tichavsky, Muravchik and
Nehorai 1998, with no process noise]. Looks that found the flight are counted as they fell, so the bound is that of this
run's luck with detection. Boost and infrared looks are left out: they can only lower it, and after a few radar
looks hardly do.
"""

from collections.abc import Sequence

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.metrics import batch_bound
from vedette.motion.propagate import propagate_coast_stm
from vedette.scenario import Made, TrueFlight
from vedette.sensing import Radar

LOOKS_AT_LEAST = 3
GATE_SIGMAS = 6.0


def coast_bounds(made: Made, one: TrueFlight, t_tai_ns: Sequence[int]) -> Scalar:
    """(n,) the bound on the squared length of the position error at instants, from what had arrived by then.

    NaN before burnout, after coming down, and while fewer than three looks had found it.
    """
    looks = coast_looks(made, one)
    out = np.full(len(t_tai_ns), np.nan)
    if len(looks) < LOOKS_AT_LEAST:
        return out
    rows, received, biases = _whitened_rows(made, one, looks)
    end_ns = np.inf if one.t_impact_tai_ns is None else one.t_impact_tai_ns
    for i, now in enumerate(t_tai_ns):
        known = received <= now
        if known.sum() < LOOKS_AT_LEAST or not one.t_burnout_tai_ns < now < end_ns:
            continue
        prior = np.diag(np.concatenate([np.zeros(6), 1.0 / biases**2]))
        cov = batch_bound(rows[known].reshape(-1, rows.shape[-1]), prior)[:6, :6]
        _, moved = propagate_coast_stm(one.burnout_state_itrf, (now - one.t_burnout_tai_ns) / NS_PER_S)
        out[i] = np.trace((moved @ cov @ moved.T)[:3, :3])
    return out


def coast_looks(made: Made, one: TrueFlight) -> list[tuple[str, int, int]]:
    """Radar looks that found the flight after its burnout: sensor, measured and received instants."""
    looks = []
    radars = {name: sensor for name, sensor in made.sensors.items() if isinstance(sensor, Radar)}
    scans = [scan for scan in made.scans if scan.sensor_id in radars and len(scan)]
    times = np.array([scan.t_measured_tai_ns[0] for scan in scans], dtype=np.int64)
    for scan, t_ns, state in zip(scans, times.tolist(), one.states_itrf(times), strict=True):
        if t_ns <= one.t_burnout_tai_ns or not np.all(np.isfinite(state)):
            continue
        sensor = radars[scan.sensor_id]
        off = scan.values[:, :3] - sensor.measure(state)[:3]
        off[:, 0] = (off[:, 0] + np.pi) % (2 * np.pi) - np.pi
        spread = np.hypot(sensor.sigmas[:3], sensor.bias_sigmas[:3])
        if np.any(np.all(np.abs(off) < GATE_SIGMAS * spread, axis=1)):
            looks.append((scan.sensor_id, t_ns, scan.t_received_tai_ns))
    return looks


def _whitened_rows(made: Made, one: TrueFlight, looks: list[tuple[str, int, int]]) -> tuple[Rows, Scalar, Scalar]:
    """Jacobians (looks, 4, 6 + biases) over sigma by the state at burnout and the biases; arrivals; bias sigmas."""
    names = sorted({name for name, _, _ in looks})
    radars = {name: made.sensors[name] for name in names}
    # a radar that claims no bias has none: a thousandth of a sigma stands for zero
    biases = np.concatenate(
        [np.maximum(radars[name].bias_sigmas[:3], 1e-3 * radars[name].sigmas[:3]) for name in names]  # type: ignore[union-attr]
    )
    rows = np.zeros((len(looks), 4, 6 + len(biases)))
    dt_s = np.array([(t_ns - one.t_burnout_tai_ns) / NS_PER_S for _, t_ns, _ in looks])
    _, moved = propagate_coast_stm(one.burnout_state_itrf, dt_s)
    states = one.states_itrf(np.array([t_ns for _, t_ns, _ in looks]))
    for i, (name, _, _) in enumerate(looks):
        radar = radars[name]
        assert isinstance(radar, Radar)
        measured = np.isfinite(radar.sigmas)
        _, jacobian = radar.measure_with_jacobian(states[i])
        rows[i, measured, :6] = (jacobian @ moved[i])[measured] / radar.sigmas[measured, None]
        at = 6 + 3 * names.index(name)
        rows[i, [0, 1, 2], [at, at + 1, at + 2]] = 1.0 / radar.sigmas[:3]
    return rows, np.array([received for _, _, received in looks]), biases
