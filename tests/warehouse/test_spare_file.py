"""The file that was published before the last one becomes the next: equal to the working database, and never one that somebody reads."""

import contextlib
import mmap
import os
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest
import spare_histories

from warehouse import db, publish, spare_file
from warehouse.settings import Settings

pytestmark = pytest.mark.skipif(not spare_file.is_local(Path(tempfile.gettempdir())), reason="no spare file is kept on a file system like that")

READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
ask = "select count(*), sum(hash(id, words)), sum(n) from articles_like join other using (id)"
first = connection.execute(ask).fetchall()
print("open", flush=True)
for line in sys.stdin:
    print("same" if connection.execute(ask).fetchall() == first else "changed", flush=True)
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, memory_limit_mb=512)


def open_with_rows(settings):
    """The working database, without our own tables: what is tested here knows none of them."""
    settings.work_dir.mkdir(exist_ok=True)
    connection = db.connect(settings.work_database, settings)
    connection.execute("create table if not exists articles_like (id bigint, words varchar); create table if not exists other (id bigint, n ubigint)")
    return connection


def published_with(settings, first, rows=3000, **options):
    """A publication that brings rows and takes a part of the earlier ones away."""
    connection = open_with_rows(settings)
    connection.execute(f"insert into articles_like select i, repeat(md5(i::varchar), 4) from range({first}, {first + rows}) as r(i)")
    connection.execute(f"insert into other select i, hash(i) from range({first}, {first + rows}) as r(i); delete from other where id % 7 = {first % 7}")
    return publish.publish(connection, settings, **options)


def is_equal(settings):
    return settings.published_database.read_bytes() == settings.work_database.read_bytes()


def test_the_third_publication_and_those_after_it_write_only_what_changed(settings):
    done = [published_with(settings, number * 30_000, rows) for number, rows in enumerate((20_000, 100, 100, 100))]
    size = settings.published_database.stat().st_size
    assert [each.way for each in done] == ["copied", "copied", "spare", "spare"]
    assert [each.bytes_written for each in done[:2]] > [size // 2] * 2
    assert done[3].bytes_written < size // 2
    assert is_equal(settings)
    assert settings.spare_database.exists()


def test_a_published_file_is_the_working_file_to_the_byte_whatever_happened_before(tmp_path):
    """One history of tests/spare_histories.py; two broken comparisons get it wrong."""
    assert spare_histories.play(tmp_path, 36).seen["published: spare"] > 5


@pytest.mark.parametrize("variant", ["checksums_only", "any_number_of_checkpoints"])
def test_histories_find_out_a_comparison_that_is_too_narrow(tmp_path, monkeypatch, variant):
    for name in ("bring_up_to_date", "checksums_agree", "unchanged"):
        monkeypatch.setattr(spare_file, name, getattr(spare_file, name))  # what the variant puts in their places ends with the test
    spare_histories.VARIANTS[variant]()
    with pytest.raises(AssertionError, match="history 36"):
        spare_histories.play(tmp_path, 36)


def test_checksums_of_blocks_do_not_see_the_order_of_words(tmp_path):
    """Why they do not say which blocks changed. Where this fails, DuckDB has another checksum, and spare_file.py can be looked at anew."""
    file = tmp_path / "one.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as one (storage_version 'v1.2.0', block_size 65536); use one")
        connection.execute("create table t as select hash(i) as h from range(8192) as r(i); checkpoint")
        before = connection.execute("select h from t").fetchall()
    content = bytearray(file.read_bytes())
    at = content.index(struct.pack("<2Q", before[100][0], before[101][0]))
    content[at : at + 16] = content[at + 8 : at + 16] + content[at : at + 8]
    file.write_bytes(content)
    with duckdb.connect(str(file), read_only=True) as connection:
        after = connection.execute("select h from t").fetchall()  # no error: the checksum is right
    assert after[100:102] == before[101:99:-1]


# ---------------------------------------------------------------- after a run that wrote much


def test_who_writes_much_writes_it_into_the_spare_file_too(settings, monkeypatch):
    """So that the run after a large one pays for itself alone."""
    monkeypatch.setattr(spare_file, "MUCH_BYTES", 500_000)
    published_with(settings, 0)
    assert published_with(settings, 3000, rows=60_000).way == "copied"
    assert settings.spare_database.read_bytes() == settings.published_database.read_bytes()
    done = published_with(settings, 90_000, rows=10)
    assert done.way == "spare"
    assert done.bytes_written < 10 * 65_536 < settings.published_database.stat().st_size
    assert is_equal(settings)
    assert published_with(settings, 90_100, rows=10).way == "spare"
    assert is_equal(settings)


def test_what_lies_one_checkpoint_back_catches_up_without_being_compared_as_a_whole(settings, monkeypatch):
    monkeypatch.setattr(spare_file, "MUCH_BYTES", 0)
    published_with(settings, 0, rows=60_000)
    compared = []
    bring = spare_file.bring_up_to_date

    def noted(*arguments, **options):
        compared.append(bring(*arguments, **options).bytes_compared)
        return True

    monkeypatch.setattr(spare_file, "bring_up_to_date", noted)
    assert published_with(settings, 70_000, rows=10).way == "copied"
    assert [each < settings.published_database.stat().st_size / 2 for each in compared] == [True]
    assert settings.spare_database.read_bytes() == settings.published_database.read_bytes()


def test_headers_alone_do_not_make_the_spare_file_equal(settings, monkeypatch):
    """It was caught up with a publication that another one took the place of, made from the same working database by as many checkpoints."""
    monkeypatch.setattr(spare_file, "MUCH_BYTES", 0)
    published_with(settings, 0, rows=20_000)
    backup = settings.work_database.read_bytes()
    published_with(settings, 30_000)
    spare = settings.spare_database.read_bytes()
    monkeypatch.setattr(spare_file, "MUCH_BYTES", 1 << 40)
    for first in range(40_000, 100_000, 3000):  # other rows, as many of them; two in three times they take as many blocks
        settings.work_database.write_bytes(backup)
        published_with(settings, first)
        if settings.published_database.read_bytes()[:12_288] == spare[:12_288]:
            break
    else:
        pytest.fail("no two publications with one header")
    settings.spare_database.write_bytes(spare)
    monkeypatch.setattr(spare_file, "checksums_agree", lambda *rest: True)  # the second opinion, which has its own test
    published_with(settings, 100_000, rows=10)
    assert is_equal(settings)


def test_a_reader_of_the_former_file_keeps_it_from_catching_up(settings, monkeypatch):
    monkeypatch.setattr(spare_file, "MUCH_BYTES", 0)
    published_with(settings, 0)
    content = settings.published_database.read_bytes()
    with open(settings.published_database, "rb") as reader:
        published_with(settings, 3000)
        assert reader.read() == content
    assert published_with(settings, 6000).way == "spare"
    assert is_equal(settings)


def test_a_catching_up_that_fails_leaves_what_was_published(settings, monkeypatch):
    monkeypatch.setattr(spare_file, "MUCH_BYTES", 0)
    published_with(settings, 0)
    monkeypatch.setattr(spare_file, "caught_up", lambda settings: settings.data_dir / "no such folder" / "file")
    published_with(settings, 3000)
    assert is_equal(settings)
    monkeypatch.setattr(spare_file, "flush", lambda path: (path / "no such file").stat())
    published_with(settings, 6000)
    assert is_equal(settings)
    assert not list(settings.data_dir.glob("news.duckdb.*"))


# ---------------------------------------------------------------- readers


def test_whoever_has_a_generation_open_never_sees_it_change(settings):
    published_with(settings, 0)
    held, readers, ways = [], [], []
    for number in range(1, 9):
        path = settings.published_database
        if number % 3 == 1:  # a program
            readers.append(subprocess.Popen([sys.executable, "-c", READER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            assert readers[-1].stdout.readline() == "open\n"
        elif number % 3 == 2:  # a copy that takes long
            handle = os.open(path, os.O_RDONLY)
            held.append((lambda handle=handle: os.pread(handle, 1 << 30, 0), path.read_bytes(), lambda handle=handle: os.close(handle)))
        else:  # mapped, and the descriptor closed
            with open(path, "rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
            held.append((lambda mapped=mapped: mapped[:], path.read_bytes(), mapped.close))
        ways.append(published_with(settings, number * 3000).way)
        for read, content, _ in held:
            assert read() == content
        for reader in readers:
            reader.stdin.write("again\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == "same\n"
        assert is_equal(settings)
    assert "spare" not in ways, "all generations were open"
    for reader in readers:
        reader.communicate()
    for _, _, close in held:
        close()
    assert [published_with(settings, 90_000 + number).way for number in range(2)] == ["spare", "spare"]


def test_a_file_with_a_second_name_is_not_written_into(settings, tmp_path):
    published_with(settings, 0)
    os.link(settings.published_database, tmp_path / "snapshot.duckdb")
    content = settings.published_database.read_bytes()
    ways = [published_with(settings, number * 3000).way for number in range(1, 4)]
    assert (tmp_path / "snapshot.duckdb").read_bytes() == content
    assert ways == ["copied", "copied", "spare"]


def test_a_second_name_given_to_the_spare_file_is_seen(settings, tmp_path):
    published_with(settings, 0)
    published_with(settings, 3000)
    os.link(settings.spare_database, tmp_path / "snapshot.duckdb")
    content = settings.spare_database.read_bytes()
    assert published_with(settings, 6000).way == "copied"
    assert (tmp_path / "snapshot.duckdb").read_bytes() == content


@pytest.mark.parametrize("name", ["published_database", "spare_database"])
def test_nothing_is_written_through_a_link(settings, tmp_path, name):
    for number in range(2):
        published_with(settings, number * 3000)
    elsewhere = tmp_path / "elsewhere.duckdb"
    elsewhere.write_bytes(settings.published_database.read_bytes())
    content = elsewhere.read_bytes()
    getattr(settings, name).unlink()
    getattr(settings, name).symlink_to(elsewhere)
    for number in range(2, 5):
        published_with(settings, number * 3000)
        assert elsewhere.read_bytes() == content
        assert is_equal(settings)
    assert not settings.published_database.is_symlink()


def test_a_kill_between_the_second_name_and_the_rename_does_no_harm(settings):
    published_with(settings, 0)
    os.link(settings.published_database, settings.spare_database)
    content = settings.published_database.read_bytes()
    with open(settings.published_database, "rb") as reader:
        assert published_with(settings, 3000).way == "copied"
        assert reader.read() == content
    assert is_equal(settings)


# ---------------------------------------------------------------- files that do not fit


def cut(path, draw):
    os.truncate(path, draw.randrange(path.stat().st_size))


def of_another_database(path, draw):
    path.unlink()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as x (storage_version 'v1.2.0', block_size 65536); create table x.t as select hash(i) as h from range(90000) as r(i)")


def of_another_block_size(path, draw):
    path.unlink()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as x (storage_version 'v1.2.0', block_size 16384); create table x.t as select hash(i) as h from range(90000) as r(i)")


def random_bytes(path, draw):
    path.write_bytes(draw.randbytes(300_000))


def empty(path, draw):
    path.write_bytes(b"")


def random_words_in_its_list(path, draw):
    content = bytearray(path.read_bytes())
    state = spare_file.HEADER.unpack_from(max((content[at : at + 4096] for at in (4096, 8192)), key=lambda page: spare_file.HEADER.unpack_from(page)[0]))
    block, part = state[2] & (2**56 - 1), state[2] >> 56
    at = spare_file.HEAD_BYTES + block * state[4] + 8 + part * ((state[4] - 8) // 64 // 8 * 8)
    content[at : at + 400] = draw.randbytes(400)
    path.write_bytes(content)


def longer(path, draw):
    path.write_bytes(path.read_bytes() + draw.randbytes(200_001))


@pytest.mark.parametrize("harm", [cut, of_another_database, of_another_block_size, random_bytes, empty, random_words_in_its_list, longer])
def test_a_spare_file_that_does_not_fit_is_written_over(settings, harm):
    published_with(settings, 0)
    published_with(settings, 3000)
    harm(settings.spare_database, random.Random(7))
    assert published_with(settings, 6000).way == "spare"
    assert is_equal(settings)


def test_a_block_that_went_bad_is_mended_by_a_publication_that_compares_all(settings):
    published_with(settings, 0)
    published_with(settings, 100, rows=10)
    published_with(settings, 200, rows=10)
    with open(settings.spare_database, "rb") as file:
        state = spare_file.state_of(file.fileno())
    with open(settings.published_database, "rb") as file:
        block = max(set(range(state.block_count)) - state.may_change - spare_file.state_of(file.fileno()).may_change)
    with open(settings.spare_database, "r+b") as file:
        file.seek(spare_file.HEAD_BYTES + block * state.block_bytes + 5000)
        file.write(b"bad")
    done = published_with(settings, 300, rows=10, compares_all=True)
    assert (done.way, done.unexpected) == ("spare", 1)
    assert is_equal(settings)


def test_a_fork_of_the_working_database_is_compared_as_a_whole(settings, tmp_path):
    """Two files made from one by the same number of checkpoints: their headers may chain although their blocks do not."""
    published_with(settings, 0)
    published_with(settings, 3000)
    backup = settings.work_database.read_bytes()
    published_with(settings, 6000)
    settings.work_database.write_bytes(backup)
    open_with_rows(settings).execute("insert into other select i, hash(i + 1) from range(6000, 9000) as r(i)").execute("checkpoint").close()
    assert published_with(settings, 9000).way == "spare"
    assert is_equal(settings)


# ---------------------------------------------------------------- having one or not


def test_without_the_setting_there_is_none(tmp_path):
    settings = Settings(data_dir=tmp_path, keep_spare=False, memory_limit_mb=512)
    assert [published_with(settings, number * 3000).way for number in range(3)] == ["copied"] * 3
    assert not settings.spare_database.exists()


def test_switching_it_off_removes_the_one_that_is_there(settings):
    published_with(settings, 0)
    published_with(settings, 3000)
    without = settings.model_copy(update={"keep_spare": False})
    published_with(without, 6000)
    assert not settings.spare_database.exists()


def test_without_room_it_is_given_up(settings, monkeypatch):
    published_with(settings, 0)
    monkeypatch.setattr(spare_file, "ROOM_MIN_BYTES", 1 << 60)
    published_with(settings, 3000)
    assert not settings.spare_database.exists()
    assert is_equal(settings)


def test_a_file_that_is_written_anew_leaves_none_of_before(settings):
    from warehouse.withdrawal import rebuilt

    published_with(settings, 0)
    published_with(settings, 3000)
    connection = rebuilt(open_with_rows(settings), settings)
    assert not settings.spare_database.exists()
    publish.publish(connection, settings)
    assert not settings.spare_database.exists(), "the file before the last may hold what was withdrawn"
    assert is_equal(settings)
    published_with(settings, 6000)
    assert settings.spare_database.exists()
    assert published_with(settings, 9000).way == "spare"


def test_the_file_has_the_rights_of_a_new_one(settings):
    published_with(settings, 0)
    usual = settings.published_database.stat().st_mode
    settings.published_database.chmod(0o600)
    for number in range(1, 4):
        published_with(settings, number * 3000)
        assert settings.published_database.stat().st_mode == usual


def test_a_lease_is_refused_while_the_file_is_open_or_mapped(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"x" * 10_000)
    with open(file, "r+b") as ours:
        assert spare_file.is_ours_alone(ours.fileno())
        with open(file, "rb") as other:
            assert not spare_file.is_ours_alone(ours.fileno())
            mapped = mmap.mmap(other.fileno(), 0, prot=mmap.PROT_READ)
        assert not spare_file.is_ours_alone(ours.fileno())
        mapped.close()
        with contextlib.closing(mmap.mmap(ours.fileno(), 0, prot=mmap.PROT_READ)):
            assert spare_file.is_ours_alone(ours.fileno()) in (True, False)  # our own
        assert spare_file.is_ours_alone(ours.fileno())


MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 27 0:40 / /srv/shared rw,relatime shared:1 master:2 - nfs4 host:/export rw
32 31 0:41 / /srv/shared/here rw - tmpfs tmpfs rw
33 27 0:42 / /srv/with\\040space rw - virtiofs host rw
34 27 0:43 / /srv/twice rw - ext4 /dev/vdb rw
35 27 0:44 / /srv/twice rw - fuse.sshfs host:/ rw
"""


@pytest.mark.parametrize(("path", "local"), [
    ("/data/news.duckdb.new", True), ("/srv/shared/news.duckdb.new", False), ("/srv/shared/here/a", True), ("/srv/sharedby/a", True),
    ("/srv/with space/a", False), ("/srv/twice/a", False),
])
def test_no_spare_file_where_other_machines_may_read(tmp_path, path, local):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert spare_file.is_local(Path(path), mounts) is local


def test_no_spare_file_where_nobody_says_what_is_mounted(tmp_path):
    assert not spare_file.is_local(tmp_path, tmp_path / "no such file")
