"""What is answered: in the terminal, for programs, and in Slack."""

from kpibot.app.container import Services
from kpibot.app.views import is_private, message_of, picture_of, record_of, text_of
from kpibot.core.reports.answers import Breakdown
from kpibot.core.text import QueryError
from kpibot.services.questions.answering import Reply
from kpibot.slack.error_message import error_message
from kpibot.sources.base import SourceError
from tests.record.places import Place
from tests.record.questions import narrowed, questions
from tests.record.writing import Page, as_json, as_slack, digest

ASKER = "@dana"
DRAWN = 20  # of the answers, those whose chart is drawn too


def record_answers(services: Services, place: Place, page: Page) -> None:
    """Asks everything there is to ask."""
    drawn, left = 0, list(questions(services))
    while left:
        question, *left = left
        try:
            reply = services.dispatcher.reply(question, place.now, ASKER)
        except (QueryError, SourceError) as error:
            page.add(question, f"error: {error}", as_slack(error_message(str(error))))
            continue
        if isinstance(reply, Breakdown):
            left += narrowed(reply)
        said = _said(reply)
        if drawn < DRAWN and (picture := picture_of(reply)) is not None:
            drawn += 1
            said.append(f"{picture.name} {digest(picture.png)} {picture.alt_text}")
        page.add(question, *said)


def _said(reply: object) -> list[str]:
    """The reply in the terminal and for programs, where it is an answer, and in Slack."""
    in_slack = [f"private: {is_private(reply)}", as_slack(message_of(reply))]
    return [text_of(reply), as_json(record_of(reply)), *in_slack] if isinstance(reply, Reply) else in_slack
