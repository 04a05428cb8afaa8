"""Zawgyi to Unicode Burmese: where a text is in Zawgyi, what each of its codes draws, and how Unicode orders the parts of a syllable.

Zawgyi stores a syllable as it is drawn from left to right, with several codes for one sign in different shapes; Unicode stores it
as it is spoken: consonant, stacked consonant, medials, vowels, tone. The table follows the glyphs of the Zawgyi-One font, the
order Unicode Technical Note 11. On 21 paragraphs that exist in both encodings the result is letter for letter the Unicode one.
"""

from __future__ import annotations

import re
import warnings
from functools import cache

from myanmartools import ZawgyiDetector

# Above it a text is in Zawgyi, below the second figure it is in Unicode, whatever its article is in. Of Burmese texts cut into
# pieces of 20 characters, 450 of 457 in Zawgyi lie above the first and none of 4,855 in Unicode; below the second lie 4,805 and none.
_ZAWGYI_MIN = 0.99999
_UNICODE_MAX = 0.001
# A shorter piece does not contradict its article: of pieces of 10 characters in Unicode one of 10,046 lies above the first figure, of 15 none.
_CONTRADICTS_CHARS_MIN = 15
_DETECTED_CHARS = 20_000  # from the first Burmese letter; the detector walks one letter at a time, 0.7 µs each

_BURMESE = re.compile("[\u1000-\u109f]")
# Texts of both encodings meet at the borders of sentences, quotations, lines and elements.
_STRETCH = re.compile('[^\n<>"“”‘’«»(){}\u104b]+')
# What Unicode never holds, except in Shan, Mon and Karen: a stacking sign with nothing below it, asat before a vowel, a mark on no consonant.
_HINT = re.compile(
    "\u1039(?![\u1000-\u1021])|\u103a[\u102b-\u1036\u103b-\u103e]|(?<![\u1000-\u102a\u103f\u103b-\u103e])[\u1031\u103b\u103c]|[\u1060-\u1097]"
)

# Kinzi is drawn above and after its consonant and stored before it; this private code marks it on the way.
_KINZI_MARK = "\ue000"
_KINZI = "\u1004\u103a\u1039"

# Zawgyi code → what it draws, in Unicode. Codes that mean the same in both are left out.
_DRAWS = {
    0x1033: "\u102f", 0x1034: "\u1030", 0x1039: "\u103a", 0x103A: "\u103b", 0x103B: "\u103c", 0x103C: "\u103d", 0x103D: "\u103e",
    0x105A: "\u102b\u103a", 0x1060: "\u1039\u1000", 0x1061: "\u1039\u1001", 0x1062: "\u1039\u1002", 0x1063: "\u1039\u1003",
    0x1064: _KINZI_MARK, 0x1065: "\u1039\u1005", 0x1066: "\u1039\u1006", 0x1067: "\u1039\u1006", 0x1068: "\u1039\u1007", 0x1069: "\u1039\u1008",
    0x106A: "\u1009", 0x106B: "\u100a", 0x106C: "\u1039\u100b", 0x106D: "\u1039\u100c", 0x106E: "\u100d\u1039\u100d", 0x106F: "\u100d\u1039\u100e",
    0x1070: "\u1039\u100f", 0x1071: "\u1039\u1010", 0x1072: "\u1039\u1010", 0x1073: "\u1039\u1011", 0x1074: "\u1039\u1011", 0x1075: "\u1039\u1012",
    0x1076: "\u1039\u1013", 0x1077: "\u1039\u1014", 0x1078: "\u1039\u1015", 0x1079: "\u1039\u1016", 0x107A: "\u1039\u1017", 0x107B: "\u1039\u1018",
    0x107C: "\u1039\u1019", 0x107D: "\u103b", 0x107E: "\u103c", 0x107F: "\u103c", 0x1080: "\u103c", 0x1081: "\u103c", 0x1082: "\u103c",
    0x1083: "\u103c", 0x1084: "\u103c", 0x1085: "\u1039\u101c", 0x1086: "\u103f", 0x1087: "\u103e", 0x1088: "\u103e\u102f", 0x1089: "\u103e\u1030",
    0x108A: "\u103d\u103e", 0x108B: _KINZI_MARK + "\u102d", 0x108C: _KINZI_MARK + "\u102e", 0x108D: _KINZI_MARK + "\u1036", 0x108E: "\u102d\u1036",
    0x108F: "\u1014", 0x1090: "\u101b", 0x1091: "\u100f\u1039\u100d", 0x1092: "\u100b\u1039\u100c", 0x1093: "\u1039\u1018", 0x1094: "\u1037",
    0x1095: "\u1037", 0x1096: "\u1039\u1010\u103d", 0x1097: "\u100b\u1039\u100b",
}  # fmt: skip

_CONSONANT = "[\u1000-\u102a\u103f\u104e]"
# What is drawn before the consonant comes first in Zawgyi: the vowel e, then the medial ra around it. So neither is a mark after it.
_MARK = f"(?:\u1039{_CONSONANT}|[\u102b-\u1030\u1032-\u1038\u103a\u103b\u103d\u103e{_KINZI_MARK}])"
_SYLLABLE = re.compile(f"(?P<before>[\u1031\u103c]*)(?P<consonant>{_CONSONANT}(?:\u1039{_CONSONANT})?)(?P<marks>{_MARK}*)")
_SINGLE_MARK = re.compile(_MARK)
_REPEATED = re.compile("([\u102b-\u1030\u1032-\u1038\u103a-\u103e])\\1+")

# The order of storage. Asat ends a syllable, or follows the vowel aa.
_STORED = "\u103b\u103c\u103d\u103e\u1031\u102d\u102e\u1032\u102f\u1030\u102b\u102c\u103a\u1036\u1037\u1038\u1033\u1034\u1035"
_RANK = {character: rank for rank, character in enumerate(_STORED, start=1)}

# Digits that writers typed for the letters they look like: told by the marks around them, by a final consonant that needs a letter before it,
# and a zero also by letters on both sides.
_MARKED = "[\u102b-\u1030\u1032\u1036\u103a\u103b\u103d\u103e]"  # not the medial ra, which is drawn before its consonant
_FINAL = "[\u1000-\u1021]\u1037?\u103a"
_LETTER_FOR_DIGIT = (
    (re.compile(f"(?<=[\u1031\u103c])\u1040|\u1040(?={_MARKED})|(?<![\u1040-\u1049])\u1040(?={_FINAL})"), "\u101d"),
    (re.compile("(?<=[\u1000-\u103f])\u1040(?=[\u1000-\u1021])"), "\u101d"),
    (re.compile(f"(?<=[\u1031\u103c])\u1047|\u1047(?={_MARKED})|(?<![\u1040-\u1049])\u1047(?={_FINAL})"), "\u101b"),
)
# Letters that Unicode has as one code and Zawgyi writers composed: ဥ + ီ, ဥ + ်, စ + ျ, သ + ြ, သြ + ော်; the sign ၎င်း.
_COMPOSED = (
    (re.compile("\u1025\u102e"), "\u1026"),
    (re.compile("\u1025(?=[\u103a\u1039])"), "\u1009"),
    (re.compile("\u1025(?=\u102c)"), "\u1009"),
    (re.compile("\u1005\u103b"), "\u1008"),
    (re.compile("\u101e\u103c\u1031\u102c\u103a"), "\u102a"),
    (re.compile("\u101e\u103c(?!\u1031)"), "\u1029"),
    (re.compile("[\u1044\u104e](?=\u1004\u103a\u1038)"), "\u104e"),
    (re.compile("\u104e(?!\u1004\u103a)"), "\u104e\u1004\u103a\u1038"),
)


def has_burmese(text: str) -> bool:
    """Whether there is a letter at all that Zawgyi and Unicode could be of two minds about."""
    return not text.isascii() and _BURMESE.search(text) is not None


def is_zawgyi(text: str) -> bool:
    """Whether the Burmese letters of a text follow the Zawgyi font instead of Unicode. Sure from 20 letters on."""
    return _probability(text) > _ZAWGYI_MIN


def to_unicode(text: str, *, undecided_is_zawgyi: bool = True) -> str:
    """The text with all that is Zawgyi in Unicode; what is Unicode already stays, such as a quotation or a sidebar. The caller normalises to NFC.

    A sentence says by itself what it is in. One that is too short follows `undecided_is_zawgyi`, which is what the whole article is in.
    """
    if not has_burmese(text) or (not undecided_is_zawgyi and not _HINT.search(text)):
        return text
    return _STRETCH.sub(lambda stretch: _settled(stretch[0], undecided_is_zawgyi), text)


def _settled(stretch: str, undecided_is_zawgyi: bool) -> str:
    if not _BURMESE.search(stretch):
        return stretch
    if undecided_is_zawgyi:
        return stretch if 0 <= _probability(stretch) < _UNICODE_MAX else _converted(stretch)
    contradicts = len(_BURMESE.findall(stretch)) >= _CONTRADICTS_CHARS_MIN and _HINT.search(stretch) is not None
    return _converted(stretch) if contradicts and is_zawgyi(stretch) else stretch


def _probability(text: str) -> float:
    """The detector's probability of Zawgyi; below 0 where a text has no letters that tell."""
    first = _BURMESE.search(text)
    return float(_detector().get_zawgyi_probability(text[first.start() : first.start() + _DETECTED_CHARS])) if first else -1.0


@cache
def _detector() -> ZawgyiDetector:
    with warnings.catch_warnings():
        # myanmartools 1.2.1 opens its model by a function that Python 3.11 calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return ZawgyiDetector()


def _converted(text: str) -> str:
    drawn = text.replace("\u200b", "").translate(_DRAWS)
    for pattern, letter in _LETTER_FOR_DIGIT:
        drawn = pattern.sub(letter, drawn)
    stored = _SYLLABLE.sub(_reordered, _REPEATED.sub(r"\1", drawn))
    for pattern, letter in _COMPOSED:
        stored = pattern.sub(letter, stored)
    return stored.replace(_KINZI_MARK, _KINZI)


def _reordered(syllable: re.Match[str]) -> str:
    marks = [*dict.fromkeys(syllable["before"]), *_SINGLE_MARK.findall(syllable["marks"])]
    kinzi = _KINZI if _KINZI_MARK in marks else ""
    stacked = "".join(mark for mark in marks if mark[0] == "\u1039")
    signs = [mark for mark in marks if mark in _RANK]
    # ယောက်ျား: an asat drawn before the medial ya belongs to the consonant.
    early = "\u103a" if "\u103a\u103b" in "".join(signs) else ""
    signs = [mark for mark in signs if not (early and mark == "\u103a")]
    return kinzi + syllable["consonant"] + stacked + early + "".join(sorted(signs, key=_RANK.__getitem__))
