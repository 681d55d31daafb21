"""An alert as a Slack message: one for all campuses that changed, grouped by why they are told."""

from collections.abc import Iterator
from datetime import timedelta

from kpibot.core.alerts import Reason
from kpibot.core.reports import AlertNotice, Change, Report, local
from kpibot.core.thresholds import Verdict
from kpibot.render import facts
from kpibot.render.alt import alert_alt
from kpibot.render.blocks import (
    Block,
    Rendered,
    SlackFile,
    actions,
    button,
    context,
    fitting,
    paragraphs,
    picture,
    rendered,
    section,
)
from kpibot.render.mrkdwn import clean, data
from kpibot.render.signs import SIGNS, WORST_FIRST
from kpibot.render.times import day_month, moment, stretch

TO_THE_DAY = timedelta(days=2)  # after that nobody asks for the minute
TITLES = {
    Reason.FIRING: "Over the threshold",
    Reason.MORE: "More campuses over the threshold",
    Reason.WORSE: "Worse",
    Reason.EASED: "Eased, but not over",
    Reason.STILL_FIRING: "Still over the threshold",
    Reason.LAPSED: "Nobody sees to it any more",
    Reason.ESCALATED: "Nobody has taken it yet",
    Reason.RECOVERED: "Recovered",
    Reason.MUTED: "Muted",
}


def alert_message(notice: AlertNotice, chart: SlackFile | None = None) -> Rendered:
    """What one channel is told of one KPI. `notice.mention` is Slack's own mrkdwn and goes in as it is, once."""
    alt = alert_alt(notice)
    lead = in_order(notice)[0].report if notice.changes else None
    sign = SIGNS[_worst(notice)].emoji
    mention = f"\n{notice.mention}" if notice.mention else ""
    blocks = (
        section(f"{sign} *{data(headline(notice), 250)}*{mention}"),
        *paragraphs(fitting(list(_lines(notice)))),
        picture(chart, alt),
        context(*map(data, _footing(notice))),
        _chart_button(notice),
    )
    text = "\n".join(fitting([data(headline(notice)), *_plain_lines(notice), *map(data, _footing(notice))], 2_700))
    return rendered(f"{text} {notice.mention}".rstrip(), blocks, alt if lead else "")


def headline(notice: AlertNotice) -> str:
    """`Outstanding tickets: 2 campuses over the threshold, 1 recovered`."""
    groups = [(reason, sum(each.reason is reason for each in notice.changes)) for reason in TITLES]
    words = [f"{count} {_short_title(reason)}" for reason, count in groups if count]
    if words:
        count, rest = words[0].split(" ", 1)
        words[0] = f"{count} {'campus' if count == '1' else 'campuses'} {rest}"
    name = clean(notice.card.name, facts.NAME)
    return f"{name}: {', '.join(words)}" if words else name


def in_order(notice: AlertNotice) -> tuple[Change, ...]:
    """The changes by reason as in `TITLES`, in each group the worst first."""
    order = list(TITLES)
    return tuple(
        sorted(notice.changes, key=lambda c: (order.index(c.reason), WORST_FIRST.index(facts.verdict(c.report))))
    )


def change_text(change: Change, zone: str) -> str:
    """`Campus West: 104 tickets · critical from 80 · since Fri, Nov 20, 8:00 AM CST (2 days)`."""
    report = change.report
    since = f"was over the threshold for {_lasted(change, zone)}" if _is_over(change) else _since(change, zone)
    said = facts.quantity(report) if facts.value(report) is not None else facts.missing(report)
    return " · ".join((f"{facts.campus_name(report)}: {said}", _standing(report), since))


def _is_over(change: Change) -> bool:
    return change.reason is Reason.RECOVERED


def _since(change: Change, zone: str) -> str:
    """Since when, as exactly as it is known: to the minute, to the day, or longer than the series looks back."""
    if _from_the_first_day(change, zone):
        return f"for {_lasted(change, zone)}"
    is_old = change.report.reading.as_of - change.since >= TO_THE_DAY
    since = day_month(local(change.since, zone)) if is_old else moment(change.since, zone)
    return f"since {since} ({_lasted(change, zone)})"


def _lasted(change: Change, zone: str) -> str:
    lasted = stretch(change.report.reading.as_of - change.since)
    return f"{lasted} or longer" if _from_the_first_day(change, zone) else lasted


def _from_the_first_day(change: Change, zone: str) -> bool:
    series = change.report.series
    return series is not None and series.days[:1] == (local(change.since, zone).date(),)


def _standing(report: Report) -> str:
    """The verdict with the threshold that was crossed, or with the one that is crossed no more."""
    limits, verdict, word = report.thresholds, facts.verdict(report), facts.sign(report).word
    level = limits.critical if verdict is Verdict.CRITICAL or limits.warning is None else limits.warning
    if level is None:
        return word
    if verdict in (Verdict.CRITICAL, Verdict.WARNING):
        return facts.from_level(report, word, level)
    threshold = "critical" if limits.warning is None else "warning"
    return f"{word} · {facts.from_level(report, threshold, level)}"


def _lines(notice: AlertNotice) -> Iterator[str]:
    seen = None
    for change in in_order(notice):
        title = f"*{TITLES[change.reason]}*\n" if change.reason is not seen else ""
        seen = change.reason
        yield f"{title}{facts.sign(change.report).emoji} {data(change_text(change, notice.zone), 400)}"


def _plain_lines(notice: AlertNotice) -> list[str]:
    return [data(f"{TITLES[each.reason]}: {change_text(each, notice.zone)}", 400) for each in in_order(notice)]


def _footing(notice: AlertNotice) -> tuple[str, ...]:
    still = f"{notice.still_firing:,} more still over" if notice.still_firing else ""
    owner = clean(notice.card.owner, facts.NAME)
    when = f"as of {moment(notice.as_of, notice.zone, year=True)}"
    return tuple(filter(None, (still, when, f"owner {owner}" if owner else "")))


def _chart_button(notice: AlertNotice) -> Block | None:
    if not notice.changes:
        return None
    first = in_order(notice)[0].report
    kpi = notice.card.id
    return actions([button("Show chart", f"show:{kpi}", kpi=kpi, campus=first.campus)])


def _worst(notice: AlertNotice) -> Verdict:
    verdicts = [facts.verdict(each.report) for each in notice.changes]
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NO_DATA)


def _short_title(reason: Reason) -> str:
    return {Reason.FIRING: "over the threshold", Reason.STILL_FIRING: "still over"}.get(reason, reason.value)
