"""What people type."""

import itertools

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.questions.names import Vocabulary
from kpibot.core.questions.parser import Ask, AskHelp, AskList, AskOverview, Question, parse_question
from kpibot.core.text import QueryError, slug

KPIS = {"tickets": "Outstanding tickets", "response-time": "Response time", "ticket-age": "Old tickets"}
TREE = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="campus-west", name="Campus West High School", parent="feeder-west", aliases=("101",)),
        Campus(slug="campus-east", name="Campus East High School"),
    ]
)


def ask(text: str, tree: CampusTree = TREE) -> Question:
    return parse_question(text, Vocabulary(kpis=KPIS, tree=tree))


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", AskOverview()),
        ("   ", AskOverview()),
        ("help", AskHelp()),
        ("HELP", AskHelp()),
        ("list", AskList()),
        ("tickets", Ask("tickets")),
        ("Tickets", Ask("tickets")),
        ("outstanding tickets", Ask("tickets")),
        ("tickets campus-west", Ask("tickets", "campus-west")),
        ("campus-west tickets", Ask("tickets", "campus-west")),
        ("tickets campus west", Ask("tickets", "campus-west")),
        ("tickets Campus West High School 90d", Ask("tickets", "campus-west", 90)),
        ("90d campus-west tickets", Ask("tickets", "campus-west", 90)),
        ("tickets 101", Ask("tickets", "campus-west")),
        ("tickets district", Ask("tickets", "district")),
        ("tickets no-campus", Ask("tickets", "no-campus")),
        (
            "show me the response time for campus east over the last 12 weeks please",
            Ask("response-time", "campus-east", 84),
        ),
        ("tickets 90 days", Ask("tickets", None, 90)),
        ("tickets 2y", Ask("tickets", None, 730)),
        ("tickets 3 months", Ask("tickets", None, 90)),
        ("campus-west", AskOverview("campus-west")),
        ("tickets tickets", Ask("tickets")),
        ("tickets, please!", Ask("tickets")),
        ("tickets 🎉", Ask("tickets")),
        ("hi", AskHelp()),
        ("Hello!", AskHelp()),
        ("hey", AskHelp()),
        ("thanks", AskHelp()),
        ("Thank you", AskHelp()),
    ],
)
def test_what_is_meant(text: str, request_: Question) -> None:
    assert ask(text) == request_


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tikets", "no KPI `tikets`; did you mean `tickets`?"),
        ("tickets campus-wset", "no campus `campus-wset`; did you mean `campus-west`?"),
        ("campus-wset", "no campus `campus-wset`; did you mean `campus-west`?"),
        ("salary", "no KPI or campus `salary`; type `list` to see all"),
        ("tickets zebra", "no campus `zebra`; type `list` to see all"),
        ("campus-west zebra", "no KPI `zebra`; type `list` to see all"),
        ("tickets campus-west zebra", "no KPI or campus `zebra`; type `list` to see all"),
        ("<@U0Y94EZ5NUV|mei>", "no KPI or campus `@mei`; type `list` to see all"),
        ("hi tickets", "no KPI or campus `hi`"),
        ("90d", "which KPI? Type one of them too"),
        ("tickets response-time", "one KPI at a time: `tickets` or `response-time`?"),
        ("tickets campus-west campus-east", "one campus at a time: `campus-west` or `campus-east`?"),
        ("tickets 1d", "`1d` is too short for a chart"),
        ("tickets 6y", "`6y` is too long for a chart"),
        ("🎉", "`🎉` is not a KPI, campus or period"),
        ("🎉" * 1_001, "that is too long for a question"),
    ],
)
def test_what_nobody_can_tell(text: str, told: str) -> None:
    with pytest.raises(QueryError) as caught:
        ask(text)
    assert str(caught.value).startswith(told)


LARGER = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="campus-west", name="Campus West High School", parent="feeder-west", aliases=("101", "ORG-101")),
        Campus(
            slug="pine-hollow-elementary",
            name="Pine Hollow Elementary School",
            parent="feeder-west",
            aliases=("1012", "Pine Hollow ES"),
        ),
        Campus(slug="overlook-elementary", name="Overlook Elementary School", parent=None, aliases=("The Lookout",)),
        Campus(slug="ticket-to-read", name="Ticket to Read Academy"),
        Campus(slug="career-training", name="Career Response Time Center"),
        Campus(slug="hilltop", name="Hilltop Elementary School"),
        Campus(slug="hill", name="Hill Street Middle School"),
    ],
    "Pine Hollow ISD",
)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("tickets Pine Hollow", Ask("tickets", "pine-hollow-elementary")),
        ("tickets pine", Ask("tickets", "pine-hollow-elementary")),
        ("tickets hollow", Ask("tickets", "pine-hollow-elementary")),
        ("tickets pin", Ask("tickets", "pine-hollow-elementary")),
        ("pine holl 90d tickets", Ask("tickets", "pine-hollow-elementary", 90)),
        ("show me tickets at pine please", Ask("tickets", "pine-hollow-elementary")),
        ("pine", AskOverview("pine-hollow-elementary")),
        ("tickets west high", Ask("tickets", "campus-west")),
        ("tickets campus-west high school", Ask("tickets", "campus-west")),
    ],
)
def test_part_of_a_campuss_name_is_enough_where_no_other_has_it(text: str, request_: Question) -> None:
    assert ask(text, tree=LARGER) == request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("tickets hill", Ask("tickets", "hill")),  # whole, not the beginning of `hilltop`
        ("tickets 101", Ask("tickets", "campus-west")),
        ("tickets Pine Hollow ISD", Ask("tickets", "district")),
        ("career response time", Ask("response-time", "career-training")),  # a KPI's name is not part of a campus's
        ("tickets over 90d", Ask("tickets", None, 90)),  # and neither are fillers
        ("tickets for the 90d", Ask("tickets", None, 90)),
        ("tickets pine over 90d", Ask("tickets", "pine-hollow-elementary", 90)),
    ],
)
def test_whole_names_kpis_and_fillers_win_over_parts(text: str, request_: Question) -> None:
    assert ask(text, tree=LARGER) == request_


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tickets west", "`west` could be `campus-west` or `feeder-west`; type one of them"),
        (
            "tickets school",
            "`school` could be `campus-west`, `hill` or `hilltop`, among others; type one of them",
        ),
        ("tickets <!pine>", "no campus `<!pine>`; type `list` to see all"),
        ("tickets pi", "no campus `pi`; type `list` to see all"),
        ("tickets 10", "no campus `10`"),
        ("tickets pine overlook", "one campus at a time: `pine-hollow-elementary` or `overlook-elementary`?"),
    ],
)
def test_a_part_that_several_campuses_have_is_asked_about(text: str, told: str) -> None:
    with pytest.raises(QueryError) as caught:
        ask(text, tree=LARGER)
    assert str(caught.value).startswith(told)


def test_a_campus_that_is_called_like_a_greeting_is_meant() -> None:
    assert ask("hello", tree=CampusTree([Campus(slug="hello", name="Hello Academy")])) == AskOverview("hello")


PIECES = st.sampled_from(
    [
        "tickets",
        "hi",
        "high",
        "school",
        "<@U1|mei>",
        "campus",
        "west",
        "90d",
        "7",
        "days",
        "0d",
        "99999y",
        "<!channel>",
        "`",
        "-",
        "for",
        "help",
        "٣d",
    ]
)


@given(st.text(max_size=1_200) | st.lists(PIECES | st.text(max_size=6), max_size=12).map(" ".join))
@example("9" * 1_000)
@example("²d")
@example("tickets ٣d")
@pytest.mark.parametrize("tree", [TREE, LARGER])
def test_any_text_is_a_request_or_a_short_explanation(tree: CampusTree, text: str) -> None:
    try:
        ask(text, tree=tree)
    except QueryError as error:
        assert len(str(error)) < 200
        assert "\n" not in str(error)


SLUGS = st.from_regex(r"[a-z]{3,8}(-[a-z]{3,8}){0,2}", fullmatch=True)


@st.composite
def districts(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Ids of KPIs and slugs of campuses, all different from each other and from what is reserved."""
    words = draw(st.lists(SLUGS, min_size=2, max_size=8, unique=True))
    assume(not {"district", "no-campus", "help", "list"} & set(words))
    joined = {f"{one}-{other}" for one, other in itertools.permutations(words, 2)}
    assume(not joined & set(words))
    cut = draw(st.integers(1, len(words) - 1))
    return words[:cut], words[cut:]


@given(districts(), st.data())
def test_kpi_campus_and_window_are_understood_in_any_order(
    district: tuple[list[str], list[str]], data: st.DataObject
) -> None:
    kpis, campuses = district
    parents = [data.draw(st.none() | st.sampled_from(campuses[:n])) if n else None for n in range(len(campuses))]
    tree = CampusTree(
        [Campus(slug=each, name=f"The {each}", parent=parent) for each, parent in zip(campuses, parents, strict=True)]
    )
    kpi, campus, days = data.draw(st.tuples(st.sampled_from(kpis), st.sampled_from(campuses), st.integers(2, 1_826)))
    words = data.draw(st.permutations([kpi, campus, f"{days}d"]))
    vocabulary = Vocabulary(kpis={each: f"{each} KPI" for each in kpis}, tree=tree)
    assert parse_question(" ".join(words), vocabulary) == Ask(kpi, campus, days)


@given(districts(), st.data())
def test_a_name_may_be_typed_with_blanks_and_capitals(
    district: tuple[list[str], list[str]], data: st.DataObject
) -> None:
    kpis, campuses = district
    tree = CampusTree([Campus(slug=each, name=each.replace("-", " ").title()) for each in campuses])
    kpi, campus = data.draw(st.tuples(st.sampled_from(kpis), st.sampled_from(campuses)))
    text = f"{tree[campus].name} {kpi}"
    assert slug(tree[campus].name) == campus
    assert parse_question(text, Vocabulary(kpis={each: each for each in kpis}, tree=tree)) == Ask(kpi, campus)
