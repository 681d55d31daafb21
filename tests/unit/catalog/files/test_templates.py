"""Text with gaps."""

import pytest

from kpibot.catalog.files.templates import placeholders, substitute
from kpibot.catalog.problems import WordError


@pytest.mark.parametrize(
    ("text", "environment", "result"),
    [
        ("sqlite:///x.db", {}, "sqlite:///x.db"),
        ("${URL}", {"URL": "a://b"}, "a://b"),
        ("${URL:-sqlite:///x.db}", {}, "sqlite:///x.db"),
        ("${URL:-sqlite:///x.db}", {"URL": ""}, "sqlite:///x.db"),
        ("${URL:-sqlite:///x.db}", {"URL": "a://b"}, "a://b"),
        ("${URL:-}", {}, ""),
        ("a://${USER}:${PASSWORD}@h", {"USER": "u", "PASSWORD": "p${USER}"}, "a://u:p${USER}@h"),
        ("costs $5", {}, "costs $5"),
    ],
)
def test_variables(text: str, environment: dict[str, str], result: str) -> None:
    assert substitute(text, environment) == result


def test_every_missing_variable_is_named_and_where_it_goes() -> None:
    with pytest.raises(WordError, match="`USER` and `PASSWORD` are not set") as caught:
        substitute("a://${USER}:${PASSWORD}@${HOST:-h}", {"PASSWORD": ""})
    assert caught.value.hint == "put `USER=…` and `PASSWORD=…` into .env"


@pytest.mark.parametrize("text", ["${", "${URL", "${}", "${1}", "${URL:default}", "${A-B}"])
def test_what_begins_no_variable(text: str) -> None:
    with pytest.raises(WordError, match="begins no variable"):
        substitute(text, {"URL": "x"})


def test_gaps() -> None:
    assert placeholders("location-{code}-{name}") == {"code", "name"}
    assert placeholders("no gap, {{braces}}") == set()


@pytest.mark.parametrize("template", ["{", "{code", "code}", "{}", "{0}", "{code.__class__}", "{code[0]}"])
def test_gaps_hold_nothing_but_names(template: str) -> None:
    with pytest.raises(WordError):
        placeholders(template)
