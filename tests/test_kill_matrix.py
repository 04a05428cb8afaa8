"""A sample of tests/kill_matrix.py and tests/readers.py; the whole of both is run by hand. Programs broken on purpose must be found out."""

import kill_matrix
import pytest
import readers

ALL = ["load", "create", "migrate", "publish", "publish_whole", "restore"]


def struck(stages, variant="sound", every=1, ways=("failpoints",), faults=()):
    return kill_matrix.matrix(stages, list(ways), list(faults), variant, every, at_once=2, say=lambda *_, **__: None)


def shown(results):
    return "\n".join([kill_matrix.table(results), *(f"{each.point}: {each.wrong}" for each in results if each.wrong)])


def test_our_own_calls_can_be_killed_or_refused_in_every_stage(capsys):
    results = struck(ALL, every=14)
    with capsys.disabled():
        print(f"\n{kill_matrix.table(results)}")
    assert not [each for each in results if each.wrong], shown(results)
    landed = {stage: sum(each.landed for each in results if each.point.stage == stage) for stage in ALL}
    assert all(landed.values()), shown(results)


def test_system_calls_of_the_engine_can_be_killed_or_refused(capsys):
    if why := kill_matrix.has_strace():
        pytest.skip(why)
    results = struck(["load", "publish"], every=14, ways=["strace"])
    with capsys.disabled():
        print(f"\n{kill_matrix.table(results)}")
    assert not [each for each in results if each.wrong], shown(results)
    assert sum(each.landed for each in results) > len(results) // 2, shown(results)


@pytest.mark.parametrize(("variant", "stage", "faults", "every", "words"), [
    ("acknowledges_early", "load", ["kill before"], 30, "batches were acknowledged and"),
    ("logs_apart", "load", ["kill before"], 30, "is not as after"),
    ("renames_nothing", "publish_whole", ["kill half"], 1, "a file does not open"),
])
def test_a_program_that_is_broken_on_purpose_is_found_out(variant, stage, faults, every, words):
    results = struck([stage], variant, every, faults=faults)
    assert [each for each in results if any(words in line for line in each.wrong)], shown(results)


def test_no_reader_fails_or_sees_a_torn_state_while_files_are_published():
    seen, wrong = readers.readers_while_publishing(opens=40, publications=4, readers=2)
    assert wrong == []
    assert seen.total() >= 40
    assert len(seen) >= 2, "the readers saw more than one publication"


def test_a_reader_finds_out_a_publication_without_a_rename(monkeypatch):
    # The variant lasts as long as the process, so it gets one of its own.
    import subprocess
    import sys

    done = subprocess.run([sys.executable, readers.__file__, "--opens", "40", "--publications", "4", "--readers", "2", "--variant", "renames_nothing"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
