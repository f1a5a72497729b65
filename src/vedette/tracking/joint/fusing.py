"""One belief out of all owners' beliefs of an object: nothing counted twice.

Beliefs that rest on their own owner's looks alone share only what all filters suppose of the motion: they are joined
with that part taken as tied. A belief that holds other owners' knowledge too has it taken out where it is known what
that knowledge was and up to when; where it is not, the two are joined as if each might hold all of the other's.
"""

from collections.abc import Sequence

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.tracking.joint.carrying import carried, phases_of, seconds_between
from vedette.tracking.joint.intersection import inverse, inverse_intersection, split_intersection
from vedette.tracking.joint.source import Beliefs, Source, believed_then

ALONE, FUSED, TAKEN_OUT, INVERSE = "alone", "fused", "with common knowledge taken out", "inverse intersection"
_NONE_LEFT = 1e-3  # of an owner's information: what remains when the rest is taken out counts as nothing


def fused_rows(
    groups: Sequence[Sequence[int]], sources: Sequence[Source], rows: Beliefs, t_tai_ns: int
) -> tuple[Rows, Rows, list[str]]:
    """States (g, 6), covariances (g, 6, 6) and how each came about.

    groups : for each object the rows of its sources, those of one owner's looks first, each in order of owner
    """
    count = len(groups)
    state, cov, tied = np.empty((count, 6)), np.empty((count, 6, 6)), np.empty((count, 6, 6))
    ways = [ALONE] * count
    pure = [[i for i in group if not sources[i].is_mixed] or list(group[:1]) for group in groups]
    for g, members in enumerate(pure):
        state[g], cov[g], tied[g] = (part[members[0]] for part in (rows.states_itrf, rows.covs, rows.tied))
    for rank in range(1, max((len(members) for members in pure), default=0)):
        which = [g for g, members in enumerate(pure) if len(members) > rank]
        new = [pure[g][rank] for g in which]
        state[which], cov[which], tied[which] = split_intersection(
            state[which], cov[which], tied[which], rows.states_itrf[new], rows.covs[new], rows.tied[new]
        )
        for g in which:
            ways[g] = FUSED
    for g, group in enumerate(groups):
        have = {sources[i].key[0] for i in pure[g]} if not sources[pure[g][0]].is_mixed else set()
        inside = set(sources[pure[g][0]].until) if not have else set(have)
        for i in group:
            if i in pure[g]:
                continue
            known = {sources[j].key[0]: sources[j] for j in pure[g]}
            one = _mixed(state[g], cov[g], sources[i], rows.states_itrf[i], rows.covs[i], known, inside, t_tai_ns)
            state[g], cov[g], ways[g] = one
            inside |= set(sources[i].until)
    return state, cov, ways


def _mixed(
    state: Scalar, cov: Rows, source: Source, its_state: Scalar, its_cov: Rows, known: dict[str, Source],
    inside: set[str], t_tai_ns: int,
) -> tuple[Scalar, Rows, str]:  # fmt: skip
    """A belief joined with one that holds other owners' knowledge, some of which is in the first already."""
    shared = sorted(inside & set(source.until))
    told = {name: source.until[name] for name in shared}
    if not all(name in known and told[name] for name in shared):
        mean, out, _ = inverse_intersection(state, cov, its_state, its_cov)
        return mean, out, INVERSE
    Y = inverse(its_cov)
    y = np.zeros(6)  # about the belief's own state, so that millions of metres cost no digits
    for name in shared:
        t_then, then, then_cov = believed_then(known[name], told[name])
        phase = phases_of([known[name].phase], then[None])
        now = carried(
            Beliefs(then[None], then_cov[None], np.zeros((1, 6, 6))), seconds_between(t_tai_ns, t_then), phase
        )
        part = inverse(now.covs[0])
        Y = Y - part
        y = y - part @ (now.states_itrf[0] - its_state)
    left, keep = _not_negative(Y, its_cov)
    joint = inverse(inverse(cov) + left)
    away = left @ (its_state - state) + keep @ y
    return state + joint @ away, joint, TAKEN_OUT


def _not_negative(Y: Rows, cov: Rows) -> tuple[Rows, Rows]:
    """Information with what is below nothing set to nothing, and the projection that did it."""
    scale = np.sqrt(np.diagonal(cov))
    values, vectors = np.linalg.eigh(0.5 * (Y + Y.T) * np.outer(scale, scale))
    part = values > _NONE_LEFT * 1e-6
    left = (vectors * np.where(part, values, 0.0)) @ vectors.T / np.outer(scale, scale)
    keep = (vectors * part) @ vectors.T * scale[None, :] / scale[:, None]
    return left, keep
