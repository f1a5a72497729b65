"""Re-entries: when an object comes down, along which ground track, and whether a fall was natural."""

from vedette.catalogue.decay.activity import as_known_on
from vedette.catalogue.decay.area_to_mass import AreaToMass, area_to_mass
from vedette.catalogue.decay.bodies import known_body
from vedette.catalogue.decay.forecast import Decay, foretell_decay
from vedette.catalogue.decay.track import track_itrf_m
from vedette.catalogue.decay.verdict import FallVerdict, judge_fall

__all__ = [
    "AreaToMass", "Decay", "FallVerdict", "area_to_mass", "as_known_on", "foretell_decay", "judge_fall", "known_body",
    "track_itrf_m",
]  # fmt: skip
