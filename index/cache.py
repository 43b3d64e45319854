"""Results for questions that were asked before, kept for as long as the archive is as it was."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Cache(Generic[Result]):
    """The results used last. What it is asked at another moment than the time before empties it. Safe for threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._moment: Hashable = None
        self._results: OrderedDict[Hashable, Result] = OrderedDict()

    def get(self, moment: Hashable, key: Hashable) -> Result | None:
        """What was put under the key at this very moment of the archive, if it is still here."""
        with self._lock:
            if moment != self._moment:
                self._results.clear()
                self._moment = moment
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, moment: Hashable, key: Hashable, result: Result) -> None:
        """Keep it, unless the archive has moved on since `moment`."""
        with self._lock:
            if moment == self._moment:
                self._results[key] = result
                if len(self._results) > self._size:
                    self._results.popitem(last=False)
