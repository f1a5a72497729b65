"""Re-entry Data Messages: what others are told of a fall, in the keywords of CCSDS 508.1-B-1, as text lines (KVN)."""

from dataclasses import dataclass

from vedette.time import utc_text_from_tai_ns


@dataclass(frozen=True, slots=True)
class ReentryMessage:
    """The figures of one message; instants in TAI ns, told in UTC."""

    originator: str
    message_id: str
    t_created_tai_ns: int
    object_name: str
    designator: str
    number: int
    t_zero_tai_ns: int
    lifetime_days: float
    t_nominal_tai_ns: int
    window: tuple[int, int]
    confidence_percent: float
    atmosphere: str
    solar_flux: str
    is_controlled: bool = False
    comment: str = ""


def rdm_text(message: ReentryMessage) -> str:
    """The message as KVN. Catalogue numbers of nine digits fit; an unnamed object is UNKNOWN."""

    def utc(t: int) -> str:
        return utc_text_from_tai_ns(t).rstrip("Z")

    rows = [
        ("CCSDS_RDM_VERS", "1.0"),
        *([("COMMENT", message.comment)] if message.comment else []),
        ("CREATION_DATE", utc(message.t_created_tai_ns)),
        ("ORIGINATOR", message.originator),
        ("MESSAGE_ID", message.message_id),
        ("", ""),
        ("OBJECT_NAME", message.object_name or "UNKNOWN"),
        ("INTERNATIONAL_DESIGNATOR", message.designator or "UNKNOWN"),
        ("CATALOG_NAME", "SATCAT"),
        ("OBJECT_DESIGNATOR", str(message.number)),
        ("CONTROLLED_REENTRY", "YES" if message.is_controlled else "NO"),
        ("CENTER_NAME", "EARTH"),
        ("TIME_SYSTEM", "UTC"),
        ("EPOCH_TZERO", utc(message.t_zero_tai_ns)),
        ("GRAVITY_MODEL", "EGM-2008: 3D 0O"),
        ("ATMOSPHERIC_MODEL", message.atmosphere),
        ("SOLAR_FLUX_PREDICTION", message.solar_flux),
        ("N_BODY_PERTURBATIONS", "MOON, SUN"),
        ("SOLAR_RAD_PRESSURE", "NO"),
        ("EARTH_TIDES", "NO"),
        ("INTRACK_THRUST", "NO"),
        ("REENTRY_DISINTEGRATION", "NONE"),
        ("REENTRY_UNCERTAINTY_METHOD", "SAMPLING"),
        ("", ""),
        ("ORBIT_LIFETIME", f"{message.lifetime_days:.4f} [d]"),
        ("REENTRY_ALTITUDE", "80.0 [km]"),
        ("ORBIT_LIFETIME_WINDOW_START", f"{(message.window[0] - message.t_zero_tai_ns) / 8.64e13:.4f} [d]"),
        ("ORBIT_LIFETIME_WINDOW_END", f"{(message.window[1] - message.t_zero_tai_ns) / 8.64e13:.4f} [d]"),
        ("NOMINAL_REENTRY_EPOCH", utc(message.t_nominal_tai_ns)),
        ("REENTRY_WINDOW_START", utc(message.window[0])),
        ("REENTRY_WINDOW_END", utc(message.window[1])),
        ("ORBIT_LIFETIME_CONFIDENCE_LEVEL", f"{message.confidence_percent:g} [%]"),
    ]
    return "".join(f"{key:<31} = {value}\n" if key else "\n" for key, value in rows)
