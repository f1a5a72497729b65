"""Are the class probabilities honest? Things of every class, weighed as tracks, and how often each belief came true.

Two ways to the same weights. "tracker": sensors of `scenario` watch, the real tracker follows, and what it believes is
weighed. "short": truth with the errors that such tracks have (`SIGMAS`, read off the first way), looks at the paces of
such sensors; cheap enough for thousands. Both are judged at the same instants, so that one can be held against the
other: 10 s after the first look, when thrust has ended (5 s after), and 60 s later.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.assessment.typing import TrackHistory, flight_causes
from vedette.assessment.typing.sea import is_land
from vedette.assessment.weighing import Weighed, explained
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.exercise.class_truth import CAUSES, COAST_LON_DEG, Truth, draw_truth
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import KIND_CODES, Cause, Looks, SensorKind
from vedette.tracking import Tracker

INSTANTS: Final = ("10 s after the first look", "end of thrust", "60 s later")
UNKNOWN_PRIOR: Final = 0.02
WATCHERS: Final = ("ir-east", "ir-west", "ir-molniya", "radar-north")
# one sigma of place (m) and velocity (m/s) of the tracker's tracks, middle of many: by what sees it, by instant
SIGMAS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "infrared": ((2_100.0, 290.0), (1_400.0, 100.0), (4_000.0, 50.0)),
    "radar": ((150.0, 25.0), (800.0, 60.0), (350.0, 11.0)),
}
_SPREAD: Final = 0.5  # one sigma of ln(sigma) between tracks
_PACES_S: Final = (10.0, 4.0)  # of the two infrared watchers
_BY_RADAR_ALONE: Final = 0.3  # share of launches that no infrared watcher sees


_Found = tuple[str, Cause, tuple[Weighed, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Track:
    """A track as `flight_causes` asks for one."""

    t_tai_ns: int
    state_itrf: Rows
    state_cov_itrf: Rows


def records(seed: int, way: str) -> list[dict[str, Any]]:
    """Weights of one thing at every instant that it has; `way` is "short" or "tracker"."""
    found = _by_tracker(seed) if way == "tracker" else _in_short(seed)
    out = []
    for when, cause, weighed, more in found:
        ratios = {one.name.value: round(max(one.log_ratio, -60.0), 3) for one in weighed}
        out.append({"seed": seed, "way": way, "cause": cause.value, "when": when, **more,
                    "ratios": ratios})  # fmt: skip
    return out


def run(seeds: Sequence[int], results: Path, way: str = "short") -> dict[str, Any]:
    """Every seed not yet in `results` (JSON lines), appended as it is done; then the summary of all of them."""
    done = read_records(results)
    have = {(row["seed"], row["way"]) for row in done}
    with results.open("a", encoding="utf-8") as out:
        for seed in seeds:
            if (seed, way) in have:
                continue
            rows = records(seed, way) or [{"seed": seed, "way": way, "when": ""}]  # never tracked: not tried again
            done += rows
            out.write("".join(json.dumps(row) + "\n" for row in rows))
            out.flush()
    return summarise([row for row in done if row["way"] == way])


def read_records(results: Path) -> list[dict[str, Any]]:
    """All whole lines of a file of records; none when there is no file."""
    if not results.is_file():
        return []
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def probabilities(row: Mapping[str, Any]) -> dict[str, float]:
    """Beliefs of one record: every class as probable before, `unknown` a fiftieth."""
    known = float(np.log((1.0 - UNKNOWN_PRIOR) / len(CAUSES)))
    priors = dict.fromkeys(CAUSES, known) | {Cause.UNKNOWN: float(np.log(UNKNOWN_PRIOR))}
    weighed = [Weighed(Cause(name), ratio) for name, ratio in row["ratios"].items()]
    return {one.name.value: one.probability for one in explained(weighed, priors)}


def summarise(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Brier score, expected calibration error, share led by the truth, and the reliability table, by instant."""
    judged = [(row, probabilities(row)) for row in rows if row["when"]]
    out: dict[str, Any] = {"things": len({row["seed"] for row, _ in judged}), "instants": {}}
    for when in INSTANTS:
        here = [pair for pair in judged if pair[0]["when"] == when]
        if here:
            out["instants"][when] = _scores(here)
    if judged:
        out["all"] = _scores(judged)
        out["reliability"] = reliability(judged)
        out["by_cause"] = {
            cause.value: _scores([pair for pair in judged if pair[0]["cause"] == cause.value])
            for cause in CAUSES
            if any(row["cause"] == cause.value for row, _ in judged)
        }
    return out


def _scores(judged: Sequence[tuple[Mapping[str, Any], Mapping[str, float]]]) -> dict[str, Any]:
    brier = [sum((p - (name == row["cause"])) ** 2 for name, p in said.items()) for row, said in judged]
    right = [max(said, key=lambda name: said[name]) == row["cause"] for row, said in judged]
    table = reliability(judged)
    pairs = sum(row["count"] for row in table)
    ece = sum(row["count"] * abs(row["believed"] - row["right"]) for row in table) / pairs
    return {
        "judged": len(judged), "brier": round(float(np.mean(brier)), 4), "ece": round(ece, 4),
        "top_ece": round(_top_ece(judged), 4), "right": round(float(np.mean(right)), 4),
    }  # fmt: skip


def _top_ece(judged: Sequence[tuple[Mapping[str, Any], Mapping[str, float]]]) -> float:
    """Expected calibration error of the leading class alone (Guo and others 2017), ten even bins."""
    best = [(max(said, key=lambda name: said[name]), row["cause"], said) for row, said in judged]
    p = np.array([said[name] for name, _, said in best])
    hit = np.array([name == cause for name, cause, _ in best], dtype=float)
    at = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[at == b].sum() - hit[at == b].sum()) for b in range(10)) / len(p))


_EDGES: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001)


def reliability(judged: Sequence[tuple[Mapping[str, Any], Mapping[str, float]]]) -> list[dict[str, float]]:
    """Of classes believed with so much, how many were right; every class of every record is one pair."""
    pairs = np.array([(p, name == row["cause"]) for row, said in judged for name, p in said.items()], dtype=float)
    table = []
    for low, high in pairwise(_EDGES):
        mine = pairs[(pairs[:, 0] >= low) & (pairs[:, 0] < high)]
        if len(mine):
            believed, right = mine.mean(axis=0)
            table.append({"from": low, "to": min(high, 1.0), "count": len(mine), "believed": round(float(believed), 4),
                          "right": round(float(right), 4)})  # fmt: skip
    return table


# ---- by the real tracker


def _by_tracker(seed: int) -> list[_Found]:
    truth = draw_truth(seed, sensors=WATCHERS)
    made, start = truth.made, truth.made.story.t_start_tai_ns
    tracker = Tracker(sensors=list(made.sensors.values()))
    burnout_s = truth.burns_s[-1][1] if truth.burns_s else None
    history, out = TrackHistory(), []
    due: dict[str, float] = {}
    for scan in made.scans:
        tracks = tracker.step(scan)
        if not len(tracks):
            continue
        now_s = (tracks.t_tai_ns - start) / NS_PER_S
        here = truth.states_itrf(np.array([now_s]))[0]
        away = np.linalg.norm(tracks.states_itrf[:, :3] - here[:3], axis=1)
        index = int(np.argmin(np.nan_to_num(away, nan=np.inf)))
        if not away[index] < 100e3:
            continue
        one = tracks[index]
        history.note(one.t_tai_ns, one.state_itrf, one.state_cov_itrf)
        if not due:
            first_s = (int(tracks.t_start_tai_ns[index]) - start) / NS_PER_S
            due = _instants(first_s, burnout_s)
        for when in [name for name, t_s in due.items() if t_s <= now_s]:
            if now_s < due.pop(when) + 12.0:
                looks = tracker.looks(one.id)
                weighed = flight_causes(looks, made.sensors, None, one, history, sea=_invented_sea)
                cov = one.state_cov_itrf
                by = "infrared" if (looks.kind_code[looks.is_detection] == 1).any() else "radar"
                out.append((when, truth.cause, weighed, {
                    "by": by, "sigma_m": round(float(np.sqrt(np.trace(cov[:3, :3]) / 3.0)), 1),
                    "sigma_mps": round(float(np.sqrt(np.trace(cov[3:, 3:]) / 3.0)), 2),
                }))  # fmt: skip
                due = due or {"": np.inf}
    return out


def _instants(first_s: float, burnout_s: float | None) -> dict[str, float]:
    end_s = max(first_s + 10.0, -np.inf if burnout_s is None else burnout_s + 5.0)
    due = {INSTANTS[0]: first_s + 10.0, INSTANTS[2]: end_s + 60.0}
    if burnout_s is not None and burnout_s + 5.0 > first_s + 10.0:
        due[INSTANTS[1]] = burnout_s + 5.0
    return due


def _invented_sea(lat_deg: float, lon_deg: float) -> float:
    return 1.0 if lon_deg < COAST_LON_DEG else 0.0


# ---- in short


def _in_short(seed: int) -> list[_Found]:
    rng = np.random.default_rng([seed, 1811])
    truth = draw_truth(seed, _real_place(CAUSES[seed % len(CAUSES)], rng))
    by = "infrared" if truth.burns_s and rng.random() > _BY_RADAR_ALONE else "radar"
    looks_s = _flame_looks(truth, rng) if by == "infrared" else _echo_looks(truth, rng)
    if looks_s is None:
        return []
    burnout_s = truth.burns_s[-1][1] if truth.burns_s else None
    first_s = looks_s[0][0]
    due, out = _instants(first_s, burnout_s), []
    scale = float(np.exp(_SPREAD * rng.standard_normal()))
    for number, when in enumerate(INSTANTS):
        t_s = due.get(when, np.inf)
        if t_s > truth.seconds:
            continue
        times = np.array([t_s - 18.0, t_s - 9.0, t_s])
        states = truth.states_itrf(times)
        if not np.isfinite(states[-1]).all():
            continue
        sigma = np.array(SIGMAS[by][number]) * scale
        cov = _believed(sigma, states[-1], rng)
        root = np.linalg.cholesky(cov)
        history = TrackHistory()
        for t, state in zip(times[:-1], states[:-1], strict=True):
            if t > first_s + 4.0 and np.isfinite(state).all():
                history.note(round(t * NS_PER_S), state + root @ rng.standard_normal(6), cov)
        track = Track(round(t_s * NS_PER_S), states[-1] + root @ rng.standard_normal(6), cov)
        weighed = flight_causes(_as_looks([row for row in looks_s if row[0] <= t_s], by), {}, None, track, history)
        out.append((when, truth.cause, weighed, {"by": by}))
    return out


def _real_place(cause: Cause, rng: np.random.Generator) -> tuple[float, float]:
    """Anywhere on land, or at sea for a submarine."""
    for _ in range(1000):
        lat, lon = float(np.degrees(np.arcsin(rng.uniform(-0.8, 0.9)))), float(rng.uniform(-180.0, 180.0))
        if is_land(lat, lon) != (cause is Cause.SUBMARINE_LAUNCHED):
            break
    return lat, lon


def _believed(sigma: Rows, state: Rows, rng: np.random.Generator) -> Rows:
    """(6, 6) covariance with axes of its own, some three times as long as others, as a few sensors leave it."""
    out = np.zeros((6, 6))
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    axes = np.exp(0.5 * rng.standard_normal(3))
    lat, lon, _ = geodetic_from_itrf(state[:3])
    turn = turn @ enu_from_itrf_matrix(lat, lon)
    for block, s in enumerate(sigma):
        out[3 * block : 3 * block + 3, 3 * block : 3 * block + 3] = turn.T @ np.diag((s * axes) ** 2) @ turn
    return out


def _flame_looks(truth: Truth, rng: np.random.Generator) -> list[tuple[float, bool]] | None:
    """When two infrared watchers looked from the first detection on, and whether they found a flame."""
    rows = []
    for pace in _PACES_S:
        for t in np.arange(rng.uniform(0.0, pace), truth.seconds, pace):
            lit = any(a <= t < b for a, b in truth.burns_s)
            rows.append((float(t), lit))
    rows.sort()
    places = truth.states_itrf(np.array([t for t, _ in rows]))[:, :3]
    heights = geodetic_from_itrf(np.nan_to_num(places, nan=6.4e6))[2]
    clear = heights > truth.cloud_top_m
    seen = [(t, bool(lit and out and rng.random() < 0.9)) for (t, lit), out in zip(rows, clear, strict=True)]
    first = next((i for i, row in enumerate(seen) if row[1]), None)
    return None if first is None else seen[first:]


def _echo_looks(truth: Truth, rng: np.random.Generator) -> list[tuple[float, bool]] | None:
    """When a radar found it: every 2 s from where it comes over the radar's horizon."""
    times = np.arange(1.0, truth.seconds, 2.0)
    states = truth.states_itrf(times)
    up = np.isfinite(states[:, 0])
    if truth.burns_s:
        heights = geodetic_from_itrf(np.where(np.isfinite(states[:, :3]), states[:, :3], 6.4e6))[2]
        up &= heights > rng.uniform(15e3, 250e3)
    else:
        up &= times > rng.uniform(0.0, 40.0)
    return [(float(t), True) for t in times[up]] or None


def _as_looks(rows: Sequence[tuple[float, bool]], by: str) -> Looks:
    n = len(rows)
    kind = KIND_CODES[SensorKind.INFRARED if by == "infrared" else SensorKind.RADAR]
    values = np.where(np.array([found for _, found in rows])[:, None], np.ones((n, 4)), np.nan)
    times = np.round(np.array([t for t, _ in rows]) * NS_PER_S).astype(np.int64)
    return Looks(("one",), np.zeros(n, np.int64), np.full(n, kind), times, values, np.ones((n, 4)), np.zeros((n, 3)))


