"""The parameter vector of a staged boost: what each number means and where it stands.

One flat float64 vector describes a whole powered flight, so that an estimator can differentiate by any entry and a
maker of truth can perturb any entry. The first `HEADER` numbers are the launch; then `STAGE_WIDTH` numbers a stage.
"""

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Scalar

# The launch
LAT_RAD, LON_RAD, HEIGHT_M = 0, 1, 2  # pad, geodetic, WGS-84
T0_S = 3  # lift-off, on the clock of the requested times
AZIMUTH_RAD = 4  # of the kick, from north towards east
RISE_S = 5  # vertical rise before the kick
KICK_RAD = 6  # tilt of the velocity from the vertical at the kick; 0 flies straight up
THRUST_SCALE = 7  # multiplies every stage's acceleration (1 = nominal); mass flow is not touched
COAST_BETA_KG_M2 = 8  # ballistic coefficient after the last burnout; 0 = no drag
STAGE_COUNT = 9
# Small things that a filter does not know; 0 = absent
RIPPLE = 10  # relative amplitude of a sinusoidal ripple on thrust
RIPPLE_HZ = 11
SLOPE = 12  # relative rise of thrust from ignition to burnout, about its mean (negative: regressive)
TAIL_OFF_S = 13  # the last seconds of each burn over which thrust ramps down to zero, impulse kept
STEER_PITCH_RAD, STEER_YAW_RAD = 14, 15  # amplitude of slow swings of thrust about the intended direction
STEER_PERIOD_S = 16
JET_EAST_MPS, JET_NORTH_MPS = 17, 18  # wind at the middle of a jet stream (`atmosphere.jet_kernel`), over the grid's
HEADER = 19

# Each stage, from HEADER + stage * STAGE_WIDTH
A0_MPS2 = 0  # thrust acceleration in vacuum at ignition
FLOW_PER_S = 1  # mass flow over mass at ignition: a = a0 / (1 - flow t)
BURN_S = 2
GAP_S = 3  # coast between this burnout and the next ignition
BETA_KG_M2 = 4  # ballistic coefficient at ignition (reference Cd 1 supersonic shape); falls with mass; 0 = no drag
BACK_PRESSURE = 5  # share of vacuum thrust lost at sea level
PITCH_RAD = 6  # thrust above the air-relative velocity, in the vertical plane, at ignition
PITCH_RATE_RADPS = 7  # and how that changes with time since ignition
STAGE_WIDTH = 8
MAX_STAGES = 4


def stage_entry(stage: int, entry: int) -> int:
    """Index in the vector of one entry (e.g. `BURN_S`) of stage 0, 1, ..."""
    return HEADER + stage * STAGE_WIDTH + entry


def boost_parameters(
    *,
    lat_rad: float,
    lon_rad: float,
    height_m: float = 0.0,
    t0_s: float = 0.0,
    azimuth_rad: float,
    kick_rad: float,
    rise_s: float = 8.0,
    stages: list[dict[str, float]],
    coast_beta_kg_m2: float = 0.0,
    thrust_scale: float = 1.0,
) -> Scalar:
    """A parameter vector from words. Each stage is a dict with keys a0_mps2, flow_per_s, burn_s and, optionally, gap_s,
    beta_kg_m2, back_pressure, pitch_rad, pitch_rate_radps. Raises UsageError where a stage would burn more than it has.
    """
    if not 1 <= len(stages) <= MAX_STAGES:
        raise UsageError(f"a boost of {len(stages)} stages; 1 to {MAX_STAGES} are understood")
    p = np.zeros(HEADER + STAGE_WIDTH * len(stages))
    p[[LAT_RAD, LON_RAD, HEIGHT_M, T0_S]] = lat_rad, lon_rad, height_m, t0_s
    p[[AZIMUTH_RAD, RISE_S, KICK_RAD, THRUST_SCALE]] = azimuth_rad, rise_s, kick_rad, thrust_scale
    p[[COAST_BETA_KG_M2, STAGE_COUNT, STEER_PERIOD_S]] = coast_beta_kg_m2, len(stages), 60.0
    for i, stage in enumerate(stages):
        if not stage["flow_per_s"] * stage["burn_s"] < 0.98:
            raise UsageError(
                f"stage {i + 1} burns {stage['flow_per_s'] * stage['burn_s']:.0%} of its mass; shorten burn_s or lower "
                "flow_per_s"
            )
        p[stage_entry(i, 0) : stage_entry(i, STAGE_WIDTH)] = [
            stage["a0_mps2"],
            stage["flow_per_s"],
            stage["burn_s"],
            stage.get("gap_s", 0.0),
            stage.get("beta_kg_m2", 0.0),
            stage.get("back_pressure", 0.0),
            stage.get("pitch_rad", 0.0),
            stage.get("pitch_rate_radps", 0.0),
        ]
    return p


def burnout_s(parameters: Scalar) -> float:
    """Seconds from lift-off to the last burnout."""
    count = int(parameters[STAGE_COUNT])
    burns = sum(float(parameters[stage_entry(i, BURN_S)]) for i in range(count))
    return burns + sum(float(parameters[stage_entry(i, GAP_S)]) for i in range(count - 1))


def stage_times_s(parameters: Scalar) -> list[tuple[float, float]]:
    """Ignition and burnout of every stage, seconds from lift-off."""
    times, t = [], 0.0
    for i in range(int(parameters[STAGE_COUNT])):
        burn = float(parameters[stage_entry(i, BURN_S)])
        times.append((t, t + burn))
        t += burn + float(parameters[stage_entry(i, GAP_S)])
    return times


def burning_stage(parameters: Scalar, times_s: Scalar) -> np.ndarray:
    """Which stage (0, 1, ...) burns at each time (same clock as `T0_S`); -1 before lift-off, in gaps, after burnout."""
    t = np.asarray(times_s, dtype=float) - parameters[T0_S]
    stage = np.full(t.shape, -1)
    for i, (start, stop) in enumerate(stage_times_s(parameters)):
        stage = np.where((t >= start) & (t < stop), i, stage)
    return stage
