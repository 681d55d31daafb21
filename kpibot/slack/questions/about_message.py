"""What a KPI means, as a message: its description, definition and thresholds, and where its rows come from."""

from kpibot.core.reports.answers import About
from kpibot.render.phrases.about import NOT_YET, facts
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.sentences import NAME, SENTENCE
from kpibot.slack.blocks import Rendered, context, rendered, section
from kpibot.slack.mrkdwn import code, data


def about_message(about: About) -> Rendered:
    """Everything about a KPI except its numbers."""
    head = f"*{data(about.card.name, 200)}*\n{data(clean(about.card.about, 1_500) or NOT_YET)}"
    definition = "\n".join(f"• {data(each, SENTENCE)}" for each in about.definition)
    labeled = "\n".join(f"{label}: {data(fact)}" for label, fact in facts(about))
    examples = ", ".join(code(f"{about.card.id} by {word}", NAME) for word in about.dimensions[:4])
    blocks = (
        section(head),
        section(f"*Exact definition*\n{definition}"),
        section(labeled),
        context(f"Also try {examples}" if examples else ""),
    )
    return rendered("\n".join((head, definition, labeled)), blocks)
