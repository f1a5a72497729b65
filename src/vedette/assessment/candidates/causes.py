"""From the names that flight classes and orbits go by to the one vocabulary of causes."""

from collections.abc import Mapping

from vedette.reports import Cause, Explanation

_KNOWN = {cause.value: cause for cause in Cause} | {"ballistic": Cause.UNKNOWN, "other": Cause.UNKNOWN}


def cause_of(class_name: str) -> Cause:
    """The cause that a class name stands for; `unknown` for what is none."""
    return _KNOWN.get(class_name, Cause.UNKNOWN)


def explanations_of(
    probabilities: Mapping[str, float], reasons_for: tuple[str, ...] = (), reasons_against: tuple[str, ...] = ()
) -> tuple[Explanation, ...]:
    """Class probabilities as explanations, most probable first; they sum to one, and `unknown` is always among them."""
    shares: dict[Cause, float] = {Cause.UNKNOWN: 0.0}
    for name, p in probabilities.items():
        cause = cause_of(name)
        shares[cause] = shares.get(cause, 0.0) + max(p, 0.0)
    total = sum(shares.values())
    if total <= 0.0:
        shares, total = {Cause.UNKNOWN: 1.0}, 1.0
    order = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Explanation(
            name=cause,
            probability=p / total,
            reasons_for=reasons_for if rank == 0 else (),
            reasons_against=reasons_against if rank == 0 else (),
        )
        for rank, (cause, p) in enumerate(order)
    )
