"""What channels read, held against what they should."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kpibot.app.views import message_of
from kpibot.core.reports.messages import Message as OutboxMessage
from localslack import Message, Workspace

GroupBy = Mapping[str, list["Said"]]


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it stands: its delivery's key, that of the message in whose thread it is, and what it says.

    Pictures are left out: Slack's trouble may cost a message its picture, and never its text.
    """

    key: str
    thread: str | None
    in_channel: bool
    says: str


@dataclass(frozen=True, slots=True)
class Judgment:
    """By key: what is missing, what stands more than once, what nobody owed; channels in the wrong order, and messages
    that say something else than they should."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unowed: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    different: list[tuple[Said, Said]] = field(default_factory=list)


ALL_IS_WELL = Judgment()


def read(ws: Workspace) -> dict[str, list[Said]]:
    """What each channel reads, in its order."""
    channels = [each for each in ws.conversations.values() if each.user is None]
    return {each.name: _said(ws.messages(each.name)) for each in channels}


def places(ws: Workspace) -> dict[str, str]:
    """Where each message stands: its `ts` by its key."""
    channels = [each for each in ws.conversations.values() if each.user is None]
    return {key_of(message): message.ts for each in channels for message in ws.messages(each.name)}


def in_order(owed: GroupBy, keys: Iterable[str]) -> dict[str, list[Said]]:
    """The same messages in the order in which they were owed: whoever dies may measure after the hour's digest."""
    places = {key: place for place, key in enumerate(keys)}
    return {channel: sorted(each, key=lambda said: places.get(said.key, 0)) for channel, each in owed.items()}


def judge(read: GroupBy, owed: GroupBy) -> Judgment:
    """What channels read, held against what they should, in this order."""
    judgment = Judgment()
    for channel in owed.keys() | read.keys():
        _judge(judgment, channel, read.get(channel, []), owed.get(channel, []))
    return judgment


def _judge(judgment: Judgment, channel: str, read: list[Said], owed: list[Said]) -> None:
    stands, wanted = Counter(each.key for each in read), {each.key: each for each in owed}
    judgment.lost.extend(sorted(wanted.keys() - stands.keys()))
    judgment.doubled.extend(sorted(key for key, times in stands.items() if times > 1))
    judgment.unowed.extend(sorted(stands.keys() - wanted.keys()))
    order = [key for key in dict.fromkeys(each.key for each in read) if key in wanted]
    if order != [key for key in wanted if key in stands]:
        judgment.disordered.append(channel)
    pairs = ((each, wanted[each.key]) for each in read if each.key in wanted)
    judgment.different.extend((found, should) for found, should in pairs if found != should)


def _said(messages: list[Message]) -> list[Said]:
    keys = {each.ts: key_of(each) for each in messages}
    return [
        Said(key_of(each), keys[each.thread_ts] if each.thread_ts else None, each.broadcast, _says(each))
        for each in messages
    ]


def key_of(message: Message) -> str:
    """The key under which a message was delivered."""
    return str(((message.metadata or {}).get("event_payload") or {}).get("key", f"no key at {message.ts}"))


def should_say(message: OutboxMessage) -> str:
    """What a message of the outbox says once it stands."""
    composed = message_of(message)
    return _words(composed.text, composed.blocks)


def _says(message: Message) -> str:
    return _words(message.text, message.blocks)


def _words(text: str, blocks: Iterable[Mapping[str, Any]]) -> str:
    """Pictures, and the names that Slack gives to blocks, are left out."""
    words = [dict(each, block_id="") for each in blocks if each["type"] != "image"]
    return json.dumps([text, words], ensure_ascii=False, sort_keys=True)
