"""From the lines an extractor gives to the body: one paragraph a line, without the masthead, captions, page furniture and tails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.steps.dates import printed_dates
from flows.steps.lines import folded, one_line, word_count
from flows.steps.pictures import is_credit_line, split_credit

# Whole lines that are page furniture wherever they stand.
_FURNITURE = re.compile(
    r"^(?:[-–—\s]*advertisements?[-–—\s]*|- ?advertisement ?-|share(?: this)?(?: (?:on|via|article|story|post)\b.{0,30})?:?|"
    r"tweet|viber|print|email|whatsapp|"
    r"(?:share )?on (?:facebook|twitter|whatsapp)|view counts?:? ?[\d,]*|views?:? ?[\d,]+|[\d,]+ views?|hits:? ?[\d,]+|"
    r"home ?breaking.*|\{\w+[^}]*\}|spot_img|"
    r"click to (?:share|print|email).*|\(opens in new window\).*|like this:|loading\.{3}|read more\.*|continue reading\.*|"
    r"comments? off|text size.*|follow us on.*|"
    r"sign up for (?:our|the) .{0,60}newsletter.*|subscribe to (?:our|the) .{0,60}newsletter.*|"
    r"your email address will not be published.*|required fields are marked.*|"
    r"please enter your (?:comment|name|email).*|save my name, email.*|download (?:our|the) .{0,30}\bapp\b.*|©.*|"
    r"copyright ©.*|all rights reserved\.?|"
    r"\S+\.(?:jpe?g|png|gif|webp)|tags?:.*|filed under:?.*|topics?:.*|posted in.*|categor(?:y|ies):.*)$",
    re.I,
)
# Headings under which other stories, comments or forms follow: nothing after them is the article.
_TAIL_HEADING = re.compile(
    r"^(?:related(?: (?:posts?|stories|articles|news|topics|content|reading))?|more (?:news|stories|articles|from .{1,60}|"
    r"on this (?:story|topic)|like this)|"
    r"you (?:may|might) (?:also )?(?:like|be interested in|enjoy).*|read (?:also|next)|also read|see also|"
    r"recommended(?: for you| stories)?|latest (?:news|stories)|"
    r"most (?:read|popular|viewed)|leave a (?:reply|comment)|post a comment|add a comment|comments?(?: \(\d+\))?|"
    r"previous (?:article|post|story)|next (?:article|post|story)|"
    r"share your (?:thoughts|views)|popular (?:posts|stories)|trending(?: now)?|don't miss|what to read next|mehr zum thema|"
    r"lesen sie auch|ဆက်စပ်သတင်းများ|နောက်ဆုံးရသတင်းများ)"
    r"\s*[:.…]*$",
    re.I,
)
# Lines inside a text that lead to another story: 'Read more: Nine boats sink in the strait', or the label alone. What they say is not of this
# article, and their figures and places would be counted for it. By their marked texts and snippets 34 public news pages are better without them
# and 3 worse; on guides, of which some markers kept them, it is even (body F over all .9565 before, .9567 since; snippets .915, .921).
_POINTER_LABELS = (
    "read (?:more|also|next|further)|(?:also|more|further) (?:read|reading)|see also|related(?: (?:stor(?:y|ies)|articles?|news|posts?|content|"
    "coverage|topics?|reading))?|more on this|don['’]t miss|must[- ]read|you (?:may|might) (?:also )?(?:like|be interested in)",
    "ဆက်စပ်သတင်း(?:များ)?|ဆက်လက်ဖတ်ရှုရန်|ဆက်စပ်ဖတ်ရှုရန်|ဖတ်ရှုရန်",
    "lesen sie (?:auch|hier|dazu|mehr|hierzu)(?: die folgenden beiträge)?|lies (?:auch|hier|mehr)|mehr (?:zum thema|dazu|themen)|das (?:thema )?"
    "könnte (?:sie|dich|euch) auch interessieren|auch (?:interessant|lesenswert)|schon gelesen|siehe auch|passend dazu|zum weiterlesen|weiterlesen|"
    "weitere (?:artikel|beiträge|themen)(?: .{1,30})?",
    "(?:le|te|les) puede interesar|(?:lea|lee|vea|mira|mire) (?:también|además|más)|puedes ver|también (?:lea|puedes leer|te puede interesar)|"
    "(?:notas|noticias) relacionadas|artículos relacionados|(?:veja|leia) (?:também|mais)|saiba mais|(?:notícias|matérias) relacionadas",
    "(?:à )?lire (?:aussi|également|plus)|voir aussi|sur le même sujet|leggi anche|potrebbe interessarti|lees (?:ook|meer|verder)",
    "läs (?:också|mer|även)|les (?:også|mer)|læs (?:også|mere)|lue (?:myös|lisää)|(?:czytaj|zobacz|przeczytaj|sprawdź) (?:też|także|również|"
    "więcej)|dowiedz się więcej|читайте также|смотрите также|baca juga",
)
_POINTER = re.compile(rf"^[\W_]{{0,3}}(?:{'|'.join(_POINTER_LABELS)})\s*(?:[:|»>–—?]+\s*.*|[.…!]*)$", re.I)
_POINTER_CHARS_MAX = 220
_PAYWALL = re.compile(
    r"^(?:subscribe (?:now )?(?:for|to) (?:full|unlimited|continue|get|read|access|keep|unlock)\b.*|already a (?:member|"
    r"subscriber).*|(?:please )?(?:log|sign) in to (?:continue|read|access).*|"
    r"(?:this|the) (?:article|content|story|post) is (?:for|only available to|reserved for|"
    r"available only to) .{0,30}(?:subscribers?|members?).*|"
    r"to (?:continue|keep) reading,? .{0,60}|become a (?:member|subscriber) .{0,60}|(?:want|"
    r"continue) (?:to )?read(?:ing)? (?:more|the full (?:story|article)).{0,60}|"
    r"you have reached your .{0,30}limit.*|start your free trial.*|unlock this (?:article|story).*|"
    r"register (?:now )?to (?:continue|read).*|"
    r"subscribe(?: now)?|members?[- ]only.*|(?:jetzt )?weiterlesen mit .*|log in|sign in)[.!]?$",
    re.I,
)
_SOURCE_TAIL = re.compile(r"^(?:(?:news|text|source|photos?|pictures?|video)\s*[–—:-]\s*.{1,60}|\((?:source|via):? .{1,60}\))$", re.I)
_TEASER = re.compile(r"(?:\.{3}|…)$")
_PAYWALL_LINES_MAX = 8
_HEAD_LINES = 14
# A list of other stories inside a text begins with the same words as the one that ends it: cut is where little follows. The lines of lists are
# left out before; with .4, and more after headings that "never" stand inside a text, live reports lost all but their first lines.
_TAIL_SHARE_MAX = 0.25
_CAPTION_CHARS_MAX = 900


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The paragraphs of a body and what was found among them."""

    paragraphs: tuple[str, ...]
    invitation: str | None  # to subscribe or log in: the line that ended the text
    credits: tuple[str, ...] = ()


def clean_body(lines: Sequence[str], *, headline: str | None, captions: frozenset[str]) -> Cleaned:
    """The body of an article whose masthead was taken out of the page before. `captions` are folded captions."""
    paragraphs = [text for text in map(one_line, lines) if text]
    paragraphs = _without_lone_bullet(_after_headline(paragraphs, headline))
    paragraphs, invitation = _before_tail(paragraphs)
    kept, printed_credits = _without_captions(paragraphs, captions)
    kept = [text for text in kept if not (_FURNITURE.match(text) or leads_elsewhere(text))]
    return Cleaned(tuple(_without_teasers(kept)), invitation, printed_credits)


def _without_lone_bullet(paragraphs: list[str]) -> list[str]:
    """The paragraphs without the '- ' of a list whose only item is the whole text."""
    bullets = [text for text in paragraphs if text.startswith("- ")]
    return [paragraphs[0][2:], *paragraphs[1:]] if bullets == paragraphs[:1] and bullets else paragraphs


def invites(text: str) -> bool:
    """Whether a line invites to subscribe or log in to read on."""
    return _PAYWALL.match(text) is not None


def leads_elsewhere(text: str) -> bool:
    """Whether a line leads to another story."""
    return len(text) <= _POINTER_CHARS_MAX and _POINTER.match(text) is not None


def _after_headline(paragraphs: list[str], headline: str | None) -> list[str]:
    """What follows the headline where it is printed in the first lines, and no further copy of it.

    Lists of other stories stand before the headline in the text of 31 of 54 DMG pages; they are short lines.
    """
    wanted = folded(headline)
    at = next((position for position, text in enumerate(paragraphs[:_HEAD_LINES]) if wanted and folded(text.lstrip("- ")) == wanted), None)
    if at is not None and all(word_count(text) < 30 for text in paragraphs[:at]) and _words(paragraphs[:at]) < _words(paragraphs[at:]):
        paragraphs = paragraphs[at + 1 :]
    return [text for position, text in enumerate(paragraphs) if position > _HEAD_LINES or not wanted or folded(text) != wanted]


def _before_tail(paragraphs: list[str]) -> tuple[list[str], str | None]:
    """(the paragraphs before the first tail heading and before an invitation to subscribe, that invitation)."""
    for position, text in enumerate(paragraphs):
        if not position or not _TAIL_HEADING.match(text):
            continue
        rest = paragraphs[position + 1 :]
        if not _looks_like_a_list(rest):
            continue
        if _words(rest) <= _TAIL_SHARE_MAX * _words(paragraphs):
            paragraphs = paragraphs[:position]
            break
    for position, text in enumerate(paragraphs):
        if _PAYWALL.match(text) and position >= len(paragraphs) - _PAYWALL_LINES_MAX:
            return paragraphs[:position], text
    return paragraphs, None


def _words(paragraphs: Sequence[str]) -> int:
    return sum(map(word_count, paragraphs))


def _looks_like_a_list(rest: list[str]) -> bool:
    """Whether what follows a tail heading is short lines rather than the story going on."""
    long = sum(word_count(text) > 40 for text in rest)
    return long <= len(rest) // 4


def _without_captions(paragraphs: list[str], captions: frozenset[str]) -> tuple[list[str], tuple[str, ...]]:
    kept, printed_credits = [], []
    for text in paragraphs:
        if captions and len(text) < _CAPTION_CHARS_MAX and _is_caption(text, captions):
            continue
        if is_credit_line(text):
            printed_credits.append(split_credit(text)[1] or "")
            continue
        kept.append(text)
    return kept, tuple(filter(None, printed_credits))


def _is_caption(text: str, captions: frozenset[str]) -> bool:
    """Whether a line is one of the folded captions, alone or with its credit."""
    letters = folded(text)
    return letters in captions or (letters.startswith(tuple(captions)) and folded(split_credit(text)[0]) in captions)


def _without_teasers(paragraphs: list[str]) -> list[str]:
    """The paragraphs without dated teasers of other stories, tags and source lines at the end."""
    paragraphs = list(paragraphs)
    while len(paragraphs) > 1:
        last, before = paragraphs[-1], paragraphs[-2]
        if _SOURCE_TAIL.match(last) or _is_bare_date(last):
            paragraphs.pop()
        elif _TEASER.search(last) and _is_bare_date(before):
            del paragraphs[-2:]
        else:
            break
    return paragraphs


def _is_bare_date(text: str) -> bool:
    """Whether a line is a day and nothing else."""
    found = next(iter(printed_dates(text)), None) if len(text) < 40 else None
    return found is not None and len(folded(text[: found.start] + text[found.end :])) < 4
