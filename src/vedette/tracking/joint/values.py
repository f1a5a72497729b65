"""What the joint tracker is told and what it tells, as values."""

from dataclasses import dataclass, field
from enum import StrEnum

from vedette.core.shapes import Bools, Rows
from vedette.reports import SharedTrack

Key = tuple[str, str]  # owner and number of a track


class Trust(StrEnum):
    """How far an owner's tracks are believed here."""

    TRUSTED = "trusted"
    DOUBTED = "doubted"  # its covariances are widened until the differences from ours fit them
    REFUSED = "refused"  # it is not fused; it is still compared, and comes back when it fits again


class Lie(StrEnum):
    """What is wrong with an owner's tracks, as far as differences tell."""

    BIAS = "bias"  # all stand aside by one and the same shift
    CLOCK = "clock"  # all stand ahead or behind along their way
    COVARIANCE = "covariance"  # no common shift: the doubt they state is too small
    FROZEN = "frozen"  # new times, old places
    DUPLICATED = "duplicated"  # one object under several numbers
    REPEATED = "repeated"  # the same message again and again
    ECHO = "echo"  # our own tracks told back as if they were its own


@dataclass(frozen=True, slots=True)
class OwnerTrust:
    """One owner's standing."""

    owner: str
    trust: Trust = Trust.TRUSTED
    lie: Lie | None = None
    inflation: float = 1.0  # of its covariances, while it is doubted
    nees: float | None = None  # of the differences lately, over their dimension: one is honest
    pairs: int = 0  # that it was compared by last
    fitting: int = 0  # messages in a row that fitted
    failing: int = 0  # messages in a row that did not
    low: int = 0  # messages in a row that fitted far too well
    t_since_tai_ns: int | None = None
    text: str = ""
    recent: tuple[float, ...] = ()  # of the last messages: mean squared differences over their dimension
    differing: tuple[tuple[str, int], ...] = ()  # tracks that cannot be what else is known, and when (TAI ns)


@dataclass(frozen=True, slots=True)
class BiasOfOwner:
    """What one owner reads otherwise than we do: its clock ahead (s), its tracks shifted (m) and turned (rad), ITRF."""

    owner: str
    objects: int  # by how many shared satellites it is told
    clock_s: float
    clock_sigma_s: float
    shift_itrf_m: tuple[float, float, float]
    shift_sigma_m: tuple[float, float, float]
    turn_itrf_rad: tuple[float, float, float]
    turn_sigma_rad: tuple[float, float, float]
    alarms: tuple[str, ...] = ()  # of "clock", "shift", "turn": beyond what chance explains once in a million
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FusedTrack:
    """One object as all owners know it together; a light view of a row."""

    id: str
    t_tai_ns: int
    state_itrf: Rows
    state_cov_itrf: Rows
    members: tuple[Key, ...]  # whose tracks are in it
    aside: tuple[Key, ...]  # whose tracks are taken to be of it and are not believed
    way: str  # "alone", "fused", "with common knowledge taken out", "inverse intersection"
    is_ambiguous: bool
    phase: str
    phenomena: tuple[str, ...]
    caveats: tuple[str, ...]
    until: dict[str, int]  # by owner: up to when its knowledge is in it


@dataclass(frozen=True, slots=True)
class Joined:
    """Whose tracks are one object."""

    members: tuple[Key, ...]
    is_ambiguous: bool


@dataclass(frozen=True, slots=True, eq=False)
class JointTracks:
    """All objects at one instant: arrays have one row an object; `tracks[i]` and iteration give light views."""

    t_tai_ns: int
    ids: tuple[str, ...]
    states_itrf: Rows  # (n, 6)
    state_covs_itrf: Rows  # (n, 6, 6)
    is_ambiguous: Bools
    views: tuple[FusedTrack, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> FusedTrack:
        return self.views[index]

    def of(self, owner: str, number: str) -> FusedTrack | None:
        """The object that a track is taken to be of; None when it is not known."""
        for view in self.views:
            if (owner, number) in view.members or (owner, number) in view.aside:
                return view
        return None


@dataclass(frozen=True, slots=True)
class Batch:
    """Tracks of one owner at one instant, as one message told them: what the fold is made of."""

    t_tai_ns: int
    owner: str  # who told
    tracks: tuple[SharedTrack, ...]
    t_heard_tai_ns: int

    @property
    def order(self) -> tuple[int, str, tuple[str, ...]]:
        """A total order that arrival cannot change."""
        return self.t_tai_ns, self.owner, tuple(one.number for one in self.tracks)
