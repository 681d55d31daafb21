"""Remembers the last results, so that fifty people who ask the same thing at once cost one statement."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Generic, TypeVar

Result = TypeVar("Result")
Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class CoalescingCache(Generic[Result]):
    """Results by key, the `most` latest ones. While one thread computes a result, others wait for it.

    A key names everything that the result depends on, the instant too: nothing in here grows stale. An exception is
    passed on to everybody who waits for it and is not remembered.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._futures: OrderedDict[Hashable, Future[Result]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The remembered result, or the one that `compute` gives."""
        (result,) = self.get_all({key: None}, lambda _: [compute()])
        return result

    def get_all(self, items: Mapping[Key, Item], compute: Callable[[Sequence[Item]], Sequence[Result]]) -> list[Result]:
        """The results of several items by key; `compute` gives those of the missing ones, all at once."""
        with self._lock:
            missing: dict[Hashable, Future[Result]] = {key: Future() for key in items if key not in self._futures}
            self._futures |= missing
            futures = [self._futures[key] for key in items]
            while len(self._futures) > self._most:
                self._futures.popitem(last=False)
        if missing:
            with self._failures_of(missing):
                results = compute([item for key, item in items.items() if key in missing])
                for future, result in zip(missing.values(), results, strict=True):
                    future.set_result(result)
        return [future.result() for future in futures]

    @contextmanager
    def _failures_of(self, futures: Mapping[Hashable, Future[Result]]) -> Iterator[None]:
        """Forgets the futures, and passes the exception on to everybody who waits for them."""
        try:
            yield
        except BaseException as error:
            with self._lock:
                for key in futures:
                    self._futures.pop(key, None)
            for future in futures.values():
                if not future.done():
                    future.set_exception(error)
            raise
