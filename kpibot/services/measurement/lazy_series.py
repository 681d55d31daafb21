"""The series of a measurement, each computed on first access: of 200 campuses a message shows a few."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from kpibot.core.kpis.series import Series


class LazySeries(Mapping[str, Series]):
    """Series by node; `compute` returns that of a node, and may raise on every access."""

    def __init__(self, nodes: Iterable[str], compute: Callable[[str], Series]) -> None:
        self._nodes = frozenset(nodes)
        self._compute = compute
        self._computed: dict[str, Series] = {}

    def __getitem__(self, node: str) -> Series:
        if node not in self._nodes:
            raise KeyError(node)
        if node not in self._computed:
            self._computed[node] = self._compute(node)
        return self._computed[node]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)
