"""While a journal is played: what `vedette explain` listens for, of every track, kept so that nobody plays it again.

Pieces are taken at every checkpoint: what is known of a track at an instant is the pieces up to the checkpoint before
it, and what is heard while the engine goes on from there.
"""

import msgspec

from vedette.engine import Picture
from vedette.engine.track_history import Life, LifeWatch, trackers_of
from vedette.tracking import CrowdTracker, Tracker

MOST_TRACKS = 400  # of one tracker, tentative ones too: more are not listened to, and that is kept as well
SKIPPED = "*"  # the name under which that is kept

_decode = msgspec.msgpack.Decoder(Life).decode


class LifeKeeper(LifeWatch):
    """Listens round every `advance`; gives what was heard since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self._has_skipped = False

    def _trackers(self, picture: Picture) -> tuple[Tracker | CrowdTracker, ...]:
        found = []
        for one in trackers_of(picture):
            if isinstance(one, CrowdTracker):
                continue  # those of a crowd are explained by playing the journal
            if len(one.tracks) + len(one.tentative) > MOST_TRACKS:
                self._has_skipped = True
            else:
                found.append(one)
        return tuple(found)

    def taken(self) -> dict[str, bytes]:
        """What was heard of each name since this was last asked."""
        kept = {name: msgspec.msgpack.encode(life) for name, life in self.lives.items()}
        if self._has_skipped:
            kept[SKIPPED] = msgspec.msgpack.encode(Life())
        self.lives, self._has_skipped = {}, False
        return kept


def whole_life(pieces: list[bytes]) -> Life:
    """Pieces of one name, oldest first, as one."""
    life = Life()
    for piece in map(_decode, pieces):
        life.moments += piece.moments
        life.near += piece.near
        life.classes += piece.classes
    return life
