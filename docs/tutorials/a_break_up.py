"""A break-up: two catalogues seven weeks apart, four hundred new objects, and no names. What happened, to whom, when?

A satellite is broken up here at a known minute, its pieces are flown on, and the catalogue's question is asked of the
element sets alone: on which day did all their planes share one point, and which old object passed there?
Run it:  python docs/tutorials/a_break_up.py      (the Gabbard diagram goes to $VEDETTE_OUT, or to out/)
"""

import os
from pathlib import Path

import numpy as np

from vedette.catalogue.changes.breakups import find_breakups
from vedette.catalogue.changes.planes import MeanOrbits
from vedette.doors.gabbard import gabbard_svg
from vedette.reports.elements import ElementSets
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

MU = 3.986004418e14
DAY_NS = 86_400 * 10**9
BEFORE, EVENT, AFTER = (tai_ns_from_utc_text(f"2031-{d}:00Z") for d in ("03-01T00:00", "03-12T14:20", "04-20T00:00"))
PIECES, SPEED_MPS = 400, 60.0
VICTIM = 1234


def sets_of(number, t_tai_ns, axis_m, e, lean, node, perigee, anomaly):
    """Element sets from mean orbits; no drag, no names."""
    n = len(number)
    zero = np.zeros(n)
    return ElementSets(
        number=number, name=("",) * n, designator=("",) * n, t_epoch_tai_ns=np.full(n, t_tai_ns, dtype=np.int64),
        mean_motion_radpmin=60.0 * np.sqrt(MU / axis_m**3), eccentricity=e, inclination_rad=lean, node_teme_rad=node,
        perigee_argument_rad=perigee, mean_anomaly_rad=anomaly, bstar_per_er=zero, mean_motion_dot_radpmin2=zero,
        mean_motion_ddot_radpmin3=zero, revolution=np.zeros(n, np.int64), source=np.zeros(n, np.int64),
        sources=("made",),
    )  # fmt: skip


def carried(sets, t_tai_ns):
    """The same objects at another epoch: node, perigee and anomaly turn at their steady rates."""
    orbits = MeanOrbits.of(sets)
    days = orbits.days_to(t_tai_ns)
    axis = (MU * 3600.0 / sets.mean_motion_radpmin**2) ** (1.0 / 3.0)
    turned = [
        angle + days * rate
        for angle, rate in (
            (sets.node_teme_rad, orbits.node_rate_radpday),
            (sets.perigee_argument_rad, orbits.perigee_rate_radpday),
            (sets.mean_anomaly_rad, orbits.anomaly_rate_radpday),
        )
    ]
    angles = [one % (2.0 * np.pi) for one in turned]
    return sets_of(sets.number, t_tai_ns, axis, sets.eccentricity, sets.inclination_rad, *angles)


def orbits_of(place, speed):
    """Axis, eccentricity, inclination, node, perigee and mean anomaly of states (n, 3)."""
    r = np.linalg.norm(place, axis=1)
    axis = 1.0 / (2.0 / r - np.sum(speed**2, axis=1) / MU)
    turn = np.cross(place, speed)
    lean = np.arccos(turn[:, 2] / np.linalg.norm(turn, axis=1))
    node = np.arctan2(turn[:, 0], -turn[:, 1])
    towards = np.cross(speed, turn) / MU - place / r[:, None]
    e = np.linalg.norm(towards, axis=1)
    level = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=1)
    up = np.cross(turn / np.linalg.norm(turn, axis=1, keepdims=True), level)
    perigee = np.arctan2(np.sum(towards * up, axis=1), np.sum(towards * level, axis=1))
    latitude = np.arctan2(np.sum(place * up, axis=1), np.sum(place * level, axis=1))
    true = latitude - perigee
    half = 2.0 * np.arctan2(np.sqrt(1.0 - e) * np.sin(true / 2.0), np.sqrt(1.0 + e) * np.cos(true / 2.0))
    return axis, e, lean, node, perigee, half - e * np.sin(half)


def main():
    rng = np.random.default_rng(12)
    count = 2000
    old = sets_of(
        np.arange(1, count + 1), BEFORE, rng.uniform(6.9e6, 7.6e6, count), rng.uniform(1e-4, 5e-3, count),
        np.radians(rng.choice([53.0, 74.0, 82.5, 97.5, 98.6], count) + rng.normal(0, 0.4, count)),
        *rng.uniform(0.0, 2.0 * np.pi, (3, count)),
    )  # fmt: skip
    # the victim at the minute of the event, and pieces thrown all ways from there
    then = carried(old.take(np.array([VICTIM])), EVENT)
    axis = (MU * 3600.0 / then.mean_motion_radpmin**2) ** (1.0 / 3.0)
    u = then.perigee_argument_rad + then.mean_anomaly_rad
    node, lean = then.node_teme_rad, then.inclination_rad
    level = np.stack([np.cos(node), np.sin(node), 0.0 * node], axis=1)
    up = np.stack([-np.sin(node) * np.cos(lean), np.cos(node) * np.cos(lean), np.sin(lean)], axis=1)
    place = axis[:, None] * (np.cos(u)[:, None] * level + np.sin(u)[:, None] * up)
    speed = np.sqrt(MU / axis)[:, None] * (np.cos(u)[:, None] * up - np.sin(u)[:, None] * level)
    thrown = speed + rng.normal(0.0, SPEED_MPS, (PIECES, 3))
    numbers = np.arange(50_001, 50_001 + PIECES)
    pieces = carried(sets_of(numbers, EVENT, *orbits_of(np.repeat(place, PIECES, axis=0), thrown)), AFTER)
    # a launch in the same weeks: sixty satellites in one plane
    batch = sets_of(
        np.arange(60_001, 60_061), AFTER, rng.normal(6.92e6, 2e3, 60), np.full(60, 1e-4),
        np.full(60, np.radians(53.05)), rng.normal(2.0, 2e-4, 60), np.zeros(60), rng.uniform(0.0, 6.28, 60),
    )  # fmt: skip
    kept = np.delete(np.arange(count), VICTIM)
    new = ElementSets.joined([carried(old.take(kept), AFTER), pieces, batch])

    print(f"{len(old):,} objects before, {len(new):,} after, {PIECES + 60} of them new; none has a name")
    found = find_breakups(old, new)
    for one in found:
        off_h = (one.t_tai_ns - EVENT) / 3.6e12
        print(f"break-up of {old.number[one.parent]} (the victim was {old.number[VICTIM]})")
        print(f"  {utc_text_from_tai_ns(one.t_tai_ns)}, {abs(off_h):.1f} h {'late' if off_h > 0 else 'early'}")
        right = np.isin(new.number[one.pieces], numbers).mean()
        print(f"  {len(one.pieces)} of {PIECES} pieces, {right:.0%} of them rightly")
        print(f"  speeds spread {one.along_mps:.0f} m/s along the way and {one.across_mps:.0f} m/s across it")
    print("the launch raised no alarm" if len(found) == 1 else "more alarms than events")

    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    picture = out / "a_break_up.svg"
    picture.write_text(gabbard_svg(old, new, found[0]), encoding="utf-8")
    print(f"{picture}: periods against the lowest and highest points, a cross with the victim in its middle")


if __name__ == "__main__":
    main()
