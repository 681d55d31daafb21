"""Text as people type it becomes text as Slack sends it."""

from __future__ import annotations

import pytest

from localslack import Workspace
from localslack.page.mentions import with_mentions


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("ask @dana", "ask <@{dana}>"),
        ("in #tech-alerts, please", "in <#{tech}>, please"),
        ("@helpdesk-leads", "<!subteam^{leads}|@helpdesk-leads>"),
        ("@channel", "<!channel>"),
        ("@nobody and #nowhere", "@nobody and #nowhere"),
        ("dana@example.org", "dana@example.org"),
        ("<@U0ABC> <https://example.org|here>", "<@U0ABC> <https://example.org|here>"),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_names_become_mentions_and_the_rest_is_escaped(ws: Workspace, text: str, wanted: str) -> None:
    ids = {"dana": ws.user_id("dana"), "tech": ws.channel_id("tech-alerts"), "leads": next(iter(ws.groups))}
    assert with_mentions(ws, text) == wanted.format(**ids)
