"""The data dictionary: what every table, view and column of a database means, out of the comments that the database itself carries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from warehouse.db import Connection, statement


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """A column. `comment` is None where nobody wrote one, as in views."""

    name: str
    data_type: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view with its grain (`comment`) and columns, in their order."""

    kind: str  # table | view
    name: str
    comment: str | None
    columns: tuple[DescribedColumn, ...]


def described(connection: Connection) -> list[Described]:
    """Every table, then every view, by name."""
    columns: dict[str, list[DescribedColumn]] = defaultdict(list)
    for owner, *column in connection.execute(statement("dictionary_columns")).fetchall():
        columns[owner].append(DescribedColumn(*column))
    found = connection.execute(statement("dictionary_tables")).fetchall()
    return [Described(kind, name, comment, tuple(columns[name])) for kind, name, comment in found]


def data_dictionary(connection: Connection) -> str:
    """The dictionary of an open database as Markdown: a section a table with its columns, then a section a view with its grain."""
    everything = described(connection)
    tables = [section(each) for each in everything if each.kind == "table"]
    views = [section(each) for each in everything if each.kind == "view"]
    return "\n\n".join(["# Data dictionary", "## Tables", *tables, "## Views", *views]) + "\n"


def section(each: Described) -> str:
    """One table or view. Columns of views mean what they mean in the tables, so only their types are given."""
    head = f"### {each.name}\n\n{cell(each.comment)}\n"
    if each.kind == "view":
        rows = [f"| `{column.name}` | {column.data_type} |" for column in each.columns]
        return "\n".join([head, "| column | type |", "|---|---|", *rows])
    rows = [f"| `{column.name}` | {column.data_type} | {cell(column.comment)} |" for column in each.columns]
    return "\n".join([head, "| column | type | meaning |", "|---|---|---|", *rows])


def cell(text: str | None) -> str:
    """A comment as it can stand in a table of Markdown."""
    return " ".join((text or "").split()).replace("|", "\\|")
