"""Copies of whole files: the same bytes by each way, and no copy that is short without an error."""

import errno
import os
from pathlib import Path

import pytest

from warehouse import file_copy


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(os.urandom(700_001))
    return path


def test_a_copy_holds_the_same_bytes_and_nothing_of_what_stood_there(source, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"x" * 900_000)
    file_copy.copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()


def test_an_empty_file_is_copied_too(tmp_path):
    (tmp_path / "source").touch()
    file_copy.copy_file(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b""


def test_between_two_file_systems_there_is_a_copy_as_well(source):
    target = Path(f"/dev/shm/nightdesk-copy-{os.getpid()}")
    try:
        file_copy.copy_file(source, target)
        assert target.read_bytes() == source.read_bytes()
    finally:
        target.unlink()


def stopping(after, then):
    """copy_file_range that copies so many bytes and then answers otherwise."""
    real, left = os.copy_file_range, [after]

    def copy_file_range(one, other, count):
        if not left[0]:
            return then()
        done = real(one, other, min(count, left[0]))
        left[0] -= done
        return done

    return copy_file_range


def refuse(number):
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("then", [lambda: 0, lambda: refuse(errno.EINVAL), lambda: refuse(errno.EXDEV)])
def test_where_the_kernel_stops_short_the_file_is_copied_the_ordinary_way(source, tmp_path, monkeypatch, then):
    monkeypatch.setattr(os, "copy_file_range", stopping(100_000, then))
    file_copy.copy_file(source, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_full_or_failing_disk_is_not_hidden(source, tmp_path, monkeypatch, number):
    monkeypatch.setattr(os, "copy_file_range", stopping(100_000, lambda: refuse(number)))
    with pytest.raises(OSError, match=os.strerror(number)):
        file_copy.copy_file(source, tmp_path / "target")


def test_without_the_system_call_there_is_an_ordinary_copy(source, tmp_path, monkeypatch):
    monkeypatch.delattr(os, "copy_file_range")
    file_copy.copy_file(source, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == source.read_bytes()
