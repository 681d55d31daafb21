"""How words are compared and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.text import QUOTED_LENGTH, alternatives, closest, did_you_mean, plural, quoted, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Campus West HS", "campus-west-hs"),
        ("  Campus -- West! ", "campus-west"),
        ("ORG-101", "org-101"),
        ("first_response", "first_response"),
        ("Straße", "strasse"),
        ("École", "école"),
        ("***", ""),
        ("", ""),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_a_slug_stays_as_it_is(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@given(st.text())
def test_what_is_shown_is_short_one_line_and_ends_no_quotation(text: str) -> None:
    said = quoted(text)
    assert len(said) <= QUOTED_LENGTH
    assert "`" not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("<@U0Y94EZ5NUV|mei>", "@mei"),
        ("<#C024BE91L|tech-leads>", "#tech-leads"),
        ("<@U0Y94EZ5NUV>", "@U0Y94EZ5NUV"),
        ("<#C024BE91L|>", "#C024BE91L"),
        ("<!channel>", "<!channel>"),
    ],
)
def test_a_mention_is_shown_as_it_was_typed(word: str, typed: str) -> None:
    assert quoted(word) == typed


def test_the_nearest_words_come_first() -> None:
    assert closest("tikets", ["utilization", "tickets", "ticket-age"], most=2) == ["tickets", "ticket-age"]
    assert closest("zebra", ["tickets"]) == []
    assert closest("tickets", []) == []


def test_did_you_mean() -> None:
    assert did_you_mean("tikets", ["tickets"]) == "; did you mean `tickets`?"
    assert did_you_mean("zebra", ["tickets"]) == ""


def test_alternatives() -> None:
    assert alternatives([]) == "nothing"
    assert alternatives(["a"]) == "`a`"
    assert alternatives(["a", "b"]) == "`a` or `b`"
    assert alternatives(["a", "b", "c"]) == "`a`, `b` or `c`"


def test_plurals() -> None:
    assert plural(1, "ticket") == "1 ticket"
    assert plural(1204, "ticket") == "1,204 tickets"
    assert plural(0, "ticket") == "0 tickets"
    assert plural(2, "campus", "campuses") == "2 campuses"
