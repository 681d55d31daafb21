"""Shows where a breach would go, and why, rule by rule."""

import argparse
from collections.abc import Sequence
from contextlib import closing

from kpibot.app.container import Services
from kpibot.cli.common import UsageError, as_of, json_text, services_of
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.questions.names import Vocabulary
from kpibot.core.questions.parser import Ask, parse_question
from kpibot.render.terminal.routes import routes_record, routes_text
from kpibot.services.alerts.routing import explain_route
from kpibot.settings import Settings

SEVERITIES = ("warning", "critical")


def routes_command(options: argparse.Namespace, settings: Settings) -> int:
    """Shows where a breach would go, and why, rule by rule; 1 where nobody would hear of it."""
    severities = [word for word in options.breach if word in SEVERITIES] or [SEVERITIES[0]]
    if len(severities) > 1:
        raise UsageError("`warning` and `critical` at once; type one of them")
    words = [word for word in options.breach if word not in SEVERITIES]
    with closing(services_of(options, settings)) as services:
        kpi, campus = kpi_and_campus(words, services)
        tree, now = services.district.tree, as_of(options, services)
        explanation = explain_route(services.catalog, tree, services.store, kpi, campus, severities[0], now)
    print(json_text(routes_record(explanation)) if options.json else routes_text(explanation))
    return 0 if explanation.channel is not None else 1


def kpi_and_campus(words: Sequence[str], services: Services) -> tuple[Kpi, str | None]:
    """The KPI that was typed, and the campus or group if one was.

    Raises:
        QueryError: a word that nobody knows, or two of a kind.
        UsageError: no KPI, or more than a KPI and a campus.
    """
    kpis = services.catalog.kpis
    names = {kpi.id: kpi.card.name for kpi in kpis.values()}
    request = parse_question(" ".join(words), Vocabulary(kpis=names, tree=services.district.tree))
    if not isinstance(request, Ask):
        raise UsageError(
            f"which KPI? Type for example `{next(iter(kpis))} {services.district.tree.leaves('district')[0]}`"
        )
    if request.days is not None:
        raise UsageError("only a KPI and a campus can be typed here; the number of days goes into --days")
    return kpis[request.kpi], request.campus
