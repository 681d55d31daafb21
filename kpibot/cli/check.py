"""Looks at the configuration, the databases and Slack; every problem at once."""

import argparse
import asyncio
import json
import logging
from contextlib import closing

from kpibot.cli.common import as_of, house_of
from kpibot.services.check import Finding, check_available, check_databases, check_kpis
from kpibot.settings import Settings


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Looks at the configuration, the databases and Slack; every problem at once."""
    logging.getLogger("kpibot.services").setLevel(logging.ERROR)  # what they would warn of is found below
    with closing(house_of(options, settings)) as house:
        findings = check_databases(house.catalog.databases.values())
        findings += check_available(house.catalog.not_available)
        findings += check_kpis(house.catalog.kpis, house.reporting, as_of(options, house))
    from kpibot.app.access import check_slack  # noqa: PLC0415 - Slack's libraries, while the databases are done

    findings += asyncio.run(check_slack(house.catalog, settings))
    problems = [finding for finding in findings if finding.is_problem]
    if options.json:
        print(json.dumps([_finding(each) for each in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{'✗' if finding.is_problem else '✓'} {finding.what}: {finding.says}")
        print(f"{len(problems)} of {len(findings)} need attention" if problems else "all is well")
    return 1 if problems else 0


def _finding(finding: Finding) -> dict[str, object]:
    return {"what": finding.what, "says": finding.says, "problem": finding.is_problem}
