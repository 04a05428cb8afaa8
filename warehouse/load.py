"""The load: one batch, one transaction. Ids are deterministic, so a batch that is loaded again changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from string import Template
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import event_folds
from warehouse.crawl_state import MOMENT, write_hosts, write_robots_files
from warehouse.db import statement, transaction
from warehouse.records import (
    ArticleReading,
    Capture,
    Entity,
    HostState,
    LinkOutcome,
    Rejection,
    Reservation,
    RobotsFile,
    Sketch,
    SourceState,
    Tags,
)
from warehouse.version_changes import changes_between
from warehouse.versions import Observation, Version, content_sha256, same_bytes_same_text, version_history

Row = dict[str, Any]

# The key of each table that is merged; the rest is replaced article by article or only appended to.
KEYS = {
    "outlets": ("outlet_id",), "captures": ("capture_id",), "articles": ("article_id",), "article_texts": ("article_id",), "entities": ("entity_id",),
    "observations": ("observation_id",), "links": ("outlet_id", "url"), "sources": ("outlet_id", "url"),
    "reservations": ("outlet_id", "url", "source", "name"), "capture_files": ("warc_file",), "runs": ("run_id",),
}
ROWS_APART = 8_192  # texts nearer to each other are read in one go
PAGES_READ = pa.schema([("outlet_id", pa.string()), ("url", pa.string()), ("seen_at", MOMENT)])
TAG_TABLES = ("mentions", "dates", "figures", "quotations", "subjects", "events", "event_evidence")
ARTICLE_TABLES = ("field_sources", "images", *TAG_TABLES)
COUNTS = (
    "discovered", "skipped_known", "fetched", "not_modified", "failed", "extracted", "rejected", "new", "updated", "unchanged", "copies",
)


@dataclass(slots=True)
class Batch:
    """What one transaction brings in. `counts` are those of the funnel that the caller knows; load adds the others."""

    batch_id: str
    run_id: str
    loaded_at: datetime
    captures: list[Capture] = field(default_factory=list)
    readings: list[ArticleReading] = field(default_factory=list)
    links: list[LinkOutcome] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    sources: list[SourceState] = field(default_factory=list)
    hosts: list[HostState] = field(default_factory=list)
    robots_files: list[RobotsFile] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)  # of whole sites; those of a page come with its reading
    capture_files: list[tuple[str, str]] = field(default_factory=list)  # (outlet_id, warc_file): all of its captures are loaded now
    counts: dict[str, dict[str, int]] = field(default_factory=dict)  # outlet_id: {count of run_outlets: number}
    alerts: dict[str, str] = field(default_factory=dict)
    reread: bool = False  # True for reprocess: the row of an article is written anew even where the text is the same


def load(connection: duckdb.DuckDBPyConnection, batch: Batch) -> dict[str, dict[str, int]]:
    """Writes the batch in one transaction and returns its counts by outlet. A batch_id that is in the load log is not written again."""
    if connection.execute("select 1 from load_log where batch_id = ?", [batch.batch_id]).fetchall():
        return {}
    with transaction(connection):
        return write(connection, batch)


def write(connection: duckdb.DuckDBPyConnection, batch: Batch) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {outlet_id: dict(known) for outlet_id, known in batch.counts.items()}
    merge(connection, "captures", [as_row(capture) for capture in batch.captures])
    rows_max = write_articles(connection, batch, counts)
    write_links(connection, batch)
    write_hosts(connection, batch.hosts)
    write_robots_files(connection, batch.robots_files)
    merge(connection, "sources", [as_row(source) for source in batch.sources])
    insert(connection, "run_sources", [source_of_run(source, batch.run_id) for source in batch.sources])
    write_reservations(connection, batch)
    insert(connection, "rejections", [as_row(rejection) for rejection in batch.rejections])
    merge(connection, "capture_files", [
        {"warc_file": warc_file, "outlet_id": outlet_id, "loaded_at": batch.loaded_at} for outlet_id, warc_file in batch.capture_files
    ])
    add_counts(connection, batch, counts)
    insert(connection, "load_log", [
        {"batch_id": batch.batch_id, "run_id": batch.run_id, "loaded_at": batch.loaded_at, "article_count": len(batch.readings),
         "rows_max": rows_max}
    ])
    return counts


def source_of_run(source: SourceState, run_id: str) -> Row:
    """What a source said in this run. A source that gave nothing this time still carries the counts of its last list, which are not this run's."""
    counts = (source.link_count, source.new_count) if source.state == "listed" else (None, None)
    return {"run_id": run_id, "outlet_id": source.outlet_id, "url": source.url, "kind": source.kind, "state": source.state,
            "link_count": counts[0], "new_count": counts[1]}


# ---------------------------------------------------------------- articles


@dataclass(slots=True)
class Known:
    """What the warehouse holds of one article before the batch."""

    article: Row | None = None
    observations: dict[str, Observation] = field(default_factory=dict)
    versions: list[Row] = field(default_factory=list)  # headline, description, body, body_sha256, capture_id, by number

    @property
    def is_held(self) -> bool:
        """Whether the warehouse has any row of it."""
        return bool(self.article or self.observations or self.versions)

    def texts(self) -> dict[str, Row]:
        """The stored texts by the observation that first said them, and by content for observations that only repeated one.

        The content that an observation stands for can be that of other bytes read by another extractor, so both hashes lead to the text.
        """
        by_content = {content_sha256(row["headline"], row["body"]): row for row in self.versions}
        pairs = list(zip(version_history(self.observations.values()), self.versions, strict=False))
        by_content |= {version.content_sha256: row for version, row in pairs if version.content_sha256 not in by_content}
        return by_content | {version.observation_id: row for version, row in pairs}


def write_articles(connection: duckdb.DuckDBPyConnection, batch: Batch, counts: dict[str, dict[str, int]]) -> int:
    """Writes the readings as articles; the most rows that any one table got from that."""
    if not batch.readings:
        return 0
    groups: dict[str, list[ArticleReading]] = defaultdict(list)
    for reading in unique_readings(batch.readings, counts):
        groups[reading.article_id].append(reading)
    known = known_articles(connection, list(groups))
    left = articles_left(connection, batch, groups)
    places = place_names(connection)
    out: dict[str, list[Row]] = defaultdict(list)
    for article_id, readings in groups.items():
        rows_of_article(known[article_id], sorted(readings, key=lambda r: (r.seen_at, r.observation_id)), batch, counts, out, places)
    delete_rewritten(connection, [name for name in groups if known[name].is_held], [row["article_id"] for row in out["rewritten"]])
    for table in ARTICLE_TABLES:
        insert(connection, table, out[table])
    insert(connection, "article_versions", out["article_versions"])
    merge(connection, "observations", out["observations"])
    merge(connection, "articles", out["articles"])
    note_folds(connection, out["events"], out["articles"])
    remove_articles_without_observations(connection, left)
    merge(connection, "article_texts", out["article_texts"])
    note_pending(connection, groups, left)
    return max(len(out[table]) for table in (*ARTICLE_TABLES, "article_versions"))


def delete_rewritten(connection: duckdb.DuckDBPyConnection, held: list[str], rewritten: list[str]) -> None:
    """Takes out the versions of articles that the warehouse holds, and what hangs on the text of those that are written anew.

    New articles have nothing to take out: to look for it would read the ids of all tags of all history.
    """
    if not held:
        return
    connection.register("touched", id_table(held))
    connection.execute(statement("delete_versions"))
    connection.unregister("touched")
    if not (again := set(held).intersection(rewritten)):
        return
    connection.register("rewritten", id_table(sorted(again)))
    event_folds.note(connection, "rewritten")
    for table in ARTICLE_TABLES:
        connection.execute(Template(statement("delete_rewritten")).substitute(table=table))
    connection.unregister("rewritten")


def note_folds(connection: duckdb.DuckDBPyConnection, events: list[Row], articles: list[Row]) -> None:
    """Notes what new events bear on, as event_folds.note does, without looking for them among the events of all history."""
    texts = {row["article_id"]: row["copy_id"] or row["article_id"] for row in articles}
    cells = {(row["event_date"], None if row["event_date"] else texts[row["article_id"]]) for row in events}
    insert(connection, "folds_pending", [{"event_date": day, "text_id": text_id} for day, text_id in cells])


def place_names(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The names of places in all languages, by which versions are compared."""
    return frozenset(name for (name,) in connection.execute(statement("place_names")).fetchall())


def unique_readings(readings: list[ArticleReading], counts: dict[str, dict[str, int]]) -> list[ArticleReading]:
    """One reading an observation, the last one given; a repeat counts as an article met again without a change."""
    unique = {reading.observation_id: reading for reading in readings}
    repeats = Counter(reading.outlet_id for reading in readings)
    repeats.subtract(reading.outlet_id for reading in unique.values())
    for outlet_id, number in repeats.items():
        count = counts.setdefault(outlet_id, {})
        for name in ("extracted", "unchanged"):
            count[name] = count.get(name, 0) + number
    return list(unique.values())


def articles_left(connection: duckdb.DuckDBPyConnection, batch: Batch, groups: Iterable[str]) -> list[str]:
    """Articles that observations of the batch belonged to before: a new reading may give a page another identity."""
    if not batch.reread:
        return []
    connection.register("read_again", pa.table({"observation_id": pa.array([r.observation_id for r in batch.readings], pa.string())}))
    found = connection.execute(statement("articles_of_observations")).fetchall()
    connection.unregister("read_again")
    return sorted({article_id for (article_id,) in found} - set(groups))


def remove_articles_without_observations(connection: duckdb.DuckDBPyConnection, article_ids: list[str]) -> None:
    """Takes out the rows of articles that no page stands for any more, so that one page is never two articles."""
    if not article_ids:
        return
    connection.register("rewritten", id_table(article_ids))
    emptied = [name for (name,) in connection.execute(statement("articles_without_observations")).fetchall()]
    connection.register("rewritten", id_table(emptied))
    event_folds.note(connection, "rewritten")
    for table in (*ARTICLE_TABLES, "article_versions", "article_texts", "articles"):
        connection.execute(Template(statement("delete_rewritten")).substitute(table=table))
    connection.unregister("rewritten")


def known_articles(connection: duckdb.DuckDBPyConnection, article_ids: list[str]) -> dict[str, Known]:
    known = {article_id: Known() for article_id in article_ids}
    connection.register("touched", id_table(article_ids))
    for row in rows_of_touched(connection, "articles", "known_articles"):
        known[row["article_id"]].article = row
    for row in rows(connection, statement("known_observations")):
        article_id = row.pop("article_id")
        known[article_id].observations[row["observation_id"]] = Observation(**row)
    for row in sorted(rows_of_touched(connection, "article_versions", "known_versions"), key=lambda row: row["version"]):
        known[row["article_id"]].versions.append(row)
    connection.unregister("touched")
    return known


def rows_of_touched(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> Iterator[Row]:
    """The rows of the table that the statement gives of the articles registered as `touched`, in the order in which they stand.

    Texts lie packed, 2,048 at once, and a join unpacks all of them: 8 CPU seconds for 2,000 new articles among a million. So places come first,
    and rows that stand near each other are read together; the rest is not read. By key each text would be unpacked with its 2,047 neighbours.
    """
    places = connection.execute(Template(statement("places_of_touched")).substitute(table=table)).fetchall()
    for first, last in stretches([place for (place,) in places], ROWS_APART):
        yield from rows(connection, statement(name), {"first": first, "last": last})


def stretches(places: list[int], apart: int) -> list[tuple[int, int]]:
    """First and last of the places, which are in order, cut where two are more than so far apart: [1, 2, 9], 5 is [(1, 2), (9, 9)]."""
    cuts = [at for at in range(1, len(places)) if places[at] - places[at - 1] > apart]
    return [(places[first], places[last - 1]) for first, last in pairwise([0, *cuts, len(places)])] if places else []


def rows_of_article(
    known: Known, readings: list[ArticleReading], batch: Batch, counts: dict[str, dict[str, int]], out: dict[str, list[Row]],
    places: frozenset[str],
) -> None:
    """Adds the rows of one article to `out`, table by table, and what became of each reading to `counts`."""
    seen = observations_of(known, readings, batch)
    count_outcomes(known, seen, counts.setdefault(readings[0].outlet_id, {}))
    observations, texts = known.observations | {each.observation_id: each for each in seen}, known.texts()
    for reading in readings:
        texts.setdefault(observations[reading.observation_id].content_sha256, text_row(reading))
        texts[reading.observation_id] = text_row(reading)
    history = version_history(observations.values())
    out["observations"] += [observation_row(readings[0].article_id, observations[r.observation_id]) for r in readings]
    out["article_versions"] += version_rows(readings[0].article_id, history, texts, places)
    newest = max(observations.values(), key=lambda o: (o.seen_at, o.observation_id))
    # The row of an article is its newest version as it was first read, with the same capture as evidence.
    current = next((r for r in readings if r.observation_id == history[-1].observation_id), None)
    if current:
        out["articles"].append(article_row(current, known, readings, history, newest.seen_at, batch.run_id))
        out["rewritten"].append({"article_id": current.article_id})
        child_rows(current, out)
        out["article_texts"].append(article_text_row(current))
    else:
        assert known.article is not None, "an article without a row always gets its newest reading"
        out["articles"].append(seen_again_row(known.article, readings, history, newest.seen_at))


def observations_of(known: Known, readings: list[ArticleReading], batch: Batch) -> list[Observation]:
    """The readings as observations in the order of time. Equal bytes say what they said before; reprocessing lets a new extractor speak."""
    payloads = {capture.capture_id: capture.payload_sha256 for capture in batch.captures}
    payloads |= {name: each.payload_sha256 for name, each in known.observations.items() if each.payload_sha256}
    seen = [Observation(r.observation_id, r.seen_at, r.content_sha256, payloads.get(r.observation_id)) for r in readings]
    return same_bytes_same_text(seen, () if batch.reread else known.observations.values())


def count_outcomes(known: Known, seen: list[Observation], count: dict[str, int]) -> None:
    """Each observation is new, updated or unchanged; the three add up to `extracted`."""
    is_known = bool(known.observations)
    contents = {o.content_sha256 for o in known.observations.values()}
    for observation in seen:
        outcome = "new" if not is_known else "unchanged" if observation.content_sha256 in contents else "updated"
        count[outcome] = count.get(outcome, 0) + 1
        count["extracted"] = count.get("extracted", 0) + 1
        is_known = True
        contents.add(observation.content_sha256)


def text_row(reading: ArticleReading) -> Row:
    extracted = reading.extracted
    return {
        "headline": extracted.headline, "description": extracted.description, "body": extracted.body,
        "body_sha256": sha256(extracted.body), "capture_id": reading.capture_id,
    }


def observation_row(article_id: str, observation: Observation) -> Row:
    names = ("observation_id", "seen_at", "content_sha256")
    return {"article_id": article_id} | {name: getattr(observation, name) for name in names}


def version_rows(article_id: str, history: list[Version], texts: dict[str, Row], places: frozenset[str]) -> list[Row]:
    rows_out: list[Row] = []
    before: Row | None = None
    for version in history:
        text = texts.get(version.observation_id) or texts[version.content_sha256]
        rows_out.append({
            "article_id": article_id, "version": version.number, "seen_at": version.seen_at, "headline": text["headline"],
            "description": text["description"], "body": text["body"], "body_sha256": text["body_sha256"], "capture_id": text["capture_id"],
            "changes": changes_between(before, text, places),
        })
        before = text
    return rows_out


def article_row(
    reading: ArticleReading, known: Known, readings: list[ArticleReading], history: list[Version], last_seen_at: datetime, run_id: str,
) -> Row:
    """The row of `articles` as the first reading of its newest version gives it."""
    extracted = reading.extracted
    columns = (
        "headline", "description", "body", "language", "encoding", "kind", "section", "byline", "newsroom", "dateline_place", "dateline_date",
        "source_outlet", "date_published", "date_published_precision", "date_published_source", "published_on", "date_modified",
        "is_truncated", "extractor",
    )
    old = known.article or {}
    gone_at = old.get("gone_at")
    return {name: getattr(extracted, name) for name in columns} | {
        "article_id": reading.article_id, "outlet_id": reading.outlet_id, "url": reading.url, "aliases": all_aliases(old, readings, reading.url),
        "keywords": list(extracted.keywords), "authors": list(extracted.authors), "word_count": reading.word_count, "version": len(history),
        "first_seen_at": history[0].seen_at, "last_seen_at": last_seen_at,
        "gone_at": gone_at if gone_at and gone_at >= last_seen_at else None, "body_sha256": sha256(extracted.body),
        "capture_id": reading.capture_id, "copy_id": old.get("copy_id"), "is_original": old.get("is_original", True), "run_id": run_id,
    }


def seen_again_row(article: Row, readings: list[ArticleReading], history: list[Version], last_seen_at: datetime) -> Row:
    """The row as it was: only what was seen when, under which addresses, and how many versions there are can have changed."""
    kept = dict(article)
    back = article["gone_at"] is not None and last_seen_at > article["gone_at"]
    return kept | {
        "aliases": all_aliases(article, readings, article["url"]), "version": len(history), "first_seen_at": history[0].seen_at,
        "last_seen_at": last_seen_at, "gone_at": None if back else article["gone_at"],
    }


def all_aliases(article: Row, readings: list[ArticleReading], url: str) -> list[str]:
    names = set(article.get("aliases") or []).union(*({reading.url, *reading.aliases} for reading in readings))
    return sorted(names - {url})


def child_rows(reading: ArticleReading, out: dict[str, list[Row]]) -> None:
    own = {"article_id": reading.article_id}
    out["field_sources"] += [own | as_row(candidate) for candidate in reading.extracted.candidates]
    out["images"] += [own | as_row(image) for image in reading.extracted.images]
    for table in TAG_TABLES:
        out[table] += tag_rows(reading.article_id, reading.tags, table)


def as_row(record: Any) -> Row:
    """A record of single values by the names of its fields. dataclasses.asdict copies every value and took a sixth of a load."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def tag_rows(article_id: str, tags: Tags, table: str) -> list[Row]:
    """The rows of one table of tags. Ids of events get the article's before them: they are unique within their article only."""
    own = {"article_id": article_id}
    found = [own | as_row(tag) for tag in getattr(tags, table)]
    return [row | {"event_id": f"{article_id}-{row['event_id']}"} for row in found] if table in ("events", "event_evidence") else found


def article_text_row(reading: ArticleReading) -> Row:
    return {"article_id": reading.article_id, "text_sha256": reading.text_sha256, "token_count": reading.token_count}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- copies


def note_pending(connection: duckdb.DuckDBPyConnection, groups: dict[str, list[ArticleReading]], left: list[str]) -> None:
    """Notes the articles to be compared with others (copy_groups.py), those that were left too: their groups have lost a member.

    A sketch goes along where it is of the article's newest version; it is made later where it is not known to be.
    """
    connection.register("touched", id_table([*groups, *left]))
    connection.execute(statement("copies_delete_pending"))
    current = dict(connection.execute(statement("current_texts")).fetchall())
    pending = []
    for article_id in dict.fromkeys([*groups, *left]):
        sketches = [r.sketch for r in groups.get(article_id, ()) if r.sketch and r.text_sha256 == current.get(article_id)]
        pending.append({"article_id": article_id} | (sketch_row(sketches[0]) if sketches else {}))
    insert(connection, "copies_pending", pending)
    connection.unregister("touched")


def sketch_row(sketch: Sketch) -> Row:
    return {"version": sketch.version, "shingle_count": sketch.shingle_count, "scale": sketch.scale, "fingerprints": sketch.fingerprints}


# ---------------------------------------------------------------- links, counts


def write_links(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Seen-state: what was asked for, and what it answered. Of an address that was not asked, only the source that named it is noted."""
    if not batch.links:
        return
    asked = {"fetched": "fetched", "not_modified": "fetched", "gone": "gone", "failed": "failed", "skipped": "waiting"}
    # A wall in front of an article may be gone tomorrow: its address counts as failed, so that it is asked again.
    walled = {rejection.capture_id for rejection in batch.rejections if rejection.reason in ("challenge", "consent_wall")}
    pages = {reading.observation_id: reading for reading in batch.readings}
    by_url = {(c.outlet_id, c.url): (c, pages.get(c.capture_id)) for c in batch.captures}
    incoming: dict[tuple[str, str], Row] = {}
    for link in batch.links:
        if link.outcome not in asked:
            continue
        capture, reading = by_url.get((link.outlet_id, link.url), (None, None))
        state = "failed" if capture and capture.capture_id in walled else asked[link.outcome]
        incoming[link.outlet_id, link.url] = {
            "outlet_id": link.outlet_id, "url": link.url, "found_by": link.found_by, "state": state,
            "published_at": (reading.extracted.date_published if reading else None) or link.published_at,
            "first_seen_at": link.checked_at or batch.loaded_at, "checked_at": link.checked_at or batch.loaded_at, "http_status": link.http_status,
            "etag": capture.etag if capture and state != "failed" else None,
            "last_modified": capture.last_modified if capture and state != "failed" else None, "attempts": 0,
            "candidates": json.dumps(link.candidates, ensure_ascii=False) if link.candidates else None, "asked_url": link.asked_url,
        }
    connection.register("incoming", arrow_table(connection, "links", list(incoming.values())))
    connection.execute(statement("merge_links"))
    connection.execute(statement("mark_met"))
    connection.execute(statement("mark_gone"))
    connection.unregister("incoming")
    settled = [(link.outlet_id, link.url, link.found_by) for link in batch.links if link.outcome == "known"]
    if settled:
        columns = zip(("outlet_id", "url", "found_by"), zip(*settled, strict=True), strict=True)
        connection.register("settled", pa.table({name: pa.array(values, pa.string()) for name, values in columns}))
        connection.execute(statement("settle_recovered"))
        connection.unregister("settled")


def write_reservations(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Brings in the reservations of sites, and in the place of what pages said before, what they say in their newest reading."""
    merge(connection, "reservations", [as_row(reservation) for reservation in batch.reservations])
    newest = {(r.outlet_id, r.url): r for r in sorted(batch.readings, key=lambda r: (r.seen_at, r.observation_id)) if r.capture_id}
    if not newest:
        return
    pages = [{"outlet_id": outlet_id, "url": url, "seen_at": reading.seen_at} for (outlet_id, url), reading in newest.items()]
    connection.register("pages_read", pa.Table.from_pylist(pages, PAGES_READ))
    # A page read out of an old archive does not undo what it said later.
    latest = connection.execute(statement("pages_read_latest")).fetchall()
    connection.execute(statement("delete_page_reservations"), {"reread": batch.reread})
    connection.unregister("pages_read")
    merge(connection, "reservations", [as_row(each) for outlet_id, url in latest for each in newest[outlet_id, url].reservations])


def add_counts(connection: duckdb.DuckDBPyConnection, batch: Batch, counts: dict[str, dict[str, int]]) -> None:
    """Adds the batch's counts to the run's rows in run_outlets."""
    outlet_ids = counts.keys() | batch.alerts.keys()
    incoming = [
        {"run_id": batch.run_id, "outlet_id": outlet_id, "alert": batch.alerts.get(outlet_id)}
        | {name: counts.get(outlet_id, {}).get(name, 0) for name in COUNTS}
        for outlet_id in sorted(outlet_ids)
    ]
    connection.register("incoming", arrow_table(connection, "run_outlets", incoming))
    connection.execute(statement("add_counts"))
    connection.unregister("incoming")


def count_new_copies(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Fills `run_outlets.copies`. At the end of a run, because the original may be loaded after its copies."""
    connection.execute(statement("count_new_copies"), {"run_id": run_id})


# ---------------------------------------------------------------- small statements


def write_outlets(connection: duckdb.DuckDBPyConnection, outlets: list[Row]) -> None:
    """Brings the definitions of this run into `outlets`."""
    with transaction(connection):
        merge(connection, "outlets", outlets)


def write_entities(connection: duckdb.DuckDBPyConnection, entities: Iterable[Entity]) -> None:
    """Brings the terms tables into `entities`."""
    with transaction(connection):
        merge(connection, "entities", [as_row(entity) for entity in entities])


def write_tags(connection: duckdb.DuckDBPyConnection, tags: dict[str, Tags]) -> None:
    """Replaces all tags of the articles, in one transaction."""
    with transaction(connection):
        connection.register("rewritten", id_table(tags))
        event_folds.note(connection, "rewritten")
        for table in TAG_TABLES:
            connection.execute(Template(statement("delete_rewritten")).substitute(table=table))
            insert(connection, table, [row for article_id, found in tags.items() for row in tag_rows(article_id, found, table)])
        event_folds.note(connection, "rewritten")
        connection.unregister("rewritten")


@dataclass(frozen=True, slots=True)
class TagChange:
    """How many rows of an article a table of tags holds and would hold."""

    article_id: str
    table: str
    before: int
    after: int
    new: int
    gone: int


def tag_changes(connection: duckdb.DuckDBPyConnection, tags: dict[str, Tags]) -> list[TagChange]:
    """What `write_tags` would change, by article and table; nothing is written."""
    connection.register("rewritten", id_table(tags))
    changes = []
    for table in TAG_TABLES:
        stored: dict[str, list[Row]] = defaultdict(list)
        for row in rows(connection, Template(statement("stored_tags")).substitute(table=table)):
            stored[row["article_id"]].append(row)
        for article_id, found in tags.items():
            after = tag_rows(article_id, found, table)
            names = tuple(after[0]) if after else ("article_id",)
            old, new = (Counter(tuple(row.get(name) for name in names) for row in side) for side in (stored[article_id], after))
            if old != new:
                counts = (old.total(), new.total(), (new - old).total(), (old - new).total())
                changes.append(TagChange(article_id, table, *counts))
    connection.unregister("rewritten")
    return changes


def merge(connection: duckdb.DuckDBPyConnection, table: str, incoming: list[Row]) -> None:
    """Inserts the rows, or replaces those of the same key, in a transaction of the caller. The rows are made unique first: the last of a key wins.

    Replaced rows are deleted and inserted: where a row has a list, `merge into` does the same row by row, and unpacks the long texts around
    each row for it. Measured: .95 CPU s for a hundred articles among a thousand, against .04.
    """
    if not incoming:
        return
    keys = KEYS[table]
    unique = {tuple(row[key] for key in keys): row for row in incoming}
    connection.register("incoming", arrow_table(connection, table, list(unique.values())))
    match = " and ".join(f"old.{key} = new.{key}" for key in keys)
    connection.execute(Template(statement("delete_incoming")).substitute(table=table, match=match))
    connection.execute(Template(statement("insert_rows")).substitute(table=table))
    connection.unregister("incoming")


def insert(connection: duckdb.DuckDBPyConnection, table: str, incoming: list[Row]) -> None:
    if not incoming:
        return
    connection.register("incoming", arrow_table(connection, table, incoming))
    connection.execute(Template(statement("insert_rows")).substitute(table=table))
    connection.unregister("incoming")


def rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> list[Row]:
    """Rows as dictionaries."""
    cursor = connection.execute(sql, parameters or [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def id_table(article_ids: Iterable[str]) -> pa.Table:
    return pa.table({"article_id": pa.array(list(dict.fromkeys(article_ids)), pa.string())})


def arrow_table(connection: duckdb.DuckDBPyConnection, table: str, incoming: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(incoming, schema=schema_of(connection, table))


_SCHEMAS: dict[str, pa.Schema] = {}


def schema_of(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Schema:
    """The Arrow schema of a table of ours; the same in every file of this release."""
    if table not in _SCHEMAS:
        _SCHEMAS[table] = connection.execute(Template(statement("no_rows")).substitute(table=table)).to_arrow_table().schema
    return _SCHEMAS[table]


def known_capture_ids(connection: duckdb.DuckDBPyConnection, capture_ids: list[str]) -> set[str]:
    """Those of the ids that are in `captures`."""
    if not capture_ids:
        return set()
    connection.register("asked", pa.table({"capture_id": pa.array(capture_ids, pa.string())}))
    found = connection.execute(statement("known_captures")).fetchall()
    connection.unregister("asked")
    return {name for (name,) in found}


def captures_of_payload(connection: duckdb.DuckDBPyConnection, outlet_id: str, payload_sha256: str) -> list[Capture]:
    """The captures of the outlet that hold this payload themselves, newest first."""
    asked = {"outlet_id": outlet_id, "payload_sha256": payload_sha256}
    return [Capture(**row) for row in rows(connection, statement("captures_of_payload"), asked)]


def kept_captures(
    connection: duckdb.DuckDBPyConnection, outlet_ids: list[str] | None, first: date | None, last: date | None, *, loaded_before: datetime,
) -> list[tuple[str, Capture]]:
    """(article_id, or capture_id where it is no article, and the capture) of the asked outlets and days of capture, by that id.

    Captures whose file was loaded at `loaded_before` or later are left out.
    """
    asked = {"outlet_ids": outlet_ids, "first": first, "last": last, "loaded_before": loaded_before}
    found = rows(connection, statement("kept_captures"), asked)
    return [(row.pop("belongs_to"), Capture(**row)) for row in found]


def articles_to_tag(connection: duckdb.DuckDBPyConnection, outlet_ids: list[str] | None) -> list[Row]:
    """The texts of articles that the taggers read, captions in page order, one a line."""
    return rows(connection, statement("articles_to_tag"), {"outlet_ids": outlet_ids})


def current_fields(connection: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """{article_id: row of articles}."""
    return {row["article_id"]: row for row in rows(connection, statement("current_fields"))}
