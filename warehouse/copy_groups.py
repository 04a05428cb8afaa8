"""Groups of copies in the database: what was loaded is compared with what was printed within 72 hours of it, and only what that touches is regrouped.

Between runs the tables hold what one comparison of all articles would give, whatever the order and the size of the batches in which they came.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from warehouse.copy_families import CopyRow, Edge, Member, groups, joining
from warehouse.db import statement, transaction
from warehouse.load import arrow_table, id_table, insert, merge, rows_of_touched, sketch_row
from warehouse.records import Likeness, Sketch
from warehouse.row_places import first_rows, rows_since_runs

SLICE_ARTICLES = 5_000  # compared in one transaction; bounds the memory
TEXTS_AT_HAND = 200  # of those under comparison; 0.1 MB each, and a run must not grow with what it brings in


@dataclass(frozen=True, slots=True)
class Recipe:
    """How texts are compared; flows give it, because the warehouse knows nothing of words."""

    version: int
    read: Callable[[str], tuple[str, int, Sketch]]  # hash of the normalised words, their number, and the sketch
    prepare: Callable[[str], Any]
    likeness: Callable[[Any, Any], Likeness | None]


class Window(NamedTuple):
    """The moments between which copies of the articles under comparison can lie."""

    first: datetime | None
    last: datetime | None


def group_copies(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    """Compares what is pending and regroups what that touches. Killed half way it goes on where it was: a slice is one transaction."""
    connection.execute(statement("copies_outdated"), {"version": recipe.version})
    while connection.execute("select 1 from copies_pending limit 1").fetchall():
        with transaction(connection):
            group_slice(connection, recipe)


def group_all_copies(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    """Sketches, compares and groups all articles anew; the same result as batch by batch.

    What is pending was read and sketched since the last comparison, by this run or by one that was killed: that is not done twice.
    """
    with transaction(connection):
        for name in ("sketches", "hot", "edges"):
            connection.execute(statement(f"copies_forget_{name}"))
        connection.execute(statement("copies_all_pending"))
    group_copies(connection, recipe)


def group_slice(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    connection.execute(statement("copies_slice"), {"size": SLICE_ARTICLES})
    renew_sketches(connection, recipe)
    # Articles of a group that changed, and those that stand in a group but have no text to compare any more.
    seeds = {name for (name,) in connection.execute(statement("copies_grouped_of_slice")).fetchall()}
    connection.execute(statement("copies_compared"))
    window = Window(*connection.execute(statement("copies_window")).fetchall()[0])
    for ends in connection.execute(statement("copies_forget_edges_of")).fetchall():
        seeds.update(ends)
    for ends in connection.execute(statement("copies_mates")).fetchall():
        seeds.update(ends)
    if window.first is not None:
        found = edges_between(connection, recipe, window)
        insert(connection, "copy_edges", [asdict(edge) for edge in found])
        seeds.update(end for edge in found for end in (edge.article_id, edge.other_article_id))
    connection.execute(statement("translations_delete"))  # A row an article: what is found to be a copy now may have been a translation.
    regroup(connection, seeds)
    pair_translations(connection)
    connection.execute(statement("copies_settled"))


def renew_sketches(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    """Brings the slice into text_sketches; leaves the tables changed_sketches, and hot_now with the fingerprints that became hot or cooled."""
    made, texts = [], []
    for article_id, body in connection.execute(statement("copies_unsketched"), {"version": recipe.version}).fetchall():
        text_sha256, token_count, sketch = recipe.read(body)
        made.append(sketch_row(sketch) | {"article_id": article_id})
        texts.append({"article_id": article_id, "text_sha256": text_sha256, "token_count": token_count})
    merge(connection, "article_texts", texts)
    connection.register("sketches_made", arrow_table(connection, "copies_pending", made))
    connection.execute(statement("copies_new_sketches"), {"version": recipe.version})
    connection.unregister("sketches_made")
    for name in ("old_sketches", "changed", "replace_sketches", "insert_sketches", "hot", "cooled", "heated"):
        connection.execute(statement(f"copies_{name}"))


def edges_between(connection: duckdb.DuckDBPyConnection, recipe: Recipe, window: Window) -> list[Edge]:
    """The pairs that are copies, out of those whose fingerprints say that they may be."""
    pairs = connection.execute(statement("copies_candidates"), window._asdict()).fetchall()
    texts = Texts(bodies_of(connection, sorted({name for pair in pairs for name in pair})), recipe)
    found = []
    for one, other in pairs:
        if likeness := recipe.likeness(texts.prepared(one), texts.prepared(other)):
            found.append(edge_of(one, other, likeness))
    return found


def edge_of(one: str, other: str, likeness: Likeness) -> Edge:
    """The edge with the shorter text first; with equally long ones the smaller id, so that it does not depend on who came first."""
    shorter_first = likeness.share > likeness.share_of_other or (likeness.share == likeness.share_of_other and one < other)
    names = (one, other) if shorter_first else (other, one)
    return Edge(*names, likeness.relation, likeness.containment, min(likeness.share, likeness.share_of_other), likeness.figures)


class Texts:
    """Prepared texts by article, the last ones asked for: each is asked for several times in a row."""

    def __init__(self, bodies: dict[str, str], recipe: Recipe):
        self.bodies, self.recipe = bodies, recipe
        self.at_hand: OrderedDict[str, Any] = OrderedDict()

    def prepared(self, article_id: str) -> Any:
        if article_id not in self.at_hand:
            self.at_hand[article_id] = self.recipe.prepare(self.bodies[article_id])
            if len(self.at_hand) > TEXTS_AT_HAND:
                self.at_hand.popitem(last=False)
        self.at_hand.move_to_end(article_id)
        return self.at_hand[article_id]


# ---------------------------------------------------------------- groups


def regroup(connection: duckdb.DuckDBPyConnection, seeds: set[str]) -> None:
    """Groups anew what a change at the seeds can reach: whether a neighbour is a roundup, or of a series, depends on its own neighbours."""
    if not seeds:
        return
    near = ends_of(edges_of(connection, seeds)) | seeds
    ring = ends_of(edges_of(connection, near)) | near | names_of(connection, "copies_same_words", near)
    edges, members = edges_of(connection, ring), members_of(connection, ring)
    judge_roundups(connection, near, edges, members)
    former = former_groups(connection, ring)
    asked = ring | former.keys()
    edges = edges_of(connection, asked)
    members = members_of(connection, asked)
    found = groups(
        members, [edge for edge in edges if edge.article_id in members and edge.other_article_id in members],
        serial=names_of(connection, "copies_serial", asked),
    )
    write_groups(connection, asked, set(former.values()), found)


def judge_roundups(connection: duckdb.DuckDBPyConnection, asked: set[str], edges: list[Edge], members: dict[str, Member]) -> None:
    """Sets `joins` of the edges that lead from a part to one of the asked articles."""
    now = joining(asked, [edge for edge in edges if edge.article_id in members and edge.other_article_id in members], members)
    changed = [edge for edge in edges if now.get((edge.article_id, edge.other_article_id), edge.joins) != edge.joins]
    if changed:
        judged = [{"article_id": e.article_id, "other_article_id": e.other_article_id, "joins": not e.joins} for e in changed]
        connection.register("judged", pa.Table.from_pylist(judged))
        connection.execute(statement("copies_set_joins"))
        connection.unregister("judged")


def write_groups(connection: duckdb.DuckDBPyConnection, asked: set[str], former: set[str], found: list[CopyRow]) -> None:
    """Puts the groups in the place of those that the asked articles were in, and notes ids that are in use no more."""
    connection.register("asked", id_table(sorted(asked)))
    connection.execute(statement("copies_delete_groups"))
    insert(connection, "copies", [asdict(row) for row in found])
    for name in ("regrouped", "note_folds", "set_originals"):
        connection.execute(statement(f"copies_{name}"))
    connection.register("former", pa.table({"former_copy_id": pa.array(sorted(former - {row.copy_id for row in found}), pa.string())}))
    for name in ("new_aliases", "delete_aliases", "set_aliases"):
        connection.execute(statement(f"copies_{name}"))
    connection.unregister("former")
    connection.unregister("asked")


# ---------------------------------------------------------------- translations


def pair_translations(connection: duckdb.DuckDBPyConnection) -> None:
    """Scores the pairs of the slice that one house may have printed in two languages; the best for both of them become rows of `copies`."""
    for name in ("forget", "near", "wrote"):
        connection.execute(statement(f"translations_{name}"))
    places = first_rows(connection, ("mentions", "figures", "images"), rows_since_runs(connection))
    for name in ("mentions", "figures", "pictures"):
        sql = statement(f"translations_{name}")
        connection.execute(sql, {place: first for place, first in places.items() if f"${place}" in sql})
    connection.execute(statement("translations_candidates"))
    if connection.execute("select 1 from translation_candidates limit 1").fetchall():
        connection.execute(statement("translations_score"))
    connection.execute(statement("translations_insert"))


# ---------------------------------------------------------------- reading


def fetched(connection: duckdb.DuckDBPyConnection, name: str, asked: Iterable[str]) -> list[tuple[Any, ...]]:
    """The rows of a statement that reads the table of article ids `asked`."""
    connection.register("asked", id_table(sorted(asked)))
    found = connection.execute(statement(name)).fetchall()
    connection.unregister("asked")
    return found


def names_of(connection: duckdb.DuckDBPyConnection, name: str, asked: Iterable[str]) -> set[str]:
    return {article_id for (article_id,) in fetched(connection, name, asked)}


def bodies_of(connection: duckdb.DuckDBPyConnection, asked: list[str]) -> dict[str, str]:
    """{article_id: body}. Measured with 1,509 of 50,000: .1 CPU seconds; 7 through the key, .4 by a join."""
    connection.register("touched", id_table(asked))
    found = {row["article_id"]: row["body"] for row in rows_of_touched(connection, "articles", "copies_bodies")}
    connection.unregister("touched")
    return found


def edges_of(connection: duckdb.DuckDBPyConnection, asked: set[str]) -> list[Edge]:
    return [Edge(*row) for row in fetched(connection, "copies_edges_of", asked)]


def ends_of(edges: Iterable[Edge]) -> set[str]:
    return {end for edge in edges for end in (edge.article_id, edge.other_article_id)}


def members_of(connection: duckdb.DuckDBPyConnection, asked: Iterable[str]) -> dict[str, Member]:
    return {row[0]: Member(*row) for row in fetched(connection, "copies_members", asked)}


def former_groups(connection: duckdb.DuckDBPyConnection, asked: set[str]) -> dict[str, str]:
    """{article_id: copy_id} of all members of the groups that the asked articles are in."""
    return {article_id: copy_id for copy_id, article_id in fetched(connection, "copies_groups_of", asked)}
