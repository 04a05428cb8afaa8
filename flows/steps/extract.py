"""One kept page to one article, or to the reason why it is none. Pure: the same page and rules give the same result, whatever was read before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree
from lxml.cssselect import CSSSelector, SelectorError
from lxml.html import HtmlElement

from flows.steps import zawgyi
from flows.steps.body import body_lines
from flows.steps.bylines import Dateline, agency, opening_dateline, persons
from flows.steps.candidates import Head, read_head
from flows.steps.clean import Cleaned, clean_body
from flows.steps.dates import DATE_CHARS_MAX, nearest_year, read_moment
from flows.steps.kinds import kind_of
from flows.steps.language import read_text
from flows.steps.layout import Line, blank, drop_furniture, drop_silent, lines_within, remove
from flows.steps.lines import folded, one_line, word_count
from flows.steps.masthead import Masthead, find_headline, only_day, printed_authors, printed_day, read_masthead
from flows.steps.page import parse
from flows.steps.pictures import split_credit, take_pictures, with_caption, with_credit
from warehouse.records import Extracted, FieldCandidate, FieldRules, Image, OutletRules, Page, Rejected

# Which source is believed for the publication day. Machines of the outlet first, what people see next, guesses last.
DATE_SOURCES = ("feed", "json_ld", "meta", "microdata", "sitemap", "outlet_rule", "url", "byline", "object_id", "dateline", "htmldate")

EXTRACTOR = f"nightdesk/1 trafilatura/{version('trafilatura')}"
# The shortest of 837 article texts of public pages has 46 words; half of that leaves room for briefs that do not say what they are.
_WORDS_MIN = 25


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, how exactly, and which source says so."""

    at: datetime
    precision: str
    source: str


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
        return replace(again, encoding="zawgyi") if isinstance(again, Extracted) else again
    return found


def _read(page: Page, rules: OutletRules, rewritten: Callable[[str], str] = str) -> Extracted | Rejected:
    tree = parse(page, rewritten)
    if isinstance(tree, Rejected):
        return tree
    try:
        return _article(tree, page, rules)
    except (etree.LxmlError, RecursionError) as error:
        return Rejected("extract", "extract_empty", f"the page cannot be walked: {error!r}"[:300])


def _article(tree: HtmlElement, page: Page, rules: OutletRules) -> Extracted | Rejected:
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
    candidates += _printed(shown, at, masthead, page, rules)
    for line in masthead.taken:
        blank(line)
    left = [line for line in shown if line not in masthead.taken]
    lines = _selected_lines(tree, selectors) or body_lines(tree, left, _line_of(left, heading), page.url)
    cleaned = clean_body(lines, headline=headline, captions=captions)
    written = masthead.dateline or _opening(cleaned, rules)
    candidates += _masthead_candidates(masthead, written, rules)
    if choose_date(candidates, rules, page.fetched_at) is None:
        candidates += _only_day(page, rules)
    refusal = _refusal(tree, cleaned, headline, head, page)
    return refusal or _assembled(page, rules, head, masthead, written, headline, cleaned, _with_selected(pictures, cleaned, candidates), candidates)


def _printed(shown: list[Line], at: int, masthead: Masthead, page: Page, rules: OutletRules) -> list[FieldCandidate]:
    """The day and the names that stand near the headline, where the page has one."""
    if at < 0:
        return []
    captured_on = _day_in_zone(page.fetched_at, rules)
    # A masthead that gives a day settles it; a time element of it may still say the hour.
    near = masthead.taken if masthead.printed_day else shown
    day = printed_day(shown, at, among=near, read_already=masthead.taken, country=rules.country, fetched_on=captured_on, zone=rules.time_zone)
    return [*([day] if day else []), *printed_authors(shown, at)]


def _opening(cleaned: Cleaned, rules: OutletRules) -> Dateline | None:
    """The dateline that opens the text, or None; 'SHAN - …' names the outlet and no place."""
    found = opening_dateline(cleaned.paragraphs[0], rules.country) if cleaned.paragraphs else None
    own_names = {folded(name) for name in (rules.name, *rules.generic_bylines)}
    return None if found and folded(found.place) in own_names else found


def _only_day(page: Page, rules: OutletRules) -> list[FieldCandidate]:
    """The only day of a page that gives none in its head or near its headline. The page is parsed anew: furniture counts here."""
    tree = parse(page)
    if isinstance(tree, Rejected):
        return []
    drop_silent(tree)
    day = only_day(lines_within(tree.body), country=rules.country, captured_on=_day_in_zone(page.fetched_at, rules))
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


def _day_in_zone(moment: datetime, rules: OutletRules) -> date:
    return moment.astimezone(ZoneInfo(rules.time_zone)).date()


def _refusal(tree: HtmlElement, cleaned: Cleaned, headline: str | None, head: Head, page: Page) -> Rejected | None:
    """Why the page is no article, or None. A short text is one where the page calls itself an article: real briefs have 12 words."""
    count = sum(map(word_count, cleaned.paragraphs))
    if count < _FEW_WORDS and _SOFT_404.search(f"{headline or ''} | {head.title}"):
        return Rejected("extract", "soft_404", f"says {(headline or head.title)[:80]!r} with status 200")
    if count < _FEW_WORDS and not head.is_article and tree.find(".//input[@type='password']") is not None:
        return Rejected("extract", "login_wall", f"asks for a password and shows {count} words")
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


_FEW_WORDS = 80
_TITLES_OF_A_LISTING = 8
_LISTING_PATH = re.compile(r"^/?$|/(?:category|tag|tags|author|authors|topics?|archive|search)/|/page/\d+/?$")
_SOFT_404 = re.compile(
    r"\b404\b|page (?:was |is |could )?(?:not|n't) (?:be )?found|page does not exist|nothing (?:was )?found|no longer (?:available|exists)", re.I
)


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
    dateline_day = _dateline_day(line, published, rules)
    authors, desk = _writers(candidates, masthead, head, rules)
    description = _description(masthead, candidates)
    section = _first(candidates, "section")
    texts = read_text(headline, description, "\n".join(paragraphs), rules.language)
    modified = _modified(candidates, rules, page.fetched_at)
    chosen = {"headline": headline, "description": description, "section": section}
    return Extracted(
        headline=texts.headline, description=texts.description, body=texts.body, language=texts.language, encoding=texts.encoding,
        kind=kind_of(headline, page.final_url or page.url, section, head.types), section=section, keywords=_keywords(candidates),
        byline=_first(candidates, "byline") or (masthead.byline.text if masthead.byline else None),
        authors=authors, newsroom=_first(candidates, "newsroom") or desk,
        dateline_place=line.place if line else None, dateline_date=dateline_day,
        source_outlet=_first(candidates, "source_outlet") or masthead.source_outlet or _source_outlet(line, masthead, candidates, rules),
        date_published=published.at if published else None, date_published_precision=published.precision if published else None,
        date_published_source=published.source if published else None,
        published_on=published.at.astimezone(ZoneInfo(rules.time_zone)).date() if published else None,
        date_modified=modified, is_truncated=cleaned.is_truncated, canonical_url=head.canonical_url, images=pictures,
        candidates=_marked(candidates, chosen, published), extractor=EXTRACTOR,
    )  # fmt: skip


def _masthead_candidates(masthead: Masthead, line: Dateline | None, rules: OutletRules) -> list[FieldCandidate]:
    found = []
    if masthead.printed_day and masthead.printed_day.printed:
        day = masthead.printed_day.printed.on()
        source = (
            "byline" if masthead.printed_day.names and persons(masthead.printed_day.names, rules.generic_bylines, [rules.name]) else "outlet_rule"
        )
        found += [FieldCandidate("date_published", day.isoformat(), source)] if day else []
    if line and line.printed and line.printed.year:
        day = line.printed.on()
        found += [FieldCandidate("date_published", day.isoformat(), "dateline")] if day else []
    if masthead.byline:
        found.append(FieldCandidate("byline", masthead.byline.text, "byline"))
    if masthead.standfirst:
        found.append(FieldCandidate("description", masthead.standfirst, "outlet_rule"))
    return found


def choose_date(candidates: Iterable[FieldCandidate], rules: OutletRules, fetched_at: datetime) -> Published | None:
    """The publication moment by the order of DATE_SOURCES, or None. A day after the capture is nobody's publication day."""
    candidates = list(candidates)
    for source in DATE_SOURCES:
        for candidate in candidates:
            if candidate.field == "date_published" and candidate.source == source:
                moment = read_moment(candidate.value, rules.time_zone, rules.country)
                if moment and moment.at <= fetched_at + timedelta(days=1) and moment.at.year >= 1990:
                    return Published(moment.at, moment.precision, source)
    return None


def _modified(candidates: Iterable[FieldCandidate], rules: OutletRules, fetched_at: datetime) -> datetime | None:
    moments = (read_moment(candidate.value, rules.time_zone, rules.country) for candidate in candidates if candidate.field == "date_modified")
    return next((moment.at for moment in moments if moment and moment.at <= fetched_at + timedelta(days=1)), None)


def _dateline_day(line: Dateline | None, published: Published | None, rules: OutletRules) -> date | None:
    if line is None or line.printed is None:
        return None
    if line.printed.year:
        return line.printed.on()
    return nearest_year(line.printed, published.at.astimezone(ZoneInfo(rules.time_zone)).date()) if published else None


def _writers(candidates: list[FieldCandidate], masthead: Masthead, head: Head, rules: OutletRules) -> tuple[tuple[str, ...], str | None]:
    """(persons, desk). The first source that names a person wins; an organisation that signs is the desk."""
    refused = (*rules.generic_bylines, *head.organizations)
    sites = (*head.site_names, rules.name, *rules.hosts)
    printed = [name for name in (masthead.byline.names[:1] if masthead.byline else ()) if name[0].isupper() or not name.isascii()]
    by_source = {
        source: [c.value for c in candidates if c.field in ("authors", "byline") and c.source == source]
        for source in ("outlet_rule", "feed", "json_ld", "meta", "microdata")
    }
    marked = [c.value for c in candidates if c.field == "authors" and c.source == "byline"]
    signed = printed if masthead.byline and masthead.byline.has_by else []
    for values in (
        by_source["outlet_rule"],
        signed,
        by_source["json_ld"],
        by_source["meta"][:1],
        by_source["microdata"],
        printed,
        marked,
        by_source["feed"],
    ):
        found = persons(values, refused, sites)
        if found:
            return found, masthead.newsroom
    return (), masthead.newsroom or _desk([*head.organizations, *by_source["json_ld"], *by_source["meta"][:1], *printed])


def _desk(names: Iterable[str]) -> str | None:
    """Who signs where no person does: an agency, a team, the outlet itself; never an account name such as Admin."""
    return next(
        (name for name in names if len(name) < 60 and folded(name) not in _ACCOUNTS and "//" not in name and not re.search(r"\d{3}", name)), None
    )


_ACCOUNTS = frozenset(["admin", "administrator", "webmaster", "editor", "user", "author", "guest", "root", "none", "unknown"])


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
    return tuple({word.casefold(): word for word in reversed(words) if 1 < len(word) < 60}.values())[::-1][:30]


def _marked(candidates: list[FieldCandidate], chosen: dict[str, str | None], published: Published | None) -> tuple[FieldCandidate, ...]:
    """The candidates, each once, the winner of each field marked."""
    unique = list(dict.fromkeys(candidates))
    marked, done = [], set()
    for candidate in unique:
        wins = candidate.field not in done and (
            folded(chosen.get(candidate.field)) == folded(candidate.value) != ""
            or (candidate.field == "date_published" and published is not None and candidate.source == published.source)
        )
        done |= {candidate.field} if wins else set()
        marked.append(replace(candidate, chosen=wins))
    return tuple(marked)
