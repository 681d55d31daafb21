"""Data in Slack's mrkdwn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.render.phrases.cleaning import clean, plain_text
from kpibot.slack.mrkdwn import code, cut, data, link, with_code

STRAY = re.compile(r"&(?!amp;|lt;|gt;)|[<>]")


def test_a_campus_named_like_a_mention_does_not_ping():
    assert data("<!channel>") == "&lt;!channel&gt;"
    assert code("<!channel>") == "`&lt;!channel&gt;`"
    assert plain_text("<!channel>", 80) == "‹!channel›"


@pytest.mark.parametrize("text", ["*bold*", "~struck~", "`code`", "_slanted_", ":tada:"])
def test_data_cannot_format_itself(text):
    assert not set(data(text)) & set("*~`_")
    assert data(text).count(":") < 2


@pytest.mark.parametrize("text", ["Lake_View", "14:02", "R&D".replace("&", "and"), "Émile Zola 🏫"])
def test_innocent_data_is_left_as_it_is(text):
    assert data(text) == text


def test_lines_and_control_characters_become_spaces():
    assert clean("a\nb\x1b[31m\u202ec", 80) == "a b [31mc"


def test_long_text_ends_with_an_ellipsis():
    assert clean("abcdef", 4) == "abc…"


def test_an_escape_is_never_cut_in_half():
    assert cut("ab&amp;cd", 6) == "ab…"


@given(st.text(), st.integers(10, 200))
def test_any_text_is_safe_and_within_its_limit(text, most):
    for shown in (data(text, most), with_code(text, most), code(text, most)):
        assert len(shown) <= most
        assert not STRAY.search(shown)


def test_an_errors_own_backticks_stay():
    shown = with_code("no campus `<b>*x*`; did you mean `campus-west`?")
    assert shown == "no campus `&lt;b&gt;*x*`; did you mean `campus-west`?"


def test_a_lone_backtick_quotes_nothing():
    assert "`" not in with_code("a ` b")


@given(st.text(max_size=300))
def test_nothing_breaks_out_of_a_link(text):
    made = link(f"https://help.example.org/{text}", text)
    url, _, label = made[1:-1].partition("|")
    assert (made[0], made[-1]) == ("<", ">")
    assert not STRAY.search(url) and not STRAY.search(label)
    assert url.isascii() and not re.search(r'[\s"`|]', url)


def test_a_link_that_no_browser_takes_is_left_out():
    assert link("https://help.example.org/" + "x" * 2_000, "open") == "open"
