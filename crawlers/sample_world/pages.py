"""The sample outlets' pages, lists and feeds as text; the same arguments give the same text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawlers.sample_world.stories import HERE, SampleOutlet, Story, stories, stories_of

# strftime would print the names of the machine's own language.
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CARDS_PER_PAGE = {"joomla": 5, "flat": 2}  # so that even these few stories take several pages
LABELS = {
    "en": {
        "home": "Home",
        "sections": ("News", "Interviews"),
        "about": "About us",
        "latest": "Latest News",
        "related": "Related Articles",
        "comment": "Leave a comment",
        "your_name": "Your name",
        "your_comment": "Your comment",
        "moderated": "Comments appear after they have been read by an editor.",
    },
    "my": {
        "home": "ပင်မစာမျက်နှာ",
        "sections": ("သတင်း",),
        "about": "ကျွန်ုပ်တို့အကြောင်း",
        "latest": "နောက်ဆုံးရ သတင်းများ",
        "related": "ဆက်စပ် သတင်းများ",
        "comment": "မှတ်ချက် ရေးရန်",
        "your_name": "အမည်",
        "your_comment": "မှတ်ချက်",
        "moderated": "မှတ်ချက်များကို အယ်ဒီတာ ဖတ်ပြီးမှ ဖော်ပြပါမည်။",
    },
}
# WordPress prints these characters as numbers in the titles and excerpts of its REST answers.
TEXTURIZED = {ord("’"): "&#8217;", ord("‘"): "&#8216;", ord("“"): "&#8220;", ord("”"): "&#8221;", ord("–"): "&#8211;"}


def article_page(story: Story, *, night: int, today: date) -> str:
    """The page of a story as its outlet's system serves it on that night; `today` is what a clock on the page shows."""
    others = [other for other in stories_of(story.outlet, night) if other is not story]
    return _render(
        f"{story.outlet.shape}.html",
        story=story,
        edition=story.edition(night),
        outlet=story.outlet,
        night=night,
        today=f"{DAYS[today.weekday()]} {today.day}, {MONTHS[today.month - 1]} {today.year}",
        sidebar=others[:5],
        related=others[-3:],
        sections=_sections(story.outlet),
        labels=LABELS,
        original=stories()[story.copy_of] if story.copy_of else None,
        json_ld=_json_ld(story, night),
    )


def listing_page(outlet: SampleOutlet, *, night: int, section: str, page: int) -> str | None:
    """One page of a listing, counted from 1; None when the outlet's system has no such page."""
    in_section = [story for story in stories_of(outlet, night) if outlet.shape == "flat" or story.path.startswith(section + "/")]
    size = CARDS_PER_PAGE[outlet.shape]
    pages = -(-len(in_section) // size)
    cards = in_section[(page - 1) * size : page * size]
    # The Joomla sites answer past the end with an empty list, the flat one with 404.
    if not cards and outlet.shape == "flat":
        return None
    template = f"listing_{outlet.shape}.html"
    return _render(template, outlet=outlet, night=night, cards=cards, page=page, pages=pages, sections=_sections(outlet), labels=LABELS)


def home_page(outlet: SampleOutlet, *, night: int) -> str:
    """The homepage: links to the stories that behave, and the feeds."""
    feeds = [path for path, kind in outlet.routes.items() if kind == "feed"]
    present = [story for story in stories_of(outlet, night) if story.answers is None]
    return _render("home.html", outlet=outlet, night=night, stories=present, feeds=feeds)


def message_page(outlet: SampleOutlet, *, title: str, text: str) -> str:
    """A page that says one thing: not found, come back later, about us."""
    return _render("message.html", outlet=outlet, title=title, text=text)


def paywall_page(story: Story, *, night: int) -> str:
    """A headline and an invitation to sign in, without the story."""
    return _render("paywall.html", outlet=story.outlet, edition=story.edition(night))


def feed(outlet: SampleOutlet, *, night: int) -> str:
    """The outlet's stories of that night as RSS 2.0, newest first. Times are in GMT."""
    present = stories_of(outlet, night)
    return _render("feed.xml", outlet=outlet, night=night, stories=present, newest=newest_change(outlet, night=night))


def sitemap(outlet: SampleOutlet, *, night: int, page: int | None) -> str:
    """The sitemap index, or its one part as a urlset with `lastmod`."""
    template = "sitemap_index.xml" if page is None else "sitemap.xml"
    return _render(template, outlet=outlet, night=night, stories=stories_of(outlet, night), newest=newest_change(outlet, night=night))


def rest_posts(outlet: SampleOutlet, *, night: int, after: datetime | None, before: datetime | None) -> list[dict[str, Any]]:
    """The posts that WordPress would return, newest first, between two moments (both excluded), as values for JSON."""
    present = [story for story in stories_of(outlet, night) if story.published_at]
    return [
        _rest_post(story, night)
        for story in present
        if (after is None or story.published_at > after) and (before is None or story.published_at < before)  # type: ignore[operator]
    ]


def newest_change(outlet: SampleOutlet, *, night: int) -> datetime:
    """When anything in the outlet's lists was last published or changed. Aware; only for outlets that keep times of day."""
    changes = (story.edition(night).modified_at for story in stories_of(outlet, night))
    return max(change for change in changes if change)


def _rest_post(story: Story, night: int) -> dict[str, Any]:
    edition = story.edition(night)
    assert story.published_at, f"{story.key}: WordPress knows the time of every post"
    assert edition.modified_at, f"{story.key}: WordPress knows the time of every change"
    return {
        "id": story.number,
        "date": _local(story.published_at)[:19],
        "date_gmt": _utc(story.published_at)[:19],
        "modified": _local(edition.modified_at)[:19],
        "modified_gmt": _utc(edition.modified_at)[:19],
        "slug": story.path.strip("/").rpartition("/")[2],
        "status": "publish",
        "type": "post",
        "link": story.url,
        "title": {"rendered": escape(edition.headline, quote=False).translate(TEXTURIZED)},
        "excerpt": {"rendered": f"<p>{escape(edition.description or '', quote=False).translate(TEXTURIZED)}</p>\n", "protected": False},
    }


def _json_ld(story: Story, night: int) -> dict[str, Any]:
    edition = story.edition(night)
    published = {"datePublished": _utc(story.published_at)} if story.published_at else {}
    modified = {"dateModified": _utc(edition.modified_at)} if edition.modified_at else {}
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": edition.headline,
        "mainEntityOfPage": story.url,
        **published,
        **modified,
        "author": [{"@type": "Person", "name": author} for author in story.authors],
        "publisher": {"@type": "Organization", "name": story.outlet.name},
    }


def _sections(outlet: SampleOutlet) -> list[str]:
    return [path for path, kind in outlet.routes.items() if kind == "listing"]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _local(moment: datetime) -> str:
    return moment.isoformat()


def _drupal_day(moment: datetime) -> str:
    return f"{DAYS[moment.weekday()][:3]}, {moment.month:02d}/{moment.day:02d}/{moment.year} - {moment.hour:02d}:{moment.minute:02d}"


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters |= {
        "short_day": lambda day: f"{day.day:02d} {MONTHS[day.month - 1][:3]} {day.year}",
        "long_day": lambda day: f"{MONTHS[day.month - 1]} {day.day}, {day.year}",
        "plain_day": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        "drupal_day": _drupal_day,
        "feed_date": lambda moment: format_datetime(moment.astimezone(UTC), usegmt=True),
        "utc": _utc,
        "local": _local,
    }
    return environment


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)
