"""A crowded sky through the engine: counted and placed, told sparingly, and from the same reports the same again."""

import json

import numpy as np
from tests.tracking.test_crowd_turning_radar import COUNT, RADAR, TURN_S, sky

from vedette.doors.wire import document, json_bytes
from vedette.engine import Picture, Session, advance, open_picture
from vedette.engine.advance import SKY
from vedette.engine.track_history import TrackHistory
from vedette.motion import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import format_sensors

SESSION = Session(mode=Mode.TEST, sensors_toml=format_sensors({RADAR.name: RADAR}), sky=True)


def looks(turns: int) -> tuple[list[Scan], np.ndarray]:
    """One look a turn at the whole sky, and where everything is at the last."""
    rng, start, scans = np.random.default_rng(5), sky(5), []
    now = start
    for turn in range(1, turns + 1):
        now = propagate_coast(start, turn * TURN_S)
        values = RADAR.measure(now) + rng.normal(size=(len(now), 4)) * np.nan_to_num(RADAR.sigmas)
        values[:, 0] = np.clip(values[:, 0], 0.0, 2 * np.pi - 1e-9)
        values[:, 3] = np.nan
        t = round(turn * TURN_S * 1e9)
        sigmas = np.tile(RADAR.sigmas, (len(values), 1))
        times = np.full(len(values), t)
        scans.append(Scan(RADAR.name, SensorKind.RADAR, Mode.TEST, t + 500_000_000, times, values, sigmas))
    return scans, now


def played(scans: list[Scan], history: TrackHistory | None = None) -> Picture:
    picture = open_picture(SESSION)
    for scan in scans:
        if history is not None:
            history.before(picture, scan)
        picture = advance(picture, scan)
        if history is not None:
            history.after(picture, scan)
    return picture


def test_a_sky_is_counted_placed_and_predicted():
    scans, truth = looks(4)
    picture = played(scans)
    assert abs(len(picture.followers[SKY]) - COUNT) <= 6  # type: ignore[arg-type]
    said = [finding.data["count"] for finding in picture.timeline if finding.object_id == "sky"]
    assert said and len(said) <= 2  # when it grows tenfold, and not for each object
    places = np.array([one.state["position_itrf_m"] for one in picture.objects if one.state])
    away = np.linalg.norm(places[:, None] - truth[None, :, :3], axis=-1).min(axis=1)
    assert np.median(away) < 5e3 and picture.alerts == ()
    later = picture.predict(round((4 * TURN_S + 30.0) * 1e9))
    heights = [prediction.altitude_km for prediction in later]
    assert len(later) == len(picture.objects) and 400.0 < np.median(heights) < 2100.0
    assert all(low < high for low, high in (prediction.altitude_90_km for prediction in later))


def test_the_same_reports_give_the_same_document_with_its_sources():
    scans, _ = looks(3)
    first, second = (json_bytes(document(played(scans))) for _ in range(2))
    assert first == second
    (source,) = json.loads(first)["sources"]
    assert source["delay_s"] == 0.5 and source["jitter_s"] == 0.0 and source["doubts"] == []


def test_one_of_many_is_explained():
    scans, _ = looks(5)
    name = played(scans).objects[0].id
    history = TrackHistory(name)
    story = history.story(played(scans, history))
    assert story.object_id == story.track_id == name and len(story.moments) >= 3
    taken = [seen for seen in story.near if seen.dof == 3]
    assert taken and all(abs(sigma) < 8.0 for seen in taken for sigma in seen.residual_sigmas if sigma == sigma)
