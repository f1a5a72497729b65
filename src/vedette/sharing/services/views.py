"""Who reports what in a new view: the newest word of every track, and the tracks of those who are gone given out."""

from collections.abc import Iterable, Mapping

from vedette.sharing.services.messages import Duty, Join


def newest(answers: Iterable[Join]) -> dict[str, Duty]:
    """The newest duty of every number that anybody told of."""
    found: dict[str, Duty] = {}
    for answer in answers:
        for duty in answer.duties:
            held = found.get(duty.number)
            if held is None or duty.rank > held.rank:
                found[duty.number] = duty
    return found


def assigned(
    duties: Mapping[str, Duty], members: tuple[str, ...], view: int, sees: Mapping[str, Mapping[str, int]]
) -> tuple[Duty, ...]:
    """Every live track with a holder in the view: its old one, else who sees it best, else who has the least to do.

    Parameters
    ----------
    sees
        By service, by number: how good its looks are; nothing where it has none.
    """
    kept = [duty for duty in duties.values() if not duty.dropped]
    load = {one: sum(duty.holder == one for duty in kept) for one in members}
    table = []
    for duty in sorted(kept, key=lambda one: one.number):
        holder = duty.holder
        if holder not in load:
            holder = min(members, key=lambda one: (-sees.get(one, {}).get(duty.number, 0), load[one], one))
            load[holder] += 1
        table.append(Duty(duty.number, holder, view, 0, duty.parents))
    return tuple(table)
