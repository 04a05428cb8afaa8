"""All rows of the published file that speak of one article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.db import Connection, statement
from warehouse.errors import AskedWrongly
from warehouse.load import TAG_TABLES, rows
from warehouse.query import open_published

Row = dict[str, Any]
TABLES = ("field_sources", "images", *TAG_TABLES)
ID = re.compile(r"[0-9a-f]{1,16}")
ID_DIGITS_MIN = 4  # fewer name a tenth of a large file


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """One article with what belongs to it. `tables` are the rows of TABLES without article_id; `copies` the other members of its group."""

    article: Row
    outlet: Row
    versions: list[Row]
    tables: dict[str, list[Row]]
    own_copy: Row | None
    copies: list[Row]
    captures: list[Row]  # of all readings, and those that hold the payload of a revisit
    robots: list[Row]
    runs: list[Row]


def article_rows(connection: Connection, article_id: str) -> ArticleRows:
    """Everything that the open file holds of the article."""
    asked = {"article_id": article_id}

    def found(name: str) -> list[Row]:
        return rows(connection, statement(f"one_{name}"), asked)

    (article,) = found("article")
    outlet = next(iter(found("outlet")), {"outlet_id": article["outlet_id"], "name": article["outlet_id"], "time_zone": "UTC", "country": ""})
    own_copy = next(iter(found("own_copy")), None)
    tables = {name: found(name) for name in TABLES}
    return ArticleRows(article, outlet, found("versions"), tables, own_copy, found("copies"), found("captures"), found("robots"), found("runs"))


def find_article(connection: Connection, asked: str, urls: list[str]) -> str:
    """The id of the article that is meant: an id, its first digits, or one of its addresses (`urls` are the spellings to try).

    Raises AskedWrongly where there is none, and where there are several.
    """
    is_id = not urls
    if is_id and not ID.fullmatch(asked):
        raise AskedWrongly(f"{asked!r} is neither the id of an article (16 digits and letters a to f, or the first of them) nor an http address.")
    if is_id and len(asked) < ID_DIGITS_MIN:
        raise AskedWrongly(f"{asked!r} is too short for an id. Give at least its first {ID_DIGITS_MIN} digits.")
    found = rows(connection, statement("one_by_id"), {"asked": asked}) if is_id else rows(connection, statement("one_by_address"), {"urls": urls})
    if not found:
        raise AskedWrongly(f"There is no article {asked} in the published file. The table articles lists all, with their ids and addresses.")
    if len(found) > 1:
        listed = "".join(f"\n  {row['article_id']}  {row['outlet_id']}  {row['url']}" for row in found)
        raise AskedWrongly(f"{asked} can mean several articles. Give the id of one of them:{listed}")
    return str(found[0]["article_id"])


def read_article(published: Path, asked: str, urls: list[str]) -> ArticleRows:
    """The rows of the article that is meant, from the published file. Raises AskedWrongly as find_article and open_published do."""
    with open_published(published) as connection:
        return article_rows(connection, find_article(connection, asked, urls))
