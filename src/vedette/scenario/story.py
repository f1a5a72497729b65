"""A story: which launches, from where, when, seen by whom, and how much of it is left to chance.

A story is a TOML file. `[[launch]]` tables give one launch each; every quantity may carry a spread (`draws`). A table
`[launch.varied]` widens some of them for calibration, where class, place, azimuth and loft are drawn as well.
Generic flight classes and invented sensors only.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.scenario.after_boost import Ending, parse_ending
from vedette.scenario.disturbance import Disturbance, parse_disturbance
from vedette.scenario.draws import Draw, fixed, parse_draw, parse_words
from vedette.scenario.system_troubles import TABLES, SystemTroubles, parse_system_troubles
from vedette.scenario.thing import ThingSpec
from vedette.scenario.thing_tables import KINDS, parse_things
from vedette.sensing import Sensor, packaged_sensors
from vedette.sensing.files import sensors_from_tables
from vedette.sensing.links import NO_LINKS, Links, parse_links
from vedette.time import tai_ns_from_utc_text

DEFAULTS: dict[str, Draw] = {
    # where, when and which way
    "lat_deg": fixed(0.0),
    "lon_deg": fixed(0.0),
    "height_m": fixed(0.0),
    "t_launch_s": fixed(0.0),
    "azimuth_deg": fixed(90.0),
    "loft": Draw("log-normal", 1.0, 0.03),  # multiplies the vehicle's climb at burnout; above one flies higher
    # how the vehicle differs from its kind
    "thrust": Draw("normal", 1.0, 0.05),
    "burn_spread": Draw("normal", 0.0, 1.0),  # in one-sigma spreads of its vehicle
    "burnt": Draw("normal", 0.0, 0.01),
    "boost_drag": Draw("log-normal", 1.0, 0.2),
    "coast_beta": Draw("even", 0.0, 1.0),  # from the lowest to the highest of its vehicle
    # what no filter's model knows
    "ripple": Draw("even", 0.0, 0.01),
    "ripple_hz": Draw("even", 0.05, 0.3),
    "slope": Draw("normal", 0.0, 0.01),
    "tail_off_s": Draw("even", 0.2, 1.0),
    "steer_pitch_deg": Draw("normal", 0.0, 0.15),
    "steer_yaw_deg": Draw("normal", 0.0, 0.15),
    "steer_period_s": Draw("even", 30.0, 90.0),
    # how it looks
    "rcs_m2": Draw("log-normal", 1.0, 0.5),
    "plume": Draw("log-normal", 1.0, 0.3),
    "cloud_top_m": Draw("even", 0.0, 10_000.0),
}


@dataclass(frozen=True, slots=True)
class LaunchSpec:
    """One launch of a story: what it is called, which classes it may be, and its quantities."""

    id: str
    classes: tuple[str, ...]
    quantities: Mapping[str, Draw]
    ending: Ending | None = None  # how it ends otherwise than its class does


@dataclass(frozen=True, slots=True)
class Story:
    """A named story; `launches` as told, `varied` as calibration draws them."""

    name: str
    title: str
    about: str
    t_start_tai_ns: int
    seconds: float
    launches: tuple[LaunchSpec, ...]
    varied: tuple[LaunchSpec, ...]
    sensors: Mapping[str, Sensor]
    missed_look_probability: Draw
    refractivity: Draw
    disturbance: Disturbance = field(default_factory=Disturbance)  # noise that its radars hear
    things: tuple[ThingSpec, ...] = ()  # what is truly there beside launches
    troubles: SystemTroubles = field(default_factory=SystemTroubles)
    links: Links = NO_LINKS  # what its sensors' reports and power depend on
    acts: tuple[Mapping[str, Any], ...] = ()  # [[act]]: what people do meanwhile; read by who plays the story


def stories_folder() -> Path:
    """Where the packaged stories are: inside an installed wheel, or `scenarios/` of a source tree."""
    installed = Path(__file__).parent / "stories"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "scenarios"


def packaged_stories() -> tuple[str, ...]:
    """Names of the stories that ship with Vedette."""
    return tuple(sorted(path.stem for path in stories_folder().glob("*.toml")))


def read_story(name_or_path: str | Path) -> Story:
    """A story by packaged name, or from a file.

    Errors: `NotFoundError` with the known names; `BadInputError` naming file, table and key.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml" and not path.is_file():
        path = stories_folder() / f"{name_or_path}.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        known = ", ".join(packaged_stories())
        raise NotFoundError(f"no scenario {name_or_path}; there are {known}, or give a .toml file") from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInputError(f"not readable as text ({trouble})", str(path)) from None
    return parse_story(text, name=path.stem, where=str(path))


def parse_story(text: str, name: str = "story", where: str = "story") -> Story:
    """A story from TOML text."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInputError(f"not TOML: {trouble}", where) from None
    noise = {"jamming", "sun_burst", "aurora", "receivers"}
    known = {"title", "about", "t_start_utc", "seconds", "sensors", "launch", "chance", "act", "links"}
    _only(document, {*known, *noise, *KINDS, *TABLES}, where)
    for key in ("title", "t_start_utc"):
        if key not in document:
            raise BadInputError(f"{key} is missing", where, "see scenarios/two-launches.toml for an example")
    try:
        t_start = tai_ns_from_utc_text(str(document["t_start_utc"]))
    except ValueError as trouble:
        raise BadInputError(f"t_start_utc: {trouble}", where) from None
    seconds = document.get("seconds", 900.0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 7200:
        raise BadInputError(f"seconds = {seconds!r}", where, "give 1 to 7200 seconds")
    tables, acts = document.get("launch", []), document.get("act", [])
    for key, value in (("launch", tables), ("act", acts)):
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise BadInputError(f"{key} is not a list of tables", where, f"write [[{key}]]")
    pairs = [pair for number, table in enumerate(tables, 1) for pair in _launches(table, f"{where}: launch {number}")]
    ids = [spec.id for spec, _ in pairs]
    if len(set(ids)) != len(ids):
        raise BadInputError(f"launch ids {', '.join(ids)} repeat", where, "give each launch its own id")
    chance = document.get("chance", {})
    _only(chance, {"missed_look_probability", "refractivity"}, f"{where}: chance")
    sensors = _sensors(document.get("sensors"), where)
    return Story(
        name=name,
        title=str(document["title"]),
        about=str(document.get("about", "")).strip(),
        t_start_tai_ns=t_start,
        seconds=float(seconds),
        launches=tuple(spec for spec, _ in pairs),
        varied=tuple(spec for _, spec in pairs),
        sensors=sensors,
        missed_look_probability=parse_draw(chance.get("missed_look_probability", 0.02), f"{where}: chance"),
        refractivity=parse_draw(chance.get("refractivity", {"mean": 315.0, "sigma": 10.0}), f"{where}: chance"),
        disturbance=parse_disturbance(document, where),
        things=parse_things(document, where),
        troubles=parse_system_troubles(document, sensors, t_start, lambda table, at: _launch(table, at)[0], where),
        links=parse_links(text, where),
        acts=tuple(acts),
    )


def _launches(table: dict[str, Any], where: str) -> list[tuple[LaunchSpec, LaunchSpec]]:
    """One launch, or as many alike as `count` says, each with its own luck."""
    count = table.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1000:
        raise BadInputError(f"count = {count!r}", where, "give a whole number from 1 to 1000")
    told, varied = _launch({key: value for key, value in table.items() if key != "count"}, where)
    if count == 1:
        return [(told, varied)]
    names = [f"{told.id}-{number + 1:03d}" for number in range(count)]
    return [(replace(told, id=name), replace(varied, id=name)) for name in names]


def _launch(table: dict[str, Any], where: str) -> tuple[LaunchSpec, LaunchSpec]:
    if "id" not in table or "class" not in table:
        raise BadInputError("id or class is missing", where)
    told = _quantities(table, DEFAULTS, where)
    varied_table = table.get("varied", {})
    varied = _quantities(varied_table, told, f"{where}.varied")
    classes = parse_words(table["class"], f"{where}.class")
    varied_classes = parse_words(varied_table.get("class", list(classes)), f"{where}.varied.class")
    identity, ending = str(table["id"]), parse_ending(table, where)
    return LaunchSpec(identity, classes, told, ending), LaunchSpec(identity, varied_classes, varied, ending)


def _quantities(table: Mapping[str, Any], start: Mapping[str, Draw], where: str) -> dict[str, Draw]:
    _only(table, {"id", "class", "varied", "glide", "failure", *DEFAULTS}, where)
    given = {key: parse_draw(table[key], f"{where}.{key}") for key in DEFAULTS if key in table}
    return {**start, **given}


def _sensors(value: Any, where: str) -> dict[str, Sensor]:
    if value is None:
        return packaged_sensors()
    shelf = packaged_sensors(every_kind=True)
    if isinstance(value, dict):
        return sensors_from_tables(value, where)
    if not isinstance(value, list) or not value:
        raise BadInputError(f"sensors = {value!r}", where, "list packaged names, or write [sensors.NAME] tables")
    for name in value:
        if name not in shelf:
            raise BadInputError(f"no packaged sensor {name!r}", where, f"there are {', '.join(shelf)}")
    return {name: shelf[name] for name in value}


def _only(table: Any, known: set[str], where: str) -> None:
    if not isinstance(table, Mapping):
        raise BadInputError(f"{table!r} is not a table", where)
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise BadInputError(
                f"unknown key {key}",
                where,
                f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}",
            )


def check_seed(seed: int) -> int:
    """The seed, or a sentence: seeds are whole and not negative."""
    if seed < 0:
        raise UsageError(f"seed {seed} is negative; seeds are 0, 1, 2, ...")
    return seed
