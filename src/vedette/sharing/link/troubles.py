"""Everything that can be wrong with what comes by a link, each with a name of its own and what becomes of the link.

The names are what `PartnerNews.trouble` holds. A refused message leaves no trace in the picture; what is kept and said
is authentic, but something about it, or about what should have come before it, is not as it should be.
"""

from enum import StrEnum

from vedette.reports import LinkState


class Trouble(StrEnum):
    """What is wrong with a message, or with what it shows of its link."""

    # refused: nothing of it is believed
    GARBAGE = "garbage"  # no message of a link at all, or one that was cut or damaged in its outermost spelling
    NEWER_SPELLING = "newer-spelling"  # a message of a link, in a spelling this version cannot read
    WRONG_KEY = "wrong-key"  # by a key that nobody here said is the partner's
    REVOKED = "revoked"  # by a key that was taken back
    RETIRED = "retired-key"  # by a key whose time is over
    EARLY_KEY = "early-key"  # by a key whose time has not come
    CHANGED = "changed"  # the signature does not fit, or the content is not what was signed: a flipped bit is enough
    UNREADABLE = "unreadable"  # well signed, and not what a link says
    WRONG_RECIPIENT = "wrong-recipient"  # for somebody else
    WRONG_LINK = "wrong-link"  # of another node or lane than this one
    WRONG_MODE = "wrong-mode"  # a drill on a live link, or the other way round
    WRONG_SESSION = "wrong-session"  # of another exercise than the one both sides joined
    REPLAYED = "replayed"  # heard before, and long ago
    REUSED = "reused-number"  # a number that was heard with another content
    # kept, and said
    REPEATED = "repeated"  # the link says everything twice
    GAP = "gap"  # numbers are missing
    CLOCK = "clock"  # sent later than it was received, or earlier than the one before it
    OTHER_HISTORY = "other-history"  # what it signs as sent before is not what was heard
    OTHER_RECEIPT = "other-receipt"  # what it signs as heard is not what was sent
    NOT_ALL_READ = "not-all-read"  # a newer version says more than is understood here
    NEW_KEY = "new-key"  # the partner's key was changed over; people should compare the words
    KEY_TAKEN_BACK = "key-taken-back"  # the partner revoked a key of its own
    KEY_REFUSED = "key-refused"  # a statement about keys that is not believed


KEPT = frozenset(
    {
        Trouble.REPEATED, Trouble.GAP, Trouble.CLOCK, Trouble.OTHER_HISTORY, Trouble.OTHER_RECEIPT,
        Trouble.NOT_ALL_READ, Trouble.NEW_KEY, Trouble.KEY_TAKEN_BACK, Trouble.KEY_REFUSED,
    }
)  # fmt: skip


def state_after(trouble: Trouble) -> LinkState:
    """How the link stands when this has come by it."""
    return LinkState.UP if trouble in KEPT else LinkState.REFUSED


class NotBelieved(Exception):
    """A message is refused: which trouble, and the sentence; it never leaves `sharing.link`."""

    def __init__(self, trouble: Trouble, text: str) -> None:
        self.trouble, self.text = trouble, text
        super().__init__(text)
