"""Answers a question in the terminal."""

import argparse
from contextlib import closing
from zoneinfo import ZoneInfo

from kpibot.cli.common import UsageError, as_of, json_text, services_of, write_picture
from kpibot.core.reports.answers import About, Answer, Breakdown, Overview, RowList
from kpibot.render.charts.alt_texts import answer_alt
from kpibot.render.charts.charts import answer_chart
from kpibot.render.records import about_record, breakdown_record, report_record, rows_record
from kpibot.render.terminal.text import about_text, answer_text, breakdown_text, overview_text, rows_text
from kpibot.services.questions.answering import Help, Listing, Reply
from kpibot.settings import Settings


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answers a question in the terminal."""
    with closing(services_of(options, settings)) as services:
        reply = services.answering.reply(" ".join(options.question), as_of(options, services))
    print(json_text(_record(reply)) if options.json else _text(reply))
    if options.chart is not None:
        write_picture(options.chart, *_chart(reply))
    return 0


def _text(reply: Reply) -> str:
    match reply:
        case Answer():
            return answer_text(reply)
        case Breakdown():
            return breakdown_text(reply)
        case RowList():
            return rows_text(reply)
        case About():
            return about_text(reply)
        case Overview():
            return overview_text(reply)
    return _guide(reply)


def _record(reply: Reply) -> object:
    match reply:
        case Answer():
            return report_record(reply.report, ZoneInfo(reply.zone))
        case Breakdown():
            return breakdown_record(reply)
        case RowList():
            return rows_record(reply)
        case About():
            return about_record(reply)
        case Overview():
            return [report_record(report, ZoneInfo(reply.zone)) for report in reply.reports]
    return _guide_record(reply)


def _chart(reply: Reply) -> tuple[bytes, str]:
    """The chart, and what it shows."""
    if isinstance(reply, Answer) and (png := answer_chart(reply)) is not None:
        return png, answer_alt(reply)
    raise UsageError("there is nothing to draw; ask for one KPI that has a history")


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
    lacking = [f"{kpi:<24} not available: {why}" for kpi, why in reply.not_available.items()]
    return "\n".join(
        [*lines, *lacking, "", *("  " * depth + f"{campus.slug:<24} {campus.name}" for depth, campus in reply.campuses)]
    )
