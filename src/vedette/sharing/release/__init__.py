"""Release policy: what may leave, to whom, how coarse and when; nothing unless it is granted."""

from vedette.sharing.release.coasting import warm_up
from vedette.sharing.release.policy import FIELDS, LANES, Grant, Kind, ReleaseArea, ReleasePolicy
from vedette.sharing.release.policy_toml import example_policy_text, nothing_released, parse_policy
from vedette.sharing.release.releaser import Releaser
from vedette.sharing.release.secrets import SECRET_BYTES, Secret
from vedette.sharing.release.told import Live, Outgoing, ReleaseRow, ReleaserState, padded_size, state_of

__all__ = [
    "FIELDS",
    "LANES",
    "SECRET_BYTES",
    "Grant",
    "Kind",
    "Live",
    "Outgoing",
    "ReleaseArea",
    "ReleasePolicy",
    "ReleaseRow",
    "Releaser",
    "ReleaserState",
    "Secret",
    "example_policy_text",
    "nothing_released",
    "padded_size",
    "parse_policy",
    "state_of",
    "warm_up",
]
