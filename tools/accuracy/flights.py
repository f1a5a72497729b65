"""Figures from recorded flights, when they are there: ascents, boosters that coast, a radar pass."""

import json
from collections.abc import Iterator

import numpy as np
from tests.reality import test_ascents as ascents
from tests.tracking.geos3 import PUBLIC_STATE, T_EPOCH, looks

from tools.accuracy.figures import Figure
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.reports import FindingKind
from vedette.tracking.orbit_fit import fit_orbit

LABELS = "labels read off the same webcasts, whole seconds"


def flight_figures() -> Iterator[Figure]:
    """Ascents, coasts, the pass."""
    yield from ascent_figures()
    yield from coast_figures()
    yield from pass_figures()


def ascent_figures() -> Iterator[Figure]:
    """Burnouts and ignitions of the upper-stage flights, and how long each finding took to be declared."""
    off_s: dict[FindingKind, list[float]] = {FindingKind.BURNOUT: [], FindingKind.IGNITION: []}
    waited_s = []
    missions = ascents.upper_stage_missions()
    for mission in missions:
        name, events = f"{mission}.analysed.json", ascents.events_of(mission)
        for kind, label in ((FindingKind.BURNOUT, "meco"), (FindingKind.IGNITION, "ses1")):
            times_s, truth_s = ascents.times_s(name, kind), events[label]
            assert truth_s is not None
            off_s[kind].append(min((abs(t - truth_s) for t in times_s), default=np.inf))
        waited_s += [(f.t_declared_tai_ns - f.t_tai_ns) / 1e9 for f in ascents.findings(name)]
    sample = f"{len(missions)} real ascents"
    yield Figure("time of burnout (main engine)", LABELS, sample, "s", np.array(off_s[FindingKind.BURNOUT]))
    yield Figure("time of ignition (second stage)", LABELS, sample, "s", np.array(off_s[FindingKind.IGNITION]))
    yield Figure(
        "from happening to declaring", "the feed's own clock", f"{len(waited_s)} findings", "s", np.array(waited_s)
    )


def coast_figures() -> Iterator[Figure]:
    """Apogee and height at the entry burn, foretold from the first seconds of a coast."""
    apogee_km, entry_km = [], []
    for mission, (until_s, entry_s, _, _) in ascents.COASTS.items():
        document = json.loads((ascents.folder() / f"{mission}.stage1_raw.json").read_text())
        follower, _ = ascents.followed(f"{mission}.stage1_raw.json", until_s)
        (one,) = follower.objects()
        (prediction,) = follower.predict(round(entry_s * 1e9))
        nearest = int(np.argmin(np.abs(np.array(document["time"]) - entry_s)))
        assert one.apogee_km is not None
        apogee_km.append(one.apogee_km - max(document["altitude"]))
        entry_km.append(prediction.altitude_km - document["altitude"][nearest])
    sample = f"{len(apogee_km)} real boosters, 10 to 25 s of coast seen"
    yield Figure("apogee foretold", "the rest of the record", sample, "km", np.array(apogee_km))
    yield Figure("height at entry burn foretold", "the rest of the record", sample, "km", np.array(entry_km))


def pass_figures() -> Iterator[Figure]:
    """GEOS-3 over Kaena Point: the same ten looks as the published solution, and the whole pass."""
    for count in (10, 46):
        fit = fit_orbit(looks(count))
        away = state_itrf_from_teme(T_EPOCH, PUBLIC_STATE, EarthOrientation.packaged()) - fit.state_itrf
        sigmas = float(np.sqrt(away @ np.linalg.solve(fit.state_cov_itrf, away)))
        what, sample = "orbit of GEOS-3 (Mahalanobis; 4.1 is 99 %)", f"{count} looks of one pass"
        yield Figure(what, "published solution", sample, "sigma", np.array([sigmas]))
