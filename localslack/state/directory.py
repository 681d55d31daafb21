"""The people and conversations of a workspace, by name and by id."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from localslack.state.errors import UnknownNameError
from localslack.state.ids import make_id
from localslack.state.model import BOT, SLACKBOT, Channel, Conversation, Group, Person, User


class Directory:
    """The people, groups and conversations of a workspace; `created` is in seconds since 1970."""

    def __init__(
        self,
        name: str,
        bot_name: str,
        channels: Sequence[Channel],
        people: Sequence[Person],
        groups: Sequence[Group],
        created: int,
    ) -> None:
        self.name, self.bot_name = name, bot_name
        self.domain = "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")
        self.team_id, self.app_id = make_id("T", name), make_id("A", name, bot_name)
        self.bot_id, self.bot_user_id = make_id("B", name, bot_name), make_id("U", name, bot_name)
        self.users = self._people(people)
        self.groups = {make_id("S", name, group.handle): group for group in groups}
        self.conversations: dict[str, Conversation] = {}
        self._add_conversations(channels, created)

    def _people(self, people: Sequence[Person]) -> dict[str, User]:
        bot = User(id=self.bot_user_id, name=self.bot_name, real_name=self.bot_name, team_id=self.team_id, is_bot=True)
        users = [
            bot,
            User(id=SLACKBOT, name="slackbot", real_name="Workspace", team_id=self.team_id),
            *map(self._user, people),
        ]
        return {user.id: user for user in users}

    def _user(self, one: Person) -> User:
        return User(
            id=make_id("U", self.name, "person", one.name),
            name=one.name,
            real_name=one.real_name or one.name,
            team_id=make_id("T", one.team) if one.team else self.team_id,
            title=one.title,
            timezone=one.timezone,
            guest=one.guest,
            deactivated=one.deactivated,
        )

    def change_user(self, name: str, /, **changes: Any) -> User:
        """Change who somebody is, as an administrator may at any time: a guest, deactivated, of another team."""
        ident = self.user_id(name)
        self.users[ident] = dataclasses.replace(self.users[ident], **changes)
        return self.users[ident]

    def is_foreign(self, user: User) -> bool:
        """Say whether somebody belongs to another organization."""
        return user.team_id != self.team_id

    def is_stranger(self, user: User) -> bool:
        """Say whether somebody of another organization shares no channel with the bot, which is Slack's meaning."""
        shared = (one for one in self.conversations.values() if one.ext_shared and self.bot_user_id in one.members)
        return self.is_foreign(user) and not any(user.id in one.members for one in shared)

    def _add_conversations(self, channels: Sequence[Channel], created: int) -> None:
        everybody = [user.id for user in self.people()]
        own = [user.id for user in self.people() if not self.is_foreign(user)]
        for one in channels:
            ident = make_id("C", self.name, one.name)
            names = [*(everybody if one.ext_shared else own), BOT] if one.members is None else one.members
            members = [self.user_id(name) for name in names]
            self.conversations[ident] = Conversation(
                id=ident,
                name=one.name,
                members=members,
                created=created,
                topic=one.topic,
                private=one.private,
                archived=one.archived,
                restricted=one.restricted,
                ext_shared=one.ext_shared,
                org_shared=one.org_shared,
            )
        for person in everybody:
            ident = make_id("D", self.name, person)
            members = [person, self.bot_user_id]
            self.conversations[ident] = Conversation(
                id=ident, name=ident, members=members, created=created, user=person
            )

    def people(self) -> list[User]:
        """Return the people, in the order in which they were given."""
        return [user for user in self.users.values() if not user.is_bot and user.id != SLACKBOT]

    def user_id(self, name: str) -> str:
        """Return the id of a person (``dana``, ``@dana`` or the id itself) or of ``bot``. Raises UnknownNameError."""
        wanted = name.removeprefix("@")
        if wanted in self.users:
            return wanted
        if wanted in (BOT, self.bot_name):
            return self.bot_user_id
        for user in self.users.values():
            if user.name == wanted:
                return user.id
        names = ", ".join(user.name for user in self.people())
        raise UnknownNameError(f"there is no person {name!r}; known: {names}")

    def channel_id(self, name: str) -> str:
        """Return the id of a channel (``tech-alerts``, ``#tech-alerts``) or direct message (``@dana``).

        Raises UnknownNameError with the names that there are.
        """
        conversation = self.find(name)
        if conversation is None:
            names = ", ".join(one.name for one in self.conversations.values() if one.user is None)
            raise UnknownNameError(f"there is no channel {name!r}; known: {names}, and @name for a direct message")
        return conversation.id

    def find(self, name: str) -> Conversation | None:
        """Return the conversation with this id, ``#name``, ``name`` or ``@person``, or None."""
        if name in self.conversations:
            return self.conversations[name]
        if name.startswith("@"):
            return self.conversations.get(make_id("D", self.name, self.user_id(name)))
        wanted = name.removeprefix("#")
        return next((one for one in self.conversations.values() if one.user is None and one.name == wanted), None)

    def names_of(self, channel: str) -> frozenset[str]:
        """Return name and id of a channel, by either of them; for an unknown channel, `channel` itself."""
        conversation = self.conversations.get(channel) or self.find(channel.lstrip("@"))
        return frozenset(
            {channel.lstrip("#")} | ({conversation.id, conversation.name} if conversation is not None else set())
        )
