"""Tokens, fingerprints and the comparison of two texts."""

import random
import subprocess
import sys

import pytest

from flows.steps.copies import (
    MAX_FINGERPRINTS,
    as_compared,
    figures_of,
    in_order,
    likeness,
    shingle_hashes,
    shingled,
    sketch_of,
    text_key,
    tokens,
)

WORDS = (
    "ferry river market trader village school teacher harvest road bridge clinic nurse flood rain council elder boat nets cargo permit night dawn "
    "monsoon basket price salt timber quarry fence orchard well pump lamp roof tin rope anchor mooring ledger stamp parcel letter bell lane"
).split()
BURMESE_WORDS = "မြစ် ဈေး ရွာ ကျောင်း ဆရာ လမ်း တံတား ဆေးရုံ မိုး လှေ ကုန် ည မနက် ဆား သစ် ခြံ ရေတွင်း မီး အိမ် ကြိုး စာ လယ် စပါး နွား ဆန်".split()


def story(seed, size=300, words=WORDS):
    """An invented text in sentences of ten words; two seeds share hardly a run of five."""
    chosen = random.Random(seed)
    text = [chosen.choice(words) for _ in range(size)]
    return "\n".join(" ".join(text[at:at + 10]) + "." for at in range(0, size, 10))


def like(one, other):
    return likeness(shingled(one), shingled(other))


def test_quotation_marks_capitals_and_spaces_are_no_difference():
    plain = text_key('The "ferry" left Sittwe at dawn. ' * 10)
    assert text_key("THE “FERRY”  left\nSittwe at dawn — " * 10).text_sha256 == plain.text_sha256


@pytest.mark.parametrize("text", ["မြောက်ဦး မြို့ကို", "မြောက်\u200bဦးမြို့ကို", "မြောက်ဦးမြို့ ကို"])
def test_burmese_is_cut_into_syllables_wherever_the_spaces_stand(text):
    assert tokens(text) == ["မြောက်", "ဦး", "မြို့", "ကို"]


def test_ascii_and_other_texts_are_cut_alike():
    text = "Don't re-open route 66_b at 5.30pm, U Ba said (again)"
    assert tokens(text) == tokens(text + "’")


def test_equal_runs_of_five_tokens_have_equal_hashes_in_every_process():
    # The sums of BLAKE2b hashes times the multipliers, made one by one.
    code = "from flows.steps.copies import shingle_hashes; print(sorted(shingle_hashes('the ferry left at dawn again'.split())))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found == "[899374667016696882, 11127199131774726934]\n"


def test_the_order_of_the_tokens_counts():
    assert not shingle_hashes("a b c d e".split()) & shingle_hashes("b a c d e".split())


@pytest.mark.parametrize(("size", "scale"), [(84, 0), (85, 1), (164, 1), (165, 2), (2000, 5)])
def test_a_sketch_has_at_most_about_eighty_fingerprints(size, scale):
    sketch = sketch_of([f"w{number}" for number in range(size)])
    assert (sketch.shingle_count, sketch.scale) == (size - 4, scale)
    assert len(sketch.fingerprints) < 1.4 * MAX_FINGERPRINTS
    assert list(sketch.fingerprints) == sorted(set(sketch.fingerprints))


def test_what_a_part_keeps_at_the_scale_of_the_whole_the_whole_keeps_too():
    whole, part = (sketch_of([f"w{number}" for number in range(size)]) for size in (1000, 300))
    kept = {each for each in part.fingerprints if each < 1 << (32 - whole.scale)}
    assert kept
    assert kept <= set(whole.fingerprints)


def test_a_text_of_a_few_words_has_no_fingerprints():
    assert sketch_of(["word"] * 24).fingerprints == ()
    assert like("Rain fell in Ann on Monday and Tuesday.", "Rain fell in Ann on Monday and Tuesday.") is None


def test_other_news_is_no_copy():
    assert like(story(1), story(2)) is None


def test_a_text_with_a_site_header_is_near():
    found = like("Read the newspaper of the river country every day, in print and here.\n" + story(1), story(1))
    assert found.relation == "near"
    assert found.share < found.share_of_other == found.containment == 1.0


@pytest.mark.parametrize("part", [0.3, 0.5])
def test_a_part_is_an_excerpt_and_the_shares_say_which_one_is_the_part(part):
    whole = story(1)
    cut = whole[:int(len(whole) * part)]
    found, mirrored = like(cut, whole), like(whole, cut)
    assert found.relation == mirrored.relation == "excerpt"
    assert (found.share, found.share_of_other) == (mirrored.share_of_other, mirrored.share)
    assert found.share > 0.95
    assert found.share_of_other < 0.55


def test_paragraphs_in_another_order_are_near():
    assert like(story(1), "\n".join(reversed(story(1).split("\n")))).relation == "near"


def test_a_text_with_every_seventh_word_changed_is_near():
    words = story(1).split()
    edited = ["amended" if place % 7 == 3 else word for place, word in enumerate(words)]
    found = like(" ".join(words), " ".join(edited))
    assert found.relation == "near"
    assert found.containment < 0.6
    assert like(" ".join(words[:70]), " ".join(edited[:70])) is None  # too short for that evidence


TABLE = "The dollar opened at {} kyat in Yangon, {} in Mandalay and {} in Myawaddy; gold stood at {} a tical and rice at {} a bag. "
FRAME = "Traders quote these rates every morning before the market opens and warn that they move during the day without notice to buyers. " * 2


@pytest.mark.parametrize(("figures", "is_copy"), [((4510, 4520, 4535, 5900, 98), True), ((4510, 4525, 4540, 5910, 99), False)])
def test_a_template_with_other_figures_is_other_news(figures, is_copy):
    before = TABLE.format(4510, 4520, 4535, 5900, 98) + FRAME
    assert (like(before, TABLE.format(*figures) + FRAME + "Rates are as of nine in the morning.") is not None) is is_copy


def test_where_figures_are_the_text_one_other_figure_is_enough():
    rows = [f"Lane {number} closed {number + 10} to {number + 30} ahead of {number + 50}" for number in range(12)]
    assert like(" ".join(rows), " ".join(rows)) is not None
    other = [row.replace("ahead of 5", "ahead of 9") for row in rows]
    assert like(" ".join(rows), " ".join(other)) is None


def test_a_text_of_one_size_with_many_figures_of_its_own_is_other_news():
    text = story(1)
    words = text.split()
    for place in range(0, 160, 20):
        words[place] = str(1000 + place)
    assert like(text, " ".join(words)) is None
    assert like(text, text + "\nPrinted on 3 May 2026 at 14.30, telephone 243 211.") is not None


@pytest.mark.parametrize(("one", "other", "is_copy", "why"), [
    ("on Monday", "on Tuesday", False, "each names a weekday of its own"),
    ("on 3 March", "on March 4th", False, "each names a date of its own"),
    ("on Monday", "on 3 March", True, "the same day, named in another way"),
    ("on Monday", "on Monday and again on Tuesday", True, "a follow-up that names one day more"),
    ("on MONDAY, March 3", "on Monday, 3rd of March", True, "one day in two spellings"),
    ("မတ်လ ၃ ရက်", "မတ် ၄ ရက်", False, "each names a date of its own"),
    ("တနင်္လာနေ့က", "အင်္ဂါ နေ့က", False, "each names a weekday of its own"),
    ("မတ်လ ၃ ရက်နေ့", "၃ ရက်နေ့", True, "the same day without its month"),
])
def test_the_same_text_of_another_day_is_other_news(one, other, is_copy, why):
    # The figures alone do not tell them apart: three of four stay.
    frame = story(1, 100) + " It opens at 6 and closes at 18 hours, 7 days a week. "
    assert (like(frame + one, frame + other) is not None) is is_copy, why


def test_an_excerpt_of_another_days_text_is_other_news():
    assert like(story(1, 60) + " on Monday", story(1, 120) + " on Tuesday") is None
    assert like(story(1, 60) + " on Monday", story(1, 120) + " on Tuesday, not on Monday").relation == "excerpt"


def test_a_long_text_under_another_dateline_is_a_copy():
    text = story(1, 250) + " In all 1,200 baskets, 45 boats, 17 crews, 6 wells and 80 lamps were counted."
    assert like("Sittwe, 3 March\n" + text, "Yangon, 4 March\n" + text).relation == "near"


def test_burmese_figures_guard_like_others():
    text = story(1, 120, BURMESE_WORDS)
    assert like(text + " လူ ၁၂ ဦး ၃၄ အိမ်", text + " လူ 12 ဦး 34 အိမ်") is not None
    assert like(text + " လူ ၁၂ ဦး ၃၄ အိမ်", text + " လူ ၁၅ ဦး ၃၆ အိမ်") is None


def test_burmese_with_its_spaces_elsewhere_is_the_same_text():
    text = story(1, 120, BURMESE_WORDS)
    assert text_key(text.replace(" ", "")).text_sha256 == text_key(text).text_sha256


@pytest.mark.parametrize(("typed", "meant"), [
    ("၀န်ကြီး", "ဝန်ကြီး"), ("ဉီး", "ဦး"), ("ဦး", "ဦး"), ("၇ှိ", "ရှိ"), ("ဖံွ့", "ဖွံ့"), ("၄င်း", "၎င်း"), ("ဘဏ္႑ာ", "ဘဏ္ဍာ"),
])
def test_one_word_typed_in_two_ways_is_one_word(typed, meant):
    assert tokens(typed) == tokens(meant)
    assert figures_of(as_compared(typed)) == {}


@pytest.mark.parametrize("number", ["၂၀", "၀.၅", "၁၀၀", "၇"])
def test_a_number_stays_a_number(number):
    assert figures_of(as_compared(f"{number} ဦး")).total() == 1


def test_thousands_are_not_parted_and_dates_stay_whole():
    assert figures_of(as_compared("1,200 baskets on 3/5, ၁,၂၀၀ more, 2.5 km")) == {"1200": 2, "3/5": 1, "2.5": 1}


@pytest.mark.parametrize(("one", "other", "expected"), [("a b c d", "a x c d", 3), ("a b c", "c b a", 1), ("", "a", 0), ("a a b", "a b a", 2)])
def test_words_in_the_same_order_are_counted(one, other, expected):
    assert in_order(one.split(), other.split()) == expected
