"""A policy that grants everything as it is, at once: for trials, benchmarks and drills between one's own nodes."""

from collections.abc import Iterable

from vedette.reports import Mode
from vedette.sharing.release.policy import FIELDS, Kind

_WORDS = ("query", "reply", "note")


def open_policy_text(peer: str, modes: Iterable[Mode] = tuple(Mode), track_cadence_s: float = 1.0) -> str:
    """The TOML of it; nothing about sensors' health, looks or notices."""
    event, track = (_list(FIELDS[kind]) for kind in (Kind.EVENT, Kind.TRACK))
    return f"""version = 1
peer = "{peer}"
modes = {_list(mode.value for mode in modes)}
numbers = "common"
pad_bytes = 0
[[grant]]
class = "event"
areas = ["everywhere"]
place_km = 0
time_s = 0
shapes = "full"
cadence_s = 0.1
evidence_least = "candidate"
fields = {event}
[[grant]]
class = "track"
areas = ["everywhere"]
position_km = 0
velocity_mps = 0
covariance = "full"
cadence_s = {track_cadence_s:g}
fields = {track}
[[grant]]
class = "words"
words = {_list(_WORDS)}
cadence_s = 0.1
"""


def _list(words: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in words) + "]"
