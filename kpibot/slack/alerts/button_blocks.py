"""The buttons and menus below the message of an alert."""

import json
from zlib import crc32

from kpibot.core.alerts.notices import AlertNotice
from kpibot.slack.blocks import ACTION_ID, Block, button

SNOOZES = {"1h": "for 1 hour", "tomorrow": "until tomorrow", "monday": "until Monday"}


def alert_buttons(notice: AlertNotice) -> Block | None:
    """Acknowledge (unless somebody has), Snooze, Assign, Mute, Why? and Show chart.

    Buttons carry the alert's group in their value; menus have no value, so it is in the id of the block as well. The id
    changes with each edit: with the old one Slack would keep showing what somebody chose before.
    """
    block_id = json.dumps({"group": notice.group, "shows": _fingerprint(notice)}, separators=(",", ":"))
    if len(block_id) > ACTION_ID:
        return None
    elements = (
        None if notice.acknowledged_by else _primary(button("Acknowledge", "alert:ack", group=notice.group)),
        _snooze(),
        {"type": "users_select", "action_id": "alert:assign", "placeholder": _plain("Assign")},
        button("Mute", "alert:mute", group=notice.group),
        button("Why?", "alert:why", group=notice.group),
        button("Show chart", "alert:chart", group=notice.group),
    )
    return {"type": "actions", "block_id": block_id, "elements": [each for each in elements if each is not None]}


def _fingerprint(notice: AlertNotice) -> str:
    """A few characters that change whenever the message is edited."""
    handling = (notice.acknowledged_by, notice.assigned_to, notice.acknowledged_at, notice.snoozed_until)
    return f"{crc32(repr((notice.as_of, *handling)).encode()):08x}"


def _snooze() -> Block:
    options = [{"text": _plain(words), "value": value} for value, words in SNOOZES.items()]
    return {
        "type": "static_select",
        "action_id": "alert:snooze",
        "placeholder": _plain("Snooze"),
        "options": options,
    }


def _primary(element: Block | None) -> Block | None:
    return None if element is None else {**element, "style": "primary"}


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": False}
