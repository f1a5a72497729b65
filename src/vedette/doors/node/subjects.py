"""How what passes between nodes is named at the broker: subjects, streams, consumers, accounts.

Everything that one node tells another goes under `v1.OWNER.NODE.to.PEER.LANE`, PEER being the other node's name. Each
lane has a stream of its own in the teller's broker, so that its numbers there have no gaps, and one durable consumer
that the hearer draws from.
"""

LANES = ("warn", "words", "track", "bulk")  # in the order of what matters
DUTY = "duty"  # a stream between services of one owner, beside the lanes
KEPT_S = {"warn": 0, "words": 0, "track": 3600, "bulk": 86_400}  # how long the broker keeps it; 0: until it is told
KEPT_COUNT = {"warn": 1_000_000, "words": 1_000_000, "track": 200_000, "bulk": 100_000}  # messages, at most


def subject_of(teller_owner: str, teller_node: str, hearer: str, lane: str) -> str:
    """Where a node's messages for another pass."""
    return f"v1.{teller_owner}.{teller_node}.to.{hearer}.{lane}"


def kept_of(hearer: str, lane: str) -> str:
    """Where our own gateway puts them, and nobody else may: what is on the disk is then told under `subject_of`."""
    return f"keep.{hearer}.{lane}"


def subjects_of(teller_owner: str, teller_node: str, hearer: str) -> str:
    """All lanes of them."""
    return f"v1.{teller_owner}.{teller_node}.to.{hearer}.>"


def stream_of(teller: str, hearer: str, lane: str) -> str:
    """The stream in the teller's broker; the name is nowhere else, whichever brokers are joined."""
    return f"{teller}_to_{hearer}_{lane}"


def account_of(peer: str) -> str:
    """The account of our broker in which a partner and we meet; nothing else is in it."""
    return f"MEET_{peer}"


OWN_ACCOUNT, SYSTEM_ACCOUNT = "OWN", "SYS"
