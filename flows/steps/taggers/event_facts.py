"""Whether words tell an event as a fact: not as a plan, a fear, a condition, a denial, a habit, a total or a background."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from flows.steps.taggers.vocabulary import Phrases, split_alternatives

# The words right before a cue that may make it no fact, up to the last clause.
WINDOW_CHARS = 50
UP_TO_FOUR_WORDS = r"(?:[ -](?!(?:and|but|that|when|after|as)\b)[\w'’-]+){0,4}[ -]$"
UNREAL = (
    r"would|could|might|may|should|can|will|shall|must|cannot|if|unless|whether|threat\w*|prepar\w+|plan\w*|fear\w*|risks?|danger|possible|"
    r"potential|possibility|attempt\w*|try|tries|trying|tried|aim\w*|intend\w*|vow\w*|pledg\w+|call\w* (?:for|on)|urg\w+|avoid\w*|prevent\w*|"
    r"warn\w*|expect\w*|scheduled|ready|want\w*|hop\w+|need|order\w*|seek\w*|scrambl\w+|refus\w+|ban\w*|anniversary of|likely|in case of|"
    r"no|not|never|without|nor|neither|denied|denies|deny|denying|failed|stopped|halt(?:ed)?|end of|aware of|similar|such|law|charges of"
)
# "Managed to take the town" and "continued to shell it" are facts; so is what someone was forced to do.
TO_VERB = re.compile(
    r"to(?<!\wto)(?<!managed to)(?<!able to)(?<!continued to)(?<!began to)(?<!started to)(?<!went on to)(?<!forced to)(?<!used to)"
    r"(?<!streets to)(?<!continue to)[ -](?:\w+ly )?$"
)
AFTER = "(?:of|after|since|before|following)"
WHO = "(?:of them )?(?:who|that|which)"
# The event is told as what went before the news: what people fled from, since when, after what, of whom one is accused.
SETTING = (
    "fled|fleeing|flee|flees|escap(?:e|ed|ing)|displaced by|uprooted by|since|victims of|survivors of|sheltering from|ahead of|"
    "during previous|scene of|retaliation for|revenge for|"
    rf"wake of|years? {AFTER}|months? {AFTER}|weeks? {AFTER}|amid(?:st)?|because of|due to|owing to|despite|"
    rf"resulting from|as a result of|history of|some {WHO}|those {WHO}|many {WHO}|most {WHO}|accused of|suspected of|suspicion of|"
    "charged with|convicted of|report on|known for|responsible for"
)
NO_FACT = Phrases(
    "|".join(
        [
            *(one + UP_TO_FOUR_WORDS for one in split_alternatives(UNREAL)),
            *(one + r"(?:[ -](?!when\b)[\w'’-]+){0,4}[ -]$" for one in split_alternatives(SETTING)),
        ]
    ),
    end="",
)
CLAUSE_ENDS = re.compile(
    r",\s|;\s|:\s|—\s|–\s|b(?<!\wb)ut\b|w(?<!\ww)(?:hich|ho(?<!some who)(?<!those who)(?<!many who)(?<!most who)|here|hen)\b"
)
# A question mark after a blank stands for what the writer did not know: "on June ?".
QUESTION = re.compile(r"\w\?[\"”'’]*$")
HABIT = "often|regularly|frequently|sometimes|usually|always|routinely|every (?:day|week|night|month|year|time)|from time to time"
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
LONG = r"(?:\w+ )?(?:weeks|months|years?|decades?)"
OVER_LONG = "|".join(
    f"{word} the {which} {LONG}" for word in ("over", "in", "during", "within", "for") for which in ("past", "last", "previous", "preceding")
)
RECENT = "recent (?:weeks|months|years)"
COMPILED = r"(?:that |which )?(?:\w+ )?(?:compiled|collected|show|shows|showed)"
COUNTED = "|".join(f"{word} (?:so far |already )?{done}" for word in ("has", "have", "had") for done in ("recorded", "documented", "counted"))
SUCH = "(?:such |attack|airstrike|time)"
TOTALS = Phrases(
    rf"so far|in total|altogether|to date|until now|since (?:the|its|last|then|\d|[a-z]+ \d|{MONTHS}|early|late|mid)|"
    rf"{OVER_LONG}|in {RECENT}|over {RECENT}|this year|last year|years ago|months ago|"
    r"according to (?:[\w'’-]+ ){0,4}?(?:figures|data|statistics|tall(?:y|ies)|counts?|database|documentation)|"
    rf"figures {COMPILED}|data {COMPILED}|statistics {COMPILED}|list {COMPILED}|tally {COMPILED}|records {COMPILED}|{COUNTED}|"
    rf"second {SUCH}|third {SUCH}|fourth {SUCH}|fifth {SUCH}|sixth {SUCH}|{HABIT}"
)
# "The 12th such attack".
NTH = re.compile(rf"\b\d+th {SUCH}\b")


def burmese(pattern: str) -> re.Pattern[str]:
    """The pattern in the order of signs that texts have (NFC), however it was typed."""
    return re.compile(unicodedata.normalize("NFC", pattern))


# After the verb: there was none; will, may, in order to, if, after, because of, since.
BURMESE_DENIED = burmese(r"[က-ဿ\s]{0,30}?(?:ခြင်း|မှု)\s*(?:မရှိ|မပြု)")
# People worry that it will be done.
BURMESE_FEARED = burmese(r"[က-ဿ\s]{0,60}?(?:မည်|မှာ)(?:ကို|အား)\s*[က-ဿ\s]{0,20}?စိုးရိမ်")
BURMESE_UNREAL = burmese(
    r"[က-ဿ\s]{0,14}?(?:မည်|လိမ့်|နိုင်ခြေ|နိုင်သည့်|ရန်|ဖွယ်|ပါက|လျှင်|မရှိ|ပြီးနောက်|ပြီးချိန်|များကြောင့်|ကတည်းက)"
)  # fmt: skip
# Within months or years, since, by lists, this year, formerly, last year, often.
BURMESE_TOTALS = burmese(r"လအတွင်း|နှစ်အတွင်း|ကတည်းက|စာရင်းအရ|ယခုနှစ်|ယခင်|ယမန်နှစ်|(?:လွန်ခဲ့|ပြီးခဲ့)(?:သည့်|တဲ့)\s*နှစ်|မကြာခဏ")


def is_total(text: str, language: str, held: int) -> bool:
    """Whether a passage sums up many events, or tells what happens time and again; `held`: what phrases its sentence may hold."""
    if language == "my":
        return BURMESE_TOTALS.search(text) is not None
    low = text.lower()
    return TOTALS.search(low, held) is not None or ("th " in low and NTH.search(low) is not None)


# Several rules ask of the same cue.
@lru_cache(maxsize=1024)
def is_fact(text: str, start: int, end: int, cue: tuple[int, int], language: str, held: int) -> bool:
    """Whether the cue in the passage from `start` to `end` is told as something that happened; `held`: what phrases its sentence may hold."""
    if language == "my":
        rest = text[cue[1] : end]
        return not any(pattern.match(rest) for pattern in (BURMESE_UNREAL, BURMESE_DENIED, BURMESE_FEARED))
    before = text[start : cue[0]].lower()
    clause = CLAUSE_ENDS.split(before[-WINDOW_CHARS:])[-1]
    if (held & NO_FACT.bit and NO_FACT.search_window(clause)) or ("to" in clause and TO_VERB.search(clause)):
        return False
    if before.startswith("if ") or " if " in before[-60:]:
        return False
    return text.find("?", start, end) < 0 or QUESTION.search(text, start, end) is None
