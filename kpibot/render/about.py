"""What a KPI means, for a message: its paragraph, its exact definition, its levels, where its rows come from."""

from collections.abc import Iterator

from kpibot.core.kpi import Card
from kpibot.core.reports import About, Origin
from kpibot.core.thresholds import Better
from kpibot.render.blocks import Rendered, context, rendered, section
from kpibot.render.facts import NAME, SENTENCE
from kpibot.render.mrkdwn import clean, code, data
from kpibot.render.numbers import amount
from kpibot.render.times import moment

NOT_YET = "Nobody has written down yet what this KPI means."
GOALS = {Better.LOWER: "at most", Better.HIGHER: "at least", Better.NEUTRAL: ""}


def about_message(about: About) -> Rendered:
    """Everything that there is to know of a KPI beside its numbers."""
    head = f"*{data(about.card.name, 200)}*\n{data(clean(about.card.about, 1_500) or NOT_YET)}"
    exactly = "\n".join(f"• {data(each, SENTENCE)}" for each in about.definition)
    labelled = "\n".join(f"{label}: {data(said)}" for label, said in facts(about))
    asked = ", ".join(code(f"{about.card.id} by {word}", NAME) for word in about.dimensions[:4])
    blocks = (
        section(head),
        section(f"*Exactly*\n{exactly}"),
        section(labelled),
        context(f"Ask also {asked}" if asked else ""),
    )
    return rendered("\n".join((head, exactly, labelled)), blocks)


def facts(about: About) -> Iterator[tuple[str, str]]:
    """Each thing that is known, with its label."""
    card = about.card
    labelled = (
        ("Objective", clean(card.objective, SENTENCE)),
        ("Category", clean(card.category, NAME)),
        ("Period", clean(card.period, NAME)),
        ("Levels", _levels(about)),
        ("Owner", clean(card.owner, NAME)),
        ("Rows from", "; ".join(_origin(each, about.zone) for each in about.origins)),
    )
    yield from ((label, said) for label, said in labelled if said)


def _levels(about: About) -> str:
    levels, card = about.thresholds, about.card
    words = (("target", levels.target), ("warning", levels.warning), ("critical", levels.critical))
    said = [f"{word} {_level(word, at, levels.better, card)}" for word, at in words if at is not None]
    return ", ".join(said)


def _level(word: str, at: float, better: Better, card: Card) -> str:
    return f"{GOALS[better]} {amount(at, card)}".strip() if word == "target" else f"from {amount(at, card)}"


def _origin(origin: Origin, zone: str) -> str:
    where = f"{clean(origin.dataset, NAME)} in {clean(origin.database, NAME)}"
    if origin.newest is None:
        return where
    old = ", older than it should be" if origin.stale else ""
    return f"{where} (newest row {moment(origin.newest, zone, year=True)}{old})"
