"""Thresholds and verdicts: whether a value is good."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Better(StrEnum):
    """Which direction is better."""

    LOWER = "lower"
    HIGHER = "higher"
    NEUTRAL = "neutral"


class Verdict(StrEnum):
    """How a reading compares with its thresholds, best first."""

    ON_TARGET = "on target"
    OFF_TARGET = "off target"
    WARNING = "warning"
    CRITICAL = "critical"
    NOT_EVALUATED = "not judged"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A target and two thresholds, in the KPI's unit. Reaching a threshold counts as crossing it.

    A breach ends at `recovers_at`, on the good side of the threshold that is crossed first; without it, as soon as that
    threshold is no longer reached.
    """

    better: Better = Better.NEUTRAL
    target: float | None = None
    warning: float | None = None
    critical: float | None = None
    recovers_at: float | None = None

    @property
    def defined(self) -> tuple[float, ...]:
        """The target and thresholds that are set."""
        return tuple(value for value in (self.target, self.warning, self.critical) if value is not None)

    @property
    def mildest(self) -> float | None:
        """The threshold that is crossed first."""
        return self.critical if self.warning is None else self.warning

    def verdict_of(self, value: float | None) -> Verdict:
        """The verdict on a value."""
        if value is None:
            return Verdict.NO_DATA
        if self.better is Better.NEUTRAL or (self.target is None and self.warning is None and self.critical is None):
            return Verdict.NOT_EVALUATED
        if self.critical is not None and self._reached(value, self.critical):
            return Verdict.CRITICAL
        if self.warning is not None and self._reached(value, self.warning):
            return Verdict.WARNING
        if self.target is not None and not self._achieved(value, self.target):
            return Verdict.OFF_TARGET
        return Verdict.ON_TARGET

    def recovered(self, value: float) -> bool:
        """Whether a breach ends at `value`."""
        if self.recovers_at is not None:
            return self._achieved(value, self.recovers_at)
        return self.verdict_of(value) not in (Verdict.WARNING, Verdict.CRITICAL)

    def eased(self, value: float) -> bool:
        """Whether a critical breach is over: as far from `critical` as `recovers_at` is from its threshold."""
        if self.critical is None:
            return True
        eases_at = self.recovery_from(self.critical)
        return not self._reached(value, self.critical) if eases_at is None else self._achieved(value, eases_at)

    def over(self, other: "Thresholds") -> "Thresholds":
        """These thresholds, with the other's in place of missing ones."""
        merged = Thresholds(
            self.better,
            _first(self.target, other.target),
            _first(self.warning, other.warning),
            _first(self.critical, other.critical),
        )
        recovers_at = _first(self.recovers_at, other.recovery_from(merged.mildest))
        return replace(merged, recovers_at=recovers_at)

    def recovery_from(self, threshold: float | None) -> float | None:
        """Where a breach of another threshold ends: as far from it, in proportion, as `recovers_at` is from its own.

        None where there is no proportion. Without a threshold of its own, `recovers_at` applies to every other.
        """
        own = self.mildest
        if self.recovers_at is None or own is None or threshold is None:
            return self.recovers_at
        proportion = threshold / own if own else 0.0
        return self.recovers_at * proportion if proportion > 0 else None

    def __add__(self, other: "Thresholds") -> "Thresholds":
        """The sums of the thresholds of two campuses; one that either lacks is missing."""
        return Thresholds(
            self.better,
            _sum(self.target, other.target),
            _sum(self.warning, other.warning),
            _sum(self.critical, other.critical),
            _sum(self.recovers_at, other.recovers_at),
        )

    def _reached(self, value: float, threshold: float) -> bool:
        return value >= threshold if self.better is Better.LOWER else value <= threshold

    def _achieved(self, value: float, goal: float) -> bool:
        return value <= goal if self.better is Better.LOWER else value >= goal


def _first(own: float | None, otherwise: float | None) -> float | None:
    return otherwise if own is None else own


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
