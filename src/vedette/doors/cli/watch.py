"""`vedette watch FEED...`: the main job."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter


def watch(
    *feeds: str,
    listen: tuple[str, ...] = (),
    open_to_network: bool = False,
    until: str | None = None,
    predict_to: str | None = None,
    speed: str = "max",
    at: str | None = None,
    pad: str | None = None,
    azimuth_deg: float | None = None,
    sensors: Path | None = None,
    references: Path | None = None,
    policy: Path | None = None,
    notices: Path | None = None,
    catalogue: tuple[str, ...] = (),
    catalogue_again_hours: float | None = None,
    tape: tuple[Path, ...] = (),
    sky: bool = False,
    mode: Literal["REAL", "EXERCISE", "TEST", "SIMULATED"] | None = None,
    areas: Path | None = None,
    data_dir: Path | None = None,
    store: str | None = None,
    json: bool = False,
    jsonl: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Watch feeds: detect, track, name, predict, and propose alerts, keeping every report in a journal.

    A feed is a scan file (.jsonl), a CCSDS TDM (KVN or XML), launch telemetry (JSON arrays time, velocity, altitude),
    a directory of these, or - for standard input. What it is, is read from its content.

    A feed may also be live, and brings scan lines, or ASTERIX categories 034 and 048: tcp://HOST:PORT is called, and
    called again when it is lost; nats://HOST:PORT?subject=NAME is subscribed to; udp://HOST:PORT, or --listen
    tcp://HOST:PORT, lets senders come to us. A live watch is REAL unless --mode says otherwise, and ends with Ctrl-C or
    at --until.

    Parameters
    ----------
    feeds
        Files, directories, - for standard input, or addresses of live feeds.
    listen
        An address to listen at: udp://127.0.0.1:8600 or tcp://127.0.0.1:8601. May be given more than once.
    open_to_network
        Let other machines reach what is listened at; without it only 127.0.0.1 is.
    until
        Stop at this instant: T+183 (seconds after lift-off) or 2031-04-01T12:00:00Z.
    predict_to
        At the end, say where each object will be at this instant.
    speed
        A multiple of real time such as 1 or 20, or max.
    at
        Lift-off in UTC, for telemetry that counts from its own zero; without it times in UTC are null.
    pad
        Where telemetry was launched from: LAT,LON in degrees, north and east positive.
    azimuth_deg
        Launch azimuth in degrees clockwise from north, when it is known.
    sensors
        TOML file that describes the sensors; a TDM carries no site.
    references
        Orbits of known objects, by which the sensors' constant errors are found: element sets, or TOML.
    policy
        TOML file by which what is seen is judged: how often each cause happens, when a level is reached, who must act
        by when. The journal keeps it. docs/guides/policy.md says what stands in it.
    notices
        What partners announced: a file of `vedette notices import`, or the data directory that keeps them.
    catalogue
        Element sets of what is up there: a file (two lines or OMM, .gz too), or the word `store` for what `vedette
        catalogue load` keeps. Every look is held against them before it begins anything; the journal keeps them. May be
        given more than once.
    catalogue_again_hours
        Read the catalogue again so many hours after each time, and give it when it has changed: launches that were
        seen are then tied to the new objects they have put up.
    tape
        A recording that must never be live, such as an exercise's scan file: its looks are known again and set aside.
        May be given more than once.
    sky
        Follow what radars see as a crowd, tens of thousands of objects: states and counts, no launches and no orbits.
    mode
        What these reports are; by default what the feed says of itself, else REAL.
    areas
        GeoJSON of named areas: alerts say which of them are in danger, how probably, and how many seconds they have.
    data_dir
        Where the journal and the alerts are kept.
    store
        Keep the journal's entries in a PostgreSQL server, which many may read:
        postgresql://USER@HOST/DATABASE?schema=NODE. Its head and its seals stay in the data directory, where it is
        listed, verified and replayed as any other. The password comes from PGPASSWORD or a password file.
    json
        One JSON document at the end.
    jsonl
        One JSON line for every event and alert as it is said, and a last one with the picture.
    quiet
        No words on stderr.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.watching import WatchOptions, run_watch

    if not feeds and not listen:
        raise UsageError("nothing to watch: name a file, a directory, or - for standard input; `vedette watch --help`")
    if json and jsonl:
        raise UsageError("--json and --jsonl are two shapes of the same answer; choose one")
    if catalogue_again_hours is not None and not catalogue_again_hours > 0.0:
        raise UsageError(f"--catalogue-again-hours {catalogue_again_hours:g}: give hours, more than none")
    if store is not None and not store.startswith(("postgresql://", "postgres://")):
        raise UsageError(f"--store {store}: give postgresql://USER@HOST/DATABASE?schema=NODE; a file is the default")
    return run_watch(
        WatchOptions(
            feeds=feeds,
            listen=listen,
            is_open=open_to_network,
            until=until,
            predict_to=predict_to,
            speed=speed_of(speed),
            at=at,
            pad=pad,
            azimuth_deg=azimuth_deg,
            sensors=sensors,
            references=references,
            policy=policy,
            notices=notices,
            catalogue=catalogue,
            catalogue_again_s=None if catalogue_again_hours is None else 3600.0 * catalogue_again_hours,
            tapes=tape,
            sky=sky,
            mode=mode,
            areas=areas,
            data_dir=data_dir,
            server=store,
            output="json" if json else "jsonl" if jsonl else "people",
            is_quiet=quiet,
        )
    )


def speed_of(text: str) -> float | None:
    """A positive factor of real time; None means as fast as it goes."""
    from vedette.core.errors import UsageError

    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.0 < factor < float("inf"):
        raise UsageError(f"--speed {text}: give a positive factor of real time such as 1 or 20, or max")
    return factor
