"""Topics of the whole article as IPTC Media Topics, by reviewed word lists; silent where the words do not decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flows.steps.taggers.reading import Reading, bounded
from flows.steps.taggers.vocabulary import fold, terms_rows
from flows.steps.taggers.word_lists import Sought, WordList
from warehouse.record import record
from warehouse.records import Subject

# A word counts once, in the headline twice. The value for Burmese was chosen among 1.0, 1.5 and 2.0 on the public set of Burmese news
# that terms/README.md names, so its figures there are of tuning, not of a blind test.
ENOUGH_BURMESE = 1.5
# English was never measured on topics; chosen so that one word ("football" in an interview with a teacher) is never a topic.
ENOUGH = 3.0
ENOUGH_WORDS = 2
# A second topic is named where its words weigh at least this share of the first one's, and where they are several: shells on a
# monastery school are no news of religion.
SHARE_OF_BEST = 0.6
ENOUGH_WORDS_FOR_SECOND = 3
# A subtopic needs two words or, in Burmese, a strong one of its own.
ENOUGH_FOR_SUBTOPIC = 2.0
# What a strong word weighs in the headline.
STRONG_IN_HEADLINE = 4.0


@record
class TopicWord:
    """A word that speaks for a topic; `weight` 2 for words of one topic only, 0.5 for words of many."""

    code: str
    name: str
    top_code: str
    weight: float
    stem: str


@lru_cache(maxsize=1)
def topic_words() -> tuple[dict[str, list[TopicWord]], dict[str, str]]:
    """The words with their topics, and the names of the topics by code."""
    by_word: dict[str, list[TopicWord]] = {}
    names: dict[str, str] = {}
    for row in terms_rows("topics.csv"):
        by_word.setdefault(fold(row["word"]), []).append(
            TopicWord(row["code"], row["name"], row["top_code"], float(row["weight"]), fold(row["word"]).removesuffix("s"))
        )
        names[row["code"]] = row["name"]
    return by_word, names


TOPIC_WORDS = WordList(lambda: (Sought(word, (word, topics)) for word, topics in topic_words()[0].items()))


def find_subjects(reading: Reading) -> Iterator[Subject]:
    """Top-level topics whose words weigh enough, then their subtopics; best first. Confidence grows with weight and lead."""
    burmese = reading.source.language.startswith("my")
    scores = weigh(reading)
    names = topic_words()[1]
    enough, few, several = (ENOUGH_BURMESE, 1, 1) if burmese else (ENOUGH, ENOUGH_WORDS, ENOUGH_WORDS_FOR_SECOND)
    tops = sorted((-score.weight, code) for code, score in scores.items() if code.endswith("000000"))
    best = -tops[0][0] if tops else 0.0
    for number, (negative, code) in enumerate(tops):
        weight = -negative
        lead = weight + tops[1][0] if number == 0 and len(tops) > 1 else weight if number == 0 else 0.0
        wanted = several if number else few
        if weight >= enough and weight >= SHARE_OF_BEST * best and len(scores[code].words) >= wanted and (number > 0 or lead > 0):
            yield Subject("medtop", code, names[code], confidence(weight, lead), "rule")
    for code, score in sorted(scores.items()):
        if not code.endswith("000000") and score.weight >= ENOUGH_FOR_SUBTOPIC and (len(score.words) >= few or score.weight >= STRONG_IN_HEADLINE):
            yield Subject("medtop", code, names[code], min(0.6, confidence(score.weight, 0.0)), "rule")


def confidence(weight: float, lead: float) -> float:
    return round(min(0.95, 0.4 + 0.05 * weight + 0.05 * lead), 2)


@dataclass(slots=True)
class Score:
    """What speaks for one topic: the weight of its words, and which they are, singular and plural as one."""

    weight: float
    words: set[str]


def weigh(reading: Reading) -> dict[str, Score]:
    """The score of each topic: its distinct words, those of the headline twice. A subtopic's words count for its own topic only."""
    words = reading.body.spotted.payloads
    weights: dict[int, float] = {}
    for field in reading.fields:
        if field.name in ("headline", "description", "body"):
            factor = 2.0 if field.name == "headline" else 1.0
            ascii_only = field.text.isascii()
            for index, start, _ in field.spotted.of(TOPIC_WORDS):
                if weights.get(index, 0.0) < factor and (ascii_only or bounded(field.text, start, start + len(words[index][0]))):
                    weights[index] = factor
    scores: dict[str, Score] = {}
    for index, factor in weights.items():
        for word in words[index][1]:
            score = scores.setdefault(word.code, Score(0.0, set()))
            score.weight += factor * word.weight
            score.words.add(word.stem)
    return scores
