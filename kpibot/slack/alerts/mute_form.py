"""The form to mute an alert: what, where, for how long and why."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kpibot.core.alerts.active_alerts import MuteChoices
from kpibot.render.phrases.cleaning import plain_text
from kpibot.slack.blocks import Block

CALLBACK = "mute"
KPI, CAMPUS, LASTING, DAY, REASON = "kpi", "campus", "lasting", "day", "reason"  # block ids
ANY = "*"  # in place of a KPI or campus
INPUT = "it"
MOST_OPTIONS, OPTION, LONGEST_REASON = 100, 75, 200
LASTINGS = {
    "1h": "1 hour",
    "tomorrow": "Until tomorrow morning",
    "monday": "Until Monday morning",
    "3d": "3 days",
    "1w": "1 week",
}


def mute_form(mutable: MuteChoices, metadata: Mapping[str, str]) -> dict[str, Any]:
    """The form as a modal view. The campus is selected already if there is only one; Slack sends `metadata` back."""
    kpis = [(mutable.kpi, mutable.kpi_name), (ANY, "Every KPI")]
    campuses = [*mutable.campuses[: MOST_OPTIONS - 1], (ANY, "Everywhere")]
    only = mutable.campuses[0][0] if mutable.is_single_campus else None
    blocks = [
        _input(KPI, "What", _select(kpis, mutable.kpi)),
        _input(CAMPUS, "Where", _select(campuses, only)),
        _input(LASTING, "For how long", _select(LASTINGS.items(), None), optional=True),
        _input(DAY, "Or through this day", {"type": "datepicker"}, optional=True),
        _input(
            REASON, "Why", {"type": "plain_text_input", "max_length": LONGEST_REASON}, hint="Everyone can read this"
        ),
    ]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain("Mute an alert"),
        "submit": _plain("Mute"),
        "close": _plain("Cancel"),
        "private_metadata": json.dumps(dict(metadata)),
        "blocks": blocks,
    }


def _input(block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": {**element, "action_id": INPUT},
        "optional": optional,
    }
    return {**block, "hint": _plain(hint)} if hint else block


def _select(choices: Iterable[tuple[str, str]], chosen: str | None) -> Block:
    options = {value: {"text": _plain(name), "value": value} for value, name in choices}
    element: Block = {"type": "static_select", "options": list(options.values())}
    return {**element, "initial_option": options[chosen]} if chosen in options else element


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": plain_text(text, OPTION) or "–", "emoji": False}
