"""Remembers the last results, so that fifty people who ask the same thing at once cost one statement."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")


class CoalescingCache(Generic[Result]):
    """Results by key, the `most` latest ones. While one thread works a result out, others wait for it.

    A key names everything that the result depends on, the instant too: nothing in here grows stale. An exception is
    passed on to everybody who waits for it and is not remembered.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._futures: OrderedDict[Hashable, Future[Result]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, work_out: Callable[[], Result]) -> Result:
        """The remembered result, or the one that `work_out` gives."""
        (result,) = self.get_all([key], lambda _: [work_out()])
        return result

    def get_all(
        self, keys: Sequence[Hashable], work_out: Callable[[Sequence[Hashable]], Sequence[Result]]
    ) -> list[Result]:
        """The results of several keys; `work_out` gives those that are missing, all at once."""
        with self._lock:
            mine = [key for key in dict.fromkeys(keys) if key not in self._futures]
            self._futures |= {key: Future() for key in mine}
            futures = [self._futures[key] for key in keys]
            own = [self._futures[key] for key in mine]
            while len(self._futures) > self._most:
                self._futures.popitem(last=False)
        if mine:
            self._settle(mine, own, work_out)
        return [future.result() for future in futures]

    def _settle(
        self,
        keys: Sequence[Hashable],
        futures: Sequence[Future[Result]],
        work_out: Callable[[Sequence[Hashable]], Sequence[Result]],
    ) -> None:
        try:
            results = work_out(keys)
        except BaseException as error:
            with self._lock:
                for key in keys:
                    self._futures.pop(key, None)
            for future in futures:
                future.set_exception(error)
            raise
        for future, result in zip(futures, results, strict=True):
            future.set_result(result)
