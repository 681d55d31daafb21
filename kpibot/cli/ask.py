"""Answers a question in the terminal."""

import argparse
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from kpibot.cli.common import UsageError, as_of, house_of, json_text
from kpibot.core.reports import Answer, Overview
from kpibot.render.charts import answer_chart
from kpibot.render.records import report_record
from kpibot.render.text import answer_text, overview_text
from kpibot.services.answering import Help, Listing, Reply
from kpibot.settings import Settings


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answers a question in the terminal."""
    with closing(house_of(options, settings)) as house:
        reply = house.answering.reply(" ".join(options.question), as_of(options, house))
    match reply:
        case Answer():
            print(json_text(report_record(reply.report, ZoneInfo(reply.zone))) if options.json else answer_text(reply))
        case Overview():
            reports = [report_record(report, ZoneInfo(reply.zone)) for report in reply.reports]
            print(json_text(reports) if options.json else overview_text(reply))
        case Listing() | Help():
            print(json_text(_guide_record(reply)) if options.json else _guide(reply))
    if options.chart is not None:
        _write_chart(options.chart, reply)
    return 0


def _write_chart(file: Path, reply: Reply) -> None:
    png = answer_chart(reply) if isinstance(reply, Answer) else None
    if png is None:
        raise UsageError("there is nothing to draw; ask for one KPI that has a history")
    try:
        file.write_bytes(png)
    except OSError as error:
        raise UsageError(f"the chart cannot be written to {file} ({error.strerror}); name another file") from error


def _guide_record(reply: Help | Listing) -> dict[str, object]:
    campuses = [reply.campus] if isinstance(reply, Help) else [campus for _, campus in reply.campuses]
    return {
        "kpis": {card.id: card.name for card in reply.kpis},
        "campuses": {campus.slug: campus.name for campus in campuses},
    }


def _guide(reply: Help | Listing) -> str:
    lines = [f"{card.id:<24} {card.name}" for card in reply.kpis]
    if isinstance(reply, Help):
        return "\n".join([f'ask "{reply.kpis[0].id} {reply.campus.slug} 90d"', "", *lines])
    return "\n".join(
        [*lines, "", *("  " * depth + f"{campus.slug:<24} {campus.name}" for depth, campus in reply.campuses)]
    )
