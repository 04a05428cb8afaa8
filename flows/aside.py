"""Work beside other work: a function in a thread of its own, which never outlives the block that it was begun for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
GoesOn = Callable[[], bool]


@contextmanager
def aside(name: str, function: Callable[[GoesOn], T]) -> Iterator[Callable[[], T]]:
    """Begins the function beside the block. What the block is given waits for its result, or raises what it raised.

    The function is handed `goes_on`, which it has to ask between its steps: where the block is left early, on a signal for instance, it says no,
    and the block ends once the function has. So no thread has files or rows in its hand when the run is over.
    """
    over = threading.Event()
    done: Future[T] = Future()

    def work() -> None:
        try:
            done.set_result(function(lambda: not over.is_set()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
            done.set_exception(error)

    thread = threading.Thread(target=work, name=name)
    thread.start()
    try:
        yield done.result
    finally:
        over.set()
        thread.join()
