"""What `serve`, `node run` and `node standby` share: what is watched and where it is served, each said once."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from vedette.doors.server.opening import Opening
    from vedette.doors.server.pipe import WatchPlan


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """What is watched, and by what it is judged.

    Parameters
    ----------
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
    """

    scenario: str | None = None
    seed: int = 1
    speed: str = "1"
    listen: tuple[str, ...] = ()
    open_to_network: bool = False
    sensors: Path | None = None
    references: Path | None = None
    policy: Path | None = None
    notices: Path | None = None
    catalogue: tuple[str, ...] = ()
    sky: bool = False
    mode: Literal["REAL", "EXERCISE", "TEST", "SIMULATED"] | None = None
    areas: Path | None = None

    def plan(self, feeds: tuple[str, ...], data_dir: Path | None, command: str) -> "WatchPlan":
        """What the worker is asked to watch; UsageError, which names the command, when it is nothing or both."""
        from vedette.core.errors import UsageError
        from vedette.doors.cli.watch import speed_of
        from vedette.doors.server.pipe import WatchPlan

        if self.scenario is None and not feeds and not self.listen:
            raise UsageError(
                f"nothing to watch: name feeds, or --scenario two-launches (`vedette {command} --help`); "
                "`vedette review` opens the console on journals that are kept"
            )
        if self.scenario is not None and (feeds or self.listen):
            raise UsageError("--scenario plays a story by itself; give feeds or a scenario")
        return WatchPlan(
            feeds=feeds, listen=self.listen, is_open=self.open_to_network, scenario=self.scenario, seed=self.seed,
            speed=speed_of(self.speed), mode=self.mode, sensors=_text(self.sensors),
            references=_text(self.references), policy=_text(self.policy), notices=_text(self.notices),
            catalogue=self.catalogue, areas=_text(self.areas), sky=self.sky, data_dir=_text(data_dir),
        )  # fmt: skip


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Where it is served, and to whom.

    Parameters
    ----------
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

    host: str = "127.0.0.1"
    name: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    no_token: bool = False
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False

    def opening(self, port: int) -> "Opening":
        """The same for a server."""
        from vedette.doors.server.opening import Opening

        return Opening(
            port=port, host=self.host, names=self.name, certificate=self.tls_cert, key=self.tls_key,
            is_token_asked=not self.no_token,
        )  # fmt: skip


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


WATCH, SERVE = WatchOptions(), ServeOptions()
