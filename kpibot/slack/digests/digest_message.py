"""A digest as a Slack message: a summary, a line for each KPI, the campuses that moved most, a chart."""

from kpibot.core.reports.digests import DigestEdition
from kpibot.render.charts.alt_texts import digest_alt
from kpibot.render.phrases import sentences
from kpibot.render.phrases.changes import mover_line
from kpibot.render.phrases.digests import digest_heading, digest_headline, lacking, time_of_edition, top_movers
from kpibot.render.phrases.overviews import by_verdict
from kpibot.slack.blocks import Rendered, SlackFile, context, fitting, paragraphs, picture, rendered, section
from kpibot.slack.kpi_lines import kpi_line, show_buttons
from kpibot.slack.mrkdwn import data


def digest_message(edition: DigestEdition, chart: SlackFile | None = None) -> Rendered:
    """One issue of a digest. KPIs without data have a line that says why."""
    alt = digest_alt(edition)
    moved = [f"{'↗ better' if each.improved else '↘ worse'} · {data(mover_line(each))}" for each in top_movers(edition)]
    blocks = (
        section(f"*{data(digest_heading(edition), 250)}*\n{data(digest_headline(edition), 400)}"),
        *paragraphs(fitting([kpi_line(report) for report in edition.reports])),
        section("\n".join(["*Biggest changes*", *moved]) if moved else ""),
        picture(chart, alt),
        context(*map(data, (lacking(edition), time_of_edition(edition)))),
        show_buttons(by_verdict(edition.reports)),
    )
    return rendered(_fallback(edition), blocks, alt)


def _fallback(edition: DigestEdition) -> str:
    lines = [f"{sentences.kpi_name(each)}: {sentences.said(each, short=True)}" for each in edition.reports]
    parts = [digest_heading(edition), digest_headline(edition), *lines, time_of_edition(edition)]
    return "\n".join(fitting([data(part) for part in parts], 2_800))
