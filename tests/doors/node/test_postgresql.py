"""What is PostgreSQL's own: a server that goes away, an address, several nodes on one server."""

import pytest
from tests.doors.node.stores import received, to_post

from vedette.core.errors import BadInputError, UnreachableError, UsageError
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.postgresql import shown, split_schema


def test_a_server_that_was_killed_loses_nothing_and_the_store_goes_on(postgres):
    server = postgres
    with open_store(f"{server.address}&schema=killed") as store:
        store.write(lambda w: (w.keep_state("south", "sender", b"1"), w.post([to_post(1)])))
        server.kill()
        with pytest.raises(UnreachableError, match="does not answer"):
            store.write(lambda w: w.post([to_post(2)]))
        with pytest.raises(UnreachableError, match="does not answer"):
            store.pending("south")
        server.start()
        assert [k.sequence for k in store.pending("south")] == [1]
        assert store.write(lambda w: w.post([to_post(1), to_post(2)])) == [1, 2]
        assert store.write(lambda w: w.receive(received(1))) == 3
        assert store.state("south", "sender") == b"1"


def test_a_commit_whose_answer_was_lost_is_not_done_twice(postgres, monkeypatch):
    with open_store(f"{postgres.address}&schema=answer_lost") as store:
        calls = []

        def work(writing):
            calls.append(1)
            return writing.add_leaves("tree", [b"leaf"])

        sql = store._sql
        fetch = type(sql)._fetch

        async def cut_after_commit(self, statement, values):
            rows = await fetch(self, statement, values)
            if statement == "COMMIT":
                monkeypatch.setattr(type(self), "_fetch", fetch)
                raise ConnectionResetError("cut")
            return rows

        monkeypatch.setattr(type(sql), "_fetch", cut_after_commit)
        assert store.write(work) == 0
        assert store.leaves("tree") == [b"leaf"] and calls == [1]


def test_a_connection_lost_before_the_commit_is_done_again_in_full(postgres):
    with open_store(f"{postgres.address}&schema=cut_before") as store:
        calls = []

        def work(writing):
            writing.add_leaves("tree", [b"leaf"])
            calls.append(1)
            if len(calls) == 1:
                store._sql._drop()
            return writing.add_leaves("tree", [b"second"])

        assert store.write(work) == 1
        assert store.leaves("tree") == [b"leaf", b"second"] and calls == [1, 1]


def test_nodes_that_share_a_server_do_not_see_each_other(postgres):
    with open_store(f"{postgres.address}&schema=n") as north, open_store(f"{postgres.address}&schema=s") as south:
        north.write(lambda w: w.post([to_post(1)]))
        assert south.pending("south") == [] and len(north.pending("south")) == 1


def test_what_cannot_be_kept_is_said(postgres):
    with open_store(f"{postgres.address}&schema=bad_words") as store:
        with pytest.raises(BadInputError, match="does not take"):
            store.write(lambda w: w.keep_document("room", "a\0b", b""))
        assert store.write(lambda w: w.post([to_post(1)])) == [1]


def test_addresses():
    assert split_schema("postgresql://u:p@h/db?schema=north&sslmode=verify-full") == (
        "postgresql://u:p@h/db?sslmode=verify-full",
        "north",
    )
    assert split_schema("postgresql://h/db") == ("postgresql://h/db", "vedette")
    with pytest.raises(UsageError, match="small letters"):
        split_schema("postgresql://h/db?schema=x;drop")
    assert shown("postgresql://u:secret@h:5432/db?schema=n&password=secret") == "postgresql://u@h:5432/db?schema=n"
    with pytest.raises(UnreachableError, match="no store can be opened"):
        open_store("postgresql://nobody@/postgres?host=/nowhere")
