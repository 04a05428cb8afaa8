"""What is put aside stays: two attempts within a second have a folder each."""

from warehouse.settings import Settings
from warehouse.snapshots import swap


def swapped(settings, text):
    new = settings.work_database.with_name("work.duckdb.new")
    new.write_text(text)
    return swap(new, settings)


def test_two_swaps_within_a_second_keep_both_former_files(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.work_dir.mkdir()
    settings.work_database.write_text("damaged")
    settings.published_database.write_text("published")
    folders = [swapped(settings, text) for text in ("first", "second", "third")]
    assert [(folder / "work.duckdb").read_text() for folder in folders] == ["damaged", "first", "second"]
    assert {(folder / "news.duckdb").read_text() for folder in folders} == {"published"}
    assert settings.work_database.read_text() == "third"


def test_where_nothing_was_there_nothing_is_kept(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.work_dir.mkdir()
    assert swapped(settings, "first") is None
    assert not (settings.work_dir / "set_aside").exists()
