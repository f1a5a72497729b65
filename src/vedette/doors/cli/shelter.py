"""`vedette shelter`: which named areas are in danger, how likely, and how many seconds their people have."""

from pathlib import Path


def shelter(
    feed: Path,
    object_id: str | None = None,
    /,
    *,
    areas: Path,
    at: str | None = None,
    latency_s: float = 60.0,
    levels: Path | None = None,
    since: Path | None = None,
    sensors: Path | None = None,
    all: bool = False,
    json: bool = False,
) -> int:
    """Say which areas something comes down in or passes above, how likely, when, and how many seconds they have.

    The engine is run over a journal or feed up to an instant; from the flights that fit what was seen, every area of a
    GeoJSON file is asked. Seconds are those that nineteen in twenty of the flights leave, less the time that a warning
    takes to arrive: negative means that it comes too late. Areas over the pole and the date line are areas like others.

    vedette shelter JOURNAL --areas prefectures.geojson --latency-s 60
    vedette shelter night.jsonl O2 --areas municipalities.geojson --at 2031-04-01T12:05:00Z --json > now.json
    vedette shelter JOURNAL --areas municipalities.geojson --since now.json

    Parameters
    ----------
    feed
        A journal that `vedette watch` wrote (`vedette journal list`), or a feed that it reads.
    object_id
        O1, O2, ...; by default every object that a launch fits.
    areas
        GeoJSON file of Polygon and MultiPolygon features: `name`, and where known `name:ja`, `time_zone`, `ISO3166-2`.
    at
        The instant of the belief, from which seconds are counted: UTC, or T+183; by default the end.
    latency_s
        Seconds from the decision until people have heard.
    levels
        A copy of `warning_levels.toml`: from which probability on an area is told what.
    since
        What this command wrote with --json before: areas that come and go since then are named.
    sensors
        TOML file that describes the sensors, where the feed carries none.
    all
        Areas below every level as well.
    json
        One JSON document instead of a table.
    """
    from vedette.doors.shelter_report import ShelterOptions, run_shelter

    return run_shelter(
        ShelterOptions(
            feed=feed,
            areas=areas,
            object_id=object_id,
            at=at,
            latency_s=latency_s,
            levels=levels,
            since=since,
            sensors=sensors,
            is_all=all,
            is_json=json,
        )
    )
