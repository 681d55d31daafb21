"""What the message of a digest promises beyond its wording."""

from dataclasses import replace

from kpibot.slack.digests.digest_message import digest_message
from tests.unit.samples.shown import buttons, words


def test_a_digest_says_what_it_lacks_and_why(samples):
    message = digest_message(samples.edition)
    assert "Incomplete: no data for Response time" in words(message)
    assert "No data: the database did not answer (time-out after 30 s)" in words(message)


def test_a_digest_offers_five_buttons_at_most(samples):
    reports = tuple(replace(samples.tickets, card=replace(samples.tickets.card, id=f"kpi-{n}")) for n in range(9))
    assert len(buttons(digest_message(replace(samples.edition, reports=reports)))) == 5
