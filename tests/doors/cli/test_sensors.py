"""`vedette sensors`: lists, one in full, coverage in kilometres."""

import json

from tests.data import real_data

from vedette.doors.cli.main import main


def test_packaged_sensors_are_listed(capsys):
    assert main(["sensors"]) == 0
    assert "radar-north" in capsys.readouterr().out


def test_one_is_shown_with_what_it_covers(capsys):
    assert main(["sensors", "radar-north", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["kind"] == "radar" and shown["range_max_km"] == 3000.0
    at_300 = next(row for row in shown["coverage"] if row["height_km"] == 300.0)
    # elevation 2 degrees to 300 km on a 6,371 km sphere: arccos(6371 cos 2 / 6671) - 2 degrees = 15.3 degrees
    assert abs(at_300["ground_range_max_km"] - 1706.0) < 20.0


def test_published_sites_are_shown_by_name(capsys):
    table = real_data("sites", "sensors_published.csv")
    assert main(["sensors", "--site-file", str(table), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 101
    assert main(["sensors", "CODFSF", "--site-file", str(table)]) == 4  # not found
    assert "did you mean CODSFS" in capsys.readouterr().err
