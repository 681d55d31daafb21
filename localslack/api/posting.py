"""What all methods that post have in common: the checks of text, blocks, attachments and metadata."""

from __future__ import annotations

import json

from localslack.api.request import Request
from localslack.blocks.blocks import problems_of, too_long
from localslack.blocks.elements import INTERACTIVE
from localslack.blocks.rules import elements_of, every_block
from localslack.state.errors import SlackError
from localslack.state.ids import make_id
from localslack.state.model import Json
from localslack.state.workspace import Workspace

TEXT = 40_000
METADATA_BYTES = 16_000


def checked_blocks(ws: Workspace, blocks: object, *, surface: str = "message", files: bool = True) -> list[Json]:
    """Return the blocks with ids where they had none.

    `files` False refuses images that would have to be shared, as in a channel without the bot. Refuses with
    ``invalid_blocks_format``, ``invalid_blocks`` (each problem with its JSON pointer) and ``msg_blocks_too_long``.
    """
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = problems_of(blocks, surface, ws.accepts_file if files else lambda _: False)
    if problems:
        raise SlackError("invalid_blocks", response_metadata={"messages": problems})
    if surface == "message" and too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    own: list[Json] = json.loads(json.dumps(blocks))
    for block, _ in every_block(own):
        _give_ids(ws, block)
    return own


def _give_ids(ws: Workspace, block: Json) -> None:
    block.setdefault("block_id", make_id("b", ws.number("block"))[2:7])
    for element, _ in elements_of(block):
        if element.get("type") in INTERACTIVE:
            element.setdefault("action_id", make_id("a", ws.number("action"))[2:8])


def checked_text(text: str) -> str:
    """Return the text if Slack would take it. Refuses with ``msg_too_long``."""
    if len(text) > TEXT:
        raise SlackError("msg_too_long")
    return text


def checked_metadata(request: Request) -> Json | None:
    """Return the message's metadata, None when there is none.

    Refuses with ``invalid_metadata_format`` and ``metadata_too_large``.
    """
    metadata = request.structure("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not metadata["event_type"] or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def checked_attachments(request: Request) -> list[Json]:
    """Return the attachments. Refuses with ``invalid_attachments`` and, for blocks in them, ``invalid_blocks``."""
    attachments = request.structure("attachments", "invalid_attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > 100:
        raise SlackError("too_many_attachments")
    return [
        {**one, "blocks": checked_blocks(request.ws, one["blocks"])} if "blocks" in one else one for one in attachments
    ]


def checked_content(request: Request, *, files: bool = True) -> tuple[str, list[Json], list[Json]]:
    """Return text, blocks and attachments for a new message. Refuses with ``no_text`` when all are empty."""
    text = checked_text(request.text("text"))
    listed = request.structure("blocks", "invalid_blocks_format")
    blocks = [] if listed is None else checked_blocks(request.ws, listed, files=files)
    attachments = checked_attachments(request)
    markdown = request.text("markdown_text")
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        blocks = checked_blocks(request.ws, [{"type": "markdown", "text": markdown}])
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    return text or markdown, blocks, attachments
