"""A newer catalogue in mid-watch: what a launch has put up is said once, and who was met stays met."""

import gzip
from types import SimpleNamespace

import numpy as np
from tests.data import real_data

from vedette.doors.catalogue_files import read_elements
from vedette.doors.watch_catalogue import with_catalogue
from vedette.engine import CatalogueGiven
from vedette.engine.known_catalogue import KnownCatalogue, Met
from vedette.engine.launch_ties import told_ties
from vedette.reports import LaunchEstimate, Mode, ObjectSummary, Scan, SensorKind
from vedette.reports.scan import COLUMNS
from vedette.time import tai_ns_from_utc_text

LIFT_OFF = tai_ns_from_utc_text("2022-01-06T21:49:10Z")  # J. McDowell, Launch Log: 49 satellites into 53.2 degrees


def picture(notices=("N-7",)):
    launch = LaunchEstimate(
        lat_deg=28.6, lon_deg=-80.6, areas=(), t_tai_ns=LIFT_OFF, t_90_tai_ns=(LIFT_OFF, LIFT_OFF), azimuth_deg=None,
        azimuth_90_deg=None,
    )  # fmt: skip
    summary = ObjectSummary(id="O1", class_name="space-launch", probabilities={}, phase="lost", launch=launch)
    candidate = SimpleNamespace(object_id="O1", notices=notices)
    return SimpleNamespace(objects=(summary,), candidates=(candidate,), timeline=[])


def sets():
    new, _ = read_elements(real_data("catalogue/snapshots") / "20220118.tle.gz")
    mine = np.array([word.startswith("2022-001") for word in new.designator])
    return new.take(np.flatnonzero(~mine)), new, mine


def test_the_objects_of_a_launch_are_said_once_with_its_notice():
    old, new, mine = sets()
    seen = picture()
    (told,) = told_ties(seen, old, new, 5)
    assert told.object_id == "O1" and told.t_declared_tai_ns == 5 and "announced in N-7" in told.text
    assert told.data["probability"] > 0.8 and len(told.data["objects"]) == mine.sum()
    seen.timeline.append(told)
    assert told_ties(seen, old, new, 6) == ()
    assert told_ties(picture(), new, new, 6) == ()


def test_who_was_met_stays_met():
    new, _ = read_elements(real_data("catalogue/snapshots") / "20220118.tle.gz")
    few = new.take(np.arange(50))
    before, after = KnownCatalogue(few), KnownCatalogue(few.take(np.arange(10, 50)))
    for row in (3, 20):
        before.met[row] = Met(str(row), int(few.number[row]), "", 0.0, 4, 1, 2, 0.9)
    after.keep_met(before)
    assert [one.number for one in after.met.values()] == [int(few.number[20])]
    assert list(after.met) == [10]


def test_the_catalogue_is_read_again_and_given_when_it_has_changed(tmp_path):
    source = real_data("catalogue/snapshots") / "20220118.tle.gz"
    lines = gzip.decompress(source.read_bytes()).decode().splitlines()
    path = tmp_path / "sets.tle"
    path.write_text("\n".join(lines[:6]) + "\n")
    t = tai_ns_from_utc_text("2022-01-18T12:00:00Z")
    hours = [nothing_seen(t + k * 3600 * 10**9) for k in range(6)]
    given = []
    for event in with_catalogue(iter(hours), (str(path),), tmp_path, True, 2 * 3600.0):
        if isinstance(event, CatalogueGiven):
            given.append(event.count)
            path.write_text("\n".join(lines[:12]) + "\n")
    assert given == [2, 4]  # not a third time: nothing has changed


def nothing_seen(t_tai_ns):
    columns = len(COLUMNS[SensorKind.RADAR])
    none = np.empty((0, columns))
    return Scan("radar-north", SensorKind.RADAR, Mode.SIMULATED, t_tai_ns, np.empty(0, np.int64), none, none)
