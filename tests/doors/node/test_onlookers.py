"""Whoever looks on with a plain client of NATS: reads what is released by the published document, and nothing else."""

import asyncio
import contextlib

import jsonschema
import msgspec
import pytest
from tests.doors.node.ends import End, grant_everything, track, wait_for
from tests.doors.node.nodes import broker_program, make_partners, node

from vedette.doors.node.asyncapi import link_asyncapi
from vedette.doors.node.subjects import stream_of, subject_of, subjects_of


@pytest.fixture
def pair(tmp_path):
    broker_program()
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    for one in (north, south):
        grant_everything(one)
    for one in (south, north):
        one.start_broker()
    yield north, south
    for one in (south, north):
        one.stop_broker()


def _reader(node_, name):
    import nats

    return nats.connect(
        f"nats://{node_.settings.client_listen}", user=f"reader.{name}", password=node_.folder.reader_secret(),
        connect_timeout=5,
    )  # fmt: skip


def test_a_plain_client_reads_what_is_released_by_the_published_document(pair):
    north, south = pair
    document = link_asyncapi("NORTH", "A", "SOUTH-A")
    channel = document["channels"]["warn"]["address"]
    assert channel == subject_of("NORTH", "A", "SOUTH-A", "warn")

    async def read(count: int) -> list[bytes]:
        client = await _reader(south, "NORTH-A")
        found: list[bytes] = []
        done = asyncio.Event()

        async def came(message):
            found.append(message.data)
            if len(found) >= count:
                done.set()

        await client.subscribe(channel, cb=came)
        await client.flush()
        here.warn(1, 2, 3)
        await asyncio.wait_for(done.wait(), 20)
        await client.close()
        return found

    with End(north) as here:
        messages = asyncio.run(read(3))
    schemas = {"components": {"schemas": document["components"]["schemas"]}}
    counts = []
    for message in messages:
        signed, header, content = message.split(b"\n")
        for name, part in (("Signed", signed), ("LinkHeader", header), ("Content", content)):
            schema = {"$ref": f"#/components/schemas/{name}", **schemas}
            jsonschema.validate(msgspec.json.decode(part), schema)
        counts += [one["count"] for one in msgspec.json.decode(content) if one["type"] == "event"]
    assert counts[:3] == [1, 2, 3]


def test_a_wildcard_subscriber_sees_only_what_was_granted(pair):
    north, south = pair
    (north.folder.release / "SOUTH-A.toml").write_text(
        'version = 1\npeer = "SOUTH-A"\nmodes = ["SIMULATED"]\npad_bytes = 0\n'
        '[[grant]]\nclass = "event"\nareas = ["everywhere"]\nevidence_least = "candidate"\nfields = ["count"]\n'
        "cadence_s = 0.1\n"
    )
    seen: list[tuple[str, bytes, object]] = []

    async def look_on(seconds: float) -> None:
        clients = [await _reader(south, "NORTH-A"), await _reader(north, "SOUTH-A")]

        async def came(message):
            seen.append((message.subject, message.data, message.headers))

        for client in clients:
            await client.subscribe(">", cb=came)
            await client.flush()
        withheld = msgspec.structs.replace(track("T-WITHHELD"), sensors=("radar-north",))
        here.offer(withheld)
        here.warn(1, 2)
        await asyncio.sleep(seconds)
        for client in clients:
            await client.close()

    with End(north) as here, End(south) as there:
        asyncio.run(look_on(3.0))
        wait_for(lambda: there.warnings == [1, 2], "what was granted")
    everything = b"\n".join(subject.encode() + b" " + data + repr(headers).encode() for subject, data, headers in seen)
    assert b'"count":1' in everything
    for word in ("radar-north", "T-WITHHELD", "5200000", '"type":"track"', "vedette authority", "node.sqlite"):
        assert word.encode() not in everything, word
    told = {subject for subject, data, _ in seen if b"vedette_link" in data and not subject.startswith("_INBOX")}
    lanes = (subjects_of("NORTH", "A", "SOUTH-A")[:-1], subjects_of("SOUTH", "A", "NORTH-A")[:-1], "keep.")
    assert told and all(subject.startswith(lanes) for subject in told)


async def _publish(from_node, to_name, subjects):
    import nats

    client = await nats.connect(
        f"nats://{from_node.settings.client_listen}", user=f"keeper.{to_name}",
        password=from_node.folder.local_secret(),
    )  # fmt: skip
    for subject in subjects:
        await client.publish(subject, b"forged")
    await client.flush()
    await client.close()


def test_a_partners_broker_can_change_nothing_here(pair):
    """By the partner's own key, over TLS, straight to our link's port: the lists of the account hold."""
    north, south = pair
    with End(north) as here, End(south) as there:
        here.warn(1)
        wait_for(lambda: there.warnings == [1], "the link")

        async def try_all(from_node, to_name, stream) -> list[str]:
            import nats

            client = await nats.connect(
                f"nats://{from_node.settings.client_listen}", user=f"keeper.{to_name}",
                password=from_node.folder.local_secret(),
            )  # fmt: skip
            allowed = []
            api = f"$JS.{to_name}.API"
            for what in (
                f"STREAM.INFO.{stream}", f"STREAM.DELETE.{stream}", f"STREAM.PURGE.{stream}", "STREAM.NAMES", "INFO",
                f"STREAM.MSG.GET.{stream}", f"CONSUMER.DELETE.{stream}.{from_node.name}",
                f"CONSUMER.CREATE.{stream}.other", f"DIRECT.GET.{stream}",
            ):  # fmt: skip
                with contextlib.suppress(Exception):
                    await client.request(f"{api}.{what}", b'{"seq":1}', timeout=0.4)
                    allowed.append(what)
            await client.close()
            return allowed

        asyncio.run(_publish(south, "NORTH-A", ("keep.SOUTH-A.warn", "v1.NORTH.A.to.SOUTH-A.warn")))
        asyncio.run(_publish(north, "SOUTH-A", ("keep.NORTH-A.warn", "v1.SOUTH.A.to.NORTH-A.warn")))
        assert asyncio.run(try_all(south, "NORTH-A", stream_of("NORTH-A", "SOUTH-A", "warn"))) == []
        assert asyncio.run(try_all(north, "SOUTH-A", stream_of("SOUTH-A", "NORTH-A", "warn"))) == []
        here.warn(2)
        wait_for(lambda: there.warnings == [1, 2], "the link goes on")
        assert not there.troubles and not here.troubles  # what was forged came into no stream


def test_a_broker_that_is_no_partner_is_not_let_in(tmp_path, pair):
    _, south = pair
    west = node(tmp_path, "WEST")
    from vedette.doors.node.adding import add_partner
    from vedette.doors.node.card import card_of, fingerprint_lines

    card = card_of(south.folder, south.settings)
    add_partner(west.folder, west.settings, card, fingerprint_lines(card)[0], calls=True)  # and SOUTH never added WEST
    west.start_broker()
    try:
        with End(west) as there:
            wait_for(lambda: "rror" in west.broker.log.read_text(), "a refusal in its log")
            wait_for(lambda: "SOUTH-A" in there.gateway.links, "its own side of a link")
            assert there.warnings == [] and not there.gateway.links["SOUTH-A"].broker.round_trip_s
    finally:
        west.stop_broker()
    assert "WEST" not in south.broker.log.read_text().replace("MEET_WEST", "")
