"""Work in a thread beside a block: its result or its error comes back, and it never outlives the block."""

import threading

import pytest

from flows.aside import aside


def test_the_result_is_waited_for():
    free = threading.Event()
    with aside("counting", lambda goes_on: free.wait(20) and goes_on()) as counted:
        free.set()
        assert counted() is True


def test_what_it_raises_is_raised_where_the_result_is_asked_for():
    def breaks(goes_on):
        raise FileNotFoundError("captures/a.warc.gz")

    with aside("breaking", breaks) as broken, pytest.raises(FileNotFoundError, match=r"a\.warc\.gz"):
        broken()


def test_a_block_that_is_left_early_stops_it_and_waits_for_its_end():
    begun, steps = threading.Event(), []

    def goes_until_told(goes_on):
        begun.set()
        while goes_on():
            threading.Event().wait(0.01)
        steps.append("ended")

    def interrupted():
        with aside("going", goes_until_told):
            begun.wait(20)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert begun.is_set()
    assert steps == ["ended"]
    assert "going" not in {thread.name for thread in threading.enumerate()}
