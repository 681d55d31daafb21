"""Lists that are too long for a message."""

from kpibot.slack.blocks import fitting


def test_shortened_lines_say_how_many_more_there_are():
    assert fitting(["12345"] * 4, 12) == ["12345", "12345", "… and 2 more"]
    assert fitting(["12345"] * 2, 12) == ["12345", "12345"]
