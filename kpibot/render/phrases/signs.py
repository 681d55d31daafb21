"""The sign of each verdict: color is never used without the word."""

from dataclasses import dataclass

from kpibot.core.kpis.thresholds import Verdict


@dataclass(frozen=True, slots=True)
class Sign:
    """A verdict as Slack's emoji, as a character for the terminal, and as a word."""

    emoji: str
    character: str
    word: str


SIGNS = {
    Verdict.ON_TARGET: Sign(":large_green_circle:", "🟢", "On target"),
    Verdict.OFF_TARGET: Sign(":large_yellow_circle:", "🟡", "Off target"),
    Verdict.WARNING: Sign(":large_orange_circle:", "🟠", "Warning"),
    Verdict.CRITICAL: Sign(":red_circle:", "🔴", "Critical"),
    Verdict.NOT_EVALUATED: Sign(":large_blue_circle:", "🔵", "For information"),
    Verdict.NO_DATA: Sign(":white_circle:", "⚪", "No data"),
}
WORST_FIRST = (
    Verdict.CRITICAL,
    Verdict.WARNING,
    Verdict.OFF_TARGET,
    Verdict.NO_DATA,
    Verdict.ON_TARGET,
    Verdict.NOT_EVALUATED,
)
