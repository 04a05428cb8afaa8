"""Who speaks in Burmese: the forms with ဟု, လို့ and ကြောင်း, with the speaker before or behind what is said.

The forms are those of news prose: "..." ဟု NAME က ပြောသည်; NAME က "..." ဟု ပြောသည်; ... ကြောင်း NAME က ပြောသည်; NAME ၏ အဆိုအရ ....
"""

from __future__ import annotations

import re

from flows.steps.taggers.vocabulary import syllable_count
from warehouse.record import record

SAY = (
    r"(?:(?:ပြောကြား|ပြောဆို|ပြောပြ|ပြော|ရှင်းပြ|ရှင်းလင်း|မိန့်ကြား|သုံးသပ်|ဝေဖန်|အတည်ပြု|တုံ့ပြန်|ထုတ်ပြန်|ကြေညာ|မှတ်ချက်ပြု|"
    r"ဖြေကြား|ဆို)(?:ကြ)?(?:ခဲ့|ထား|လိုက်|နေ)*(?:ကြ)?(?:ပါ)?(?:သည်|တယ်|၏))"
)
THAT = r"(?:ဟု|ဟူ၍|လို့|ကြောင်း|ဆိုပြီး)"
# What may stand between the speaker and the verb: to whom, where, when.
TO_WHOM = r"[^။“”\"\n]{0,50}?"
# မှ is "by" right before the verb only; elsewhere it is "from": စစ်တွေမြို့မှ ဦးမောင်မောင်က.
BY = rf"(?:က|မှ(?=[ \u00a0]?{SAY}))"
PHRASE = r"(?P<phrase>[\u1000-\u1049\u104e\u1050-\u109fA-Za-z0-9 \u00a0()./-]{2,90}?)"
# Of "အမ်းမြို့က ရွာသားတစ်ဦးက" the last က is the speaker's.
LONGEST_PHRASE = PHRASE.replace("?)", ")")
# The phrase begins behind the words that end what was said.
SPEAKER_AFTER = re.compile(rf"[ \u00a0]*(?:{THAT})?[ \u00a0၊]*{LONGEST_PHRASE}{BY}(?=[ \u00a0]|{SAY}){TO_WHOM}(?P<cue>{SAY})")
SPEAKER_BEFORE = re.compile(rf"{LONGEST_PHRASE}က[ \u00a0၊]*$")
CUE_AFTER = re.compile(rf"[ \u00a0]*{THAT}[ \u00a0]*{TO_WHOM}(?P<cue>{SAY})")
SPEAKER_AT_END = re.compile(rf"{THAT}[ \u00a0၊]*{LONGEST_PHRASE}{BY}[ \u00a0]?{TO_WHOM}(?P<cue>{SAY})[။ ]*$")
SPEAKER_AT_HEAD = re.compile(rf"^{PHRASE}{BY}(?=[ \u00a0၊]).+?{THAT}[ \u00a0]*{TO_WHOM}(?P<cue>{SAY})[။ ]*$")
JOINED_AT_HEAD = re.compile(rf"^{PHRASE}များ{BY}.+?{THAT}[ \u00a0]*(?P<cue>{SAY})[။ ]*$")
ACCORDING_TO = re.compile(
    rf"^{PHRASE}(?:တို့)?(?:၏|ရဲ့)?[ \u00a0]*(?P<cue>(?:အဆို|အပြော|(?:ပြောကြား|ပြောဆို|ပြောပြ|ထုတ်ပြန်|ရှင်းလင်း)(?:ထား)?ချက်(?:များ)?)အရ)"
)
ENDS_A_CLAUSE = re.compile(rf"(?:{THAT}|၍|ပြီး|သဖြင့်|သော်လည်း)[ \u00a0]+(?=\S)|၊[ \u00a0]*")
# Ranks and forms of address that a name begins with. မ is left out: it is also the negative of verbs.
TITLES = (
    r"(?:ဗိုလ်ချုပ်မှူးကြီး|ဗိုလ်ချုပ်ကြီး|ဗိုလ်ချုပ်|ဗိုလ်မှူးကြီး|ဗိုလ်မှူး|ဗိုလ်ကြီး|ဗိုလ်|ဆရာတော်|ဒေါက်တာ|ပဒိုမန်း|ပဒို|ဦး|ဒေါ်|ကို|စိုင်း|နန်း|စော|နော်|ဆလိုင်း|ခိုင်)"
)
TITLED = re.compile(rf"{TITLES}[ \u00a0]?[\u1000-\u109f]{{2,}}$")
# Fewer syllables within quotation marks are a term, not a quote.
FEWEST_SYLLABLES = 6


@record
class BurmeseSpeaker:
    """Name or role, what the text says of a named one, and the verb."""

    name: str
    description: str | None
    cue: str


def is_quote(text: str) -> bool:
    """Whether what stands in quotation marks is long enough to be somebody's words."""
    return syllable_count(text) >= FEWEST_SYLLABLES


def speaker_beside(before: str, after: str) -> BurmeseSpeaker | None:
    """The speaker of a quote from the text before and behind it on its line."""
    if match := SPEAKER_AFTER.match(after):
        return named(match["phrase"], match["cue"])
    cue = CUE_AFTER.match(after)
    match = SPEAKER_BEFORE.search(before[-120:])
    return named(match["phrase"], cue["cue"]) if cue and match else None


def speaker_of_statement(sentence: str) -> BurmeseSpeaker | None:
    """The speaker of a reported statement, None where the sentence reports nothing."""
    for pattern in (SPEAKER_AT_END, SPEAKER_AT_HEAD, JOINED_AT_HEAD, ACCORDING_TO):
        if match := pattern.search(sentence):
            phrase = match["phrase"] + ("များ" if pattern is JOINED_AT_HEAD else "")
            return named(phrase, match["cue"])
    return None


def named(phrase: str, cue: str) -> BurmeseSpeaker | None:
    """The speaker in the words before က: the last clause of them, its name apart from what describes it."""
    words = ENDS_A_CLAUSE.split(phrase)[-1].strip(" \u00a0၊။()").split()
    if not words or not re.search("[\u1000-\u109fA-Z]", words[-1]):
        return None
    if len(words) > 1 and re.fullmatch(TITLES, words[-2]):
        words[-2:] = [" ".join(words[-2:])]
    if len(words) > 1 and TITLED.match(words[-1]):
        return BurmeseSpeaker(words[-1], " ".join(words[:-1]), cue)
    return BurmeseSpeaker(" ".join(words), None, cue)
