"""Messages about the bot itself: help, lists, what a KPI means, and errors."""

from collections.abc import Mapping

from kpibot.core.kpi import Card
from kpibot.render.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.render.facts import NAME, SENTENCE
from kpibot.render.mrkdwn import clean, code, data, with_code

COMMAND = "/kpi"


def help_message(kpis: Mapping[str, str], example: str = "tickets campus-west") -> Rendered:
    """What can be typed.

    Args:
        kpis: the name of each KPI by its id.
        example: a KPI and a campus of this district, as one would type them.
    """
    uses = (
        (COMMAND, "how your campus or the district stands"),
        (f"{COMMAND} {example}", "one KPI at one campus, with its chart"),
        (f"{COMMAND} {example} 90d", "the same over 90 days; also `12w`, `6m` or `2y`"),
        (f"{COMMAND} list", "every KPI and campus"),
    )
    lines = [f"{code(typed, 120)} {said}" for typed, said in uses]
    shown = fitting([_entry(kpi, name) for kpi, name in kpis.items()], 2_000)
    blocks = (section("*Ask me how the KPIs stand*\n" + "\n".join(lines)), *paragraphs(["*KPIs*", *shown]))
    return rendered("\n".join(["Ask me how the KPIs stand:", *lines]), blocks)


def list_message(kpis: Mapping[str, str], campuses: Mapping[str, str]) -> Rendered:
    """Every KPI and campus that can be asked for.

    Args:
        kpis: the name of each KPI by its id.
        campuses: the name of each campus and group by its slug.
    """
    kpi_lines = fitting([_entry(kpi, name) for kpi, name in kpis.items()], 3_000)
    campus_lines = fitting([_entry(slug, name) for slug, name in campuses.items()])
    blocks = (*paragraphs(["*KPIs*", *kpi_lines]), *paragraphs(["*Campuses and groups*", *campus_lines]))
    return rendered(f"{len(kpis):,} KPIs: {', '.join(map(code, kpis))}", blocks)


def about_message(card: Card) -> Rendered:
    """What a KPI means: its definition, objective, period and owner."""
    about = clean(card.about, 1_000) or "Nobody has written down yet what this KPI means."
    labelled = (
        ("Objective", clean(card.objective, SENTENCE)),
        ("Period", clean(card.period, NAME)),
        ("Owner", clean(card.owner, NAME)),
    )
    lines = [f"{label}: {data(said)}" for label, said in labelled if said]
    head = f"*{data(card.name, 200)}*\n{data(about, 1_500)}"
    return rendered("\n".join([head, *lines]), (section(head), section("\n".join(lines))))


def error_message(text: str) -> Rendered:
    """What went wrong, in a sentence of kpibot's own; `words` in backticks stay as they are."""
    shown = with_code(text) or "Something went wrong."
    hint = f"Type {code(f'{COMMAND} help')} to see what I understand."
    return rendered(shown, (section(shown), context(hint)))


def _entry(word: str, name: str) -> str:
    return f"{code(word)} {data(name, 120)}"
