"""What a KPI means, for a message: its paragraph, its exact definition, its levels, where its rows come from."""

from kpibot.core.reports.answers import About
from kpibot.render.phrases.about import NOT_YET, facts
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.sentences import NAME, SENTENCE
from kpibot.slack.blocks import Rendered, context, rendered, section
from kpibot.slack.mrkdwn import code, data


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
