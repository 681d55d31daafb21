"""Thresholds and verdicts: is this number good, and for whom."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Better(StrEnum):
    """Which way a KPI should go."""

    LOWER = "lower"
    HIGHER = "higher"
    NEUTRAL = "neutral"


class Verdict(StrEnum):
    """What a reading means, best first."""

    ON_TARGET = "on target"
    OFF_TARGET = "off target"
    WARNING = "warning"
    CRITICAL = "critical"
    NOT_EVALUATED = "not judged"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A target and two thresholds, in the KPI's unit. A value that reaches a threshold has crossed it.

    A breach is over at `recovers_at`, on the good side of the threshold that is crossed first; without one, as soon as
    that threshold is not reached any more.
    """

    better: Better = Better.NEUTRAL
    target: float | None = None
    warning: float | None = None
    critical: float | None = None
    recovers_at: float | None = None

    @property
    def defined(self) -> tuple[float, ...]:
        """The levels that there are."""
        return tuple(level for level in (self.target, self.warning, self.critical) if level is not None)

    @property
    def mildest(self) -> float | None:
        """The threshold that is crossed first."""
        return self.critical if self.warning is None else self.warning

    def verdict_of(self, value: float | None) -> Verdict:
        """What `value` means."""
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
        """Whether a breach is over at `value`."""
        if self.recovers_at is not None:
            return self._achieved(value, self.recovers_at)
        return self.verdict_of(value) not in (Verdict.WARNING, Verdict.CRITICAL)

    def eased(self, value: float) -> bool:
        """Whether what was critical is so no more: as far from `critical` as `recovers_at` is from its threshold."""
        if self.critical is None:
            return True
        eases_at = self.recovery_from(self.critical)
        return not self._reached(value, self.critical) if eases_at is None else self._achieved(value, eases_at)

    def over(self, other: "Thresholds") -> "Thresholds":
        """These levels, and the other's in place of those that are lacking."""
        merged = Thresholds(
            self.better,
            _first(self.target, other.target),
            _first(self.warning, other.warning),
            _first(self.critical, other.critical),
        )
        recovers_at = _first(self.recovers_at, other.recovery_from(merged.mildest))
        return replace(merged, recovers_at=recovers_at)

    def recovery_from(self, threshold: float | None) -> float | None:
        """Where a breach of another threshold is over: as far from it, in proportion, as `recovers_at` is from its own.

        None where there is no proportion. Without a threshold of its own, `recovers_at` is meant for every other.
        """
        own = self.mildest
        if self.recovers_at is None or own is None or threshold is None:
            return self.recovers_at
        proportion = threshold / own if own else 0.0
        return self.recovers_at * proportion if proportion > 0 else None

    def __add__(self, other: "Thresholds") -> "Thresholds":
        """The thresholds of two campuses together; a level that one of them lacks is lacking."""
        return Thresholds(
            self.better,
            _sum(self.target, other.target),
            _sum(self.warning, other.warning),
            _sum(self.critical, other.critical),
            _sum(self.recovers_at, other.recovers_at),
        )

    def _reached(self, value: float, level: float) -> bool:
        return value >= level if self.better is Better.LOWER else value <= level

    def _achieved(self, value: float, level: float) -> bool:
        return value <= level if self.better is Better.LOWER else value >= level


def _first(own: float | None, otherwise: float | None) -> float | None:
    return otherwise if own is None else own


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
