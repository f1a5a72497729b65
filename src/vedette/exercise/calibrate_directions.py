"""Are strangers joined by directions alone, and only those that are one object? Drawn nights, all pairs.

Each seed draws some dozens of objects near the geostationary ring, in navigation heights, and in wide ellipses, which
two telescopes meet for five minutes on two or three nights. The truth is flown with the field to degree 12, Sun, Moon,
tides and sunlight on a drawn area. Every tracklet is held against every later one of another night.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.catalogue.direction_linking import Attributable, attributable_of, link_directions
from vedette.catalogue.tracklets import Tracklet
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Scalar
from vedette.frames import EarthOrientation, state_itrf_from_gcrf
from vedette.motion.kepler import state_from_elements
from vedette.motion.orbit import OrbitForces, propagate_orbit
from vedette.motion.orbit.world import orbit_world
from vedette.reports import SensorKind
from vedette.sensing import Site, Telescope, tangent_basis
from vedette.time import tai_ns_from_utc_text

T0_TAI_NS: Final = tai_ns_from_utc_text("2025-03-01T00:00:00Z")
SCOPES: Final = tuple(
    Telescope(Site(lat, lon, 2000.0), los_sigma_urad=5.0, los_bias_sigma_urad=2.0, name=name)
    for name, lat, lon in (("islands", 28.3, -16.5), ("mountain", 37.1, -3.4))
)
KINDS: Final[Mapping[str, int]] = {"ring": 16, "navigation": 5, "ellipse": 3}  # objects of a drawing
SURE: Final = 0.5
PRIOR: Final = 0.01  # the share of pairs that are one object, as `identify` takes it
_LOOKS, _EVERY_S, _LOWEST_RAD = 11, 30.0, np.radians(15.0)
_NIGHT_H, _DAY_S = (20.0, 29.0), 86_400.0


def _elements(rng: np.random.Generator, kind: str) -> Scalar:
    turn = rng.uniform(0.0, 2.0 * np.pi, 3)
    if kind == "ring":
        a, e = 42_164e3 + rng.normal(0.0, 60e3), abs(rng.normal(0.0, 1e-3))
        return np.array([a, e, np.radians(abs(rng.normal(0.0, 6.0))), *turn])
    if kind == "navigation":
        return np.array([rng.uniform(25.4e6, 29.7e6), rng.uniform(0.0, 0.02), np.radians(rng.normal(56.0, 3.0)), *turn])
    return np.array([rng.uniform(20e6, 27e6), rng.uniform(0.55, 0.70), np.radians(rng.uniform(5.0, 64.0)), *turn])


def records(seed: int) -> dict[str, Any]:
    """All pairs of one drawing: of which kind, one object or two, and the probability that was said."""
    rng = np.random.default_rng([seed, 392])
    earth = EarthOrientation.packaged()
    world = orbit_world(T0_TAI_NS, T0_TAI_NS + round(3.5 * _DAY_S * NS_PER_S), low_m=200e3, high_m=6e7)
    told: list[tuple[int, str, int, Attributable]] = []
    number = 0
    for kind, count in KINDS.items():
        for _ in range(count):
            start = state_from_elements(_elements(rng, kind))
            forces = OrbitForces(degree=12, radiation_m2_kg=float(rng.uniform(0.005, 0.04)))
            number += 1
            for night in range(3):
                if night and rng.random() < 0.35:  # clouds, or a night without it
                    continue
                scope = SCOPES[int(rng.integers(len(SCOPES)))]
                for _ in range(6):  # until it stands high enough
                    middle_s = night * _DAY_S + 3600.0 * float(rng.uniform(*_NIGHT_H))
                    seconds = middle_s + _EVERY_S * (np.arange(_LOOKS) - _LOOKS // 2)
                    t = T0_TAI_NS + np.round(seconds * NS_PER_S).astype(np.int64)
                    states = propagate_orbit(start, T0_TAI_NS, t, forces, world=world, tolerance=1e-10)
                    itrf = state_itrf_from_gcrf(t, states, earth)
                    los = np.asarray(scope.measure(itrf, t))
                    up = np.asarray(scope.position_itrf_m(int(t[0])))
                    if np.all(los @ (up / np.linalg.norm(up)) > np.sin(_LOWEST_RAD)):
                        turn = scope.los_sigma_rad * rng.standard_normal((_LOOKS, 2))
                        turn = turn + scope.los_bias_sigma_rad * rng.standard_normal(2)
                        los = los + np.einsum("nij,ni->nj", tangent_basis(los), turn)
                        los /= np.linalg.norm(los, axis=1, keepdims=True)
                        values = np.column_stack([los, np.full(_LOOKS, np.nan)])
                        sigmas = np.column_stack([np.full((_LOOKS, 3), scope.los_sigma_rad), np.full(_LOOKS, np.nan)])
                        one = Tracklet(f"{number}-{night}", scope.name, SensorKind.OPTICAL, t, values, sigmas)
                        told.append((number, kind, night, attributable_of(one, scope, earth)))
                        break
    told.sort(key=lambda row: row[3].t_tai_ns)
    pairs = []
    for i, (who, kind, night, first) in enumerate(told):
        for other, other_kind, other_night, second in told[i + 1 :]:
            if night == other_night:
                continue
            found = link_directions(first, second, world=world)
            p = 0.0 if found is None else found.probability(PRIOR)
            if who == other or p > 1e-3:
                pairs.append([who == other, kind, other_kind, other_night - night, round(p, 6),
                              None if found is None else round(found.chi2, 2)])  # fmt: skip
    count = sum(one[2] != two[2] for i, one in enumerate(told) for two in told[i + 1 :])
    return {"seed": seed, "objects": number, "tracklets": len(told), "pairs": count, "said": pairs}


def run(seeds: Iterable[int], results: Path) -> dict[str, Any]:
    """Every drawing that is not among the records yet; and what all come to."""
    rows: list[dict[str, Any]] = []
    if results.is_file():
        rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines() if line.strip()]
    with results.open("a", encoding="utf-8") as stream:
        for seed in seeds:
            if seed in {row["seed"] for row in rows}:
                continue
            rows.append(records(seed))
            stream.write(json.dumps(rows[-1]) + "\n")
            stream.flush()
    return summarise(rows)


def summarise(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """How many true pairs were joined, by kind and by nights between, and how many others were."""
    kept = list(rows)
    said = [pair for row in kept for pair in row["said"]]
    true = [pair for pair in said if pair[0]]
    out: dict[str, Any] = {
        "drawings": len(kept), "tracklets": sum(row["tracklets"] for row in kept),
        "pairs": sum(row["pairs"] for row in kept), "true": len(true),
        "joined": sum(pair[4] > SURE for pair in true), "false": sum(pair[4] > SURE for pair in said if not pair[0]),
    }  # fmt: skip
    for kind in KINDS:
        part = [pair for pair in true if pair[1] == kind]
        out[kind] = {"true": len(part), "joined": sum(pair[4] > SURE for pair in part)}
        out[kind]["false"] = sum(pair[4] > SURE for pair in said if not pair[0] and kind in pair[1:3])
    out["nights"] = {
        str(n): [len(part), sum(pair[4] > SURE for pair in part)]
        for n in (1, 2) if (part := [pair for pair in true if pair[3] == n])
    }  # fmt: skip
    out["calibration"] = [
        [low, high, len(part), *(round(float(np.mean([pair[k] for pair in part])), 3) for k in (4, 0))]
        for low, high in ((0.001, 0.05), (0.05, 0.5), (0.5, 0.95), (0.95, 1.01))
        if (part := [pair for pair in said if low <= pair[4] < high])
    ]  # fmt: skip
    return out
