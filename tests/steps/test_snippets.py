"""The piece of a text that shows why it was found."""

import pytest

from flows.steps.search_query import read_query
from flows.steps.snippets import Finder


def finder(*arguments: str) -> Finder:
    query = read_query(arguments)
    # A stem as simple as can be: the index has a better one.
    return Finder([[words for clause in each for words in clause.sequences] for each in query.required], lambda word: word.removesuffix("s"))


def shown(marked) -> str:
    text = marked.text
    for start, end in reversed(marked.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(("arguments", "text", "expected"), [
    (["mine"], "Two Mines, one mine.", "Two [Mines], one [mine]."),
    (["Mrauk U"], "In Mrauk-U. Mrauk, U", "In [Mrauk-U]. [Mrauk, U]"),
    (["air strike"], "airstrikes, an air-strike, air and strike", "[airstrikes], an [air-strike], air and strike"),
    (["1500"], "1,500 men", "[1,500] men"),
    (["မြောက်ဦး"], "မြောက်\u200bဦးမြို့", "[မြောက်\u200bဦး]မြို့"),
    (["cafe"], "at the Café", "at the [Café]"),
    (["a", "b"], "nothing here", "nothing here"),
    (["one two", "two three"], "one two three", "[one two three]"),
])
def test_what_was_found_is_marked_where_it_stands(arguments, text, expected):
    assert shown(finder(*arguments).marked(text)) == expected


def test_a_phrase_does_not_reach_from_one_paragraph_into_the_next():
    assert finder("air strike").marked("by air\nstrike ends").marks == ()


def test_the_snippet_is_cut_from_where_most_of_it_stands():
    text = "A mine lay there. " + "Nothing else happened that day in the village. " * 20 + "\nThen a mine went off near Rathedaung, people said. " + "More. " * 90
    snippet = shown(finder("mine", "rathedaung").snippet([text], chars=80))
    assert snippet == "Then a [mine] went off near [Rathedaung], people said. More. More. More. More. More …"


def test_a_snippet_in_the_middle_of_a_paragraph_has_dots_on_both_sides():
    text = "The village was quiet for many days. " * 8 + "Then the ferry sank in the river. " + "Nobody knew why it had been so full. " * 8
    assert shown(finder("ferry").snippet([text], chars=60)) == "… days. Then the [ferry] sank in the river. Nobody knew why it …"


def test_the_first_text_that_holds_most_is_shown_and_the_beginning_where_none_does():
    assert shown(finder("ferry").snippet(["Only the body.", "The ferry sank."])) == "The [ferry] sank."
    assert shown(finder("ferry").snippet(["Only the body.", "And more."])) == "Only the body."
    assert shown(finder("ferry").snippet(["", ""])) == ""
