"""The outlet file that is made of what a look at a site found: for a colleague who knows no TOML to read and adjust. Pure.

Whatever comes from the site passes `quoted`, `pattern_text` or `said`, so that no title and no address can add a key or end a comment.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from textwrap import wrap
from urllib.parse import unquote, urlsplit

from crawlers.addresses import is_loopback
from crawlers.outlet import FetchRules
from crawlers.survey import STALE_DAYS, Findings, SourceLook, hosts_seen, listing_candidates, sections_of
from crawlers.survey_pattern import Proposal, proposal_of
from crawlers.survey_place import Place, Stated, offset_text, place_of

LINE_CHARS = 120
SAID_CHARS_MAX = 300
# A Crawl-delay beyond this is cut to it by crawlers.robots.
DELAY_S_MAX = 120.0
# Below this many dated articles a rate means nothing.
DATED_MIN = 5
ORDER = ("feed", "sitemap", "wordpress", "listing")
ABSENT = frozenset(("http_404", "http_410"))
CHECK = "CHECK: "


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as text, and what its reader must know of it."""

    text: str
    place: Place
    active: tuple[SourceLook, ...]  # the sources that are written, in their order
    unsure: tuple[str, ...]  # keys marked CHECK


def definition_of(findings: Findings) -> Definition:
    """The outlet file. With no good source it is not enabled: a night of it would be quiet for the wrong reason."""
    place = place_of(findings)
    active = tuple(look for look in ordered(findings.sources) if look.state == "good")
    values = {"name": place.name, "country": place.country, "language": place.language, "time_zone": place.time_zone}
    lines = [*head(findings, values), *top(findings, values, is_enabled=bool(active)), *sources(findings, active), *article(findings),
             *fetch(findings), *expect(active)]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
    return Definition(text, place, active, tuple(key for key, value in values.items() if not value.is_sure))


def ordered(looks: Iterable[SourceLook]) -> list[SourceLook]:
    """Feeds, sitemaps (those of news first), WordPress, listings; each kind in the order in which it was asked."""
    return sorted(looks, key=lambda look: (ORDER.index(look.kind), look.kind == "sitemap" and "news" not in look.url))


# ---------------------------------------------------------------- parts of the file


def head(findings: Findings, values: dict[str, Stated]) -> Iterator[str]:
    yield from comment(f"{values['name'].value}: {findings.site.homepage}")
    yield "#"
    checked = "Lines marked CHECK are guesses." if any(not value.is_sure for value in values.values()) else ""
    yield from comment(
        f"Written by `nightdesk outlets new` on {findings.today} after {findings.requests} requests. Nobody has read it yet: "
        f"compare it with the site. {checked}"
    )
    if findings.asked_url and urlsplit(findings.asked_url).hostname != urlsplit(findings.site.homepage).hostname:
        yield from comment(f"{findings.asked_url} leads to {findings.site.homepage}.")
    system = findings.home.system
    yield from comment(f"The site seems to run on {system}: {findings.home.system_mark}." if system else "What the site runs on does not show.")
    yield from comment(robots_text(findings))
    if findings.stopped:
        yield from comment(f"Not everything was looked at: {findings.stopped}.")
    yield ""


def robots_text(findings: Findings) -> str:
    robots = findings.robots
    if not robots.is_there:
        return "There is no robots.txt."
    named = f"names {counted(len(robots.sitemaps), 'sitemap')}" if robots.sitemaps else "names no sitemap"
    delay = f" It asks for {robots.crawl_delay_s:g} s between requests (Crawl-delay)." if robots.crawl_delay_s else ""
    return f"robots.txt allows the home page and {named}.{delay}"


def top(findings: Findings, values: dict[str, Stated], *, is_enabled: bool) -> Iterator[str]:
    yield from stated("name", values["name"])
    yield f"homepage = {quoted(findings.site.homepage)}"
    for key in ("country", "language", "time_zone"):
        yield from stated(key, values[key])
    yield from hosts(findings)
    if not is_enabled:
        yield from comment("Not enabled, because no source gave articles: a night would be quiet without a reason. Add one below, then write true.")
        yield "enabled = false"
    yield ""


def stated(key: str, value: Stated) -> Iterator[str]:
    """A key with its evidence above it."""
    yield from comment(f"{'' if value.is_sure else CHECK}{value.why[:1].upper()}{value.why[1:]}.")
    yield f"{key} = {quoted(value.value)}"


def hosts(findings: Findings) -> Iterator[str]:
    if findings.site.hosts:
        yield from comment("The links of its sources lead here.")
        yield f"hosts = [{', '.join(map(quoted, findings.site.hosts))}]"
    seen = hosts_seen((address for address, _ in findings.home.anchors), findings.site)
    if seen:
        names = ", ".join(f"{host} ({counted(count, 'link')})" for host, count in seen.most_common(8))
        yield from comment(f"The home page also links to {names}. A host that serves the same articles belongs into hosts; "
                           "one in another language is an outlet of its own.")


# ---------------------------------------------------------------- sources


def sources(findings: Findings, active: Sequence[SourceLook]) -> Iterator[str]:
    looks = ordered(findings.sources)
    for look in active:
        yield from comment(f"{judgement(look)} Looked at on {findings.today}.")
        yield from block(look)
    for look in looks:
        if look.state not in ("good", "failed"):
            yield from comment(f"Left out: {judgement(look)} Looked at on {findings.today}.")
            yield from (line if line.startswith("#") or not line else f"# {line}" for line in block(look))
    yield from not_found(looks)
    if not any(look.kind == "listing" for look in looks):
        yield from unasked_listings(findings)
    yield ""


def block(look: SourceLook) -> Iterator[str]:
    if unquote(look.url) != look.url:
        yield from comment(f"In letters: {unquote(look.url)}")
    yield "[[discover]]"
    yield f"kind = {quoted(look.kind)}"
    yield f"url = {quoted(look.url)}"
    yield ""


def judgement(look: SourceLook) -> str:
    """What was found at a source, as a sentence or two."""
    count = counted(len(look.urls), "article")
    newest = f", the newest of {look.newest}" if look.newest else ", without dates"
    elsewhere = f" {counted(look.elsewhere, 'link')} to other hosts." if look.elsewhere else ""
    reason = {
        "stale": f" The newest is older than {STALE_DAYS} days: it seems not to be kept up.",
        "unproven": " Nothing that the home page shows is in it, so that nobody can tell whether it is kept up.",
        "repeat": " All are in a source above.", "empty": f" {look.detail[:1].upper()}{look.detail[1:]}." if look.detail else "",
    }.get(look.state, "")
    return f"{count}{newest}.{elsewhere}{reason}{' ' + look.note if look.note else ''}"


def not_found(looks: Sequence[SourceLook]) -> Iterator[str]:
    """What is not there, kind by kind, and what was refused and why."""
    for kind, name in zip(ORDER, ("feed", "sitemap", "WordPress interface", "listing page"), strict=True):
        of_kind = [look for look in looks if look.kind == kind]
        if kind in ("feed", "sitemap") and not any(look.state != "failed" for look in of_kind):
            asked = f" Asked: {', '.join(look.url for look in of_kind)}." if of_kind else " None is named, and no usual address was asked."
            yield from comment(f"No {name} was found.{asked}", chars_max=2000)
        failed = [look for look in of_kind if look.state == "failed" and look.detail.split(":")[0] not in ABSENT]
        for detail in dict.fromkeys(look.detail for look in failed):
            urls = ", ".join(look.url for look in failed if look.detail == detail)
            yield from comment(f"Not read ({detail}): {urls}", chars_max=2000)


def unasked_listings(findings: Findings) -> Iterator[str]:
    """The sections of the home page, for those who want to add one as a listing; none was asked where other sources are enough."""
    pages = listing_candidates(findings.home.anchors, findings.site)
    if pages:
        yield from comment(f"Overview pages were not asked. The home page links to {', '.join(pages[:5])}", chars_max=1000)


# ---------------------------------------------------------------- article, fetch, expect


def article(findings: Findings) -> Iterator[str]:
    yield "[article]"
    pages = [url for url in sections_of(findings.home.anchors, findings.site) if url not in findings.article_urls]
    found = proposal_of(findings.article_urls, [*pages, findings.site.homepage])
    if found.pattern:
        if all(look.kind == "listing" for look in findings.sources if look.state == "good"):
            yield from comment(f"{CHECK}Learnt from links on overview pages that look like articles.")
        yield from comment(f"Fits {found.matched} of {counted(found.articles, 'article address', 'article addresses')} and none of "
                           f"{counted(found.others, 'other page')} of the site; one is {found.example}")
        yield from comment("Addresses that it does not fit are not fetched, so a pattern that is too narrow loses articles.")
        yield f"url_pattern = {pattern_text(found.pattern)}"
    else:
        yield from no_pattern(found)
    yield "# CSS of page parts that are never the article, and bylines that name nobody; look at a page with `nightdesk inspect` first."
    yield '# drop = ["aside.related", ".newsletter"]'
    yield '# generic_bylines = ["Admin"]'
    yield ""


def no_pattern(found: Proposal) -> Iterator[str]:
    example = f" An article is {found.example}" if found.example else ""
    yield from comment(f"No pattern is proposed: {found.why_not}.{example}")
    yield "# url_pattern = '^/news/.+'"


def fetch(findings: Findings) -> Iterator[str]:
    usual = FetchRules().delay_s
    asked = min(findings.robots.crawl_delay_s, DELAY_S_MAX)
    yield "[fetch]"
    yield "# Seconds between two requests" + (", as robots.txt asks." if asked > usual else ".")
    yield f"delay_s = {max(asked, usual)!r}"
    if is_loopback(urlsplit(findings.site.homepage).hostname or ""):
        yield "# The site is on this machine."
        yield 'allow_addresses = ["127.0.0.0/8"]'
    yield ""


def expect(active: Sequence[SourceLook]) -> Iterator[str]:
    """What a day brings, by the dates of the first source that gives enough of them; only as a comment, because a week is not a year."""
    for look in active:
        moments = sorted(look.moments)
        if look.kind != "sitemap" and len(moments) >= DATED_MIN and (span := moments[-1] - moments[0]) >= timedelta(days=1):
            days = span / timedelta(days=1)
            a_day = (len(moments) - 1) / days
            yield from comment(f"{len(moments)} articles in {days:.0f} days, about {a_day:.2g} a day. To be told when that changes:")
            yield "# [expect]"
            yield f"# articles_per_day_min = {math.floor(a_day / 4)}"
            yield f"# articles_per_day_max = {math.ceil(a_day * 4)}"
            return


# ---------------------------------------------------------------- writing


def comment(text: str, *, chars_max: int = SAID_CHARS_MAX) -> Iterator[str]:
    """The text as lines of comment that a person can read without scrolling; never empty."""
    for line in wrap(said(text, chars_max=chars_max), LINE_CHARS, break_long_words=False, break_on_hyphens=False) or [""]:
        yield f"# {line}"


def said(text: str, *, chars_max: int = SAID_CHARS_MAX) -> str:
    """Text for a comment: one line, nothing that ends it, steers a terminal or turns the direction of writing."""
    shown = "".join(letter if is_plain(letter) else " " for letter in text)
    line = " ".join(shown.split())
    return line if len(line) <= chars_max else f"{line[:chars_max]} ..."


def is_plain(letter: str) -> bool:
    # Zero-width spaces and joiners belong to Burmese; turns of direction can show another text than the file holds.
    return letter in "\u200b\u200c\u200d" or letter.isprintable()


def quoted(text: str) -> str:
    """A TOML basic string."""
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(letter) or (letter if is_plain(letter) else escape_of(letter)) for letter in text) + '"'


def escape_of(letter: str) -> str:
    """The TOML escape of a letter that is not written as it is; half characters cannot be written at all."""
    code = ord(letter)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def pattern_text(pattern: str) -> str:
    """A pattern between single quotes, where it reads best, if it can stand there."""
    return f"'{pattern}'" if "'" not in pattern and all(map(is_plain, pattern)) else quoted(pattern)


def counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# ---------------------------------------------------------------- the report


def report_of(findings: Findings) -> dict[str, object]:
    """The findings and the definition as JSON values, for the command that asked for the look."""
    definition = definition_of(findings)
    values = {key: getattr(definition.place, key) for key in ("name", "country", "language", "time_zone")}
    return {
        "state": "looked", "detail": findings.stopped, "homepage": findings.site.homepage, "host": findings.site.canonical_host,
        "requests": findings.requests, "definition": definition.text, "unsure": list(definition.unsure), "system": findings.home.system,
        "crawl_delay_s": findings.robots.crawl_delay_s, "clock_offsets": [offset_text(offset) for offset in findings.offsets],
        **{key: value.value for key, value in values.items()}, "example_url": next(iter(findings.article_urls), None),
        "sources": [source_row(look) for look in ordered(findings.sources)],
        "states": dict(Counter(look.state for look in findings.sources)),
    }


def source_row(look: SourceLook) -> dict[str, object]:
    return {"kind": look.kind, "url": look.url, "state": look.state, "articles": len(look.urls),
            "newest": look.newest.isoformat() if look.newest else None, "detail": look.detail or look.note or None}


def refused_report(homepage: str, state: str, detail: str, requests: int) -> dict[str, object]:
    """The same for a site that could not be looked at."""
    return {"state": state, "detail": detail, "homepage": homepage, "requests": requests}
