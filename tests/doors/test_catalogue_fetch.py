"""Fetching from a server on this machine, and what is refused."""

import http.server
import json
import threading

import pytest

from vedette.doors.cli import main

TLE = b"""VANGUARD 1
1     5U 58002B   19154.81358194 -.00000080  00000-0 -78068-4 0  9992
2     5  34.2459 317.6175 1842336  84.1010 296.5437 10.84763464164128
"""


@pytest.fixture
def address():
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path.startswith("/gp.php")
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(TLE if found else b"no")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_fetched_is_kept(address, tmp_path, capsys):
    assert main(["catalogue", "fetch", f"{address}/gp.php?GROUP=x", "--data-dir", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["objects"] == 1 and told["files"][0]["new"] == 1
    main(["catalogue", "where", "--id", "5", "--at", "2019-06-04T00:00:00Z", "--data-dir", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out)[0]["name"] == "VANGUARD 1"


def test_an_error_and_a_dead_server_are_said(address, tmp_path, capsys):
    assert main(["catalogue", "fetch", f"{address}/none", "--data-dir", str(tmp_path)]) == 3
    assert "404" in capsys.readouterr().err
    assert main(["catalogue", "fetch", "http://127.0.0.1:9/gp", "--data-dir", str(tmp_path)]) != 0
    assert "no answer" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["http://example.org/gp", "file:///etc/passwd", "ftp://x/y", "nonsense"])
def test_only_https_leaves_this_machine(word, tmp_path, capsys):
    assert main(["catalogue", "fetch", word, "--data-dir", str(tmp_path)]) == 2
    assert "only https" in capsys.readouterr().err
