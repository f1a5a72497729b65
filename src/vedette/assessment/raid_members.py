"""Which of a follower's objects may belong to a raid, and what counting one asks of each."""

from collections.abc import Iterable

import numpy as np

from vedette.assessment.candidates.raid import Member
from vedette.assessment.launch_object import LaunchObject
from vedette.core.constants import NS_PER_S
from vedette.reports import Evidence


def raid_members(objects: Iterable[LaunchObject]) -> list[Member]:
    """What is told, and what is still followed; of what was lost before it was told another track may be the rest."""
    return [member_of(one) for one in objects if not one.is_merged and (_stands(one) or one.phase not in _GONE)]


_FRESH_S = 15.0
_GONE = ("lost", "down", "orbit")


def _is_told(one: LaunchObject) -> bool:
    """Whether an alert stands for its launch."""
    return one.launch is not None and "launch" in one.alerts and one.dossier.level.evidence is not Evidence.WITHDRAWN


def _stands(one: LaunchObject) -> bool:
    """Whether what its alert says is still well founded: of what was lost in doubt another track is the rest."""
    return _is_told(one) and one.dossier.level.evidence is not Evidence.CANDIDATE


def _is_fresh(one: LaunchObject) -> bool:
    """Found a moment ago: what the tracker still doubts are the false detections of a quiet sky, and this is none."""
    return (one.t_state_tai_ns - one.t_seen_tai_ns) / NS_PER_S <= _FRESH_S


def member_of(one: LaunchObject) -> Member:
    """What a raid asks of an object."""
    is_told = _is_told(one)
    return Member(
        id=one.id,
        t_tai_ns=one.launch.t_tai_ns if is_told and one.launch is not None else one.t_first_tai_ns,
        explanations=one.dossier.by_year,
        place_itrf_m=one.state_itrf[:3],
        place_sigma_m=float(np.sqrt(np.linalg.eigvalsh(one.state_cov_itrf[:3, :3])[-1])),
        existence=1.0 if _is_fresh(one) else one.existence,
        is_told=is_told,
        is_fitted=one.fit is not None and "no-launch-fits" not in one.marks,
        log_looks=one.dossier.log_looks,
        seen_by=tuple(one.looks_by_sensor),
        t_now_tai_ns=one.t_state_tai_ns,
    )
