"""The rows of Block Kit's table for rich text: what Slack's own composer makes, and what `table` cells may hold."""

from __future__ import annotations

from collections.abc import Mapping

from localslack.blocks.composition import BLOCK
from localslack.blocks.schema import Check, array, by_type, choice, flag, integer, record, string, web_address

_LOOKS = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = {"style": record({}, dict.fromkeys(_LOOKS, flag), typed=False)}
_BORDER = {"border": integer(0, 1)}

_TEXT = record({"text": string()}, _STYLE)
_LINK = record({"url": web_address(3000)}, {**_STYLE, "text": string(), "unsafe": flag})
_PARTS: Mapping[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "user": record({"user_id": string()}, _STYLE),
    "usergroup": record({"usergroup_id": string()}, _STYLE),
    "channel": record({"channel_id": string()}, _STYLE),
    "team": record({"team_id": string()}, _STYLE),
    "broadcast": record({"range": choice("here", "channel", "everyone")}, _STYLE),
    "color": record({"value": string()}, _STYLE),
    "emoji": record(
        {"name": string()}, {**_STYLE, "unicode": string(), "url": web_address(3000), "skin_tone": integer(2, 6)}
    ),
    "date": record(
        {"timestamp": integer(0, 2**53), "format": string()},
        {**_STYLE, "url": web_address(3000), "fallback": string()},
    ),
}
_LINE = array(by_type(_PARTS))
_SECTION = record({"elements": _LINE})
_LIST = record(
    {"style": choice("bullet", "ordered"), "elements": array(by_type({"rich_text_section": _SECTION}))},
    {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 2**31)},
)
_QUOTE = record({"elements": _LINE}, _BORDER)
_PREFORMATTED = record({"elements": array(by_type({"text": _TEXT, "link": _LINK}))}, {**_BORDER, "language": string()})

RICH_TEXT: Check = record(
    {
        "elements": array(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": _LIST,
                    "rich_text_quote": _QUOTE,
                    "rich_text_preformatted": _PREFORMATTED,
                }
            )
        )
    },
    BLOCK,
)
RICH_TEXT_BLOCK: Check = by_type({"rich_text": RICH_TEXT})
