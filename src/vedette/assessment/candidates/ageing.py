"""What an object that is no longer seen may still claim (rule R32): how old, how wide, for how long."""

import numpy as np

from vedette.assessment.areas import areas_of, from_local, local_m, patch_from_cloud
from vedette.assessment.candidates.policy import AgeingRules
from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.launch_products import interval_tai_ns
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.reports import ImpactArea

_COPIES = 24
_ENTRY_MPS = 2_000.0  # what comes down moves by about so much along the ground: metres to seconds


def age_marks(unseen_s: float, is_gone: bool, rules: AgeingRules) -> tuple[str, ...]:
    """"stale" or "lost", by how long nobody has seen it; `is_gone`: the tracker has let it go."""
    if is_gone or unseen_s >= rules.lost_s:
        return ("lost",)
    return ("stale",) if unseen_s >= rules.stale_s else ()


def overlooked_m(unseen_s: float, rules: AgeingRules) -> float:
    """One sigma, in metres, of what may have been overlooked since it was last seen."""
    return 0.5 * rules.unseen_mps2 * max(unseen_s, 0.0) ** 2


def widened_impact(fit: LaunchFit, sigma_m: float) -> ImpactArea | None:
    """The impact area of a fit when its flights may have strayed by `sigma_m` (one sigma, each axis) since."""
    down = fit.cloud.falls
    count = int(np.count_nonzero(down))
    if count < 20:
        return None
    lat, lon = fit.cloud.impact_lat_rad[down], fit.cloud.impact_lon_rad[down]
    middle = fit.impact_patch()
    assert middle is not None
    here = local_m(lat, lon, middle.lat_rad, middle.lon_rad)
    spread = _even_normal(_COPIES) * sigma_m  # every flight strays each way alike: no chance is drawn
    lat, lon = from_local(
        (here[:, None, :] + spread[None, :, :]).reshape(-1, 2), middle.lat_rad, middle.lon_rad
    )
    patch = patch_from_cloud(lat, lon, fit.cloud.worth)
    first, last = interval_tai_ns(fit.cloud.t_impact_tai_ns[down])
    late_ns = round(1.645 * sigma_m / _ENTRY_MPS * NS_PER_S)
    return ImpactArea(
        areas=areas_of(patch),
        lat_deg=round(float(np.degrees(patch.lat_rad)), 5),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 5),
        t_90_tai_ns=(first - late_ns, last + late_ns),
    )


def is_expired_unseen(t_seen_tai_ns: int, t_start_tai_ns: int, t_end_tai_ns: int, rules: AgeingRules) -> bool:
    """Whether a prediction that has run out rests on too old a look to say that it came true."""
    flight = max(t_end_tai_ns - t_start_tai_ns, 1)
    return (t_end_tai_ns - t_seen_tai_ns) / flight > rules.unseen_flight_share


def _even_normal(count: int) -> Rows:
    """Points (count, 2) of a standard normal, evenly spread [sunflower; Vogel 1979]."""
    i = np.arange(count) + 0.5
    radius = np.sqrt(-2.0 * np.log(1.0 - i / count))
    turn = i * np.pi * (3.0 - np.sqrt(5.0))
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])
