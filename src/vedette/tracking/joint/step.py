"""One message into the joint state: what is told, which object it is of, how it compares, what it teaches."""

import numpy as np
from scipy.spatial import cKDTree

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Scalar
from vedette.estimation import mahalanobis_sq
from vedette.frames import geodetic_from_itrf
from vedette.motion.propagate import perigee_radius
from vedette.reports import SharedTrack, TrackContent
from vedette.tracking.joint.association import GATE, common_offset, paired
from vedette.tracking.joint.carrying import BOOST, COAST, Beliefs, phases_of
from vedette.tracking.joint.offsets import SIZE, shifted
from vedette.tracking.joint.owner_registration import LOOKED_BACK_S, MOST_LESSONS, Lesson, solved
from vedette.tracking.joint.picture import JointState
from vedette.tracking.joint.source import Source, at_instant, with_told
from vedette.tracking.joint.trust import PAIR_GATE, Compared, judged
from vedette.tracking.joint.values import Batch, Key, Lie, OwnerTrust, Trust

FRESH_S = 60.0  # a track not told for so long is no measure of another's
TAUGHT_S = 30.0  # one that has seen nothing for so long is left to its model, and says little about an owner's care
FALLING_SIGMA_M, BURNING_SIGMA_M = 20e3, 5e3
AIR_TOP_M = 120e3
MET_S = 300.0  # nor is it tried whether it is another's object
GONE_S = 900.0  # and it is forgotten, an orbit later than anything that falls
ORBIT_GONE_S = 6 * 3600.0
APART_TO_LEAVE = 3
_COPY_AT = 0.05  # squared distance of two numbers of one owner that no two honest tracks come near
_COPIES_TO_SAY = 2
_SOLVED_EVERY_S = 10.0
_NO_TEACHERS = (Lie.FROZEN, Lie.ECHO)
_ORBIT_RADIUS_M = 6.378137e6 + 120e3
# what a pair of owners may be off before anything is known of them: small beside what is tried by pattern
_DOUBT = np.diag(np.array([0.02, *(50.0,) * 3, *(1e-5,) * 3]) ** 2)


def teller_of(source: Source) -> str:
    """Under whom a track stands in its object: its owner, or who told it where others' knowledge is in it too."""
    return source.key[0]


def key_of(track: SharedTrack, told_by: str) -> Key:
    """Whose track it is and which. What is passed on unmixed stays its first owner's."""
    origin = track.provenance[0] if len(track.provenance) == 1 else told_by
    return origin, track.number


def absorb(state: JointState, batch: Batch, own: str) -> None:
    """One message's tracks, in place."""
    t = batch.t_tai_ns
    sooner = min(t, batch.t_heard_tai_ns)  # nobody's clock carries us beyond our own
    state.t_newest_tai_ns = max(sooner, state.t_newest_tai_ns or sooner)
    told, met_before, still = _tell(state, batch, own)
    if not told:
        return
    for key in told:
        if key not in state.object_of:
            state.join(key, key[0], name_of_object(key))
    if batch.owner != own:
        copies = _copies(state, [key for key in told if key[0] == batch.owner])
    _meet(state, told, t, own)
    for owner in sorted({key[0] for key in told}):
        _compare(state, [key for key in told if key[0] == owner], owner, t, own)
    _learn(state, told, t)
    if batch.owner != own:
        seen = _differences(state, [key for key in told if key[0] == batch.owner], batch.owner, t, own)
        share = still / met_before if met_before else 0.0
        was = state.trust.get(batch.owner, OwnerTrust(batch.owner))
        now = state.trust[batch.owner] = judged(was, seen, t, share, copies, seconds_ahead(batch))
        if now.trust is not was.trust:  # it does not read as before: what earlier satellites taught is past
            old = [key for key, one in state.lessons.items() if batch.owner in key[:2] and one.t_tai_ns < t]
            for lesson in old:
                del state.lessons[lesson]
    if t - state.t_solved_tai_ns >= _SOLVED_EVERY_S * NS_PER_S and state.lessons:
        state.offsets, state.t_solved_tai_ns = solved(state.lessons), t
    _forget(state, t)


def seconds_ahead(batch: Batch) -> float:
    """By how much a message speaks of later than it was heard."""
    return (batch.t_tai_ns - batch.t_heard_tai_ns) / NS_PER_S


def name_of_object(key: Key) -> str:
    """A name that both sides of a link give it."""
    return f"J:{key[0]}:{key[1]}"


def _tell(state: JointState, batch: Batch, own: str) -> tuple[list[Key], int, int]:
    """Take what is told: keys that are new or newer, how many were told before, how many of these stand still."""
    keys, tracks = [], []
    for track in batch.tracks:
        key = key_of(track, batch.owner)
        if key[0] == own and batch.owner != own:
            continue  # our own track passed back
        held = state.sources.get(key)
        if key in keys or (held is not None and held.t_tai_ns >= track.t_tai_ns):
            continue
        if held is None and track.content is TrackContent.TRACKLET and track.t_since_tai_ns is None:
            continue
        keys.append(key)
        tracks.append(track)
    if not keys:
        return [], 0, 0
    new = with_told([state.sources.get(key) for key in keys], keys, tracks, batch.owner)
    known = sum(key in state.sources for key in keys)
    for key, source in zip(keys, new, strict=True):
        state.sources[key] = source
    return keys, known, sum(one.is_still for one in new)


def _copies(state: JointState, keys: list[Key]) -> int:
    """How many numbers of an owner repeat another of its tracks."""
    if len(keys) < 2:
        return len([key for key in keys if key in state.same_as])
    sources = [state.sources[key] for key in keys]
    x, P = np.array([one.state_itrf for one in sources]), np.array([one.cov for one in sources])
    reach_m = float(np.sqrt(np.trace(P[:, :3, :3], axis1=1, axis2=2)).max())
    for i, j in sorted(cKDTree(x[:, :3]).query_pairs(reach_m)):
        a, b = sorted((keys[i], keys[j]), key=lambda key: (state.sources[key].t_first_tai_ns, key))
        squared = float(mahalanobis_sq(x[i] - x[j], P[i] + P[j]))
        if squared > _COPY_AT:
            state.copies.pop((a, b), None)
            state.same_as.pop(b, None)
            continue
        state.copies[a, b] = state.copies.get((a, b), 0) + (2 if squared < 1e-9 else 1)
        if state.copies[a, b] >= _COPIES_TO_SAY:
            state.same_as[b] = a
    return len([key for key in keys if key in state.same_as])


def _meet(state: JointState, told: list[Key], t: int, own: str) -> None:
    """Tracks that stand alone: are they of an object that others tell?"""
    edge = t - round(MET_S * NS_PER_S)
    for owner in sorted({key[0] for key in told}):
        single = [key for key in told if key[0] == owner and _is_single(state, key)]
        single = [key for key in single if key not in state.same_as]
        if not single:
            continue
        for other in sorted({key[0] for key in state.sources} - {owner}):
            mine = [key for key in single if _is_single(state, key)]
            theirs = [
                key for key, one in sorted(state.sources.items())
                if key[0] == other and one.t_tai_ns >= edge and key not in state.same_as
                and not _stands_with(state, key, owner, edge)
            ]  # fmt: skip
            if mine and theirs:
                _pair_up(state, mine, theirs, t)


def _pair_up(state: JointState, mine: list[Key], theirs: list[Key], t: int) -> None:
    """Pairs of an owner's new tracks with another's; always reckoned from the owner that comes first by name."""
    first, second = (mine, theirs) if mine[0][0] < theirs[0][0] else (theirs, mine)
    rows, _ = at_instant([state.sources[key] for key in (*first, *second)], t)
    n = len(first)
    a, b = first[0][0], second[0][0]
    offset, doubt = state.offsets.between(a, b)
    told = state.offsets.is_told(a, b)
    found = paired(
        rows.states_itrf[:n], rows.covs[:n], rows.states_itrf[n:], rows.covs[n:],
        offset if told else np.zeros(SIZE), doubt if told else _DOUBT,
    )  # fmt: skip
    for i, j, unsure in zip(found.first, found.second, found.is_ambiguous, strict=True):
        one, two = first[int(i)], second[int(j)]
        state.ambiguous[one] = state.ambiguous[two] = bool(unsure)
        if unsure:
            continue
        _unite(state, one, two)


def _unite(state: JointState, one: Key, two: Key) -> None:
    """Two tracks are of one object; the name of the one told first stays."""
    names = state.object_of[one], state.object_of[two]
    stays, goes = sorted(names, key=lambda name: (_first_told(state, name), name))
    for teller, key in sorted(state.objects[goes].items()):
        if teller not in state.objects[stays]:
            state.join(key, teller, stays)


def _first_told(state: JointState, name: str) -> int:
    return min(state.sources[key].t_first_tai_ns for key in state.objects[name].values())


def _is_single(state: JointState, key: Key) -> bool:
    return len(state.objects[state.object_of[key]]) == 1


def _stands_with(state: JointState, key: Key, owner: str, edge: int) -> bool:
    """A live track of the owner is of this one's object already."""
    name = state.object_of.get(key)
    held = state.objects.get(name, {}).get(owner) if name else None
    return held is not None and state.sources[held].t_tai_ns >= edge


def _reference(state: JointState, key: Key, owner: str, t: int, own: str) -> Source | None:
    """What else is known of an object: our own track first, then those of owners in good standing."""
    members = state.objects.get(state.object_of.get(key, ""), {})
    edge = t - round(FRESH_S * NS_PER_S)
    live = {name: state.sources[one] for name, one in members.items() if name != owner}
    live = {name: one for name, one in live.items() if one.t_tai_ns >= edge and not one.is_still}
    if own in live:
        return live[own]
    good = [name for name in sorted(live) if standing(state, name).trust is Trust.TRUSTED and not live[name].is_mixed]
    return live[good[0]] if good else None


def is_taught(source: Source, t_tai_ns: int) -> bool:
    """It has seen its object lately, as far as its covariance tells."""
    return t_tai_ns - source.t_taught_tai_ns <= TAUGHT_S * NS_PER_S


def standing(state: JointState, owner: str) -> OwnerTrust:
    """An owner's standing; a good one where nothing was said yet."""
    return state.trust.get(owner, OwnerTrust(owner))


def _differences(state: JointState, keys: list[Key], owner: str, t: int, own: str) -> Compared:
    """The tracks of a message beside what is known without their owner."""
    pairs = [(state.sources[key], _reference(state, key, owner, t, own)) for key in keys if key not in state.same_as]
    both = [
        (mine, other)
        for mine, other in pairs
        if owner != own and other is not None and is_taught(mine, t) and is_taught(other, t)
    ]
    if not both:
        none = np.empty((0, 6))
        return Compared(none, none, np.empty((0, 6, 6)), np.empty((0, 6, 6)), np.empty(0, dtype=bool))
    rows, _ = at_instant([*(one for one, _ in both), *(other for _, other in both)], t)
    use = np.flatnonzero(_are_measures(both, rows))
    mine, others = [both[i][0] for i in use], [both[i][1] for i in use]
    n = len(use)
    states, covs = (part[np.concatenate([use, use + len(both)])] for part in (rows.states_itrf, rows.covs))
    corrected = states.copy()
    for i, one in enumerate((*mine, *others)):
        corrected[i] = corrected_state(state, one.key[0], states[i])
    apart = corrected[:n] - corrected[n:]
    still = np.array([one.is_still for one in mine], dtype=bool)
    numbers = tuple(one.key[1] for one in mine)
    return Compared(corrected[n:], apart, covs[:n] + covs[n:], covs[:n], still, numbers)


def _are_measures(both: list[tuple[Source, Source]], rows: Beliefs) -> Bools:
    """(n,) whether a pair says something about its owners' care.

    What orbits is flown by a model that all know. What falls is too, as long as it is not left to that model from afar;
    a burn is, while it is seen sharply. In the air the ballistic coefficient is anybody's guess, and so are the tracks.
    """
    n = len(both)
    _, _, height_m = geodetic_from_itrf(rows.states_itrf[:, :3])
    sigma_m = np.sqrt(np.trace(rows.covs[:, :3, :3], axis1=1, axis2=2))
    phase = phases_of([one.phase for one, _ in both] + [other.phase for _, other in both], rows.states_itrf)
    burning = (phase[:n] == BOOST) | (phase[n:] == BOOST)  # one owner may say so and the other nothing
    phase[np.concatenate([burning, burning])] = BOOST
    orbits = np.array([perigee_radius(state) > _ORBIT_RADIUS_M for state in rows.states_itrf])
    falls = (phase == COAST) & (sigma_m < FALLING_SIGMA_M)
    burns = (phase == BOOST) & (sigma_m < BURNING_SIGMA_M)
    fine = (orbits & (phase == COAST)) | ((falls | burns) & (height_m > AIR_TOP_M))
    return np.asarray(fine[:n] & fine[n:])


def corrected_state(state: JointState, owner: str, state_itrf: Scalar) -> Scalar:
    """A state with what its owner is known to read otherwise taken off."""
    off = state.offsets.correction(owner)
    if off is None:
        return state_itrf
    return np.asarray(state_itrf - (shifted(state_itrf[None], off)[0] - state_itrf))


def _learn(state: JointState, told: list[Key], t: int) -> None:
    """Differences of shared satellites teach what their owners read otherwise: the same on every side of a link."""
    edge = t - round(FRESH_S * NS_PER_S)
    pairs: list[tuple[Source, Source, str]] = []
    for key in told:
        name = state.object_of[key]
        for other in sorted(state.objects[name].values()):
            first, second = (state.sources[one] for one in sorted((key, other)))
            both = (first, second)
            if other == key or any(one.is_mixed or one.is_still or one.t_tai_ns < edge for one in both):
                continue
            if all(is_taught(one, t) and standing(state, one.key[0]).lie not in _NO_TEACHERS for one in both):
                pairs.append((first, second, name))
    if pairs:
        n = len(pairs)
        rows, _ = at_instant([*(one for one, _, _ in pairs), *(other for _, other, _ in pairs)], t)
        x, P = rows.states_itrf, rows.covs
        for i, (former, latter, name) in enumerate(pairs):
            if perigee_radius(x[i]) > _ORBIT_RADIUS_M:
                lesson = Lesson(t, x[i], x[n + i] - x[i], P[i] + P[n + i])
                state.lessons[former.key[0], latter.key[0], name] = lesson
    edge = t - round(LOOKED_BACK_S * NS_PER_S)
    if len(state.lessons) > MOST_LESSONS or any(one.t_tai_ns < edge for one in state.lessons.values()):
        kept = sorted(state.lessons.items(), key=lambda item: (-item[1].t_tai_ns, item[0]))[:MOST_LESSONS]
        state.lessons = {key: one for key, one in kept if one.t_tai_ns >= edge}


def _compare(state: JointState, keys: list[Key], owner: str, t: int, own: str) -> None:
    """A track that alone among its owner's no longer fits its object leaves it."""
    held = [key for key in keys if len(state.objects[state.object_of[key]]) > 1]
    if not held:
        return
    pairs = [(key, _reference(state, key, owner, t, own)) for key in held]
    both = [
        (key, other)
        for key, other in pairs
        if other is not None and is_taught(state.sources[key], t) and is_taught(other, t)
    ]
    if not both:
        return
    n = len(both)
    rows, _ = at_instant([*(state.sources[key] for key, _ in both), *(other for _, other in both)], t)
    states = np.array(
        [
            corrected_state(state, name, rows.states_itrf[i])
            for i, name in enumerate([*(key[0] for key, _ in both), *(other.key[0] for _, other in both)])
        ]
    )
    S = rows.covs[:n] + rows.covs[n:]
    squared = mahalanobis_sq(states[:n] - states[n:], S)
    if n > 1 and (squared > PAIR_GATE).any():  # what is common to all is no single track's fault
        offset = common_offset(states[n:], states[:n], S)
        squared = np.minimum(squared, mahalanobis_sq(states[:n] - shifted(states[n:], offset), S))
    outside = squared > GATE
    is_common = outside.sum() > 0.5 * n  # then it is the owner's matter, and its tracks stay with their objects
    for (key, _), is_out in zip(both, outside, strict=True):
        if not is_out or is_common:
            state.apart.pop(key, None)
            continue
        state.apart[key] = state.apart.get(key, 0) + 1
        if state.apart[key] >= APART_TO_LEAVE:
            state.apart.pop(key, None)
            state.join(key, key[0], name_of_object(key) + "'")


def _forget(state: JointState, t: int) -> None:
    """Tracks that were not told for long."""
    edge = t - round(GONE_S * NS_PER_S)
    for key, one in list(state.sources.items()):
        if one.t_tai_ns >= edge:
            continue
        lasting = perigee_radius(one.state_itrf) > _ORBIT_RADIUS_M
        if not lasting or one.t_tai_ns < t - round(ORBIT_GONE_S * NS_PER_S):
            state.forget(key)
