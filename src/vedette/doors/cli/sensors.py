"""`vedette sensors [NAME]`: which sensors there are, one of them in full, and what it covers."""

from pathlib import Path


def sensors(name: str | None = None, *, site_file: Path | None = None, json: bool = False) -> int:
    """List sensors, or show one: its kind, place, field of regard, accuracy and the ground that it covers.

    Without a file, the invented sensors that come with Vedette. Degrees and kilometres throughout.

    Parameters
    ----------
    name
        A sensor; without it all are listed.
    site_file
        Sensors in TOML, a CSV table of published sites, or a CSV table of element sets (name, tle1, tle2).
    json
        One JSON document on stdout.
    """
    from vedette.doors.sensor_files import list_sensors, sensors_from, show_sensor

    known = sensors_from(site_file)
    return list_sensors(known, json) if name is None else show_sensor(known, name, json)
