"""`vedette cue`: when and where a track will appear to other sensors, and the volume that holds it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def cue(
    feed: Path,
    track: str | None = None,
    /,
    *,
    at: str | None = None,
    sensors: Path | None = None,
    sensor: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    horizon_s: float = 1800.0,
    step_s: float = 10.0,
    probability: float = 0.99,
    beam_width_deg: float | None = None,
    dwell_s: float | None = None,
    rcs_m2: float = 0.5,
    json: bool = False,
) -> int:
    """Say when and where tracks will appear to each sensor, the search volume, the beams over it and the time it takes.

    The tracker is run over a journal or feed up to an instant; from there the belief is flown on, thrust that may still
    last included. A cue ends at a sensor's search volume.

    vedette cue night.jsonl O1 --at 2031-04-01T12:03:00Z
    vedette cue JOURNAL --sensors other-radars.toml --sensor radar-south --json

    Parameters
    ----------
    feed
        A journal that `vedette watch` wrote (`vedette journal list`), or a feed that it reads.
    track
        O1, O2, ... in the order of their first confirmation, or a track's own name; all of them by default.
    at
        The instant of the belief: UTC, or T+183 where lift-off was given; by default the end.
    sensors
        TOML file of the sensors to be cued, and of those that report where the feed carries none.
    sensor
        Only these are cued.
    horizon_s
        How far ahead to look.
    step_s
        Between the instants at which volumes are given.
    probability
        That a volume holds the object.
    beam_width_deg
        Of the sensor's beam; by default ten times its angle sigma.
    dwell_s
        Time in one beam; by default what the sensor's revisit time implies.
    rcs_m2
        The echo a radar is supposed to meet.
    json
        One JSON document instead of a table.
    """
    from vedette.doors.cue_report import CueOptions, run_cue

    return run_cue(
        CueOptions(
            feed=feed,
            track=track,
            at=at,
            sensors=sensors,
            only=tuple(sensor or ()),
            horizon_s=horizon_s,
            step_s=step_s,
            probability=probability,
            beam_width_deg=beam_width_deg,
            dwell_s=dwell_s,
            rcs_m2=rcs_m2,
            is_json=json,
        )
    )
