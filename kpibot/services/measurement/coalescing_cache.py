"""A cache of results, so that fifty people who ask the same thing at once cost one statement."""

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
    """The latest `most` results, by key. While one thread computes a result, others wait for it.

    A key holds everything that the result depends on, the instant too, so that entries never become stale. An
    exception goes to everybody who waits for the result, and is not cached.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._futures: OrderedDict[Hashable, Future[Result]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The cached result, or the one that `compute` returns."""
        (result,) = self.get_all({key: None}, lambda _: [compute()])
        return result

    def get_all(self, items: Mapping[Key, Item], compute: Callable[[Sequence[Item]], Sequence[Result]]) -> list[Result]:
        """The results of several items by key; `compute` returns those of the missing ones, all at once."""
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
        """Removes the futures, and passes the exception to everybody who waits for them."""
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
