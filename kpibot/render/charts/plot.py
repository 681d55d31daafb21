"""Draws one series into a rectangle of a canvas: bands, target, line, last value and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better
from kpibot.render.charts.canvas import DASHED, INK, LINE, Canvas
from kpibot.render.charts.scales import Range, bands, drawable, spread, value_range
from kpibot.render.phrases.numbers import amount, finite

FILLS = {"warning": "#ffeecc", "critical": "#ffdddd"}
HATCHES = {"warning": "", "critical": "#dd9999"}  # bands differ by hatch and label, not only by color
LABELS = {"warning": "#775500", "critical": "#aa2222", "target": INK}
MANY_DAYS = 400  # longer series get a thinner line


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the canvas, in pixels from the top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels; `labels` is the room for labels to the right of the box."""

    line: float
    dot: float
    value: float
    label: float
    labels: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the box, at its preferred height."""

    middle: float
    size: float
    text: str
    colour: str


LARGE = Style(line=7, dot=20, value=60, label=36, labels=330)
SMALL = Style(line=6, dot=16, value=0, label=30, labels=265)


@dataclass(frozen=True, slots=True)
class Plot:
    """A series in its box; `shown` is the range of values that the height of the box covers."""

    report: Report
    box: Box
    days: tuple[date, ...]
    values: Sequence[float]
    shown: Range

    @classmethod
    def of(cls, report: Report, box: Box) -> Plot | None:
        """None if the series has nothing to draw."""
        if report.series is None:
            return None
        values = drawable(report.series.values)
        if all(map(math.isnan, values)):
            return None
        return cls(
            report, box, report.series.days, values, value_range(values, report.chart_thresholds, report.card.format)
        )

    @property
    def last(self) -> int:
        """The index of the last value."""
        return max(index for index, value in enumerate(self.values) if not math.isnan(value))

    @property
    def is_whole(self) -> bool:
        """Whether the values are whole numbers, so that the axis needs no fractions."""
        return self.report.card.format is Format.NUMBER and all(
            value == int(value) for value in self.values if not math.isnan(value)
        )

    @property
    def is_current(self) -> bool:
        """Whether the last day has a value."""
        return self.last == len(self.values) - 1

    @property
    def right(self) -> float:
        """The right edge of the box."""
        return self.box.left + self.box.width

    @property
    def bottom(self) -> float:
        """The lower edge of the box."""
        return self.box.top + self.box.height

    def y(self, value: float) -> float:
        """The position of a value, in pixels from the top of the canvas."""
        low, high = self.shown
        return self.box.top + self.box.height * (1 - (value - low) / (high - low))

    def x(self, day: date) -> float:
        """The position of a day, in pixels from the left; a single day is at the right edge."""
        span = (self.days[-1] - self.days[0]).days
        return self.box.left + self.box.width * ((day - self.days[0]).days / span if span else 1.0)

    def draw_ground(self, canvas: Canvas) -> None:
        """The background: bands and target."""
        box = self.box
        for band in bands(self.report.chart_thresholds, self.shown):
            top, bottom = self.y(band.top), self.y(band.bottom)
            fill, hatch = FILLS[band.word], HATCHES[band.word]
            canvas.rectangle(box.left, top, box.width, bottom - top, fill=fill, hatch=hatch)
        if self._target is not None:
            height = self.y(self._target)
            canvas.line((box.left, self.right), (height, height), 3, colour=INK, dashes=DASHED)

    def draw_line(self, canvas: Canvas, style: Style) -> None:
        """The series; a day between two gaps is a dot, the last value a larger dot."""
        xs, ys = [self.x(day) for day in self.days], [self.y(value) for value in self.values]
        thickness = style.line if len(self.days) <= MANY_DAYS else style.line * 0.6
        canvas.line(xs, ys, thickness)
        if isolated := [index for index in range(len(ys)) if self._is_isolated(index)]:
            canvas.dots([xs[index] for index in isolated], [ys[index] for index in isolated], thickness)
        # Hollow if it is not from the last day: then the value is an old one.
        fill, edge = (LINE, "white") if self.is_current else ("white", LINE)
        canvas.dots([xs[self.last]], [ys[self.last]], style.dot, fill=fill, edge=edge)

    def draw_labels(self, canvas: Canvas, style: Style) -> None:
        """Thresholds and last value, each at its height, without overlaps."""
        labels = self._threshold_labels(style) + self._value_labels(style)
        limits = (self.box.top - 20, self.bottom + 20)
        middles = spread([each.middle for each in labels], [each.size * 1.25 for each in labels], limits)
        left, width = self.right + style.dot + 8, style.labels - style.dot - 14
        for middle, label in zip(middles, labels, strict=True):
            bold = label.colour == LINE
            canvas.write(label.text, left, middle, label.size, colour=label.colour, bold=bold, width=width)

    def _is_isolated(self, index: int) -> bool:
        around = self.values[max(index - 1, 0) : index + 2]
        return not math.isnan(self.values[index]) and sum(not math.isnan(each) for each in around) == 1

    @property
    def _target(self) -> float | None:
        target = finite(self.report.chart_thresholds.target)
        return target if target is not None and self.shown[0] <= target <= self.shown[1] else None

    def _value_labels(self, style: Style) -> list[Label]:
        if not style.value:
            return []
        last = self.values[self.last]
        text = amount(last, self.report.card, short=True)
        return [Label(self.y(last), style.value, text if self.is_current else f"last {text}", LINE)]

    def _threshold_labels(self, style: Style) -> list[Label]:
        better = self.report.chart_thresholds.better
        reached, achieved = ("≥ ", "≤ ") if better is Better.LOWER else ("≤ ", "≥ ")
        labels = [(band.level, band.word, reached) for band in bands(self.report.chart_thresholds, self.shown)]
        if self._target is not None:
            labels.append((self._target, "target", "" if better is Better.NEUTRAL else achieved))
        return [self._threshold_label(style, *each) for each in labels]

    def _threshold_label(self, style: Style, level: float, word: str, relation: str) -> Label:
        height = self.y(min(max(level, self.shown[0]), self.shown[1]))
        text = f"{word} {relation}{amount(level, self.report.card, short=True)}"
        return Label(height, style.label, text, LABELS[word])
