"""Reads the form in which somebody mutes an alert."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kpibot.core.text import QueryError
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.time_phrases import named_end, read_end
from kpibot.slack.alerts.mute_form import ANY, CAMPUS, DAY, INPUT, KPI, LASTING, REASON

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MuteRequest:
    """What somebody wants to mute; None means every KPI, or everywhere."""

    kpi: str | None
    campus: str | None
    end: datetime
    reason: str


def read_mute_request(view: View, now: datetime, calendar: Calendar) -> MuteRequest | dict[str, str]:
    """The request, or what is wrong with it, by block: the text appears below the input that it is about."""
    lasting, day = _chosen(view, LASTING), _value(view, DAY, "selected_date")
    reason = " ".join((_value(view, REASON, "value") or "").split())
    if not reason:
        return {REASON: "Say why, so that nobody has to ask"}
    if (lasting is None) is (day is None):
        both = "Choose either how long or a day"
        return {LASTING: both} if day is None else {DAY: both}
    try:
        end = named_end(lasting, now, calendar) if lasting is not None else _through(str(day), now, calendar)
    except QueryError:
        return {DAY: "Choose today or a later day, at most a year ahead"}
    kpi, campus = (_chosen(view, each) for each in (KPI, CAMPUS))
    return MuteRequest(None if kpi == ANY else kpi, None if campus == ANY else campus, end, reason)


def _through(day: str, now: datetime, calendar: Calendar) -> datetime:
    end = read_end(["through", day], now, calendar)
    if end is None:
        raise QueryError(f"there is no day `{day}`")
    return end[0]


def _chosen(view: View, block: str) -> str | None:
    option = _held(view, block).get("selected_option")
    return option["value"] if option else None


def _value(view: View, block: str, name: str) -> str | None:
    value: str | None = _held(view, block).get(name)
    return value


def _held(view: View, block: str) -> dict[str, Any]:
    value: dict[str, Any] = view["state"]["values"].get(block, {}).get(INPUT, {})
    return value
