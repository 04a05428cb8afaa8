"""What counts as a word of a text, and how a query is read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.search_query import Fault, is_burmese_run, read_query, without_phrases
from flows.steps.search_words import searchable, words_of


@pytest.mark.parametrize(("text", "words"), [
    ("Air Strike, again", "air strike again"),
    ("Mrauk-U’s port and Sittwe's road", "mrauk u port and sittwe road"),  # hyphens, possessives
    ("Ka'an ka’an", "kaan kaan"),
    ("U.S. officials and the K.I.A. at 9 p.m.", "us officials and the kia at 9 pm"),
    ("1,500 of 23,000 men, 3.5 m", "1500 of 23000 men 3.5 m"),
    ("on 19.10.2025 at 10,50 or 1,5000", "on 19 10 2025 at 10 50 or 1 5000"),  # neither decimals nor thousands
    ("the 20th, LIB-289, M79", "the 20th lib 289 m79"),
    ("São Tomé, Rohingyâ, ŁÓDŹ", "sao tome rohingya łodz"),
    ("Mrauk\u200b-\u00adU", "mrauk u"),
    ("one.\n\nTwo", "one ¶ two"),
    ("မြောက်ဦးမြို့", "မြောက် ဦး မြို့"),
    ("မြောက် ဦး\u200bမြို့", "မြောက် ဦး မြို့"),
    ("မြောက်ဥ\u102eး", "မြောက် ဦး"),  # the letter typed in two pieces
    ("၀န်ကြီး", "ဝန် ကြီး"),  # a zero for the letter
    ("လူ ၁,၅၀၀ နှင့် ၂၀၂၅", "လူ 1500 နှင့် 2025"),
    ("ပြောသည်။ တိုက်ပွဲ၊", "ပြော သည် ¶ တိုက် ပွဲ ¶"),
    ("ကချင်နှင့်KIA", "က ချင် နှင့် kia"),
    ("ঢাকায় ৫০ জন", "ঢাকায় 50 জন"),
    ("中国ทหาร", "中 国 ท ห า ร"),
    ("— … !!", ""),
])
def test_words_of_a_text(text, words):
    assert searchable(text) == words


@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("မြောက်ဦးဦ၀၁၂။၊\u200b\u200c ,.'’-a1\n")), max_size=60))
def test_a_word_is_the_same_for_the_index_and_for_a_snippet_and_stands_where_it_says(text):
    words = words_of(text)
    assert " ".join(word.text for word in words) == searchable(text)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert all(before.end <= after.start for before, after in pairwise(words))
    assert not any(set(word.text) & set(" \n\t") for word in words)


@pytest.mark.parametrize(("arguments", "required", "excluded"), [
    (["air strike", "rathedaung"], [["air strike"], ["rathedaung"]], []),
    (['"air strike" rathedaung'], [["air strike"], ["rathedaung"]], []),
    (["“air strike”", "a", "OR", "b", "NOT", "navy boat"], [["air strike"], ["a", "b"]], ["navy boat"]),
    (["a", "AND", "b"], [["a"], ["b"]], []),
    (["or", "not"], [["or"], ["not"]], []),
])
def test_phrases_alternatives_and_exclusions(arguments, required, excluded):
    query = read_query(arguments)
    assert [[clause.said for clause in each] for each in query.required] == required
    assert [clause.said for clause in query.excluded] == excluded


@pytest.mark.parametrize(("arguments", "sentence"), [
    ([], "Give at least one word"),
    ([""], "An empty word was given."),
    (["!!"], "There is no word in '!!'."),
    (['"air strike'], "is not closed"),
    (["rathe*"], "parts of words cannot be searched for"),
    (["OR", "x"], "OR stands where a word should be"),
    (["x", "OR"], "After OR a word is missing"),
    (["x", "NOT"], "After NOT a word is missing"),
    (["x", "NOT", "OR", "y"], "OR stands where a word should be"),
    (["NOT", "x"], "say what must"),
    (["word " * 101], "These are 101 words; a query has at most 100."),
])
def test_what_is_wrong_with_a_query_is_said(arguments, sentence):
    query = read_query(arguments)
    assert isinstance(query, Fault)
    assert sentence in query.sentence


@pytest.mark.parametrize(("typed", "sequences"), [
    ("Mrauk-U", {("mrauk", "u"), ("mrauku",)}),
    ("air strike", {("air", "strike"), ("airstrike",)}),
    ("landmine", {("landmine",), ("lan", "dmine"), ("land", "mine"), ("landm", "ine")}),
    ("mine", {("mine",)}),
    ("three little words", {("three", "little", "words")}),
    ("1,500", {("1500",)}),
])
def test_an_english_word_is_looked_for_in_one_piece_and_in_two(typed, sequences):
    ((clause,),) = read_query([typed]).required
    assert set(clause.sequences) == sequences


@pytest.mark.parametrize("typed", ["ေျမာက္ဦးၿမိဳ႕နယ္", "ၿမိဳ႕နယ္"])
def test_a_query_in_zawgyi_is_read_as_unicode_and_says_so(typed):
    query = read_query([typed])
    assert ("မြို့", "နယ်") in {sequence[-2:] for sequence in query.required[0][0].sequences}
    assert "is written in Zawgyi" in query.notes[0]


def test_a_query_in_unicode_is_not_called_zawgyi():
    for typed in ("မြောက်ဦးမြို့နယ်", "တိုက်ပွဲ", "ကျောက်ဖြူ"):
        assert read_query([typed]).notes == ()


def test_a_query_without_its_phrases():
    loose = without_phrases(read_query(["air strike", "x"]))
    assert [clause.said for (clause,) in loose.required] == ["air", "strike", "x"]
    assert without_phrases(read_query(["x", "y"])) is None
    assert is_burmese_run(read_query(["မြောက်ဦးတိုက်ပွဲ"]).required[0][0])
