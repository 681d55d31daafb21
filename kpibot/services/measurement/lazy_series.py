"""The series of a measurement, each made when somebody first asks for it: of 200 campuses a message shows a few."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from kpibot.core.kpis.series import Series


class LazySeries(Mapping[str, Series]):
    """Series by node; `make` gives that of a node, and may raise whatever it likes each time that it is asked for."""

    def __init__(self, nodes: Iterable[str], make: Callable[[str], Series]) -> None:
        self._nodes = frozenset(nodes)
        self._make = make
        self._made: dict[str, Series] = {}

    def __getitem__(self, node: str) -> Series:
        if node not in self._nodes:
            raise KeyError(node)
        if node not in self._made:
            self._made[node] = self._make(node)
        return self._made[node]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)
