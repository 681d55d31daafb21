"""Charts as PNG pictures, readable at the width of a phone. None if there is nothing to draw."""

from __future__ import annotations

from collections.abc import Sequence

from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.answers import Answer, Note
from kpibot.core.reports.digests import DigestEdition
from kpibot.render.charts.canvas import DOTTED, INK, SOFT, Canvas
from kpibot.render.charts.plot import LARGE, SMALL, Box, Plot
from kpibot.render.charts.scales import day_ticks, ticks
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount
from kpibot.render.phrases.times import day_month, moment

WIDTH, HEIGHT = 1600, 900
MARGIN = 50
PANELS, ALERT_PANELS = 8, 6
ROW, HEAD = 330, 150
MARKS = {
    Verdict.ON_TARGET: "#117733",
    Verdict.OFF_TARGET: "#886600",
    Verdict.WARNING: "#bb4400",
    Verdict.CRITICAL: "#bb2222",
    Verdict.NOT_EVALUATED: "#555566",
    Verdict.NO_DATA: "#555566",
}
NOTE_ROWS, NOTE_ROW = 2, 44


def answer_chart(answer: Answer) -> bytes | None:
    """The series of an answer with its thresholds and notes, 1600 × 900 pixels; None without a single value."""
    report = answer.report
    rows = NOTE_ROWS * NOTE_ROW if answer.notes else 0
    plot = Plot.of(report, Box(170, 190 + rows, WIDTH - 170 - LARGE.labels, 610 - rows))
    if plot is None:
        return None
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.write(sentences.title(report), MARGIN, 62, 54, bold=True, width=WIDTH - 2 * MARGIN)
    _verdict(canvas, report, (MARGIN, 130), WIDTH - 2 * MARGIN, sentences.time_of_reading(report, answer.zone))
    plot.draw_ground(canvas)
    draw_heights(canvas, plot)
    draw_dates(canvas, plot)
    _notes(canvas, plot, answer.notes)
    plot.draw_line(canvas, LARGE)
    plot.draw_labels(canvas, LARGE)
    return canvas.png()


def digest_chart(edition: DigestEdition) -> bytes | None:
    """A small chart of each KPI with a history, eight at most, 1600 pixels wide; None without any."""
    panels = [(sentences.kpi_name(each), each) for each in edition.reports]
    title = f"{clean(edition.title, sentences.NAME)} — {clean(edition.campus_name, sentences.NAME)}"
    return _grid(title, f"as of {moment(edition.slot, edition.zone, year=True)}", panels, PANELS)


def alert_chart(notice: AlertNotice) -> bytes | None:
    """A small chart of each changed campus with a history, six at most, 1600 pixels wide; None without any."""
    panels = [(sentences.campus_name(each.report), each.report) for each in notice.changes]
    title = clean(notice.card.name, sentences.NAME)
    return _grid(title, f"as of {moment(notice.as_of, notice.zone, year=True)}", panels, ALERT_PANELS)


def _grid(title: str, subtitle: str, panels: list[tuple[str, Report]], most: int) -> bytes | None:
    drawn = [(name, report) for name, report in panels if sentences.has_history(report)]
    if not drawn:
        return None
    more = f" · {len(drawn) - most} more not shown" if len(drawn) > most else ""
    columns = 1 if len(drawn) == 1 else 2
    rows = -(-min(len(drawn), most) // columns)
    canvas = Canvas(WIDTH, HEAD + rows * ROW + 20)
    canvas.write(title, MARGIN, 52, 50, bold=True, width=WIDTH - 2 * MARGIN)
    canvas.write(subtitle + more, MARGIN, 112, 36, colour=SOFT, width=WIDTH - 2 * MARGIN)
    width = (WIDTH - 2 * MARGIN - (columns - 1) * 60) / columns
    for index, (name, report) in enumerate(drawn[:most]):
        row, column = divmod(index, columns)
        _panel(canvas, name, report, Box(MARGIN + column * (width + 60), HEAD + row * ROW, width, ROW))
    return canvas.png()


def _panel(canvas: Canvas, name: str, report: Report, box: Box) -> None:
    left, top, right = box.left, box.top, box.left + box.width - SMALL.labels
    canvas.write(name, left, top + 32, 38, bold=True, width=box.width)
    _verdict(canvas, report, (left, top + 84), box.width)
    plot = Plot.of(report, Box(left, top + 122, right - left, 148))
    if plot is None:
        return
    plot.draw_ground(canvas)
    plot.draw_line(canvas, SMALL)
    plot.draw_labels(canvas, SMALL)
    first, last = plot.days[0], plot.days[-1]
    bottom, years = top + 298, first.year != last.year
    canvas.write(day_month(first, year=years), left, bottom, 30, colour=SOFT)
    canvas.write(day_month(last, year=years), right, bottom, 30, colour=SOFT, align="right")


def _verdict(canvas: Canvas, report: Report, position: tuple[float, float], width: float, after: str = "") -> None:
    """`● Critical · 104 tickets · as of …`: a colored dot, and the word."""
    left, middle = position
    sign = f"● {sentences.sign(report).word}"
    colour = MARKS[sentences.verdict(report)]
    used = canvas.write(sign, left, middle, 38, colour=colour, bold=True, width=width)
    quantity = sentences.quantity(report, short=True) if sentences.value(report) is not None else ""
    if rest := " · ".join(filter(None, (quantity, after))):
        canvas.write(f" · {rest}", left + used, middle, 38, colour=SOFT, width=max(width - used, 40))


def draw_heights(canvas: Canvas, plot: Plot) -> None:
    """Faint lines at round values, each labeled on the left."""
    for value in ticks(plot.shown, whole=plot.is_whole):
        height = plot.y(value)
        canvas.line((plot.box.left, plot.right), (height, height), 2, colour=INK, alpha=0.13)
        text = amount(value, plot.report.card, short=True)
        canvas.write(text, plot.box.left - 16, height, 36, colour=SOFT, align="right", width=150)


def draw_dates(canvas: Canvas, plot: Plot, gap: float = 42) -> None:
    """The labels of the time axis, `gap` pixels below the plot."""
    for day, text in day_ticks(plot.days[0], plot.days[-1]):
        canvas.write(text, plot.x(day), plot.bottom + gap, 36, colour=SOFT, align="center")


def _notes(canvas: Canvas, plot: Plot, notes: Sequence[Note]) -> None:
    """A dotted line at each day, with its text above if one of the rows has room for it."""
    free = [0.0] * NOTE_ROWS
    for note in sorted(notes, key=lambda note: (note.day, note.says)):
        if not plot.days[0] <= note.day <= plot.days[-1]:
            continue
        x = plot.x(note.day)
        canvas.line((x, x), (plot.box.top - 10, plot.bottom), 3, colour=INK, dashes=DOTTED)
        row = next((each for each in range(NOTE_ROWS) if free[each] <= x), None)
        if row is not None:
            middle = plot.box.top - 32 - row * NOTE_ROW
            used = canvas.write(clean(note.says, 40), x, middle, 32, width=WIDTH - x - 20)
            free[row] = x + used + 30
