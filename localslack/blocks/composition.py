"""The rows of Block Kit's table for composition objects: texts, confirmations, options, filters, files."""

from __future__ import annotations

from localslack.blocks.schema import (
    Check,
    array,
    at_least_one,
    by_type,
    choice,
    exactly_one,
    flag,
    record,
    string,
    web_address,
)


def text(most: int, *kinds: str) -> Check:
    """Accept a text object of at most `most` characters; `kinds` defaults to both."""
    length = string(most)
    plain = record({"text": length}, {"emoji": flag})
    mrkdwn = record({"text": length}, {"verbatim": flag})
    both = {"plain_text": plain, "mrkdwn": mrkdwn}
    return by_type({kind: both[kind] for kind in kinds or tuple(both)})


def plain(most: int) -> Check:
    """Accept a plain_text object; anything else there is refused, mrkdwn included."""
    return text(most, "plain_text")


def mrkdwn(most: int) -> Check:
    """Accept a mrkdwn object and nothing else."""
    return text(most, "mrkdwn")


ID = string(255)
BLOCK = {"block_id": ID}
ACTION = {"action_id": ID}
STYLE = choice("primary", "danger")
CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE}, typed=False
)
_DESCRIPTION = {"description": plain(75)}
OPTION = record({"text": plain(75), "value": string(150)}, _DESCRIPTION, typed=False)
LINK_OPTION = record({"text": plain(75), "value": string(150)}, {**_DESCRIPTION, "url": web_address(3000)}, typed=False)
RICH_OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75)}, typed=False)
OPTION_GROUP = record({"label": plain(75), "options": array(OPTION, 1, 100)}, typed=False)
FILTER = record(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
    typed=False,
)
DISPATCH = record(
    {}, {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 1, 2)}, typed=False
)
SLACK_FILE = record({}, {"id": string(), "url": web_address(3000)}, exactly_one("id", "url"), typed=False)
PICTURE = {"image_url": web_address(3000), "slack_file": SLACK_FILE}
IMAGE = record({"alt_text": string(2000)}, PICTURE, exactly_one("image_url", "slack_file"))
IMAGE_ELEMENT = by_type({"image": IMAGE})
