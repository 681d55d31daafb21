"""Remembers the last results, so that fifty people who ask the same thing at once cost one statement."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Recent(Generic[Result]):
    """Results by key, the `most` latest ones. While one thread works a result out, others wait for it.

    A key names everything that the result depends on, the instant too: nothing in here grows stale. An exception is
    passed on to everybody who waits for it and is not remembered.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._futures: OrderedDict[Hashable, Future[Result]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, work_out: Callable[[], Result]) -> Result:
        """The remembered result, or the one that `work_out` gives."""
        with self._lock:
            future = self._futures.get(key)
            if mine := future is None:
                future = self._futures[key] = Future()
                while len(self._futures) > self._most:
                    self._futures.popitem(last=False)
        if mine:
            self._settle(key, future, work_out)
        return future.result()

    def _settle(self, key: Hashable, future: Future[Result], work_out: Callable[[], Result]) -> None:
        try:
            result = work_out()
        except BaseException as error:
            with self._lock:
                self._futures.pop(key, None)
            future.set_exception(error)
            raise
        future.set_result(result)
