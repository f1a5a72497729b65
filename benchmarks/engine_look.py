"""What a look at a tracked object costs the engine: objects in orbit, a radar, two services of our own that tell too.

Each object is reported once in `--revisit` seconds (20), a twentieth of them in each report; two services tell their
tracks of all of them every five seconds. Counted is the processor from the time when all are tracked: reports through
the engine, partners' messages, and what is offered to partners (2.5 times a second), for each look at an object.

In the same run the same is done as it was before decision 0397: an object's looks sought chunk by chunk, summaries,
explanations and places of the planets made anew, trial orbits judged in Python, tracks fused to learn who is joined.
Both must say the very same.

`./run bench engine_look [--objects=100] [--revisit=20] [--seconds=60] [--quick]`
"""

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.harness import line, use_one_core
from vedette.core.constants import NS_PER_S
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, PartnerReport, Region, Scan, SensorKind, SharedTrack
from vedette.sensing import Radar, Site, format_sensors

WHAT = "the engine's cost of a look at one of 100 objects, with two partners' tracks beside"
T0_TAI_NS = 900_000_000 * NS_PER_S
PARTS, TOLD_S, OFFER_S = 20, 5.0, 0.4
WARM_TURNS = 4  # until all are tracked
EARTH_M, MU = 6.371e6, 3.986e14
COVARIANCE = tuple((np.diag([500.0] * 3 + [2.0] * 3) ** 2)[np.tril_indices(6)].tolist())


def run(options: list[str]) -> int:
    """Two ways in one run; 1 when they do not say the same."""
    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    is_quick = "quick" in told
    objects = int(told.get("objects") or (20 if is_quick else 100))
    revisit_s = float(told.get("revisit") or 20.0)
    seconds = float(told.get("seconds") or (20.0 if is_quick else 60.0))
    use_one_core()
    events, begin_ns = _events(objects, revisit_s, seconds)
    _play(events[: 2 * PARTS], begin_ns)  # what compiles is not counted
    now = _play(events, begin_ns)
    with _as_before():
        before = _play(events, begin_ns)
    made = line(
        "engine_look", "ms of processor a look at an object", 1e3 * now["all"] / now["looks"], better="less",
        peer="ours as it was before", peer_value=1e3 * before["all"] / before["looks"], objects=objects,
        revisit_s=revisit_s, looks=now["looks"], same_picture=now["digest"] == before["digest"],
        reports_ms=round(1e3 * now["reports"] / now["looks"], 3),
        partner_ms_a_track=round(1e3 * now["partners"] / max(now["told"], 1), 4),
        offer_ms_an_object=round(1e3 * now["offers"] / max(now["offered"], 1), 4), load=round(os.getloadavg()[0], 1),
    )  # fmt: skip
    sys.stdout.write(json.dumps(made) + "\n")
    return int(not made["same_picture"])


def _play(events: list[Scan | PartnerReport], begin_ns: int) -> dict[str, Any]:
    """Seconds of the processor from `begin_ns` on, by what they were spent on, and a digest of all that was said."""
    from vedette.engine import Session, advance, open_picture
    from vedette.sharing.offering import offers_of

    picture = open_picture(Session(mode=Mode.TEST, sensors_toml=format_sensors({"dome": _radar(20.0)}), owner="NORTH"))
    spent = {"reports": 0.0, "partners": 0.0, "offers": 0.0}
    counts = {"looks": 0, "told": 0, "offered": 0}
    said, t_offer_ns = hashlib.sha256(), begin_ns
    for event in events:
        t_ns, is_counted = event.t_received_tai_ns, event.t_received_tai_ns > begin_ns
        start_s = time.process_time()
        picture = advance(picture, event)
        name = "reports" if isinstance(event, Scan) else "partners"
        spent[name] += (time.process_time() - start_s) * is_counted
        counts["looks" if isinstance(event, Scan) else "told"] += _size(event) * is_counted
        said.update(repr((picture.new_findings, picture.new_alerts)).encode())
        while t_offer_ns < t_ns and is_counted:
            t_offer_ns += round(OFFER_S * NS_PER_S)
            start_s = time.process_time()
            offers = offers_of(picture, "NORTH", watch="w")
            spent["offers"] += time.process_time() - start_s
            counts["offered"] += len(picture.objects)
            said.update(repr(offers).encode())
    said.update(repr((picture.objects, picture.candidates, picture.joint)).encode())
    return {**spent, **counts, "all": sum(spent.values()), "digest": said.hexdigest()}


def _size(event: Scan | PartnerReport) -> int:
    return len(event) if isinstance(event, Scan) else len(event.content)


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """Every way that decision 0397 left, taken again."""
    from vedette.assessment.candidates.dossier import Dossier
    from vedette.assessment.joint.joining import Joining
    from vedette.assessment.natural import celestial, orbits
    from vedette.assessment.orbit_watch import OrbitWatch
    from vedette.tracking import Tracker, initial_orbit, orbit_fit
    from vedette.tracking.look_log import looks_of
    from vedette.tracking.profile.plunge import plunges_kernel

    def plunges(state: Any, span_s: float) -> bool:
        return bool(plunges_kernel.py_func(np.asarray(state, dtype=float), float(span_s)))

    def looks(tracker: Any, track_id: str) -> Any:
        key = tracker._newest_key(track_id)
        also = [gone for gone, stays in tracker._same_as.items() if stays == key]
        return looks_of((key, *also), tracker._chunks, tracker._sensor_ids)

    def summary(watch: Any, object_id: str, sensors: tuple[str, ...] = ()) -> Any:
        latest = watch.assessment(object_id)
        return None if latest is None else watch._summary(object_id, latest, sensors)

    def object_of(joining: Any, owner: str, number: str) -> str | None:
        if joining._tracker is None:
            return None
        if joining._joined is None:
            joining._joined = joining._tracker.fused()
        view = joining._joined.of(owner, number)
        if view is None or view.is_ambiguous:
            return None
        return next((name for whose, name in view.members if whose == joining.own), None)

    with contextlib.ExitStack() as stack:
        for where in (orbits, orbit_fit, initial_orbit):
            stack.enter_context(mock.patch.object(where, "plunges", plunges))
        anew = celestial._all_places_itrf_m.__wrapped__
        stack.enter_context(mock.patch.object(celestial, "_all_places_itrf_m", anew))
        stack.enter_context(mock.patch.object(Tracker, "_looks_as_told", looks))
        stack.enter_context(mock.patch.object(OrbitWatch, "summary", summary))
        stack.enter_context(mock.patch.object(Joining, "object_of", object_of))
        stack.enter_context(mock.patch.object(Dossier, "are_same_grounds", lambda dossier, grounds: False))
        yield


def _radar(revisit_s: float) -> Radar:
    return Radar(
        Site(45.0, 10.0, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.02, revisit_s=revisit_s, range_max_km=12_000.0,
        false_alarms_per_look=0.01, detection_probability=0.98, name="dome",
    )  # fmt: skip


def _events(objects: int, revisit_s: float, seconds: float) -> tuple[list[Scan | PartnerReport], int]:
    """Reports and partners' messages in order, and from when they count."""
    rng, radar = np.random.default_rng(1), _radar(revisit_s)
    states = _in_orbit(radar, objects, rng)
    warm_s = WARM_TURNS * revisit_s
    out: list[Scan | PartnerReport] = []
    told_s, width = 0.0, 2.0 * np.pi / PARTS
    for number in range(int((warm_s + seconds) * PARTS / revisit_s)):
        t_s = number * revisit_s / PARTS
        t_ns, now = T0_TAI_NS + round(t_s * NS_PER_S), propagate_coast(states, t_s)
        values = radar.measure(now) + np.nan_to_num(radar.sigmas) * rng.standard_normal((objects, 4))
        values[:, 3] = np.nan
        low = number % PARTS * width
        mine = values[(values[:, 0] >= low) & (values[:, 0] < low + width) & (rng.random(objects) < 0.98)]
        region = Region(low, low + width, 0.05, np.pi / 2, 0.0, 1.2e7)
        sigmas, times = np.tile(radar.sigmas, (len(mine), 1)), np.full(len(mine), t_ns)
        out.append(Scan("dome", SensorKind.RADAR, Mode.TEST, t_ns, times, mine, sigmas, region))
        if t_s >= told_s + TOLD_S:
            told_s = t_s
            for owner in ("NORTH-SPACE", "NORTH-NAVY"):
                seen = now + rng.normal(size=(objects, 6)) * np.array([500.0] * 3 + [2.0] * 3)
                out.append(_message(owner, number, t_ns, seen))
    return out, T0_TAI_NS + round(warm_s * NS_PER_S)


def _message(owner: str, number: int, t_tai_ns: int, states: np.ndarray) -> PartnerReport:
    tracks = tuple(
        SharedTrack(
            number=f"{owner}-{i:06d}", t_tai_ns=t_tai_ns, position_itrf_m=tuple(row[:3].tolist()),
            velocity_itrf_mps=tuple(row[3:].tolist()), covariance=COVARIANCE, phenomena=("radar",),
            provenance=(owner,), probabilities={"other": 1.0},
        )
        for i, row in enumerate(states)
    )  # fmt: skip
    return PartnerReport(
        owner=owner, node=owner.rpartition("-")[2], link=owner, lane="track", sequence=number, mode=Mode.TEST,
        t_sent_tai_ns=t_tai_ns, t_received_tai_ns=t_tai_ns + 10_000_000, digest="", content=tracks,
    )  # fmt: skip


def _in_orbit(radar: Radar, count: int, rng: np.random.Generator) -> np.ndarray:
    """(n, 6) round orbits 2,500 to 5,000 km up, high over the radar."""
    azimuth, elevation = rng.uniform(0.0, 2.0 * np.pi, count), rng.uniform(0.5, 1.5, count)
    radius, sine = EARTH_M + rng.uniform(2.5e6, 5.0e6, count), np.sin(elevation)
    reach = -EARTH_M * sine + np.sqrt((EARTH_M * sine) ** 2 + radius**2 - EARTH_M**2)
    los = np.stack([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), sine], -1)
    place = radar.site.position_itrf_m + (reach[:, None] * los) @ radar.site.enu_from_itrf
    along = np.cross(rng.normal(size=(count, 3)), place)
    velocity = along / np.linalg.norm(along, axis=1)[:, None] * np.sqrt(MU / radius)[:, None]
    return np.concatenate([place, velocity - np.cross([0.0, 0.0, 7.292115e-5], place)], 1)
