"""What an orbit fit says, as one JSON document and as text made from it."""

from typing import Any

import numpy as np

from vedette.catalogue.orbits.batch import CLOCK
from vedette.catalogue.orbits.observations import ANGLES, KIND_WORDS, Kind
from vedette.catalogue.orbits.solve import Determined
from vedette.core.shapes import Rows, Scalar
from vedette.doors.tracking_files import Track, Tracking
from vedette.frames import EarthOrientation, itrf_from_gcrf_matrix, state_itrf_from_gcrf
from vedette.motion.kepler import elements_from_state
from vedette.time import utc_text_from_tai_ns

_FORCE_UNITS = {"drag": "m2/kg", "radiation": "m2/kg", "push": "m/s2", "cos": "m/s2", "sin": "m/s2", "leak": "m/s3"}
_SHOWN = {Kind.RANGE: (1.0, "m"), Kind.RANGE_RATE: (1.0, "m/s")}


def fit_words(
    found: Determined,
    tracking: Tracking,
    earth_orientation: EarthOrientation,
    compare: tuple[tuple[str, Track], ...] = (),
) -> dict[str, Any]:
    """Everything a fit has to say, plain enough for JSON. Angles in degrees; positions in metres."""
    one, rows = found.solution, found.model.rows
    state, t = one.state_gcrf, one.t_epoch_tai_ns
    elements = elements_from_state(state)
    axes = _rtn(state)
    spread = np.sqrt(np.diagonal(axes @ one.state_cov_gcrf[:3, :3] @ axes.T))
    speed = np.sqrt(np.diagonal(axes @ one.state_cov_gcrf[3:, 3:] @ axes.T))
    return {
        "object": tracking.object_name or None, "id": tracking.catalogue_number,
        "t_epoch_utc": utc_text_from_tai_ns(t, 6),
        "position_gcrf_m": _list(state[:3], 4), "velocity_gcrf_mps": _list(state[3:], 7),
        **_fixed(state, t, earth_orientation),
        "sigma_radial_along_across_m": _list(spread, 4), "sigma_velocity_radial_along_across_mps": _list(speed, 8),
        "covariance_gcrf": [[float(f"{x:.9g}") for x in row] for row in one.state_cov_gcrf],
        "elements": {
            "semi_major_axis_km": round(float(elements[0]) / 1e3, 6), "eccentricity": round(float(elements[1]), 9),
            **{f"{name}_deg": round(float(np.degrees(value)), 6) for name, value in zip(
                ("inclination", "node", "perigee_argument", "true_anomaly"), elements[2:], strict=True)},
        },
        "has_converged": one.has_converged, "sentence": one.sentence, "steps": one.steps,
        "values": len(rows), "used": int(one.is_used.sum()),
        "span_hours": round(float(rows.t_tai_ns[-1] - rows.t_tai_ns[0]) / 3.6e12, 3),
        "t_first_utc": utc_text_from_tai_ns(int(rows.t_tai_ns[0])),
        "t_last_utc": utc_text_from_tai_ns(int(rows.t_tai_ns[-1])),
        "variance_scale": round(one.scale, 3),
        "first_orbit": found.first.words if found.first else "given", "stages": list(found.stages),
        "forces": _forces(found), "biases": _biases(found), "residuals": _residuals(found), "edited": _edited(found),
        "compared": [_compared(name, track, found, earth_orientation) for name, track in compare],
        "left_out": list(tracking.left_out), "marks": list(found.marks),
    }  # fmt: skip


def _list(values: Scalar, digits: int) -> list[float]:
    return [round(float(x), digits) for x in values]


def _rtn(state: Scalar) -> Rows:
    """Rows of radius, track and normal."""
    radial = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(state[:3], state[3:])
    normal /= np.linalg.norm(normal)
    return np.stack([radial, np.cross(normal, radial), normal])


def _fixed(state: Scalar, t: int, earth_orientation: EarthOrientation) -> dict[str, Any]:
    itrf = state_itrf_from_gcrf(t, state, earth_orientation)
    return {"position_itrf_m": _list(itrf[:3], 4), "velocity_itrf_mps": _list(itrf[3:], 7)}


def _forces(found: Determined) -> list[dict[str, Any]]:
    one, names = found.solution, found.dynamics.parameter_names
    rows = []
    for name, value in zip(names, one.force_values, strict=True):
        if name in one.names:
            sigma, how = float(np.sqrt(one.cov[one.names.index(name), one.names.index(name)])), "estimated"
        else:
            sigma, how = float("nan"), "considered"
        if how == "considered" and not value:
            continue
        rows.append({
            "name": name, "value": float(f"{value:.6g}"), "sigma": None if np.isnan(sigma) else float(f"{sigma:.3g}"),
            "unit": _FORCE_UNITS[name.split("_")[0]], "how": how,
        })  # fmt: skip
    return rows


def _biases(found: Determined) -> list[dict[str, Any]]:
    one, stations = found.solution, found.model.rows.stations
    rows = []
    for k, label in enumerate(one.names):
        if " bias " not in label:
            continue
        what, station = label.split(" bias ")
        factor, unit = (1.0, "s") if what == "clock" else (1.0, "m") if what == "range" else (1.0, "m/s")
        if what in {KIND_WORDS[kind] for kind in ANGLES}:
            factor, unit = float(np.degrees(1.0)), "deg"
        rows.append({
            "station": station if station in stations else "on board", "kind": what,
            "value": float(f"{factor * one.values[k]:.7g}"),
            "sigma": float(f"{factor * np.sqrt(one.cov[k, k]):.3g}"), "unit": unit,
        })  # fmt: skip
    assert CLOCK == -1
    return rows


def _residuals(found: Determined) -> list[dict[str, Any]]:
    one, told = found.solution, found.model.rows
    rows = []
    for k in [*range(len(told.stations)), -1]:
        for kind in np.unique(told.kind[told.station == k]):
            here = (told.station == k) & (told.kind == kind)
            used = here & one.is_used
            factor, unit = _SHOWN.get(Kind(kind), (float(np.degrees(1.0)), "deg") if kind in ANGLES else (1.0, "m"))
            left = factor * one.residuals[used]
            rows.append({
                "station": told.stations[k] if k >= 0 else "positions", "kind": KIND_WORDS[Kind(kind)], "unit": unit,
                "count": int(here.sum()), "used": int(used.sum()),
                "mean": float(f"{left.mean():.5g}") if len(left) else None,
                "rms": float(f"{np.sqrt(np.mean(left**2)):.5g}") if len(left) else None,
                "worst": float(f"{np.abs(left).max():.5g}") if len(left) else None,
            })  # fmt: skip
    return rows


def _edited(found: Determined) -> list[dict[str, Any]]:
    one, told = found.solution, found.model.rows
    rows = []
    for i in np.flatnonzero(~one.is_used)[:200]:
        kind = Kind(told.kind[i])
        factor, unit = _SHOWN.get(kind, (float(np.degrees(1.0)), "deg") if kind in ANGLES else (1.0, "m"))
        rows.append({
            "t_utc": utc_text_from_tai_ns(int(told.t_tai_ns[i])), "kind": KIND_WORDS[kind], "unit": unit,
            "station": told.stations[told.station[i]] if told.station[i] >= 0 else "positions",
            "residual": float(f"{factor * one.residuals[i]:.5g}"),
        })  # fmt: skip
    return rows


def _compared(name: str, track: Track, found: Determined, earth_orientation: EarthOrientation) -> dict[str, Any]:
    rows = found.model.rows
    first, last = int(rows.t_tai_ns[0]), int(rows.t_tai_ns[-1])
    inside = (track.t_tai_ns >= first) & (track.t_tai_ns <= last)
    where = "within the arc"
    if not np.any(inside):
        inside, where = np.ones(len(track.t_tai_ns), dtype=bool), "beyond the arc"
    t = track.t_tai_ns[inside]
    states = found.states(t)
    theirs = np.einsum("nji,nj->ni", itrf_from_gcrf_matrix(t, earth_orientation), track.positions_itrf_m[inside])
    apart = states[:, :3] - theirs
    turned = np.array([_rtn(state) @ away for state, away in zip(states, apart, strict=True)])
    far = np.linalg.norm(apart, axis=1)
    return {
        "file": name, "where": where, "count": len(t), "rms_m": round(float(np.sqrt(np.mean(far**2))), 4),
        "worst_m": round(float(far.max()), 4),
        "rms_radial_along_across_m": _list(np.sqrt(np.mean(turned**2, axis=0)), 4),
        "mean_radial_along_across_m": _list(turned.mean(axis=0), 4),
    }  # fmt: skip


def fit_text(said: dict[str, Any]) -> str:
    """The same for people."""
    who = " ".join(str(x) for x in (said["object"], f"({said['id']})" if said["id"] else None) if x) or "one object"
    lines = [
        f"{who}: {said['used']:,} of {said['values']:,} values used, over {said['span_hours']:.1f} h",
        f"fit: {said['sentence']}",
        f"first orbit: {said['first_orbit']}",
        "",
        f"epoch  {said['t_epoch_utc']}",
    ]
    for frame in ("gcrf", "itrf"):
        place = "  ".join(f"{x / 1e3:14.6f}" for x in said[f"position_{frame}_m"])
        speed = "  ".join(f"{x / 1e3:13.9f}" for x in said[f"velocity_{frame}_mps"])
        lines.append(f"{frame.upper():<5}  {place} km   {speed} km/s")
    radial, along, across = said["sigma_radial_along_across_m"]
    lines.append(f"sigma  radial {_metres(radial)}, along {_metres(along)}, across {_metres(across)}"
                 f"   (variances times {said['variance_scale']:.1f}, as the residuals have it)")  # fmt: skip
    e = said["elements"]
    lines.append(
        f"orbit  a {e['semi_major_axis_km']:.3f} km  e {e['eccentricity']:.6f}  i {e['inclination_deg']:.4f}°  "
        f"node {e['node_deg']:.4f}°  perigee {e['perigee_argument_deg']:.4f}°"
    )
    lines += ["", f"{'station':<14}{'what':<17}{'values':>7}{'used':>6}{'mean':>12}{'rms':>12}{'worst':>12}"]
    for row in said["residuals"]:
        numbers = "".join(f"{'-' if row[k] is None else format(row[k], '.4g'):>12}" for k in ("mean", "rms", "worst"))
        lines.append(f"{row['station']:<14}{row['kind']:<17}{row['count']:>7}{row['used']:>6}{numbers} {row['unit']}")
    if said["biases"]:
        lines += ["", f"{'bias':<14}{'of':<17}{'value':>12}{'sigma':>12}"]
        lines += [
            f"{row['station']:<14}{row['kind']:<17}{row['value']:>12.6g}{row['sigma']:>12.3g} {row['unit']}"
            for row in said["biases"]
        ]
    if said["forces"]:
        lines += ["", f"{'force':<14}{'':<17}{'value':>12}{'sigma':>12}"]
        for row in said["forces"]:
            sigma = "-" if row["sigma"] is None else f"{row['sigma']:.3g}"
            lines.append(f"{row['name']:<14}{row['how']:<17}{row['value']:>12.5g}{sigma:>12} {row['unit']}")
    for row in said["compared"]:
        radial, along, across = row["rms_radial_along_across_m"]
        lines += ["", f"against {row['file']} at {row['count']} instants {row['where']}: rms {_metres(row['rms_m'])}, "
                  f"worst {_metres(row['worst_m'])} (radial {_metres(radial)}, along {_metres(along)}, "
                  f"across {_metres(across)})"]  # fmt: skip
    for sentence in said["left_out"]:
        lines.append(f"left out: {sentence}")
    return "\n".join(lines) + "\n"


def _metres(value: float) -> str:
    if value >= 10_000.0:
        return f"{value / 1e3:.1f} km"
    return f"{value:.0f} m" if value >= 100.0 else f"{value:.1f} m" if value >= 1.0 else f"{value * 100.0:.1f} cm"
