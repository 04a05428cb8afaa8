"""Which articles are one group of copies, and what each is to the original. Pure: the same rows give the same groups, whatever their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

WINDOW = timedelta(hours=72)  # copies are printed within three days; the same words a week later are a template
PARTS_OF_A_ROUNDUP = 3
# A text of a series (copies_serial.sql) is only one with what was printed on the same day: else single links make one group of a year.
SAME_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Member:
    """What grouping needs to know of an article; a row of `text_sketches` without the fingerprints."""

    article_id: str
    dated_at: datetime
    text_hash: int
    is_roundup: bool = False
    credits_another: bool = False

    @property
    def rank(self) -> tuple[datetime, bool, str]:
        """The original has the lowest: the earliest; of equally early ones one that names no other outlet as its source; then the id decides."""
        return self.dated_at, self.credits_another, self.article_id


@dataclass(frozen=True, slots=True)
class Edge:
    """Two articles that hold one text, not word for word; a row of `copy_edges`. The first is the shorter one."""

    article_id: str
    other_article_id: str
    relation: str  # near | excerpt
    containment: float
    share_of_other: float
    figures: float
    joins: bool = True

    def end_opposite(self, article_id: str) -> str:
        return self.other_article_id if article_id == self.article_id else self.article_id


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A row of `copies`."""

    copy_id: str
    article_id: str
    relation: str
    containment: float
    other_article_id: str | None
    share: float | None = None
    share_of_other: float | None = None


def components(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The names as lists of those that the pairs connect, each list and their list in order."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(parent):
        found[root(name)].append(name)
    return list(found.values())


def joining(asked: Iterable[str], edges: Iterable[Edge], members: Mapping[str, Member]) -> dict[tuple[str, str], bool]:
    """Whether each edge from a part to one of the asked articles joins: not where that one is a roundup of unrelated texts.

    `edges` must hold those of the asked articles and those between their parts.
    """
    parts: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        ends[edge.article_id].add(edge.other_article_id)
        if edge.relation == "excerpt":
            parts[edge.other_article_id].add(edge.article_id)
    found: dict[tuple[str, str], bool] = {}
    for name in set(asked) & parts.keys():
        joins = not members[name].is_roundup and unrelated(parts[name], ends, members) < PARTS_OF_A_ROUNDUP
        found |= {(part, name): joins for part in parts[name]}
    return found


def unrelated(names: set[str], ends: Mapping[str, set[str]], members: Mapping[str, Member]) -> int:
    """How many texts are left of the articles when those that hold one text count once."""
    if len(names) < PARTS_OF_A_ROUNDUP:
        return len(names)
    first: dict[int, str] = {}
    related = [(name, first.setdefault(members[name].text_hash, name)) for name in names]
    related += [(name, end) for name in names for end in ends.get(name, set()) & names]
    return len(components(names, related))


def mates(members: Iterable[Member]) -> list[tuple[str, str]]:
    """Neighbours in time, at most 72 hours apart, among the articles of the same words."""
    same: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        same[member.text_hash].append(member)
    pairs = []
    for series in same.values():
        series.sort(key=lambda member: (member.dated_at, member.article_id))
        pairs += [(a.article_id, b.article_id) for a, b in pairwise(series) if b.dated_at - a.dated_at <= WINDOW]
    return pairs


def is_of_one_day(one: Member, other: Member, serial: AbstractSet[str]) -> bool:
    """False where one of the two is of a series and they are of different days."""
    return not {one.article_id, other.article_id} & serial or abs(one.dated_at - other.dated_at) < SAME_DAY


def groups(members: Mapping[str, Member], edges: Iterable[Edge], *, serial: AbstractSet[str] = frozenset()) -> list[CopyRow]:
    """The rows of all groups of two or more; `edges` that do not join are left out, and those that join two days of a series."""
    joined = [edge for edge in edges if edge.joins and is_of_one_day(members[edge.article_id], members[edge.other_article_id], serial)]
    neighbours: dict[str, list[Edge]] = defaultdict(list)
    for edge in joined:
        neighbours[edge.article_id].append(edge)
        neighbours[edge.other_article_id].append(edge)
    pairs = mates(member for name, member in members.items() if name not in serial)
    pairs += [(one, other) for one, other in mates(members.values()) if is_of_one_day(members[one], members[other], serial)]
    pairs += [(edge.article_id, edge.other_article_id) for edge in joined]
    found: list[CopyRow] = []
    for names in components(members, pairs):
        if len(names) > 1:
            found += rows_of_group(sorted((members[name] for name in names), key=lambda member: member.rank), neighbours)
    return found


def rows_of_group(ranked: list[Member], neighbours: Mapping[str, list[Edge]]) -> list[CopyRow]:
    """One row a member. Each is compared with the original where the two were found alike, else with the member through which it is connected:
    the fewest steps away from the original, and the earliest of these."""
    original = ranked[0]
    by_id = {member.article_id: member for member in ranked}
    same: dict[int, list[Member]] = defaultdict(list)
    for member in ranked:
        same[member.text_hash].append(member)
    rows = {original.article_id: CopyRow(original.article_id, original.article_id, "original", 1.0, None)}
    level = [original]
    while level:
        reached: list[Member] = []
        for known in level:
            for row in rows_beside(known, same.pop(known.text_hash, []), neighbours.get(known.article_id, []), original.article_id, by_id):
                if row.article_id not in rows:
                    rows[row.article_id] = row
                    reached.append(by_id[row.article_id])
        level = sorted(reached, key=lambda member: member.rank)
    return [rows[member.article_id] for member in ranked]


def rows_beside(known: Member, same: list[Member], edges: list[Edge], copy_id: str, by_id: Mapping[str, Member]) -> list[CopyRow]:
    """The rows of the members that are the same as, or like, one that has its row already."""
    rows = [CopyRow(copy_id, mate.article_id, "exact", 1.0, known.article_id, 1.0, 1.0) for mate in same if mate is not known]
    for edge in edges:
        end = edge.end_opposite(known.article_id)
        if end in by_id:
            shares = (edge.containment, edge.share_of_other) if end == edge.article_id else (edge.share_of_other, edge.containment)
            rows.append(CopyRow(copy_id, end, edge.relation, edge.containment, known.article_id, *shares))
    return rows
