"""How often the 90 % interval of a raid's count holds the truth, on looks alone: no tracks, no assessment.

`python -m experiments.raid_count 60,7,2.0,45 40,2,1.0,45,ir-east+ir-west`: flights, seed, field in degrees, seconds in
which they start, and watchers, those of T-02 unless told. Truth: flames that were detected twice by what had come in,
each detection given to one flame at most (decision 0386).
"""

import re
import sys
from collections import Counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from vedette.assessment.candidates.raid import interval_90
from vedette.assessment.candidates.raid_lights import RaidLights, flames_from
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints
from vedette.exercise.rehearse_stories import read_pack
from vedette.frames import itrf_from_geodetic
from vedette.reports import Scan
from vedette.scenario import Made, make_scenario, parse_story
from vedette.sensing import Infrared

MIDDLE_DEG = (31.4, -30.0)
GATE_SIGMAS = 6.0
FEWEST = 4  # flames found twice before anything is judged: a raid is told from the third declared on


def raid_made(words: str) -> Made:
    """A raid like T-02's of another size, field, time and watchers."""
    count, seed, field, span, *watchers = words.split(",")
    lat, lon, half, span_s = *MIDDLE_DEG, float(field) / 2.0, float(span)
    text = (read_pack("threats").folder / "T-02.toml").read_text()
    lines = {
        "count": count, "lat_deg": [lat - half, lat + half], "lon_deg": [lon - half, lon + half],
        "t_launch_s": [5.0, 5.0 + span_s], "seconds": 40.0 + span_s,
    }  # fmt: skip
    for key, value in lines.items():
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.M)
    if watchers:
        names = ", ".join(f'"{name}"' for name in watchers[0].split("+"))
        text = re.sub(r"^sensors = .*$", f"sensors = [{names}]", text, flags=re.M)
    return make_scenario(parse_story(text, "T-02"), int(seed))


def owners(made: Made, scan: Scan) -> Ints:
    """(n,) which flight each detection of an infrared look is of; -1: none."""
    out = np.full(len(scan), -1)
    sensor = made.sensors[scan.sensor_id]
    if not isinstance(sensor, Infrared) or not len(scan):
        return out
    t = int(scan.t_measured_tai_ns[0])
    t_s = np.array([(t - made.story.t_start_tai_ns) / NS_PER_S])
    here = np.asarray(sensor.position_itrf_m(t))
    burns = [i for i, one in enumerate(made.flights) if one.t_liftoff_tai_ns < t and one.flight.is_burning(t_s)[0]]
    places = np.array([made.flights[i].flight.states_itrf(t_s)[0, :3] for i in burns]).reshape(-1, 3)
    clouds = np.array([made.flights[i].flight.drawn["cloud_top_m"] for i in burns])
    seen = np.asarray(sensor.is_visible(places, t, clouds)) if burns else np.zeros(0, dtype=bool)
    los = places[seen] - here
    los /= np.linalg.norm(los, axis=1, keepdims=True)
    off = np.linalg.norm(los[:, None] - scan.values[None, :, :3], axis=2)
    off /= np.hypot(sensor.los_sigma_rad, sensor.los_bias_sigma_rad)
    for flame, row in zip(*linear_sum_assignment(np.minimum(off, GATE_SIGMAS) ** 2), strict=True):
        if off[flame, row] < GATE_SIGMAS:
            out[row] = np.array(burns)[seen][flame]
    return out


def held(made: Made) -> list[tuple[int, int, int, int]]:
    """At every look that came in: truth, count, and the interval's ends."""
    lights, looks, out = RaidLights(made.sensors), Counter[int](), []
    lat_rad, lon_rad = np.radians(MIDDLE_DEG)
    middle = np.asarray(itrf_from_geodetic(lat_rad, lon_rad, 1e4))
    for scan in made.scans:
        lights.take(scan)
        looks.update(int(one) for one in owners(made, scan) if one >= 0)
        truth = sum(n >= 2 for n in looks.values())
        if truth >= FEWEST:
            lights.follow(middle, scan.t_received_tai_ns, 300.0)
            count = max((len(one.t_first_tai_ns) for one in lights.told()), default=0)
            out.append((truth, count, *interval_90(flames_from(count))))
    return out


if __name__ == "__main__":
    whole = [0, 0]
    for words in sys.argv[1:]:
        rows = held(raid_made(words))
        good = sum(low <= truth <= high for truth, _, low, high in rows)
        off = [truth - count for truth, count, _, _ in rows]
        width = np.mean([high - low for *_, low, high in rows])
        print(f"{words}: held {good} of {len(rows)}, truth less count {min(off)} to {max(off)}, mean width {width:.1f}")
        whole = [whole[0] + good, whole[1] + len(rows)]
    print(f"all: {whole[0]} of {whole[1]}")
