"""Groups of copies in the database: what is grouped, what is not, and that neither order nor batches nor repeats matter."""

import dataclasses
import itertools
import random
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from flows.copying import RECIPE, group_all_copies, group_copies
from flows.steps.copies import text_key
from flows.steps.language import read_text
from warehouse import copy_groups
from warehouse.db import migrations, open_work, statement
from warehouse.load import Batch, load, stretches, write_outlets
from warehouse.publish import refresh_views, run_checks
from warehouse.records import ArticleReading, Extracted, Figure, Image, Mention, Tags
from warehouse.runs import start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
WORDS = (
    "ferry river market trader village school teacher harvest road bridge clinic nurse flood rain council elder boat nets cargo permit night dawn "
    "monsoon basket salt timber quarry fence orchard well pump lamp roof tin rope anchor mooring ledger stamp parcel letter bell lane price"
).split()
NO_TAGS = Tags()


def story(seed, size=120):
    chosen = random.Random(seed)
    text = [chosen.choice(WORDS) for _ in range(size)]
    return "\n".join(" ".join(text[at:at + 10]) + "." for at in range(0, size, 10))


def article(name, body, hours=0.0, *, outlet=None, seen=0.0, tags=NO_TAGS, sketched=True, **fields):
    """A reading of an article published `hours` after NIGHT; None for a page without a date."""
    published = None if hours is None else NIGHT + timedelta(hours=hours)
    key = text_key(body)
    extracted = Extracted(**({"headline": "Ferry resumes", "description": None, "body": body, "language": "en", "date_published": published,
                              "date_published_precision": "minute"} | fields))
    outlet = outlet or f"{name}_en"
    return ArticleReading(
        article_id=name, outlet_id=outlet, url=f"http://{outlet}.example/{name}", observation_id=f"{name}@{seen}", seen_at=NIGHT + timedelta(hours=seen),
        extracted=extracted, tags=tags, text_sha256=key.text_sha256, token_count=key.token_count, word_count=key.token_count,
        sketch=key.sketch if sketched else None,
    )


@pytest.fixture
def connection(tmp_path):
    opened = new_database(tmp_path)
    yield opened
    opened.close()


def new_database(folder):
    opened = open_work(Settings(data_dir=folder))
    start_run(opened, "run-1", "nightly", NIGHT, {})
    return opened


NUMBERS = itertools.count()


def bring(connection, *batches):
    for readings in batches:
        load(connection, Batch(f"batch-{next(NUMBERS)}", "run-1", NIGHT, readings=list(readings)))
        group_copies(connection)


def copies(connection):
    """{article_id: (copy_id, relation, other_article_id)}."""
    found = connection.execute("select article_id, copy_id, relation, other_article_id from copies where relation <> 'translation'").fetchall()
    return {name: tuple(rest) for name, *rest in found}


def grouped(connection):
    """The groups as sorted lists of article ids."""
    return sorted(names for (names,) in connection.execute(
        "select list(article_id order by article_id) from copies where relation <> 'translation' group by copy_id").fetchall())


def state(connection):
    tables = {name: connection.execute(f"from {name} order by all").fetchall() for name in ("copies", "text_sketches", "hot_fingerprints", "copy_edges")}
    return tables | {"articles": connection.execute("select article_id, copy_id, is_original from articles order by all").fetchall()}


A, B, C, D = (story(seed) for seed in range(4))
DIGEST = "\n".join([A, B, C])
MIXED = [
    article("a", A, 5), article("near", "Read us every day in print.\n" + A, 9), article("cut", A[:len(A) // 2], 1), article("early", A, 3),
    article("b", B, 2), article("digest", DIGEST, 30), article("c", C, 10), article("digest2", DIGEST, 31), article("lone", D, 4),
    article("far", A, 80), article("undated", B, None, seen=6),
]


def test_order_and_batching_do_not_matter(tmp_path):
    chosen = random.Random(5)
    seen = []
    for number, size in enumerate((1, 2, 3, 11, 4, 1)):
        connection = new_database(tmp_path / str(number))
        order = chosen.sample(MIXED, len(MIXED))
        bring(connection, *[order[at:at + size] for at in range(0, len(order), size)])
        seen.append(state(connection))
        bring(connection, order)
        assert state(connection) == seen[-1]
        group_all_copies(connection)
        assert state(connection) == seen[-1]
        connection.close()
    assert all(each == seen[0] for each in seen)
    # "far" has the words of "a" 75 hours later, but those of "near" 71 hours later.
    assert seen[0]["articles"] == [
        ("a", "cut", False), ("b", "b", True), ("c", None, True), ("cut", "cut", True), ("digest", "digest", True), ("digest2", "digest", False),
        ("early", "cut", False), ("far", "cut", False), ("lone", None, True), ("near", "cut", False), ("undated", "b", False),
    ]


def test_relations_say_who_is_compared_with_whom_and_which_text_is_the_part(connection):
    bring(connection, [article("whole", A, 0), article("exact", A.upper(), 2), article("part", A[:len(A) // 2], 1), article("near", A + "\nMore soon.", 3)])
    assert copies(connection) == {
        "whole": ("whole", "original", None), "part": ("whole", "excerpt", "whole"), "exact": ("whole", "exact", "whole"), "near": ("whole", "near", "whole"),
    }
    share, other, containment = connection.execute("select share, share_of_other, containment from copies where article_id = 'part'").fetchone()
    assert share == containment > 0.95
    assert other < 0.6


def test_a_longer_text_that_takes_in_an_earlier_one_has_the_greater_share_of_the_other(connection):
    bring(connection, [article("brief", A[:len(A) // 3], 0), article("story", A, 5)])
    relation, share, other = connection.execute("select relation, share, share_of_other from copies where article_id = 'story'").fetchone()
    assert relation == "excerpt"
    assert share < 0.4 < 0.95 < other


def test_a_member_that_is_not_like_the_original_is_compared_with_the_one_that_leads_there(connection):
    first, second = A[:len(A) // 2], A[len(A) // 2:]
    bring(connection, [article("first", first, 0), article("whole", A, 1), article("second", second, 2)])
    assert copies(connection)["second"] == ("first", "excerpt", "whole")


def test_a_backfill_that_brings_an_older_article_moves_the_original_and_keeps_the_former_id(connection):
    bring(connection, [article("a", A, 5), article("b", A, 9)])
    assert copies(connection)["b"] == ("a", "exact", "a")
    bring(connection, [article("older", A + "\nMore soon.", 1)])
    assert copies(connection)["a"] == ("older", "near", "older")
    assert connection.execute("from copy_aliases").fetchall() == [("a", "older")]
    bring(connection, [article("oldest", A, 0)])
    assert connection.execute("from copy_aliases order by 1").fetchall() == [("a", "oldest"), ("older", "oldest")]
    bring(connection, [article("oldest", D, 0, seen=24), article("older", D[:200], 1, seen=24)])
    assert copies(connection)["b"] == ("a", "exact", "a")
    assert connection.execute("from copy_aliases order by 1").fetchall() == [("older", "oldest")]


def test_of_two_at_the_same_time_the_one_that_credits_nobody_is_the_original(connection):
    bring(connection, [article("a", A, 1, source_outlet="Narinjara"), article("b", A, 1)])
    assert copies(connection)["a"] == ("b", "exact", "b")


def test_a_page_that_prints_only_the_day_is_taken_as_of_noon(connection):
    bring(connection, [article("day", A, 5, date_published_precision="day"), article("morning", A, 10), article("evening", A, 20)])
    assert copies(connection)["day"] == ("morning", "exact", "morning")
    assert copies(connection)["evening"] == ("morning", "exact", "morning")


def test_two_parts_are_glued_and_a_third_makes_it_a_roundup(connection):
    bring(connection, [article("a", A, 0), article("b", B, 1), article("digest", DIGEST, 20)])
    assert grouped(connection) == [["a", "b", "digest"]]
    bring(connection, [article("c", C, 2)])
    assert grouped(connection) == []
    assert connection.execute("select article_id, other_article_id, joins from copy_edges order by all").fetchall() == [
        ("a", "digest", False), ("b", "digest", False), ("c", "digest", False)]
    assert connection.execute("select count(*) from articles where not is_original or copy_id is not null").fetchone() == (0,)
    bring(connection, [article("c", D, 2, seen=24)])
    assert grouped(connection) == [["a", "b", "digest"]]


def test_three_copies_of_one_part_make_no_roundup(connection):
    bring(connection, [article("a", A, 0), article("a2", A, 1), article("a3", A + "\nMore soon.", 2), article("long", A + "\n" + B, 5)])
    assert grouped(connection) == [["a", "a2", "a3", "long"]]


def test_a_roundup_is_judged_by_all_its_parts_also_where_only_one_of_them_was_touched(connection):
    bring(connection, [article("a", A, 0), article("b", B, 1), article("c", C, 2), article("digest", DIGEST, 70)])
    # A copy of one part, too early to be compared with the roundup itself.
    bring(connection, [article("early", A + "\nMore soon.", -10)])
    assert grouped(connection) == [["a", "early"]]


def test_what_calls_itself_a_roundup_is_not_glued_to_its_one_part(connection):
    bring(connection, [article("a", A, 0), article("digest", DIGEST, 5, kind="roundup"), article("digest2", DIGEST, 6, kind="roundup")])
    assert grouped(connection) == [["digest", "digest2"]]


def rates(day, head="Exchange rates this morning."):
    figures = [1000 + 7 * day + 131 * place for place in range(4)]
    frame = "Dealers quote these prices every day before nine and say that they may change without any notice to those who want to buy or to sell."
    return f"{head} The dollar stood at {figures[0]}, the baht at {figures[1]}, the yuan at {figures[2]} and gold at {figures[3]} kyat. {frame}"


def test_a_year_of_daily_rates_is_no_group_beyond_its_real_copies(connection):
    daily = [article(f"d{day:03}", rates(day), 24 * day, outlet="rates_en") for day in range(365)]
    bring(connection, daily, [article("copied", rates(40, head="Rates today."), 24 * 40 + 3)])
    assert connection.execute("select count(*) from articles").fetchone() == (366,)
    assert grouped(connection) == [["copied", "d040"]]


SERIES = [article(f"d{day}", A if day % 2 else A + "\nMore soon.", 24 * day, outlet="daily_en") for day in range(6)]


def test_a_text_of_the_same_words_day_after_day_is_a_series_and_no_group_in_any_order(tmp_path):
    # What another outlet takes from it on the same day is a copy; its first three days, printed alone, are one text printed again.
    taken = article("taken", A, 24 * 3 + 4, outlet="other_en")
    seen = []
    for number, batches in enumerate(([SERIES, [taken]], [[taken], *[[each] for each in SERIES[::-1]]], [[each] for each in [*SERIES, taken]])):
        connection = new_database(tmp_path / str(number))
        bring(connection, *batches)
        assert grouped(connection) == [["d3", "taken"]]
        seen.append(state(connection))
        bring(connection, [article(f"d{day}", story(50 + day), 24 * day, outlet="daily_en", seen=24) for day in range(3, 6)])
        assert grouped(connection) == [["d0", "d1", "d2", "taken"]], "taken lies within 72 hours of d1"
        group_all_copies(connection)
        assert grouped(connection) == [["d0", "d1", "d2", "taken"]]
        connection.close()
    assert seen[0] == seen[1] == seen[2]


def test_the_same_words_every_second_day_are_a_series_and_those_that_fall_out_leave_the_rest_as_it_is_alone(connection):
    words = [article(f"d{day}", A, 48 * day, outlet="daily_en") for day in range(3)]
    bring(connection, words)
    assert grouped(connection) == []
    bring(connection, [article("d2", D, 96, outlet="daily_en", seen=24)])
    assert grouped(connection) == [["d0", "d1"]]


def test_short_texts_are_never_copies(connection):
    bring(connection, [article("a", "More follows soon, says the town council of Ann.", 0), article("b", "More follows soon, says the town council of Ann.", 1)])
    assert grouped(connection) == []


BURMESE = "ကုလားတန်မြစ်ရေကျဆင်းသွားပြီးနောက် ကူးတို့လှေများ တနင်္လာနေ့တွင် ပြန်လည်ပြေးဆွဲခဲ့သည်ဟု လှေပိုင်ရှင်များက ပြောသည်။ ခရီးသည်များသည် ဆိပ်ကမ်းတွင် စောင့်ဆိုင်းနေကြသည်။"
ZAWGYI = "ကုလားတန္ျမစ္ေရက်ဆင္းသြားၿပီးေနာက္ ကူးတို႔ေလွမ်ား တနလၤာေန႔တြင္ ျပန္လည္ေျပးဆြဲခဲ့သည္ဟု ေလွပိုင္ရွင္မ်ားက ေျပာသည္။ ခရီးသည္မ်ားသည္ ဆိပ္ကမ္းတြင္ ေစာင့္ဆိုင္းေနၾကသည္။"


def test_burmese_is_grouped_whatever_its_spaces_and_its_encoding(connection):
    converted = read_text(None, None, ZAWGYI, "my")
    assert converted.encoding == "zawgyi"
    bring(connection, [
        article("unicode", BURMESE, 0, language="my"), article("spaced", BURMESE.replace(" ", "").replace("များ", "များ \u200b"), 1, language="my"),
        article("zawgyi", converted.body, 2, language="my"),
    ])
    assert copies(connection)["spaced"] == ("unicode", "exact", "unicode")
    assert copies(connection)["zawgyi"][:2] in {("unicode", "exact"), ("unicode", "near")}


def test_an_article_that_changes_its_text_changes_its_group(connection):
    bring(connection, [article("a", A, 0), article("b", A, 1), article("c", C, 2), article("x", A, 3)])
    bring(connection, [article("x", C + "\nMore soon.", 3, seen=24)])
    assert grouped(connection) == [["a", "b"], ["c", "x"]]


def test_a_page_read_anew_under_another_identity_leaves_its_group(connection):
    bring(connection, [[dataclasses.replace(article("a", A, 0), observation_id="c1"), article("b", A, 1)]][0])
    again = dataclasses.replace(article("a2", D, 0), observation_id="c1")
    load(connection, Batch("again", "run-1", NIGHT, readings=[again], reread=True))
    group_copies(connection)
    assert grouped(connection) == []
    assert connection.execute("select article_id, is_original from articles order by 1").fetchall() == [("a2", True), ("b", True)]
    assert connection.execute("select article_id from text_sketches order by 1").fetchall() == [("a2",), ("b",)]


def test_articles_without_a_sketch_are_sketched_when_copies_are_looked_for(connection):
    bring(connection, [article("a", A, 0, sketched=False)], [article("b", A + "\nMore soon.", 1, sketched=False)])
    assert grouped(connection) == [["a", "b"]]


def test_a_database_from_before_is_grouped_at_the_next_run(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.work_database.parent.mkdir(parents=True)
    old = duckdb.connect(str(settings.work_database))
    old.execute(statement("create_schema_migrations"))
    for migration in [each for each in migrations() if each.version < 3]:
        old.execute(migration.sql)
        old.execute("insert into schema_migrations values (?, ?, ?, now())", [migration.version, migration.name, migration.sha256])
    for name, body, hours in (("a", A, 0), ("b", A + "\nMore soon.", 1)):
        key, at = text_key(body), NIGHT + timedelta(hours=hours)
        values = {
            "article_id": name, "outlet_id": "one_en", "url": name, "body": body, "language": "en", "encoding": "unicode", "kind": "news",
            "date_published": at, "is_truncated": False, "word_count": 1, "version": 1, "first_seen_at": at, "last_seen_at": at, "body_sha256": "x",
            "is_original": True, "extractor": "x", "run_id": "r",
        }
        old.execute(f"insert into articles ({', '.join(values)}) values ({', '.join('?' * len(values))})", list(values.values()))
        old.execute("insert into article_texts values (?, ?, ?, ?)", [name, "0" * 64, key.token_count, at])  # as an older recipe made it
    old.close()
    connection = open_work(settings)
    group_copies(connection)
    assert copies(connection)["b"] == ("a", "near", "a")
    assert connection.execute("select text_sha256 from article_texts where article_id = 'a'").fetchone() == (text_key(A).text_sha256,)
    connection.close()


def test_another_recipe_sketches_everything_anew(connection):
    bring(connection, [article("a", A, 0), article("b", A + "\nMore soon.", 1)])
    newer = dataclasses.replace(RECIPE, version=2, read=lambda text: (*RECIPE.read(text)[:2], dataclasses.replace(RECIPE.read(text)[2], version=2)))
    copy_groups.group_copies(connection, newer)
    assert connection.execute("select distinct version from text_sketches").fetchall() == [(2,)]
    assert grouped(connection) == [["a", "b"]]


def test_what_breaks_off_is_done_at_the_next_time(connection):
    def fails(one, other):
        raise RuntimeError("power cut")

    load(connection, Batch("batch", "run-1", NIGHT, readings=[article("a", A, 0), article("b", A + "\nMore soon.", 1)]))
    with pytest.raises(RuntimeError):
        copy_groups.group_copies(connection, dataclasses.replace(RECIPE, likeness=fails))
    refresh_views(connection)
    assert "copies_are_compared" in {finding.name for finding in run_checks(connection, "run-1")}
    group_copies(connection)
    assert grouped(connection) == [["a", "b"]]
    assert "copies_are_compared" not in {finding.name for finding in run_checks(connection, "run-2")}


FOOTER = story(99, 40)


def test_a_phrase_of_more_than_a_hundred_articles_a_day_leads_to_no_comparison_in_any_order(tmp_path):
    readings = [article(f"a{number:03}", story(1000 + number, 30) + "\n" + FOOTER, number / 50, outlet="one_en") for number in range(120)]
    # On the day after, the phrase is not hot; it leads to none of the day before from either side.
    readings += [article("x", FOOTER + "\nMore soon.", 3), article("y", FOOTER, 3), article("z", "Read on.\n" + FOOTER, 20)]
    seen = []
    for number, order in enumerate((readings, readings[::-1])):
        connection = new_database(tmp_path / str(number))
        bring(connection, order[:60], order[60:])
        seen.append(state(connection))
        connection.close()
    assert seen[0] == seen[1]
    assert len(seen[0]["hot_fingerprints"]) >= 30
    assert seen[0]["copy_edges"] == []


def tagged(*places, killed=None):
    figures = () if killed is None else (Figure(0, 1, str(killed), "killed", killed, killed, killed),)
    return Tags(mentions=tuple(Mention("body", 0, 1, "x", "place", place) for place in places), figures=figures)


def outlet_rows(*names):
    return [{
        "outlet_id": name, "name": name, "homepage": f"http://{name}.example/", "country": "MM", "language": name[-2:], "time_zone": "Asia/Yangon",
        "hosts": [], "enabled": True, "definition_sha256": "x",
    } for name in names]


LONG_BURMESE = BURMESE * 2


def test_a_story_of_one_house_in_two_languages_is_a_translation_and_both_stay_originals(connection):
    write_outlets(connection, outlet_rows("dmg_en", "dmg_my", "narinjara_my"))
    facts = tagged("MMR012001", "MMR012", killed=7)
    readings = [
        article("en", A, 0, outlet="dmg_en", tags=facts), article("my", LONG_BURMESE, 5, outlet="dmg_my", language="my", tags=facts),
        article("other_house", story(7), 6, outlet="narinjara_my", language="my", tags=facts),
        article("other_story", story(8), 7, outlet="dmg_my", language="my", tags=tagged("MMR012", killed=2)),
    ]
    for order in (readings, readings[::-1]):
        bring(connection, *[[each] for each in order])
        found = connection.execute("select article_id, other_article_id, containment from copies where relation = 'translation'").fetchall()
        assert found == [("my", "en", 1.0)]
    assert connection.execute("select article_id from articles where not is_original or copy_id is not null").fetchall() == []
    refresh_views(connection)
    assert "one_original_per_copy_group" not in {finding.name for finding in run_checks(connection, "run-1")}


def test_of_two_candidates_only_the_better_one_is_the_translation_and_one_township_alone_is_none(connection):
    write_outlets(connection, outlet_rows("dmg_en", "dmg_my"))
    facts = tagged("MMR012001", "MMR012002", killed=7)
    bring(connection, [
        article("en", A, 0, outlet="dmg_en", tags=facts),
        article("same", LONG_BURMESE, 5, outlet="dmg_my", language="my", tags=facts),
        article("akin", story(7), 6, outlet="dmg_my", language="my", tags=tagged("MMR012001", "MMR012003", killed=7)),
        article("en_town", story(8), 1, outlet="dmg_en", tags=tagged("MMR012005")),
        article("my_town", story(9), 2, outlet="dmg_my", language="my", tags=tagged("MMR012005")),
    ])
    # The id says what it is, so that nobody takes the pair for a group that has an original.
    assert connection.execute("select copy_id, article_id, other_article_id from copies").fetchall() == [("translation-same", "same", "en")]
    assert connection.execute("select other_article_id from translation_pairs where article_id = 'akin'").fetchall() == [("en",)]


def test_a_picture_shared_by_a_house_in_two_languages_is_evidence(connection):
    write_outlets(connection, outlet_rows("dmg_en", "dmg_my"))
    english = article("en", A, 0, outlet="dmg_en", images=(Image(0, "http://dmg_en.example/up/ferry-kaladan-1024x768.jpg"),))
    burmese = article("my", LONG_BURMESE, 5, outlet="dmg_my", language="my", images=(Image(0, "http://dmg_my.example/2026/ferry-kaladan.jpg"),))
    late = article("late", story(7), 90, outlet="dmg_my", language="my", images=burmese.extracted.images)
    bring(connection, [english, burmese, late])
    assert connection.execute("select article_id, other_article_id, containment from copies where relation = 'translation'").fetchall() == [("my", "en", 0.6)]


def test_the_view_says_who_prints_the_texts_of_whom(connection):
    bring(connection, [
        article("a", A, 0, outlet="one_en"), article("b", B, 0, outlet="one_en"), article("a2", A, 2, outlet="two_en", source_outlet="One"),
        article("b2", B[:len(B) // 2], 4, outlet="two_en"), article("a3", A, 5, outlet="one_en"),
    ])
    refresh_views(connection)
    names = ("outlet_id", "printed_by", "articles", "exact", "near", "excerpts", "credited", "hours_later")
    assert connection.execute(f"select {', '.join(names)} from syndication").fetchall() == [("one_en", "two_en", 2, 1, 0, 1, 1, 3.0)]
    assert connection.execute("select article_id from articles_original order by 1").fetchall() == [("a",), ("b",)]


def test_the_view_counts_apart_whose_order_the_pages_tell(connection):
    def pair(number, hours, **fields):
        text = story(100 + number)
        return [article(f"a{number}", text, 5, outlet="one_en", published_on=NIGHT.date(), **fields),
                article(f"b{number}", text, 5 + hours, outlet="two_en", published_on=(NIGHT + timedelta(hours=hours)).date())]

    # An hour later by both clocks; at the same minute; the noon of the same day before its evening; and a day later.
    day = {"date_published_precision": "day"}
    bring(connection, [*pair(1, 1), *pair(2, 0), *pair(3, 4), *pair(4, 24, **day), *pair(5, 24)])
    connection.execute("update articles set date_published_precision = 'day' where article_id in ('a3', 'b3')")
    refresh_views(connection)
    assert connection.execute("select articles, surely_later from syndication").fetchall() == [(5, 3)]


@pytest.mark.parametrize("harm", [
    "update articles set is_original = true where article_id = 'b'", "update articles set copy_id = null where article_id = 'b'",
    "update articles set is_original = false where article_id = 'lone'", "delete from copies where article_id = 'b'",
])
def test_the_check_finds_groups_and_articles_that_disagree(connection, harm):
    bring(connection, [article("a", A, 0), article("b", A, 1), article("lone", D, 1)])
    refresh_views(connection)
    assert "one_original_per_copy_group" not in {finding.name for finding in run_checks(connection, "run-1")}
    connection.execute(harm)
    assert "one_original_per_copy_group" in {finding.name for finding in run_checks(connection, "run-1")}


@pytest.mark.parametrize(("places", "apart", "expected"), [
    ([], 5, []), ([4], 5, [(4, 4)]), ([1, 2, 9], 5, [(1, 2), (9, 9)]), ([0, 5, 10], 5, [(0, 10)]), ([0, 6, 12], 5, [(0, 0), (6, 6), (12, 12)]),
])
def test_places_that_lie_near_each_other_are_one_stretch(places, apart, expected):
    assert stretches(places, apart) == expected


def test_the_texts_of_all_asked_articles_are_read_wherever_they_stand(connection, monkeypatch):
    monkeypatch.setattr("warehouse.load.ROWS_APART", 2)
    bring(connection, [article(f"a{number:02}", story(number), number) for number in range(12)])
    asked = [f"a{number:02}" for number in (11, 0, 5, 6, 4)]
    assert copy_groups.bodies_of(connection, [*asked, "not there"]) == {name: story(int(name[1:])) for name in asked}
    assert copy_groups.bodies_of(connection, []) == {}
