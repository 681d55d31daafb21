"""A digest exactly as it goes out."""

from pathlib import Path

from kpibot.slack.blocks import SlackFile
from kpibot.slack.digests.digest_message import digest_message
from tests.unit.samples.golden import assert_message_as_golden

GOLDEN = Path(__file__).parent / "golden"


def test_a_digest_is_as_it_was(samples):
    assert_message_as_golden(GOLDEN / "digest.json", digest_message(samples.edition, SlackFile("F0CHART")))
