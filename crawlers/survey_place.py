"""Who and where an outlet is, as far as its pages show it: name, language, country, time zone, each with its evidence. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytz

from crawlers.addresses import literal_address
from crawlers.hosts import bare_host
from crawlers.survey import Findings, HomePage, registered

NAME_CHARS_MAX = 100
# Between a name and its slogan. A colon or dash without spaces is part of a name.
SEPARATORS = re.compile(r"\s+[-–—:~]+\s+|\s*[|»•·]+\s*|:\s+")
NOT_NAMES = frozenset((
    "home", "homepage", "home page", "welcome", "front page", "index", "latest news", "news", "breaking news", "main", "ပင်မစာမျက်နှာ",
))
# The language that a script means on a news site: certain where only one is written with it, else the commonest.
SCRIPTS: dict[str, tuple[str, bool]] = {
    "MYANMAR": ("my", False), "THAI": ("th", True), "LAO": ("lo", True), "KHMER": ("km", True), "BENGALI": ("bn", False), "TAMIL": ("ta", True),
    "TELUGU": ("te", True), "SINHALA": ("si", True), "HANGUL": ("ko", True), "HIRAGANA": ("ja", True), "KATAKANA": ("ja", True),
    "GREEK": ("el", True), "HEBREW": ("he", True), "ARMENIAN": ("hy", True), "GEORGIAN": ("ka", True), "ETHIOPIC": ("am", False),
    "CJK": ("zh", False), "ARABIC": ("ar", False), "CYRILLIC": ("ru", False), "DEVANAGARI": ("hi", False),
}  # fmt: skip
# Languages that each script of SCRIPTS is used for besides; a declared one of these is believed.
ALSO_WRITTEN = {
    "MYANMAR": ("shn", "mnw", "ksw", "kar", "pwo"), "BENGALI": ("as",), "ETHIOPIC": ("ti",), "CJK": ("ja",),
    "ARABIC": ("fa", "ur", "ps", "ckb", "ug"), "CYRILLIC": ("uk", "bg", "sr", "mk", "be", "kk", "ky", "mn"), "DEVANAGARI": ("ne", "mr"),
}  # fmt: skip
# Sold to anyone: they say nothing of a country.
GENERIC_COUNTRY_ENDINGS = frozenset((
    "io", "co", "tv", "me", "ai", "fm", "cc", "ws", "ly", "to", "gg", "sh", "nu", "st", "vc", "ag", "im", "eu", "su", "la", "pw",
))
LANGUAGE_COUNTRY = {
    "my": "MM", "shn": "MM", "mnw": "MM", "ksw": "MM", "th": "TH", "lo": "LA", "km": "KH", "bn": "BD", "si": "LK", "ne": "NP", "vi": "VN", "id": "ID",
    "ja": "JP", "ko": "KR", "tl": "PH", "fil": "PH", "uk": "UA", "ka": "GE", "hy": "AM", "he": "IL", "am": "ET", "hi": "IN", "ta": "IN",
}  # fmt: skip
# Offsets that the clocks of one country only show (and of islands without news sites).
OFFSET_COUNTRY = {timedelta(hours=6, minutes=30): "MM", timedelta(hours=5, minutes=45): "NP", timedelta(hours=4, minutes=30): "AF",
                  timedelta(hours=3, minutes=30): "IR"}
# Regions that systems declare where nobody chose one.
DEFAULT_REGIONS = ("US", "GB")
UNKNOWN_COUNTRY = "ZZ"  # ISO 3166-1 keeps it free for users


@dataclass(frozen=True, slots=True)
class Stated:
    """A value for the definition, what shows it, and whether that is enough."""

    value: str
    why: str
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """The required keys of a definition, without the home page."""

    name: Stated
    country: Stated
    language: Stated
    time_zone: Stated


def place_of(findings: Findings) -> Place:
    host = findings.site.canonical_host.rsplit(":", 1)[0]
    language = language_of(findings.home, headlines_of(findings))
    country = country_of(host, findings.home, language.value, findings.offsets)
    return Place(name_of(findings.home, host), country, language, time_zone_of(country, findings.offsets, findings))


def headlines_of(findings: Findings) -> list[str]:
    """Titles that sources give, and the texts of links on the home page."""
    titles = [title for look in findings.sources if look.state in ("good", "stale") for title in look.titles]
    return titles + [text for _, text in findings.home.anchors if len(text) > 20]


# ---------------------------------------------------------------- name


def name_of(home: HomePage, host: str) -> Stated:
    if home.site_name:
        return Stated(shortened(best_part(home.site_name, host)), "from og:site_name of the home page")
    if home.title:
        return Stated(shortened(best_part(home.title, host)), "from the title of the home page")
    return Stated(host, "the home page gives no name; this is its host", is_sure=False)


def best_part(title: str, host: str) -> str:
    """The part of a title that is the name: the one that the host resembles, else the first that is not just a word for a home page."""
    parts = [part for part in (each.strip() for each in SEPARATORS.split(title)) if part and part.casefold() not in NOT_NAMES]
    label = compact(registered(host).split(".")[0])
    return next((part for part in parts if resembles(part, label)), parts[0] if parts else title)


def resembles(part: str, label: str) -> bool:
    initials = "".join(word[0] for word in part.casefold().split() if word)
    return bool(compact(part)) and (compact(part) in label or label in compact(part) or (len(initials) > 1 and label.startswith(initials)))


def compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def shortened(text: str) -> str:
    return text[:NAME_CHARS_MAX].strip()


# ---------------------------------------------------------------- language


def language_of(home: HomePage, headlines: Iterable[str]) -> Stated:
    """By the script of the headlines first: a Burmese site on an English theme says lang="en"."""
    declared, where = declared_language(home)
    script = script_of(headlines)
    primary = declared.split("-")[0]
    if script in SCRIPTS:
        usual, only = SCRIPTS[script]
        if primary == usual or primary in ALSO_WRITTEN.get(script, ()):
            return Stated(declared if primary == "zh" else primary, f"{where} says {declared}, and so do the letters of the headlines")
        against = f", although {where} says {declared}" if declared else ""
        return Stated(usual, f"from the letters of the headlines ({script.title()} script){against}", is_sure=only)
    if script == "LATIN" and declared and primary not in {each for each, _ in SCRIPTS.values()}:
        return Stated(primary, f"{where} says {declared}")
    if script == "LATIN":
        against = f"{where} says {declared}, but the headlines are in Latin letters" if declared else "the page declares none; its letters are Latin"
        return Stated("en", against, is_sure=False)
    if declared:
        return Stated(primary, f"{where} says {declared}; its headlines do not show it", is_sure=False)
    return Stated("und", "nothing on the site shows the language; und stands for unknown", is_sure=False)


def declared_language(home: HomePage) -> tuple[str, str]:
    """(language tag or "", where it is declared)."""
    for value, where in ((home.language, "<html lang>"), (home.locale, "og:locale")):
        tag = value.replace("_", "-")
        if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag):
            first, *rest = tag.split("-")
            return "-".join((first.lower(), *rest)), where
    return "", ""


def script_of(texts: Iterable[str]) -> str:
    """The script of a third of the letters or more, other than Latin before Latin; empty without letters."""
    letters = Counter(
        unicodedata.name(letter, "").split(" ")[0].split("-")[0] for text in list(texts)[:400] for letter in text[:300] if letter.isalpha()
    )
    total = sum(letters.values())
    shares = [script for script, count in letters.most_common() if count >= total / 3]
    return next((script for script in shares if script != "LATIN"), shares[0] if shares else "")


# ---------------------------------------------------------------- country and time zone


def country_of(host: str, home: HomePage, language: str, offsets: Sequence[timedelta]) -> Stated:
    ending = host.rsplit(".", 1)[-1].lower()
    code = {"uk": "GB"}.get(ending, ending.upper())
    if ending not in GENERIC_COUNTRY_ENDINGS and code in pytz.country_names:
        return Stated(code, f"{pytz.country_names[code]}, from .{ending} in its address")
    for offset in offsets[:1]:
        if code := OFFSET_COUNTRY.get(offset, ""):
            return Stated(code, f"{pytz.country_names[code]}: its dates carry {offset_text(offset)}, which is the time there only")
    for value in (home.locale, home.language):
        region = re.fullmatch(r"[a-z]{2,3}[-_]([A-Z]{2})", value)
        if region and region[1] not in DEFAULT_REGIONS and region[1] in pytz.country_names:
            return Stated(region[1], f"{pytz.country_names[region[1]]}, from the {value} that the home page declares", is_sure=False)
    if code := LANGUAGE_COUNTRY.get(language, ""):
        return Stated(code, f"{pytz.country_names[code]}, guessed from the language", is_sure=False)
    return Stated(UNKNOWN_COUNTRY, "nothing on the site shows the country; ZZ stands for unknown", is_sure=False)


def time_zone_of(country: Stated, offsets: Sequence[timedelta], findings: Findings) -> Stated:
    zones = pytz.country_timezones.get(country.value) or []
    offset = offsets[0] if offsets else None
    noon = datetime(findings.today.year, findings.today.month, findings.today.day, 12)  # noqa: DTZ001 - pytz gives it its zone
    fitting = [zone for zone in zones if offset and pytz.timezone(zone).utcoffset(noon) == offset]
    if fitting and offset:
        return Stated(fitting[0], f"its dates carry {offset_text(offset)}")
    against = f", but its dates carry {offset_text(offset)}" if offset else ""
    if len(zones) == 1:
        return Stated(zones[0], f"the only zone of {pytz.country_names[country.value]}{against}", is_sure=country.is_sure and not offset)
    if zones:
        return Stated(zones[0], f"the first of {len(zones)} zones of {pytz.country_names[country.value]}{against}", is_sure=False)
    if offset and not offset % timedelta(hours=1):
        hours = offset // timedelta(hours=1)
        return Stated(f"Etc/GMT{-hours:+d}", f"its dates carry {offset_text(offset)}; the place is not known", is_sure=False)
    return Stated("UTC", f"nothing on the site shows the time zone{against}", is_sure=False)


def offset_text(offset: timedelta) -> str:
    minutes = round(offset / timedelta(minutes=1))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


# ---------------------------------------------------------------- id


def outlet_id_of(host: str, language: str) -> str:
    """An id from the registered name and the language: narinjara_my for burmese.narinjara.com in Burmese."""
    host = host.strip("[]")
    label = f"site_{host}" if literal_address(host) else registered(bare_host(host)).split(".")[0]
    words = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "outlet"
    return f"{words[:30]}_{re.sub(r'[^a-z0-9]', '', language.split('-')[0])}"
