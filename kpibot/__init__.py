"""kpibot: conversations about a school district's technology KPIs, in Slack."""

__version__ = "0.1.0"
