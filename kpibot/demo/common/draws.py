"""Random draws that are the same on every machine.

Only uniform draws are taken from the generator; every other shape is looked up in a table whose entries are rounded,
so that a last-digit difference between mathematical libraries can change nothing.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]
Objects = NDArray[np.object_]

TICKETS, CALENDAR, ASSETS, SPELLS, AUDITS, ORDERS, TRAINING, LICENSES = range(8)
_STEPS = 4096


def stream(seed: int, purpose: int, ordinal: int) -> np.random.Generator:
    """A generator of its own for one purpose and one week, month or year."""
    return np.random.Generator(np.random.PCG64([seed, purpose, ordinal]))


@lru_cache
def _lognormal_table(sigma: float) -> Floats:
    normal = NormalDist()
    return np.array([round(math.exp(sigma * normal.inv_cdf((i + 0.5) / _STEPS)), 6) for i in range(_STEPS)])


@lru_cache
def _exponential_table() -> Floats:
    return np.array([round(-math.log(1 - (i + 0.5) / _STEPS), 6) for i in range(_STEPS)])


def lognormal(u: Floats, sigma: float) -> Floats:
    """Lognormal values with median 1 at the quantiles `u`."""
    return _lognormal_table(sigma)[(u * _STEPS).astype(np.int64)]


def lognormal_mean(sigma: float) -> float:
    """The mean of those values, which is above their median."""
    return round(math.fsum(_lognormal_table(sigma).tolist()) / _STEPS, 6)


def exponential(u: Floats) -> Floats:
    """Exponential values with mean 1 at the quantiles `u`."""
    return _exponential_table()[(u * _STEPS).astype(np.int64)]


def pick(u: Floats, weights: Sequence[float]) -> Ints:
    """Positions drawn in proportion to `weights`."""
    edges = np.round(np.cumsum(np.array(weights, dtype=np.float64)), 9)
    positions = np.searchsorted(edges, u * edges[-1], side="right")
    return whole(np.minimum(positions, len(weights) - 1))


def between(u: Floats, low: float, high: float) -> Floats:
    """Values spread evenly over [low, high)."""
    return low + u * (high - low)


def whole(values: Floats | Ints) -> Ints:
    """The nearest whole numbers."""
    numbers: Ints = np.rint(values).astype(np.int64)
    return numbers
