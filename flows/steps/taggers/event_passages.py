"""Which passages of a body tell an event as fact: the first rule that fits, with its cue and who did it to whom."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Set
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Generic, NamedTuple, Protocol, TypeVar

from flows.steps.taggers.event_facts import is_fact, is_total
from flows.steps.taggers.event_words import Need, Rule, WordHit, event_terms, word_hits
from flows.steps.taggers.reading import Reading
from flows.steps.taggers.vocabulary import vocabulary
from warehouse.records import DateExpression, Mention, Quotation, Tags

FORCES = frozenset(["state_force", "rebel_force", "force"])
SIDE_CLASS = {"state": "state_force", "rebel": "rebel_force", "force": "force"}
AGENT_PARTICLE = re.compile(r"(?:များ|တပ်)?\s*(?:\([A-Z]{2,6}\))?\s*(?:က|မှ|ဘက်က)(?=[\s\u1000-\u102a]|$)")
BY = re.compile(r"[\w'’,-]*(?:[ -][\w'’,-]+){0,7}?[ -]by[ -]")
# A sentence of which more than this share lies in one direct quotation is somebody's words.
QUOTED_SHARE = 0.4
# A place of Myanmar that is named is territory that can change hands.
PLACE = frozenset(["territory"])
# How far the target of an attack stands from its cue.
TARGET_CHARS = 90


class Passage(NamedTuple):
    """A sentence, or the part of one that has a day of its own, with the words of events in it and whether it stands in a quotation."""

    sentence: int
    start: int
    end: int
    words: tuple[WordHit, ...]
    quoted: bool

    def classes(self) -> set[str]:
        found = set[str]()
        for hit in self.words:
            found |= hit.classes
        return found


class Force(NamedTuple):
    """An armed side named in a passage; `actor_id` is None for words such as 'gunmen'."""

    start: int
    end: int
    side: str  # state | rebel | force
    actor_id: str | None


class Told(NamedTuple):
    """An event as one passage tells it."""

    rule: Rule
    cue: WordHit
    passage: Passage
    agent: Force | None
    target: Force | WordHit | None
    forces: tuple[Force, ...]  # all that the passage names, in text order


def told_events(reading: Reading, tags: Tags) -> Iterator[Told]:
    """What the body tells as fact, at most one event a passage."""
    cues = event_terms().cues
    places = [WordHit(one.start_char, one.end_char, PLACE) for one in tags.mentions if one.kind == "place" and one.field == "body"]
    hits = sorted((*word_hits(reading.body), *places), key=itemgetter(0, 1))
    marked = [number for number, hit in enumerate(hits) if not hit.classes.isdisjoint(cues)]
    if not marked:
        return
    starts = [hit.start for hit in hits]
    ends = [end for _, end in reading.sentences]
    quotes = Spans([quote for quote in tags.quotations if quote.mode == "direct"])
    groups = Spans([one for one in tags.mentions if one.kind == "armed_group" and one.field == "body"])
    days = Spans([one for one in tags.dates if one.precision == "day"])
    for number in dict.fromkeys(bisect_right(ends, starts[index]) for index in marked):
        start, end = reading.sentences[number]
        words = hits[bisect_left(starts, start) : bisect_left(starts, end)]
        quoted = is_quoted(start, end, quotes)
        for first, last in parts_by_day(reading.body.text, start, end, days.within(start, end)):
            some = tuple(words if (first, last) == (start, end) else [hit for hit in words if first <= hit.start < last])
            earlier = tuple([hit for hit in words if hit.start < first] if first > start else ())
            subject = forces_of(Passage(number, start, first, earlier, quoted), groups) if earlier else []
            if told := first_rule(reading, Passage(number, first, last, some, quoted), groups, subject):
                yield told


class Tagged(Protocol):
    """What has a place in the body."""

    @property
    def start_char(self) -> int: ...
    @property
    def end_char(self) -> int: ...


TaggedT = TypeVar("TaggedT", bound=Tagged)


class Spans(Generic[TaggedT]):
    """Tags by where they begin, so that a long text costs no more a sentence than a short one."""

    def __init__(self, found: Iterable[TaggedT]) -> None:
        self.found = sorted(found, key=attrgetter("start_char"))
        self.starts = [one.start_char for one in self.found]

    def within(self, start: int, end: int) -> list[TaggedT]:
        return self.found[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def is_quoted(start: int, end: int, quotes: Spans[Quotation]) -> bool:
    """Whether a quotation that begins in the sentence, or the last one before it, holds a good part of it."""
    near = quotes.found[max(0, bisect_left(quotes.starts, start) - 1) : bisect_left(quotes.starts, end)]
    return any(start < one.end_char and one.end_char - one.start_char > QUOTED_SHARE * (end - start) for one in near)


def parts_by_day(text: str, start: int, end: int, days: list[DateExpression]) -> list[tuple[int, int]]:
    """The sentence, cut at an 'and' between two different days: 'began its assault on May 3 and took the town on May 6'."""
    for one, other in pairwise(days):
        gap = text[one.end_char : other.start_char]
        said = SAID.search(text, start, one.start_char) is not None
        if not said and one.start_date != other.start_date and (match := JOINT.search(gap)):
            cut = one.end_char + match.start()
            return [(start, cut), *parts_by_day(text, cut, end, days[days.index(other) :])]
    return [(start, end)]


# Before another verb or subject, not before another person: "a major and nine policemen surrendered".
JOINT = re.compile(
    r",? and (?=(?:then|later|also|on|the|a|an|its|another|\w+ed|took|overran|shot|burnt|set|beat|blew|hit|struck|fought|fell) )|"
    r"; |, (?:while|before|but) "
)


SAID = re.compile(r"\b(?:said|announced|stated|reported|told|confirmed|claimed)\b")


def first_rule(reading: Reading, passage: Passage, groups: Spans[Mention], earlier: list[Force]) -> Told | None:
    """The event by the first rule that fits; None where none does, where a rule says so, or where the passage tells no fact.

    `earlier` are the sides named in the sentence before the passage: the first of them is the subject of 'and seized the town'.
    """
    text, language = reading.body.text, "my" if reading.source.language.startswith("my") else "en"
    held = reading.held[passage.sentence]
    forces = with_owners(forces_of(passage, groups), text)
    there = passage.classes() | {SIDE_CLASS[force.side] for force in forces}
    for rule in event_terms().rules_for(there):
        if not may_fit(rule, there):
            continue
        for cue in [hit for hit in passage.words if rule.cue in hit.classes]:
            if (near := near_enough(rule, cue, passage)) is None:
                continue
            if rule.sub_event_type is None:
                return None
            agent, target = sides(text, passage, cue, forces, language)
            agent = first_ally(by_name(agent or (earlier[0] if earlier else None), (*earlier, *forces)), forces, text)
            target = by_name(target, tuple(forces)) if isinstance(target, Force) else target
            agent = told_apart(agent, forces)
            if fits_sides(rule, agent, target) and all(told_as_fact(text, passage, words, language, held) for words in ([cue], *near)):
                if is_total(text[passage.start : passage.end], language, held):
                    return None
                return Told(rule, cue, passage, agent, target, tuple(forces))
    return None


def may_fit(rule: Rule, there: Set[str]) -> bool:
    for need in rule.needs:
        if need.classes.isdisjoint(there):
            return False
    return rule.barred.isdisjoint(there)


def near_enough(rule: Rule, cue: WordHit, passage: Passage) -> list[list[WordHit]] | None:
    """For each need near the cue the other words that meet it; None where one is not met or what is barred stands there."""
    found = []
    for need in rule.needs:
        if need.near is not None:
            some = beside(need, need.near, cue, passage)
            if not some:
                return None
            found.append(some)
    return None if any(bar.near is not None and beside(bar, bar.near, cue, passage) for bar in rule.bars) else found


def beside(need: Need, near: int, cue: WordHit, passage: Passage) -> list[WordHit]:
    first, last, classes = cue.start - near, cue.end + near, need.classes
    return [hit for hit in passage.words if hit.start <= last and hit.end >= first and hit is not cue and not hit.classes.isdisjoint(classes)]


def told_as_fact(text: str, passage: Passage, words: Iterable[WordHit], language: str, held: int) -> bool:
    """Whether one of the words at least is told as a fact: in 'jets will bomb' the verb is not."""
    return any(is_fact(text, passage.start, passage.end, (hit.start, hit.end), language, held) for hit in words)


# ---------------------------------------------------------------- who did it to whom


def forces_of(passage: Passage, groups: Spans[Mention]) -> list[Force]:
    """The armed sides named in the passage in text order: groups with their ids, then general words outside of them."""
    actors = vocabulary().actors
    named = [
        Force(one.start_char, one.end_char, "state" if actors[one.entity_id].side == "state" else "rebel", one.entity_id)
        for one in groups.within(passage.start, passage.end)
        if one.entity_id
    ]
    words = [
        Force(hit.start, hit.end, side_of(hit), None)
        for hit in passage.words
        if not hit.classes.isdisjoint(FORCES) and not (named and any(one.start < hit.end and hit.start < one.end for one in named))
    ]
    return sorted(named + words, key=itemgetter(0)) if named else words


def with_owners(forces: list[Force], text: str) -> list[Force]:
    """The sides, general words with the side of the group they belong to: 'AA troops', 'the AA said its troops', 'the AA and allied forces'."""
    out: list[Force] = []
    for force in forces:
        owner = out[-1] if out and force.actor_id is None and out[-1].actor_id else None
        ally = owner and force.side == "force" and ALLIES.fullmatch(text, owner.end, force.start)
        if owner and (ally or force.start - owner.end <= len("'s ") or ITS.search(text, owner.end, force.start)):
            force = force._replace(side=owner.side, actor_id=owner.actor_id)
        out.append(force)
    return out


ITS = re.compile(r"\b(?:its|their|his)\s+(?:[\w'’-]+\s)?$")


def side_of(hit: WordHit) -> str:
    return "state" if "state_force" in hit.classes else "rebel" if "rebel_force" in hit.classes else "force"


def sides(
    text: str, passage: Passage, cue: WordHit, forces: list[Force], language: str
) -> tuple[Force | None, Force | WordHit | None]:
    """(who did it, to whom or what): the subject before the verb, after 'by' in the passive, by its particle in Burmese."""
    if language == "my":
        agent = next((one for one in reversed(forces) if AGENT_PARTICLE.match(text, one.end)), None)
        agent = agent or next((one for one in forces if one.start < cue.start), None)
        return agent, target_in(passage, passage.start, cue.start, forces, agent)
    before = [one for one in forces if one.end <= cue.start]
    end = min(passage.end, cue.end + TARGET_CHARS)
    if (text.find("by", cue.end, end) >= 0 and (match := BY.match(text, cue.end, end))) and (
        agent := next((one for one in forces if match.end() <= one.start <= match.end() + 40), None)
    ):
        return agent, target_in(passage, max(passage.start, cue.start - TARGET_CHARS), cue.start, forces, agent)
    agent = next((one for one in reversed(before) if not OBLIQUE.search(text, max(passage.start, one.start - 30), one.start)), None)
    after = target_in(passage, cue.end, end, forces, agent)
    if after or not in_the_passive(text, passage.start, cue.start):
        return agent, after
    return agent, target_in(passage, max(passage.start, cue.start - TARGET_CHARS), cue.start, forces, agent)


def in_the_passive(text: str, start: int, cue: int) -> bool:
    """Whether the words before a verb make it passive; most are passed over by their last letters."""
    return text.endswith(ENDS_BEFORE_A_PARTICIPLE, start, max(start, cue - 1)) and PASSIVE.search(text, start, cue) is not None


PASSIVE = re.compile(r"\b(?:was|were|been|being|are|is)\s(?:\w+ly\s)?$")
ENDS_BEFORE_A_PARTICIPLE = ("was", "were", "been", "being", "are", "is", "ly")


def by_name(agent: Force | None, forces: tuple[Force, ...]) -> Force | None:
    """The group that it is of, or that is named before it, where the agent is only 'fighters' or 'troops' of the same side."""
    if agent is None or agent.actor_id:
        return agent
    named = [one for one in forces if one.actor_id and one.side == agent.side]
    of_it = [one for one in named if 0 <= one.start - agent.end <= len(" of the ")]
    before = [one for one in named if one.end <= agent.start]
    return next(iter((*of_it, *before)), agent)


def told_apart(agent: Force | None, forces: list[Force]) -> Force | None:
    """'Forces' and 'units' are the state's where the passage names rebels only, and the other way round."""
    others = {force.side for force in forces} - {"force"}
    if agent is None or agent.side != "force" or len(others) != 1:
        return agent
    return agent._replace(side="state" if others == {"rebel"} else "rebel")


def first_ally(agent: Force | None, forces: list[Force], text: str) -> Force | None:
    """'The KIA and allied PDF fighters': the first of sides that are joined by 'and'."""
    if agent is None or agent.actor_id is None:
        return agent
    joined = [one for one in forces if one.actor_id and one.side == agent.side and ALLIES.fullmatch(text, one.end, max(one.end, agent.start))]
    return joined[0] if joined else agent


ALLIES = re.compile(r"(?:\s\([A-Z]{2,6}\)|\))?,? and (?:allied |its allied |its allies,? |the |other )?(?:[\w'’()-]+ ){0,4}")


# A side after one of these is no subject: "from the military", "rebels of the army".
OBLIQUE = re.compile(
    r"\b(?:from|against|of|with|near|at|on|to|between|under|for|including)[ -](?:(?:the|a|an|its|their|some|local)[ -])?(?:[\w'’-]+[ -])?$"
)
TARGETS = frozenset(["civilian", "civilian_place", "military_object"])


def target_in(passage: Passage, start: int, end: int, forces: list[Force], agent: Force | None) -> Force | WordHit | None:
    """The first person, place or side in the span that is not the agent."""
    # Both lie in text order.
    force = next((one for one in forces if start <= one.start and one.end <= end and one is not agent), None)
    word = next((hit for hit in passage.words if start <= hit.start and hit.end <= end and not hit.classes.isdisjoint(TARGETS)), None)
    return word if force is None or (word is not None and word.start < force.start) else force


def fits_sides(rule: Rule, agent: Force | None, target: Force | WordHit | None) -> bool:
    if rule.agent and (agent is None or (rule.agent != "armed" and agent.side != rule.agent)):
        return False
    if rule.target is None:
        return True
    if isinstance(target, WordHit):
        return rule.target == ("military" if "military_object" in target.classes else "civilian")
    return target is not None and (rule.target == "military" or target.side == rule.target)
