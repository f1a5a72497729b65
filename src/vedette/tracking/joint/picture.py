"""What the joint tracker believes between two messages: dictionaries of values that are never changed themselves.

A copy is a handful of pointers, so the state before each message of the last seconds is kept, and a message that comes
late is fitted in by going back to it.
"""

from dataclasses import dataclass, field

from vedette.tracking.joint.owner_registration import NO_OFFSETS, Lesson, Offsets
from vedette.tracking.joint.source import Source
from vedette.tracking.joint.values import Key, OwnerTrust


@dataclass(slots=True)
class JointState:
    """Sources by key; objects by name and their sources by owner; owners' standing; what registration has to go by."""

    sources: dict[Key, Source] = field(default_factory=dict)
    objects: dict[str, dict[str, Key]] = field(default_factory=dict)  # by name: by who tells it, which track
    object_of: dict[Key, str] = field(default_factory=dict)
    ambiguous: dict[Key, bool] = field(default_factory=dict)
    apart: dict[Key, int] = field(default_factory=dict)  # comparisons in a row that one track alone failed
    copies: dict[tuple[Key, Key], int] = field(default_factory=dict)  # messages in which two numbers were one
    same_as: dict[Key, Key] = field(default_factory=dict)  # numbers that are another's second
    trust: dict[str, OwnerTrust] = field(default_factory=dict)
    lessons: dict[tuple[str, str, str], Lesson] = field(default_factory=dict)
    offsets: Offsets = NO_OFFSETS
    t_solved_tai_ns: int = 0
    t_newest_tai_ns: int | None = None

    def copy(self) -> "JointState":
        """As it stands; the values in it are shared."""
        return JointState(
            dict(self.sources), {name: dict(members) for name, members in self.objects.items()}, dict(self.object_of),
            dict(self.ambiguous), dict(self.apart), dict(self.copies), dict(self.same_as), dict(self.trust),
            dict(self.lessons), self.offsets, self.t_solved_tai_ns, self.t_newest_tai_ns,
        )  # fmt: skip

    def join(self, key: Key, teller: str, name: str) -> None:
        """A track is of an object; if it stood alone before, that object is no more."""
        self.leave(key, teller)
        self.objects.setdefault(name, {})[teller] = key
        self.object_of[key] = name

    def leave(self, key: Key, teller: str) -> None:
        """A track is of no object for now."""
        name = self.object_of.pop(key, None)
        if name is None:
            return
        members = self.objects[name]
        members.pop(teller, None)
        if not members:
            del self.objects[name]

    def forget(self, key: Key) -> None:
        """A track is told no more."""
        source = self.sources.pop(key, None)
        if source is not None:
            self.leave(key, source.told_by if source.is_mixed else key[0])
        self.ambiguous.pop(key, None)
        self.apart.pop(key, None)
        self.same_as.pop(key, None)
