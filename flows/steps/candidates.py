"""What a page says about itself outside its text: meta elements, JSON-LD, microdata, link elements and its own address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from itertools import islice
from typing import Any, cast
from urllib.parse import unquote, urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from flows.steps.dates import DATE_CHARS_MAX, object_id_moment, printed_dates, read_moment, url_day
from flows.steps.lines import folded, one_line
from warehouse.records import FieldCandidate, Page

_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|Review|Column)$")
# A hostile script element can hold anything; real JSON-LD of an article page with its text stays under this.
_JSON_CHARS_MAX = 1_000_000
# A title element that is never closed swallows the page; and each of a thousand meta elements of one name would be weighed against all others.
_TITLE_CHARS_MAX = 1_000
_SAME_NAME_MAX = 50
_TITLE_PARTS_MAX = 10

# Meta names by field, the surer ones first.
_META_NAMES = {
    "headline": ("og:title", "twitter:title", "dc.title", "dcterms.title", "title"),
    "description": ("description", "og:description", "twitter:description", "dc.description"),
    "date_published": (
        "article:published_time", "article:published", "og:article:published_time", "og:published_time", "rnews:datepublished", "datepublished",
        "parsely-pub-date", "sailthru.date", "dc.date.issued",
        "article.published", "publish-date", "publish_date", "pubdate", "published_on", "publication_date", "publicationdate",
        "cxenseparse:recs:publishtime",
        "cxenseparse:publishtime", "article_date_original", "originalpublicationdate", "displaydate", "citation_publication_date",
        "last-published", "shareaholic:article_published_time", "bt:pubdate", "vr:published_time",
    ),
    # A day of the page that need not be that of publication: when its file was made, or no word of what.
    "date_created": (
        "dcterms.created", "dcterms.date", "dc.date", "dc.date.created", "date", "created", "datecreated", "dc:created", "timestamp",
    ),
    "date_modified": (
        "article:modified_time", "og:updated_time", "updated", "lastmod", "last-modified", "datemodified", "dcterms.modified", "dc.date.modified",
    ),
    "authors": ("author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
        "byl", "citation_author", "article:author"),
    "section": ("article:section", "section", "parsely-section", "cxenseparse:recs:category"),
    "keywords": ("article:tag", "news_keywords", "keywords", "parsely-tags"),
}  # fmt: skip

# Names that sites make up for themselves: w-published-date, article_publish_time.
_PUBLISHED_NAME = re.compile(r"publi(?:sh|cation).*(?:date|time)|(?:date|time).*publi(?:sh|cation)")


@dataclass(frozen=True, slots=True)
class Head:
    """The machine-readable part of a page, as found."""

    metas: dict[str, list[str]]
    json_ld: dict[str, Any]  # the node of the article, empty without one
    title: str
    site_names: tuple[str, ...]
    canonical_url: str | None
    candidates: tuple[FieldCandidate, ...]
    organizations: tuple[str, ...] = field(default=())  # authors that JSON-LD calls an organisation

    @property
    def types(self) -> tuple[str, ...]:
        """The schema.org types of the article node."""
        return tuple(_texts(self.json_ld.get("@type")))

    @property
    def is_article(self) -> bool:
        """Whether the page calls itself an article."""
        return bool(self.json_ld) or "article" in "".join(self.metas.get("og:type", [])).lower() or "article:published_time" in self.metas


def read_head(tree: HtmlElement, page: Page) -> Head:
    """All machine-readable statements of a page, each as a candidate with its source; nothing is chosen here."""
    metas = _metas(tree)
    nodes = list(_json_ld_nodes(tree))
    canonical = _canonical(tree, metas, page.final_url or page.url)
    article = _article_node(nodes, page, canonical)
    first_title = next(tree.iter("title"), None)
    title = one_line(None if first_title is None else first_title.text)
    title = title if len(title) <= _TITLE_CHARS_MAX else ""
    names = [*metas.get("og:site_name", []), *metas.get("application-name", []), *_publisher_names(article, nodes)]
    candidates = (
        *page.candidates,
        *_json_ld_candidates(article),
        *(() if article else _broken_json_ld(tree)),
        *_page_day(nodes),
        *_meta_candidates(metas, title),
        *_titled_day(title),
        *_microdata(tree),
        *_printed_tags(tree),
        *_address_candidates(page, canonical),
    )
    return Head(
        metas, article, title, tuple(dict.fromkeys(filter(None, map(one_line, names)))), canonical, candidates, tuple(_organizations(article))
    )


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = one_line(element.get("content"))
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content and len(metas.setdefault(name, [])) < _SAME_NAME_MAX:
                metas[name].append(content)
    return metas


def _canonical(tree: HtmlElement, metas: dict[str, list[str]], own_url: str) -> str | None:
    """The address that the page gives itself, absolute: systems write '/en/news/pier' there, too."""
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    stated = next((url.strip() for url in (*links, *metas.get("og:url", [])) if url and url.strip()), None)
    try:
        return urljoin(own_url, stated) if stated else None
    except ValueError:  # a broken IPv6 host
        return None


def _json_ld_nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "") and script.text and len(script.text) <= _JSON_CHARS_MAX:
            yield from _nodes(_loads(script.text), depth=0)


_DATE_IN_JSON = re.compile(r'"(?P<key>datePublished|dateModified)"\s*:\s*"(?P<value>[^"\n]{8,40})"')
_NAMES_IN_JSON = {"datePublished": "date_published", "dateModified": "date_modified"}


def _broken_json_ld(tree: HtmlElement) -> Iterator[FieldCandidate]:
    """The days of JSON-LD that is no JSON: an unescaped quote in the text of an article breaks the whole script, its days are plain."""
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" in (script.get("type") or "") and len(text) <= _JSON_CHARS_MAX and _loads(text) is None:
            found = {match["key"]: match["value"] for match in reversed(list(_DATE_IN_JSON.finditer(text)))}
            yield from (FieldCandidate(_NAMES_IN_JSON[key], value, "json_ld") for key, value in found.items())


# What the state that scripts carry for the page calls its day of publication, the surest name first.
_STATE_KEYS = (
    "datePublished", "date_published", "publishedFirst", "first-publication", "firstPublicationDate", "firstPublished", "first_published_at",
    "publishedAt", "published_at", "publishDate", "publish_date", "publicationDate", "datePublication", "published_date", "publishedDate", "pubDate",
)  # fmt: skip
_QUOTE = r"(?:\\?\"|&quot;|')"
# Where a key begins is asked afterwards: without anything before the names a page is searched in a fraction of the time.
_STATE_DAY = re.compile(rf"(?P<key>{'|'.join(_STATE_KEYS)}){_QUOTE}?\s*:\s*{_QUOTE}(?P<value>\d[\d.:T/Z+ -]{{7,40}})")


def state_day(text: str) -> FieldCandidate | None:
    """The day that the state of the page's own scripts gives, where it gives exactly one under the surest of its names; None else.

    Pages that a program draws in the browser carry the article as JSON and print no day in their HTML. A list of other articles in the same
    state gives several days: then nobody knows which is meant.
    """
    days: dict[str, dict[str, str]] = {}
    for found in _STATE_DAY.finditer(text):
        before = text[found.start() - 1 : found.start()]
        moment = None if before.isalnum() or before == "_" else read_moment(found["value"].strip(), "UTC")
        if moment:
            days.setdefault(found["key"], {})[moment.at.date().isoformat()] = found["value"].strip()
    stated = next((days[key] for key in _STATE_KEYS if key in days), {})
    return FieldCandidate("date_published", next(iter(stated.values())), "meta") if len(stated) == 1 else None


def _loads(text: str) -> Any:
    """The JSON value of a script, with what CMSs get wrong put right; None where it stays unreadable."""
    text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|/\*\]\]>\*/)[\s;]*$", "", text).strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every node that may describe the page: lists and @graph opened, what an article points to left closed."""
    if depth > 4:
        return
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), (list, dict)):
                yield from _nodes(value[key], depth + 1)


def _article_node(nodes: Iterable[dict[str, Any]], page: Page, canonical: str | None) -> dict[str, Any]:
    """The node of this article: of several the one with the page's address, else the first with a headline."""
    articles = [node for node in nodes if any(_ARTICLE_TYPES.search(kind) for kind in _texts(node.get("@type")))]
    own = {_address_key(url) for url in (page.url, page.final_url, canonical) if url}
    same = [node for node in articles if _node_addresses(node) & own]
    return next(iter([*same, *(node for node in articles if node.get("headline")), *articles]), {})


def _node_addresses(node: dict[str, Any]) -> set[str]:
    values = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    values += [value.get("@id") for value in values if isinstance(value, dict)]
    return {_address_key(value) for value in values if isinstance(value, str)}


def _address_key(url: str) -> str:
    return re.sub(r"^\w+://(www\.)?", "", url.split("#")[0]).rstrip("/").lower()


def _texts(value: Any) -> list[str]:
    """A JSON-LD value as texts: a text, a list of them, or things with a name."""
    if isinstance(value, str):
        return [one_line(value)] if value.strip() else []
    if isinstance(value, list):
        return [text for each in value[:50] for text in _texts(each)]
    if isinstance(value, dict):
        return _texts(value.get("name") or value.get("@value"))
    return []


def _publisher_names(article: dict[str, Any], nodes: Iterable[dict[str, Any]]) -> list[str]:
    sites = [node.get("name") for node in nodes if {"WebSite", "NewsMediaOrganization"} & set(_texts(node.get("@type")))]
    return [*_texts(article.get("publisher")), *_texts(sites)]


def _organizations(article: dict[str, Any]) -> list[str]:
    authors = article.get("author")
    nodes = authors if isinstance(authors, list) else [authors]
    return [name for node in nodes if isinstance(node, dict) and "Organization" in "".join(_texts(node.get("@type"))) for name in _texts(node)]


_JSON_LD_KEYS = {
    "headline": ("headline", "name"),
    "description": ("description",),
    "date_published": ("datePublished", "dateCreated"),
    "date_modified": ("dateModified",),
    "authors": ("author", "creator"),
    "section": ("articleSection",),
    "keywords": ("keywords",),
}


def _json_ld_candidates(article: dict[str, Any]) -> Iterator[FieldCandidate]:
    for name, keys in _JSON_LD_KEYS.items():
        found = next((texts for key in keys if (texts := _texts(article.get(key)))), [])
        yield from (FieldCandidate(name, text, "json_ld") for text in _of_field(name, found))


def _page_day(nodes: Iterable[dict[str, Any]]) -> Iterator[FieldCandidate]:
    """The day that JSON-LD gives to the page where it describes no article: WordPress plugins often do."""
    for node in nodes:
        if {"WebPage", "Recipe", "VideoObject", "PodcastEpisode"} & set(_texts(node.get("@type"))):
            yield from (FieldCandidate("date_published", text, "json_ld") for text in _of_field("date_published", _texts(node.get("datePublished"))))


def _meta_candidates(metas: dict[str, list[str]], title: str) -> Iterator[FieldCandidate]:
    for name, meta_names in _META_NAMES.items():
        for meta_name in meta_names:
            yield from (FieldCandidate(name, text, "meta") for text in _of_field(name, metas.get(meta_name, [])))
    own: list[str] = []
    for meta_name, texts in metas.items():
        if _PUBLISHED_NAME.search(meta_name) and meta_name not in _META_NAMES["date_published"]:
            own += _of_field("date_published", texts)
    # Of several the first in time: 'published-time' beside 'published-date' is when a system last sent the page out.
    yield from (FieldCandidate("date_published", text, "meta") for text in sorted(own))
    if title:
        yield FieldCandidate("headline", title, "meta")


_TITLE_MARK = re.compile(r"\s+[|–—•·»:-]\s+|\s*\|\s*")
_CLOCK_CHARS_MAX = 14


def _titled_day(title: str) -> Iterator[FieldCandidate]:
    """The day that stands for itself behind the headline in the title element: 'Pier opens again - Harbour - 11/05/2022 - Sample Daily'.

    Right on 5 of 5 public pages. A day before the headline may be that of an event, and '14. - 20. Januar 2022' is a week.
    """
    before, *parts = _TITLE_MARK.split(title)
    for part in parts[:_TITLE_PARTS_MAX]:
        day = next((printed for printed in printed_dates(part) if printed.year and printed.start == 0), None)
        if day and len(part) - day.end <= _CLOCK_CHARS_MAX and not re.search(r"\d\W*$", before):
            yield FieldCandidate("date_published", part[day.start : day.end], "outlet_rule")
        before = part


def _of_field(name: str, texts: Iterable[str]) -> list[str]:
    # Some systems escape twice: '&#8217;' in JSON-LD, '&amp;#39;' in attributes.
    return [text[:DATE_CHARS_MAX] if name.startswith("date_") else one_line(unescape(text)) for text in texts if text]


# One walk for all of them; './/*[…]' would look at every text, too.
_MARKED = XPath("descendant::*[@itemprop or @property or @rel='author']")


def _microdata(tree: HtmlElement) -> Iterator[FieldCandidate]:
    """Dates and authors of itemprop attributes in the body. Pages mark teasers too: only the first of each counts."""
    body = tree.find("body")
    marked = cast("list[HtmlElement]", _MARKED(body)) if body is not None else []
    for prop, name in (("datePublished", "date_published"), ("dateModified", "date_modified"), ("dateCreated", "date_published")):
        # RDFa writes `property` where microdata writes `itemprop`.
        found = (each for each in marked if each.get("itemprop") == prop or each.get("property") in (prop, f"schema:{prop}"))
        for element in islice((each for each in found if not _in_comments(each)), 1):
            value = one_line(element.get("datetime") or element.get("content") or element.text_content())
            yield from [FieldCandidate(name, value[:DATE_CHARS_MAX], "microdata")] if value else []
    authors = (each for each in marked if each.get("itemprop") == "author" or each.get("rel") == "author")
    for element in islice((each for each in authors if not any("comment" in (up.get("class") or "") for up in each.iterancestors())), 4):
        value = one_line(" ".join(element.xpath(".//*[@itemprop='name']//text()")[:1]) or element.get("content") or element.text_content())
        yield from [FieldCandidate("authors", value, "microdata")] if 0 < len(value) < 80 else []


_COMMENT = re.compile(r"comment|respond|discussion|kommentar", re.I)


def _in_comments(element: HtmlElement) -> bool:
    """Whether an element stands in a comment: comments have days and writers of their own."""
    around = (each for each in element.iterancestors() if each.tag not in ("body", "html"))
    return any(_COMMENT.search(f"{each.get('class') or ''} {each.get('id') or ''}") for each in around)


_TAG_LIST = re.compile(r"(?:^|[\s_-])(?:tags?|tag-?list|tags-?links)(?:$|[\s_-])", re.I)
_OTHER_TAGS = re.compile(r"cloud-?widget|trending|popular|sidebar|menu|related", re.I)
# More are a cloud of all tags of the outlet.
_TAGS_MAX = 20
_TAG_CHARS_MAX = 50


def _printed_tags(tree: HtmlElement) -> Iterator[FieldCandidate]:
    """The tags that the page prints below its text: links with rel=tag that are no category, else the links of the first list classed as tags."""
    links = [link for link in tree.iter("a") if (rel := link.get("rel")) and _is_tag(rel.lower().split())]
    classed = ((holder, name.lower()) for holder in tree.iter("div", "ul", "p", "footer") if (name := holder.get("class")))
    lists = (holder for holder, name in classed if "tag" in name and _TAG_LIST.search(name))
    own = (list(holder.iter("a")) for holder in lists if not _OTHER_TAGS.search(" ".join(_classes_around(holder))))
    links = [link for link in links if not _OTHER_TAGS.search(" ".join(_classes_around(link)))] or next((found for found in own if found), [])
    tags = list(dict.fromkeys(one_line(link.text_content()).lstrip("#").strip() for link in links))
    if len(tags) <= _TAGS_MAX:
        yield from (FieldCandidate("keywords", tag, "microdata") for tag in tags if 0 < len(tag) <= _TAG_CHARS_MAX)


def _is_tag(relations: list[str]) -> bool:
    return "tag" in relations and "category" not in relations


def _classes_around(element: HtmlElement) -> Iterator[str]:
    yield element.get("class") or ""
    yield from (around.get("class") or "" for around in element.iterancestors() if around.tag not in ("body", "html"))


def _address_candidates(page: Page, canonical: str | None) -> Iterator[FieldCandidate]:
    """What the page's own address says, or else the one that it gives itself: a day, or the making of its Mongo ObjectId."""
    for url in dict.fromkeys((page.url, page.final_url, canonical or page.url)):
        path = unquote(_path_of(url))
        day = url_day(path)
        if day:
            yield FieldCandidate("date_published", day.isoformat(), "url")
        made: datetime | None = object_id_moment(path, page.fetched_at)
        if made:
            yield FieldCandidate("date_published", made.isoformat(), "object_id")


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # a broken IPv6 host
        return ""


def same_text(first: str | None, second: str | None) -> bool:
    """Whether two lines have the same letters and digits."""
    return folded(first) == folded(second) != ""
