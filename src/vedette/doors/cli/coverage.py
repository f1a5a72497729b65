"""`vedette coverage`: what "no launch seen" would be worth, area by area and minute by minute."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def coverage(
    sensors: Path | None = None,
    *,
    region: str | None = None,
    cell_deg: float = 10.0,
    at: str | None = None,
    minutes: int = 1,
    class_: Annotated[list[str] | None, Parameter(name=["--class"], consume_multiple=True)] = None,
    within_s: float = 120.0,
    lost: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    noise_rise_db: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    cloud_top_km: str = "0,10",
    draws: int = 512,
    json: bool = False,
) -> int:
    """Say how likely a launch would have been reported within some seconds, with the sensors as they are.

    For each area, minute and class of launch, launches are drawn, looked at by every sensor, and the tracker's own rule
    of belief is asked when it would have confirmed. Radars and infrared satellites count. Other kinds are left out.

    vedette coverage --region 30,-30 --within-s 60
    vedette coverage mine.toml --region -10,20,30,60 --lost ir-east --noise-rise-db radar-north=10

    Parameters
    ----------
    sensors
        TOML file of the sensors; without it the packaged ones.
    region
        LAT,LON; LAT,LON,RADIUS_KM; SOUTH,WEST,NORTH,EAST (in cells); or a GeoJSON file of areas or places. Degrees,
        north and east positive. Without it: all the ground in view.
    cell_deg
        Size of the cells of a box, degrees.
    at
        Lift-off in UTC; matters to satellites that move. By default 2031-04-01T12:00:00Z, when the packaged ones are
        where their table says.
    minutes
        How many minutes from then on.
    class_
        Launch classes; all six by default.
    within_s
        Seconds from lift-off to the report.
    lost
        Sensors that are out of service.
    noise_rise_db
        NAME=DB: sensors whose noise has risen, by how many decibels.
    cloud_top_km
        Cloud tops lie evenly between these heights: LOW,HIGH.
    draws
        Launches drawn for each figure; four times as many halve its sigma.
    json
        One JSON document instead of a table and a map.
    """
    from vedette.doors.coverage_report import CoverageOptions, run_coverage

    return run_coverage(
        CoverageOptions(
            sensors=sensors,
            region=region,
            cell_deg=cell_deg,
            at=at,
            minutes=minutes,
            classes=tuple(class_ or ()),
            within_s=within_s,
            lost=tuple(lost or ()),
            noise_rise_db=tuple(noise_rise_db or ()),
            cloud_top_km=cloud_top_km,
            draws=draws,
            is_json=json,
        )
    )
