"""Numbers of people in Burmese sentences: only where number, classifier and verb stand together; everything else is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from flows.steps.taggers.reading import FieldText
from warehouse.records import Figure

UNITS = {"တစ်": 1, "နှစ်": 2, "သုံး": 3, "လေး": 4, "ငါး": 5, "ခြောက်": 6, "ခုနစ်": 7, "ခုနှစ်": 7, "ရှစ်": 8, "ကိုး": 9}
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
# One to ninety-nine in words: "သုံး", "ဆယ်", "ဆယ့်ငါး", "နှစ်ဆယ်", "သုံးဆယ့်လေး".
WORD_NUMBER = re.compile(rf"(?:(?P<tens>{UNIT})?(?P<ten>ဆယ်|ဆယ့်))?(?P<unit>{UNIT})?")
DIGITS = r"[၀-၉]{1,3}(?:,[၀-၉]{3})+|[၀-၉]{1,7}|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7}"
CIVILIAN = "အရပ်သား|ဒေသခံ|ရွာသား|ကလေးငယ်|ကလေးသူငယ်|ကလေး|အမျိုးသမီး|ကျောင်းသူ|ကျောင်းသား|ဆရာမ|ရဟန်း|သံဃာတော်|သံဃာ|ကိုရင်|လူနာ|ခရီးသည်|ရေလုပ်သား|လယ်သမား"
SOLDIER = "စစ်ကောင်စီတပ်သား|စစ်ကောင်စီစစ်သား|စစ်သား|တပ်သား|ရဲတပ်ဖွဲ့ဝင်|တပ်ဖွဲ့ဝင်"
WHO = rf"(?P<who>(?:{CIVILIAN}|{SOLDIER}|ပြည်သူ|အမျိုးသား|လူငယ်|လူ|မိသားစုဝင်)(?:များ)?)"
BEFORE = r"(?:(?P<least>အနည်းဆုံး)\s*|(?P<total>စုစုပေါင်း)\s*)?"
COUNT = (
    rf"(?:{WHO}\s*)?{BEFORE}(?<![၀-၉0-9,.])(?P<number>{DIGITS}|(?:(?:{UNIT})?(?:ဆယ်|ဆယ့်))?(?:{UNIT})?(?<=[\u1038\u103a\u1037]))\s*"
    r"(?:ဦး|ယောက်)(?:\s*(?P<after>ကျော်|ခန့်|နီးပါး))?(?:စလုံး)?"
)
# Right after the count: people who died, were hurt, were arrested, fled, surrendered; or, as object, who were arrested or killed.
SUBJECT = {
    "killed": "သေဆုံး|ကျဆုံး|အသတ်ခံ|သတ်ဖြတ်ခံ|အသက်ဆုံးရှုံး",
    "injured": "ဒဏ်ရာ(?:အပြင်းအထန်\\s*)?ရ|ထိခိုက်ဒဏ်ရာရ",
    "detained": "ဖမ်းဆီးခံ|အဖမ်းခံ|ဖမ်းခံ",
    "displaced": "ထွက်ပြေး|တိမ်းရှောင်|ဘေးလွတ်ရာ",
    "surrendered": "လက်နက်ချ",
}
OBJECT = {"detained": "ဖမ်းဆီး(?!ခံ)|ဖမ်းခေါ်|ထိန်းသိမ်း", "killed": "သတ်ဖြတ်(?!ခံ)|ပစ်သတ်"}
LINK = r"(?:သည်|မှာ|က)?\s*(?:ပွဲချင်းပြီး|နေရာတွင်ပင်|ထပ်မံ|ပြင်းထန်စွာ)?\s*"
VERBS = "|".join(f"(?P<{role}>{verbs})" for role, verbs in SUBJECT.items())
OBJECT_VERBS = "|".join(f"(?P<object_{role}>{verbs})" for role, verbs in OBJECT.items())
FIGURE = re.compile(rf"{COUNT}(?:{LINK}(?:{VERBS})|\s*ကို\s*(?:{OBJECT_VERBS}))(?P<tail>[\u1000-\u1049\u104c-\u109f]{{0,40}})")
# Every match of FIGURE holds a word of either: most sentences are passed over at one look, where the pattern tries each syllable.
CLASSIFIERS = ("ဦး", "ယောက်")
VERB_HEADS = tuple({verb.partition("(")[0] for verbs in (*SUBJECT.values(), *OBJECT.values()) for verb in verbs.split("|")})
# The rest of the verb that makes it no fact: may, will, if, not, is likely to.
NO_FACT = re.compile("နိုင်|မည်|လိမ့်|ပါက|လျှင်|ဖွယ်|^ခြင်း\\s*မ|^မှု\\s*မ|မရှိ|ရန်|မခံ")
# Between months and years, since, so far, by lists: many events.
CUMULATIVE = re.compile("လအတွင်း|နှစ်အတွင်း|ပတ်အတွင်း|လပိုင်းအတွင်း|ကတည်းက|မှ\\s*စ(?:တင်)?၍|မှ\\s*စပြီး|ယခုအချိန်အထိ|ယနေ့အထိ|ယခုနှစ်|စာရင်းအရ|စာရင်းများအရ|မှတ်တမ်း|နောက်ပိုင်း|စုစုပေါင်း")
BACKGROUND = re.compile("ယမန်နှစ်|ပြီးခဲ့သည့်\\s*နှစ်|လွန်ခဲ့သည့်|ပြီးခဲ့သည့်\\s*လ|ယခင်")
YEAR = re.compile("([၁၂][၀-၉]{3})\\s*(?:ခုနှစ်|ပြည့်နှစ်)")
PART = re.compile("(?:အနက်(?:မှ)?|ထဲမှ|ထဲက|ထဲတွင်|အပါအဝင်)[\\s\u1000-\u109f]{0,20}$")


def burmese_sentence_figures(body: FieldText, start: int, end: int, published_on: date | None) -> Iterator[tuple[Figure, int]]:
    """The figures of one sentence with where their numbers begin, in text order."""
    text = body.text[start:end]
    if not (any(map(text.__contains__, CLASSIFIERS)) and any(map(text.__contains__, VERB_HEADS))):
        return
    for match in FIGURE.finditer(text):
        value = number_of(match["number"])
        if value is None or NO_FACT.search(match["tail"]) or NO_FACT.match(text[match.end() : match.end() + 12].lstrip()):
            continue
        role = next(name for name in (*SUBJECT, *(f"object_{name}" for name in OBJECT)) if match[name]).removeprefix("object_")
        if role == "detained" and re.match(SOLDIER, match["who"] or ""):
            role = "captured"
        low, best, high, qualifier = bounds(match, value)
        first, last = start + match.start(), start + match.start("tail")
        party = "civilians" if re.match(CIVILIAN, match["who"] or "") else None
        scope = scope_of(text, match, published_on)
        yield (
            Figure(first, last, body.text[first:last], role, low, best, high, qualifier, match["who"], party, scope),
            start + match.start("number"),
        )


def number_of(digits: str) -> int | None:
    """'၁၂' is 12, 'ဆယ့်ငါး' 15; None for what is no number."""
    plain = digits.replace(",", "")
    if plain.isdecimal():
        return int(plain) or None
    match = WORD_NUMBER.fullmatch(digits)
    if not match or not digits:
        return None
    tens = (UNITS[match["tens"]] if match["tens"] else 1) * 10 if match["ten"] else 0
    return tens + (UNITS[match["unit"]] if match["unit"] else 0)


def bounds(match: re.Match[str], value: int) -> tuple[int | None, int | None, int | None, str]:
    """(low, best, high, qualifier), as for English."""
    if match["least"]:
        return value, value, None, "at least"
    if match["after"] == "ကျော်":
        return value, value, None, "more than"
    return (None, value, None, "about") if match["after"] else (value, value, value, "exact")


def scope_of(text: str, match: re.Match[str], published_on: date | None) -> str:
    if PART.search(text, max(0, match.start() - 40), match.start()):
        return "breakdown"
    year = YEAR.search(text)
    if BACKGROUND.search(text) or (year and published_on and int(year.group(1)) != published_on.year):
        return "background"
    return "cumulative" if match["total"] or CUMULATIVE.search(text) else "event"
