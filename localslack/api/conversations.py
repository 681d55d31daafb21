"""conversations.* and users.conversations: channels, their members and their messages."""

from __future__ import annotations

from localslack.api.forms import conversation_form, message_form, thread_form
from localslack.api.request import Method, Request, page_of
from localslack.state.errors import SlackError
from localslack.state.ids import parse_ts
from localslack.state.model import Conversation, Json, Message

_SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def _visible(request: Request) -> list[Conversation]:
    wanted = [part.strip() for part in request.text("types", "public_channel").split(",")]
    for kind in wanted:
        if kind not in _SCOPES:
            raise SlackError("invalid_types")
        request.need(_SCOPES[kind])
    bot, open_only = request.ws.bot_user_id, request.flag("exclude_archived")
    return [
        one
        for one in request.ws.conversations.values()
        if one.kind in wanted and not (open_only and one.archived) and (not one.private or bot in one.members)
    ]


def _listing(request: Request, conversations: list[Conversation]) -> Json:
    channels, cursor = page_of([conversation_form(request.ws, one) for one in conversations], request)
    return {"ok": True, "channels": channels, "response_metadata": {"next_cursor": cursor}}


def list_conversations(request: Request) -> Json:
    """conversations.list: public channels unless `types` says otherwise; private ones only with the bot in them."""
    return _listing(request, _visible(request))


def list_user_conversations(request: Request) -> Json:
    """users.conversations: those that a person (by default the bot) is in."""
    user = request.text("user", request.ws.bot_user_id)
    return _listing(request, [one for one in _visible(request) if user in one.members])


def conversation_info(request: Request) -> Json:
    """conversations.info: one conversation."""
    conversation = request.conversation()
    request.need_for(conversation, "read")
    form = conversation_form(request.ws, conversation)
    if request.flag("include_num_members"):
        form["num_members"] = len(conversation.members)
    return {"ok": True, "channel": form}


def list_members(request: Request) -> Json:
    """conversations.members: the ids of the members of a conversation."""
    conversation = request.conversation()
    request.need_for(conversation, "read")
    page, cursor = page_of([{"id": one} for one in conversation.members], request)
    return {"ok": True, "members": [one["id"] for one in page], "response_metadata": {"next_cursor": cursor}}


def join_channel(request: Request) -> Json:
    """conversations.join: the bot joins a public channel."""
    channel = request.conversation()
    if channel.kind != "public_channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    answer: Json = {"ok": True, "channel": conversation_form(request.ws, channel)}
    if request.ws.bot_user_id in channel.members:
        warning = "already_in_channel"
        return answer | {"warning": warning, "response_metadata": {"warnings": [warning]}}
    channel.members.append(request.ws.bot_user_id)
    request.ws.notify("channel", channel)
    return answer | {"channel": conversation_form(request.ws, channel)}


def open_direct_message(request: Request) -> Json:
    """conversations.open: the direct message with one person, or of this id; there are no group messages here."""
    if request.text("channel"):
        named = request.conversation()
        users = [named.user] if named.user is not None else []
    else:
        users = [part for part in request.required("users").split(",") if part]
    if len(users) != 1:
        raise SlackError("method_not_supported_for_channel_type")
    conversation = request.ws.find(f"@{users[0]}") if users[0] in request.ws.users else None
    if conversation is None:
        raise SlackError("user_not_found")
    form = conversation_form(request.ws, conversation) if request.flag("return_im") else {"id": conversation.id}
    return {"ok": True, "no_op": True, "already_open": True, "channel": form}


class _Window:
    """`oldest`, `latest` and `inclusive`: both ends are left out unless `inclusive`."""

    def __init__(self, request: Request) -> None:
        self._oldest = self._bound(request, "oldest", 0)
        self._latest = self._bound(request, "latest", None)
        self._inclusive = request.flag("inclusive")

    @staticmethod
    def _bound(request: Request, name: str, default: int | None) -> int | None:
        try:
            return parse_ts(request.text(name)) if request.text(name) else default
        except ValueError as error:
            raise SlackError(f"invalid_ts_{name}") from error

    def holds(self, message: Message) -> bool:
        """Say whether a message lies within."""
        at = parse_ts(message.ts)
        if self._inclusive and at in (self._oldest, self._latest):
            return True
        after = self._oldest is None or at > self._oldest
        return after and (self._latest is None or at < self._latest)


def channel_history(request: Request) -> Json:
    """conversations.history: the newest first, without ephemeral messages and without replies, unless broadcast."""
    conversation = request.joined()
    request.need_for(conversation, "history")
    window, public = _Window(request), public_messages(conversation)
    kept = [one for one in reversed(public) if (one.thread_ts is None or one.broadcast) and window.holds(one)]
    page, cursor = page_of(kept, request, most=999)
    threads = _threads(public)
    forms = [_form(request, one) | thread_form(request.ws, one, threads.get(one.ts, [])) for one in page]
    return _page(forms, cursor)


def thread_replies(request: Request) -> Json:
    """conversations.replies: a thread: its first message, then the replies, the oldest first."""
    conversation = request.joined()
    request.need_for(conversation, "history")
    ts, public, window = request.required("ts"), public_messages(conversation), _Window(request)
    named = next((one for one in public if one.ts == ts), None)
    if named is None:
        raise SlackError("thread_not_found")
    first = next((one for one in public if one.ts == (named.thread_ts or ts)), named)
    answers = _threads(public).get(first.ts, [])
    page, cursor = page_of([first, *filter(window.holds, answers)], request, most=1000)
    forms = [_form(request, one) | (thread_form(request.ws, one, answers) if one is first else {}) for one in page]
    return _page(forms, cursor)


def public_messages(conversation: Conversation) -> list[Message]:
    """Return the messages that everybody in a conversation sees, the oldest first."""
    return [one for one in conversation.messages.values() if one.ephemeral_for is None]


def _threads(public: list[Message]) -> dict[str, list[Message]]:
    """Return the replies of each thread, found in one pass: a channel may hold thousands of messages."""
    threads: dict[str, list[Message]] = {}
    for one in public:
        if one.thread_ts is not None and not one.deleted:
            threads.setdefault(one.thread_ts, []).append(one)
    return threads


def _form(request: Request, message: Message) -> Json:
    return message_form(request.ws, message, request.flag("include_all_metadata"))


def _page(forms: list[Json], cursor: str) -> Json:
    answer: Json = {"ok": True, "messages": forms, "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


METHODS = {
    "conversations.list": Method(list_conversations),
    "conversations.info": Method(conversation_info),
    "conversations.members": Method(list_members),
    "conversations.history": Method(channel_history),
    "conversations.replies": Method(thread_replies),
    "conversations.join": Method(join_channel, ("channels:join",)),
    "conversations.open": Method(open_direct_message, ("im:write",)),
    "users.conversations": Method(list_user_conversations),
}
