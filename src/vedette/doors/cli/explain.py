"""`vedette explain JOURNAL TRACK`: what a track rests on."""

from pathlib import Path


def explain(journal: Path, track: str, /, *, at: str | None = None, json: bool = False) -> int:
    """Say what an object or track rests on: its reports, what lost, and how the belief moved.

    The journal is played again, and each report is held against where the track was expected just before it: how far
    off in sigma, in which coordinate, how late. Looks that found nothing, detections that came near and were not taken,
    the answers that were weighed and lost, doubtful looks of its sensors, and little plots of existence, mode, class,
    and certainty follow. Nothing is stored for it: the same journal gives the same explanation.

    Parameters
    ----------
    journal
        A journal that `vedette watch` wrote; `vedette journal list` shows the ones there are.
    track
        An object such as O1, or a track such as T4kq2zzz.
    at
        As it was known at this instant: T+120 or 2031-04-01T12:00:00Z.
    json
        One JSON document with every row.
    """
    from vedette.doors.explaining import run_explain

    return run_explain(journal, track, at, json)
