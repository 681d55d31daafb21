"""The same answers for a terminal: plain text, at most 80 columns wide."""

import unicodedata
from collections.abc import Iterable, Iterator

from kpibot.core.reports import About, Answer, Breakdown, DigestEdition, Overview, Report, RowList
from kpibot.render import facts
from kpibot.render.conflicts import conflict
from kpibot.render.context import lines as context_lines
from kpibot.render.numbers import finite, sparkline
from kpibot.render.phrases import about as about_phrases
from kpibot.render.phrases import breakdowns, digests, row_lists
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.overviews import by_verdict, tally
from kpibot.render.times import moment

COLUMNS = 80
WORD_COLUMNS, NAME_COLUMNS, VALUE_COLUMNS, SPARKS = 15, 24, 20, 14


def answer_text(answer: Answer) -> str:
    """One KPI at one campus; ends without a line break."""
    report, zone = answer.report, answer.zone
    known = facts.value(report) is not None
    head = f"{facts.sign(report).character} {facts.title(report)}"
    said = f"{facts.quantity(report)} · {facts.sign(report).word}" if known else facts.missing(report)
    rests = [facts.basis(report), *facts.gaps(report)] if known else []
    times = [facts.as_of(report, zone), facts.newest(report, zone)]
    lines = (
        head,
        said,
        "" if known else facts.what_to_do(report),
        facts.stale(report),
        conflict(report),
        facts.goal(report),
        facts.change(report),
        *context_lines(answer),
        _history(report, answer.days),
        " · ".join(filter(None, (clean(report.card.period, facts.NAME), *rests))),
        " · ".join(filter(None, times)),
        facts.notes(answer),
        facts.purpose(report),
    )
    return page(filter(None, lines))


def breakdown_text(breakdown: Breakdown) -> str:
    """One KPI told apart by something; ends without a line break."""
    whole = breakdown.whole
    head = (f"{facts.sign(whole).character} {breakdowns.heading(breakdown)}", facts.said(whole), "")
    lines = [f"{bar} {said}" for bar, said in breakdowns.parts(breakdown)]
    return page((*head, *lines, "", breakdowns.footing(breakdown)))


def about_text(about: About) -> str:
    """What a KPI means; ends without a line break."""
    exactly = [f"- {clean(each, facts.SENTENCE)}" for each in about.definition]
    known = [f"{label}: {said}" for label, said in about_phrases.facts(about)]
    head = (clean(about.card.name, 200), clean(about.card.about, 1_500) or about_phrases.NOT_YET)
    return page((*head, "", *exactly, "", *known))


def rows_text(found: RowList) -> str:
    """The rows behind a number; ends without a line break."""
    lines = [f"{said} {link}".rstrip() for said, link in zip(row_lists.entries(found), found.links, strict=True)]
    return page((facts.title(found.report), facts.said(found.report), "", *lines, "", row_lists.shown(found)))


def overview_text(overview: Overview) -> str:
    """How a campus or group stands, the worst KPI first; ends without a line break."""
    reports = by_verdict(overview.reports)
    head = f"{clean(overview.campus_name, facts.NAME)} · {tally(reports)}"
    return page((head, "", *map(_row, reports), "", f"as of {moment(overview.as_of, overview.zone, year=True)}"))


def digest_text(edition: DigestEdition) -> str:
    """One issue of a digest; ends without a line break."""
    moved = [f"{'better' if each.improved else 'worse'} · {facts.moved(each)}" for each in digests.movers(edition)]
    rows = map(_row, edition.reports)
    closing = filter(None, (digests.lacking(edition), digests.when(edition)))
    head = (digests.heading(edition), digests.headline(edition), "", *rows, "")
    return page((*head, *(["Moved most", *moved, ""] if moved else []), *closing))


def columns(text: str) -> int:
    """How many columns a terminal gives the text: two to emoji and East Asian characters, none to marks."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _history(report: Report, days: int) -> str:
    if report.series is None or not facts.has_history(report):
        return facts.no_history(report)
    # Where no rows were found, each day counts 0: beside "no data" a line of them would claim a measurement.
    if facts.value(report) is None and not any(map(finite, report.series.values)):
        return ""
    return f"{sparkline(report.series.values, 60)} {days:,} days"


def _row(report: Report) -> str:
    sign, name = facts.sign(report), padded(facts.kpi_name(report), NAME_COLUMNS)
    head = f"{sign.character} {padded(sign.word, WORD_COLUMNS)} {name}"
    if facts.value(report) is None:
        return f"{head} {facts.missing(report).removeprefix('No data: ')}"
    spark = sparkline(report.series.values, SPARKS) if report.series is not None else ""
    return f"{head} {padded(facts.quantity(report, short=True), VALUE_COLUMNS)} {spark}".rstrip()


def padded(text: str, most: int) -> str:
    """The text in exactly so many columns: filled with blanks, or cut with `…`."""
    if columns(text) > most:
        while columns(text) > most - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (most - columns(text))


def page(lines: Iterable[str]) -> str:
    """The lines, the long ones wrapped; ends without a line break."""
    return "\n".join(part for line in lines for part in ([line] if columns(line) <= COLUMNS else _wrapped(line)))


def _wrapped(line: str) -> Iterator[str]:
    """The line in several, each within the columns; a word that is longer is broken."""
    current = ""
    for word in line.split(" "):
        if current and columns(f"{current} {word}") > COLUMNS:
            yield current
            current = " "  # what follows is indented
        current = f"{current} {word}" if current else word
        while columns(current) > COLUMNS:
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
