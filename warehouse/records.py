"""The values that pass between the stages: frozen dataclasses, no behaviour beyond small derived properties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from warehouse.record import record
from warehouse.versions import content_sha256


@dataclass(frozen=True, slots=True)
class FieldCandidate:
    """What one source says of one field of an article, as text. Losers are kept beside the winner.

    `source` is one of the words of the contract: feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id,
    byline, dateline, listing, trafilatura, htmldate, import; of a page's character set also header and bytes.
    """

    field: str
    value: str
    source: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An article address that a discovery source names, with what the source said of it.

    `published_at` is the source's own moment (aware), None where it gives none. `candidates` carry the source's title,
    date and section on to the extract step; they are kept with the capture.
    """

    url: str
    found_by: str  # feed | sitemap | listing | wordpress
    published_at: datetime | None = None
    modified_at: datetime | None = None
    candidates: tuple[FieldCandidate, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRules:
    """CSS selectors for the fields of an article page, for pages captured up to `until` (None: no end)."""

    selectors: dict[str, str]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OutletRules:
    """What the steps need to know of an outlet: its names, language, zone, and how its pages are built."""

    outlet_id: str
    name: str
    language: str  # BCP 47
    time_zone: str  # IANA
    country: str  # ISO 3166-1 alpha-2
    hosts: tuple[str, ...]  # lower case, the canonical host first, with port where there is one
    drop: tuple[str, ...] = ()  # CSS of page parts that are never the article
    generic_bylines: tuple[str, ...] = ()  # bylines that name no person: "Admin"
    fields: tuple[FieldRules, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One HTTP answer as it came over the wire: `body` is still content-encoded, transfer-encoding is removed."""

    outlet_id: str
    url: str  # as asked
    final_url: str  # after redirects
    fetched_at: datetime  # aware, UTC
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    robots: str = "unknown"  # allowed | disallowed | no_robots | unknown (a foreign WARC does not say)
    run_id: str = ""
    candidates: tuple[FieldCandidate, ...] = ()  # what discovery said of this address
    request_headers: tuple[tuple[str, str], ...] = ()  # as sent; empty for a foreign WARC
    robots_sha256: str | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, case aside, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Capture:
    """Where a kept HTTP response lies; a row of `captures`. Offsets and lengths are bytes of the compressed file."""

    capture_id: str
    outlet_id: str
    url: str
    final_url: str
    fetched_at: datetime
    http_status: int
    content_type: str | None
    payload_sha256: str  # of the body as it came over the wire, content encoding included
    etag: str | None
    last_modified: str | None
    warc_file: str  # relative to the data folder
    warc_offset: int
    warc_length: int
    robots: str
    run_id: str
    robots_sha256: str | None = None  # of the robots.txt that the decision rests on
    revisit_of: str | None = None  # capture_id of an earlier capture with the same payload; the record then has no body of its own


@dataclass(frozen=True, slots=True)
class Page:
    """A kept page on its way into the extract step: content-decoded bytes and what is known from outside of them."""

    url: str
    final_url: str
    body: bytes
    content_type: str | None
    fetched_at: datetime
    candidates: tuple[FieldCandidate, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in an article. `position` counts from 0 in page order; captions and credits are never body text."""

    position: int
    url: str | None
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article as read from one capture or import line, before identity, versions, copies and tags.

    Text is NFC and Unicode Burmese. `body` holds one paragraph a line. `date_published` is aware; for a precision of
    `day` it is midnight in the outlet's zone, and `published_on` is that day. All dates are None where the page gives none.
    Where it gives the day of its last update alone, the source of `date_published` is `update`: the text was out by then.
    """

    headline: str | None
    description: str | None
    body: str
    language: str
    encoding: str = "unicode"  # unicode | zawgyi: what the page was written in
    kind: str = "news"
    section: str | None = None
    keywords: tuple[str, ...] = ()
    byline: str | None = None
    authors: tuple[str, ...] = ()
    newsroom: str | None = None
    dateline_place: str | None = None
    dateline_date: date | None = None
    source_outlet: str | None = None
    date_published: datetime | None = None
    date_published_precision: str | None = None
    date_published_source: str | None = None
    published_on: date | None = None
    date_modified: datetime | None = None
    is_truncated: bool = False
    canonical_url: str | None = None
    images: tuple[Image, ...] = ()
    candidates: tuple[FieldCandidate, ...] = ()
    extractor: str = ""
    reservations: tuple[Reservation, ...] = ()  # of this page, under the address that answered

    @property
    def told_on(self) -> date | None:
        """The day against which 'on Sunday' is resolved: that of publication, None where only an update is dated, which may be years later."""
        return None if self.date_published_source == "update" else self.published_on

    @property
    def captions(self) -> str:
        """The captions in page order, one a line: the text that mentions with field `caption` point into."""
        return "\n".join(image.caption for image in self.images if image.caption)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Fingerprints of a text, by which its copies are found: 32 bits of the hashes of every 2**scale-th run of five tokens, in ascending order."""

    version: int  # of the recipe; sketches of different ones are not compared
    shingle_count: int  # different runs of five tokens in the whole text; 0 for a text too short to be a copy
    scale: int
    fingerprints: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts are one, as seen from the first of them. Shares are 0 to 1, of different runs of five tokens or of figures."""

    relation: str  # near: both hold most of each other; excerpt: the shorter one is a part of the other
    containment: float  # share of the shorter text that stands in the longer one
    share: float  # of this text, in the other one
    share_of_other: float  # of the other one, in this text
    figures: float  # of the shorter text, in the longer one


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why an input did not become an article: a stage, a reason from a fixed list, and a detail for people."""

    stage: str  # discover | fetch | keep | extract | import
    reason: str
    detail: str = ""


PRIVATE_PERSON = "private_person"  # rule of such mentions: see flows/steps/taggers/persons.py


@record
class Mention:
    """A name found in the text. Offsets are code points, half open, into the text named by `field`."""

    field: str  # headline | description | body | caption (captions in page order, one a line) | dateline_place
    start_char: int
    end_char: int
    text: str
    kind: str  # place | armed_group | organization | person
    entity_id: str | None
    role: str = "mention"  # mention | event | dateline | speaker
    method: str = "gazetteer"
    rule: str = ""
    confidence: float = 1.0


@record
class DateExpression:
    """A time expression in the body, resolved to a closed interval of days."""

    start_char: int
    end_char: int
    text: str
    start_date: date | None
    end_date: date | None
    precision: str


@record
class Figure:
    """A number in the body that counts people or things."""

    start_char: int
    end_char: int
    text: str
    role: str
    low: int | None
    best: int | None
    high: int | None
    qualifier: str = "exact"
    who: str | None = None
    party: str | None = None
    scope: str = "event"


@record
class Quotation:
    """A quote in the body with its speaker as the text names them."""

    start_char: int
    end_char: int
    text: str
    speaker: str | None
    speaker_description: str | None
    mode: str  # direct | indirect
    cue: str | None


@record
class Subject:
    """A topic of the whole article."""

    scheme: str
    code: str
    name: str
    confidence: float
    method: str


@record
class Event:
    """An event that the body reports, with ACLED's names: a candidate for a coder, never a verified event."""

    event_id: str  # over type, place and day; with the article's id before it, the id of the row
    event_date: date | None  # first day of the interval where the text gives no single day
    date_precision: str  # day | week | month | year | unknown
    event_type: str
    sub_event_type: str
    actor1: str | None  # actor id, 'Unidentified Armed Group', 'Protesters', ... as for actor2 'Civilians'
    actor2: str | None
    admin1: str | None  # name of the state or region
    location: str | None  # as the text names it
    pcode: str | None
    latitude: float | None
    longitude: float | None
    geo_precision: int | None  # 1 the place itself, 2 near it or in its township, 3 the state
    fatalities: int | None  # None where the text gives no number
    alleged: bool
    start_char: int
    end_char: int
    confidence: float
    rule: str
    method: str = "rule"
    review_status: str = "candidate"


@record
class EventEvidence:
    """The words behind one part of an event. Offsets are into the text named by `field`."""

    event_id: str  # as in Event
    part: str  # report | cue | date | place | actor1 | actor2 | fatalities
    field: str
    start_char: int
    end_char: int
    text: str


@dataclass(frozen=True, slots=True)
class Tags:
    """Everything the taggers found in one article."""

    mentions: tuple[Mention, ...] = ()
    dates: tuple[DateExpression, ...] = ()
    figures: tuple[Figure, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    subjects: tuple[Subject, ...] = ()
    events: tuple[Event, ...] = ()
    event_evidence: tuple[EventEvidence, ...] = ()

    def without_private_persons(self) -> Tags:
        """The tags less the mentions of private persons, which nothing stores unless the setting `private_persons` says so."""
        return replace(self, mentions=tuple(one for one in self.mentions if one.rule != PRIVATE_PERSON))


@dataclass(frozen=True, slots=True)
class Entity:
    """A known place, group, organisation or person; a row of `entities`. Ids that are not verified stay None."""

    entity_id: str
    kind: str
    name: str
    name_my: str | None = None
    abbreviation: str | None = None
    side: str | None = None
    ucdp_id: int | None = None
    pcode: str | None = None
    admin1_pcode: str | None = None
    wikidata_id: str | None = None
    geonames_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row of `rejections`: an input of a run that did not become an article."""

    run_id: str
    outlet_id: str
    url: str
    stage: str
    reason: str
    detail: str = ""
    capture_id: str | None = None


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """What a crawl did with one discovered address.

    `outcome` is one of: fetched, not_modified, gone (404 or 410), known (not asked again), failed (with a Rejection),
    skipped (over the limit of pages a run, or its host is to be left alone; asked next time).
    """

    outlet_id: str
    url: str
    found_by: str
    outcome: str
    http_status: int | None = None
    checked_at: datetime | None = None
    published_at: datetime | None = None
    # Of an address that gave no page yet: what its sources said of it as (field, value, source), and how they spell it.
    candidates: tuple[tuple[str, str, str], ...] = ()
    asked_url: str | None = None


@dataclass(frozen=True, slots=True)
class HostState:
    """What a crawl has learnt of one host, for the next run; a row of `hosts`. Moments are aware."""

    host: str  # without www., mail. or m.
    checked_at: datetime
    not_before: datetime | None = None  # nothing is asked before this moment (Retry-After)
    reason: str | None = None  # why the crawl gave it up; None where it did not
    detail: str | None = None
    reservations_checked_at: datetime | None = None  # when tdmrep.json was asked for


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The robots.txt of a host as it answered; a row of `robots_files`."""

    base: str  # scheme and host, with port where there is one
    sha256: str
    http_status: int
    body: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """What one address of a source last said; a row of `sources`. `etag`, `last_modified` and `changed_at` are those of the list that was read
    whole at `listed_at`; the counts are those of the last reading, also of one that broke off."""

    outlet_id: str
    url: str
    kind: str  # feed | sitemap | listing | wordpress
    state: str  # listed | not_modified | failed
    detail: str
    checked_at: datetime
    listed_at: datetime | None = None
    changed_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    link_count: int | None = None
    new_count: int | None = None
    definition_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A machine-readable wish about the use of a page or a site; a row of `reservations`."""

    outlet_id: str
    url: str  # the article's canonical address, or scheme and host (and path) of a site
    source: str  # robots_txt | tdmrep | header | meta
    name: str
    value: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """One capture or import line, read and tagged, with its identity."""

    article_id: str
    outlet_id: str
    url: str
    observation_id: str
    seen_at: datetime
    extracted: Extracted
    tags: Tags
    text_sha256: str
    token_count: int
    word_count: int
    sketch: Sketch | None = None  # None: made when copies are looked for
    aliases: tuple[str, ...] = ()
    capture_id: str | None = None
    reservations: tuple[Reservation, ...] = ()  # what the page said of its use

    @property
    def content_sha256(self) -> str:
        return content_sha256(self.extracted.headline, self.extracted.body)


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a crawl child says of one outlet when it is done with it."""

    outlet_id: str
    captures: tuple[Capture, ...] = ()
    links: tuple[LinkOutcome, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    alert: str | None = None  # why the outlet as a whole failed or is doubtful: blocked, robots_unreachable, no_source_answered, …
    sources: tuple[SourceState, ...] = ()
    hosts: tuple[HostState, ...] = ()
    robots_files: tuple[RobotsFile, ...] = ()
    reservations: tuple[Reservation, ...] = ()
