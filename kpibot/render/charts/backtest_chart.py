"""The chart of a backtest: the series with its thresholds, and below it the alerts as bars."""

from __future__ import annotations

from datetime import date

from kpibot.core.alerts.backtest import Backtest, CampusReplay
from kpibot.core.text import plural
from kpibot.render.charts.canvas import INK, SOFT, Canvas
from kpibot.render.charts.charts import HEAD, HEIGHT, MARGIN, ROW, WIDTH, draw_dates, draw_heights
from kpibot.render.charts.plot import LABELS, LARGE, SMALL, Box, Plot
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean, plain_text
from kpibot.render.phrases.times import day_month

PANELS = 6
TITLE, SUBTITLE = 54, 38
BAR, GAP = 34, 18  # pixels
LEAST_BAR = 6  # pixels: one day of five years would be invisible
LONGEST = 2_000


def backtest_chart(backtest: Backtest) -> bytes:
    """One campus large, or small charts of the six that were in alert longest; 1600 pixels wide."""
    return _one(backtest, backtest.replays[0]) if len(backtest.replays) == 1 else _several(backtest)


def backtest_alt(backtest: Backtest) -> str:
    """What the chart shows; at most 2000 characters of plain text."""
    shown = "; ".join(f"{clean(past.report.campus_name, 80)}: {_summary(past)}" for past in _longest(backtest))
    name = clean(backtest.card.name, 80)
    head = f"Line chart of {name}, {_days_covered(backtest)}, with bars where there would have been alerts"
    return plain_text(f"{head}. {shown}.", LONGEST)


def _one(backtest: Backtest, past: CampusReplay) -> bytes:
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.write(sentences.title(past.report), MARGIN, 62, TITLE, bold=True, width=WIDTH - 2 * MARGIN)
    canvas.write(
        f"{_summary(past)} · {_days_covered(backtest)}", MARGIN, 130, SUBTITLE, colour=SOFT, width=WIDTH - 2 * MARGIN
    )
    plot = Plot.of(past.report, Box(170, 190, WIDTH - 170 - LARGE.labels, 548))
    if plot is not None:
        plot.draw_ground(canvas)
        draw_heights(canvas, plot)
        draw_dates(canvas, plot, gap=GAP + BAR + 50)
        plot.draw_line(canvas, LARGE)
        plot.draw_labels(canvas, LARGE)
        _bars(canvas, plot, past, BAR)
        _legend(canvas, plot)
    return canvas.png()


def _several(backtest: Backtest) -> bytes:
    pasts = _longest(backtest)
    rows = -(-len(pasts) // 2)
    canvas = Canvas(WIDTH, HEAD + rows * ROW + 20)
    more = f" · {len(backtest.replays) - len(pasts)} more not shown" if len(backtest.replays) > len(pasts) else ""
    title = f"{clean(backtest.card.name, sentences.NAME)} — {plural(len(backtest.alerts), 'alert')}"
    canvas.write(title, MARGIN, 52, 50, bold=True, width=WIDTH - 2 * MARGIN)
    canvas.write(_days_covered(backtest) + more, MARGIN, 112, 36, colour=SOFT, width=WIDTH - 2 * MARGIN)
    width = (WIDTH - 2 * MARGIN - 60) / 2
    for place, past in enumerate(pasts):
        row, column = divmod(place, 2)
        _panel(canvas, past, Box(MARGIN + column * (width + 60), HEAD + row * ROW, width, ROW))
    return canvas.png()


def _panel(canvas: Canvas, past: CampusReplay, box: Box) -> None:
    left, top, right = box.left, box.top, box.left + box.width - SMALL.labels
    canvas.write(sentences.campus_name(past.report), left, top + 32, 38, bold=True, width=box.width)
    canvas.write(_summary(past), left, top + 84, 34, colour=SOFT, width=box.width)
    plot = Plot.of(past.report, Box(left, top + 122, right - left, 118))
    if plot is None:
        return
    plot.draw_ground(canvas)
    plot.draw_line(canvas, SMALL)
    plot.draw_labels(canvas, SMALL)
    _bars(canvas, plot, past, BAR * 0.6)
    years = plot.days[0].year != plot.days[-1].year
    canvas.write(day_month(plot.days[0], year=years), left, top + 300, 30, colour=SOFT)
    canvas.write(day_month(plot.days[-1], year=years), right, top + 300, 30, colour=SOFT, align="right")


def _bars(canvas: Canvas, plot: Plot, past: CampusReplay, thickness: float) -> None:
    """A bar from the first day of each alert to its recovery; twice as thick and red if it became critical."""
    top = plot.bottom + GAP
    canvas.line((plot.box.left, plot.right), (top + thickness / 2,) * 2, 2, colour=INK, alpha=0.2)
    for alarm in past.alerts:
        left = plot.x(alarm.start.date())
        right = plot.right if alarm.end is None else plot.x(min(alarm.end.date(), plot.days[-1]))
        height = thickness if alarm.became_critical else thickness / 2
        word = "critical" if alarm.became_critical else "warning"
        wide = max(right - left, LEAST_BAR)
        canvas.rectangle(left, top + (thickness - height) / 2, wide, height, fill=LABELS[word])


def _legend(canvas: Canvas, plot: Plot) -> None:
    canvas.write("alerts", plot.right + LARGE.dot + 8, plot.bottom + GAP + BAR / 2, LARGE.label, colour=INK)


def _longest(backtest: Backtest) -> list[CampusReplay]:
    return sorted(backtest.replays, key=lambda past: -past.duration)[:PANELS]


def _summary(past: CampusReplay) -> str:
    """`8 alerts (2 critical), 54 days in alert`."""
    if not past.alerts:
        return "no alerts"
    critical = sum(alarm.became_critical for alarm in past.alerts)
    of_these = f" ({critical:,} critical)" if critical else ""
    return f"{plural(len(past.alerts), 'alert')}{of_these}, {plural(past.duration.days, 'day')} in alert"


def _days_covered(backtest: Backtest) -> str:
    return f"{_day(backtest.first)} to {_day(backtest.last)}"


def _day(day: date) -> str:
    return day_month(day, year=True)
