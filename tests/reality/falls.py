"""Objects whose fall is known, with one element set of days or weeks before.

2019: objects that fell by 30 July, from sets of 3 June, with the date alone. 2024: four that were seen to fall.
"""

import csv

from tests.data import real_data

from vedette.doors.reentry_report import fall_interval

FLUX = ("validation", "space-weather-eop", "SpaceWeather-All-v1.2_2025-01-10.txt.gz")


def falls() -> list[tuple[str, str, tuple[int, int], str]]:
    """(number, "natural" or who brought it down, instants between which it fell, its element lines)."""
    rows = []
    with real_data("catalogue", "decays_2019_shared.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            lines = f"{row['tle_line1']}\n{row['tle_line2']}\n"
            rows.append((row["norad"], row["kind"], fall_interval(row["actual_decay_date_utc"]), lines))
    with real_data("catalogue", "tip_aug2024_shared.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["window_min"] == "1":  # it was seen to fall
                when = row["predicted_decay_utc"].replace(" ", "T") + "Z"
                lines = f"{row['tle1_2024-08-08']}\n{row['tle2_2024-08-08']}\n"
                rows.append((row["norad"], "natural", fall_interval(when), lines))
    return rows
