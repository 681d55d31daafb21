"""An alert as Slack messages: the one in the channel, which is kept up to date, and the replies in its thread.

The message in the channel lists every active campus, the worst first, with who handles it and what can be done. A
reply in the thread lists the campuses that changed, and why.
"""

from collections.abc import Iterable, Iterator

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice, Change
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.report import local_time
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.text import plural
from kpibot.render.charts.alt_texts import alert_alt
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.signs import SIGNS, WORST_FIRST
from kpibot.render.phrases.times import day_month, is_to_the_day, moment, soon, stretch
from kpibot.slack.alerts.button_blocks import alert_buttons
from kpibot.slack.blocks import Rendered, SlackFile, context, fitting, paragraphs, picture, rendered, section
from kpibot.slack.mrkdwn import data

PERSON = 80
OVER = ":white_check_mark:"
LINES, THREAD_LINES = 3_000, 1_200  # characters
TITLES = {
    Reason.FIRING: "Over the threshold",
    Reason.WORSE: "Worse",
    Reason.MORE: "Also over the threshold",
    Reason.EASED: "Better, but still over the threshold",
    Reason.MOVED: "Moved to another channel",
    Reason.INHIBITED: "Now part of the district's alert",
    Reason.STILL_FIRING: "Still over the threshold",
    Reason.LAPSED: "The acknowledgment has expired, and it is still over the threshold",
    Reason.ESCALATED: "Still critical, and nobody has acknowledged it",
    Reason.RECOVERED: "Recovered",
    Reason.MUTED: "Muted",
}
ENDED = {Reason.RECOVERED: "recovered", Reason.MUTED: "muted", Reason.MOVED: "moved to another channel"}
OVER_IT = "over the threshold"
COMMON = "Most of the district at once: probably one common cause."


def alert_message(notice: AlertNotice, chart: SlackFile | None = None) -> Rendered:
    """The notification of one channel about one KPI. `notice.mention` is mrkdwn already, and is used once."""
    return _thread_reply(notice) if notice.kind is DeliveryKind.REPLY else _channel_message(notice, chart)


def _channel_message(notice: AlertNotice, chart: SlackFile | None) -> Rendered:
    alt = alert_alt(notice)
    mention = f"\n{notice.mention}" if notice.mention else ""
    handling = [data(each, 300) for each in _handling(notice)]
    lines = [_with_sign(each, notice) for each in notice.changes]
    common = f"*{COMMON}*" if notice.is_common else ""
    blocks = (
        section(f"{alert_emoji(notice)} *{data(alert_headline(notice), 250)}*{mention}"),
        *paragraphs([*filter(None, [common]), *fitting(lines, LINES)]),
        section("\n".join(handling)),
        picture(chart, alt),
        context(*map(data, _footing(notice))),
        None if notice.is_over else alert_buttons(notice),
    )
    plain = [data(change_text(each, notice.zone), 400) for each in notice.changes]
    parts = [data(alert_headline(notice)), *filter(None, [common]), *plain, *handling, *map(data, _footing(notice))]
    text = "\n".join(fitting(parts, 2_700))
    return rendered(f"{text} {notice.mention}".rstrip(), blocks, alt if notice.changes else "")


def _thread_reply(notice: AlertNotice) -> Rendered:
    """A reply for the thread. It names the KPI, because critical ones are also shown in the channel."""
    mention = f" {notice.mention}" if notice.mention else ""
    head = f"*{data(clean(notice.card.name, sentences.NAME))}: {data(_why(notice))}*{mention}"
    lines = fitting(list(_grouped(notice)), THREAD_LINES)
    when = data(f"as of {moment(notice.as_of, notice.zone, year=True)}")
    return rendered("\n".join([head, *lines, when]), (*paragraphs([head, *lines]), context(when)))


def alert_headline(notice: AlertNotice) -> str:
    """`Outstanding tickets: 2 campuses over the threshold`, at the end `Outstanding tickets: recovered Sun, …`."""
    name = clean(notice.card.name, sentences.NAME)
    if notice.is_over:
        ended = ENDED.get(notice.reason, "recovered")
        return f"{name}: {ended} {moment(notice.as_of, notice.zone)}"
    count = len(notice.changes)
    critical = sum(each.severity is Verdict.CRITICAL for each in notice.changes)
    worst = f", {critical} critical" if 0 < critical < count else ""
    if count == 1:
        return f"{name}: {sentences.campus_name(notice.changes[0].report)} is {_severity(notice)}"
    return f"{name}: {plural(count, 'campus', 'campuses')} {_severity(notice) if critical == count else OVER_IT}{worst}"


def _severity(notice: AlertNotice) -> str:
    return "critical" if all(each.severity is Verdict.CRITICAL for each in notice.changes) else OVER_IT


def alert_emoji(notice: AlertNotice) -> str:
    """The emoji of the worst severity; a check mark when it is over."""
    if notice.is_over:
        return OVER
    worst = min((each.severity or Verdict.WARNING for each in notice.changes), key=WORST_FIRST.index, default=None)
    return SIGNS[worst or Verdict.WARNING].emoji


def change_text(change: Change, zone: str) -> str:
    """`Campus West: 104 tickets · critical from 80 · since Fri, Nov 20, 8:00 AM CST (2 days)`."""
    return f"{sentences.campus_name(change.report)}: {_details(change, zone)}"


def _details(change: Change, zone: str) -> str:
    report = change.report
    value = sentences.quantity(report) if sentences.value(report) is not None else sentences.missing(report)
    return " · ".join(filter(None, (value, _threshold(change), *map(_clean, change.details), _since(change, zone))))


def _with_sign(change: Change, notice: AlertNotice) -> str:
    shown = SIGNS[change.severity] if change.severity is not None else sentences.sign(change.report)
    campus = data(sentences.campus_name(change.report))
    return f"{shown.emoji} *{campus}*: {data(_details(change, notice.zone), 400)}"


def _grouped(notice: AlertNotice) -> Iterator[str]:
    """The changes by reason, each reason with a title except that of the reply itself."""
    order = list(TITLES)
    current = notice.reason
    for change in sorted(notice.changes, key=lambda each: (each.reason is not notice.reason, order.index(each.reason))):
        title = "" if change.reason is current else f"*{TITLES[change.reason]}*\n"
        current = change.reason
        yield title + _with_sign(change, notice)


def _why(notice: AlertNotice) -> str:
    title = TITLES[notice.reason]
    return title[:1].lower() + title[1:]


def _handling(notice: AlertNotice) -> Iterator[str]:
    """Who acknowledged it, who it is assigned to, and until when it is snoozed."""
    if notice.is_over:
        return
    if notice.acknowledged_at is not None and notice.acknowledged_until is not None:
        by, at = clean(notice.acknowledged_by, PERSON), soon(notice.acknowledged_at, notice.as_of, notice.zone)
        yield f"Acknowledged by {by} at {at}, until {soon(notice.acknowledged_until, notice.as_of, notice.zone)}"
    if notice.assigned_to:
        yield f"Assigned to {clean(notice.assigned_to, PERSON)}"
    if notice.snoozed_until is not None:
        yield f"Snoozed until {soon(notice.snoozed_until, notice.as_of, notice.zone)}"


def _since(change: Change, zone: str) -> str:
    """Since when, as exactly as known: to the minute, to the day, or longer than the series looks back."""
    if change.since is None:
        return ""
    lasted = stretch(change.report.reading.as_of - change.since)
    is_longer = _from_the_first_day(change, zone)
    if change.reason is Reason.RECOVERED:
        return f"was over the threshold for {lasted}{' or longer' if is_longer else ''}"
    if is_longer:
        return f"for {lasted} or longer"
    to_the_day = is_to_the_day(change.since, change.report.reading.as_of, zone)
    since = day_month(local_time(change.since, zone)) if to_the_day else moment(change.since, zone)
    return f"since {since}" + (f" ({lasted})" if change.report.reading.as_of > change.since else "")


def _from_the_first_day(change: Change, zone: str) -> bool:
    series = change.report.series
    return (
        series is not None and change.since is not None and series.days[:1] == (local_time(change.since, zone).date(),)
    )


def _threshold(change: Change) -> str:
    """The threshold that is crossed; or the verdict, and the threshold that no longer is."""
    report = change.report
    limits, verdict, word = report.thresholds, sentences.verdict(report), sentences.sign(report).word
    threshold = limits.critical if verdict is Verdict.CRITICAL or limits.warning is None else limits.warning
    if threshold is None or verdict is Verdict.NO_DATA:
        return "" if verdict is Verdict.NO_DATA else word
    if verdict in (Verdict.CRITICAL, Verdict.WARNING):
        return sentences.from_threshold(report, word, threshold)
    name = "critical" if limits.warning is None else "warning"
    return f"{word} · {sentences.from_threshold(report, name, threshold)}"


def _clean(words: str) -> str:
    return clean(words, 120)


def _footing(notice: AlertNotice) -> Iterable[str]:
    owner = clean(notice.card.owner, sentences.NAME)
    when = f"as of {moment(notice.as_of, notice.zone, year=True)}"
    return filter(None, (when, f"owner {owner}" if owner else ""))
