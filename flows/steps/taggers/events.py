"""Events that an article reports, under ACLED's names: cue rules joined with actors, place, day and deaths. Silent where these are not sure."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.steps.taggers.event_passages import Force, Told, by_name, told_events
from flows.steps.taggers.event_settings import Atlas, Setting, Spot, date_of, setting_of
from flows.steps.taggers.event_words import EVENT_TYPES, WordHit
from flows.steps.taggers.reading import Reading
from flows.steps.taggers.vocabulary import Phrases, Place, at_word, vocabulary
from warehouse.records import DateExpression, Event, EventEvidence, Figure, Tags

# Roundups tell again what other articles told; in opinions and interviews events are what somebody argues with.
KINDS_WITHOUT = frozenset(["roundup", "opinion", "interview"])
# What tells more events than this is a chronicle, not a report; the longest reports of the development sets tell seven.
MOST_EVENTS = 40
EXPLOSIONS = ("Air/drone strike", "Shelling/artillery/missile attack", "Remote explosive/landmine/IED", "Grenade", "Suicide bomb", "Chemical weapon")
TAKEOVERS = ("Non-state actor overtakes territory", "Government regains territory")
# ACLED codes one event a place and day, by its gravest form: the deaths and burned houses of an air strike are no attack of their own.
PART_OF = {
    "Attack": (*EXPLOSIONS, *TAKEOVERS, "Armed clash", "Sexual violence", "Mob violence"),
    "Looting/property destruction": (*EXPLOSIONS, *TAKEOVERS, "Armed clash", "Attack", "Mob violence"),
    "Armed clash": TAKEOVERS,
    "Remote explosive/landmine/IED": ("Air/drone strike", "Shelling/artillery/missile attack", "Suicide bomb", "Grenade"),
    "Peaceful protest": ("Protest with intervention", "Excessive force against protesters", "Violent demonstration"),
    "Arrests": ("Protest with intervention",),
    "Abduction/forced disappearance": ("Arrests",),
}
ALLEGED = Phrases(r"alleg\w+|accus\w+|claim(?:s|ed|ing)?|purported\w*|unconfirmed|unverified|not be (?:independently )?(?:verified|confirmed)")
ALLEGED_IN_BURMESE = ("စွပ်စွဲ", "အတည်မပြု")
ANOTHER = re.compile(rf"{at_word('another|separate|separately|elsewhere|a second|a third|two other')}\b")
UNNAMED = {"rebel": "Unidentified Armed Group", "force": None, "state": None}


@dataclass(slots=True)
class Account:
    """One event with the passages that tell it; the first is the one that names it best."""

    told: Told
    setting: Setting
    sub_event: str
    sentences: set[int] = field(default_factory=set)


def find_events(reading: Reading, tags: Tags) -> Iterator[Event | EventEvidence]:
    """Events with their evidence, in text order; none in roundups, opinions and interviews. `tags` are the other tags of the article."""
    if reading.source.kind in KINDS_WITHOUT:
        return
    accounts = part_of_others(gather_accounts(reading, tags))
    numbers = Casualties(reading, tags, accounts)
    seen = set[str]()
    for account in accounts:
        event, evidence = make_event(reading, tags, account, numbers)
        if event.event_id not in seen:
            seen.add(event.event_id)
            yield event
            yield from evidence


# ---------------------------------------------------------------- which passages tell one event


def gather_accounts(reading: Reading, tags: Tags) -> list[Account]:
    """The events told, each once: passages of one kind, place and day are one event."""
    atlas = Atlas(reading, tags)
    accounts: list[Account] = []
    settings: list[tuple[int, Setting]] = []
    for told in told_events(reading, tags):
        setting = setting_of(told, atlas, settings)
        if setting is None:
            continue
        settings.append((told.passage.sentence, setting))
        new = Account(told, setting, told.rule.sub_event_type or "", {told.passage.sentence})
        same = next((one for one in reversed(accounts) if one.sub_event == new.sub_event and one_event(one, new, reading)), None)
        if same:
            join(same, new)
        else:
            accounts.append(new)
            if len(accounts) > MOST_EVENTS:
                return []
    return accounts


def one_event(one: Account, other: Account, reading: Reading) -> bool:
    """Whether nothing sets the two apart: not the day, not the place, not the word 'another'."""
    passage, cue = other.told.passage, other.told.cue
    if not same_day(one.setting, other.setting):
        return False
    places = other.setting.spot is not None and other.setting.spot.own
    if not places and not other.setting.own_day and reading.body.text.endswith((" the ", "The "), 0, cue.start):
        return True  # "the shells" are those told of before
    if not same_place(one.setting.spot, other.setting.spot):
        return False
    return other.setting.own_day or ANOTHER.search(reading.body.text[passage.start : passage.end].lower()) is None


def same_day(one: Setting, other: Setting) -> bool:
    return one.day is None or other.day is None or holds(one.day, other.day) or holds(other.day, one.day)


def holds(one: DateExpression, other: DateExpression) -> bool:
    """Whether the first interval holds the second: 'last week' and a day of it may be one time."""
    if one.start_date is None or one.end_date is None or other.start_date is None or other.end_date is None:
        return True
    return one.start_date <= other.start_date and other.end_date <= one.end_date


def same_place(one: Spot | None, other: Spot | None) -> bool:
    """Whether the two may be one place: no two townships, no two states, no two villages named."""
    if one is None or other is None:
        return True
    if one.state != other.state:
        return False
    if one.village and other.village and one.location != other.location:
        return False
    return one.township is None or other.township is None or one.township == other.township


def join(one: Account, other: Account) -> None:
    """Adds the passages of the other account, and what it knows better."""
    one.sentences |= other.sentences
    if weight(other) > weight(one):
        one.told = other.told
    day = finer(one.setting.day, other.setting.day)
    spot = better_spot(one.setting.spot, other.setting.spot)
    one.setting = Setting(spot, day, one.setting.own_day or other.setting.own_day)


def finer(one: DateExpression | None, other: DateExpression | None) -> DateExpression | None:
    """The shorter interval, the first of equal ones."""
    if one is None or other is None:
        return one or other
    return other if holds(one, other) and not holds(other, one) else one


def weight(account: Account) -> tuple[bool, bool, float]:
    spot = account.setting.spot
    return account.setting.own_day, spot is not None and spot.own, account.told.rule.confidence


def better_spot(one: Spot | None, other: Spot | None) -> Spot | None:
    if one is None or other is None:
        return one or other
    return other if (other.own, other.village, other.township is not None) > (one.own, one.village, one.township is not None) else one


def part_of_others(accounts: list[Account]) -> list[Account]:
    """Without those that are a part of a graver event of the same place and day."""
    out: list[Account] = []
    for account in accounts:
        whole = next((one for one in accounts if one is not account and is_part(account, one)), None)
        if whole:
            whole.sentences |= account.sentences
        else:
            out.append(account)
    return out


def is_part(account: Account, whole: Account) -> bool:
    if whole.sub_event not in PART_OF.get(account.sub_event, ()):
        return False
    dated = account.setting.own_day and not whole.setting.own_day
    return not dated and same_day(account.setting, whole.setting) and same_place(account.setting.spot, whole.setting.spot)


# ---------------------------------------------------------------- how many died


class Casualties:
    """The numbers of deaths of the body, by sentence, and which sentences tell events."""

    def __init__(self, reading: Reading, tags: Tags, accounts: list[Account]) -> None:
        starts = [start for start, _ in reading.sentences]
        self.by_sentence: dict[int, list[Figure]] = {}
        for figure in tags.figures:
            if figure.role == "killed" and figure.scope == "event":
                self.by_sentence.setdefault(bisect_right(starts, figure.start_char) - 1, []).append(figure)
        self.taken = set[int]().union(*(account.sentences for account in accounts)) if accounts else set[int]()
        self.only = len(accounts) == 1

    def of(self, account: Account) -> list[Figure]:
        """The figures of the first of the event's sentences that has any; else of the sentence next to them, if that tells no other event.

        Numbers of different sentences are never added: they may be two accounts of one loss.
        """
        passage = account.told.passage
        inside = [one for one in self.by_sentence.get(passage.sentence, []) if passage.start <= one.start_char < passage.end]
        if inside:
            return inside
        mine = sorted(account.sentences)
        if EVENT_TYPES[account.sub_event] == "Strategic developments":
            return next((self.by_sentence[number] for number in mine if number in self.by_sentence), [])
        beside = [number for number in (mine[-1] + 1, mine[0] - 1) if number not in self.taken]
        rest = sorted(number for number in self.by_sentence if number not in self.taken) if self.only else []
        return next((self.by_sentence[number] for number in (*mine, *beside, *rest) if number in self.by_sentence), [])


# ---------------------------------------------------------------- the row and its evidence


def make_event(reading: Reading, tags: Tags, account: Account, numbers: Casualties) -> tuple[Event, list[EventEvidence]]:
    told, setting, spot = account.told, account.setting, account.setting.spot
    start, end = told.passage.start, told.passage.end
    deaths = numbers.of(account)
    event_date, precision = date_of(setting.day)
    alleged = told.passage.quoted or claimed_by_a_side(reading.body.text[start:end], told, reading.held[told.passage.sentence])
    actor1, actor2 = actors_of(told, tags)
    place = spot.place if spot else None
    key = f"{account.sub_event}|{(spot.location + place.pcode) if spot and place else ''}|{event_date or ''}|{precision}"
    event_id = hashlib.sha256(key.encode()).hexdigest()[:8]
    event = Event(
        event_id=event_id, event_date=event_date, date_precision=precision, event_type=EVENT_TYPES[account.sub_event],
        sub_event_type=account.sub_event, actor1=actor1, actor2=actor2, admin1=admin1_name(place), location=spot.location if spot else None,
        pcode=pcode_of(place), latitude=place.latitude if place else None, longitude=place.longitude if place else None,
        geo_precision=geo_precision(spot), fatalities=sum(one.best or one.low or 0 for one in deaths) if deaths else None, alleged=alleged,
        start_char=start, end_char=end, confidence=confidence_of(account, alleged=alleged), rule=told.rule.name,
    )  # fmt: skip
    return event, list(evidence_of(reading, event_id, account, deaths))


def pcode_of(place: Place | None) -> str | None:
    """The P-code; the first part's for Bago and Shan as wholes, which have none of their own."""
    if place is None:
        return None
    return place.admin1_pcode if "-" in place.pcode else place.pcode


def admin1_name(place: Place | None) -> str | None:
    """'Rakhine', 'Shan': MIMU's name without the part of a state that it codes."""
    state = vocabulary().places.get(place.admin1_pcode) if place else None
    return state.name.split(" (")[0] if state else None


def geo_precision(spot: Spot | None) -> int | None:
    """ACLED's code: 1 a town or village, 2 its township, 3 the state. A village has its township's point, so it is 2."""
    if spot is None:
        return None
    if spot.place.level in ("state", "district"):
        return 3
    return 1 if spot.place.level == "town" and not spot.village else 2


def confidence_of(account: Account, *, alleged: bool) -> float:
    """The rule's, less for what was not told in the passage itself."""
    spot = account.setting.spot
    factor = (0.95 if account.setting.day is None else 1.0) * (0.9 if spot and not spot.own else 1.0) * (0.85 if alleged else 1.0)
    return round(account.told.rule.confidence * factor, 2)


def claimed_by_a_side(text: str, told: Told, held: int) -> bool:
    """Whether only a claim stands behind the event: alleged, accused, or said by an armed side itself."""
    if ALLEGED.search(text, held) or any(map(text.__contains__, ALLEGED_IN_BURMESE)) or OF_OWN_SIDE.search(text):
        return True
    return any(SIDE_SAYS.match(text, force.end - told.passage.start) is not None for force in (told.agent, told.target) if isinstance(force, Force))


OF_OWN_SIDE = re.compile(r"said(?<!\wsaid) (?:that )?(?:his|her|its|their|it|they)\b")
SIDE_SAYS = re.compile(r"(?:\s\([A-Z]{2,6}\))?(?:\s\w+)?\s(?:says|said|announced|stated|declared|boasted)\b")


def actors_of(told: Told, tags: Tags) -> tuple[str | None, str | None]:
    """(actor1, actor2): who did it and to whom; ids of the reference table, or ACLED's words for those without a name."""
    here = any(one.entity_id == "MM-MIL" for one in tags.mentions)
    kind = EVENT_TYPES[told.rule.sub_event_type or ""]
    if told.rule.name == "clash":
        return sides_of_a_clash(told, here)
    agent = name_of(told.agent, here)
    if kind in ("Protests", "Riots"):
        return "Protesters" if kind == "Protests" else "Rioters", agent
    other = name_of(told.target, here) if isinstance(told.target, Force) else None
    if isinstance(told.target, WordHit) and "military_object" not in told.target.classes and kind != "Battles":
        other = "Civilians"
    return agent, other if other != agent else None


def sides_of_a_clash(told: Told, myanmar_military: bool) -> tuple[str | None, str | None]:
    """The first two different sides in text order: a clash has no victim."""
    named = dict.fromkeys(name for force in told.forces if (name := name_of(by_name(force, told.forces), myanmar_military)))
    first, second, *_ = (*named, None, None)
    return first, second


def name_of(force: Force | WordHit | None, myanmar_military: bool) -> str | None:
    if not isinstance(force, Force):
        return None
    if force.actor_id or force.side != "state":
        return force.actor_id or UNNAMED[force.side]
    return "MM-MIL" if myanmar_military else None


def evidence_of(reading: Reading, event_id: str, account: Account, deaths: list[Figure]) -> Iterator[EventEvidence]:
    """The passage, the cue, and the words for day, place, actors and deaths; further passages of the same event as 'report'."""
    told, setting = account.told, account.setting
    spans = [("report", told.passage.start, told.passage.end)]
    spans += [("report", *reading.sentences[number]) for number in sorted(account.sentences - {told.passage.sentence})]
    spans.append(("cue", told.cue.start, told.cue.end))
    if setting.day:
        spans.append(("date", setting.day.start_char, setting.day.end_char))
    if setting.spot and setting.spot.mention:
        spans.append(("place", setting.spot.mention.start_char, setting.spot.mention.end_char))
    for part, force in (("actor1", told.agent), ("actor2", told.target)):
        if force:
            spans.append((part, force.start, force.end))
    spans += [("fatalities", one.start_char, one.end_char) for one in deaths]
    for part, start, end in spans:
        yield EventEvidence(event_id, part, "body", start, end, reading.body.text[start:end])
