"""Measures, and writes tables into docs/accuracy.md, each between its two marks; what people wrote around them stays.

`./run accuracy [PART...]`: world, claims, tracks, filters, association, troubles, registration, flights, launches,
infrared, assurance, cues, classes, warning, alerts, incidents, elements, numerical-orbits, orbits, reentry, manoeuvres,
manoeuvres-left-out, breakups, known-passes, directions, joint, joint-engines, false-alarms, threats; by default all.

Flights, elements, numerical-orbits, orbits, reentry, manoeuvres, manoeuvres-left-out (half an hour) and breakups need
the recorded data, and launches, infrared, assurance, cues, classes, known-passes, directions, joint and joint-engines
the records that `./run calibrate` keeps, false-alarms and threats the rows that `vedette rehearse` keeps, copied here;
without them their figures stay as they were.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from tools.accuracy.alerts import alert_table
from tools.accuracy.association import association_table
from tools.accuracy.assurance import ASSURANCE_RECORDS, CUE_RECORDS, assurance_tables, cue_table
from tools.accuracy.changes import breakup_table, manoeuvre_table
from tools.accuracy.claims import claim_figures
from tools.accuracy.classes import CLASS_RECORDS, class_tables
from tools.accuracy.elements import element_table
from tools.accuracy.figures import table
from tools.accuracy.filters import filter_table
from tools.accuracy.flights import flight_figures
from tools.accuracy.incidents import incident_table
from tools.accuracy.joint import ENGINES, engines_table, joint_table
from tools.accuracy.joint import RECORDS as JOINT_RECORDS
from tools.accuracy.known import DIRECTIONS, KNOWN_PASSES, directions_table, known_passes_table
from tools.accuracy.launches import INFRARED, RECORDS, infrared_table, launch_tables
from tools.accuracy.left_out import left_out_table
from tools.accuracy.numerical_orbits import numerical_orbit_table
from tools.accuracy.orbits import orbit_fit_figures
from tools.accuracy.reentry import reentry_table
from tools.accuracy.registration import registration_figures
from tools.accuracy.rehearsals import FALSE_ALARMS, THREATS, false_alarm_table, threat_table
from tools.accuracy.tracks import track_figures
from tools.accuracy.troubles import trouble_table
from tools.accuracy.warning import warning_figures
from tools.accuracy.world import world_figures
from vedette.doors.closed_pipe import until_read_enough
from vedette.doors.machine import real_data_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"


def put(text: str, name: str, made: str) -> str:
    """The page with the part between `<!-- made: name -->` and `<!-- end: name -->` replaced."""
    begin, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    assert pattern.search(text), f"{PAGE} has no place for {name}"
    return pattern.sub(lambda _: f"{begin}\n{made}\n{end}", text)


PARTS: dict[str, Callable[[], str]] = {
    "world": lambda: table(world_figures()),
    "claims": lambda: table(claim_figures()),
    "tracks": lambda: table(track_figures()),
    "filters": filter_table,
    "association": association_table,
    "troubles": trouble_table,
    "registration": lambda: table(registration_figures()),
    "flights": lambda: table(flight_figures()),
    "launches": launch_tables,
    "infrared": infrared_table,
    "assurance": assurance_tables,
    "cues": cue_table,
    "classes": class_tables,
    "warning": lambda: table(warning_figures()),
    "alerts": alert_table,
    "incidents": incident_table,
    "elements": element_table,
    "numerical-orbits": numerical_orbit_table,
    "orbits": lambda: table(orbit_fit_figures()),
    "reentry": reentry_table,
    "manoeuvres": manoeuvre_table,
    "manoeuvres-left-out": left_out_table,
    "breakups": breakup_table,
    "known-passes": known_passes_table,
    "directions": directions_table,
    "joint": joint_table,
    "joint-engines": engines_table,
    "false-alarms": false_alarm_table,
    "threats": threat_table,
}

RECORDED = ("flights", "elements", "orbits", "reentry", "manoeuvres", "manoeuvres-left-out", "breakups")
KEPT = {
    "launches": RECORDS,
    "infrared": list(INFRARED.values())[-1],
    "assurance": ASSURANCE_RECORDS,
    "cues": CUE_RECORDS,
    "classes": CLASS_RECORDS,
    "known-passes": KNOWN_PASSES,
    "directions": DIRECTIONS,
    "joint": JOINT_RECORDS,
    "joint-engines": ENGINES,
    "false-alarms": FALSE_ALARMS,
    "threats": THREATS,
}


def main() -> int:
    """Remake the parts that were named, or all."""
    asked = sys.argv[1:] or list(PARTS)
    if {"-h", "--help"} & set(asked):
        sys.stdout.write(__doc__ or "")
        return 0
    if unknown := [name for name in asked if name not in PARTS]:
        sys.stderr.write(f"there is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}\n")
        return 2
    text = PAGE.read_text(encoding="utf-8")
    for name in asked:
        if name in RECORDED and not real_data_folder().is_dir():
            sys.stderr.write(f"no recorded data here (VEDETTE_DATA): the figures of {name} stay as they were\n")
        elif name in KEPT and not KEPT[name].is_file():
            sys.stderr.write(f"no {KEPT[name]} here (./run calibrate {name}): its figures stay as they were\n")
        else:
            text = put(text, name, PARTS[name]())
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(until_read_enough(main))
