"""Paywalls: whether a page shows only the beginning of its article. Such an article is kept, and marked as cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from flows.steps.layout import drop_silent, lines_within
from flows.steps.lines import word_count
from flows.steps.page import parse
from warehouse.records import Page, Rejected

# What says of this text that there is more of it. A full article may end with an invitation to subscribe; never with one of these.
_SAYS_CUT = re.compile(
    r"^(?:subscribe .{0,40}\b(?:for full access|to (?:continue|keep) reading|to read (?:more|on|the (?:full|whole|rest|entire)|this))\b.*|"
    r"subscribe for full access.*|(?:please )?(?:log|sign|register)(?: in| up| now)? (?:to|and) (?:continue|keep) reading.*|"
    r"(?:please )?(?:log|sign) in to read\b.*|"
    r"(?:the full|the rest of (?:the|this)|this|the) (?:article|content|story|report|premium content|(?<=this )post|(?<=this )page) is "
    r"(?:(?:only |exclusively )?(?:for|available (?:only )?(?:to|for)|reserved for|restricted to|accessible (?:only )?to)|exclusive to|limited to) "
    r".{0,40}(?:subscribers?|members?\b).{0,40}|"
    r"this is (?:a |an )?(?:.{0,20} )?(?:subscriber|member)s?(?:[- ]only|[- ]exclusive) .{0,20}|"
    r"you(?:'|\u2019)?(?:ve| have)? (?:reached|used|read) (?:your|all|the) .{0,30}(?:limit|free (?:articles?|stories)).{0,60}|"
    r"to (?:continue|keep|go on) reading\b.{0,80}|(?:to )?continue reading (?:this|with a|the (?:full|rest)).{0,60}|"
    r"(?:to )?(?:read|unlock|access|view) (?:the (?:full|rest|whole|entire|complete)|this) (?:of (?:the|this) )?"
    r"(?:article|story|text|report|content)\b.{0,60}(?:subscri|member|log|sign|regist|trial).*|"
    r"unlock this (?:article|story).*|(?:subscribers?|members?)[- ]only (?:content|article|story|post).{0,20}|"
    r"this (?:article|content|story|post) is (?:locked|behind a paywall).{0,40}|"
    r"(?:jetzt )?weiterlesen mit .*|(?:diesen artikel|jetzt) (?:weiterlesen|freischalten).*|"
    r"(?:cet article est|la suite est|article) réservée? aux abonnés.*|il vous reste .{0,20}% de cet article.*|"
    r"(?:este (?:artículo|contenido) es )?(?:exclusivo|solo) para (?:suscriptores|socios).*|"
    r"(?:この記事は)?(?:有料)?会員限定(?:記事)?(?:です)?。?|"
    r"ဤဆောင်းပါးကို .{0,40}အသင်းဝင်.*|ဆက်လက်ဖတ်ရှုရန် .{0,40}(?:စာရင်းသွင်း|အသင်းဝင်|ဝင်ရောက်).*)$",
    re.I,
)
_NOTICE_WORDS_MAX = 30
# A menu says 'Subscribe' or 'Log in' too, and a brief may end with an offer; alone they do not prove that text is missing.
_OFFER = re.compile(r"(?:subscribe(?: now)?|log in|sign in)[.!]?$|become a (?:member|subscriber)\b|start your free trial", re.I)
# Class and id words of the box that common paywalls put in the place of the text.
_BOX = re.compile(
    r"(?:^|[\s_-])(?:paywall|regwall|leaky_paywall\w*|pmpro_content_message\w*|rcp_restricted|mepr-unauthorized[\w-]*|wc-memberships-\w*restricted[\w-]*|"
    r"wcm-restricted|memberful-\w*marketing[\w-]*|swpm-\w*(?:restricted|not-logged)[\w-]*|ihc-locker\w*|tp-container-inner|"
    r"piano-(?:paywall|inline)|poool-\w+|subscriber-only|members?-only|content-gate|gated-content|premium-lock\w*|locked-content)(?:$|[\s_-])",
    re.I,
)
_BOX_OPENED = re.compile(r"(?:^|[\s_-])(?:no|without|free|end|hidden|content|body|article)(?:[\s_-]|$)", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_CUT_SHORT = re.compile(r"(?:\.{3}|…)[\s\"'\u201d\u2019)\]]*$|\[(?:\.{3}|…|&hellip;)\]\s*$")
# The teasers that were seen have 20 to 130 words; a full report of that length seldom stands beside a paywall.
_TEASER_WORDS_MAX = 150
_STATED_SHARE_MIN = 0.5  # of the words that JSON-LD counts; a full text had .55 of them, because some count captions and boxes too


def is_cut(page: Page, article: dict[str, Any], paragraphs: Sequence[str], ending: str | None) -> bool:
    """Whether the text is only the beginning. `article` is its JSON-LD node, `ending` the invitation that ended the text in the page's order."""
    words = sum(map(word_count, paragraphs))
    if ending and _says_cut(ending):
        return True
    looks_cut = bool(paragraphs) and bool(_CUT_SHORT.search(paragraphs[-1]))
    is_teaser = looks_cut or words < _TEASER_WORDS_MAX
    if ending and (looks_cut or (is_teaser and not _OFFER.match(ending))):
        return True
    is_sold = not_free(article)
    if is_sold and (looks_cut or words < _STATED_SHARE_MIN * _stated_words(article)):
        return True
    # A short report that is sold may be whole: of three such pages of one agency all were.
    return is_teaser and _has_wall(page, breaks_off=looks_cut or is_sold)


def _says_cut(line: str) -> bool:
    return word_count(line) <= _NOTICE_WORDS_MAX and _SAYS_CUT.match(line) is not None


def not_free(article: dict[str, Any]) -> bool:
    """Whether JSON-LD says that reading the article, or a part of it, costs something. Full texts that search engines may read say it too."""
    parts = article.get("hasPart")
    nodes = [article, *(parts if isinstance(parts, list) else [parts])]
    return any(isinstance(node, dict) and str(node.get("isAccessibleForFree", "")).strip().lower() == "false" for node in nodes)


def _stated_words(article: dict[str, Any]) -> int:
    stated = str(article.get("wordCount", "")).strip()
    counted = int(stated) if re.fullmatch(r"[0-9]{1,6}", stated) else 0
    return max(counted, word_count(article["articleBody"]) if isinstance(article.get("articleBody"), str) else 0)


def _has_wall(page: Page, *, breaks_off: bool) -> bool:
    """Whether the page, parsed anew, says that there is more of the text; where the text breaks off, the box of a paywall says it too."""
    tree = parse(page)
    if isinstance(tree, Rejected):
        return False
    drop_silent(tree)
    for element in list(_hidden(tree)):
        element.drop_tree()
    if any(_says_cut(line.text) for line in lines_within(tree.body) if not line.is_link or breaks_off):
        return True
    return breaks_off and any(_BOX.search(name) and not _BOX_OPENED.search(name) for name in _names(tree))


def _hidden(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.body.iter("div", "section", "p", "aside", "dialog"):
        if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
            yield element


def _names(tree: HtmlElement) -> Iterator[str]:
    for element in tree.body.iter("div", "section", "p", "aside"):
        yield from (name for name in f"{element.get('class') or ''} {element.get('id') or ''}".split() if name)
