"""A key as words to read over a telephone: six proquints, five letters each, consonants and vowels in turn.

Proquints [Wilkerson 2009, arXiv:0901.4016] can be said in many languages and are written as they are said. The words
stand for the first 96 bits of a SHA-256 over purpose and key: nobody can make a second key with the same words, and a
word that was misheard does not fit.
"""

import hashlib

from vedette.sharing.keys import PublicKey

WORDS = 6
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_SPOKEN = {
    "a": "Alfa", "b": "Bravo", "d": "Delta", "f": "Foxtrot", "g": "Golf", "h": "Hotel", "i": "India", "j": "Juliett",
    "k": "Kilo", "l": "Lima", "m": "Mike", "n": "November", "o": "Oscar", "p": "Papa", "r": "Romeo", "s": "Sierra",
    "t": "Tango", "u": "Uniform", "v": "Victor", "z": "Zulu",
}  # fmt: skip


def proquint(number: int) -> str:
    """Sixteen bits as five letters: 0x7f00 is `lusab`."""
    return (
        _CONSONANTS[number >> 12 & 15] + _VOWELS[number >> 10 & 3] + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3] + _CONSONANTS[number & 15]
    )  # fmt: skip


def key_words(key: PublicKey) -> str:
    """`lusab-babad-gutih-tugad-…`: what both ends of a telephone line read to each other."""
    name = b"vedette key words 1\n" + key.purpose.encode() + b"\n" + key.raw
    return digest_words(hashlib.sha256(name).digest())


def digest_words(digest: bytes) -> str:
    """The first 96 bits of any hash as words."""
    return "-".join(proquint(int.from_bytes(digest[at : at + 2], "big")) for at in range(0, 2 * WORDS, 2))


def spelled(words: str) -> str:
    """Words letter by letter, for a bad line: `lusab` is Lima Uniform Sierra Alfa Bravo."""
    return "\n".join(f"{word}  {' '.join(_SPOKEN[letter] for letter in word)}" for word in words.split("-"))


def are_the_words(heard: str, key: PublicKey) -> bool:
    """Whether words as somebody typed them are those of a key; spaces, hyphens and capitals do not matter."""
    return heard.lower().replace("-", " ").split() == key_words(key).split("-")
