"""Reports over real sockets of this machine: read, timed by the door, bounded, and never stopped by what is bad."""

import socket
import time

import pytest
from tests.doors.feeds.loopback import DEADLINE_S, SENSORS, Session, free_port, scan_line
from tests.formats.test_asterix_scans import record048, sector034

from vedette.core.errors import UnreachableError
from vedette.doors.feeds import tcp
from vedette.doors.feeds.clock import now_tai_ns
from vedette.formats import FeedHeader, Quarantined, SourceHealth
from vedette.formats.lines import LineGatherer
from vedette.reports import Mode, Scan


def sender(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 5.0)


def test_scan_lines_over_udp_have_the_doors_time():
    port = free_port(socket.SOCK_DGRAM)
    with Session(f"udp://127.0.0.1:{port}") as session, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        before = now_tai_ns()
        out.sendto(scan_line(0) + scan_line(1), ("127.0.0.1", port))
        session.wait_for(lambda: len(session.of(Scan)) == 2)
        first, second = session.of(Scan)
        assert before - 10**7 <= first.t_received_tai_ns == second.t_received_tai_ns <= now_tai_ns()
        assert first.values[0, 2] == 812_250.0
        (header,) = session.of(FeedHeader)
        assert (header.format, header.mode) == ("udp", Mode.TEST)


def test_what_cannot_be_read_is_said_and_the_next_datagram_is_read():
    port = free_port(socket.SOCK_DGRAM)
    with Session(f"udp://127.0.0.1:{port}") as session, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for junk in (b"\x00\x01\x02", b"", b'{"sensor_id": ', b"{}", b"\xff" * 1000, bytes([48, 0, 200, 1])):
            out.sendto(junk, ("127.0.0.1", port))
        out.sendto(scan_line(mode=Mode.REAL), ("127.0.0.1", port))
        out.sendto(scan_line(sensor_id="nobody"), ("127.0.0.1", port))
        out.sendto(scan_line(), ("127.0.0.1", port))
        session.wait_for(lambda: bool(session.of(Scan)))
        said = session.of(Quarantined)
        assert len(said) == 8 and all(trouble.sentence and trouble.t_received_tai_ns for trouble in said)
        assert [trouble.exit_code for trouble in said].count(6) == 1  # REAL in a TEST watch


def test_asterix_over_udp_and_what_the_radar_says_of_itself():
    port = free_port(socket.SOCK_DGRAM)
    with Session(f"udp://127.0.0.1:{port}") as session, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        second_of_day = time.time() % 86_400
        out.sendto(sector034(second_of_day - 0.4, 0, com=0x02), ("127.0.0.1", port))
        plots = record048(second_of_day - 0.2, theta=512, second=0x80)
        out.sendto(plots + sector034(second_of_day, 8), ("127.0.0.1", port))
        session.wait_for(lambda: bool(session.of(Scan)))
        (scan,) = session.of(Scan)
        assert len(scan) == 1 and scan.looked_at is not None
        assert abs(scan.t_received_tai_ns - int(scan.t_measured_tai_ns[0])) < 5e9
        (health,) = session.of(SourceHealth)
        assert health.is_clock_valid is False


def test_plots_that_wait_for_a_sector_are_not_lost_at_the_end():
    port = free_port(socket.SOCK_DGRAM)
    with Session(f"udp://127.0.0.1:{port}") as session, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(record048(time.time() % 86_400, second=0x80), ("127.0.0.1", port))
        session.wait_for(lambda: session.pauses > 0)
        assert sum(len(scan) for scan in session.end() if isinstance(scan, Scan)) == 1


def test_senders_connect_and_their_lines_may_come_in_pieces():
    port = free_port()
    with Session(f"tcp://127.0.0.1:{port}", listen=True) as session:
        with sender(port) as one, sender(port) as two:
            line = scan_line(0)
            one.sendall(line[:100])
            two.sendall(scan_line(0, sensor_id="radar-north"))
            session.wait_for(lambda: len(session.of(Scan)) == 1)
            one.sendall(line[100:] + scan_line(1)[:-1])  # the last without its newline
        session.wait_for(lambda: len(session.of(Scan)) == 3)


def test_a_line_that_is_cut_off_or_without_end_costs_only_itself(monkeypatch):
    monkeypatch.setattr(tcp, "LineGatherer", lambda: LineGatherer(2_000))
    port = free_port()
    with Session(f"tcp://127.0.0.1:{port}", listen=True) as session:
        with sender(port) as out:
            out.sendall(b'{"x": "' + b"y" * 50_000 + b'"}\n' + scan_line(0) + scan_line(1)[:50])
        session.wait_for(lambda: len(session.of(Quarantined)) == 2)
        long, cut = session.of(Quarantined)
        assert "50,010 bytes" in long.what and long.sha256 and "cut off" in cut.what
        assert len(session.of(Scan)) == 1


def test_one_who_stops_in_mid_line_is_let_go(monkeypatch):
    monkeypatch.setattr(tcp, "HALF_LINE_S", 0.5)
    port = free_port()
    with Session(f"tcp://127.0.0.1:{port}", listen=True) as session, sender(port) as out:
        out.sendall(scan_line(0)[:40])
        out.settimeout(DEADLINE_S)
        assert out.recv(1) == b""  # closed by the watch
        session.wait_for(lambda: any("middle of a line" in said.what for said in session.of(Quarantined)))


def test_connections_are_bounded(monkeypatch):
    monkeypatch.setattr(tcp, "MOST_CONNECTIONS", 2)
    port = free_port()
    with Session(f"tcp://127.0.0.1:{port}", listen=True) as session, sender(port) as one, sender(port) as two:
        one.sendall(scan_line(0))
        two.sendall(scan_line(1))
        session.wait_for(lambda: len(session.of(Scan)) == 2)
        with sender(port) as three:
            three.settimeout(DEADLINE_S)
            assert three.recv(1) == b""
        session.wait_for(lambda: any("2 are open" in said.what for said in session.of(Quarantined)))


def test_a_peer_is_called_again_when_it_is_lost():
    port = free_port()
    with Session(f"tcp://127.0.0.1:{port}") as session:  # nobody is there yet
        session.wait_for(lambda: any("cannot be reached" in said.what for said in session.of(Quarantined)))
        for index in range(2):
            with socket.create_server(("127.0.0.1", port)) as server:
                server.settimeout(DEADLINE_S)
                connection, _ = server.accept()
                with connection:
                    connection.sendall(scan_line(index))
                    session.wait_for(lambda index=index: len(session.of(Scan)) == index + 1)
        session.wait_for(lambda: any("the connection is lost" in said.what for said in session.of(Quarantined)))
        assert any(said.what == "connected again" and said.is_kept for said in session.of(Quarantined))


def test_two_watches_cannot_listen_at_one_place():
    port = free_port(socket.SOCK_DGRAM)
    with Session(f"udp://127.0.0.1:{port}"), pytest.raises(UnreachableError, match="another watch"):
        Session(f"udp://127.0.0.1:{port}")


def test_files_beside_addresses_are_read_too(tmp_path):
    from vedette.formats import open_feed

    path = tmp_path / "night.jsonl"
    path.write_bytes(b'{"vedette_scan_file": 1, "mode": "TEST"}\n' + scan_line(0))
    drill = tmp_path / "drill.jsonl"
    drill.write_bytes(b'{"vedette_scan_file": 1, "mode": "EXERCISE"}\n' + scan_line(0, mode=Mode.EXERCISE))
    files = {str(p): open_feed(p, sensors=SENSORS) for p in (path, drill)}
    port = free_port(socket.SOCK_DGRAM)
    with Session(f"udp://127.0.0.1:{port}", files=files) as session:
        session.wait_for(lambda: len(session.of(Scan)) == 1 and len(session.of(Quarantined)) == 2)
        assert all(said.exit_code == 6 for said in session.of(Quarantined))
