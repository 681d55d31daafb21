"""Identifiers that look like Slack's and are the same on every machine.

The first letter is the kind: C channels, D direct messages, U people, F files, T teams, B bots,
A apps, S user groups, V views. Real bots rely on that letter.
"""

from __future__ import annotations

import hashlib

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTH = 9


def make_id(kind: str, *parts: object) -> str:
    """Return an id such as ``C0K3J9Q2M1`` that depends only on `kind` and `parts`."""
    digest = hashlib.sha256("\0".join([kind, *map(str, parts)]).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return f"{kind}0{''.join(letters)}"


def format_ts(microseconds: int) -> str:
    """Return a message's ``ts``: seconds since 1970, a point, and six digits."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{seconds}.{rest:06d}"


def parse_ts(ts: str) -> int:
    """Return microseconds since 1970 of a ``ts``; fractions shorter or longer than six digits are accepted too.

    Raises ValueError when it isn't a decimal number.
    """
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int((fraction + "000000")[:6])
