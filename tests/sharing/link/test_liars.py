"""A lying or broken partner is named within three messages, and what is true goes on being heard: 100 seeds a lie."""

import random

import pytest
from tests.sharing.link.wires import DAY, DRILL, KEY, SESSION, STRANGER, S, T, event, receiver, sender, track

from vedette.reports import Mode
from vedette.sharing.link import sign_again

SEEDS = 100


def flip(data, chance):
    """A few bits of one line of the message, or a cut."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(8 * len(spoilt))
        spoilt[at // 8] ^= 1 << at % 8
    return bytes(spoilt) if chance.random() < 0.7 else data[: chance.randrange(len(data))]


def noise(chance):
    return bytes(chance.randrange(256) for _ in range(chance.randrange(300)))


LIES = {  # what comes instead, from the honest message, the time and yesterday's messages; and its names
    "wrong key": (lambda data, t, old, chance: sign_again(data, STRANGER), {"wrong-key"}),
    "replayed yesterday": (lambda data, t, old, chance: chance.choice(old), {"replayed"}),
    "garbage": (lambda data, t, old, chance: noise(chance), {"garbage"}),
    "damaged": (lambda data, t, old, chance: flip(data, chance), {"garbage", "changed", "wrong-key", "newer-spelling"}),
    "drill as REAL": (lambda data, t, old, chance: sign_again(data, DRILL), {"wrong-mode"}),
    "drill": (
        lambda data, t, old, chance: sender(DRILL, Mode.EXERCISE, session=SESSION.session)
        .seal("warn", (event(chance.randrange(99)),), t)
        .data,
        {"wrong-mode"},
    ),
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lie_is_named_and_the_truth_is_heard(lie):
    tell, names = LIES[lie]
    for seed in range(SEEDS):
        chance = random.Random(seed)
        one, other = sender(), receiver()
        old = [one.seal("warn", (event(n),), T - DAY).data for n in range(3)]
        for data in old:
            assert other.hear(data, T - DAY).report
        true_count, lies_until_named = 0, 0
        is_named = False
        for n in range(6):
            t = T + n * 20 * S
            data = one.seal("warn", (event(n), track(n)), t).data
            if n == 0 or chance.random() < 0.6:
                heard = other.hear(tell(data, t, old, chance), t)
                assert heard.trouble in names, (lie, seed, heard.trouble)
                lies_until_named += not is_named
                is_named = is_named or bool(heard.news)
            heard = other.hear(data, t)  # the true one comes as well: the liar cannot keep it away
            true_count += heard.report is not None
            assert not [news for news in heard.news if news.trouble not in {"gap"}]
        assert is_named and lies_until_named <= 3
        assert true_count == 6, (lie, seed)


def test_everything_said_twice_is_named_within_three_messages():
    for seed in range(SEEDS):
        chance = random.Random(seed)
        one, other = sender(), receiver()
        data = [one.seal("warn", (event(n),), T).data for n in range(chance.randint(3, 9))]
        for one_data in data:
            other.hear(one_data, T)
        named = [other.hear(one_data, T + S).trouble for one_data in data[:3]]
        assert named == ["", "", "repeated"]


def test_a_stolen_key_is_refused_on_an_open_link_with_the_very_next_message():
    for seed in range(SEEDS):
        chance = random.Random(seed)
        one, other = sender(), receiver()
        until = chance.randint(1, 8)
        for n in range(10):
            if n == until:
                other.keys = other.keys.revoked(KEY.key_id, T, "stolen")
            heard = other.hear(one.seal(chance.choice(["warn", "track"]), (event(n),), T).data, T)
            assert (heard.report is None) == (n >= until)
            assert n < until or heard.trouble == "revoked"


def test_a_clock_that_is_ahead_is_named_with_the_first_message_and_what_it_says_is_kept():
    for seed in range(SEEDS):
        chance = random.Random(seed)
        one, other = sender(), receiver()
        first = one.seal("warn", (event(1),), T + 3 * S).data
        heard = other.hear(first, T + chance.randrange(S))
        assert heard.report and heard.trouble == "clock" and "ahead" in heard.news[0].text
