"""The spare file: the published file before the last, which becomes the next one by writing into it only the blocks that have changed since.

Nobody reads it any more, and nothing is written into it where that is not sure: a published file never changes under a reader.

Which blocks can have changed is what DuckDB's own safety rests on: until a checkpoint has written its header, nothing that the checkpoint before it
uses is overwritten, else a kill would lose both. So from one checkpoint to the next only blocks change that the first lists as free, blocks of
metadata (of which it fills free parts) and blocks beyond its end. The two files and the working database are one checkpoint apart each where their
headers chain: two are kept in a file, by turns. Where more than one checkpoint lies between them, all blocks are compared.

The checksums with which blocks begin do not say it: DuckDB 1.5.5 adds up a block's words of 8 bytes, each by itself, by exclusive or. The same
words in another order, or one word changed twice alike, give the same sum, and both happen where rows are written anew
(tests/warehouse/test_spare_file.py). They serve as a second opinion on the blocks that cannot have changed: where one differs, all are compared.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from warehouse.file_copy import flush
from warehouse.settings import Settings

PAGE_BYTES = 4096
HEAD_BYTES = 3 * PAGE_BYTES  # what the file is, then the headers of the last two checkpoints, by turns
HEADER = struct.Struct("<8x5Q")  # number of the checkpoint, root, free list, blocks, bytes of a block
MAGIC = b"DUCK"
NOTHING = 2**64 - 1
PARTS = 64  # of a block of metadata
BLOCK_BYTES = frozenset(2**power for power in range(14, 19))  # 16 to 256 KiB, which DuckDB allows
PIECE_BYTES = 1 << 20  # compared at once: fits the cache
# File systems of which no other machine has a part: what is open is open here, and the kernel knows. On a shared one it grants leases, too, of which
# the other readers know nothing.
LOCAL = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay", "tmpfs", "xfs", "zfs"})
ROOM_MIN_BYTES = 100_000_000  # below this the spare file is given up for what a run writes
MUCH_BYTES = 256 << 20  # who writes more of the file than this (a quarter of a CPU second) writes it into the spare file as well


@dataclass(frozen=True, slots=True)
class Written:
    """How the file was brought up to date. `unexpected` are blocks that differ and cannot have been written by DuckDB."""

    bytes_written: int
    bytes_compared: int
    unexpected: int


@dataclass(frozen=True, slots=True)
class State:
    """A closed DuckDB file as of its last checkpoint. `may_change`: blocks that the next checkpoint may write, beside those beyond the end."""

    kind: bytes
    header: bytes
    header_before: bytes
    number: int
    block_bytes: int
    block_count: int
    may_change: frozenset[int]


# ---------------------------------------------------------------- reading


def state_of(handle: int) -> State | None:
    """What the open file says of itself; None where it is no DuckDB file of this form, is cut short, or contradicts itself."""
    head = os.pread(handle, HEAD_BYTES, 0)
    if len(head) < HEAD_BYTES or head[8:12] != MAGIC:
        return None
    kind, *headers = (head[at : at + PAGE_BYTES] for at in range(0, HEAD_BYTES, PAGE_BYTES))
    before, last = sorted(headers, key=lambda page: int(HEADER.unpack_from(page)[0]))
    number, _, free_list, blocks, block_bytes = HEADER.unpack_from(last)
    if block_bytes not in BLOCK_BYTES or free_list == NOTHING:
        return None
    try:
        may_change = frozenset(listed(handle, free_list, blocks, block_bytes))
    except (struct.error, ValueError):
        return None
    there = (os.fstat(handle).st_size - HEAD_BYTES) // block_bytes
    # DuckDB cuts off free blocks at the end of the file, and counts them still.
    is_cut = any(block not in may_change for block in range(there, blocks))
    return None if is_cut else State(kind, last, before, number, block_bytes, blocks, may_change)


def listed(handle: int, pointer: int, blocks: int, block_bytes: int) -> Iterator[int]:
    """The free blocks and those of metadata. Raises struct.error or ValueError where the list is none."""
    words = memoryview(free_list_bytes(handle, pointer, blocks, block_bytes))
    (count,) = struct.unpack_from("<Q", words)
    yield from within(struct.unpack_from(f"<{count}Q", words, 8), blocks)
    at = 8 + 8 * count
    (shared,) = struct.unpack_from("<Q", words, at)  # (block, number of its users), 12 bytes each: in use
    at += 8 + 12 * shared
    (count,) = struct.unpack_from("<Q", words, at)  # (block, its free parts)
    yield from within(struct.unpack_from(f"<{2 * count}Q", words, at + 8)[::2], blocks)


def within(found: tuple[int, ...], blocks: int) -> tuple[int, ...]:
    if len(set(found)) != len(found) or any(block >= blocks for block in found):
        raise ValueError("a block twice, or beyond the end")
    return found


def free_list_bytes(handle: int, pointer: int, blocks: int, block_bytes: int) -> bytes:
    """The list as written: parts of metadata blocks, each of which begins with where the next one is."""
    part_bytes = (block_bytes - 8) // PARTS // 8 * 8
    found, seen = bytearray(), set[int]()
    while pointer != NOTHING:
        block, part = pointer & (2**56 - 1), pointer >> 56
        if pointer in seen or block >= blocks or part >= PARTS:
            raise ValueError("the list leads nowhere")
        seen.add(pointer)
        content = os.pread(handle, part_bytes, HEAD_BYTES + block * block_bytes + 8 + part * part_bytes)
        (pointer,) = struct.unpack_from("<Q", content)
        found += content[8:]
    return bytes(found)


def unchanged(*files: State | None) -> frozenset[int]:
    """The blocks that are the same in all of these files, each but the first of which was made from the one before it by one checkpoint; none
    where the files do not say so."""
    found: frozenset[int] | None = None
    for earlier, later in pairwise(files):
        if earlier is None or later is None or (earlier.kind, earlier.block_bytes) != (later.kind, later.block_bytes):
            return frozenset()
        if later.header_before != earlier.header or later.number != earlier.number + 1:
            return frozenset()
        stay = frozenset(range(earlier.block_count)) - earlier.may_change
        found = stay if found is None else found & stay
    return found or frozenset()


# ---------------------------------------------------------------- writing


def written_into_spare(settings: Settings, temporary: Path, *, compares_all: bool, is_published: bool = False) -> Written | None:
    """Makes the spare file equal to the closed working database, under the temporary name; None where it cannot be used, and all has to be copied.
    `is_published` says that the published file is equal to the working database already.

    It gets the name at once: what a kill leaves is what a kill of a copy leaves, and is never taken for a spare file again. Nothing is made durable
    here. Raises OSError where there is no room or the disk fails.
    """
    with contextlib.ExitStack() as stack:
        try:
            target = opened(settings.spare_database, os.O_RDWR | os.O_NOFOLLOW, stack)
            if not is_ours_alone(target):
                return None
            os.fchmod(target, 0o666 & ~umask())  # as a new file has
            os.replace(settings.spare_database, temporary)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EACCES, errno.EPERM, errno.ELOOP):
                raise
            return None
        source = opened(settings.work_database, os.O_RDONLY, stack)
        published = opened(settings.published_database, os.O_RDONLY, stack)
        work = state_of(source)
        states = [] if is_caught_up(settings, target, published) else [state_of(target)]
        states += [] if is_published else [state_of(published)]
        sure = unchanged(*states, work)
        return bring_up_to_date(source, target, work.block_bytes if work else PIECE_BYTES, sure, compares_all=compares_all)


def catch_up(settings: Settings, temporary: Path) -> None:
    """Makes the spare file equal to the file just published, so that the next run, of one article perhaps, does not pay for what a large one wrote.

    A kill leaves it under the temporary name, as in publishing; it gets its own back when all of it is on the disk. Without room, or on a disk that
    fails, there is no spare file and the next publication copies all: what was published stands.
    """
    with contextlib.suppress(OSError):
        if written_into_spare(settings, temporary, compares_all=False, is_published=True):
            flush(temporary)
            os.replace(temporary, settings.spare_database)
            caught_up(settings).write_text(pair(settings.spare_database.stat(), settings.published_database.stat()), encoding="ascii")


def is_caught_up(settings: Settings, target: int, published: int) -> bool:
    """Whether the two files are equal because `catch_up` made them so and nothing was written since. Their headers do not tell: two databases made
    from one by the same number of checkpoints can have the same."""
    try:
        return caught_up(settings).read_text(encoding="ascii", errors="replace") == pair(os.fstat(target), os.fstat(published))
    except FileNotFoundError:
        return False


def pair(*files: os.stat_result) -> str:
    return "".join(f"{file.st_ino} {file.st_size} {file.st_mtime_ns}\n" for file in files)


def caught_up(settings: Settings) -> Path:
    return settings.spare_database.with_suffix(".equal")


def opened(path: Path, flags: int, stack: contextlib.ExitStack) -> int:
    handle = os.open(path, flags | os.O_CLOEXEC)
    stack.callback(os.close, handle)
    return handle


def bring_up_to_date(source: int, target: int, block_bytes: int, sure: frozenset[int], *, compares_all: bool) -> Written:
    """Writes into the target the blocks in which it differs, the headers last. Compared are all that are not sure to be the same; all where
    the checksum of a sure one differs."""
    size = os.fstat(source).st_size
    blocks = -(-max(0, size - HEAD_BYTES) // block_bytes)
    is_whole = compares_all or not checksums_agree(source, target, sorted(sure), block_bytes)
    compared = [block for block in range(blocks) if is_whole or block not in sure]
    written = unexpected = 0
    for at, content in differences(source, target, compared, block_bytes):
        write_all(target, content, at)
        written += len(content)
        unexpected += (at - HEAD_BYTES) // block_bytes in sure
    write_all(target, os.pread(source, HEAD_BYTES, 0), 0)
    os.ftruncate(target, size)
    return Written(written, len(compared) * block_bytes, unexpected)


def checksums_agree(source: int, target: int, blocks: list[int], block_bytes: int) -> bool:
    for handle in (source, target):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_RANDOM)  # 8 bytes of each block: one page of it is read, not the file
    try:
        return all(os.pread(source, 8, at) == os.pread(target, 8, at) for at in (HEAD_BYTES + block * block_bytes for block in blocks))
    finally:
        for handle in (source, target):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_NORMAL)


def differences(source: int, target: int, blocks: list[int], block_bytes: int) -> Iterator[tuple[int, memoryview]]:
    """(offset, content of the source) of those of the ascending blocks that differ in the target, or that it does not have."""
    size = os.fstat(source).st_size
    # By length: two whole bytearrays are compared as fast as memory can be read, parts of them byte by byte.
    buffers = dict[int, tuple[bytearray, bytearray]]()
    for first, last in stretches(blocks, max(1, PIECE_BYTES // block_bytes)):
        begin = HEAD_BYTES + first * block_bytes
        length = min(size, HEAD_BYTES + (last + 1) * block_bytes) - begin
        wanted, found = buffers.setdefault(length, (bytearray(length), bytearray(length)))
        if os.preadv(source, [wanted], begin) != length:
            raise OSError(errno.EIO, "the working database became shorter while it was read")
        there = os.preadv(target, [found], begin)
        if there == length and wanted == found:
            continue
        for at in range(0, length, block_bytes):
            end = min(length, at + block_bytes)
            if end > there or wanted[at:end] != found[at:end]:
                yield begin + at, memoryview(wanted)[at:end]


def stretches(blocks: list[int], most: int) -> Iterator[tuple[int, int]]:
    """(first, last) of neighbours among the ascending blocks, at most so many at a time."""
    begin = 0
    for at in range(1, len(blocks) + 1):
        if at == len(blocks) or blocks[at] != blocks[at - 1] + 1 or at - begin == most:
            yield blocks[begin], blocks[at - 1]
            begin = at


def write_all(handle: int, content: bytes | memoryview, at: int) -> None:
    left = memoryview(content)
    while left:
        done = os.pwrite(handle, left, at)
        left, at = left[done:], at + done


# ---------------------------------------------------------------- having one


def is_ours_alone(handle: int) -> bool:
    """Whether the file that is open for reading and writing is open nowhere else and has no second name. False where that cannot be told.

    The kernel grants a lease for writing only where no other descriptor of the file is open and no process has it mapped (fcntl(2), F_SETLEASE):
    Linux, own files, local file systems. What is read on another machine through a shared folder is not seen; README says what to set there.
    """
    if not hasattr(fcntl, "F_SETLEASE"):  # not Linux
        return False
    try:
        # Whoever opens it while the lease lasts makes the kernel send a signal: by default one that ends the process, this one is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:
        return False
    # Restores keep files by a second name, and so do snapshots of people (`cp --link`).
    return os.fstat(handle).st_nlink == 1


def umask() -> int:
    """The process's mask of rights, without setting it for a moment, which other threads would see."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
        return next((int(line.split()[1], 8) for line in lines if line.startswith("Umask:")), 0o077)


def keep_as_spare(settings: Settings, temporary: Path) -> None:
    """Gives the published file a second name, under which it outlives its replacement by the temporary file; nothing where it would be of no use."""
    settings.spare_database.unlink(missing_ok=True)
    if not settings.keep_spare or refusal(settings).exists() or not settings.published_database.exists():
        return
    if shutil.disk_usage(settings.work_dir).free < ROOM_MIN_BYTES or not (is_local(temporary) and leases_are_granted(temporary)):
        return
    if settings.published_database.lstat().st_nlink == 1 and not settings.published_database.is_symlink():
        with contextlib.suppress(OSError):  # no links here, or work/ lies on another disk: then all is copied each time
            os.link(settings.published_database, settings.spare_database)


def is_local(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether the path lies on a file system that only this machine uses. False where that cannot be told (no Linux)."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    # proc(5): number, parent, device, root, mount point, options, …, "-", type, …; a space in a path is \\040. The last of two on one place is seen.
    fields = [line.split(" ") for line in lines]
    types = {Path(each[4].encode().decode("unicode_escape")): each[each.index("-") + 1] for each in fields}
    real = path.resolve()
    nearest = max((point for point in types if real.is_relative_to(point)), key=lambda point: len(point.parts), default=None)
    return nearest is not None and types[nearest] in LOCAL


def leases_are_granted(path: Path) -> bool:
    """Whether the kernel grants a lease on a file that nobody else knows, so that it can say of others that nobody reads them."""
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        return is_ours_alone(handle)
    finally:
        os.close(handle)


def refuse(settings: Settings) -> None:
    """No published file of before is kept until the next one is in its place: it may hold what must be gone, or has nothing in common with the next.

    Durable, and to be called before the working database is replaced.
    """
    settings.spare_database.unlink(missing_ok=True)
    refusal(settings).touch()
    flush(settings.work_dir)


def refusal(settings: Settings) -> Path:
    return settings.spare_database.with_suffix(".refused")


def end_refusal(settings: Settings) -> None:
    refusal(settings).unlink(missing_ok=True)
