"""Words of invented owners: a launch from open water, told by SOUTH."""

from vedette.assessment.joint.gaussians import Place, areas_of_place, interval_tai_ns
from vedette.assessment.joint.own_view import OwnEvent
from vedette.core.constants import NS_PER_S
from vedette.reports import (
    Evidence,
    ImpactArea,
    LaunchEstimate,
    Message,
    Mode,
    PartnerReport,
    SharedEvent,
)

T = 986_083_237_000_000_000


def seconds(after_s):
    return T + round(after_s * NS_PER_S)


def place(lat_deg, lon_deg, sigma_m=3000.0, t=T, sigma_s=2.0):
    import numpy as np

    return Place(float(np.radians(lat_deg)), float(np.radians(lon_deg)), sigma_m**2 * np.eye(2), t, sigma_s)


def launch(lat_deg=31.4, lon_deg=-29.8, sigma_m=3000.0, t=T):
    where = place(lat_deg, lon_deg, sigma_m, t)
    return LaunchEstimate(
        lat_deg=lat_deg, lon_deg=lon_deg, areas=areas_of_place(where), t_tai_ns=t, t_90_tai_ns=interval_tai_ns(where),
        azimuth_deg=75.0, azimuth_90_deg=(70.0, 80.0),
    )  # fmt: skip


def impact(lat_deg=32.9, lon_deg=-23.2, sigma_m=5000.0, t=None):
    t = seconds(400) if t is None else t
    where = place(lat_deg, lon_deg, sigma_m, t)
    return ImpactArea(
        areas=areas_of_place(where), lat_deg=lat_deg, lon_deg=lon_deg, t_90_tai_ns=interval_tai_ns(where)
    )


def event(event_id="E1", revision=1, said_s=60.0, **more):
    words = {
        "kind": "launch", "evidence": Evidence.CORRELATED, "phenomena": ("radar",), "launch": launch(),
        "probabilities": {"short-range-ballistic": 0.99, "unknown": 0.01}, "t_said_tai_ns": seconds(said_s),
    } | more  # fmt: skip
    return SharedEvent(event_id=event_id, revision=revision, **words)


def report(*content, received_s=61.0, sequence=1, mode=Mode.REAL, owner="SOUTH", sent_s=None, **more):
    return PartnerReport(
        owner=owner, node=f"{owner}-1", link=owner.lower(), sequence=sequence, mode=mode,
        t_sent_tai_ns=seconds(received_s - 1.0 if sent_s is None else sent_s), t_received_tai_ns=seconds(received_s),
        digest=f"{sequence:064x}", content=content, **more,
    )  # fmt: skip


def own(object_id="O1", **more):
    words = {
        "evidence": Evidence.CORRELATED, "phenomena": ("infrared",), "p_launch": 0.99, "launch": launch(31.41, -29.79),
        "impact": None, "state_itrf": None, "state_cov_itrf": None, "t_state_tai_ns": seconds(60),
        "message": Message.PROPOSED, "t_tai_ns": seconds(60), "leading": ("short-range-ballistic", 0.99),
    } | more  # fmt: skip
    return OwnEvent(object_id=object_id, **words)
