"""Prints what a digest would say, and sends nothing."""

import argparse
from contextlib import closing

from kpibot.cli.common import UsageError, as_of, json_text, services_of
from kpibot.core.text import alternatives, did_you_mean
from kpibot.render.terminal.text import digest_text
from kpibot.services.digests.digests import latest_slot
from kpibot.settings import Settings
from kpibot.slack.digests.digest_message import digest_message


def digest_command(options: argparse.Namespace, settings: Settings) -> int:
    """Prints what a digest would say, and sends nothing."""
    with closing(services_of(options, settings)) as services:
        chosen = services.catalog.digests.get(options.name)
        if chosen is None:
            near = did_you_mean(options.name, services.catalog.digests)
            raise UsageError(
                f"no digest `{options.name}`{near or '; there is ' + alternatives(services.catalog.digests)}"
            )
        now = as_of(options, services)
        slot = now if options.as_of else latest_slot(chosen, now, services.catalog.district.calendar)
        editions = services.digests.editions(chosen, slot)
    if options.json:
        print(
            json_text(
                [{"channel": channel.id, "blocks": digest_message(edition).blocks} for channel, edition in editions]
            )
        )
    else:
        print("\n\n".join(f"── {channel.slack}\n{digest_text(edition)}" for channel, edition in editions))
    return 0
