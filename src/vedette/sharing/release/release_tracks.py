"""Tracks as a peer may hear them at one instant: carried to it, made coarse, and only where a grant says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools
from vedette.reports import SharedTrack, TrackContent
from vedette.sharing.offering import covariance_of, covariance_terms
from vedette.sharing.release.coarse_places import coarse_probabilities
from vedette.sharing.release.coarse_state import Coarseness, coarse_states
from vedette.sharing.release.coasting import carried
from vedette.sharing.release.policy import FIELDS, Grant, Kind, third_party_trouble
from vedette.sharing.release.release_events import AS_IT_IS, NOT_GRANTED, area_trouble
from vedette.sharing.release.secrets import Secret


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of one track."""

    offer: SharedTrack
    told: SharedTrack | None
    grant: Grant | None
    why: str = ""
    steps: tuple[float, float] = (0.0, 0.0)


def judge_tracks(
    secret: Secret,
    offers: Sequence[SharedTrack],
    grants: Sequence[Grant],
    t_tai_ns: int,
    owner: str,
    peer: str,
    names: Callable[[str], str],
    phases: dict[str, str],
) -> list[Judged]:
    """For every offer the first grant that fits, and what it lets be told; `phases`: by own name, as last told.

    Whether a track lies in an area is judged by the place that would be told and not by the true one: else the moment
    at which it is first told would be a precise position.
    """
    found: list[Judged | None] = [None] * len(offers)
    why = ["no grant of class track"] * len(offers)
    for grant in grants:
        left = [i for i in range(len(offers)) if found[i] is None]
        asked = []
        for i in left:
            trouble = _plain_trouble(offers[i], grant, t_tai_ns, owner, peer, phases)
            if trouble:
                why[i] = f"grant {grant.number}: {trouble}"
            else:
                asked.append(i)
        if not asked:
            continue
        states = np.array([[*offers[i].position_itrf_m, *offers[i].velocity_itrf_mps] for i in asked])
        covs = np.array([covariance_of(offers[i].covariance) for i in asked])
        times = np.array([offers[i].t_tai_ns for i in asked], dtype=np.int64)
        burning = np.array([offers[i].phase == "boost" for i in asked])
        states, covs = carried(states, covs, times, t_tai_ns, burning)
        is_up: Bools = np.asarray(np.isfinite(states).all(axis=1) & np.isfinite(covs).all(axis=(1, 2)))
        how = Coarseness(grant.position_m, grant.velocity_mps, grant.covariance == "round")
        keys = tuple(offers[i].number for i in asked)
        safe = np.where(is_up[:, None], states, 7e6)
        told, told_covs, steps_m, steps_mps = coarse_states(
            secret, keys, safe, np.where(is_up[:, None, None], covs, np.eye(6)), how
        )
        inside = {area.name: area.contains(told[:, :3]) for area in (*grant.areas, *grant.but_not)}
        for row, i in enumerate(asked):
            trouble = "it has come down"
            if is_up[row]:
                trouble = area_trouble({name: bool(mask[row]) for name, mask in inside.items()}, grant)
            if trouble:
                why[i] = f"grant {grant.number}: {trouble}"
                continue
            steps = float(steps_m[row]), float(steps_mps[row])
            track = _told(offers[i], told[row], told_covs[row], steps, t_tai_ns, grant, owner, names, phases)
            found[i] = Judged(offers[i], track, grant, "", steps)
    return [one or Judged(offers[i], None, None, why[i]) for i, one in enumerate(found)]


def _plain_trouble(
    offer: SharedTrack, grant: Grant, t_tai_ns: int, owner: str, peer: str, phases: dict[str, str]
) -> str:
    """What can be said without looking at the state."""
    is_foreign = any(name != owner for name in offer.provenance)
    if is_foreign and not grant.is_third_party:
        return "it rests on what partners told, and this grant passes nothing on"
    if trouble := third_party_trouble(offer.provenance, offer.caveats, owner, peer):
        return trouble
    phase = offer.phase or phases.get(offer.number, "")
    if grant.phases and phase not in grant.phases:
        return f"its phase is {phase or 'not known'}"
    unseen_s = (t_tai_ns - offer.t_tai_ns) / NS_PER_S
    if unseen_s > grant.coast_s:
        return f"unseen for {unseen_s:.0f} s, longer than it coasts"
    if unseen_s < -grant.cadence_s - 60.0:
        return "its state is of an instant to come"
    return ""


def _told(
    offer: SharedTrack, state: np.ndarray, cov: np.ndarray, steps: tuple[float, float], t_tai_ns: int, grant: Grant,
    owner: str, names: Callable[[str], str], phases: dict[str, str],
) -> SharedTrack:  # fmt: skip
    has = grant.fields.__contains__
    is_own = all(name == owner for name in offer.provenance)
    caveats = (*offer.caveats, *(one for one in grant.caveats if one not in offer.caveats))
    if not is_own and max(steps) <= 0.0:  # passed on as it came: it then counts once, however often it comes round
        return replace(
            offer,
            phase=offer.phase if has("phase") else "",
            probabilities=offer.probabilities if has("probabilities") else {},
            phenomena=offer.phenomena if has("phenomena") else (),
            parents=(), sensors=(), is_responsible=False, caveats=caveats,
        )  # fmt: skip
    is_exact = max(steps) <= 0.0 and offer.t_tai_ns == t_tai_ns
    # when ours was last looked at is nobody's business where states are coarse
    tells_when = not is_own or (has("provenance") and max(steps) <= 0.0)
    places = 0 if steps[0] >= 1.0 else 3
    x, y, z, vx, vy, vz = (float(v) for v in state)
    position = (round(x, places), round(y, places), round(z, places)) if steps[0] > 0.0 else (x, y, z)
    velocity = (round(vx, 3), round(vy, 3), round(vz, 3)) if steps[1] > 0.0 else (vx, vy, vz)
    is_tracklet = is_exact and offer.content is TrackContent.TRACKLET
    return SharedTrack(
        number=names(offer.number) if is_own else offer.number,
        parents=tuple(names(one) for one in offer.parents) if has("parents") and is_own else (),
        content=TrackContent.TRACKLET if is_tracklet else TrackContent.FILTERED,
        t_tai_ns=t_tai_ns,
        t_since_tai_ns=offer.t_since_tai_ns if is_tracklet else None,
        position_itrf_m=position,
        velocity_itrf_mps=velocity,
        covariance=covariance_terms(cov),
        phase=(offer.phase or phases.get(offer.number, "")) if has("phase") else "",
        probabilities=coarse_probabilities(offer.probabilities, grant.share) if has("probabilities") else {},
        phenomena=offer.phenomena if has("phenomena") else (),
        # that others contributed must be told where their part is passed on, or it would be counted twice
        provenance=offer.provenance if has("provenance") or not is_own else (),
        provenance_t_tai_ns=offer.provenance_t_tai_ns if tells_when else (),
        sensors=offer.sensors if has("sensors") else (),
        caveats=caveats,
        is_responsible=offer.is_responsible if has("responsible") else False,
    )


def track_fields(grant: Grant, steps: tuple[float, float]) -> dict[str, str]:
    """Field by field what a grant does to a track, in words."""
    told = {
        "number": "by the peer's name",
        "time": f"carried to a whole {grant.cadence_s:g} s",
        "position": f"in steps of {steps[0] / 1e3:g} km, with a fixed offset" if steps[0] > 0.0 else AS_IT_IS,
        "velocity": f"in steps of {steps[1]:g} m/s" if steps[1] > 0.0 else AS_IT_IS,
        "covariance": "a ball that hides its shape" if grant.covariance == "round" else "grown by what was added",
    }
    how = {"parents": "by the peer's names", "probabilities": f"in steps of {grant.share:g}"}
    for name in FIELDS[Kind.TRACK]:
        told[name] = how.get(name, AS_IT_IS) if name in grant.fields else NOT_GRANTED
    return told
