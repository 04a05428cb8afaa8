"""One kept page to one article, or to the reason why it is none. Pure: the same page and rules give the same result, whatever was read before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree
from lxml.cssselect import CSSSelector, SelectorError
from lxml.html import HtmlElement

from flows.steps import gates, zawgyi
from flows.steps.body import body_lines
from flows.steps.bylines import Dateline, agency, is_desk, opening_dateline, persons
from flows.steps.candidates import Head, read_head, state_day
from flows.steps.clean import Cleaned, clean_body
from flows.steps.dates import DATE_CHARS_MAX, country_of_dates, day_meant
from flows.steps.days import headline_line, printed_day, printed_update
from flows.steps.headlines import find_headline
from flows.steps.kinds import kind_of
from flows.steps.language import read_text
from flows.steps.layout import Line, blank, drop_furniture, drop_silent, lines_within, remove
from flows.steps.lines import folded, one_line, word_count
from flows.steps.masthead import Masthead, read_masthead
from flows.steps.members import member_told
from flows.steps.page import charset_of, decode, parse
from flows.steps.paywalls import is_cut
from flows.steps.pictures import split_credit, take_pictures, with_caption, with_credit
from flows.steps.published import Published, choose_date, dateline_day, local_day, modified_at, stated_days, with_created
from flows.steps.reservations import page_reservations
from flows.steps.writers import choose_writers, desk, printed_writers
from warehouse.records import Extracted, FieldCandidate, FieldRules, Image, OutletRules, Page, Rejected

EXTRACTOR = f"nightdesk/3 trafilatura/{version('trafilatura')}"
# The shortest of 837 article texts of public pages has 46 words; half of that leaves room for briefs that do not say what they are.
_WORDS_MIN = 25


def warm() -> None:
    """Pays what the first page costs once: imports, models and tables, before a process forks."""
    page = (
        "<html><head><title>Warm</title></head><body><article><h1>Warm</h1><p>"
        + "The desk reads one page before the night begins. " * 20
        + "</p></article></body></html>"
    )
    moment = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    rules = OutletRules("warm", "Warm", "en", "Asia/Yangon", "MM", ("localhost",))
    extract(Page("http://localhost/", "http://localhost/", page.encode(), "text/html", moment), rules)
    read_text(None, None, "မြန်မာ", "my")


def extract(page: Page, rules: OutletRules) -> Extracted | Rejected:
    """The article on a page, or why there is none. Never raises for anything that a page holds."""
    found = _read(page, rules)
    if isinstance(found, Extracted) and found.encoding == "zawgyi":
        # Whether a page is in Zawgyi shows in its article alone; its day lines and captions can only be read once it is not.
        again = _read(page, rules, rewritten=zawgyi.to_unicode)
        found = replace(again, encoding="zawgyi") if isinstance(again, Extracted) else again
    if isinstance(found, Extracted):
        return replace(found, candidates=(*found.candidates, charset_of(page.body, page.content_type)))
    return found


def _read(page: Page, rules: OutletRules, rewritten: Callable[[str], str] = str) -> Extracted | Rejected:
    tree = parse(page, rewritten)
    if isinstance(tree, Rejected):
        return tree
    try:
        return _article(tree, page, replace(rules, country=country_of_dates(tree.get("lang"), rules.country)), rewritten)
    except RecursionError as error:
        return Rejected("extract", "extract_too_deep", f"the page cannot be walked: {error!r}"[:300])
    except etree.LxmlError as error:
        if "memory" in str(error).lower():  # libxml2's word for it where a path is looked up
            raise MemoryError from error
        return Rejected("extract", "extract_empty", f"the page cannot be walked: {error!r}"[:300])


def _article(tree: HtmlElement, page: Page, rules: OutletRules, rewritten: Callable[[str], str]) -> Extracted | Rejected:
    head = read_head(tree, page)
    drop_silent(tree)
    for css in rules.drop:
        for element in _matches(tree, css):
            remove(element)
    selectors = _selectors(rules, page.fetched_at)
    candidates = [*_selected_fields(tree, selectors), *head.candidates]
    headline, heading = find_headline(tree, candidates, (*head.site_names, rules.name, *rules.hosts))
    drop_furniture(tree, heading)
    pictures, captions = take_pictures(tree, page.final_url or page.url)
    shown = lines_within(tree.body)
    at = _line_of(shown, heading)
    masthead = _masthead(headline, shown, at, candidates, rules)
    captured_on, stated = _day_in_zone(page.fetched_at, rules), stated_days(candidates, rules)
    candidates += _printed(shown, at, masthead, captured_on, stated, rules)
    for line in masthead.taken:
        blank(line)
    left = [line for line in shown if line not in masthead.taken]
    lines = _selected_lines(tree, selectors) or body_lines(tree, left, _line_of(left, heading), page.url, _stated_text(head))
    cleaned = clean_body(lines, headline=_as_printed(headline, shown, at), captions=captions)
    written = masthead.dateline or _opening(cleaned, rules)
    candidates += _masthead_candidates(masthead, written, captured_on, stated, rules)
    if choose_date(candidates, rules, page.fetched_at) is None:
        opening = next(iter(cleaned.paragraphs), None)
        candidates += _day_anywhere(page, rewritten, captured_on, rules, head, opening)
    candidates = with_created(candidates, rules)
    refusal = _refusal(tree, cleaned, head, page)
    return refusal or _assembled(page, rules, head, masthead, written, headline, cleaned, _with_selected(pictures, cleaned, candidates), candidates)


def _printed(
    shown: list[Line], at: int, masthead: Masthead, captured_on: date, stated: frozenset[date], rules: OutletRules
) -> list[FieldCandidate]:
    """The day and the names that stand near the headline, where the page has one."""
    if at < 0:
        return []
    # A masthead that gives a day settles it; a time element of it may still say the hour.
    near = masthead.taken if masthead.printed_day else shown
    day = printed_day(
        shown, at, among=near, read_already=masthead.taken, country=rules.country, captured_on=captured_on, zone=rules.time_zone, stated=stated
    )
    return [*([day] if day else []), *printed_writers(shown, at)]


def _opening(cleaned: Cleaned, rules: OutletRules) -> Dateline | None:
    """The dateline that opens the text, or None; 'SHAN - …' names the outlet and no place."""
    found = opening_dateline(cleaned.paragraphs[0], rules.country) if cleaned.paragraphs else None
    own_names = {folded(name) for name in (rules.name, *rules.generic_bylines)}
    return None if found and folded(found.place) in own_names else found


def _day_anywhere(
    page: Page, rewritten: Callable[[str], str], captured_on: date, rules: OutletRules, head: Head, opening: str | None
) -> list[FieldCandidate]:
    """The day of a page that gives none in its head or near its headline. The page is parsed anew: the day may stand in what counts as furniture."""
    tree = parse(page, rewritten)
    if isinstance(tree, Rejected):
        return []
    drop_silent(tree)
    headline, heading = find_headline(tree, head.candidates, (*head.site_names, rules.name, *rules.hosts))
    shown = lines_within(tree.body)
    at = _line_of(shown, heading)
    at = at if at >= 0 else headline_line(shown, headline, opening)
    day = printed_day(shown, at, among=shown, read_already=(), country=rules.country, captured_on=captured_on, zone=rules.time_zone, opening=opening)
    day = (
        day
        or state_day(decode(page.body, page.content_type))
        or printed_update(shown, at, country=rules.country, captured_on=captured_on, zone=rules.time_zone, opening=opening)
    )
    return [day] if day else []


# ---------------------------------------------------------------- outlet rules


def era_rules(rules: OutletRules, on: date) -> FieldRules | None:
    """The block of selectors for a page captured on a day: the one that ends first of those that have not ended."""
    holding = [block for block in rules.fields if block.until is None or on <= block.until]
    return min(holding, key=lambda block: block.until or date.max, default=None)


def _selectors(rules: OutletRules, fetched_at: datetime) -> dict[str, str]:
    block = era_rules(rules, _day_in_zone(fetched_at, rules))
    return block.selectors if block else {}


# What an outlet's selectors fill and the text never holds; a whole column selected by mistake stays.
_NEVER_TEXT = ("byline", "authors", "newsroom", "date_published", "date_modified", "source_outlet", "caption", "credit")
_SELECTED_CHARS_MAX = 900


def _selected_fields(tree: HtmlElement, selectors: dict[str, str]) -> list[FieldCandidate]:
    """What the outlet's selectors find, as candidates; what is never text is taken out of the page."""
    found = []
    for name, css in selectors.items():
        for element in _matches(tree, css)[: 20 if name in ("authors", "keywords", "caption", "credit") else 1]:
            value = one_line(element.get("datetime") or element.get("content") or element.text_content())
            if value and name != "body":
                found.append(FieldCandidate(name, value[:DATE_CHARS_MAX] if name.startswith("date_") else value, "outlet_rule"))
            if name in _NEVER_TEXT and len(value) < _SELECTED_CHARS_MAX:
                remove(element)
    return found


def _selected_lines(tree: HtmlElement, selectors: dict[str, str]) -> list[str]:
    """The lines of the element that the outlet's own selector names as the text; empty without one."""
    elements = _matches(tree, selectors["body"])[:1] if "body" in selectors else []
    return [line.text for element in elements for line in lines_within(element)]


def _with_selected(pictures: tuple[Image, ...], cleaned: Cleaned, candidates: Iterable[FieldCandidate]) -> tuple[Image, ...]:
    """The pictures with the captions that selectors found, and the credits that stood in the text."""
    selected = {name: [c.value for c in candidates if c.field == name and c.source == "outlet_rule"] for name in ("caption", "credit")}
    for printed in selected["caption"]:
        caption, credit = split_credit(printed)
        pictures = with_caption(pictures, caption, credit)
    for credit in (*selected["credit"], *cleaned.credits):
        pictures = with_credit(pictures, split_credit(credit)[1] or credit)
    return pictures


def _matches(tree: HtmlElement, css: str) -> list[HtmlElement]:
    try:
        found = CSSSelector(css, translator="html")(tree)
        return found if isinstance(found, list) else []
    except SelectorError:  # `nightdesk outlets check` names it; a page is not lost for it
        return []


# ---------------------------------------------------------------- parts


def _masthead(headline: str | None, shown: list[Line], at: int, candidates: list[FieldCandidate], rules: OutletRules) -> Masthead:
    if at < 0:
        return Masthead(headline=headline)
    descriptions = [candidate.value for candidate in candidates if candidate.field == "description"]
    names = (rules.name, *rules.generic_bylines)
    return read_masthead(headline, shown[at].element, shown[at + 1 :], country=rules.country, outlet_names=names, descriptions=descriptions)


def _line_of(shown: list[Line], element: HtmlElement | None) -> int:
    """The number of the last line that stands in an element, -1 where there is none."""
    if element is None:
        return -1
    inside = set(element.iter())
    return max(
        (
            number
            for number, line in enumerate(shown)
            if line.element in inside or (line.nodes and line.nodes[-1][0] in inside and not line.nodes[-1][1])
        ),
        default=-1,
    )


def _as_printed(headline: str | None, shown: list[Line], at: int) -> str | None:
    """The headline with what its own line holds beside it, a kicker or the site's name: so it stands in the text, too."""
    return shown[at].text if at >= 0 and folded(headline) in folded(shown[at].text) else headline


def _day_in_zone(moment: datetime, rules: OutletRules) -> date:
    return moment.astimezone(ZoneInfo(rules.time_zone)).date()


def _refusal(tree: HtmlElement, cleaned: Cleaned, head: Head, page: Page) -> Rejected | None:
    """Why the page is no article, or None. A short text is one where the page calls itself an article: real briefs have 12 words."""
    walled = gates.refusal(page, gates.Seen(cleaned.paragraphs, head.title, head.is_article, head.canonical_url))
    if walled:
        return walled
    count = sum(map(word_count, cleaned.paragraphs))
    if not head.is_article and _LISTING_PATH.search(urlsplit(page.final_url or page.url).path) and _linked_titles(tree) >= _TITLES_OF_A_LISTING:
        return Rejected("extract", "listing_page", f"{_linked_titles(tree)} linked titles and no sign of an article")
    if not count:
        return Rejected("extract", "extract_empty", "no text is left after the page's furniture")
    if count < _WORDS_MIN and not head.is_article:
        return Rejected("extract", "too_short", f"{count} words and no sign of an article")
    return None


def _linked_titles(tree: HtmlElement) -> int:
    return sum(1 for level in ("h2", "h3", "h4") for heading in tree.iter(level) if heading.find(".//a") is not None or _is_linked(heading))


def _is_linked(heading: HtmlElement) -> bool:
    around = heading.getparent()
    return around is not None and around.tag == "a"


_TITLES_OF_A_LISTING = 8
_LISTING_PATH = re.compile(r"^/?$|/(?:category|tag|tags|author|authors|topics?|archive|search)/|/page/\d+/?$")


# ---------------------------------------------------------------- choosing


def _assembled(
    page: Page,
    rules: OutletRules,
    head: Head,
    masthead: Masthead,
    line: Dateline | None,
    headline: str | None,
    cleaned: Cleaned,
    pictures: tuple[Image, ...],
    candidates: list[FieldCandidate],
) -> Extracted:
    paragraphs = list(cleaned.paragraphs)
    published = choose_date(candidates, rules, page.fetched_at)
    authors, newsroom, signed = _writers(candidates, masthead, head, rules)
    byline = _first(candidates, "byline") or (masthead.byline.text if masthead.byline else None)
    description = _description(masthead, candidates)
    section = _first(candidates, "section")
    texts = read_text(headline, description, "\n".join(paragraphs), rules.language)
    chosen = {"headline": headline, "description": description, "section": section, "byline": byline}
    return Extracted(
        headline=texts.headline, description=texts.description, body=texts.body, language=texts.language, encoding=texts.encoding,
        kind=kind_of(headline, page.final_url or page.url, section, head.types), section=section, keywords=_keywords(candidates),
        byline=byline, authors=authors, newsroom=_first(candidates, "newsroom") or newsroom,
        dateline_place=line.place if line else None, dateline_date=dateline_day(line, published, rules),
        source_outlet=_first(candidates, "source_outlet") or masthead.source_outlet or _source_outlet(line, masthead, candidates, rules)
        or member_told(texts.body, [rules.name, *head.site_names]),
        date_published=published.at if published else None, date_published_precision=published.precision if published else None,
        date_published_source=published.source if published else None,
        published_on=local_day(published, candidates, rules) if published else None,
        date_modified=modified_at(candidates, rules, page.fetched_at),
        is_truncated=is_cut(page, head.json_ld, cleaned.paragraphs, cleaned.invitation), canonical_url=head.canonical_url, images=pictures,
        candidates=_marked(candidates, chosen, published, signed), extractor=EXTRACTOR,
        reservations=page_reservations(
            page.headers, head.metas, outlet_id=rules.outlet_id, url=page.final_url or page.url, seen_at=page.fetched_at
        ),
    )  # fmt: skip


def _masthead_candidates(
    masthead: Masthead, line: Dateline | None, captured_on: date, stated: frozenset[date], rules: OutletRules
) -> list[FieldCandidate]:
    found = []
    if masthead.printed_day and masthead.printed_day.printed:
        day = day_meant(masthead.printed_day.printed, captured_on, stated)
        source = (
            "byline" if masthead.printed_day.names and persons(masthead.printed_day.names, rules.generic_bylines, [rules.name]) else "outlet_rule"
        )
        found += [FieldCandidate("date_published", day.isoformat(), source)] if day else []
    changed = day_meant(masthead.updated, captured_on, stated) if masthead.updated else None
    found += [FieldCandidate("date_modified", changed.isoformat(), "byline")] if changed else []
    if line and line.printed and line.printed.year:
        day = line.printed.on()
        found += [FieldCandidate("date_published", day.isoformat(), "dateline")] if day else []
    if masthead.byline:
        found.append(FieldCandidate("byline", masthead.byline.text, "byline"))
    if masthead.standfirst:
        found.append(FieldCandidate("description", masthead.standfirst, "outlet_rule"))
    return found


def _writers(
    candidates: list[FieldCandidate], masthead: Masthead, head: Head, rules: OutletRules
) -> tuple[tuple[str, ...], str | None, list[FieldCandidate]]:
    """(persons, desk, the candidates that name the persons)."""
    sites = (*head.site_names, rules.name, *rules.hosts)
    authors, winners = choose_writers(candidates, masthead.byline, head.organizations, rules.generic_bylines, sites)
    byline = masthead.byline
    signed = [name for name in (byline.names[:1] if byline else ()) if (byline and byline.has_by) or is_desk(name)]
    stated = [c.value for source, most in (("json_ld", None), ("meta", 1)) for c in _of(candidates, "authors", source)[:most]]
    return authors, masthead.newsroom or (None if authors else desk([*head.organizations, *stated, *signed])), winners


def _of(candidates: Iterable[FieldCandidate], name: str, source: str) -> list[FieldCandidate]:
    return [candidate for candidate in candidates if candidate.field == name and candidate.source == source]


def _source_outlet(line: Dateline | None, masthead: Masthead, candidates: list[FieldCandidate], rules: OutletRules) -> str | None:
    values = [line.desk] if line and line.desk else []
    values += [*masthead.byline.names] if masthead.byline else []
    values += [candidate.value for candidate in candidates if candidate.field == "authors"]
    found = agency(values)
    return found if found and folded(found) != folded(rules.name) else None


def _description(masthead: Masthead, candidates: list[FieldCandidate]) -> str | None:
    return _first(candidates, "description", ("outlet_rule",)) or masthead.standfirst or _first(candidates, "description")


def _first(
    candidates: Iterable[FieldCandidate], name: str, sources: tuple[str, ...] = ("outlet_rule", "feed", "json_ld", "meta", "microdata")
) -> str | None:
    found = [candidate for candidate in candidates if candidate.field == name and candidate.source in sources]
    return next((candidate.value for source in sources for candidate in found if candidate.source == source), None)


def _keywords(candidates: Iterable[FieldCandidate]) -> tuple[str, ...]:
    values = [candidate.value for candidate in candidates if candidate.field == "keywords"]
    words = [one_line(word) for value in values for word in re.split(r"[,;]", value)]
    kept: dict[str, str] = {}
    for word in words:
        if 1 < len(word) < 60:
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())[:30]


def _marked(
    candidates: list[FieldCandidate], chosen: dict[str, str | None], published: Published | None, signed: list[FieldCandidate]
) -> tuple[FieldCandidate, ...]:
    """The candidates, each once, the winner of each field marked; of authors each that names one."""
    marked, done = [], set()
    for candidate in dict.fromkeys([*candidates, *signed]):
        wins = candidate in signed or (
            candidate.field not in done
            and (
                folded(chosen.get(candidate.field)) == folded(candidate.value) != ""
                or (published is not None and candidate == published.candidate)
            )
        )
        done |= {candidate.field} if wins else set()
        marked.append(candidate if candidate.chosen == wins else replace(candidate, chosen=wins))
    return tuple(marked)


# A shorter articleBody is a teaser.
_STATED_CHARS_MIN = 300


def _stated_text(head: Head) -> str:
    """The text of the article that its JSON-LD gives, empty where there is none."""
    stated = head.json_ld.get("articleBody")
    return stated if isinstance(stated, str) and len(stated) > _STATED_CHARS_MIN else ""
