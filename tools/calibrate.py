"""Do areas and intervals hold what they promise? `./run calibrate [PART...] [--seeds N]`, one JSON line for each part.

Minutes to hours of work, so no test runs it; docs/accuracy.md quotes it. Every seed draws a flight of its own, made
with forces that the filters do not share.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vedette.doors.closed_pipe import until_read_enough


def boosters(seeds: int) -> dict[str, Any]:
    """Coasting boosters on a webcast's display: two kinds for each seed, 90 % and 99 % intervals."""
    from vedette.exercise.calibrate_boosters import run

    return run(range((seeds + 1) // 2))


def launches(seeds: int) -> dict[str, Any]:
    """Launch and impact areas of `two-launches`, with class, place, azimuth, loft and all else drawn."""
    return _story(seeds, "two-launches", "calibrate-launches.jsonl")


def geostationary(seeds: int) -> dict[str, Any]:
    """The same for one flight of some 475 km and two geostationary watchers alone."""
    return _story(seeds, "two-geostationary", "calibrate-geostationary.jsonl")


def low_orbit(seeds: int) -> dict[str, Any]:
    """The same for two watchers in low orbit."""
    return _story(seeds, "two-low-orbit", "calibrate-low-orbit.jsonl")


def _story(seeds: int, story: str, records: str) -> dict[str, Any]:
    """An interrupted run goes on where it stopped; delete its records to begin anew."""
    from vedette.exercise.calibrate import run

    return run(seeds, jobs=max(1, min(os.cpu_count() or 1, 8)), results=Path(records), story=story)


def assurance(seeds: int) -> dict[str, Any]:
    """Launches put in under many skies: is what is stated at 90 % found nine times in ten?"""
    from vedette.exercise.calibrate_assurance import run

    return run(range(seeds), results=Path("calibrate-assurance.jsonl"))


def cues(seeds: int) -> dict[str, Any]:
    """Where flights appeared to radars ahead of them, against the volumes that tracks were cued with."""
    from vedette.exercise.calibrate_cues import run

    return run(range(seeds), results=Path("calibrate-cues.jsonl"))


def classes(seeds: int) -> dict[str, Any]:
    """Class probabilities of tracks: drawn things of every class in short, a twentieth of them by the real tracker."""
    from vedette.exercise.calibrate_classes import run

    short = run(range(seeds), Path("calibrate-classes.jsonl"))
    return short | {"by_tracker": run(range(max(seeds // 20, 12)), Path("calibrate-classes.jsonl"), "tracker")}


def nature(seeds: int) -> dict[str, Any]:
    """Recorded fireballs (the first `seeds`), by their looks alone and by the tracker, and a day of hot spots."""
    from vedette.exercise.calibrate_nature import run_fireballs
    from vedette.exercise.hot_spots import play_hot_spots

    data = _data() / "false-alarms"
    fireballs = data / "cneos_fireballs_1988_2021.csv"
    if not fireballs.is_file():
        return {"skipped": f"no recorded fireballs at {fireballs}; set VEDETTE_DATA"}
    return {
        "looks_alone": run_fireballs(fireballs, Path("calibrate-fireballs.jsonl"), seeds, by_tracker=False),
        "by_tracker": run_fireballs(fireballs, Path("calibrate-fireballs-tracked.jsonl"), seeds),
        "hot_spots": play_hot_spots(
            data / "firms_modis_global_24h_20221111.csv.gz", results=Path("calibrate-hot-spots.jsonl"), is_resumed=True
        ),
    }


def joint(seeds: int, workers: int = 1) -> dict[str, Any]:
    """Own, partner's and joint areas of two owners, each with a part of the sensors; `--runs 2000` is the full form."""
    from vedette.exercise.calibrate_joint import run

    return run(seeds, workers, Path("calibrate-joint.jsonl"))


def joint_engines(seeds: int, workers: int = 1) -> dict[str, Any]:
    """The same launches by two whole engines that tell one another what they release: confirmed when, and by what."""
    from vedette.exercise.calibrate_joint import run_engines

    return run_engines(seeds, workers, Path("calibrate-joint-engines.jsonl"))


def partner_lies(seeds: int) -> dict[str, Any]:
    """Every way in which a partner's tracks may lie: named within three messages, and an honest one never."""
    from vedette.exercise.calibrate_partners import run_lies

    return run_lies(range(seeds))


def partner_ring(seeds: int) -> dict[str, Any]:
    """Three owners that pass on what they have come to, for an hour: a hundredth of the seeds, at least two."""
    from vedette.exercise.calibrate_partners import run_ring

    return run_ring(range(max(seeds // 100, 2)))


def known_passes(seeds: int) -> dict[str, Any]:
    """Passes of known objects over radars and telescopes through the whole engine: none is to be led by a launch."""
    import numpy as np

    from vedette.doors.catalogue_files import read_elements
    from vedette.exercise.calibrate_known_passes import limited, run
    from vedette.exercise.made_up_sky import population

    snapshot = _data() / "catalogue" / "snapshots" / "20240208.tle.gz"
    sets = read_elements(snapshot)[0] if snapshot.is_file() else population(28_000, 1)
    return run(range(seeds), limited(sets, int(np.median(sets.t_epoch_tai_ns))), Path("calibrate-known-passes.jsonl"))


def directions(seeds: int) -> dict[str, Any]:
    """Tracklets of strangers by directions alone, two or three nights: which are joined, and which wrongly."""
    from vedette.exercise.calibrate_directions import run

    return run(range(seeds), Path("calibrate-directions.jsonl"))


def _data() -> Path:
    return Path(os.environ.get("VEDETTE_DATA", Path(__file__).parents[2] / "shared" / "data"))


PARTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "boosters": boosters,
    "launches": launches,
    "geostationary": geostationary,
    "low-orbit": low_orbit,
    "assurance": assurance,
    "cues": cues,
    "classes": classes,
    "nature": nature,
    "known-passes": known_passes,
    "directions": directions,
    "joint": joint,
    "joint-engines": joint_engines,
    "partner-lies": partner_lies,
    "partner-ring": partner_ring,
}
WITH_WORKERS: dict[str, Callable[[int, int], dict[str, Any]]] = {"joint": joint, "joint-engines": joint_engines}


def main() -> int:
    """Run the parts that were named, or all."""
    parser = argparse.ArgumentParser(prog="./run calibrate", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}; by default all")
    parser.add_argument("--seeds", "--runs", type=int, default=500, help="how many flights each part draws (500)")
    parser.add_argument("--workers", type=int, default=1, help=f"processes, of {', '.join(WITH_WORKERS)} (1)")
    asked = parser.parse_args()
    unknown = set(asked.parts) - PARTS.keys()
    if unknown or asked.seeds < 1 or asked.workers < 1:
        parser.error(f"there are {', '.join(PARTS)}, and --seeds and --workers from 1 upwards")
    for name in asked.parts or PARTS:
        sys.stderr.write(f"calibrate: {name}, {asked.seeds} flights ...\n")
        start = time.monotonic()
        take = WITH_WORKERS.get(name)
        made = PARTS[name](asked.seeds) if take is None else take(asked.seeds, asked.workers)
        line = {"calibrate": name, "seeds": asked.seeds, **made}
        line["minutes"] = round((time.monotonic() - start) / 60, 1)
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(until_read_enough(main))
