"""What a KPI means, as labels and sentences."""

from collections.abc import Iterator

from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.thresholds import Better
from kpibot.core.reports.answers import About, Origin
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount
from kpibot.render.phrases.sentences import NAME, SENTENCE
from kpibot.render.phrases.times import moment

NOT_YET = "Nobody has written down yet what this KPI means."
GOALS = {Better.LOWER: "at most", Better.HIGHER: "at least", Better.NEUTRAL: ""}


def facts(about: About) -> Iterator[tuple[str, str]]:
    """What is known of the KPI, each with its label."""
    card = about.card
    labelled = (
        ("Objective", clean(card.objective, SENTENCE)),
        ("Category", clean(card.category, NAME)),
        ("Period", clean(card.period, NAME)),
        ("Thresholds", _thresholds(about)),
        ("Owner", clean(card.owner, NAME)),
        ("Data from", "; ".join(_origin(each, about.zone) for each in about.origins)),
    )
    yield from ((label, said) for label, said in labelled if said)


def _thresholds(about: About) -> str:
    limits, card = about.thresholds, about.card
    named = (("target", limits.target), ("warning", limits.warning), ("critical", limits.critical))
    return ", ".join(f"{word} {_threshold(word, at, limits.better, card)}" for word, at in named if at is not None)


def _threshold(word: str, at: float, better: Better, card: KpiInfo) -> str:
    if word == "target":
        return f"{GOALS[better]} {amount(at, card)}".strip()
    return f"at {amount(at, card)} or below" if better is Better.HIGHER else f"from {amount(at, card)}"


def _origin(origin: Origin, zone: str) -> str:
    where = f"{clean(origin.dataset, NAME)} in {clean(origin.database, NAME)}"
    if origin.newest is None:
        return where
    old = ", out of date" if origin.stale else ""
    return f"{where} (newest record {moment(origin.newest, zone, year=True)}{old})"
