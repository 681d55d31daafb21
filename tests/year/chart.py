"""The messages of each week as a picture."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#e69f00", "#999999", "#d55e00")  # broken down by people who see few colours, and in grey
HATCHES = ("", "//", "", "xx")


def draw(file: Path, counts: Mapping[str, Mapping[date, int]], notes: Sequence[tuple[date, str]]) -> None:
    """Stacked bars, one a week: what came into all channels, by kind. `notes` are what happened, above their week."""
    figure = Figure(figsize=(10, 4.6), dpi=140)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    weeks = list(next(iter(counts.values())))
    below = [0] * len(weeks)
    middle = [week + timedelta(days=3) for week in weeks]
    for (kind, of_kind), colour, hatch in zip(counts.items(), COLOURS, HATCHES, strict=True):
        heights = [of_kind[week] for week in weeks]
        axes.bar(middle, heights, 5.6, below, label=kind, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4)
        below = [lower + height for lower, height in zip(below, heights, strict=True)]
    _number(axes, dict(zip(weeks, below, strict=True)), [day for day, _ in notes])
    axes.set_ylabel("messages in all channels a week")
    axes.set_ylim(0, max(below) * 1.12)
    axes.xaxis.set_major_locator(MonthLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%b"))
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    axes.legend(frameon=False, loc="upper right")
    figure.tight_layout()
    figure.savefig(file)


def _number(axes: Axes, tops: Mapping[date, int], days: Sequence[date]) -> None:
    """The numbers of what happened, above the weeks in which it did; two of a week stand beside each other."""
    by_week: dict[date, list[str]] = {}
    for number, day in enumerate(days, 1):
        by_week.setdefault(day - timedelta(days=day.weekday()), []).append(str(number))
    for week, numbers in by_week.items():
        place = (week + timedelta(days=3), tops[week])
        text = ",".join(numbers)
        axes.annotate(text, place, (0, 5), textcoords="offset points", ha="center", weight="bold")
