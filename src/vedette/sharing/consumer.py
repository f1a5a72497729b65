"""A receiver that acts on what it can verify and on nothing else, and whoever passes messages on (rule R30).

Beside the signature it holds the content against its envelope: a CAP message or a Vedette event must say the same mode,
message and event as what was signed around it. It remembers what it has heard: a repeat is no second alarm, and a gap
in the sender's count is told, for a message may have been lost.
"""

from dataclasses import dataclass, field

from vedette.core.errors import BadInputError, RefusedError
from vedette.formats.alert_json import read_alert_event
from vedette.formats.cap import STATUS_OF_MODE, read_cap
from vedette.sharing.envelope import DrillMessage, Header, LiveMessage, open_envelope, open_live
from vedette.sharing.keys import Trust

CAP_TYPE = "application/cap+xml"
EVENT_TYPE = "application/vnd.vedette.event+json"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that was accepted."""

    message: LiveMessage | DrillMessage
    is_repeat: bool = False
    missing: tuple[int, ...] = ()  # of the sender's count, between what was heard before and this


@dataclass(slots=True)
class Consumer:
    """Listens to what is live, or, when it says so, to drills; never to both."""

    trust: Trust
    is_drill: bool = False
    _heard: set[tuple[str, str, str]] = field(default_factory=set)
    _counts: dict[str, set[int]] = field(default_factory=dict)  # by key

    def hear(self, envelope: bytes, content: bytes | None = None, now_utc: str = "") -> Heard:
        """Accept a message or refuse it with RefusedError; UTC texts are compared, so all are of one length.

        Parameters
        ----------
        envelope
            Header and signature, with the content or beside it.
        content
            What the envelope stands beside.
        now_utc
            When given, what has expired is refused; a cancellation never is.
        """
        message = checked(envelope, self.trust, content, is_drill=self.is_drill)
        header = message.header
        if now_utc and header.act != "cancel" and header.expires_utc[:19] < now_utc[:19]:
            raise RefusedError(f"message {header.message_id!r} expired at {header.expires_utc}; do not act on it")
        name = (header.message_id, header.content_type, header.content_sha256)
        if name in self._heard:
            return Heard(message, is_repeat=True)
        self._heard.add(name)
        counts = self._counts.setdefault(header.key_id, set())
        counts.add(header.sequence)
        first = min(counts)
        return Heard(message, missing=tuple(n for n in range(first, max(counts)) if n not in counts))


def checked(
    envelope: bytes, trust: Trust, content: bytes | None = None, is_drill: bool = False
) -> LiveMessage | DrillMessage:
    """A message whose signature, mode and content agree; RefusedError otherwise.

    What is live is refused by who expects a drill, and the other way round.
    """
    if not is_drill:
        message: LiveMessage | DrillMessage = open_live(envelope, trust, content)
    else:
        message = open_envelope(envelope, trust, content)
        if not isinstance(message, DrillMessage):
            raise RefusedError(f"message {message.header.message_id!r} is live; a drill was expected")
    if trouble := _disagreement(message.header, message.content):
        raise RefusedError(f"message {message.header.message_id!r}: {trouble}")
    return message


def _disagreement(header: Header, content: bytes) -> str:
    """Where a content that can be read says something else than the envelope around it."""
    try:
        if header.content_type == EVENT_TYPE:
            event = read_alert_event(content)
            inside = (event.mode.value, event.message_id, event.event_id)
            around = (header.mode.value, header.message_id, header.event_id)
        elif header.content_type == CAP_TYPE:
            cap = read_cap(content)
            inside = (cap.status, cap.identifier, cap.incidents.strip('"'))
            around = (STATUS_OF_MODE.get(header.mode, ""), header.message_id, header.event_id)
        else:
            return ""
    except BadInputError as trouble:
        return f"the content cannot be read ({trouble.what})"
    for name, one, other in zip(("mode", "message", "event"), inside, around, strict=True):
        if one != other:
            return f"the content's {name} is {one!r} and the envelope says {other!r}"
    return ""
