"""What a correct run must have in the warehouse after each night of the sample world, stated by its authors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crawlers.sample_world.stories import Story, stories
from crawlers.sample_world.world import MISBEHAVIOURS


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """One article as it must stand after a night; a row of `articles` in words. `body` holds one entry a paragraph.

    `copy_of` is the URL of the article whose text this one repeats; None for originals. `published_on` is the day in the
    outlet's zone, None for the one page that gives none. `dateline_place` is the place alone; some pages print its state after a comma.
    """

    outlet_id: str
    url: str
    headline: str
    description: str | None
    body: tuple[str, ...]
    published_on: date | None
    language: str
    version: int
    gone: bool
    copy_of: str | None
    kind: str
    authors: tuple[str, ...]
    newsroom: str | None
    dateline_place: str | None
    source_outlet: str | None


@dataclass(frozen=True, slots=True)
class ExpectedRejection:
    """An address of the sample world that must end in `rejections`, with stage and reason."""

    outlet_id: str
    url: str
    stage: str
    reason: str


def expected(night: int) -> tuple[ExpectedArticle, ...]:
    """All articles that the warehouse must hold after night 1, or after both nights, ordered by outlet and URL."""
    good = [story for story in stories().values() if story.answers is None and story.first_night <= night]
    return tuple(sorted((_article(story, night) for story in good), key=lambda article: (article.outlet_id, article.url)))


def expected_rejections(night: int) -> tuple[ExpectedRejection, ...]:
    """The planted misbehaviour of that night alone; the addresses misbehave alike on both nights, if they are asked."""
    bad = [story for story in stories().values() if story.answers and story.is_up(night)]
    return tuple(sorted((_rejection(story) for story in bad), key=lambda rejection: rejection.url))


def _article(story: Story, night: int) -> ExpectedArticle:
    # A page that is gone keeps the text it had on the last night that it was up.
    gone = not story.is_up(night)
    last_seen = story.gone_on - 1 if gone and story.gone_on else night
    edition = story.edition(last_seen)
    original = stories()[story.copy_of] if story.copy_of else None
    return ExpectedArticle(
        outlet_id=story.outlet.outlet_id,
        url=story.url,
        headline=edition.headline,
        description=edition.description,
        body=edition.paragraphs,
        published_on=story.published_on,
        language=story.outlet.language,
        version=story.version(last_seen),
        gone=gone,
        copy_of=original.url if original else None,
        kind=story.kind,
        authors=story.authors,
        newsroom=story.newsroom,
        dateline_place=story.dateline_place,
        source_outlet=original.outlet.name if original and story.source_line else None,
    )


def _rejection(story: Story) -> ExpectedRejection:
    misbehaviour = MISBEHAVIOURS[story.answers or ""]
    return ExpectedRejection(story.outlet.outlet_id, story.url, misbehaviour.stage, misbehaviour.reason)
