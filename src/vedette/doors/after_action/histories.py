"""What `vedette explain` listens for, for every object of one replay at once."""

from vedette.assessment.launch_follower import LaunchFollower
from vedette.core.constants import NS_PER_S
from vedette.doors.explaining import explain_document
from vedette.engine import Picture
from vedette.engine.track_history import ClassMoment, TrackHistory

FORGOTTEN_S = 120.0
MOST_OBJECTS = 12  # opened to their looks; the others are told by what was believed of them


class Histories(TrackHistory):
    """Listens on behalf of every object; tracks that came to nothing are let go."""

    def __init__(self) -> None:
        super().__init__("")
        self._by_object: dict[str, list[ClassMoment]] = {}

    def _tidy(self, picture: Picture) -> None:
        if not self._lives or picture.t_now_tai_ns is None:
            return
        known = set(list(self._tracks(picture).values())[:MOST_OBJECTS])
        for track_id, life in list(self._lives.items()):
            last = life.moments[-1].t_tai_ns if life.moments else 0
            if track_id not in known and (picture.t_now_tai_ns - last) / NS_PER_S > FORGOTTEN_S:
                del self._lives[track_id]

    def _note_classes(self, picture: Picture) -> None:
        if picture.t_now_tai_ns is None:
            return
        for summary in picture.objects[:MOST_OBJECTS]:
            rows = self._by_object.setdefault(summary.id, [])
            if not rows or rows[-1].phase != summary.phase or rows[-1].probabilities != summary.probabilities:
                rows.append(ClassMoment(picture.t_now_tai_ns, summary.phase, dict(summary.probabilities)))

    def _tracks(self, picture: Picture) -> dict[str, str]:
        """Tracks by object, in the order the objects were found."""
        found = {}
        for summary in picture.objects:
            for follower in picture.followers.values():
                if isinstance(follower, LaunchFollower) and (track := follower.track_of(summary.id)) is not None:
                    found[summary.id] = track
        return found

    def document(self, object_id: str, picture: Picture) -> dict[str, object]:
        """What `vedette explain JOURNAL OBJECT --json` prints."""
        one = TrackHistory(object_id)
        track = self._tracks(picture).get(object_id)
        one._lives = {track: self._lives[track]} if track in self._lives and track is not None else {}
        one._classes = self._by_object.get(object_id, [])
        return explain_document(one.story(picture), picture)
