"""docs/year.md: what the simulated year was like, in plain words and figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles

from kpibot.core.alerts.groups import DeliveryKind
from tests.year import counts
from tests.year.bot import Lived
from tests.year.chart import draw
from tests.year.counts import ESCALATION, FIRST, KINDS, REMINDER, WORSE, Spread
from tests.year.district import schools
from tests.year.incidents import INCIDENTS, SIGN_ON

DRAWN = (FIRST, WORSE, REMINDER, ESCALATION)
BACK_TO_SCHOOL = (date(2026, 8, 10), date(2026, 9, 21))


def write(lived: Lived, took: float, folder: Path) -> None:
    """Writes year.md and year.png; `took` is in seconds of one processor."""
    drawn = {kind: counts.by_week(lived, _in_channels(lived, [kind])) for kind in DRAWN}
    notes = sorted((each.begins.date(), each.name) for each in INCIDENTS)
    draw(folder / "year.png", drawn, notes)
    parts = (
        _head(lived, took),
        _channels(lived),
        _feeder(lived),
        _kinds(lived),
        _picture(notes),
        _known(lived),
        _held(lived),
        _repeat(lived, took),
    )
    (folder / "year.md").write_text("\n".join(parts))


def summary(lived: Lived) -> str:
    """The figure by which a director decides."""
    spread = _feeder_spread(lived)
    return (
        f"{spread[0]:g} messages in the middle week, {spread[1]:g} or fewer in 19 weeks of 20, {spread[2]} in the worst"
    )


def _head(lived: Lived, took: float) -> str:
    found = counts.alerts(lived)
    known = sum(each.incident is not None for each in found)
    return f"""# A school year with kpibot

Will it cry wolf? This page says what a district would have heard from kpibot in a whole school year. The district is
made up: {len(schools())} campuses in 20 feeders, and the 15 KPIs, levels, alert rules and digests that ship in
`config/`. The year is simulated, from {_day(lived.first.date())} to {_day(lived.last.date() - timedelta(days=1))}; the
bot is the real one. `make year` repeats it in {took / 60:.0f} minutes (see below).

- **In a feeder's channel** (ten campuses), people see {summary(lived)}.
  The weekly digest is not counted.
- **Every digest came once, on its slot**, through both changes of the clock, holidays, breaks and restarts:
  {len([each for each in lived.slack.sent if each.slot is not None]):,} of them.
- {len(found)} times a campus was told to be over a threshold. Of these, {known} were the known incidents of the year;
  the others are campuses that were near their thresholds. A campus that stood in an alert already when
  its incident began is not told again.
"""


def _channels(lived: Lived) -> str:
    feeders = _feeders(lived)
    rows = [("all 20 feeders' channels together", feeders)]
    rows += [(lived.catalog.channels[each].slack, [each]) for each in lived.catalog.channels if each not in feeders]
    lines = [_channel(lived, name, channels) for name, channels in rows]
    head = (
        "## Messages a week\n\nWhat stands in a channel for all to see, digests left out; then the lines in threads, "
        "which only those see who follow\nthem. An edit of a message rings for nobody, and is not counted.\n"
    )
    table = ["| channel | median week | worst week | which one, and why | threads: median | worst |"]
    return "\n".join([head, *table, "| --- | --- | --- | --- | --- | --- |", *lines, ""])


def _channel(lived: Lived, name: str, channels: Sequence[str]) -> str:
    here = counts.spread(counts.by_week(lived, counts.in_channel(lived, channels)))
    threads = counts.spread(counts.by_week(lived, counts.in_threads(lived, channels)))
    why = _why(lived, here, channels) if here.most else "–"
    return f"| {name} | {here.median:g} | {here.most} | {why} | {threads.median:g} | {threads.most} |"


def _why(lived: Lived, spread: Spread, channels: Sequence[str]) -> str:
    """What happened in the worst week: the incident that most of its alerts are of, or the season."""
    known = Counter(each.incident for each in counts.alerts(lived) if each.week == spread.worst and each.incident)
    begun = [each.name for each in INCIDENTS if spread.worst <= each.begins.date() < spread.worst + counts.WEEK]
    week = f"week of {_day(spread.worst)}"
    if begun and known:
        return f"{week}: {begun[0]}"
    if spread.worst == min(counts.weeks(lived)):
        return f"{week}: the bot's first, when all that stands is new to it"
    return f"{week}: school begins" if BACK_TO_SCHOOL[0] <= spread.worst <= BACK_TO_SCHOOL[1] else week


def _feeder_spread(lived: Lived) -> tuple[float, float, int]:
    """Messages of one feeder's channel in one week: the middle, the 95th percentile and the most."""
    found = sorted(_weeks_of_feeders(lived))
    return found[len(found) // 2], quantiles(found, n=20)[-1], found[-1]


def _weeks_of_feeders(lived: Lived) -> list[int]:
    return [
        count for each in _feeders(lived) for count in counts.by_week(lived, counts.in_channel(lived, [each])).values()
    ]


def _feeder(lived: Lived) -> str:
    found = Counter(min(each, 10) for each in _weeks_of_feeders(lived))
    total = found.total()
    bands = {"none": [0], "1 or 2": [1, 2], "3 to 5": [3, 4, 5], "6 to 9": [6, 7, 8, 9], "10 or more": [10]}
    lines = [f"| {name} | {sum(found[each] for each in those) / total:.0%} |" for name, those in bands.items()]
    head = "## What a person in one feeder's channel sees\n\n| messages in a week | share of weeks |\n| --- | --- |"
    return "\n".join([head, *lines, ""])


def _kinds(lived: Lived) -> str:
    lines = []
    for kind in KINDS:
        of_kind = [each for each in lived.slack.sent if counts.kind_of(each) == kind]
        spread = counts.spread(counts.by_week(lived, of_kind))
        lines.append(f"| {kind} | {spread.median:g} | {spread.most} | {_day(spread.worst)} | {spread.total:,} |")
    head = (
        "## By kind\n\nIn the whole district, channels and threads together.\n\n"
        "| kind | median week | worst week | week of | in the year |\n| --- | --- | --- | --- | --- |"
    )
    return "\n".join([head, *lines, ""])


def _picture(notes: Iterable[tuple[date, str]]) -> str:
    numbered = ", ".join(f"{number}: {name}" for number, (_, name) in enumerate(notes, 1))
    return f"""![Bars, one a week from August to July: the messages in all channels, by kind. The table above has the \
medians and the worst weeks.](year.png)

The numbers stand at the weeks in which something happened: {numbered}.
"""


def _known(lived: Lived) -> str:
    found = counts.alerts(lived)
    lines = []
    for incident in INCIDENTS:
        of_it = [each for each in found if each.incident == incident.name]
        lines.append(f"| {incident.name} | {len(of_it)} | {len({each.campus for each in of_it})} |")
    others = [each for each in found if each.incident is None]
    for kpi, count in Counter(each.kpi for each in others).most_common():
        where = len({each.campus for each in others if each.kpi == kpi})
        lines.append(f"| others: {lived.catalog.kpis[kpi].card.name} | {count} | {where} |")
    head = (
        "## Incidents, and everything else\n\nHow often a campus was told to be over a threshold, and at how many "
        "campuses.\n\n| because of | alerts | campuses |\n| --- | --- | --- |"
    )
    return "\n".join([head, *lines, ""])


def _held(lived: Lived) -> str:
    common = [each for each in lived.slack.sent if each.is_common and each.how is not DeliveryKind.REPLY]
    channels = len({each.channel for each in common if each.at.date() == SIGN_ON.begins.date()})
    return f"""## What held all year

The simulation ends in an error if one of these is broken; each has a test that breaks it.

- Each digest reaches each of its channels once, at 7 a.m. local time on its day, or at once when the bot is back.
- Outside of working hours nothing is told but what has become critical; on holidays nothing at all.
- In a channel, a campus is over its threshold, then recovered, then over again: never twice the same.
- Edits and lines in a thread come after the message that they belong to.
- The morning without sign-on was one message in each of {channels} channels, which said that most of the district has
  it.
- A database that did not answer for an afternoon, and one that got nothing new for two days, were told to the
  administrators once, and once when over. No alert fired or recovered because of them. (In summer they were told of
  "Time to recover assets" as well: no device is due for weeks then, and `fresh_within` takes that for trouble.)
- Nothing was left in the outbox, and no reading was kept for more than 90 days.
"""


def _repeat(lived: Lived, took: float) -> str:
    return f"""## How it was measured

The services, the state database (SQLite), the outbox and the texts are the bot's own; the clock is set by hand, and
Slack takes everything. The numbers come from rows made with a seed: 750,000 tickets, 300,000 devices and so on, with
seasons, weekdays, hours, campuses that are staffed better or worse, and the incidents above. They replace the
databases at the seam where measures are taken, since SQL over so many rows would take a second a measurement. Twelve
people in a thousand lose a device a year, and one ticket comes for every 130 students on a school day, as in the demo.

The bot measured {len(lived.instants):,} times: at 7:30, 10:00, 13:00 and 15:30 on working days and once on others. It
ships with a measurement every 15 minutes, which would notice a breach sooner, and some that last for less than an hour
at all. It was started anew every eleven days, and was off on the night of the clock change in autumn and once on a
Friday morning. People acknowledged four of five critical alerts, half an hour to two hours after they were called.
Pictures were not drawn. It took {took / 60:.0f} minutes of one processor.

`make year` lives through the year and writes this page; `make test` lives through the weeks in which something
happens. The code is in `tests/year`.
"""


def _feeders(lived: Lived) -> list[str]:
    return [each for each in lived.catalog.channels if each.endswith("-tech")]


def _in_channels(lived: Lived, kinds: Sequence[str]) -> list:
    everywhere = counts.in_channel(lived, [*lived.catalog.channels])
    return [each for each in everywhere if counts.kind_of(each) in kinds]


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
