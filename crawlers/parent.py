"""The end of the parent, seen from its child."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

LOOK_S = 0.2


class ParentWatch:
    """Ends a crawl whose parent was killed: the next run may already be on, and would find this one in its way, with the writer lock in its hand.

    It looks from the first line of the child on. Libraries take seconds to load on a busy machine, and a child whose parent died meanwhile would
    take its new parent for the old one, and crawl to the end for nobody. `pid` is that of the process that wrote the job, 0 where nobody is
    waiting for the crawl.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._end = pid, give_up
        if pid:
            threading.Thread(target=self._wait, daemon=True, name="parent watch").start()

    def then(self, end: Callable[[], object]) -> None:
        """What to do from now on instead of leaving without a word. It is called in the thread of the watch."""
        self._end = end

    def _wait(self) -> None:
        while os.getppid() == self._pid:
            time.sleep(LOOK_S)
        self._end()


def give_up() -> object:
    """Nothing is fetched yet, so nothing is lost."""
    os._exit(1)
