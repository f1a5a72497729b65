"""`vedette demo`: everything a visitor needs to see a watch at work, made in a scratch folder and served.

A story is played as an exercise at real pace, with a sky of made-up objects around it, named areas, a partner's
notices, two who release and one who operates, and a channel that writes what is released into a folder. No network, no
account, nothing kept that is not asked for.
"""

import os
import secrets
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

import msgspec

from vedette.doors.key_files import write_secret
from vedette.doors.server.pipe import WatchPlan

OBJECTS = 30_000
HEAD_S = 52.0  # of the story, passed over at once: the first flame is seen some seconds later
PERSONAS = (
    ("administrator-1", "administrator", "makes accounts; acts on no alert"),
    ("operator", "watch-officer", "acknowledges, starts, shelves"),
    ("releasing-1", "releasing-officer", "releases, with a second"),
    ("releasing-2", "releasing-officer", "the second"),
)
_WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour", "island", "juniper", "kelp", "larch"),
    *("meadow", "north", "orchard", "pebble", "quartz", "river", "summit", "tundra", "umber", "valley", "willow"),
)
# name, south-west and north-east corner (latitude, longitude): invented, on the open ocean
_AREAS = (
    ("Alder island", (32.55, -23.25), (32.95, -22.65)),
    ("Birch island", (32.90, -23.70), (33.30, -23.05)),
    ("Cedar island", (31.90, -26.20), (32.20, -25.70)),
    ("Dogwood coast", (33.40, -22.20), (34.00, -20.80)),
)


def run_served_demo(
    scenario: str, seed: int, speed: float | None, data_dir: Path | None, *, port: int, is_browser: bool, objects: int
) -> int:
    """Make what is needed, serve it, and open the console; until Ctrl-C."""
    from vedette.doors.server.opening import Opening
    from vedette.doors.server.serving import run_serve

    folder = Path(tempfile.mkdtemp(prefix="vedette-demo-")) if data_dir is None else data_dir
    plan = make_demo(folder, scenario, seed, speed, objects)
    sys.stderr.write(f"everything of this demonstration lies in {folder}\n")

    def opened(address: str) -> None:
        if is_browser and can_open():
            webbrowser.open(address)

    return run_serve(plan, Opening(port=port), on_open=opened)


def make_demo(folder: Path, scenario: str, seed: int, speed: float | None, objects: int) -> WatchPlan:
    """The scratch folder filled, personas printed; what is to be watched."""
    folder.mkdir(parents=True, exist_ok=True)
    make_personas(folder)
    (folder / "channels.toml").write_text(channels_toml(folder / "released"), encoding="utf-8")
    (folder / "released").mkdir(exist_ok=True)
    _write_json(folder / "areas.geojson", areas_document())
    _write_json(folder / "demo-notices.json", notices_document())
    catalogue: tuple[str, ...] = ()
    if objects:
        make_sky(folder, scenario, seed, objects)
        catalogue = ("store",)
    return WatchPlan(
        scenario=scenario, seed=seed, speed=speed, mode="EXERCISE", head_s=HEAD_S, data_dir=str(folder),
        areas=str(folder / "areas.geojson"), notices=str(folder / "demo-notices.json"), catalogue=catalogue,
    )  # fmt: skip


def make_personas(folder: Path) -> None:
    """Accounts with drawn credentials, told once on the terminal and kept in a file only its owner reads."""
    from vedette.doors.account_keeping import make_account
    from vedette.doors.accounts import AccountBook
    from vedette.doors.key_files import KeyRing
    from vedette.sharing.keys import Purpose

    if AccountBook(folder).accounts():
        sys.stderr.write(f"the accounts of {folder} are kept; their credentials stand in {folder / 'personas.json'}\n")
        return
    if not KeyRing(folder).path(Purpose.DRILL).exists():
        KeyRing(folder).make(Purpose.DRILL, "exercise")  # signs what is released in an exercise
    drawn = {name: "-".join(secrets.choice(_WORDS) for _ in range(4)) for name, _, _ in PERSONAS}
    first = PERSONAS[0][0]
    for name, role, _ in PERSONAS:
        make_account(folder, name, (role,), drawn[name], by="" if name == first else first)
    write_secret(folder / "personas.json", msgspec.json.encode(drawn).decode() + "\n")
    width = max(len(name) for name, _, _ in PERSONAS)
    lines = [f"  {name:<{width}}  {drawn[name]:<28}  {what}\n" for name, _, what in PERSONAS]
    sys.stderr.write("who may log in, and how (for this demonstration alone):\n" + "".join(lines))


def make_sky(folder: Path, scenario: str, seed: int, objects: int) -> None:
    """A catalogue of made-up objects whose elements are a day or two old when the story begins."""
    from vedette.doors.catalogue_store import CatalogueStore
    from vedette.exercise.made_up_sky import population
    from vedette.scenario import read_story

    store = CatalogueStore(folder)
    if not store.path.is_file():
        store.add(population(objects, seed, read_story(scenario).t_start_tai_ns))


def channels_toml(folder: Path) -> str:
    """One channel: what is released in the exercise, as CAP and as text, into a folder."""
    return (
        "# What is released in this exercise is written here and sent nowhere.\n"
        f'[[channel]]\nname = "folder"\nkind = "file"\nmode = "EXERCISE"\nformat = ["cap", "text"]\n'
        f"folder = {_toml_text(str(folder))}\n"
    )


def areas_document() -> dict[str, Any]:
    """Named areas as GeoJSON: longitude first."""
    features = []
    for name, (south, west), (north, east) in _AREAS:
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        features.append({
            "type": "Feature", "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        })  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def notices_document() -> list[dict[str, Any]]:
    """Two notices of the story's night; neither explains what is seen."""
    return [
        {
            "id": "EX-N-014", "kind": "pre-launch", "party": "Northland", "mode": "EXERCISE",
            "issued_utc": "2031-03-31T06:00:00Z", "received_utc": "2031-03-31T06:10:00Z", "instrument": "launch-1988",
            "class_name": "short-range-ballistic", "count": 1,
            "windows": [{"from_utc": "2031-04-01T14:00:00Z", "to_utc": "2031-04-01T16:00:00Z"}],
            "launch_areas": [{"lat_deg": 31.4, "lon_deg": -29.8, "radius_km": 25}], "azimuth_deg": [60, 90],
            "text": "EXERCISE. One flight in the window; none before it.",
        },
        {
            "id": "EX-NAV-231", "kind": "exercise", "party": "Westland", "mode": "EXERCISE",
            "issued_utc": "2031-03-30T18:00:00Z", "received_utc": "2031-03-30T18:20:00Z",
            "windows": [{"from_utc": "2031-04-01T08:00:00Z", "to_utc": "2031-04-01T18:00:00Z"}],
            "hazard_areas": [{"role": "firing", "polygon_deg": [[36, -28], [36, -26.5], [37, -26.5], [37, -28]]}],
            "text": "EXERCISE. Gunnery; keep clear.",
        },
    ]  # fmt: skip


def can_open() -> bool:
    """True where a browser with windows can be opened; a text browser in this terminal is not one."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _toml_text(text: str) -> str:
    return msgspec.json.encode(text).decode()  # a JSON string is a TOML one


def _write_json(path: Path, document: Any) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
