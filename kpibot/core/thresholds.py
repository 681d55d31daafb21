"""Thresholds and verdicts: is this number good, and for whom."""

from dataclasses import dataclass
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
    NOT_JUDGED = "not judged"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A target and two thresholds, in the KPI's unit. A value that reaches a threshold has crossed it."""

    better: Better = Better.NEUTRAL
    target: float | None = None
    warning: float | None = None
    critical: float | None = None

    @property
    def given(self) -> tuple[float, ...]:
        """The levels that there are."""
        return tuple(level for level in (self.target, self.warning, self.critical) if level is not None)

    def judge(self, value: float | None) -> Verdict:
        """What `value` means."""
        if value is None:
            return Verdict.NO_DATA
        if self.better is Better.NEUTRAL or (self.target is None and self.warning is None and self.critical is None):
            return Verdict.NOT_JUDGED
        if self.critical is not None and self._reached(value, self.critical):
            return Verdict.CRITICAL
        if self.warning is not None and self._reached(value, self.warning):
            return Verdict.WARNING
        if self.target is not None and not self._achieved(value, self.target):
            return Verdict.OFF_TARGET
        return Verdict.ON_TARGET

    def recovered(self, value: float, recovers_at: float | None) -> bool:
        """Whether a breach is over at `value`: past the recovery threshold, or past the warning without one."""
        if recovers_at is not None:
            return self._achieved(value, recovers_at)
        return self.judge(value) not in (Verdict.WARNING, Verdict.CRITICAL)

    def over(self, other: "Thresholds") -> "Thresholds":
        """These levels, and the other's in place of those that are lacking."""

        def level(own: float | None, otherwise: float | None) -> float | None:
            return otherwise if own is None else own

        return Thresholds(
            self.better,
            level(self.target, other.target),
            level(self.warning, other.warning),
            level(self.critical, other.critical),
        )

    def __add__(self, other: "Thresholds") -> "Thresholds":
        """The thresholds of two campuses together; a level that one of them lacks is lacking."""

        def plus(one: float | None, two: float | None) -> float | None:
            return None if one is None or two is None else one + two

        return Thresholds(
            self.better,
            plus(self.target, other.target),
            plus(self.warning, other.warning),
            plus(self.critical, other.critical),
        )

    def _reached(self, value: float, level: float) -> bool:
        return value >= level if self.better is Better.LOWER else value <= level

    def _achieved(self, value: float, level: float) -> bool:
        return value <= level if self.better is Better.LOWER else value >= level
