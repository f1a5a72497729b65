"""A crowd of thousands on the stream: where everybody is goes out as a binary frame at once, the words now and then.

To spell a thousand rows of a crowd takes a tenth of a second and a megabyte, and between two looks nothing changes in
them but the place. So the rows are spelled whole every few seconds; in between come only who is new and who is gone.
"""

from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.doors.server.positions import TRACKS, position_frame
from vedette.doors.wire import spelling_of
from vedette.engine import Picture
from vedette.engine.advance import SKY
from vedette.tracking.tracks import number_of

WORDS_S = 5.0  # of the picture's time, between two spellings of everybody


class CrowdRows:
    """The rows of `objects` for frames, a crowd's kept for a few seconds."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._t_spelled_tai_ns: int | None = None
        self._zero: tuple[int | None, bool] | None = None

    def of(self, picture: Picture) -> list[dict[str, Any]] | None:
        """The rows; None when there is no crowd, and everybody is spelled as ever."""
        follower: Any = picture.followers.get(SKY)
        if follower is None:
            return None
        spell, rows = spelling_of(picture), []
        for key, one in picture.followers.items():
            rows += self._crowd(picture, follower) if key == SKY else spell.objects(one.objects())
        return rows

    def _crowd(self, picture: Picture, follower: Any) -> list[dict[str, Any]]:
        now, zero = picture.t_now_tai_ns or 0, (picture.t_liftoff_tai_ns, picture.is_epoch_known)
        spell, names = spelling_of(picture), follower.tracker.tracks.ids
        is_due = self._t_spelled_tai_ns is None or now - self._t_spelled_tai_ns >= WORDS_S * NS_PER_S
        if is_due or zero != self._zero:
            self._t_spelled_tai_ns, self._zero = now, zero
            fresh = list(range(len(names)))
        else:
            fresh = [i for i, name in enumerate(names) if name not in self._rows]
        spelled = {row["id"]: row for row in spell.objects(follower.some(fresh))}
        self._rows = {name: spelled.get(name) or self._rows[name] for name in names}
        return list(self._rows.values())


def crowd_frame(picture: Picture) -> bytes | None:
    """Where everybody of a crowd is, as a binary frame; None without one."""
    follower: Any = picture.followers.get(SKY)
    if follower is None:
        return None
    tracks = follower.tracker.tracks
    numbers = np.array([number_in(name) for name in tracks.ids], dtype=np.int64)
    return position_frame(TRACKS, int(tracks.t_tai_ns), numbers, tracks.states_itrf) if len(numbers) else None


def number_in(name: str) -> int:
    """The number that a frame gives for a name: the low 32 bits of what its letters after the T spell.

    Two of a thousand share one once in ten thousand times, and are then told apart by their places alone.
    """
    return (number_of(name) or 0) & 0xFFFF_FFFF
