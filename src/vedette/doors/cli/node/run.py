"""`vedette node run`: the watch, its console, its broker and its links."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter


def run(
    *feeds: str,
    scenario: str | None = None,
    seed: int = 1,
    speed: str = "1",
    listen: tuple[str, ...] = (),
    open_to_network: bool = False,
    sensors: Path | None = None,
    references: Path | None = None,
    policy: Path | None = None,
    notices: Path | None = None,
    catalogue: tuple[str, ...] = (),
    sky: bool = False,
    mode: Literal["REAL", "EXERCISE", "TEST", "SIMULATED"] | None = None,
    areas: Path | None = None,
    nats_server: str = "",
    data_dir: Path | None = None,
    port: int = 8600,
    host: str = "127.0.0.1",
    name: tuple[str, ...] = (),
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    no_token: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Watch, serve the console, and keep the links to partners, until Ctrl-C.

    It is `vedette serve` with partners: the same feeds and the same options. The broker is started with it, watched,
    and started again when it dies; own warnings never wait for it, for a link, or for a partner. What partners may be
    told stands in release/, and is heeded within a second of a change, as is `vedette node peer`.

    Parameters
    ----------
    feeds
        Files, directories, - for standard input, or addresses of live feeds, as `vedette watch` takes them.
    scenario
        Play a named scenario instead; `vedette scenario list` shows them.
    seed
        Of a scenario: another seed, another night.
    speed
        Of what is played: a multiple of real time such as 1 or 20, or max.
    listen
        An address to listen at for feeds: udp://127.0.0.1:8600 or tcp://127.0.0.1:8601. May be given more than once.
    open_to_network
        Let feeds from other machines reach what is listened at.
    sensors
        TOML file that describes the sensors.
    references
        Orbits of known objects, by which the sensors' constant errors are found.
    policy
        TOML file by which what is seen is judged.
    notices
        What partners announced: a file of `vedette notices import`, or the data directory that keeps them.
    catalogue
        Element sets of what is up there: a file, or the word `store`. May be given more than once.
    sky
        Follow what radars see as a crowd, tens of thousands of objects: states and counts, no launches.
    mode
        What these reports are; by default what the feed says of itself, SIMULATED for a scenario, REAL for live feeds.
    areas
        GeoJSON of named areas: alerts say which of them are in danger, and how many seconds they have.
    nats_server
        Path of nats-server, for this run.
    data_dir
        The node's directory.
    port
        Where to serve; 0 takes a free one, and says which.
    host
        The address to serve at; another than this machine's own needs accounts, --tls-cert and --tls-key.
    name
        A further name by which the server is reached; requests under other names are refused. More than once.
    tls_cert
        PEM file of the certificate, with its chain.
    tls_key
        PEM file of its key, which nobody else can read.
    no_token
        Anybody on this machine may look, without the printed address: for trying out, never REAL.
    quiet
        No words on stderr but troubles.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.cli.watch import speed_of
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.running import run_node
    from vedette.doors.server.opening import Opening
    from vedette.doors.server.pipe import WatchPlan

    if scenario is None and not feeds and not listen:
        raise UsageError("nothing to watch: name feeds, or --scenario two-launches; `vedette node run --help`")
    if scenario is not None and (feeds or listen):
        raise UsageError("--scenario plays a story by itself; give feeds or a scenario")
    folder = data_dir_of(data_dir)
    plan = WatchPlan(
        feeds=feeds, listen=listen, is_open=open_to_network, scenario=scenario, seed=seed, speed=speed_of(speed),
        mode=mode, sensors=_text(sensors), references=_text(references), policy=_text(policy), notices=_text(notices),
        catalogue=catalogue, areas=_text(areas), sky=sky, data_dir=str(folder),
    )  # fmt: skip
    opening = Opening(
        port=port, host=host, names=name, certificate=tls_cert, key=tls_key, is_token_asked=not no_token,
    )  # fmt: skip
    return run_node(folder, plan, opening, nats_server=nats_server, is_quiet=quiet)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
