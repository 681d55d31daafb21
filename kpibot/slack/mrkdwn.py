"""Slack's mrkdwn: escapes data so that it cannot mention, link or format anything."""

import re
from urllib.parse import quote

from kpibot.render.phrases.cleaning import clean

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Slack has no escape for its formatting characters: these look the same and format nothing.
TWINS = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside a word an underscore formats nothing
URL_CHARACTERS = "%:/?#[]@!$&'()*+,;=~"  # besides letters, digits and `-._`; others could end or change a link
LONGEST_URL = 2_000
EMOJI_COLON = re.compile(r":(?=[a-z+-][\w+-]*:)")


def data(text: str, most: int = 300) -> str:
    """Text of any origin as mrkdwn that shows it literally: at most `most` characters, including escapes."""
    text = EMOJI_COLON.sub("∶", EDGE_UNDERSCORE.sub("ˍ", clean(text, most).translate(TWINS)))
    return _escaped(text, most)


def code(text: str, most: int = 80) -> str:
    """Text of any origin in backticks."""
    return f"`{_escaped(clean(text, most).replace('`', chr(39)) or ' ', most - 2)}`"


def link(url: str, label: str) -> str:
    """A link that the URL cannot break out of; only the label if the URL is longer than browsers accept."""
    safe = quote(url, safe=URL_CHARACTERS, errors="replace")
    return data(label) if len(safe) > LONGEST_URL else f"<{safe.replace('&', '&amp;')}|{data(label)}>"


def with_code(text: str, most: int = 2_000) -> str:
    """A sentence of kpibot's own that keeps its `code` in backticks; everything in it is escaped."""
    parts = clean(text, most // 2).split("`")
    if len(parts) % 2 == 0:  # an unpaired backtick quotes nothing
        parts[-2:] = [parts[-2] + "'" + parts[-1]]
    shown = (code(part, most) if index % 2 and part else data(part, most) for index, part in enumerate(parts))
    spaced = (_outer_spaces(part, text) for part, text in zip(parts, shown, strict=True))
    return cut("".join(spaced), most)


def cut(text: str, most: int) -> str:
    """Mrkdwn of at most `most` characters, cut with `…` and never within an escape."""
    if len(text) <= most:
        return text
    return re.sub(r"&[a-z]{0,4}$", "", text[: most - 1]) + "…"


def _escaped(text: str, most: int) -> str:
    escaped = "".join(ENTITIES.get(each, each) for each in text)
    return cut(escaped, most)


def _outer_spaces(raw: str, shown: str) -> str:
    if shown.startswith("`"):
        return shown
    return (" " if raw[:1].isspace() else "") + shown + (" " if raw[-1:].isspace() and raw.strip() else "")
