"""A node's directory, its card and its partners: made once, believed by fingerprint, refused in a sentence."""

import json
import os
import stat

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doors.node.nodes import make_partners, node

from vedette.core.errors import BadInputError, RefusedError, UsageError
from vedette.doors.cli import main
from vedette.doors.node.adding import add_partner, region_of
from vedette.doors.node.broker_config import allowed_to, broker_config, denied_to
from vedette.doors.node.broker_keys import check_public, make_seed, public_of
from vedette.doors.node.card import card_of, fingerprint_lines, format_card, parse_card
from vedette.doors.node.folder import read_node
from vedette.doors.node.peer_file import read_peer


def test_the_worked_example_of_the_nkeys_specification():
    seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"  # github.com/nats-io/nkeys, README
    assert public_of(seed) == "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"


@pytest.mark.parametrize("place", range(1, 56, 6))
def test_a_key_with_one_letter_changed_is_refused(place):
    key = public_of(make_seed())
    changed = key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
    with pytest.raises(BadInputError):
        check_public(changed, "here")


def test_a_node_is_made_once_and_its_secrets_are_its_owners_alone(tmp_path):
    made = node(tmp_path, "NORTH")
    for path in (made.folder.seed_file, made.folder.local_secret_file, made.folder.broker / "tls" / "ca.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_node(made.folder.path)[1] == made.settings
    with pytest.raises(UsageError, match="made once"):
        node(tmp_path, "NORTH")


def test_a_card_holds_no_secret_and_comes_back_as_it_was(tmp_path):
    made = node(tmp_path, "NORTH")
    card = card_of(made.folder, made.settings)
    text = format_card(card)
    assert parse_card(text, "card") == card
    secrets = [made.folder.seed_file, made.folder.local_secret_file, made.folder.broker / "tls" / "ca.key"]
    secrets += sorted((made.folder.path / "keys").glob("*.key"))
    for path in secrets:
        for line in path.read_text().splitlines():
            for word in line.replace('"', " ").split():
                assert len(word) < 24 or word not in text or "sha" in line or word in card.keys[0] + card.keys[1]


def test_a_card_that_was_changed_on_the_way_is_refused(tmp_path):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    card = card_of(south.folder, south.settings)
    heard = fingerprint_lines(card)[0]
    other = msgspec.structs.replace(card, broker_key=public_of(make_seed()))
    with pytest.raises(RefusedError, match="changed on the way"):
        add_partner(north.folder, north.settings, other, heard)
    assert not north.peers
    add_partner(north.folder, north.settings, card, heard)
    assert [one.name for one in north.peers] == ["SOUTH-A"]


def test_of_two_nodes_exactly_one_calls(tmp_path):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    assert [north.peers[0].calls, south.peers[0].calls] == [True, False]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_of_cards(text):
    with pytest.raises((BadInputError, UsageError)):
        parse_card(text, "card")


def test_a_partner_may_draw_and_answer_and_nothing_else(tmp_path):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    send, hear = allowed_to(south.settings, south.peers[0])
    words = " ".join(send + hear)
    assert not any(word in words for word in ("STREAM", "CREATE", "DELETE", "$SYS", "v1.>", '">"'))
    assert all("NORTH-A" in one or one in ("_INBOX.>", "v1.NORTH.A.to.SOUTH-A.>") for one in send + hear)
    assert "$JS.NORTH-A.API.STREAM.>" in denied_to(north.settings, north.peers[0])


def test_a_suspended_partner_has_no_line_in_the_configuration(tmp_path):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    assert "MEET_SOUTH-A" in broker_config(north.folder, north.settings, north.peers)
    assert main(["node", "peer", "suspend", "south", "--data-dir", str(north.folder.path)]) == 0
    assert "SOUTH" not in broker_config(north.folder, north.settings, north.peers)
    assert main(["node", "peer", "resume", "SOUTH-A", "--data-dir", str(north.folder.path)]) == 0
    assert "MEET_SOUTH-A" in broker_config(north.folder, north.settings, north.peers)


def test_a_region_is_suspended_and_resumed(tmp_path, capsys):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    place = ["--region", "30,170,45,-170", "--data-dir", str(north.folder.path)]
    assert main(["node", "peer", "suspend", "SOUTH", *place]) == 0
    region = read_peer(north.folder, "SOUTH").suspended_regions[0]
    assert region.holds(40, 179) and region.holds(40, -179) and not region.holds(40, 0) and not region.holds(50, 179)
    assert main(["node", "peer", "resume", "SOUTH", *place]) == 0
    assert main(["node", "peer", "resume", "SOUTH", *place]) == 4
    assert "not suspended" in capsys.readouterr().err
    with pytest.raises(UsageError):
        region_of("1,2,3")


def test_the_command_line_teaches(tmp_path, capsys):
    home = str(tmp_path / "n")
    assert main(["node", "status", "--data-dir", home]) == 4
    assert "vedette node init" in capsys.readouterr().err
    assert main(["node", "init", "--owner", "NORTH", "--data-dir", home]) == 0
    assert "vedette node card" in capsys.readouterr().out
    assert main(["node", "init", "--owner", "north", "--data-dir", str(tmp_path / "m")]) == 2
    assert main(["node", "status", "--json", "--data-dir", home]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["node"] == "NORTH-A" and said["is_running"] is False and said["peers"] == []


def test_a_partners_file_that_was_spoilt_is_named(tmp_path):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    path = north.folder.peers / "SOUTH-A.toml"
    path.write_text(path.read_text().replace("calls = true", 'calls = "yes"'))
    with pytest.raises(BadInputError, match=r"SOUTH-A\.toml"):
        read_peer(north.folder, "SOUTH")
    os.replace(path, north.folder.peers / "WEST-A.toml")


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("nats-server: v2.9.10", "cannot put each warning on disk"),
        ("nats-server: v2.10.4", "slow links"),
        ("nats-server: v2.15.1", ""),
    ],
)
def test_an_old_broker_is_shown_degraded(tmp_path, monkeypatch, said, trouble):
    from vedette.doors.machine import Health, check_broker
    from vedette.doors.node import broker_program

    program = tmp_path / "nats-server"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    found = broker_program.find_broker(str(program))
    assert (trouble in found.trouble) if trouble else not found.trouble
    monkeypatch.setattr(broker_program, "_path", lambda stated: str(program))
    assert check_broker().health is (Health.DEGRADED if trouble else Health.OK)


def test_what_is_no_broker_is_said_in_a_sentence(tmp_path):
    from vedette.core.errors import NotFoundError, UnreachableError
    from vedette.doors.node.broker_program import find_broker

    with pytest.raises(NotFoundError, match="no nats-server there"):
        find_broker(str(tmp_path / "none"))
    program = tmp_path / "other"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)
    with pytest.raises(UnreachableError, match="is no nats-server"):
        find_broker(str(program))
