"""Block Kit: the blocks of kpibot's messages, each within Slack's limits."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kpibot.render.phrases.cleaning import plain_text
from kpibot.slack.mrkdwn import cut

Block = dict[str, Any]
SECTION, FALLBACK, ALT, BUTTON, VALUE, ACTION_ID = 3_000, 3_000, 2_000, 75, 2_000, 255
LISTED = 5_000  # characters of lines in one message: Slack refuses messages of about 12,000
BUTTONS = 5


@dataclass(frozen=True, slots=True)
class SlackFile:
    """A picture that was uploaded to Slack, by its file id."""

    id: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message: its blocks, and `text` in mrkdwn (≤ 3000 characters), which is shown where blocks are not, as in
    notifications. `alt_text` (≤ 2000, plain) describes its picture; empty if it has none."""

    text: str
    blocks: tuple[Block, ...]
    alt_text: str = ""


def rendered(text: str, blocks: Iterable[Block | None], alt_text: str = "") -> Rendered:
    """A message of the blocks that are not None."""
    return Rendered(cut(text, FALLBACK), tuple(each for each in blocks if each is not None), plain_text(alt_text, ALT))


def with_note(message: Rendered, note: str) -> Rendered:
    """The message with a line of small print at its end, if there is any; `note` is mrkdwn."""
    if not note:
        return message
    block = {"type": "context", "elements": [{"type": "mrkdwn", "text": note}]}
    return replace(message, blocks=(*message.blocks, block))


def section(text: str) -> Block | None:
    """Mrkdwn, escaped by the caller; None without any."""
    return {"type": "section", "text": _mrkdwn(text)} if text else None


def context(*texts: str) -> Block | None:
    """Small gray mrkdwn, escaped by the caller; None without any."""
    elements = [_mrkdwn(text) for text in texts if text][:10]
    return {"type": "context", "elements": elements} if elements else None


def picture(file: SlackFile | None, alt_text: str) -> Block | None:
    """The picture, or None without one."""
    if file is None:
        return None
    return {"type": "image", "slack_file": {"id": file.id}, "alt_text": plain_text(alt_text, ALT) or "A chart"}


def button(label: str, action_id: str, **value: str | int) -> Block | None:
    """A button that sends `value` back as JSON; None if Slack would refuse its id or value."""
    payload = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(payload) > VALUE or len(action_id) > ACTION_ID:
        return None
    text = {"type": "plain_text", "text": plain_text(label, BUTTON) or "Show", "emoji": False}
    return {"type": "button", "text": text, "action_id": action_id, "value": payload}


def actions(buttons: Iterable[Block | None]) -> Block | None:
    """A row of the first five buttons that are not None, each action once; None without any."""
    unique = {each["action_id"]: each for each in buttons if each is not None}
    return {"type": "actions", "elements": list(unique.values())[:BUTTONS]} if unique else None


def fitting(lines: Sequence[str], most: int = LISTED) -> list[str]:
    """As many lines as fit into `most` characters; the last one says how many more there are."""
    kept, used = list[str](), 0
    for line in lines:
        used += len(line) + 1
        if used > most:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    return [*kept, f"… and {left:,} more"] if left else kept


def paragraphs(lines: Iterable[str]) -> list[Block | None]:
    """The lines in as few sections as possible."""
    texts = [""]
    for line in lines:
        joined = f"{texts[-1]}\n{line}" if texts[-1] else line
        if len(joined) <= SECTION:
            texts[-1] = joined
        else:
            texts.append(line)
    return [section(text) for text in texts]


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack does not turn text that looks like a link or mention into one.
    return {"type": "mrkdwn", "text": cut(text, SECTION), "verbatim": True}
