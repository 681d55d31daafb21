"""Gives what people type to the service that replies to it. Its methods block."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.district import District
from kpibot.core.questions.commands import AlertCommand, parse_request
from kpibot.core.questions.names import Vocabulary
from kpibot.core.questions.parser import parse_question
from kpibot.services.alerts.commands import AlertCommandReply, AlertCommands
from kpibot.services.questions.answering import Answering, Reply


class Dispatcher:
    """Understands typed text once, and dispatches it."""

    def __init__(
        self, district: District, not_available: Mapping[str, str], answering: Answering, commands: AlertCommands
    ) -> None:
        self.vocabulary = Vocabulary(
            kpis={kpi.id: kpi.card.name for kpi in district.kpis.values()},
            tree=district.tree,
            dimensions={kpi.id: tuple(kpi.dimensions) for kpi in district.kpis.values()},
            not_available=not_available,
        )
        self._calendar = district.calendar
        self._answering = answering
        self._commands = commands

    def reply(
        self, text: str, now: datetime, by: str, channels: Collection[str] = (), here: str = DISTRICT
    ) -> Reply | AlertCommandReply:
        """The reply to what a person typed after `/kpi`.

        Args:
            text: as typed.
            now: the instant, aware. Questions are about its minute, so that who asks the same shares one measurement.
            by: who typed it, as a name with an @.
            channels: the configuration's ids of the channel in which it was typed.
            here: the campus or group that is meant where none is named.

        Raises:
            QueryError: the text is not clear; the message says what to type.
            SourceError: what was asked needs a database that does not answer.
        """
        request = parse_request(text, self.vocabulary, now, self._calendar)
        if isinstance(request, AlertCommand):
            return self._commands.reply(request, now, by, channels, here)
        return self._answering.reply(request, minute_of(now), here)

    def answer(self, text: str, as_of: datetime, here: str = DISTRICT) -> Reply:
        """The answer to a question, asked outside of Slack: alerts are acknowledged and muted there.

        Raises:
            QueryError: the text is not clear; the message says what to type.
            SourceError: what was asked needs a database that does not answer.
        """
        return self._answering.reply(parse_question(text, self.vocabulary), as_of, here)


def minute_of(now: datetime) -> datetime:
    """The minute that an instant is in."""
    return now - timedelta(seconds=now.second, microseconds=now.microsecond)
