"""What kind of article a text is, by its own words about itself: address, section, headline and schema.org type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

# In this order: a weekly summary under /opinion/ is still a roundup. Patterns on (headline, address path with section).
_BY_HEADLINE = (
    ("roundup", re.compile(r"\b(?:news summary|weekly highlights|highlights of|round-?up|week in review|weekly (?:review|summary|digest)|"
            r"news in brief|in brief$|news briefs?|morning briefing|"
                           r"daily briefing|the week in|digest)\b|သတင်းအကျဉ်းချုပ်", re.I)),
    ("live", re.compile(r"^live(?: updates?| blog)?\s*[:|]|\blive (?:updates|blog)\b", re.I)),
    ("interview", re.compile(r"^(?:exclusive )?interview\b|\binterview (?:with|:)|^q ?& ?a\b|: q ?& ?a$|အင်တာဗျူး", re.I)),
    ("photo", re.compile(
        r"^(?:in pictures|photo essay|photos|gallery|photo story|photo news)\b|\b(?:in pictures|photo essay|photo gallery)$",
        re.I,
    )),
    ("opinion", re.compile(r"^(?:opinion|editorial|commentary|op-ed|letter to the editor|column|viewpoint|guest column)\s*[:|–-]", re.I)),
    ("analysis", re.compile(r"^(?:analysis|news analysis|explainer)\s*[:|–-]", re.I)),
    ("statement", re.compile(
        r"^(?:press release|statement|joint statement|communiqu[eé]|announcement)\b\s*(?:[:|–(-]|by|on|of|from)",
        re.I,
    )),
)  # fmt: skip
_BY_ADDRESS = (
    ("opinion", re.compile(
        r"(?:^|/)(?:opinions?|editorials?|op-?eds?|commentary|commentisfree|columns?|columnists?|letters|viewpoints?|"
        r"guest-column|meinung|kommentare?)(?:/|$)",
        re.I,
    )),
    ("interview", re.compile(r"(?:^|/)(?:interviews?|in-person)(?:/|$)", re.I)),
    ("analysis", re.compile(r"(?:^|/)(?:analysis|news-analysis|review|explainers?)(?:/|$)", re.I)),
    ("photo", re.compile(r"(?:^|/)(?:photos?|photo-news|galler(?:y|ies)|photo-essays?|pictures|in-pictures|photo-gallery)(?:/|$)", re.I)),
    ("live", re.compile(r"(?:^|/)(?:live|liveblog|live-updates)(?:/|$)", re.I)),
    ("statement", re.compile(r"(?:^|/)(?:statements?|press-releases?|announcements?)(?:/|$)", re.I)),
    ("roundup", re.compile(r"(?:^|/)(?:news-summary|weekly-news-reviews?|weekly-highlights|news-briefs?|digest)(?:/|$)", re.I)),
)  # fmt: skip
_BY_TYPE = {
    "LiveBlogPosting": "live",
    "OpinionNewsArticle": "opinion",
    "AnalysisNewsArticle": "analysis",
    "ReportageNewsArticle": "news",
    "ImageGallery": "photo",
}


def kind_of(headline: str | None, url: str, section: str | None, types: Iterable[str]) -> str:
    """One of the contract's kinds; `news` where nothing says otherwise."""
    by_headline = next((kind for kind, pattern in _BY_HEADLINE if pattern.search(headline or "")), None)
    by_type = next((_BY_TYPE[name] for name in types if name in _BY_TYPE), None)
    path = unquote(urlsplit(url).path)
    places = (section.strip().lower().replace(" ", "-") if section else "", path.rsplit("/", 1)[0])
    by_address = next((kind for kind, pattern in _BY_ADDRESS for place in places if pattern.search(place)), None)
    return by_headline or by_type or by_address or "news"
