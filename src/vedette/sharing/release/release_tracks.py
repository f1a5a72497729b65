"""Tracks as a peer may hear them at one instant: carried to it, made coarse, and only where a grant says."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools
from vedette.reports import SharedTrack, TrackContent
from vedette.sharing.offering import LOWER
from vedette.sharing.release.coarse_places import coarse_probabilities
from vedette.sharing.release.coarse_state import Coarseness, coarse_states
from vedette.sharing.release.coasting import carried
from vedette.sharing.release.policy import FIELDS, Grant, Kind, third_party_trouble
from vedette.sharing.release.release_events import AS_IT_IS, NOT_GRANTED, area_trouble
from vedette.sharing.release.secrets import Secret

_TERM = np.zeros((6, 6), dtype=int)  # which of the 21 terms stands where
_TERM[LOWER] = np.arange(21)
_TERM = np.maximum(_TERM, _TERM.T)


class Judged(Struct, frozen=True):
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
    phases: Mapping[str, str],
) -> list[Judged]:
    """For every offer the first grant that fits, and what it lets be told; `phases`: by own name, as last told.

    Whether a track lies in an area is judged by the place that would be told and not by the true one: else the moment
    at which it is first told would be a precise position.
    """
    found: list[Judged | None] = [None] * len(offers)
    why = ["no grant of class track"] * len(offers)
    own = (owner,)
    for grant in grants:
        t_old, t_early = t_tai_ns - grant.coast_s * NS_PER_S, t_tai_ns + (grant.cadence_s + 60.0) * NS_PER_S
        asked = []
        for i, one in enumerate(offers):
            if found[i] is not None:
                continue
            is_plain = one.provenance == own and not one.caveats and not grant.phases
            is_plain = is_plain and t_old <= one.t_tai_ns <= t_early
            trouble = "" if is_plain else _plain_trouble(one, grant, t_tai_ns, owner, peer, phases)
            if trouble:
                why[i] = f"grant {grant.number}: {trouble}"
            else:
                asked.append(i)
        if not asked:
            continue
        some = [offers[i] for i in asked]
        states = np.array([(*one.position_itrf_m, *one.velocity_itrf_mps) for one in some])
        covs = np.array([one.covariance for one in some])[:, _TERM]
        times = np.array([one.t_tai_ns for one in some], dtype=np.int64)
        burning = np.array([one.phase == "boost" for one in some])
        states, covs = carried(states, covs, times, t_tai_ns, burning)
        is_up: Bools = np.asarray(np.isfinite(states).all(axis=1) & np.isfinite(covs).all(axis=(1, 2)))
        how = Coarseness(grant.position_m, grant.velocity_mps, grant.covariance == "round")
        keys = tuple(one.number for one in some)
        safe = np.where(is_up[:, None], states, 7e6)
        told, told_covs, steps_m, steps_mps = coarse_states(
            secret, keys, safe, np.where(is_up[:, None, None], covs, np.eye(6)), how
        )
        inside = {area.name: area.contains(told[:, :3]).tolist() for area in (*grant.areas, *grant.but_not)}
        rows = zip(
            asked, is_up.tolist(), told.tolist(), told_covs[:, LOWER[0], LOWER[1]].tolist(), steps_m.tolist(),
            steps_mps.tolist(), strict=True,
        )  # fmt: skip
        for row, (i, is_there, state, terms, step_m, step_mps) in enumerate(rows):
            trouble = "it has come down"
            if is_there:
                trouble = area_trouble({name: mask[row] for name, mask in inside.items()}, grant)
            if trouble:
                why[i] = f"grant {grant.number}: {trouble}"
                continue
            steps = step_m, step_mps
            track = _told(offers[i], state, tuple(terms), steps, t_tai_ns, grant, owner, names, phases)
            found[i] = Judged(offers[i], track, grant, "", steps)
    return [one or Judged(offers[i], None, None, why[i]) for i, one in enumerate(found)]


def _plain_trouble(
    offer: SharedTrack, grant: Grant, t_tai_ns: int, owner: str, peer: str, phases: Mapping[str, str]
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
    offer: SharedTrack, state: Sequence[float], terms: tuple[float, ...], steps: tuple[float, float], t_tai_ns: int,
    grant: Grant, owner: str, names: Callable[[str], str], phases: Mapping[str, str],
) -> SharedTrack:  # fmt: skip
    has = grant.fields.__contains__
    is_own = offer.provenance == (owner,) or all(name == owner for name in offer.provenance)
    caveats = offer.caveats
    if grant.caveats:
        caveats = (*caveats, *(one for one in grant.caveats if one not in caveats))
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
    x, y, z, vx, vy, vz = state
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
        covariance=terms,
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


class FieldWords:
    """Field by field what a grant does to a track, in words: made once for each grant and step."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, tuple[float, float]], dict[str, str]] = {}

    def of(self, grant: Grant, steps: tuple[float, float]) -> dict[str, str]:
        """Of one track."""
        found = self._known.get((grant.number, steps))
        if found is None:
            found = self._known[grant.number, steps] = track_fields(grant, steps)
        return found


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
