"""Places and durations as people read them, the same in every sentence."""


def place_words(lat_deg: float, lon_deg: float) -> str:
    """`31.40°N 29.80°W`."""
    return f"{abs(lat_deg):.2f}°{'N' if lat_deg >= 0 else 'S'} {abs(lon_deg):.2f}°{'E' if lon_deg >= 0 else 'W'}"


def minutes_words(seconds: float) -> str:
    """`4 min 30 s`."""
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 and whole else ''}{whole // 60} min {whole % 60:02d} s"


def percent_words(probability: float) -> str:
    """`35 %`, `0.2 %`, `over 99.9 %`, `under 0.01 %`: two figures, and no more than anybody can mean."""
    percent = 100.0 * probability
    if percent < 0.01:
        return "under 0.01 %"
    if percent > 99.9:
        return "over 99.9 %"
    return f"{percent:.1f} %" if percent >= 99.0 else f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.2g} %"
