"""What people type to see to alerts. It is Monday, November 16, 2026, 10:00 in Chicago."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.questions.commands import Acknowledge, AlertCommand, Mute, ShowAlerts, ShowMutes, Unmute, parse_request
from kpibot.core.questions.names import Vocabulary
from kpibot.core.questions.parser import ALERT_COMMANDS, COMMANDS, Question, parse_question
from kpibot.core.text import QueryError
from kpibot.core.time.calendar import Calendar, YearStart

CHICAGO = ZoneInfo("America/Chicago")
CALENDAR = Calendar(
    zone=CHICAGO,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(7, 30), time(16, 30)),) * 5 + (None, None),
)
NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)
IN_3_DAYS, IN_2_HOURS = NOW + timedelta(days=3), NOW + timedelta(hours=2)
KPIS = {"tickets": "Outstanding tickets", "response-time": "Response time"}
TREE = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="campus-west", name="Campus West High School", parent="feeder-west", aliases=("101",)),
        Campus(slug="campus-east", name="Campus East High School"),
    ]
)

VOCABULARY = Vocabulary(kpis=KPIS, tree=TREE)


def read(text: str) -> Question | AlertCommand:
    return parse_request(text, VOCABULARY, NOW, CALENDAR)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("alerts", ShowAlerts()),
        ("Alerts campus-west", ShowAlerts("campus-west")),
        ("alerts campus west high school", ShowAlerts("campus-west")),
        ("alerts everywhere", ShowAlerts("district")),
        ("mutes", ShowMutes()),
        ("ack", Acknowledge()),
        ("ack tickets", Acknowledge("tickets")),
        ("ack campus-west outstanding tickets", Acknowledge("tickets", "campus-west")),
        ("ack everything", Acknowledge(everything=True)),
        ("mute tickets 3d", Mute("tickets", None, IN_3_DAYS)),
        ("mute tickets campus-west 3d exam week", Mute("tickets", "campus-west", IN_3_DAYS, "exam week")),
        ("mute campus west response time 2 hours", Mute("response-time", "campus-west", IN_2_HOURS)),
        ("mute everything campus-west 2h power cut", Mute(None, "campus-west", IN_2_HOURS, "power cut")),
        ("mute everything everywhere 2h", Mute(None, "district", IN_2_HOURS)),
        ("mute tickets feeder-west 3d 2h of exams each", Mute("tickets", "feeder-west", IN_3_DAYS, "2h of exams each")),
        ("mute tickets everywhere 3d campus-west prom", Mute("tickets", "district", IN_3_DAYS, "campus-west prom")),
        (
            "mute tickets until 2026-12-18 exam week",
            Mute("tickets", None, datetime(2026, 12, 18, 13, 30, tzinfo=UTC), "exam week"),
        ),
        ("unmute", Unmute()),
        ("unmute tickets campus-west", Unmute("tickets", "campus-west")),
        ("unmute everything campus-west", Unmute(None, "campus-west", everything=True)),
    ],
)
def test_what_is_meant(typed: str, command: AlertCommand) -> None:
    assert read(typed) == command


@pytest.mark.parametrize("typed", ["", "tickets", "help"])
def test_what_begins_otherwise_is_a_question(typed: str) -> None:
    assert read(typed) == parse_question(typed, VOCABULARY)


@pytest.mark.parametrize("typed", ["campus-west alerts", "muted", "acknowledgement"])
def test_what_begins_otherwise_is_refused_as_a_question_is(typed: str) -> None:
    with pytest.raises(QueryError) as refusal:
        parse_question(typed, VOCABULARY)
    with pytest.raises(QueryError, match=re.escape(str(refusal.value))):
        read(typed)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("mute", "which KPI? Type `mute everything …` or one of `tickets` or `response-time`"),
        ("mute campus-west 3d", "which KPI? Type `mute everything …`"),
        ("mute tickets", "for how long? Add for example `3d`, `2h`, `until friday` or `until 2026-12-18`"),
        ("mute tickets campus-west exam week", "`exam` does not say for how long"),
        ("mute tikets 3d", "no KPI `tikets`; did you mean `tickets`?"),
        ("mute tickets campus-wst 3d", "no campus `campus-wst`; did you mean `campus-west`?"),
        ("mute tickets response-time 3d", "one KPI at a time"),
        ("mute everything tickets 3d", "`everything` or `tickets`?"),
        ("mute tickets everything 3d", "`everything` or `tickets`?"),
        ("mute tickets campus-west everywhere 3d", "one campus at a time: `campus-west` or `everywhere`?"),
        ("mute tickets 3d campus-west prom", "is `campus-west` what to mute, or the reason?"),
        ("mute tickets 0d", "is in the past"),
        ("mute tickets 3m", "minutes or months"),
        ("mute tickets 3d " + "x" * 201, "at most 200 characters"),
        ("mute tickets 3d " + "x" * 2_000, "too long"),
        ("alerts tickets", "`alerts` shows every KPI"),
        ("mutes tickets", "takes nothing else"),
        ("ack tomorrow", "no KPI or campus `tomorrow`"),
        ("unmute tickets tickets campus-east campus-west", "one campus at a time"),
    ],
)
def test_what_nobody_can_tell_says_what_to_type(typed: str, told: str) -> None:
    with pytest.raises(QueryError, match=r".") as error:
        read(typed)
    assert told in str(error.value)


@pytest.mark.parametrize("word", ALERT_COMMANDS)
def test_a_command_within_a_question_is_told_to_come_first(word: str) -> None:
    with pytest.raises(QueryError, match=f"begin with `{word}`"):
        parse_question(f"campus-west {word}", VOCABULARY)
    with pytest.raises(QueryError, match=f"type `/kpi {word}` in Slack"):
        parse_question(f"{word} campus-west", VOCABULARY)


SLUGS = st.from_regex(r"[a-z]{4,8}(-[a-z]{4,8}){0,2}", fullmatch=True)
REASONS = st.lists(st.from_regex(r"[A-Z][a-z]{3,8}[!.]?", fullmatch=True), max_size=4).map(" ".join)


@st.composite
def mutes(draw: st.DrawFn) -> tuple[list[str], list[str], Mute, str]:
    """KPIs, campuses, a mute of some of them, and a way to type it."""
    words = draw(st.lists(SLUGS, min_size=2, max_size=8, unique=True))
    taken = {each for word in words for each in word.split("-")}
    assume(not taken & {*COMMANDS, "district", "campus", "until", "till", "through", "thru", "days", "please", "last"})
    assume(len(taken) == sum(len(word.split("-")) for word in words))
    cut = draw(st.integers(1, len(words) - 1))
    kpi, campus = draw(st.none() | st.sampled_from(words[:cut])), draw(st.sampled_from(["district", *words[cut:]]))
    reason = draw(REASONS)
    hours = draw(st.integers(1, 500))
    names = [kpi or "everything", "everywhere" if campus == "district" else campus]
    typed = " ".join(filter(None, ["mute", *draw(st.permutations(names)), f"{hours}h", reason]))
    return words[:cut], words[cut:], Mute(kpi, campus, NOW + timedelta(hours=hours), reason), typed


@given(mutes())
def test_a_mute_is_read_as_it_was_meant(meant: tuple[list[str], list[str], Mute, str]) -> None:
    kpis, campuses, mute, typed = meant
    tree = CampusTree([Campus(slug=each, name=each) for each in campuses])
    assert parse_request(typed, Vocabulary(kpis={each: each for each in kpis}, tree=tree), NOW, CALENDAR) == mute


PIECES = st.sampled_from(
    [*COMMANDS, "tickets", "response", "time", "campus-west", "campus", "101", "3d", "2", "hours", "until", "friday",
     "through", "3m", "exam", "week", "<@U1|mei>", "<!channel>", "`", "-", "٣d"]
)  # fmt: skip


@given(st.sampled_from(ALERT_COMMANDS), st.lists(PIECES | st.text(max_size=6), max_size=8).map(" ".join))
def test_any_text_is_a_command_or_a_short_explanation(word: str, rest: str) -> None:
    try:
        command = read(f"{word} {rest}")
    except QueryError as error:
        assert len(str(error)) < 250
        assert "\n" not in str(error)
        return
    assert command is not None


@given(st.lists(PIECES | st.text(max_size=6), max_size=8).map(" ".join))
def test_no_mute_is_ever_guessed(rest: str) -> None:
    try:
        command = read(f"mute {rest}")
    except QueryError:
        return
    assert isinstance(command, Mute)
    typed = rest.casefold()
    assert command.kpi is not None or "everything" in typed
    assert command.campus is None or any(word in typed for word in ("everywhere", "campus", "101", "district", "east"))
    assert command.end > NOW
