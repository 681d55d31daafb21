"""Messages about the bot itself: help, lists and errors."""

from collections.abc import Mapping

from kpibot.slack.blocks import Rendered, fitting, paragraphs, rendered, section
from kpibot.slack.error_message import COMMAND
from kpibot.slack.mrkdwn import code, data


def help_message(kpis: Mapping[str, str], example: str = "tickets campus-west", by: str = "") -> Rendered:
    """What can be typed.

    Args:
        kpis: the name of each KPI by its id.
        example: a KPI and a campus of this district, as they are typed.
        by: an example of a breakdown, such as `tickets by priority`; empty if there is none.
    """
    kpi = example.partition(" ")[0]
    uses = (
        (COMMAND, "all KPIs of your campus or the district"),
        (f"{COMMAND} {example}", "one KPI at one campus, with its chart"),
        (f"{COMMAND} {example} 90d", "the same over 90 days; also `12w`, `6m` or `2y`"),
        (f"{COMMAND} {kpi} by campus", "all campuses compared" + (f"; also {code(by)}" if by else "")),
        (f"{COMMAND} about {kpi}", "exactly what it counts; `rows` instead of `about` lists the rows behind it"),
        (f"{COMMAND} alerts", f"what is over its threshold now, and who is handling it; {code('ack')} acknowledges it"),
        (
            f"{COMMAND} mute {example} 3d exam week",
            f"no alerts about it for a while; {code('mutes')} lists what is muted",
        ),
        (f"{COMMAND} list", "every KPI and campus"),
    )
    lines = [f"{code(command, 120)} {purpose}" for command, purpose in uses]
    shown = fitting([_entry(kpi, name) for kpi, name in kpis.items()], 2_000)
    blocks = (section("*Ask me about the KPIs*\n" + "\n".join(lines)), *paragraphs(["*KPIs*", *shown]))
    return rendered("\n".join(["Ask me about the KPIs:", *lines]), blocks)


def list_message(kpis: Mapping[str, str], campuses: Mapping[str, str], not_available: Mapping[str, str]) -> Rendered:
    """Every KPI and campus that can be asked for.

    Args:
        kpis: the name of each KPI by its id.
        campuses: the name of each campus and group by its slug.
        not_available: why the district cannot have a KPI, by its id.
    """
    kpi_lines = fitting([_entry(kpi, name) for kpi, name in kpis.items()], 3_000)
    campus_lines = fitting([_entry(slug, name) for slug, name in campuses.items()])
    unavailable = fitting([_entry(kpi, why) for kpi, why in not_available.items()], 2_000)
    blocks = (
        *paragraphs(["*KPIs*", *kpi_lines]),
        *(paragraphs(["*Not available here*", *unavailable]) if unavailable else ()),
        *paragraphs(["*Campuses and groups*", *campus_lines]),
    )
    return rendered(f"{len(kpis):,} KPIs: {', '.join(map(code, kpis))}", blocks)


def _entry(word: str, name: str) -> str:
    return f"{code(word)} {data(name, 120)}"
