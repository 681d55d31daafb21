"""Any report: strategies for hypothesis, and what holds for every message and text made of them."""

import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from kpibot.core.alerts.notices import Change
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.budget import Pace
from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.core.kpis.measures import Statistic
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.reports.answers import Comparison, Rank
from kpibot.core.reports.digests import Mover
from kpibot.render.terminal.text import (
    display_width,
)
from localslack.blocks.blocks import problems_of, too_long

ZONE = "America/Chicago"
NASTY = ("<!channel>", "&" * 4_000, "🏫" * 4_000, "*_~`<@U1>`", "a" * 4_000, "\n\x00\x1b", "", "$x^2$")
words = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
floats = st.one_of(st.floats(), st.none(), st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 104.0]))
instants = st.floats(946_684_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
counts = st.integers(0, 10**12)
thresholds = st.builds(Thresholds, st.sampled_from(Better), floats, floats, floats, floats)
pairs = st.lists(st.tuples(words, words), max_size=2).map(tuple)
cards = st.builds(
    KpiInfo,
    id=words,
    name=words,
    objective=words,
    owner=words,
    format=st.sampled_from(Format),
    rows=words,
    currency=words,
    period=words,
    about=words,
    category=words,
    only=pairs,
)
readings = st.builds(
    Reading,
    kpi=words,
    campus=words,
    as_of=instants,
    value=floats,
    missing=st.one_of(st.none(), st.sampled_from(Missing)),
    detail=st.one_of(st.none(), words),
    numerator=floats,
    denominator=floats,
    rows=counts,
    valued=counts,
    unplaced=counts,
    waiting=counts,
    newest=st.one_of(st.none(), instants),
    also=st.lists(st.tuples(st.sampled_from(Statistic), floats), max_size=2).map(tuple),
    pace=st.one_of(st.none(), st.builds(Pace, st.floats(), st.floats(0, 1), st.floats(), floats)),
)
comparisons = st.lists(st.builds(Comparison, words, st.floats()), max_size=2).map(tuple)
ranks = st.lists(st.builds(Rank, counts, counts, st.floats(), words), max_size=3).map(tuple)


def _series(values):
    first = date(2026, 1, 1)
    return Series(tuple(first + timedelta(days=n) for n in range(len(values))), tuple(values))


lines = st.one_of(st.none(), st.lists(floats, max_size=40).map(_series))
reports = st.builds(
    Report,
    card=cards,
    campus=words,
    campus_name=words,
    reading=readings,
    thresholds=thresholds,
    verdict=st.sampled_from(Verdict),
    before=floats,
    compared_with=words,
    series=lines,
    stale=st.booleans(),
)
many = st.builds(lambda some, times: tuple(some * times), st.lists(reports, max_size=3), st.sampled_from([1, 60]))
severities = st.sampled_from([None, Verdict.WARNING, Verdict.CRITICAL])
changes = st.builds(Change, reports, st.sampled_from(Reason), instants | st.none(), severities, st.tuples(words))
movers = st.builds(Mover, cards, words, st.floats(), st.floats(), st.booleans())
thorough = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(message):
    blocks = list(message.blocks)
    assert problems_of(blocks) == []
    assert not too_long(blocks)
    assert len(message.text) <= 3_000
    assert len(message.alt_text) <= 2_000
    for text in (message.text, message.alt_text, *strings(blocks)):
        assert not re.search(r"<|>", text)


def strings(value):
    """Everything that is shown: the payloads of buttons are not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, part in value.items() if key not in ("value", "action_id") for text in strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings(part))


def check_text(text):
    assert all(display_width(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text
