"""Answers for a terminal: plain text, at most 80 columns wide."""

import unicodedata
from collections.abc import Iterable, Iterator

from kpibot.core.kpis.report import Report
from kpibot.core.reports.answers import About, Answer, Breakdown, Overview, RowList
from kpibot.core.reports.digests import DigestEdition
from kpibot.render.phrases import about as about_phrases
from kpibot.render.phrases import breakdowns, digests, row_lists, sentences
from kpibot.render.phrases.changes import change, mover_line
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.conflicts import conflict
from kpibot.render.phrases.context import lines as context_lines
from kpibot.render.phrases.numbers import finite, sparkline
from kpibot.render.phrases.overviews import by_verdict, tally
from kpibot.render.phrases.times import moment

COLUMNS = 80
WORD_COLUMNS, NAME_COLUMNS, VALUE_COLUMNS, SPARKS = 15, 24, 20, 14


def answer_text(answer: Answer) -> str:
    """One KPI at one campus; ends without a line break."""
    report, zone = answer.report, answer.zone
    has_value = sentences.value(report) is not None
    head = f"{sentences.sign(report).character} {sentences.title(report)}"
    value = f"{sentences.quantity(report)} · {sentences.sign(report).word}" if has_value else sentences.missing(report)
    basis = [sentences.basis(report), *sentences.missing_coverage(report)] if has_value else []
    times = [sentences.time_of_reading(report, zone), sentences.newest_row(report, zone)]
    lines = (
        head,
        value,
        "" if has_value else sentences.what_to_do(report),
        sentences.stale(report),
        conflict(report),
        sentences.goal(report),
        change(report),
        *context_lines(answer),
        _history(report, answer.days),
        " · ".join(filter(None, (clean(report.card.period, sentences.NAME), *basis))),
        " · ".join(filter(None, times)),
        sentences.notes(answer),
        sentences.purpose(report),
    )
    return page(filter(None, lines))


def breakdown_text(breakdown: Breakdown) -> str:
    """One KPI broken down by a dimension; ends without a line break."""
    whole = breakdown.whole
    head = (f"{sentences.sign(whole).character} {breakdowns.breakdown_heading(breakdown)}", sentences.said(whole), "")
    lines = [f"{bar} {part}" for bar, part in breakdowns.parts(breakdown)]
    return page((*head, *lines, "", breakdowns.footing(breakdown)))


def about_text(about: About) -> str:
    """What a KPI means; ends without a line break."""
    definition = [f"- {clean(each, sentences.SENTENCE)}" for each in about.definition]
    facts = [f"{label}: {fact}" for label, fact in about_phrases.facts(about)]
    head = (clean(about.card.name, 200), clean(about.card.about, 1_500) or about_phrases.NOT_YET)
    return page((*head, "", *definition, "", *facts))


def rows_text(row_list: RowList) -> str:
    """The rows behind a number; ends without a line break."""
    lines = [
        f"{line} {link}".rstrip() for line, link in zip(row_lists.row_lines(row_list), row_list.links, strict=True)
    ]
    return page(
        (
            sentences.title(row_list.report),
            sentences.said(row_list.report),
            "",
            *lines,
            "",
            row_lists.how_many_shown(row_list),
        )
    )


def overview_text(overview: Overview) -> str:
    """All KPIs of a campus or group, the worst first; ends without a line break."""
    reports = by_verdict(overview.reports)
    head = f"{clean(overview.campus_name, sentences.NAME)} · {tally(reports)}"
    return page((head, "", *map(_row, reports), "", f"as of {moment(overview.as_of, overview.zone, year=True)}"))


def digest_text(edition: DigestEdition) -> str:
    """One issue of a digest; ends without a line break."""
    moved = [f"{'better' if each.improved else 'worse'} · {mover_line(each)}" for each in digests.top_movers(edition)]
    rows = map(_row, edition.reports)
    closing = filter(None, (digests.lacking(edition), digests.time_of_edition(edition)))
    head = (digests.digest_heading(edition), digests.digest_headline(edition), "", *rows, "")
    return page((*head, *(["Biggest changes", *moved, ""] if moved else []), *closing))


def display_width(text: str) -> int:
    """The columns that the text takes in a terminal: two for emoji and East Asian characters, none for marks."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _history(report: Report, days: int) -> str:
    if report.series is None or not sentences.has_history(report):
        return sentences.no_history(report)
    # Without rows every day counts 0: next to "no data", a line of zeros would look like a measurement.
    if sentences.value(report) is None and not any(map(finite, report.series.values)):
        return ""
    return f"{sparkline(report.series.values, 60)} {days:,} days"


def _row(report: Report) -> str:
    sign, name = sentences.sign(report), padded(sentences.kpi_name(report), NAME_COLUMNS)
    head = f"{sign.character} {padded(sign.word, WORD_COLUMNS)} {name}"
    if sentences.value(report) is None:
        return f"{head} {sentences.missing(report).removeprefix('No data: ')}"
    spark = sparkline(report.series.values, SPARKS) if report.series is not None else ""
    return f"{head} {padded(sentences.quantity(report, short=True), VALUE_COLUMNS)} {spark}".rstrip()


def padded(text: str, most: int) -> str:
    """The text in exactly `most` columns: padded with spaces, or cut with `…`."""
    if display_width(text) > most:
        while display_width(text) > most - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (most - display_width(text))


def page(lines: Iterable[str]) -> str:
    """The lines, the long ones wrapped; ends without a line break."""
    return "\n".join(part for line in lines for part in ([line] if display_width(line) <= COLUMNS else _wrapped(line)))


def _wrapped(line: str) -> Iterator[str]:
    """The line, wrapped; a word that is longer than a line is broken."""
    current = ""
    for word in line.split(" "):
        if current and display_width(f"{current} {word}") > COLUMNS:
            yield current
            current = " "  # continuation lines are indented
        current = f"{current} {word}" if current else word
        while display_width(current) > COLUMNS:
            head = _head(current)
            yield head
            current = current[len(head) :]
    yield current


def _head(text: str) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _columns_of(character)
        if used > COLUMNS:
            return text[:index]
    return text
