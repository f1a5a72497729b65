"""What `vedette explain` listens for, for every object of one replay at once."""

from vedette.assessment.launch_follower import LaunchFollower
from vedette.core.constants import NS_PER_S
from vedette.doors.explaining import explain_document
from vedette.engine import Event, Picture
from vedette.engine.track_history import Life, LifeWatch, TrackHistory

FORGOTTEN_S = 120.0
MOST_OBJECTS = 12  # opened to their looks; the others are told by what was believed of them


class Histories(LifeWatch):
    """Listens on behalf of every object; tracks that came to nothing are let go."""

    def after(self, picture: Picture, event: Event) -> None:
        """What each track is believed to be now."""
        super().after(picture, event)
        self._tidy(picture)

    def _tidy(self, picture: Picture) -> None:
        if not self.lives or picture.t_now_tai_ns is None:
            return
        known = {name for pair in list(self._tracks(picture).items())[:MOST_OBJECTS] for name in pair}
        for name, life in list(self.lives.items()):
            last = life.moments[-1].t_tai_ns if life.moments else 0
            is_old = (picture.t_now_tai_ns - last) / NS_PER_S > FORGOTTEN_S
            if name not in known and not life.classes and is_old:
                del self.lives[name]

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
        one = TrackHistory(object_id, lambda name: self.lives.get(name, Life()))
        return explain_document(one.story(picture), picture)
