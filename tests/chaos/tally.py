"""What a run counts, and the table that tells of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass, field

from tests.chaos.reading import Judgment
from tests.chaos.steps import AT_RANDOM, MOMENTS


@dataclass(slots=True)
class Tally:
    """Deaths by moment, troubles of Slack's by kind, and what became of the messages. It `began` at a second."""

    seed: str
    began: float
    killed: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    replicas: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        killed: Counter[str],
        faults: Counter[str],
        owed: Mapping[str, Sized],
        counts: Mapping[str, int],
        judgment: Judgment,
    ) -> None:
        """A season's deaths, troubles, messages and outbox, and what was found wrong."""
        self.killed += killed
        posted = sum(map(len, owed.values()))
        self.faults += faults
        self.messages["owed"] += posted
        self.messages["edits made"] += counts.get("sent", 0) - posted
        self.messages["edits overtaken by later ones"] += counts.get("superseded", 0)
        self.messages["lost"] += len(judgment.lost)
        self.messages["doubled"] += len(judgment.doubled)

    def add_replicas(self, killed: int, counts: Mapping[str, int], judgment: Judgment) -> None:
        """What the replicas did."""
        self.replicas["killed"] += killed
        self.replicas["delivered"] += counts.get("sent", 0)
        self.replicas["edits overtaken by later ones"] += counts.get("superseded", 0)
        self.replicas["lost"] += len(judgment.lost)
        self.replicas["doubled"] += len(judgment.doubled)

    def table(self, now: float) -> str:
        """A line a step."""
        return "\n".join(self._lines(now))

    def _lines(self, now: float) -> Iterator[str]:
        yield f"seed {self.seed}: killed {self.killed.total():,} times, {(now - self.began) / 60:.1f} min"
        for step in dict.fromkeys(moment.partition(": ")[0] for moment in MOMENTS):
            moments = [each for each in MOMENTS if each.partition(": ")[0] == step]
            yield f"  {step:28} " + _listed({each.partition(": ")[2]: self.killed[each] for each in moments})
        yield f"  {AT_RANDOM:28} {self.killed[AT_RANDOM]}"
        yield f"Slack's troubles: {_listed(dict(sorted(self.faults.items())))}"
        yield f"messages: {_listed(self.messages)}"
        if self.replicas:
            yield f"replicas: {_listed(self.replicas)}"


def _listed(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{what} {count:,}" for what, count in counts.items())
