"""Neither owner can deny or backdate: every such try is found in a transcript, by name."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sharing.link.wires import KEY, STRANGER, S, T, event

from vedette.core.errors import BadInputError
from vedette.reports import Mode
from vedette.sharing import LiveKey, make_key
from vedette.sharing.key_life import KeyBook
from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState, link_id, take_apart
from vedette.sharing.merkle import MerkleTree
from vedette.sharing.transcript import (
    Consistency,
    Inclusion,
    Leaf,
    TranscriptHead,
    TranscriptKey,
    format_transcript,
    parse_transcript,
    shown,
)
from vedette.sharing.transparency import judge

SOUTH = make_key(LiveKey, "SOUTH", bytes([7]) * 32)
KEYS = tuple(
    TranscriptKey(owner=key.owner, key_id=key.key_id, public=key.public.raw) for key in (KEY, SOUTH, STRANGER)
)


class End:
    """One owner: its way out, its way in, and everything that it kept."""

    def __init__(self, key, owner, partner_key, partner):
        self.sender = LinkSender(
            SenderState(owner=owner, node="A", to=partner, to_node="A", mode=Mode.REAL), key
        )
        book = KeyBook(owner=partner).with_key(partner_key.public)
        state = ReceiverState(owner=partner, node="A", to=owner, to_node="A", mode=Mode.REAL)
        self.receiver = LinkReceiver(state, book)
        self.kept = []

    def say(self, t, *content, lane="warn"):
        data = self.sender.seal(lane, content, t, self.receiver.receipts()).data
        self.kept.append(data)
        return data

    def hear(self, data, t):
        heard = self.receiver.hear(data, t)
        assert heard.report
        assert self.sender.noted(heard.receipts) == ""
        self.kept.append(data)


def talk(count=20, north_t=T, south_t=T):
    """Two owners tell each other things in turn, a second apart; each end as it is then."""
    north, south = End(KEY, "NORTH", SOUTH, "SOUTH"), End(SOUTH, "SOUTH", KEY, "NORTH")
    for n in range(count):
        south.hear(north.say(north_t + 2 * n * S, event(n)), south_t + 2 * n * S)
        north.hear(south.say(south_t + (2 * n + 1) * S), north_t + (2 * n + 1) * S)
    return north, south


def transcript(messages, where="t", more=(), has_content=True, keys=KEYS):
    lines = [*(shown(take_apart(data), has_content) for data in messages), *more]
    return parse_transcript(list(format_transcript(TranscriptHead(keys=keys), lines)), where)


def test_an_honest_talk_is_whole_with_and_without_its_content():
    north, south = talk()
    for has_content in (True, False):
        verdict = judge([transcript(north.kept, has_content=has_content), transcript(south.kept, "s")])
        assert verdict.is_whole, verdict.troubles
        assert len(verdict.messages) == 40 and verdict.joined_count == verdict.claim_count == 79
        assert verdict.keys == {KEY.key_id: "NORTH", SOUTH.key_id: "SOUTH"}
    seventh = next(one for one in verdict.messages if one.owner == "NORTH" and one.sequence == 7)
    assert (seventh.not_before_tai_ns, seventh.receipt_tai_ns) == (T + 11 * S, T + 13 * S)
    assert verdict.without_receipt_count == 1  # the last word


def test_a_changed_word_is_found():
    north, _ = talk(3)
    forged = north.kept[2].replace(b'"event_id":"E1"', b'"event_id":"E9"')
    assert "the content is not what was signed" in judge([transcript([forged])]).troubles[0]
    header = north.kept[2].replace(b'"sequence":2', b'"sequence":3')
    assert "does not fit" in judge([transcript([header])]).troubles[0]


def test_a_message_that_was_sent_cannot_be_denied():
    """NORTH shows a transcript with another number 4; its own signature under the true one contradicts it."""
    _north, south = talk(10)
    liar = LinkSender(SenderState(owner="NORTH", node="A", to="SOUTH", to_node="A", mode=Mode.REAL), KEY)
    told = [liar.seal("warn", (event(n if n != 3 else 99),), T + 2 * n * S).data for n in range(10)]
    (trouble,) = [one for one in judge([transcript(told, "n"), transcript(south.kept, "s")]).troubles if ":" in one][:1]
    assert "stands for two messages" in trouble and "NORTH told two histories" in trouble
    # without the messages themselves SOUTH's signed receipts still contradict the other history
    theirs = [data for data in south.kept if b'"owner":"SOUTH"' in data]
    troubles = judge([transcript(told, "n"), transcript(theirs, "s")]).troubles
    assert any("SOUTH signed" in one and "another history of the first 4" in one for one in troubles)


def test_a_message_that_was_heard_cannot_be_denied():
    """SOUTH says that number 4 never came; it signed receipts for it."""
    north, _south = talk(10)
    shortened = [data for data in north.kept if b'"sequence":4,' not in data or b'"owner":"NORTH"' not in data]
    verdict = judge([transcript(shortened)])
    assert verdict.joined_count < verdict.claim_count  # what is taken out leaves histories that reach beyond it
    fourth = next(one for one in judge([transcript(north.kept)]).messages if one.sequence == 4)
    assert fourth.receipt_tai_ns is not None


def test_nothing_can_be_backdated():
    north, south = talk(10)
    t_early = T - 3600 * S
    late = north.say(t_early, event(100))  # claims to have warned an hour before
    (trouble,) = [one for one in judge([transcript(north.kept)]).troubles if "backdated" in one]
    assert "number 11" in trouble and "acknowledges" in trouble
    south.receiver.hear(late, T + 100 * S)
    assert "backdated" in judge([transcript([*south.kept, late])]).troubles[0]


def test_two_histories_for_two_listeners_are_found_by_their_roots_alone():
    """NORTH tells two partners' desks two stories under one link; only headers are shown, of different numbers."""
    one = LinkSender(SenderState(owner="NORTH", node="A", to="SOUTH", mode=Mode.REAL), KEY)
    other = LinkSender(SenderState(owner="NORTH", node="A", to="SOUTH", mode=Mode.REAL), KEY)
    ours = [one.seal("warn", (event(n),), T + n * S).data for n in range(6)]
    theirs = [other.seal("warn", (event(n if n else 50),), T + n * S).data for n in range(6)]
    sparse = judge([transcript(ours[3:4], "a", has_content=False), transcript(theirs[3:4], "b", has_content=False)])
    assert not sparse.is_whole and "stands for two messages" in sparse.troubles[0]
    roots = judge([transcript(ours[:5], "a"), transcript(theirs[5:], "b")])
    assert any("another history of the first 5" in one for one in roots.troubles)


def test_one_message_is_shown_by_a_proof_without_the_others():
    north, south = talk(30)
    told = [take_apart(data) for data in north.kept if b'"owner":"NORTH"' in data]
    tree = MerkleTree([one.leaf for one in told])
    link = link_id(north.sender.state)
    receipt = south.kept[-1]  # SOUTH's last message says what it heard: 30
    path = tuple(step.hex() for step in tree.inclusion(6, 30))
    proof = Inclusion(link=link, lane="warn", sequence=7, count=30, path=path)
    verdict = judge([transcript([north.kept[12], receipt], more=[proof])])
    assert verdict.is_whole, verdict.troubles
    seventh = next(one for one in verdict.messages if one.owner == "NORTH")
    assert seventh.sequence == 7 and seventh.receipt_tai_ns == T + 59 * S
    wrong = msgspec.structs.replace(proof, sequence=8)
    assert not judge([transcript([north.kept[12], receipt], more=[wrong])]).is_whole
    grown = Consistency(link=link, lane="warn", earlier=6, count=30,
                        path=tuple(step.hex() for step in tree.consistency(6, 30)))  # fmt: skip
    assert judge([transcript([north.kept[12], receipt], more=[grown])]).is_whole
    broken = msgspec.structs.replace(grown, path=grown.path[:-1])
    assert "does not hold" in judge([transcript([north.kept[12], receipt], more=[broken])]).troubles[0]


def test_hashes_stand_for_messages_that_are_no_longer_kept():
    north, _south = talk(10)
    link = link_id(north.sender.state)
    told = [take_apart(data) for data in north.kept if b'"owner":"NORTH"' in data]
    theirs = [data for data in north.kept if b'"owner":"SOUTH"' in data]
    leaves = [Leaf(link=link, lane="warn", sequence=n + 1, leaf=one.leaf.hex()) for n, one in enumerate(told)]
    verdict = judge([transcript(theirs, more=leaves)])
    assert verdict.is_whole and verdict.joined_count == verdict.claim_count
    leaves[2] = msgspec.structs.replace(leaves[2], leaf="00" * 32)
    assert "another history" in judge([transcript(theirs, more=leaves)]).troubles[0]


def test_whose_key_it_is_is_held_against_who_speaks():
    north, _ = talk(2)
    taken = [msgspec.structs.replace(one, owner="EAST") if one.key_id == KEY.key_id else one for one in KEYS]
    assert "cannot say that" in judge([transcript(north.kept, keys=tuple(taken))]).troubles[0]
    assert "does not show" in judge([transcript(north.kept, keys=KEYS[1:])]).troubles[0]
    both = judge([transcript([], "a"), transcript([], "b", keys=tuple(taken))])
    assert "elsewhere" in both.troubles[0]


def test_what_a_taken_back_key_signed_without_a_receipt_is_doubtful():
    north, _south = talk(10)
    keys = tuple(
        msgspec.structs.replace(one, t_revoked_tai_ns=T + 10 * S) if one.key_id == KEY.key_id else one for one in KEYS
    )
    verdict = judge([transcript(north.kept, keys=keys)])
    doubted = [one for one in verdict.messages if any(f"{one.where}:" in doubt for doubt in verdict.doubtful)]
    assert verdict.is_whole and {one.sequence for one in doubted} == set(range(6, 11))


@pytest.mark.parametrize("rows", [[], [b"{}"], [b"null"], [b"\xff"], [b'{"vedette_transcript":2}']])
def test_what_is_no_transcript_is_said(rows):
    with pytest.raises(BadInputError):
        parse_transcript(rows, "x")


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_flipped_bit_of_a_transcript_is_found_or_harmless(data):
    """Whatever is changed in the file: it is no transcript, something contradicts, or no message reads otherwise."""
    north, _ = talk(4)
    rows = list(format_transcript(TranscriptHead(keys=KEYS), [shown(take_apart(one)) for one in north.kept]))
    before = judge([parse_transcript(rows, "t")])
    at = data.draw(st.integers(1, len(rows) - 1))
    row = bytearray(rows[at])
    bit = data.draw(st.integers(0, 8 * len(row) - 9))
    row[bit // 8] ^= 1 << bit % 8
    try:
        after = judge([parse_transcript([*rows[:at], bytes(row), *rows[at + 1 :]], "t")])
    except BadInputError:
        return
    told = {(one.digest, one.events) for one in before.messages}
    assert not after.is_whole or {(one.digest, one.events) for one in after.messages} <= told
