"""What a node's store promises, whichever database it lies in."""

import threading

import pytest
from tests.doors.node.stores import KINDS, Opener, digest_of, fresh_address, opener_of, received, to_post

from vedette.core.errors import RefusedError
from vedette.doors.node.store import NEWS, RECEIVED, SENT


@pytest.fixture(params=KINDS)
def opener(request, tmp_path) -> Opener:
    return opener_of(fresh_address(request.param, tmp_path, request))


@pytest.fixture
def store(opener):
    with opener() as opened:
        yield opened


def test_what_was_posted_waits_in_order_until_the_broker_has_it(store):
    numbers = store.write(lambda w: w.post([to_post(1), to_post(2, lane="track"), to_post(3, link="east")]))
    assert numbers == [1, 2, 3]
    assert [(k.sequence, k.lane, k.message) for k in store.pending("south")] == [
        (1, "warn", b"message 1"),
        (2, "track", b"message 2"),
    ]
    assert [k.number for k in store.pending("south", lanes=("track",))] == [2]
    assert [k.number for k in store.pending("south", after=1)] == [2]
    assert [k.number for k in store.pending("south", limit=1)] == [1]
    assert (store.pending_count(), store.pending_count("south")) == (3, 2)
    store.write(lambda w: w.acknowledged([1]))
    assert [k.number for k in store.pending("south")] == [2]
    assert [(k.number, k.direction, k.digest) for k in store.log(link="south")] == [
        (1, SENT, digest_of(1)),
        (2, SENT, digest_of(2)),
    ]


def test_a_message_posted_again_keeps_its_number_and_is_sent_once(store):
    assert store.write(lambda w: w.post([to_post(1), to_post(1)])) == [1, 1]
    assert store.write(lambda w: w.post([to_post(1), to_post(2)])) == [1, 2]
    assert store.write(lambda w: w.post([to_post(1, link="east")])) == [3]  # to another it is another message
    store.write(lambda w: w.acknowledged([1]))
    assert store.write(lambda w: w.post([to_post(1)])) == [1]
    assert [k.number for k in store.pending("south")] == [2]


def test_what_waits_may_be_signed_again_and_what_has_left_may_not(store):
    store.write(lambda w: w.post([to_post(1), to_post(2)]))
    store.write(lambda w: (w.sign_again(1, b"new"), w.acknowledged([2])))
    assert [(k.message, k.digest) for k in store.pending("south")] == [(b"new", digest_of(1))]
    with pytest.raises(RefusedError, match="stays as it left"):
        store.write(lambda w: w.sign_again(2, b"new"))


def test_what_is_heard_twice_is_kept_once(store):
    assert store.write(lambda w: w.receive(received(1))) == 1
    assert store.write(lambda w: w.receive(received(1))) is None
    assert store.write(lambda w: w.receive(received(1, link="east"))) == 2
    assert [k.number for k in store.waiting()] == [1, 2]


def test_news_of_a_link_may_repeat_a_digest(store):
    store.write(lambda w: w.receive(received(1)))
    for _ in range(2):
        news = received(1, kind=NEWS, note="replayed")
        assert store.write(lambda w, news=news: w.receive(news)) is not None
    assert [(k.kind, k.note) for k in store.waiting()] == [("report", ""), ("news", "replayed"), ("news", "replayed")]


def test_the_inbox_is_left_through_the_journal_alone(store):
    for sequence in (1, 2, 3):
        store.write(lambda w, s=sequence: w.receive(received(s)))
    assert store.last_journaled("night") == 0
    store.write(lambda w: w.journaled("night", {1: 40, 2: 42}))
    store.write(lambda w: w.journaled("night", {}))
    assert [k.number for k in store.waiting()] == [3]
    assert store.last_journaled("night") == 42
    assert store.last_journaled("another") == 0
    assert store.write(lambda w: w.receive(received(2))) is None  # journaled: not heard again either


def test_a_desk_is_told_every_warning_once_and_in_order(store):
    for sequence, lane in ((1, "warn"), (2, "track"), (3, "warn")):
        store.write(lambda w, s=sequence, n=lane: w.receive(received(s, lane=n)))
    store.write(lambda w: w.receive(received(9, kind=NEWS, digest="")))
    assert [k.sequence for k in store.undelivered("seat-1")] == [1, 3]
    assert store.write(lambda w: w.delivered("seat-1", 1, 100)) is True
    assert store.write(lambda w: w.delivered("seat-1", 1, 101)) is False
    assert [k.sequence for k in store.undelivered("seat-1")] == [3]
    assert [k.sequence for k in store.undelivered("seat-2", lanes=("warn", "track"))] == [1, 2, 3]
    store.write(lambda w: w.delivered("seat-1", 3, 102))
    assert store.write(lambda w: w.delivered("seat-1", 1, 103)) is False
    assert store.undelivered("seat-1") == []


def test_a_link_state_goes_with_what_it_was_used_for_or_not_at_all(store):
    store.write(lambda w: (w.keep_state("south", "sender", b"1"), w.post([to_post(1)])))
    with pytest.raises(ZeroDivisionError):
        store.write(lambda w: (w.keep_state("south", "sender", b"2"), w.post([to_post(2)]), 1 / 0))
    assert store.state("south", "sender") == b"1"
    assert store.state("south", "receiver") is None
    assert [k.sequence for k in store.pending("south")] == [1]
    assert store.write(lambda w: w.post([to_post(2)])) == [2]


def test_an_event_and_a_digest_are_found(store):
    store.write(lambda w: w.post([to_post(1, event_ids=("NORTH/L1", "NORTH/L2", "NORTH/L1"))]))
    store.write(lambda w: w.receive(received(5, event_ids=("NORTH/L1",), note="answer")))
    assert [(k.direction, k.event_ids) for k in store.history("NORTH/L1")] == [
        (SENT, ("NORTH/L1", "NORTH/L2")),
        (RECEIVED, ("NORTH/L1",)),
    ]
    assert store.history("NORTH/L9") == []
    assert [k.number for k in store.find(digest_of(1))] == [1]
    assert [k.number for k in store.log(direction=RECEIVED)] == [2]


def test_leaves_and_documents(store):
    assert store.write(lambda w: w.add_leaves("released", [b"a", b"b"])) == 0
    assert store.write(lambda w: w.add_leaves("released", [b"c"])) == 2
    assert store.write(lambda w: w.add_leaves("released", [b"b", b"c"], first=1)) == 1
    for leaves, first in (([b"x"], 1), ([b"b", b"x"], 1), ([b"d"], 4)):
        with pytest.raises(RefusedError):
            store.write(lambda w, a=leaves, b=first: w.add_leaves("released", a, b))
    assert store.leaf_count("released") == 3 and store.leaf_count("other") == 0
    assert store.leaves("released") == [b"a", b"b", b"c"] and store.leaves("released", 1, 2) == [b"b"]
    store.write(lambda w: (w.keep_document("heads", "b", b"2"), w.keep_document("heads", "a", b"1")))
    store.write(lambda w: (w.keep_document("heads", "b", b"3"), w.keep_document("heads", "gone", None)))
    assert store.documents("heads") == {"a": b"1", "b": b"3"} and store.document("heads", "a") == b"1"
    store.write(lambda w: w.keep_document("heads", "a", None))
    assert store.document("heads", "a") is None


def test_a_lease_passes_on_when_its_time_is_over_and_fences_off_who_had_it(store):
    first = store.write(lambda w: w.take_lease("watch", "node-1", 0, 100))
    with pytest.raises(RefusedError, match="held by node-1"):
        store.write(lambda w: w.take_lease("watch", "node-2", 99, 199))
    again = store.write(lambda w: w.take_lease("watch", "node-1", 50, 150))
    assert again.token == first.token and store.lease("watch") == again
    store.write(lambda w: w.keep_state("south", "sender", b"by 1"), fence=again)
    second = store.write(lambda w: w.take_lease("watch", "node-2", 150, 250))
    assert second.token == first.token + 1
    with pytest.raises(RefusedError, match="node-1 no longer holds watch"):
        store.write(lambda w: w.keep_state("south", "sender", b"late"), fence=again)
    store.write(lambda w: w.give_up_lease(again))  # not its own any longer: nothing happens
    assert store.lease("watch") == second
    store.write(lambda w: w.give_up_lease(second))
    assert store.write(lambda w: w.take_lease("watch", "node-1", 151, 300)).token == second.token + 1
    assert store.state("south", "sender") == b"by 1"


def test_a_lease_is_prolonged_while_it_runs_and_by_who_has_it(store):
    first = store.write(lambda w: w.take_lease("watch", "node-1", 0, 100))
    longer = store.renew_lease(first, 99, 199)
    assert longer is not None and store.lease("watch") == longer and longer.token == first.token
    assert longer.t_until_tai_ns == 199
    assert store.renew_lease(longer, 199, 299) is None, "it is over"
    second = store.write(lambda w: w.take_lease("watch", "node-2", 199, 299))
    assert store.renew_lease(longer, 200, 400) is None and store.lease("watch") == second


def test_old_messages_are_let_go_by_pieces_and_nothing_that_is_under_way_loses_its_body(store):
    for s in range(1, 11):
        store.write(lambda w, s=s: (w.post([to_post(s, t_tai_ns=s)]), w.receive(received(s, t_tai_ns=s))))
    store.write(lambda w: w.acknowledged([k.number for k in store.pending("south") if k.sequence != 4]))
    store.write(lambda w: w.journaled("night", {k.number: k.number for k in store.waiting()}))
    store.write(lambda w: w.delivered("seat", store.undelivered("seat")[0].number, 1))
    done = store.trim(bodies_before_tai_ns=7, rows_before_tai_ns=3)
    assert (done.row_count, done.body_count, done.is_done) == (4, 8, True)
    assert store.history("NORTH/L1") == [] and store.find(digest_of(2)) == []
    assert [(k.sequence, k.message) for k in store.log(direction=SENT)] == [
        (3, b""), (4, b"message 4"), (5, b""), (6, b""), *((s, b"message %d" % s) for s in (7, 8, 9, 10)),
    ]  # fmt: skip
    assert [k.digest for k in store.history("SOUTH/L5")] == [digest_of(1005)]
    assert store.trim(7, 3) == type(done)()
    assert store.undelivered("seat")[0].sequence == 3
    assert store.write(lambda w: w.post([to_post(99)])) == [21]  # numbers never come twice


def test_what_was_kept_is_there_when_it_is_opened_again(opener):
    with opener() as store:
        store.write(lambda w: (w.keep_state("south", "receiver", b"s"), w.receive(received(1)), w.post([to_post(1)])))
    with opener() as store:
        assert store.state("south", "receiver") == b"s"
        assert [k.sequence for k in store.waiting()] == [1] and [k.sequence for k in store.pending("south")] == [1]
        assert store.write(lambda w: w.receive(received(1))) is None


def test_two_who_write_at_once_share_the_numbers_out(opener):
    with opener() as first, opener() as second:

        def post(store, start):
            for sequence in range(start, start + 20):
                store.write(lambda w, s=sequence: w.post([to_post(s)]))

        threads = [threading.Thread(target=post, args=pair) for pair in ((first, 0), (second, 100), (first, 200))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [k.number for k in first.log()] == list(range(1, 61))
        assert first.recording.is_on and second.recording.is_on


def test_what_is_asked_of_a_year_is_found_by_an_index_and_never_by_looking_through(store, request):
    store.write(lambda w: w.post([to_post(s, event_ids=(f"NORTH/L{s // 50}",)) for s in range(3000)]))
    sql = store._sql
    is_sqlite = store.where.endswith(".sqlite")
    asked: list[str] = []
    run = sql.run

    def explained(statement, *values):
        if statement.startswith("SELECT"):
            plan = run(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", *values)
            asked.append(" ".join(str(row[-1]) for row in plan))
        return run(statement, *values)

    if not is_sqlite:
        run("ANALYZE log"), run("ANALYZE log_events"), run("ANALYZE outbox")
        run("SET enable_seqscan = off")  # a few thousand rows are sooner looked through; ten million are not
    sql.run = explained
    assert len(store.history("NORTH/L7")) == 50 and len(store.find(digest_of(7))) == 1
    assert len(store.pending("south", limit=10)) == 10 and len(store.log(after=2990)) == 10
    assert store.undelivered("seat") == [] and store.waiting() == []
    assert len(asked) == 7
    scans = [plan for plan in asked if ("SCAN" in plan if is_sqlite else "Seq Scan" in plan)]
    assert scans == []
