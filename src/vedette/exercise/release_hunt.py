"""Random policies and random offers full of marked words: does anything that was not granted ever leave?

Every field of every offer carries a mark of its own, a word or a number that occurs nowhere else. After each release
the bytes of the signed messages, headers included, are searched for every mark whose field no grant names; marks of
exact numbers that a grant rounds are searched for as well. A second look decodes nothing and asks the values: a field
that is not granted must be as empty as when it was never known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from vedette.formats.scan_codec import encode_scan
from vedette.frames import itrf_from_geodetic
from vedette.reports import (
    Area,
    Evidence,
    ImpactArea,
    LaunchEstimate,
    Message,
    Mode,
    Scan,
    SensorKind,
    Shared,
    SharedEvent,
    SharedHealth,
    SharedLook,
    SharedNotice,
    SharedTrack,
    SharedWords,
    TrackContent,
)
from vedette.sharing.keys import DrillKey, LiveKey, make_key
from vedette.sharing.link import LinkSender, SenderState
from vedette.sharing.release import FIELDS, Kind, Outgoing, Releaser, parse_policy

S = 10**9
T0_TAI_NS = 900_000_000 * S
OWNER, PEER, OTHER = "NORTH", "SOUTH", "WEST"
STEPS, STEP_S = 7, 10
_MODES = (Mode.REAL, Mode.TEST, Mode.SIMULATED)
_PHENOMENA = {"track": "radar", "event": "infrared"}


@dataclass(slots=True)
class Hunt:
    """What was tried, and every leak with the seed that shows it again."""

    policies: int = 0
    events: int = 0
    messages: int = 0
    bytes: int = 0
    marks: int = 0  # searched for and not found
    granted: int = 0  # marks that a grant let through: a hunt that releases nothing finds nothing
    leaks: list[str] = field(default_factory=list)


def hunt(first_seed: int, count: int) -> Hunt:
    """Try so many random policies, each with a minute of random offers."""
    found = Hunt()
    drill = make_key(DrillKey, OWNER, bytes(32))
    keys = {Mode.REAL: make_key(LiveKey, OWNER, bytes(32)), Mode.TEST: drill, Mode.SIMULATED: drill}
    for seed in range(first_seed, first_seed + count):
        _hunt_one(found, seed, keys)
    return found


@dataclass(slots=True)
class Drawn:
    """What a seed drew: a policy, a mode, offers full of marks, and what any grant lets through."""

    text: str
    mode: Mode
    granted: dict[Kind, frozenset[str]]
    offers: list[Shared]
    marks: dict[bytes, tuple[Kind, str]]


def hunted(rng: np.random.Generator, modes: Sequence[Mode] = _MODES) -> Drawn:
    """A policy with the offers that it is to be tried with."""
    text, granted = random_policy(rng)
    mode = modes[int(rng.integers(len(modes)))]
    allowed = granted if mode in parse_policy(text).modes else {kind: frozenset[str]() for kind in Kind}
    return Drawn(text, mode, allowed, *random_offers(rng))


def steps_of(drawn: Drawn, rng: np.random.Generator) -> Iterator[tuple[list[Shared], list[Shared]]]:
    """A minute, step by step: what there is, and what is said once."""
    once = [one for one in drawn.offers if isinstance(one, SharedLook | SharedNotice | SharedWords)]
    steady = [one for one in drawn.offers if not isinstance(one, SharedLook | SharedNotice | SharedWords)]
    for step in range(STEPS):
        moved = [_later(one, step, rng) for one in steady]
        if rng.random() < 0.2:
            moved = moved[: len(moved) // 2]
        yield moved, list[Shared](once) if step == 1 else []


def judged(found: Hunt, seed: int, drawn: Drawn, sent: bytes, told: Sequence[Shared]) -> None:
    """Search what left for all that must not have."""
    for mark, (kind, name) in drawn.marks.items():
        is_granted = name in drawn.granted.get(kind, frozenset())
        is_there = mark in sent
        if is_granted:
            found.granted += is_there
        elif is_there:
            found.leaks.append(f"seed {seed}: {kind.value}.{name} was not granted and {mark!r} left")
        else:
            found.marks += 1
    for one in told:
        if trouble := _not_empty(one, drawn.granted):
            found.leaks.append(f"seed {seed}: {trouble}")


def _hunt_one(found: Hunt, seed: int, keys: dict[Mode, Any]) -> None:
    rng = np.random.default_rng([334, seed])
    drawn = hunted(rng)
    policy = parse_policy(drawn.text, f"seed {seed}")
    releaser = Releaser(policy, owner=OWNER, mode=drawn.mode, secret=bytes(rng.bytes(32)))
    key = keys[drawn.mode]
    assert isinstance(key, LiveKey | DrillKey)
    sender = LinkSender(SenderState(owner=OWNER, node="A", to=PEER, mode=drawn.mode), key)
    found.policies += 1
    sent = b""
    told: list[Shared] = []
    for step, (steady, once) in enumerate(steps_of(drawn, rng)):
        t_tai_ns = T0_TAI_NS + step * STEP_S * S
        found.events += len(steady) + len(once)
        out: tuple[Outgoing, ...] = releaser.release((*steady, *once), t_tai_ns)
        for message in out:
            sealed = sender.seal(message.lane, message.content, t_tai_ns)
            sent += sealed.data
            told += message.content
            found.messages += 1
    found.bytes += len(sent)
    judged(found, seed, drawn, sent + msgspec.msgpack.encode(told), told)  # msgpack: what JSON hides in base64


# ---- policies


def random_policy(rng: np.random.Generator) -> tuple[str, dict[Kind, frozenset[str]]]:
    """The TOML of a policy and, by class, the names of marks that any of its grants lets through."""
    lines = ["version = 1", f'peer = "{PEER}"', f"modes = {_some(rng, [m.value for m in Mode], 0.7)}"]
    lines.append(f'numbers = "{"common" if rng.random() < 0.3 else "per peer"}"')
    lines += ["[area.here]", "corners = [[38.0, -38.0], [38.0, -26.0], [30.0, -26.0], [30.0, -38.0]]"]
    lines += ["[area.there]", "corners = [[10.0, 100.0], [10.0, 120.0], [-10.0, 110.0]]"]
    granted: dict[Kind, frozenset[str]] = {}
    for kind in Kind:
        paces = f"cadence_s = {rng.choice([1.0, 2.0, 10.0])}\ndelay_s = {rng.choice([0.0, 0.0, 20.0])}"
        for _ in range(int(rng.choice([0, 1, 1, 2]))):
            more, names = _random_grant(rng, kind)
            lines += ["[[grant]]", f'class = "{kind.value}"', paces, *more]
            granted[kind] = granted.get(kind, frozenset()) | names
    return "\n".join(lines) + "\n", granted


def _random_grant(rng: np.random.Generator, kind: Kind) -> tuple[list[str], frozenset[str]]:
    chosen = [name for name in FIELDS[kind] if rng.random() < 0.5]
    if "azimuth" in chosen and "launch" not in chosen:
        chosen.remove("azimuth")
    lines: list[str] = []
    names = set(chosen)
    if kind in (Kind.TRACK, Kind.EVENT):
        lines.append(f'areas = ["{rng.choice(["everywhere", "here", "there"])}"]')
        if rng.random() < 0.2:
            lines.append('but_not = ["here"]')
    if kind is Kind.TRACK:
        if rng.random() < 0.5:
            lines += ["position_km = 0", "velocity_mps = 0", 'covariance = "full"']
            names.add("exact")
        else:
            lines.append(f"position_km = {rng.choice([0.5, 5.0, 50.0])}")
            if "sensors" in chosen:
                lines.append('covariance = "full"')
        if rng.random() < 0.5:
            lines.append("third_party = true")
            names.add("foreign")
    if kind is Kind.EVENT:
        if rng.random() < 0.5:
            lines += ["place_km = 0", "time_s = 0", 'shapes = "full"', "probability_step = 0"]
            names |= {"exact launch"} if "launch" in chosen else set()
            names |= {"exact impact"} if "impact" in chosen else set()
        lines.append('evidence_least = "candidate"')
    if kind is Kind.LOOK:
        lines.append('sensors = ["radar-open"]')
        names.add("open look")
    if kind is Kind.NOTICE:
        names.add("notice")
    if kind is Kind.WORDS:
        words = [name for name in ("query", "note") if rng.random() < 0.5] or ["reply"]
        lines.append(f"words = {msgspec.json.encode(words).decode()}")
        names |= set(words)
        if rng.random() < 0.5:
            lines.append('documents = ["OMM"]')
            names |= {f"{word} document" for word in words}
    if FIELDS[kind] and chosen:
        lines.append(f"fields = {msgspec.json.encode(chosen).decode()}")
    return lines, frozenset(names)


def _some(rng: np.random.Generator, words: list[str], chance: float) -> str:
    return msgspec.json.encode([word for word in words if rng.random() < chance]).decode()


# ---- offers


def random_offers(rng: np.random.Generator) -> tuple[list[Shared], dict[bytes, tuple[Kind, str]]]:
    """Offers of every class, and for each mark in them the class and the name that must be granted."""
    marks: dict[bytes, tuple[Kind, str]] = {}

    def word(kind: Kind, name: str) -> str:
        mark = f"MARK{rng.integers(10**12):012d}X"
        marks[mark.encode()] = (kind, name)
        return mark

    def figure(kind: Kind, name: str, low: float, high: float) -> float:
        value = float(rng.uniform(low, high))
        marks[msgspec.json.encode(value)] = (kind, name)
        return value

    offers: list[Shared] = []
    for i in range(int(rng.integers(1, 5))):
        offers.append(_track(rng, word, figure, i))
    for i in range(int(rng.integers(1, 4))):
        offers.append(_event(rng, word, figure, i))
    health = {
        name: {word(Kind.HEALTH, name): int(rng.integers(1, 9)) for _ in range(2)} for name in FIELDS[Kind.HEALTH]
    }
    offers.append(SharedHealth(t_tai_ns=T0_TAI_NS, text=word(Kind.HEALTH, "never"), **health))  # type: ignore[arg-type]
    offers += _once(rng, word)
    return offers, marks


def _track(rng: np.random.Generator, word: Any, figure: Any, index: int) -> SharedTrack:
    is_foreign = rng.random() < 0.3
    lat, lon, height = rng.uniform(0.49, 0.7), rng.uniform(-0.7, -0.42), rng.uniform(2e5, 9e5)
    place = itrf_from_geodetic(lat, lon, height)
    root = rng.standard_normal((6, 6)) * np.array([300.0] * 3 + [3.0] * 3)[:, None]
    cov = root @ root.T + np.diag([100.0] * 3 + [1.0] * 3)
    foreign = "foreign" if is_foreign else "never"
    caveat = str(rng.choice(["", "", "no third party", "only WEST, EAST", "strange words"])) if is_foreign else ""
    x, y, z = (float(v) for v in place)
    track = SharedTrack(
        number=word(Kind.TRACK, foreign),
        parents=(word(Kind.TRACK, "never"),),
        content=TrackContent.TRACKLET if rng.random() < 0.3 else TrackContent.FILTERED,
        t_tai_ns=T0_TAI_NS + int(rng.integers(-5 * S, 5 * S)),
        t_since_tai_ns=T0_TAI_NS - 7 * S,
        position_itrf_m=(x, y, z),
        velocity_itrf_mps=(figure(Kind.TRACK, "exact", 2e3, 3e3), 2000.0, 3000.0),
        covariance=tuple(float(v) for v in cov[np.tril_indices(6)]),
        phase=word(Kind.TRACK, "phase"),
        probabilities={word(Kind.TRACK, "probabilities"): 1.0},
        phenomena=(word(Kind.TRACK, "phenomena"),),
        provenance=(OTHER,) if is_foreign else (OWNER,),
        sensors=(word(Kind.TRACK, "sensors"), word(Kind.TRACK, "sensors")),
        caveats=(caveat,) if caveat else (),
        is_responsible=True,
    )
    return track if index % 2 else msgspec.structs.replace(track, parents=())


def _event(rng: np.random.Generator, word: Any, figure: Any, index: int) -> SharedEvent:
    lat, lon = float(rng.uniform(29.0, 39.0)), float(rng.uniform(-39.0, -25.0))

    def areas(name: str) -> tuple[Area, ...]:
        lats = tuple(figure(Kind.EVENT, name, lat - 1.0, lat + 1.0) for _ in range(4))
        lons = tuple(figure(Kind.EVENT, name, lon - 1.0, lon + 1.0) for _ in range(4))
        return (Area(probability=0.9, shape="polygon", lat_deg=lats, lon_deg=lons, area_km2=123.0),)

    launch = LaunchEstimate(
        lat_deg=figure(Kind.EVENT, "exact launch", lat, lat + 0.1),
        lon_deg=figure(Kind.EVENT, "exact launch", lon, lon + 0.1), areas=areas("exact launch"),
        t_tai_ns=T0_TAI_NS - 60 * S + 1234567891, t_90_tai_ns=(T0_TAI_NS - 63 * S, T0_TAI_NS - 57 * S),
        azimuth_deg=figure(Kind.EVENT, "azimuth", 10.0, 80.0), azimuth_90_deg=(5.0, 85.0),
    )  # fmt: skip
    impact = ImpactArea(
        areas=areas("exact impact"), lat_deg=figure(Kind.EVENT, "exact impact", lat, lat + 0.1), lon_deg=lon,
        t_90_tai_ns=(T0_TAI_NS + 300 * S, T0_TAI_NS + 333 * S),
    )  # fmt: skip
    return SharedEvent(
        event_id=word(Kind.EVENT, "never"),
        revision=1,
        kind="launch",
        evidence=list(Evidence)[int(rng.integers(3))],
        phenomena=(word(Kind.EVENT, "phenomena"),),
        probabilities={word(Kind.EVENT, "probabilities"): 0.9},
        launch=launch,
        impact=impact,
        count=int(rng.integers(10**6, 10**7)),
        tracks=(word(Kind.EVENT, "never"),),
        message=Message.RELEASED,
        t_said_tai_ns=T0_TAI_NS - 17 * S - int(rng.integers(S)),
        text=word(Kind.EVENT, "never"),
    )


def _once(rng: np.random.Generator, word: Any) -> list[Shared]:
    found: list[Shared] = []
    for sensor, name in (("radar-open", "open look"), (word(Kind.LOOK, "never"), "never")):
        scan = Scan(
            sensor_id=sensor, kind=SensorKind.RADAR, mode=Mode.TEST, t_received_tai_ns=T0_TAI_NS,
            t_measured_tai_ns=np.array([T0_TAI_NS]), values=np.array([[1.0, 0.5, 1e6, 10.0]]),
            sigmas=np.array([[1e-3, 1e-3, 30.0, 1.0]]), marks=(word(Kind.LOOK, name),),
        )  # fmt: skip
        described = "description" if name == "open look" else "never"
        found.append(SharedLook(scan=encode_scan(scan), sensor_toml=word(Kind.LOOK, described)))
    found.append(SharedNotice(notice_json=word(Kind.NOTICE, "notice").encode()))
    for kind in ("query", "note", "plan"):
        found.append(SharedWords(words_id="w1", kind=kind, text=word(Kind.WORDS, kind)))
        text = word(Kind.WORDS, f"{kind} document")
        found.append(SharedWords(words_id="w2", kind=kind, text=text, document=b"OMM", document_type="OMM"))
    return found


def _later(offer: Any, step: int, rng: np.random.Generator) -> Any:
    """The same a little later, with another belief."""
    if isinstance(offer, SharedTrack):
        return msgspec.structs.replace(offer, t_tai_ns=offer.t_tai_ns + step * 10 * S)
    if isinstance(offer, SharedEvent) and rng.random() < 0.3:
        return msgspec.structs.replace(offer, evidence=list(Evidence)[int(rng.integers(4))])
    return offer


# ---- values


_NAMES = {"azimuth": ("azimuth_deg", "azimuth_90_deg"), "responsible": ("is_responsible",)}


def _not_empty(one: Shared, granted: dict[Kind, frozenset[str]]) -> str:
    """Which field holds something though no grant names it; empty when none does."""
    kind = {SharedTrack: Kind.TRACK, SharedEvent: Kind.EVENT, SharedHealth: Kind.HEALTH}.get(type(one))
    if kind is None:
        return ""
    for name in FIELDS[kind]:
        if name in granted.get(kind, frozenset()) or name in ("reason", "provenance"):
            continue
        holder: Any = one.launch if name == "azimuth" and isinstance(one, SharedEvent) else one
        for key in _NAMES.get(name, (name,)):
            value = getattr(holder, key, None)
            if value not in (None, (), {}, "", False, Message.NONE):
                return f"{kind.value}.{name} was not granted and holds {value!r}"
    return ""
