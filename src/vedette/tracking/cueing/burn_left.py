"""How much burning may be left: a thrust programme for every state that a boosting track may be in.

The tracker's bank knows that thrust may end at any moment, and no more. For a search volume minutes ahead that is too
little: the stages of a vehicle burn for known times, pause, and burn again. Here a possible state (height, speed,
climb, thrust) is matched with moments in the flights of the generic classes, one moment is drawn in proportion to how
well it fits, and what that vehicle still has to burn from there is its programme.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import KICK_RAD, burning_stage, stage_times_s
from vedette.motion.flight_classes import nominal_boost, vehicles

STEP_S = 2.0
KICKS = (0.7, 1.0, 1.5)  # times the vehicle's own tilt: lofted, its longest reach, depressed
MATCH_SHARE = np.array([0.2, 0.1, 0.25])  # one sigma of height, speed and thrust between vehicles of a class
MATCH_LEAST = np.array([3e3, 80.0, 3.0])  # and at least: m, m/s, m/s2
MATCH_CLIMB_RAD = 0.12
MOST_STAGES = 4
LEAST_MATCH_BURNING, LEAST_MATCH_PAUSE = -18.0, -4.5  # log-likelihood under the peak: six sigma, and three
AFTER_S = 60.0  # so long after the last burnout a coast may still be confused with a pause


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Moments of nominal flights, by the two seconds: r rows."""

    feature: Rows  # (r, 3) height, speed, specific thrust
    climb_rad: Scalar
    vehicle: Ints
    t_s: Scalar
    is_burning: Bools
    weight: Scalar  # each vehicle as likely as the next within its class, each class as the next


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Thrust to come for n states: up to four burns, seconds from now; an empty burn has stop <= start."""

    start_s: Rows  # (n, 4)
    stop_s: Rows  # (n, 4)
    push_mps2: Rows  # (n, 4) specific thrust at `start_s`
    flow_per_s: Rows  # (n, 4) mass flow over mass at `start_s`
    pitch_rad: Rows  # (n, 4) of thrust above the velocity at `start_s`
    pitch_rate_radps: Rows  # (n, 4)

    def mean_push_mps2(self, from_s: float, to_s: float) -> Scalar:
        """(n,) specific thrust between two instants from now, averaged over the whole step."""
        low = np.maximum(self.start_s, from_s)
        high = np.minimum(self.stop_s, to_s)
        lasting = np.maximum(high - low, 0.0)
        middle = 0.5 * (low + high) - self.start_s
        push = self.push_mps2 / np.maximum(1.0 - self.flow_per_s * middle, 0.03)
        return np.asarray(np.sum(np.where(lasting > 0.0, push * lasting, 0.0), axis=1) / (to_s - from_s))

    def pitch_at_rad(self, t_s: float) -> Scalar:
        """(n,) how far thrust points above the velocity at an instant from now; 0 without thrust."""
        burning = (t_s >= self.start_s) & (t_s < self.stop_s)
        pitch = self.pitch_rad + self.pitch_rate_radps * (t_s - self.start_s)
        return np.asarray(np.sum(np.where(burning, pitch, 0.0), axis=1))


@lru_cache(maxsize=1)
def _moments() -> _Moments:
    parts = []
    for index, one in enumerate(vehicles()):
        same = sum(other.class_name == one.class_name for other in vehicles())
        for kick in KICKS:
            parameters = nominal_boost(one, lat_rad=0.5, lon_rad=0.0, azimuth_rad=0.8)
            parameters[KICK_RAD] *= kick
            t_s = np.arange(STEP_S, one.burnout_s + AFTER_S, STEP_S)
            states = fly_boost(parameters, t_s)[0]
            stage = burning_stage(parameters, t_s)
            push = np.zeros(len(t_s))
            for number, (start, _) in enumerate(stage_times_s(parameters)):
                figures = one.stages[number]
                here = stage == number
                push[here] = figures.a0_mps2 / (1.0 - figures.flow_per_s * (t_s[here] - start))
            height, speed, climb = height_speed_climb(states)
            row = np.column_stack([height, speed, push, climb, np.full(len(t_s), index), t_s, stage >= 0])
            parts.append(np.column_stack([row, np.full(len(t_s), 1.0 / same)])[np.isfinite(height)])
    table = np.concatenate(parts)
    return _Moments(
        table[:, :3], table[:, 3], table[:, 4].astype(np.int64), table[:, 5], table[:, 6] > 0.5, table[:, 7]
    )


def height_speed_climb(states_itrf: Rows) -> tuple[Scalar, Scalar, Scalar]:
    """Height above the ellipsoid, Earth-fixed speed, and the angle of the velocity above the horizon."""
    _, _, height_m = geodetic_from_itrf(states_itrf[..., :3])
    speed = np.linalg.norm(states_itrf[..., 3:6], axis=-1)
    rise = np.einsum("...i,...i->...", states_itrf[..., :3], states_itrf[..., 3:6])
    out = rise / np.maximum(speed, 1e-3) / np.linalg.norm(states_itrf[..., :3], axis=-1)
    return height_m, speed, np.arcsin(np.clip(out, -1.0, 1.0))


def draw_programmes(states_itrf: Rows, push_mps2: Scalar, is_burning: Bools, rng: np.random.Generator) -> Programme:
    """A thrust programme for each of n states; those that match no flight of the classes get none.

    Parameters
    ----------
    states_itrf : (n, 6 or more)
    push_mps2 : (n,) specific thrust now, of those that burn
    is_burning : (n,) what the tracker believes of it; False may still be a pause between two stages
    """
    n = len(states_itrf)
    table = _moments()
    height, speed, climb = height_speed_climb(states_itrf)
    seen = np.column_stack([height, speed, push_mps2])
    made = Programme(*(np.zeros((n, MOST_STAGES)) for _ in range(6)))
    for burning in (True, False):
        rows = np.flatnonzero(is_burning == burning)
        moments = np.flatnonzero(table.is_burning == burning)
        for part in np.array_split(rows, max(1, len(rows) // 500)):  # bounded memory
            if not len(part):
                continue
            chosen = _drawn_moments(table, moments, seen[part], climb[part], burning, rng)
            good = chosen >= 0
            _write_programmes(table, chosen[good], part[good], push_mps2, burning, made, rng)
    return made


def _drawn_moments(
    table: _Moments, moments: Ints, seen: Rows, climb: Scalar, burning: bool, rng: np.random.Generator
) -> Ints:
    """(k,) a row of the table for each state, drawn in proportion to its likelihood; -1 where nothing is near."""
    use = 3 if burning else 2
    feature = table.feature[moments, :use]
    scale = np.maximum(MATCH_SHARE[:use] * np.abs(feature), MATCH_LEAST[:use])
    away = (seen[:, None, :use] - feature) / scale
    score = -0.5 * np.sum(away * away, axis=-1) - np.sum(np.log(scale), axis=-1)
    # near the pad every climb is steep and says nothing; low speed makes it uncertain
    lean = (climb[:, None] - table.climb_rad[moments]) / MATCH_CLIMB_RAD
    score = score - 0.5 * np.minimum(lean * lean, 16.0) + np.log(table.weight[moments])
    best = np.max(score + np.sum(np.log(scale), axis=-1), axis=1)
    drawn = np.argmax(score + rng.gumbel(size=score.shape), axis=1)
    return np.where(best > (LEAST_MATCH_BURNING if burning else LEAST_MATCH_PAUSE), moments[drawn], -1)


def _write_programmes(
    table: _Moments, chosen: Ints, rows: Ints, push_mps2: Scalar, burning: bool, made: Programme,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Fill in what is left to burn of each chosen moment's vehicle, with that vehicle's own spread."""
    for index, one in enumerate(vehicles()):
        own = table.vehicle[chosen] == index
        if not own.any():
            continue
        row, t_s = rows[own], table.t_s[chosen[own]]
        t = t_s + rng.uniform(-0.5, 0.5, len(row)) * STEP_S
        begin = np.zeros(len(row))
        for number, figures in enumerate(one.stages):
            burn = figures.burn_s * np.exp(one.spread_burn * rng.standard_normal(len(row)))
            end = begin + burn
            left = np.where(end > t, end - t, 0.0)
            now = (begin <= t) & (t < end) if burning else np.zeros(len(row), dtype=bool)
            later = begin > t
            made.start_s[row, number] = np.where(later, begin - t, 0.0)
            made.stop_s[row, number] = np.where(now | later, left, 0.0)
            scale = figures.a0_mps2 * (1.0 + 0.05 * rng.standard_normal(len(row)))
            flow = figures.flow_per_s * figures.burn_s / burn
            made.push_mps2[row, number] = np.where(now, np.maximum(push_mps2[row], 0.0), scale)
            made.flow_per_s[row, number] = np.where(now, flow / np.maximum(1.0 - flow * (t - begin), 0.03), flow)
            rate = np.radians(figures.pitch_rate_degps)
            made.pitch_rad[row, number] = np.radians(figures.pitch_deg) + np.where(now, rate * (t - begin), 0.0)
            made.pitch_rate_radps[row, number] = rate
            begin = end + figures.gap_s
