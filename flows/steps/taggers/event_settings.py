"""Where and when a told event took place: in its own passage, else in what the text said just before; nothing where that is not sure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

from flows.steps.taggers.event_passages import Spans, Told
from flows.steps.taggers.evidence import whole_state
from flows.steps.taggers.reading import Reading
from flows.steps.taggers.scopes import ONE_EVENT
from flows.steps.taggers.vocabulary import Phrases, Place, at_word, lower, vocabulary
from warehouse.record import record
from warehouse.records import DateExpression, Mention, Tags

# How many sentences back a passage without a place or day of its own may lean on.
SENTENCES_BACK = 3
# What is looked at before a place.
WINDOW_CHARS = 50
# What ended longer ago than this is told as history: what newspapers report as news is days old, in remote areas weeks.
OLDEST_NEWS_DAYS = 60
# Where the wounded were brought, where people fled to, where one who speaks lives: no place of the event.
CARRIED = ("treated", "treatment", "taken", "brought", "sent", "rushed", "carried", "admitted", "transferred", "referred")
WENT = ("fled", "flee", "arrived", r"shelter\w*", "refuge", "told", "based", "via", "towards?", "road to", r"link\w*")
ELSEWHERE = Phrases(
    "|".join([rf"{word}\b[^.;,]{{0,40}}" for word in CARRIED])
    + "|"
    + "|".join([rf"{word}(?:[ -](?:a|the|nearby|in|at|to|into|of|public|general|town|south|north|east|west))*" for word in WENT]),
    end="[ -]$",
)
# "Villagers from Kyauktaw", "troops in Pale": the place of the event only where the passage names no other.
HOME = re.compile(
    r"\b(?:(?:units?|battalion|troops|forces|soldiers|column|stationed|posted|fighters|police|moved|came|come|marched|advanced|withdrew) "
    r"(?:south |north |east |west |back |out )?(?:at|in|from|of)|from|residents? of|natives? of|villagers of)"
    r"(?: the| a)?(?: (?:south|north|east|west|direction|town))?(?: of)?[ -]$",
    re.IGNORECASE,
)
# Both end with a blank or hyphen; HOME with one of these words before it.
BEFORE_A_NAME = (" ", "-", "\n")
HOME_ENDS = tuple(
    word + end for word in ("at", "in", "from", "of", "the", "a", "south", "north", "east", "west", "direction", "town") for end in BEFORE_A_NAME
)
LONGEST_WORD_CHARS = max(map(len, HOME_ENDS))
# "The Sittwe naval base and Battalion 12 shelled": the place names the unit that did it.
NAMES_A_UNIT = re.compile(
    r"(?:[ -]town)?(?:-based|[ -](?:naval|air|army|military|police|regional|operations?|infantry|command|base|battalion|residents?|native)\b)",
    re.IGNORECASE,
)
BURMESE_VILLAGES = ("ကျေးရွာ", "ရပ်ကွက်")
# One of these stands in every match of VILLAGE.
VILLAGE_WORDS = (" village", " Village", " ward", " Ward", " quarter", " Quarter", " hamlet", " Hamlet", *BURMESE_VILLAGES)
VILLAGE = re.compile(
    r"(?<![\w'’])(?!(?:In|At|The|Two|Three|Four|Five|Six|Several|Many|Some|Other|Nearby|Both|All|Near|From|On) )"
    r"((?:[A-Z][\w'’-]*[ ]){0,2}[A-Z][\w'’-]*[ ](?:[Vv]illages?|[Ww]ards?|[Qq]uarter|[Hh]amlet))\b|"
    rf"([\u1000-\u1049\u1050-\u109f]{{2,24}}(?:{'|'.join(BURMESE_VILLAGES)}))"
)
SPEECH = (
    r"said|says|say|announced|announces|stated|states|reported|reports|told|confirmed|claimed|claims|declared|quoted|wrote|revealed|according to"
)
SAID_THEN = re.compile(rf"{at_word(SPEECH)}\b")
SAID_ON = re.compile(
    rf"{at_word(f'{SPEECH}|statement|interview|speaking|press conference|warned|broadcast|posted|tweeted')}\b[^.;]{{0,45}}$"
)
NOT_THEN = re.compile(r"\b(?:since|until|till|before|by|prior to|ahead of|after|following|from)[ ](?:(?:late|early|mid|the)[ -])?$", re.IGNORECASE)
# Every match of it ends with one of these and a blank or hyphen.
LEADS_TO_NOT_THEN = tuple(
    word + end for word in ("since", "until", "till", "before", "by", "to", "of", "after", "following", "from", "late", "early", "mid", "the")
    for end in (" ", "-")
)  # fmt: skip
LONGEST_LEAD_CHARS = max(map(len, LEADS_TO_NOT_THEN))
# "Shells fired by a column that moved south a week ago": the time of the column's way.
OTHER_CLAUSE = re.compile(r"\b(?<!said )(?<!says )(?:that|which|whose|since)\s")
TIME_OF_DAY = "(?:day|morning|night|evening|afternoon|time)"
SAME_TIME = Phrases(
    rf"that {TIME_OF_DAY}\b|the same {TIME_OF_DAY}\b|same {TIME_OF_DAY}\b|minutes? later\b|hours? later\b|moments? later\b|"
    r"at (?:about |around |approximately )?\d{1,2}(?::\d\d)? ?[ap]\.?m|the (?:first|second|third) (?:bomb|shell|strike|blast|explosion|attack)\b|"
    r"the (?:attack|airstrike|air strike|strike|bombing|shelling|raid|explosion|blast|clash|clashes|fighting|battle)\b",
    end="",
    heads=(
        *(f"{which} {time}" for which in ("that", "the same", "same") for time in ("day", "morning", "night", "evening", "afternoon", "time")),
        *(f"{unit} later" for unit in ("minute", "minutes", "hour", "hours", "moment", "moments")),
        *(f"at {digit}" for digit in range(10)), "at about", "at around", "at approximately", "the first", "the second", "the third",
        *(f"the {event}" for event in ("attack", "air", "strike", "bomb", "shell", "raid", "explosion", "blast", "clash", "fighting", "battle")),
    ),
)  # fmt: skip
# Events that have a place only where their own passage names it: a surrender announced among news of other places.
OWN_PLACE_ONLY = frozenset(["Agreement", "Change to group/activity", "Other"])


@record
class Spot:
    """A place of Myanmar as the place of an event; `location` is what the text calls it, `own` whether its passage names it."""

    place: Place
    location: str
    mention: Mention | None
    village: bool
    own: bool

    @property
    def state(self) -> str:
        return whole_state(self.place)

    @property
    def township(self) -> str | None:
        return None if self.place.level in ("state", "district") else self.place.township_pcode or self.place.pcode


@record
class Setting:
    """Where and when; None for what the text does not fix."""

    spot: Spot | None
    day: DateExpression | None
    own_day: bool


class Atlas:
    """The places that one article names outside of its dateline, by sentence, and those that it is about as a whole."""

    def __init__(self, reading: Reading, tags: Tags) -> None:
        self.reading = reading
        self.mentions = [one for one in tags.mentions if one.kind == "place" and one.role != "dateline" and one.entity_id]
        self.in_body = Spans([one for one in self.mentions if one.field == "body"])
        self.dates = Spans(tags.dates)
        self.named = {code: vocabulary().places[code] for one in self.mentions if (code := one.entity_id) in vocabulary().places}
        self.village_words = [word for word in VILLAGE_WORDS if word in reading.body.text]
        self.states = {whole_state(place) for place in self.named.values()}
        self.townships = {township for place in self.named.values() if (township := township_of(place))}


def township_of(place: Place) -> str | None:
    return None if place.level in ("state", "district") else place.township_pcode or place.pcode


def setting_of(told: Told, atlas: Atlas, before: list[tuple[int, Setting]]) -> Setting | None:
    """Where and when; None where the passage is about the future or long ago, or where nothing says where in Myanmar it was."""
    day, own = when(told, atlas)
    if own and (day is None or out_of_time(day, atlas.reading.source.published_on)):
        return None
    if day and day.precision == "month" and not ONE_EVENT.search(passage_text(told, atlas.reading)):
        return None  # what happened in a whole month is a sum
    if day is None:
        earlier = next((s.day for n, s in reversed(before[-SENTENCES_BACK:]) if s.day and told.passage.sentence - n <= SENTENCES_BACK), None)
        day = earlier if earlier and SAME_TIME.search(passage_text(told, atlas.reading).lower(), atlas.reading.held[told.passage.sentence]) else None
    spot = where(told, atlas)
    if told.passage.quoted and not (spot and spot.own):
        return None
    in_myanmar = atlas.states or atlas.reading.source.language.startswith("my")
    if spot is None and in_myanmar and told.rule.sub_event_type not in OWN_PLACE_ONLY:
        return None
    return Setting(spot, day, own)


def passage_text(told: Told, reading: Reading) -> str:
    return reading.body.text[told.passage.start : told.passage.end]


# ---------------------------------------------------------------- when


def when(told: Told, atlas: Atlas) -> tuple[DateExpression | None, bool]:
    """(the time expression nearest to the cue that is the event's own, whether the passage has one)."""
    text, passage, cue = atlas.reading.body.text, told.passage, told.cue
    here = [one for one in atlas.dates.within(passage.start, passage.end) if one.start_date]
    then = burmese_told_then if atlas.reading.source.language.startswith("my") else told_then
    fits = [one for one in here if not then(text, passage.start, one, cue.start) and one.precision != "year"]
    old = [one for one in here if one.precision == "year"]
    if not fits:
        return None, bool(old)
    return min(fits, key=lambda one: (one.precision != "day", max(one.start_char - cue.end, cue.start - one.end_char))), True


def told_then(text: str, start: int, one: DateExpression, cue: int) -> bool:
    """Whether the expression says when something was said, or bounds a time: 'announced on May 3', 'since May 3'."""
    before = text[max(start, one.start_char - 60) : one.start_char]
    if before[-LONGEST_LEAD_CHARS:].lower().endswith(LEADS_TO_NOT_THEN) and NOT_THEN.search(before):
        return True
    if one.start_char > cue:
        between = text[cue : one.start_char].lower()
        return SAID_ON.search(between[-60:]) is not None or OTHER_CLAUSE.search(between) is not None
    return SAID_ON.search(before.lower()) is not None or SAID_THEN.search(text, one.end_char, cue) is not None


def burmese_told_then(text: str, _start: int, one: DateExpression, cue: int) -> bool:
    """As told_then: what follows 'that' (ကြောင်း) says when it was said; ကတည်းက and မှစ are 'since'."""
    return BURMESE_THAT in text[cue : one.start_char] or BURMESE_SINCE.match(text, one.end_char) is not None


BURMESE_THAT = unicodedata.normalize("NFC", "ကြောင်း")
BURMESE_SINCE = re.compile(unicodedata.normalize("NFC", r"\s*(?:လ\s*)?(?:ကတည်းက|မှ\s*စ)"))


def out_of_time(day: DateExpression, published_on: date | None) -> bool:
    """Whether the time lies ahead, or so far back that it is history."""
    if published_on is None or day.start_date is None or day.end_date is None:
        return False
    return day.start_date > published_on or day.end_date < published_on - timedelta(days=OLDEST_NEWS_DAYS)


def date_of(day: DateExpression | None) -> tuple[date | None, str]:
    """(first day, precision): day, week, month, or unknown."""
    if day is None or day.start_date is None or day.end_date is None:
        return None, "unknown"
    days = (day.end_date - day.start_date).days
    return day.start_date, "day" if days == 0 else "week" if days <= 8 else "month"


# ---------------------------------------------------------------- where


def where(told: Told, atlas: Atlas) -> Spot | None:
    """The place named in the passage; else that of the sentences before, of the same state; else the only one of the article."""
    places, own_only = vocabulary().places, told.rule.sub_event_type in OWN_PLACE_ONLY
    here = [one for one in atlas.in_body.within(told.passage.start, told.passage.end) if place_of_event(one, told, atlas)]
    village = village_in(told, atlas)
    clean = [one for one in here if not is_home(atlas.reading.body.text, one.start_char)]
    own = nearest(clean, told, atlas)
    if own and (places[own.entity_id or ""].level != "state" or own_only):
        return spot_of(own, village, own=True)
    before = None if own_only else place_before(told, atlas, own, village)
    home = nearest(here, told, atlas)
    if home and (before is None or (before.township is None and places[home.entity_id or ""].level != "state")):
        return spot_of(home, village, own=village is not None)
    return before or only_place(told, atlas, village)


def place_before(told: Told, atlas: Atlas, own: Mention | None, village: str | None) -> Spot | None:
    """The last place below the state of the sentences before, in the state that the passage names if it names one."""
    sentences, number = atlas.reading.sentences, told.passage.sentence
    near = atlas.in_body.within(sentences[max(0, number - SENTENCES_BACK)][0], sentences[number][1])
    rest = [one for one in near if place_of_event(one, told, atlas) and not is_home(atlas.reading.body.text, one.start_char)]
    rest = [one for one in rest if own is None or state_of(one) == state_of(own)]
    lower = [one for one in rest if vocabulary().places[one.entity_id or ""].level != "state"]
    if lower:
        return spot_of(lower[-1], village, own=village is not None)
    state = state_of(own or rest[-1]) if own or rest else None
    if state and (only := only_township(state, atlas)):
        return Spot(only, village or only.name, None, village is not None, own=village is not None)
    return spot_of(own or rest[-1], village, own=own is not None or village is not None) if own or rest else None


def only_township(state: str, atlas: Atlas) -> Place | None:
    """The one township that the article names in the state."""
    found = [code for code in atlas.townships if (place := vocabulary().places.get(code)) and whole_state(place) == state]
    return vocabulary().places[found[0]] if len(found) == 1 else None


def state_of(mention: Mention) -> str:
    return whole_state(vocabulary().places[mention.entity_id or ""])


def only_place(told: Told, atlas: Atlas, village: str | None) -> Spot | None:
    """The one township, or the one state, that the article is about."""
    if len(atlas.states) != 1:
        return None
    state = next(iter(atlas.states))
    place = next((one for one in atlas.named.values() if one.level == "state"), None) or vocabulary().places.get(state)
    if len(atlas.townships) == 1 and told.rule.sub_event_type not in OWN_PLACE_ONLY:
        place = vocabulary().places.get(next(iter(atlas.townships)), place)
    return Spot(place, village or place.name, None, village is not None, own=False) if place else None


def spot_of(mention: Mention, village: str | None, *, own: bool) -> Spot:
    return Spot(vocabulary().places[mention.entity_id or ""], village or mention.text, mention, village is not None, own)


def place_of_event(one: Mention, told: Told, atlas: Atlas) -> bool:
    """Whether something may have happened at the place: not where the wounded were brought, nor the seat of the unit that did it."""
    text = atlas.reading.body.text
    if one.entity_id not in atlas.named or is_elsewhere(text, one.start_char):
        return False
    return one.start_char > told.cue.start or NAMES_A_UNIT.match(text, one.end_char) is None


# A place is looked at once for each event of its passage and of those beside it.
@lru_cache(maxsize=4096)
def is_elsewhere(text: str, start: int) -> bool:
    if text[start - 1 : start] not in BEFORE_A_NAME:
        return False
    # One more, so that a word cut in two is none.
    first = max(0, start - WINDOW_CHARS - 1)
    return ELSEWHERE.search_window(lower(text[first:start]), min(first, 1)) is not None


@lru_cache(maxsize=4096)
def is_home(text: str, start: int) -> bool:
    last = text[max(0, start - LONGEST_WORD_CHARS) : start].lower()
    return last.endswith(HOME_ENDS) and HOME.search(text, max(0, start - WINDOW_CHARS), start) is not None


def nearest(found: list[Mention], told: Told, atlas: Atlas) -> Mention | None:
    """The place below the state nearest to the cue, those after it first in English; of several states the one named most."""
    places, cue = vocabulary().places, told.cue
    below = [one for one in found if places[one.entity_id or ""].level not in ("state", "district")]
    below = below or [one for one in found if places[one.entity_id or ""].level == "district"]
    if not below:
        if len(found) < 2:
            return found[0] if found else None
        counted = Counter(map(state_of, found))
        return max(found, key=lambda one: counted[state_of(one)], default=None)
    after = [one for one in below if one.start_char >= cue.end]
    if after and not atlas.reading.source.language.startswith("my"):
        return after[0]
    return below[-1]


def village_in(told: Told, atlas: Atlas) -> str | None:
    """The village or ward that the passage names: the first after the cue, else the last before it."""
    text, start, end = atlas.reading.body.text, told.passage.start, told.passage.end
    if not any(text.find(word, start, end) >= 0 for word in atlas.village_words):
        return None
    found = [
        match for match in VILLAGE.finditer(text, start, end)
        if not is_elsewhere(text, match.start()) and not is_home(text, match.start())
    ]  # fmt: skip
    after = [match for match in found if match.start() >= told.cue.end]
    chosen = after[0] if after else found[-1] if found else None
    return chosen.group().strip() if chosen else None
