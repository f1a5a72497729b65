"""What `serve`, `node run` and `node standby` share is one list, and reaches the watch and the server whole."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from vedette.core.errors import UsageError
from vedette.doors.cli.main import _run
from vedette.doors.cli.serving_options import ServeOptions, WatchOptions
from vedette.doors.server.opening import Opening
from vedette.doors.server.pipe import WatchPlan

Called = list[tuple[Any, ...]]
OPTIONS = [
    "--listen", "udp://127.0.0.1:1", "--open-to-network", "--sensors", "s.toml", "--references", "r.txt",
    "--policy", "p.toml", "--notices", "n.json", "--catalogue", "-", "--catalogue", "store", "--sky",
    "--mode", "TEST", "--areas", "a.json", "--seed", "7", "--speed", "max",
]  # fmt: skip
SERVED = [
    "--port", "0", "--host", "::1", "--name", "here", "--name", "there", "--tls-cert", "c.pem", "--tls-key", "k.pem",
    "--no-token", "-q",
]  # fmt: skip


class _NoProcess:
    """No watch is begun."""

    def __init__(self, plan: WatchPlan) -> None:
        self.plan = plan

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    found: Called = []

    def take(*words: Any, **more: Any) -> int:
        found.append((*words, more))
        return 0

    monkeypatch.setattr("vedette.doors.server.head_start.HeadStart", _NoProcess)
    for place in ("server.serving.run_serve", "node.running.run_node", "node.standing_by.run_standby"):
        monkeypatch.setattr(f"vedette.doors.{place}", take)
    return found


def test_every_option_reaches_the_watch_and_the_server(called: Called, tmp_path: Path) -> None:
    for words in (["serve", "feed.jsonl"], ["node", "run", "feed.jsonl"], ["node", "standby"]):
        options = OPTIONS if "standby" not in words else []
        assert _run([*words, *options, *SERVED, "--data-dir", str(tmp_path)]) == 0
    opening = Opening(
        port=0, host="::1", names=("here", "there"), certificate=Path("c.pem"), key=Path("k.pem"), is_token_asked=False
    )
    plan = WatchPlan(
        feeds=("feed.jsonl",), listen=("udp://127.0.0.1:1",), is_open=True, seed=7, speed=None, mode="TEST",
        sensors="s.toml", references="r.txt", policy="p.toml", notices="n.json", catalogue=("-", "store"),
        areas="a.json", sky=True, data_dir=str(tmp_path),
    )  # fmt: skip
    (served, run, standing) = called
    assert served == (plan, opening, {"is_quiet": True})
    assert run[3].pop("begun").plan == plan  # the watch's process, before anything else
    assert run == (tmp_path, plan, opening, {"nats_server": "", "is_quiet": True})
    assert standing == (tmp_path, opening, {"nats_server": "", "is_quiet": True})


def test_nothing_to_watch_and_too_much_are_told_in_the_words_of_the_command() -> None:
    with pytest.raises(UsageError, match="vedette node run --help"):
        _run(["node", "run"])
    with pytest.raises(UsageError, match="give feeds or a scenario"):
        _run(["serve", "feed.jsonl", "--scenario", "two-launches"])


@pytest.mark.parametrize("options", [WatchOptions, ServeOptions])
def test_each_option_is_told_of(options: Callable[[], object]) -> None:
    told = str(inspect.getdoc(options))
    for one in fields(options()):  # type: ignore[arg-type]
        assert f"\n{one.name}\n" in told
