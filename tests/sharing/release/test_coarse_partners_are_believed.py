"""What a default policy lets out is coarse and honest: the fusion of the other side names no lie in it."""

import numpy as np
from tests.sharing.release.makings import T0, S

from vedette.exercise.hidden_sensor import draw_sky
from vedette.reports import Mode, SharedTrack
from vedette.sharing.offering import covariance_terms
from vedette.sharing.release import Releaser, parse_policy
from vedette.tracking.joint import JointTracker

POLICY = """version = 1
peer = "SOUTH"
modes = ["EXERCISE"]
[[grant]]
class = "track"
areas = ["everywhere"]
fields = ["provenance"]
"""


def tracks_of(
    owner: str, states: np.ndarray, t_tai_ns: int, sigma_m: float, rng: np.random.Generator
) -> list[SharedTrack]:
    """What an owner's tracker believes: the truth within its stated doubt."""
    cov = np.diag([sigma_m**2] * 3 + [(sigma_m / 100.0) ** 2] * 3)
    found = []
    for i, state in enumerate(states):
        x, y, z, vx, vy, vz = (state + np.sqrt(np.diag(cov)) * rng.standard_normal(6)).tolist()
        found.append(
            SharedTrack(
                number=f"{owner}-{i}", t_tai_ns=t_tai_ns, position_itrf_m=(x, y, z), velocity_itrf_mps=(vx, vy, vz),
                covariance=covariance_terms(cov), phase="orbit", provenance=(owner,),
            )
        )  # fmt: skip
    return found


def test_ten_minutes_of_coarse_tracks_raise_no_doubt() -> None:
    rng = np.random.default_rng(5)
    sky = draw_sky(rng, 34.0, -32.0, 8, hours=0.17, step_s=10.0)
    north = Releaser(parse_policy(POLICY), owner="NORTH", mode=Mode.EXERCISE, secret=bytes(range(32)))
    joint = JointTracker("SOUTH")
    said = []
    for step in range(60):
        now = T0 + step * 10 * S
        states = sky.states_itrf[:, step]
        joint.hear_own(tracks_of("SOUTH", states, now, 300.0, rng))
        for message in north.release(tracks_of("NORTH", states, now, 200.0, rng), now):
            told = [one for one in message.content if isinstance(one, SharedTrack)]
            joint.hear_partner("NORTH", told, now)
        said += [finding for finding in joint.findings() if finding.data.get("lie")]
    assert not said, [finding.text for finding in said]
    fused = joint.fused()
    assert len(fused.ids) < 16  # most of the eight are one and the same on both sides
