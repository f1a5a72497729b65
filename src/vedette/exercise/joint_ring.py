"""Three owners in a ring, each of whom passes on to the next what it has come to: does anything count twice?

For an hour every owner filters its own looks at some satellites and joins them with what its neighbour told. What goes
round is either everybody's own tracks unchanged, or the joined tracks, with or without saying up to when each owner's
knowledge is in them. The joined beliefs of all three are held against the truth, and against the filter that has all
looks of all owners as they would have come round.
"""

from dataclasses import dataclass

import msgspec
import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.shapes import Rows
from vedette.exercise.joint_world import (
    EAST,
    NORTH,
    SOUTH,
    T0_TAI_NS,
    Filter,
    OwnerSensor,
    Truth,
    first_belief,
    looks,
    told,
)
from vedette.metrics import nees
from vedette.reports import SharedTrack
from vedette.tracking.joint import JointTracker
from vedette.tracking.joint.intersection import summed

WAYS = ("originals", "joined", "joined-without-times", "naive")


@dataclass(frozen=True, slots=True)
class RingFigures:
    """Mean squared normalised error over its dimension (one is honest), and sigmas against the filter with all."""

    way: str
    nees_joint: tuple[float, ...]  # every five minutes, over owners and bodies
    nees_central: tuple[float, ...]
    sigma_ratio: tuple[float, ...]  # stated sigma of the joint belief over that of the central filter
    error_ratio: tuple[float, ...]  # root mean square error of place, the same
    count: int  # bodies


def high_satellites(count: int, rng: np.random.Generator) -> Rows:
    """Bodies (n, 6) high enough to be seen by all for an hour."""
    up = np.array([3.6e6, 1.4e6, 5.0e6])
    up /= np.linalg.norm(up)
    out = np.empty((count, 6))
    for i in range(count):
        way = rng.standard_normal(3)
        place = up + 0.2 * rng.standard_normal(3)
        place *= rng.uniform(2.4e7, 2.9e7) / np.linalg.norm(place)
        way -= (way @ place) * place / (place @ place)
        velocity = np.sqrt(EARTH_MU_M3_S2 / np.linalg.norm(place)) * way / np.linalg.norm(way)
        out[i] = [*place, *(velocity - np.cross([0.0, 0.0, EARTH_SPIN_RADPS], place))]
    return out


def play_ring(way: str, seed: int, seconds: int = 3600, every_s: int = 10, count: int = 4) -> RingFigures:
    """One hour of one ring."""
    rng = np.random.default_rng(seed)
    truth = Truth(high_satellites(count, rng), 1e-5, rng)
    sensors = tuple(
        OwnerSensor(one.owner, one.site_itrf_m, 40.0, 2e-5, float(every_s)) for one in (EAST, NORTH, SOUTH)
    )
    own = {one.owner: first_belief(truth.states_itrf, rng) for one in sensors}
    names = [one.owner for one in sensors]
    state, cov = own[names[0]].states_itrf, own[names[0]].covs
    for name in names[1:]:
        state, cov = summed(state, cov, own[name].states_itrf, own[name].covs)
    central = Filter(state, cov, 1e-5)
    nodes = {name: JointTracker(name, lateness_s=0.0) for name in names}
    passing: dict[str, tuple[SharedTrack, ...]] = {name: () for name in names}
    naive: dict[str, dict[str, SharedTrack]] = {name: {} for name in names}
    figures: list[tuple[float, float, float, float]] = []
    for k in range(1, seconds // every_s + 1):
        t = T0_TAI_NS + k * every_s * NS_PER_S
        truth.advance(float(every_s))
        central.predict(float(every_s))
        for sensor in sensors:
            one = own[sensor.owner]
            one.predict(float(every_s))
            seen = looks(sensor, truth.states_itrf, rng)
            one.update(*seen)
            central.update(*seen)
            nodes[sensor.owner].hear_own(told(sensor.owner, t, one))
        heard = {name: passing[names[i - 1]] for i, name in enumerate(names)}
        for i, name in enumerate(names):
            nodes[name].hear_partner(names[i - 1], heard[name])
            naive[name].update({one.number: one for one in heard[name]})
            passing[name] = _passed_on(way, name, nodes[name], told(name, t, own[name]), naive[name])
        if t % (300 * NS_PER_S) == T0_TAI_NS % (300 * NS_PER_S) or k * every_s % 300 == 0:
            figures.append(_figures(nodes, truth, central))
    columns = [tuple(float(row[i]) for row in figures) for i in range(4)]
    return RingFigures(way, columns[0], columns[1], columns[2], columns[3], count)


def _passed_on(
    way: str, name: str, node: JointTracker, own: list[SharedTrack], held: dict[str, SharedTrack]
) -> tuple[SharedTrack, ...]:
    if way == "originals":
        return (*own, *(one for one in held.values() if one.provenance[0] != name))
    out = node.tracks_to_pass_on()
    if way == "joined-without-times":
        return tuple(msgspec.structs.replace(one, provenance_t_tai_ns=()) for one in out)
    if way == "naive":  # a ring of nodes that do not say whose knowledge it is
        return tuple(msgspec.structs.replace(one, provenance=(name,), provenance_t_tai_ns=()) for one in out)
    return out


def _figures(nodes: dict[str, JointTracker], truth: Truth, central: Filter) -> tuple[float, float, float, float]:
    squared, sizes, errors = [], [], []
    for name, node in nodes.items():
        fused = node.fused()
        for i in range(len(truth.states_itrf)):
            view = fused.of(name, f"{name}-{i:06d}")
            assert view is not None
            away = view.state_itrf - truth.states_itrf[i]
            squared.append(float(nees(away, view.state_cov_itrf)) / 6.0)
            log = np.linalg.slogdet(view.state_cov_itrf)[1] - np.linalg.slogdet(central.covs[i])[1]
            sizes.append(float(np.exp(log / 12.0)))
            errors.append(float(away[:3] @ away[:3]))
    off = central.states_itrf - truth.states_itrf
    all_looks = float(np.mean(nees(off, central.covs))) / 6.0
    ratio = float(np.sqrt(np.mean(errors) / np.mean(np.sum(off[:, :3] ** 2, axis=1))))
    return float(np.mean(squared)), all_looks, float(np.mean(sizes)), ratio
