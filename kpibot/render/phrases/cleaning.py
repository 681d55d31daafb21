"""Cleans text of any origin: one line, no control characters, not too long."""

import unicodedata

BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])


def clean(text: str, most: int) -> str:
    """One line of at most `most` characters, cut with `…`, without control characters. Not yet safe for Slack."""
    text = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text[: most * 4])
    text = " ".join(text.translate(BIDI_CONTROLS).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def plain_text(text: str, most: int) -> str:
    """Text of any origin for a `plain_text` object or an `alt_text`, which have no escapes."""
    return clean(text, most).replace("<", "‹").replace(">", "›")
