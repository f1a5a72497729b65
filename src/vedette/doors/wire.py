"""How findings are spelled for people and programs: degrees, kilometres, UTC and seconds after lift-off.

Everything here is a pure function of a picture, so that live and replay give the same bytes.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.engine import emitters, groups, sensor_health
from vedette.engine.picture import Picture
from vedette.engine.source_clock import SourceClock
from vedette.frames import geodetic_from_itrf
from vedette.reports import (
    Alert,
    Area,
    Candidate,
    EmitterEstimate,
    Explanation,
    Finding,
    GroupEstimate,
    ImpactArea,
    JointAssessment,
    LaunchEstimate,
    ObjectSummary,
    PartnerStanding,
    Prediction,
    Raid,
    SensorHealth,
    SensorRegistration,
    Side,
)
from vedette.time import utc_text_from_tai_ns


class Spelling:
    """Spells instants for one picture: UTC when the epoch is known, seconds after lift-off when lift-off is."""

    def __init__(self, t_liftoff_tai_ns: int | None, is_epoch_known: bool, is_liftoff_estimated: bool = False) -> None:
        self.t_liftoff_tai_ns, self.is_epoch_known = t_liftoff_tai_ns, is_epoch_known
        self.is_liftoff_estimated = is_liftoff_estimated

    def utc(self, t_tai_ns: int) -> str | None:
        """UTC text, or None when the feed never said when it happened."""
        return utc_text_from_tai_ns(t_tai_ns) if self.is_epoch_known else None

    def plus_s(self, t_tai_ns: int) -> float | None:
        """Seconds after lift-off to the millisecond, or None before any launch is known."""
        if self.t_liftoff_tai_ns is None:
            return None
        return round((t_tai_ns - self.t_liftoff_tai_ns) / NS_PER_S, 3)

    def event(self, finding: Finding) -> dict[str, Any]:
        """One line of the timeline."""
        return {
            "t_utc": self.utc(finding.t_tai_ns),
            "t_plus_s": self.plus_s(finding.t_tai_ns),
            "t_declared_utc": self.utc(finding.t_declared_tai_ns),
            "t_declared_plus_s": self.plus_s(finding.t_declared_tai_ns),
            "kind": finding.kind.value,
            "object_id": finding.object_id,
            "text": finding.text,
            "data": finding.data,
        }

    def impact(self, impact: ImpactArea) -> dict[str, Any]:
        """Where and when an object comes down."""
        first, last = impact.t_90_tai_ns
        return {
            "lat_deg": impact.lat_deg,
            "lon_deg": impact.lon_deg,
            "t_90_utc": [self.utc(first), self.utc(last)],
            "t_90_plus_s": [self.plus_s(first), self.plus_s(last)],
            "downrange_90_km": impact.downrange_90_km,
            "is_conditional": impact.is_conditional,
        }

    def launch(self, launch: LaunchEstimate) -> dict[str, Any]:
        """Where, when and which way an object left the ground."""
        first, last = launch.t_90_tai_ns
        return {
            "lat_deg": launch.lat_deg,
            "lon_deg": launch.lon_deg,
            "t_utc": self.utc(launch.t_tai_ns),
            "t_plus_s": self.plus_s(launch.t_tai_ns),
            "t_90_plus_s": [self.plus_s(first), self.plus_s(last)],
            "azimuth_deg": launch.azimuth_deg,
            "azimuth_90_deg": launch.azimuth_90_deg,
            "is_near_vertical": launch.is_near_vertical,
            "areas": [area(a) for a in launch.areas],
        }

    def objects(self, summaries: Sequence[ObjectSummary]) -> list[dict[str, Any]]:
        """What is believed about several; the places below them are found in one go."""
        states = [one.state["position_itrf_m"] for one in summaries if one.state and "position_itrf_m" in one.state]
        if not states:
            return [self.object(one) for one in summaries]
        lat_rad, lon_rad, height_m = geodetic_from_itrf(np.array(states))
        places = iter(zip(np.degrees(lat_rad).tolist(), np.degrees(lon_rad).tolist(), height_m.tolist(), strict=True))
        return [
            self.object(one, next(places) if one.state and "position_itrf_m" in one.state else None)
            for one in summaries
        ]

    def object(self, summary: ObjectSummary, place: tuple[float, float, float] | None = None) -> dict[str, Any]:
        """What is believed about one object; `place` is the one below it, in degrees and metres, when it is known."""
        return {
            "id": summary.id,
            "class": summary.class_name,
            "probabilities": summary.probabilities,
            "phase": summary.phase,
            "apogee_km": summary.apogee_km,
            "apogee_90_km": summary.apogee_90_km,
            "launch": self.launch(summary.launch) if summary.launch else None,
            "burnout": self.burnout(summary.burnout) if summary.burnout else None,
            "impact": self.impact(summary.impact) if summary.impact else None,
            "impact_areas": [area(a) for a in summary.impact.areas] if summary.impact else [],
            "state": self.state(summary.state, place) if summary.state else None,
            "sensors": summary.sensors,
            "quality": summary.quality,
            "reasons_for": summary.reasons_for,
            "reasons_against": summary.reasons_against,
        }

    def burnout(self, words: dict[str, Any]) -> dict[str, Any]:
        """The end of thrust, its instant spelled out."""
        figures = {key: value for key, value in words.items() if key != "t_tai_ns"}
        if "t_tai_ns" not in words:
            return figures
        return {"t_utc": self.utc(words["t_tai_ns"]), "t_plus_s": self.plus_s(words["t_tai_ns"]), **figures}

    def state(self, words: dict[str, Any], place: tuple[float, float, float] | None = None) -> dict[str, Any]:
        """A state with the place below it; its instant spelled out."""
        if "position_itrf_m" not in words:
            return words
        if place is None:
            lat_rad, lon_rad, height = geodetic_from_itrf(np.array(words["position_itrf_m"]))
            place = float(np.degrees(lat_rad)), float(np.degrees(lon_rad)), float(height)
        lat_deg, lon_deg, height_m = place
        return {
            "t_utc": self.utc(words["t_tai_ns"]),
            "t_plus_s": self.plus_s(words["t_tai_ns"]),
            "lat_deg": round(lat_deg, 5),
            "lon_deg": round(lon_deg, 5),
            "altitude_km": round(height_m / 1e3, 4),
            **{key: value for key, value in words.items() if key != "t_tai_ns"},
        }

    def alert(self, alert: Alert) -> dict[str, Any]:
        """One alert in its newest revision."""
        return {
            "id": alert.id,
            "kind": alert.kind,
            "object_id": alert.object_id,
            "evidence": alert.evidence.value,
            "message": alert.message.value,
            "t_utc": self.utc(alert.t_tai_ns),
            "t_plus_s": self.plus_s(alert.t_tai_ns),
            "text": alert.text,
            "phenomena": alert.phenomena,
            "reasons_for": alert.reasons_for,
            "reasons_against": alert.reasons_against,
        }

    def candidate(self, one: Candidate, whys: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """Something that is assessed, with everything it may be: threat and nature in one list.

        `whys` are its explanations for whoever has spelled them already.
        """
        return {
            "id": one.id,
            "subject": one.subject,
            "object_id": one.object_id or None,
            "sensors": one.sensors,
            "t_first_utc": self.utc(one.t_first_tai_ns),
            "t_first_plus_s": self.plus_s(one.t_first_tai_ns),
            "t_utc": self.utc(one.t_tai_ns),
            "t_plus_s": self.plus_s(one.t_tai_ns),
            "evidence": one.evidence.value,
            "explanations": self.explanations(one.explanations) if whys is None else whys,
            "notices": one.notices,
            "marks": one.marks,
        }

    @staticmethod
    def explanations(whys: Sequence[Explanation]) -> list[dict[str, Any]]:
        """What something may be, most probable first."""
        return [
            {
                "name": why.name.value,
                "probability": round(why.probability, 6),
                "reasons_for": why.reasons_for,
                "reasons_against": why.reasons_against,
            }
            for why in whys
        ]

    def prediction(self, prediction: Prediction) -> dict[str, Any]:
        """Altitude and speed at an instant, with 90 % and 99 % intervals."""
        return {
            "object_id": prediction.object_id,
            "t_utc": self.utc(prediction.t_tai_ns),
            "t_plus_s": self.plus_s(prediction.t_tai_ns),
            "altitude_km": prediction.altitude_km,
            "altitude_90_km": prediction.altitude_90_km,
            "altitude_99_km": prediction.altitude_99_km,
            "speed_mps": prediction.speed_mps,
            "speed_90_mps": prediction.speed_90_mps,
            "speed_99_mps": prediction.speed_99_mps,
        }

    def registration(self, one: SensorRegistration) -> dict[str, Any]:
        """What is known of a sensor's constant errors."""
        return {
            "sensor_id": one.sensor_id,
            "state": one.state,
            "looks": one.looks,
            "biases": [
                {
                    "term": bias.term,
                    "value": bias.value,
                    "sigma": bias.sigma,
                    "prior_sigma": bias.prior_sigma,
                    "established_utc": None
                    if bias.t_established_tai_ns is None
                    else self.utc(bias.t_established_tai_ns),
                }
                for bias in one.biases
            ],
            "alarms": one.alarms,
            "untold": one.untold,
            "text": one.text,
        }


def area(shape: Area) -> dict[str, Any]:
    """A nested area; vertices are [lat, lon] pairs under names that say so."""
    return {
        "probability": shape.probability,
        "shape": shape.shape,
        "lat_deg": shape.lat_deg,
        "lon_deg": shape.lon_deg,
        "area_km2": shape.area_km2,
    }


def raid(one: Raid, spell: Spelling) -> dict[str, Any]:
    """Launches that belong together: how many and of what kinds, with 90 % intervals."""
    return {
        "id": one.id,
        "objects": one.objects,
        "count": one.count,
        "count_90": one.count_90,
        "mix": {name: {"count": mean, "count_90": [low, high]} for name, (mean, low, high) in one.mix.items()},
        "t_first_utc": spell.utc(one.t_first_tai_ns),
        "t_first_plus_s": spell.plus_s(one.t_first_tai_ns),
        "t_last_utc": spell.utc(one.t_last_tai_ns),
        "t_last_plus_s": spell.plus_s(one.t_last_tai_ns),
    }


def sensor(health: SensorHealth, spell: Spelling) -> dict[str, Any]:
    """How one sensor is: ok, degraded (by noise, from where, why) or silent."""
    since = health.t_since_tai_ns
    return {
        "id": health.sensor_id,
        "condition": health.condition.value,
        "since_utc": spell.utc(since) if since is not None else None,
        "noise_rise_db": health.noise_rise_db,
        "strobes": [
            {
                "azimuth_deg": one.azimuth_deg,
                "azimuth_sigma_deg": one.azimuth_sigma_deg,
                "elevation_deg": one.elevation_deg,
                "noise_rise_db": one.noise_rise_db,
                "since_utc": spell.utc(one.t_since_tai_ns),
                "causes": one.causes,
            }
            for one in health.strobes
        ],
        "causes": health.causes,
        "text": health.text,
    }


def group(one: GroupEstimate, spell: Spelling) -> dict[str, Any]:
    """Objects too close together to be told apart: how many, where their middle is, how far they spread."""
    lat_rad, lon_rad, height_m = geodetic_from_itrf(np.array(one.position_itrf_m))
    return {
        "id": one.id,
        "t_utc": spell.utc(one.t_tai_ns),
        "count": round(one.count, 1),
        "count_sigma": round(one.count_sigma, 2),
        "count_90": one.count_90,
        "lat_deg": round(float(np.degrees(lat_rad)), 4),
        "lon_deg": round(float(np.degrees(lon_rad)), 4),
        "altitude_km": round(float(height_m) / 1e3, 2),
        "middle_sigma_km": round(one.middle_sigma_m / 1e3, 3),
        "spread_km": [round(s / 1e3, 3) for s in one.spread_m],
        "velocity_itrf_mps": one.velocity_itrf_mps,
        "sensors": one.sensors,
    }


def noise_source(one: EmitterEstimate, spell: Spelling) -> dict[str, Any]:
    """A place that noise comes from, by the strobes of several radars; names with ? exclude one another."""
    return {
        "id": one.id,
        "t_utc": spell.utc(one.t_tai_ns),
        "lat_deg": round(one.lat_deg, 4),
        "lon_deg": round(one.lon_deg, 4),
        "height_km": round(one.height_km, 2),
        "level_sigma_km": round(one.level_sigma_km, 3),
        "position_itrf_m": one.position_itrf_m,
        "position_cov_itrf_m2": one.position_cov_itrf_m2,
        "sensors": one.sensors,
        "probability": round(one.probability, 4),
    }


def source(clock: SourceClock, spell: Spelling) -> dict[str, Any]:
    """A sensor as a source: how late and how evenly its reports come, and what is known of its clock."""
    health = clock.health
    return {
        "sensor_id": clock.sensor_id,
        "scans": clock.scan_count,
        "t_heard_utc": spell.utc(clock.t_heard_tai_ns),
        "delay_s": _rounded(clock.delay_s),
        "jitter_s": _rounded(clock.jitter_s),
        "clock_steps": clock.step_count,
        "last_step_s": _rounded(clock.step_s) if clock.step_count else None,
        "t_last_step_utc": spell.utc(clock.t_stepped_tai_ns) if clock.t_stepped_tai_ns is not None else None,
        "is_clock_valid": health.is_clock_valid if health else None,
        "is_released": health.is_released if health else None,
        "is_overloaded": health.is_overloaded if health else None,
        "rotation_s": health.rotation_s if health else None,
        "doubts": clock.words,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def no_launch(picture: Picture) -> dict[str, Any] | None:
    """What it is worth that no launch was seen; null once one was, or where no sensor looks for launches."""
    said = picture.no_launch()
    if said is None:
        return None
    return {
        "text": said.text,
        "area": said.area or None,
        "within_s": said.within_s,
        "probabilities": {name: round(p, 4) for name, p in said.probabilities.items()},
        "sigmas": {name: round(sigma, 4) for name, sigma in said.sigmas.items()},
        "sensors_lost": list(said.lost),
        "sensors_in_noise": list(said.noisy),
    }


def spelling_of(picture: Picture) -> Spelling:
    """The spelling that fits what the picture knows of time."""
    return Spelling(picture.t_liftoff_tai_ns, picture.is_epoch_known, picture.liftoff_object_id is not None)


def document(
    picture: Picture,
    predict_to_tai_ns: int | None = None,
    events: list[dict[str, Any]] | None = None,
    objects: list[dict[str, Any]] | None = None,
    candidates: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The whole picture as one document: events, objects, alerts, predictions.

    `events` is the timeline for whoever has spelled it already, so that a long watch need not spell it at every frame;
    so are `objects` and `candidates`.
    """
    spell = spelling_of(picture)
    predictions = picture.predict(predict_to_tai_ns) if predict_to_tai_ns is not None else ()
    return {
        "mode": picture.session.mode.value,
        "engine_version": picture.session.engine_version,
        "t_now_utc": spell.utc(picture.t_now_tai_ns) if picture.t_now_tai_ns is not None else None,
        "t_now_plus_s": spell.plus_s(picture.t_now_tai_ns) if picture.t_now_tai_ns is not None else None,
        "counts": {
            "scans": picture.scan_count,
            "detections": picture.detection_count,
            "quarantined": picture.quarantine_count,
        },
        "no_launch": no_launch(picture),
        "events": [spell.event(finding) for finding in picture.timeline] if events is None else events,
        "objects": spell.objects(picture.objects) if objects is None else objects,
        "alerts": [spell.alert(alert) for alert in picture.alerts],
        "candidates": [spell.candidate(one) for one in picture.candidates] if candidates is None else candidates,
        "raids": [raid(one, spell) for one in picture.raids],
        "sensors": [sensor(one, spell) for one in sensor_health(picture)],
        "groups": [group(one, spell) for one in groups(picture)],
        "noise_sources": [noise_source(one, spell) for one in emitters(picture)],
        "sources": [source(one, spell) for one in picture.sources.values()],
        "predictions": [spell.prediction(prediction) for prediction in predictions],
        "registration": [spell.registration(one) for one in picture.registration],
        "catalogue": known_catalogue(picture, spell),
        "partners": [partner(one, spell) for one in picture.partner_standings],
        "joint": [joint(one, spell) for one in picture.joint],
    }


def partner(one: PartnerStanding, spell: Spelling) -> dict[str, Any]:
    """Another owner as far as heard: its link, its sensors, what was found wrong with what it said."""
    return {
        "owner": one.owner,
        "link": one.link,
        "t_heard_utc": None if one.t_heard_tai_ns is None else spell.utc(one.t_heard_tai_ns),
        "messages": one.messages,
        "tracks": one.tracks,
        "events": one.events,
        "is_believed": one.is_believed,
        "doubts": one.doubts,
        "working": one.working,
        "degraded": one.degraded,
        "silent": one.silent,
        "coverage": one.coverage,
        "text": one.text,
    }


def side(one: Side, spell: Spelling) -> dict[str, Any]:
    """What one owner makes of an event."""
    return {
        "owner": one.owner or None,
        "event_id": one.event_id,
        "revision": one.revision,
        "evidence": one.evidence.value,
        "phenomena": one.phenomena,
        "p_launch": one.p_launch,
        "launch": spell.launch(one.launch) if one.launch else None,
        "impact": spell.impact(one.impact) if one.impact else None,
        "impact_areas": [area(a) for a in one.impact.areas] if one.impact else [],
        "count": one.count,
        "message": one.message.value,
        "timing": one.timing.value,
        "t_said_utc": spell.utc(one.t_said_tai_ns),
        "t_heard_utc": spell.utc(one.t_heard_tai_ns),
        "doubts": one.doubts,
        "is_counted": one.is_counted,
        "is_track": one.is_track,
        "text": one.text,
    }


def joint(one: JointAssessment, spell: Spelling) -> dict[str, Any]:
    """An event with every owner's view side by side, and what they come to together."""
    return {
        "id": one.id,
        "kind": one.kind,
        "own": side(one.own, spell) if one.own else None,
        "partners": [side(other, spell) for other in one.partners],
        "evidence": one.evidence.value,
        "phenomena": one.phenomena,
        "launch": spell.launch(one.launch) if one.launch else None,
        "impact": spell.impact(one.impact) if one.impact else None,
        "impact_areas": [area(a) for a in one.impact.areas] if one.impact else [],
        "fused_from": one.fused_from,
        "disagreements": one.disagreements,
        "reasons_for": one.reasons_for,
        "reasons_against": one.reasons_against,
        "timing": one.timing.value,
        "may_sound": one.may_sound,
        "t_utc": spell.utc(one.t_tai_ns),
        "text": one.text,
    }


def known_catalogue(picture: Picture, spell: "Spelling") -> dict[str, Any] | None:
    """Which catalogue the looks were held against, and who was met; null without one."""
    if picture.catalogue is None:
        return None
    met = sorted(picture.catalogue.met.values(), key=lambda one: (one.t_first_tai_ns, one.id))
    return {
        "source": picture.catalogue_source,
        "sha256": picture.catalogue_sha256,
        "objects": len(picture.catalogue),
        "detections_named": picture.catalogue.named_count,
        "detections_new": picture.catalogue.new_count,
        "met": [
            {
                "id": one.number,
                "name": one.name or one.id,
                "looks": one.looks,
                "probability": round(one.probability, 6),
                "together_with": list(one.together_with),
                "sensors": list(one.sensors),
                "t_first_utc": spell.utc(one.t_first_tai_ns),
                "t_last_utc": spell.utc(one.t_last_tai_ns),
                "age_days": round(one.age_days, 2),
            }
            for one in met
        ],
    }


def json_bytes(value: object, is_pretty: bool = False) -> bytes:
    """JSON with keys in the order written here: same value, same bytes."""
    encoded = msgspec.json.encode(value)
    return msgspec.json.format(encoded, indent=2) if is_pretty else encoded
