"""The log that neither owner can deny or backdate: what one signed as sent against what the other signed as heard.

Every message signs the root of a Merkle tree over all messages before it on its lane, and the roots of what its sender
has heard of the recipient. So each lane has one history, kept by both sides, and each side holds the other's signature
under it. `judge` reads transcripts of one side or of both and finds: a message that was changed, put in or taken out, a
number that stands for two messages, two histories told to two listeners, a receipt that does not fit, and a time that
lies before something which the same sender had acknowledged by then.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import msgspec

from vedette.reports import SharedEvent
from vedette.sharing.keys import MODES_OF, PublicKey
from vedette.sharing.link.content import read_content
from vedette.sharing.link.message import SCHEMA, LinkHeader, LinkMessage, check_signature, read_header
from vedette.sharing.link.peaks import Peaks, peaks_after, root_of_peaks
from vedette.sharing.link.state import link_id, reverse_link_id
from vedette.sharing.link.troubles import NotBelieved, Trouble
from vedette.sharing.merkle import EMPTY_ROOT, is_consistent, is_included
from vedette.sharing.transcript import Consistency, Inclusion, Leaf, Shown, Transcript, TranscriptKey, hex_of
from vedette.time import utc_text_from_tai_ns

CLOCKS_S = 5.0  # by which the clocks of two owners may differ before a time is doubted
_S = 1_000_000_000

Lane = tuple[str, str]  # link and lane


def leaves_name(link: str, lane: str) -> str:
    """What a store calls the log of one lane: leaf n stands for message n + 1."""
    return f"{link} {lane}"


@dataclass(frozen=True, slots=True)
class Found:
    """A message of a transcript whose signature holds, and between which instants it was sent."""

    link: str
    lane: str
    sequence: int
    digest: str
    owner: str
    key_id: str
    t_sent_tai_ns: int
    where: str
    events: tuple[str, ...] = ()
    has_content: bool = False
    not_before_tai_ns: int | None = None  # when the other owner sent what this sender had acknowledged by then
    receipt_tai_ns: int | None = None  # when the other owner first signed that it had it


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody signed about the first messages of a lane."""

    count: int
    root: bytes
    by: str
    t_tai_ns: int
    where: str
    missing: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Verdict:
    """What came of reading."""

    messages: list[Found] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    claim_count: int = 0  # histories that were signed
    joined_count: int = 0  # and found to be the one that is shown
    doubtful: list[str] = field(default_factory=list)  # under a key taken back, with no receipt from before
    keys: dict[str, str] = field(default_factory=dict)  # that signed: id and owner

    @property
    def is_whole(self) -> bool:
        """Whether nothing contradicts anything."""
        return not self.troubles

    @property
    def without_receipt_count(self) -> int:
        """Messages that only their sender vouches for."""
        return sum(one.receipt_tai_ns is None for one in self.messages)


@dataclass(slots=True)
class _Reading:
    keys: dict[str, TranscriptKey]
    verdict: Verdict
    headers: dict[Lane, dict[int, tuple[LinkHeader, Found]]]
    leaves: dict[Lane, dict[int, bytes]]
    claims: dict[Lane, list[Claim]]


def judge(transcripts: Sequence[Transcript], clocks_s: float = CLOCKS_S) -> Verdict:
    """Hold everything that was signed against everything else.

    Whether the keys are whose the transcript says they are is for the reader to compare: `Verdict.keys`.
    """
    keys: dict[str, TranscriptKey] = {}
    verdict = Verdict()
    for one in transcripts:
        for key in one.head.keys:
            held = keys.setdefault(key.key_id, key)
            if held.owner != key.owner:
                verdict.troubles.append(f"{one.where}: {key.key_id} is {key.owner}'s here and {held.owner}'s elsewhere")
    reading = _Reading(keys, verdict, defaultdict(dict), defaultdict(dict), defaultdict(list))
    for one in transcripts:
        for number, line in one.lines:
            where = f"{one.where}:{number}"
            if isinstance(line, Shown):
                _read(reading, line, where)
            elif isinstance(line, Leaf) and (raw := hex_of([line.leaf])):
                _put_leaf(reading, (line.link, line.lane), line.sequence, raw[0], where)
    for lane in sorted(set(reading.claims) | set(reading.leaves)):
        _check_lane(reading, lane, transcripts)
    _bracket(reading, clocks_s)
    return verdict


def _read(reading: _Reading, line: Shown, where: str) -> None:
    verdict = reading.verdict
    key = reading.keys.get(line.key_id)
    message = LinkMessage(line.key_id, line.signature, line.header_bytes, (line.content or "").encode())
    if key is None:
        verdict.troubles.append(f"{where}: signed by {line.key_id[:60]!r}, whose key the transcript does not show")
        return
    try:
        header = _checked(message, key.key, line.content is not None)
    except NotBelieved as no:
        verdict.troubles.append(f"{where}: {no.text}")
        return
    name = f"{where}: number {header.sequence} of lane {header.lane} of {link_id(header)}"
    if header.owner != key.owner or header.mode not in MODES_OF[key.key.purpose]:
        verdict.troubles.append(f"{name} is signed by a key of {key.owner}, which cannot say that")
        return
    lane = (link_id(header), header.lane)
    if not _put_leaf(reading, lane, header.sequence, message.leaf, where) or header.sequence in reading.headers[lane]:
        return
    found = Found(
        *lane, header.sequence, message.digest, header.owner, line.key_id, header.t_sent_tai_ns, where,
        _events(message, header) if line.content is not None else (), line.content is not None,
    )  # fmt: skip
    reading.headers[lane][header.sequence] = (header, found)
    verdict.keys[line.key_id] = key.owner
    reading.claims[lane].append(
        Claim(header.sequence - 1, bytes.fromhex(header.before), header.owner, header.t_sent_tai_ns, where)
    )
    back = reverse_link_id(header)
    for name_of_lane, receipt in header.heard.items():
        root = hex_of([receipt.root])
        if root is None or receipt.count < 0:
            verdict.troubles.append(f"{name} holds a receipt that cannot be read")
            continue
        claim = Claim(receipt.count, root[0], header.owner, header.t_sent_tai_ns, where, receipt.missing)
        reading.claims[back, name_of_lane].append(claim)


def _checked(message: LinkMessage, key: PublicKey, has_content: bool) -> LinkHeader:
    check_signature(message, key)
    if has_content:
        return read_header(message)
    try:
        header = msgspec.json.decode(message.header_bytes, type=LinkHeader)
        bytes.fromhex(header.before)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise NotBelieved(Trouble.UNREADABLE, "well signed, and no header of a link") from None
    return header


def _put_leaf(reading: _Reading, lane: Lane, sequence: int, leaf: bytes, where: str) -> bool:
    held = reading.leaves[lane].setdefault(sequence, leaf)
    if held == leaf:
        return True
    owner = lane[0].split(".", 1)[0]
    reading.verdict.troubles.append(
        f"{where}: number {sequence} of lane {lane[1]} of {lane[0]} stands for two messages: "
        f"{owner} told two histories, or a hash that is shown for a message is false"
    )
    return False


def _check_lane(reading: _Reading, lane: Lane, transcripts: Sequence[Transcript]) -> None:
    """Every signed history of a lane against the messages and hashes shown, and against one another."""
    verdict = reading.verdict
    leaves, claims = reading.leaves[lane], reading.claims[lane]
    wanted = {one.count for one in claims}
    roots: dict[int, bytes] = {0: EMPTY_ROOT}
    peaks: Peaks = ()
    count = 0
    while count + 1 in leaves:
        peaks = peaks_after(peaks, count, leaves[count + 1])
        count += 1
        if count in wanted:
            roots[count] = root_of_peaks(peaks)
    signed: dict[int, Claim] = {}
    for one in sorted(claims, key=lambda claim: (claim.count, claim.t_tai_ns)):
        verdict.claim_count += 1
        stands = roots.get(one.count)
        other = signed.setdefault(one.count, one)
        what = f"the first {one.count} messages of lane {lane[1]} of {lane[0]}"
        if stands is not None and stands != one.root:
            verdict.troubles.append(
                f"{one.where}: {one.by} signed at {_utc(one.t_tai_ns)} another history of {what} than is shown here"
            )
        elif other.root != one.root:
            verdict.troubles.append(
                f"{one.where}: {one.by} signed another history of {what} than {other.by} did ({other.where})"
            )
        elif stands is not None:
            verdict.joined_count += 1
    known = {**{one.count: one.root for one in signed.values()}, **{n: root for n, root in roots.items() if n}}
    joined = set()
    for transcript in transcripts:
        for number, line in transcript.lines:
            if isinstance(line, Inclusion | Consistency) and (line.link, line.lane) == lane:
                joined |= _prove(verdict, line, known, leaves, f"{transcript.where}:{number}")
    verdict.joined_count += sum(one.count in joined and one.count not in roots for one in claims)


def _prove(
    verdict: Verdict, line: Inclusion | Consistency, roots: dict[int, bytes], leaves: dict[int, bytes], where: str
) -> set[int]:
    """Check one proof; the counts of the signed histories that it joins to the rest."""
    path = hex_of(line.path)
    root = roots.get(line.count)
    if path is None or root is None:
        verdict.troubles.append(f"{where}: a proof towards a history of {line.count} messages that nobody here signed")
        return set()
    if isinstance(line, Inclusion):
        leaf = leaves.get(line.sequence)
        if leaf is not None and is_included(leaf, line.sequence - 1, line.count, path, root):
            return {line.count}
        what = f"number {line.sequence} is one of the first {line.count}"
    else:
        earlier = roots.get(line.earlier)
        if earlier is not None and is_consistent(line.earlier, line.count, path, earlier, root):
            return {line.earlier, line.count}
        what = f"the first {line.earlier} begin the first {line.count}"
    verdict.troubles.append(f"{where}: the proof that {what} messages of lane {line.lane} does not hold")
    return set()


def _bracket(reading: _Reading, clocks_s: float) -> None:
    """Between which instants, signed by the other owner, each message was sent."""
    slack = int(clocks_s * _S)
    verdict = reading.verdict
    for lane in sorted(reading.headers):
        receipts = _receipts(reading, lane)
        not_before: int | None = None
        before: Found | None = None
        for sequence in sorted(reading.headers[lane]):
            header, found = reading.headers[lane][sequence]
            back = reverse_link_id(header)
            for name, receipt in header.heard.items():
                held = reading.headers.get((back, name), {}).get(receipt.count)
                if held is not None:
                    not_before = max(not_before or held[1].t_sent_tai_ns, held[1].t_sent_tai_ns)
            since = bisect_left(receipts, sequence, key=lambda one: one[0])
            later = (t for _, t, gaps in islice(receipts, since, None) if not _in(sequence, gaps))
            receipt_t = next(later, None)
            t = found.t_sent_tai_ns
            name = f"{found.where}: number {sequence} of lane {lane[1]} of {lane[0]} says it was sent at {_utc(t)}"
            if not_before is not None and t < not_before - slack:
                verdict.troubles.append(
                    f"{name}, but acknowledges what the other owner sent at {_utc(not_before)}: backdated"
                )
            elif before is not None and t < before.t_sent_tai_ns - slack:
                verdict.troubles.append(f"{name}, before number {before.sequence} which it follows: backdated")
            if receipt_t is not None and t > receipt_t + slack:
                verdict.troubles.append(f"{name}, but the other owner signed at {_utc(receipt_t)} that it had it")
            key = reading.keys[found.key_id]
            if key.t_revoked_tai_ns is not None and (receipt_t is None or receipt_t >= key.t_revoked_tai_ns):
                verdict.doubtful.append(f"{name} under a key that was taken back at {_utc(key.t_revoked_tai_ns)}")
            verdict.messages.append(
                replace(found, not_before_tai_ns=not_before, receipt_tai_ns=receipt_t)
            )
            before = found


def _receipts(reading: _Reading, lane: Lane) -> list[tuple[int, int, tuple[tuple[int, int], ...]]]:
    """Count, instant and gaps of the other owner's receipts as they grew, by time and so by count."""
    owner = lane[0].split(".", 1)[0]
    rows = sorted((one.t_tai_ns, -one.count, one.missing) for one in reading.claims[lane] if one.by != owner)
    kept: list[tuple[int, int, tuple[tuple[int, int], ...]]] = []
    most = -1
    for t, minus, missing in rows:
        if -minus > most or (-minus == most and missing != kept[-1][2]):
            kept.append((-minus, t, missing))
            most = -minus
    return kept


def _in(number: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= number <= high for low, high in ranges)


def _events(message: LinkMessage, header: LinkHeader) -> tuple[str, ...]:
    try:
        content, _ = read_content(message.content_bytes, header.schema, SCHEMA)
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(f"{one.event_id}/{one.revision}" for one in content if isinstance(one, SharedEvent))


def _utc(t_tai_ns: int) -> str:
    try:
        return utc_text_from_tai_ns(t_tai_ns)
    except (ValueError, OverflowError):
        return f"instant {t_tai_ns}"
