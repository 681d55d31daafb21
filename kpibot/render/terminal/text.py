"""The same answers for a terminal: plain text, at most 80 columns wide."""

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
    known = sentences.value(report) is not None
    head = f"{sentences.sign(report).character} {sentences.title(report)}"
    said = f"{sentences.quantity(report)} · {sentences.sign(report).word}" if known else sentences.missing(report)
    rests = [sentences.basis(report), *sentences.missing_coverage(report)] if known else []
    times = [sentences.time_of_reading(report, zone), sentences.newest_row(report, zone)]
    lines = (
        head,
        said,
        "" if known else sentences.what_to_do(report),
        sentences.stale(report),
        conflict(report),
        sentences.goal(report),
        change(report),
        *context_lines(answer),
        _history(report, answer.days),
        " · ".join(filter(None, (clean(report.card.period, sentences.NAME), *rests))),
        " · ".join(filter(None, times)),
        sentences.notes(answer),
        sentences.purpose(report),
    )
    return page(filter(None, lines))


def breakdown_text(breakdown: Breakdown) -> str:
    """One KPI told apart by something; ends without a line break."""
    whole = breakdown.whole
    head = (f"{sentences.sign(whole).character} {breakdowns.breakdown_heading(breakdown)}", sentences.said(whole), "")
    lines = [f"{bar} {said}" for bar, said in breakdowns.parts(breakdown)]
    return page((*head, *lines, "", breakdowns.footing(breakdown)))


def about_text(about: About) -> str:
    """What a KPI means; ends without a line break."""
    exactly = [f"- {clean(each, sentences.SENTENCE)}" for each in about.definition]
    known = [f"{label}: {said}" for label, said in about_phrases.facts(about)]
    head = (clean(about.card.name, 200), clean(about.card.about, 1_500) or about_phrases.NOT_YET)
    return page((*head, "", *exactly, "", *known))


def rows_text(found: RowList) -> str:
    """The rows behind a number; ends without a line break."""
    lines = [f"{said} {link}".rstrip() for said, link in zip(row_lists.row_lines(found), found.links, strict=True)]
    return page(
        (sentences.title(found.report), sentences.said(found.report), "", *lines, "", row_lists.how_many_shown(found))
    )


def overview_text(overview: Overview) -> str:
    """How a campus or group stands, the worst KPI first; ends without a line break."""
    reports = by_verdict(overview.reports)
    head = f"{clean(overview.campus_name, sentences.NAME)} · {tally(reports)}"
    return page((head, "", *map(_row, reports), "", f"as of {moment(overview.as_of, overview.zone, year=True)}"))


def digest_text(edition: DigestEdition) -> str:
    """One issue of a digest; ends without a line break."""
    moved = [f"{'better' if each.improved else 'worse'} · {mover_line(each)}" for each in digests.top_movers(edition)]
    rows = map(_row, edition.reports)
    closing = filter(None, (digests.lacking(edition), digests.time_of_edition(edition)))
    head = (digests.digest_heading(edition), digests.digest_headline(edition), "", *rows, "")
    return page((*head, *(["Moved most", *moved, ""] if moved else []), *closing))


def display_width(text: str) -> int:
    """How many columns a terminal gives the text: two to emoji and East Asian characters, none to marks."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _history(report: Report, days: int) -> str:
    if report.series is None or not sentences.has_history(report):
        return sentences.no_history(report)
    # Where no rows were found, each day counts 0: beside "no data" a line of them would claim a measurement.
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
    """The text in exactly so many columns: filled with blanks, or cut with `…`."""
    if display_width(text) > most:
        while display_width(text) > most - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (most - display_width(text))


def page(lines: Iterable[str]) -> str:
    """The lines, the long ones wrapped; ends without a line break."""
    return "\n".join(part for line in lines for part in ([line] if display_width(line) <= COLUMNS else _wrapped(line)))


def _wrapped(line: str) -> Iterator[str]:
    """The line in several, each within the columns; a word that is longer is broken."""
    current = ""
    for word in line.split(" "):
        if current and display_width(f"{current} {word}") > COLUMNS:
            yield current
            current = " "  # what follows is indented
        current = f"{current} {word}" if current else word
        while display_width(current) > COLUMNS:
            head = _head(current)
            yield head
            current = current[len(head) :]
    yield current


def _head(text: str) -> str:
    used = 0
    for place, character in enumerate(text):
        used += _columns_of(character)
        if used > COLUMNS:
            return text[:place]
    return text
