"""Epochs of messages in the uniform time scales, as TAI nanoseconds since 2000-01-01T12:00:00 TAI."""

import re
from datetime import date, timedelta

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.time import tai_ns_from_utc_text

_EPOCH = re.compile(r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?Z?", re.ASCII)
_J2000_DAY = date(2000, 1, 1).toordinal()
# what to add to a reading of the scale to have TAI, ns: TT = TAI + 32.184 s (IAU 1991), GPS = TAI - 19 s (IS-GPS-200)
_TAI_MINUS_SCALE_NS = {"TAI": 0, "TT": -32_184_000_000, "GPS": 19 * NS_PER_S}


def tai_ns_from_epoch(text: str, time_system: str) -> int:
    """The instant of an epoch written in UTC, TAI, TT or GPS time; calendar or day-of-year form.

    BadInputError when the text is no epoch of that scale.
    """
    if time_system == "UTC":
        return tai_ns_from_utc_text(text)
    if time_system not in _TAI_MINUS_SCALE_NS:
        raise BadInputError(f"epochs in {time_system} cannot be read", cure="convert them to UTC")
    found = _EPOCH.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day, yearday, hour, minute, second = (int(part or 0) for part in found.groups()[:7])
        if yearday:
            calendar_day = date(year, 1, 1) + timedelta(days=yearday - 1)
            if calendar_day.year != year:
                raise ValueError
        else:
            calendar_day = date(year, month, day)
        if hour > 23 or minute > 59 or second > 59 or not 1960 <= year <= 2261:
            raise ValueError
    except (ValueError, OverflowError):
        raise BadInputError(f"{text[:40]!r} is not an epoch", cure="write it like 2031-04-01T12:00:00.000") from None
    fraction_ns = int(((found[8] or "0") + "0" * 9)[:9])
    seconds = (calendar_day.toordinal() - _J2000_DAY) * 86_400 - 43_200 + hour * 3600 + minute * 60 + second
    return seconds * NS_PER_S + fraction_ns + _TAI_MINUS_SCALE_NS[time_system]
