"""Answers a question in the terminal."""

import argparse
from contextlib import closing

from kpibot.app.views import picture_of, record_of, text_of
from kpibot.cli.common import UsageError, as_of, json_text, services_of, write_picture
from kpibot.services.questions.answering import Reply
from kpibot.settings import Settings


def ask_command(options: argparse.Namespace, settings: Settings) -> int:
    """Answers a question in the terminal."""
    with closing(services_of(options, settings)) as services:
        reply = services.dispatcher.answer(" ".join(options.question), as_of(options, services))
    print(json_text(record_of(reply)) if options.json else text_of(reply))
    if options.chart is not None:
        write_picture(options.chart, *_chart(reply))
    return 0


def _chart(reply: Reply) -> tuple[bytes, str]:
    """The chart, and what it shows."""
    picture = picture_of(reply)
    if picture is None:
        raise UsageError("there is nothing to draw; ask for one KPI that has a history")
    return picture.png, picture.alt_text
