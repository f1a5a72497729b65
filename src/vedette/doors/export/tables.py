"""Tables for spreadsheets and analysts: a row a thing, units in every heading, an empty cell for what is not known."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from vedette.doors.export.scene import Scene

Cell = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, with its unit last, and what its cells are: text, number, count or truth."""

    name: str
    kind: str = "text"


_COV = ("xx", "xy", "xz", "yy", "yz", "zz")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "tracks": (
        Column("object_id"), Column("t_utc"), Column("t_tai_ns", "count"), Column("lat_deg", "number"),
        Column("lon_deg", "number"), Column("height_m", "number"),
        *(Column(f"position_itrf_{axis}_m", "number") for axis in "xyz"),
        *(Column(f"velocity_itrf_{axis}_mps", "number") for axis in "xyz"),
        *(Column(f"position_cov_itrf_{pair}_m2", "number") for pair in _COV),
    ),
    "objects": (
        Column("object_id"), Column("class"), Column("probability", "number"), Column("phase"),
        Column("launch_lat_deg", "number"), Column("launch_lon_deg", "number"), Column("launch_utc"),
        Column("azimuth_deg", "number"), Column("launch_90_km2", "number"), Column("apogee_km", "number"),
        Column("impact_lat_deg", "number"), Column("impact_lon_deg", "number"), Column("impact_from_90_utc"),
        Column("impact_to_90_utc"), Column("impact_90_km2", "number"), Column("is_impact_conditional", "truth"),
        Column("sensors"), Column("marks"),
    ),
    "areas": (
        Column("object_id"), Column("kind"), Column("from_utc"), Column("to_utc"), Column("probability", "number"),
        Column("area_km2", "number"), Column("corner", "count"), Column("lat_deg", "number"),
        Column("lon_deg", "number"),
    ),
    "events": (
        Column("happened_utc"), Column("said_utc"), Column("said_after_liftoff_s", "number"), Column("kind"),
        Column("object_id"), Column("text"),
    ),
    "alerts": (
        Column("alert_id"), Column("kind"), Column("object_id"), Column("evidence"), Column("message"),
        Column("t_utc"),
        Column("text"), Column("reasons_for"), Column("reasons_against"),
    ),
    "sensors": (
        Column("sensor_id"), Column("kind"), Column("lat_deg", "number"), Column("lon_deg", "number"),
        Column("height_m", "number"), Column("condition"), Column("noise_rise_db", "number"),
        Column("reports", "count"), Column("delay_s", "number"), Column("last_heard_utc"),
    ),
}  # fmt: skip


def rows_of(scene: Scene, table: str) -> Iterator[tuple[Cell, ...]]:
    """The rows of a table, in the order of `COLUMNS`; the mode of everything is said in each by `csv_bytes`."""
    match table:
        case "tracks":
            yield from _tracks(scene)
        case "objects":
            yield from (_object(one) for one in scene.picture["objects"])
        case "areas":
            yield from _areas(scene)
        case "events":
            for one in scene.picture["events"]:
                yield (
                    one["t_utc"], one["t_declared_utc"], one["t_declared_plus_s"], one["kind"], one["object_id"],
                    one["text"],
                )  # fmt: skip
        case "alerts":
            for one in scene.picture["alerts"]:
                yield (
                    one["id"], one["kind"], one["object_id"], one["evidence"], one["message"], one["t_utc"],
                    one["text"],
                    "; ".join(one["reasons_for"]), "; ".join(one["reasons_against"]),
                )  # fmt: skip
        case "sensors":
            yield from _sensors(scene)


def csv_bytes(scene: Scene, table: str) -> bytes:
    """RFC 4180, UTF-8; the first column of every row is the mode, so that a drill stays one wherever it is pasted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["mode", *(column.name for column in COLUMNS[table])])
    for row in rows_of(scene, table):
        writer.writerow([scene.mode, *(_cell(value) for value in row)])
    return out.getvalue().encode()


def _cell(value: Cell) -> str:
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # a spreadsheet would run what begins like a formula, and feeds are written by others
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    return repr(value)


def _tracks(scene: Scene) -> Iterator[tuple[Cell, ...]]:
    for name, path in scene.paths.items():
        for i in range(len(path)):
            cov = path.covs_itrf_m2[i]
            parts = (None,) * 6 if cov is None else (cov[0, 0], cov[0, 1], cov[0, 2], cov[1, 1], cov[1, 2], cov[2, 2])
            yield (
                name, scene.utc(path.t_tai_ns[i]) if scene.is_epoch_known else None, path.t_tai_ns[i],
                round(path.lat_deg[i], 7), round(path.lon_deg[i], 7), round(path.height_m[i], 2),
                *(round(float(x), 3) for x in path.positions_itrf_m[i]),
                *(round(float(x), 4) for x in path.velocities_itrf_mps[i]),
                *(None if x is None else float(f"{x:.7g}") for x in parts),
            )  # fmt: skip


def _object(one: dict[str, Any]) -> tuple[Cell, ...]:
    launch, impact = one["launch"] or {}, one["impact"] or {}
    span = impact.get("t_90_utc") or (None, None)
    return (
        one["id"], one["class"], max(one["probabilities"].values(), default=None), one["phase"],
        launch.get("lat_deg"), launch.get("lon_deg"), launch.get("t_utc"), launch.get("azimuth_deg"),
        _size_90(launch.get("areas", ())), one["apogee_km"], impact.get("lat_deg"), impact.get("lon_deg"), span[0],
        span[1], _size_90(one["impact_areas"]), impact.get("is_conditional"), " ".join(one["sensors"]),
        " ".join(one["quality"]),
    )  # fmt: skip


def _size_90(areas: Any) -> float | None:
    return next((area["area_km2"] for area in areas if abs(area["probability"] - 0.9) < 1e-6), None)


def _areas(scene: Scene) -> Iterator[tuple[Cell, ...]]:
    for one in scene.areas:
        times = (scene.utc(one.t_from_tai_ns), scene.utc(one.t_to_tai_ns)) if scene.is_epoch_known else (None, None)
        for number, (lat, lon) in enumerate(zip(one.area.lat_deg, one.area.lon_deg, strict=True)):
            yield one.object_id, one.kind, *times, one.area.probability, one.area.area_km2, number, lat, lon


def _sensors(scene: Scene) -> Iterator[tuple[Cell, ...]]:
    health = {one["id"]: one for one in scene.picture["sensors"]}
    clocks = {one["sensor_id"]: one for one in scene.picture["sources"]}
    for one in scene.sensors:
        state, clock = health.get(one.id, {}), clocks.get(one.id, {})
        yield (
            one.id, one.kind, one.lat_deg, one.lon_deg, one.height_m, state.get("condition"),
            state.get("noise_rise_db"),
            clock.get("scans"), clock.get("delay_s"), clock.get("t_heard_utc"),
        )  # fmt: skip
