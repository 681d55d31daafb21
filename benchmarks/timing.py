"""Two ways to the same numbers, taken in turns."""

import statistics
from collections.abc import Callable, Sequence
from time import perf_counter


def alternate(sides: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The median milliseconds of each side; they take turns, so that a busy moment hits all of them."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds + 1):
        for side, times in zip(sides, taken, strict=True):
            times.append(once(side))
    return [statistics.median(times[1:]) for times in taken]  # the first round warms up


def once(side: Callable[[], object]) -> float:
    """The milliseconds of one call."""
    begun = perf_counter()
    side()
    return (perf_counter() - begun) * 1_000


def row(*cells: str | float) -> None:
    """Prints one row of a table; milliseconds and ratios keep three digits or so."""
    shown = (cell if isinstance(cell, str) else f"{cell:.2f}" if cell < 10 else f"{cell:,.0f}" for cell in cells)
    print(f"| {' | '.join(shown)} |", flush=True)


def header(*cells: str) -> None:
    """Prints the head of a table."""
    print(f"\n| {' | '.join(cells)} |\n| {' | '.join('---' for _ in cells)} |", flush=True)
